package results

import (
	"testing"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

func TestPlaywright(t *testing.T) {
	report := func(tests, rest string) string {
		return `{"config":{"rootDir":"/r"},"suites":[{"title":"a.spec.ts","specs":[{"title":"x","file":"a.spec.ts","line":3,"tests":[` + tests + `]}]}]` + rest + `}`
	}
	check(t, DecodePlaywright, table{
		"flaky is what Playwright calls flaky": {
			report(`{"status":"flaky","expectedStatus":"passed","results":[{"status":"timedOut","error":{"message":"slow"}},{"status":"passed"}]}`, ""),
			decoded{Total: 1, Passed: 1, Flaky: 1, Cases: []string{"passed x: slow [errored passed]"}},
		},
		"retries that all fail are one failure": {
			report(`{"status":"unexpected","expectedStatus":"passed","results":[{"status":"failed"},{"status":"failed","error":{"message":"no"}}]}`, ""),
			decoded{Total: 1, Failed: 1, Cases: []string{"failed x: no [failed failed]"}},
		},
		"expected to fail, and failed": {
			report(`{"status":"expected","expectedStatus":"failed","annotations":[{"type":"fail","description":"bug 7"}],"results":[{"status":"failed"}]}`, ""),
			decoded{Total: 1, Skipped: 1, Cases: []string{"skipped x: failed, as expected: bug 7"}},
		},
		"expected to fail, and passed": {
			report(`{"status":"unexpected","expectedStatus":"failed","results":[{"status":"passed"}]}`, ""),
			decoded{Total: 1, Failed: 1, Cases: []string{"failed x: passed, although it is expected to fail"}},
		},
		"skipped, with the reason": {
			report(`{"status":"skipped","expectedStatus":"skipped","annotations":[{"type":"skip","description":"no paper"}],"results":[{"status":"skipped"}]}`, ""),
			decoded{Total: 1, Skipped: 1, Cases: []string{"skipped x: no paper"}},
		},
		"not skipped by anybody, and not run": {
			report(`{"status":"skipped","expectedStatus":"passed","results":[]}`, ""),
			decoded{Total: 1, Skipped: 1, Cases: []string{"skipped x: did not run"}, Broken: []string{"planned-not-run 1 test:"}},
		},
		"a test of two projects is two": {
			report(`{"projectName":"a","status":"expected","results":[{"status":"passed"}]},{"projectName":"b","status":"unexpected","results":[{"status":"failed"}]}`, ""),
			decoded{Total: 2, Passed: 1, Failed: 1, Cases: []string{"failed x"}},
		},
		"a status that the last attempt belies stays red": {
			report(`{"status":"expected","expectedStatus":"passed","results":[{"status":"failed"}]}`, ""),
			decoded{Total: 1, Failed: 1, Cases: []string{"failed x"}},
		},
		"a status of tomorrow is no pass": {
			report(`{"status":"odd","expectedStatus":"passed","results":[{"status":"passed"}]}`, ""),
			decoded{Total: 1, Failed: 1, Cases: []string{"failed x: the report calls the result \"odd\""}},
		},
		"errors outside of tests": {
			`{"config":{"rootDir":"/r"},"suites":[],"errors":[{"message":"boom","location":{"file":"b.ts"}}]}`,
			decoded{Broken: []string{"aborted /r/b.ts: boom"}},
		},
		"unexpected results that are not listed": {
			`{"config":{"rootDir":"/r"},"suites":[],"stats":{"expected":1,"unexpected":2}}`,
			decoded{Broken: []string{"failure-not-listed: 2 failures stated, 0 listed"}},
		},
		"flaky tests fail a strict run": {
			`{"config":{"rootDir":"/r","failOnFlakyTests":true},"suites":[],"stats":{"expected":0,"unexpected":0,"flaky":1}}`,
			decoded{Broken: []string{"failure-not-listed: flaky tests fail this run: failOnFlakyTests is set"}},
		},
		"truncated in a test": {
			report(`{"status":"unexpected","results":[{"status":"failed"}]},{"status":"unexpected","results":[{"sta`, "")[:190],
			decoded{Total: 1, Failed: 1, Cases: []string{"failed x"}, Reason: evidence.Truncated},
		},
		"members of other types": {
			`{"config":[],"suites":[1,{"title":[],"specs":{},"suites":[{"specs":[{"tests":[null,{"results":"x","status":7}]}]}]}],"stats":"no","errors":{}}`,
			decoded{Total: 1, Failed: 1, Cases: []string{`failed : the report calls the result ""`}},
		},
		"no suites": {`{"config":{"rootDir":"/r"}}`, decoded{Reason: evidence.Unreadable}},
	})
}
