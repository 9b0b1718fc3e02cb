package results

import (
	"testing"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

func TestJest(t *testing.T) {
	report := func(tests, rest string) string {
		return `{"numTotalTests":1,"testResults":[{"assertionResults":[` + tests + `],"name":"/r/a.test.js","status":"passed","message":""}]` + rest + `}`
	}
	check(t, DecodeJest, table{
		"an earlier invocation failed": {
			report(`{"title":"x","status":"passed","invocations":3}`, ""),
			decoded{Total: 1, Passed: 1, Flaky: 1, Cases: []string{"passed x [failed failed passed]"}},
		},
		"passed, with the messages of a failure": {
			report(`{"title":"x","status":"passed","failureMessages":["Error: no"]}`, ""),
			decoded{Total: 1, Passed: 1, Flaky: 1, Cases: []string{"passed x: Error: no [failed passed]"}},
		},
		"failed each time": {
			report(`{"title":"x","status":"failed","invocations":2,"failureMessages":["Error: no"]}`, ""),
			decoded{Total: 1, Failed: 1, Cases: []string{"failed x: Error: no [failed failed]"}},
		},
		"assertion and teardown are both told": {
			report(`{"title":"x","status":"failed","failureMessages":["Error: no","Error: teardown"]}`, ""),
			decoded{Total: 1, Failed: 1, Cases: []string{"failed x: Error: no|Error: teardown"}},
		},
		"marked as failing, and failed": {
			report(`{"title":"x","status":"passed","failing":true}`, ""),
			decoded{Total: 1, Skipped: 1, Cases: []string{"skipped x: failed, as expected"}},
		},
		"two tests of one name are two": {
			report(`{"title":"x","status":"failed"},{"title":"x","status":"passed"}`, ""),
			decoded{Total: 2, Passed: 1, Failed: 1, Cases: []string{"failed x"}},
		},
		"a status of tomorrow is no pass": {
			report(`{"title":"x","status":"odd"}`, ""),
			decoded{Total: 1, Skipped: 1, Cases: []string{"skipped x: odd"}},
		},
		"a file that could not be loaded": {
			`{"testResults":[{"assertionResults":[],"message":"  ● Test suite failed to run\n\n    boom","name":"a.js","status":"failed"}]}`,
			decoded{Broken: []string{"aborted a.js: boom"}},
		},
		"a teardown that failed behind passed tests": {
			`{"testResults":[{"name":"a.js","status":"failed","message":"boom","assertionResults":[{"title":"x","status":"passed"}]}]}`,
			decoded{Total: 1, Passed: 1, Broken: []string{"aborted a.js: boom"}},
		},
		"an error outside of tests": {
			report(`{"title":"x","status":"passed"}`, `,"success":false`),
			decoded{Total: 1, Passed: 1, Broken: []string{"failure-not-listed: the report says that the run did not succeed, and lists no failure: an error outside of tests, or a threshold that was not met"}},
		},
		"an interrupted run": {
			report(`{"title":"x","status":"passed"}`, `,"success":true,"wasInterrupted":true`),
			decoded{Total: 1, Passed: 1, Broken: []string{"aborted: the run was interrupted"}},
		},
		"files that could not be run and are not listed": {
			`{"numRuntimeErrorTestSuites":2,"testResults":[],"success":false}`,
			decoded{Broken: []string{"failure-not-listed: 2 files could not be run"}},
		},
		"truncated before the name of the file": {
			`{"testResults":[{"assertionResults":[{"title":"x","status":"failed"},{"title":"y","sta`,
			decoded{Total: 1, Failed: 1, Cases: []string{"failed x"}, Reason: evidence.Truncated},
		},
		"members of other types": {
			`{"numTotalTests":"1","success":0,"testResults":[null,{"name":7,"assertionResults":[[],{"title":{},"status":1,"failureMessages":"x","invocations":-4}]}]}`,
			decoded{Total: 1, Skipped: 1, Cases: []string{"skipped "}},
		},
		"no files": {`{"numTotalTests":0}`, decoded{Reason: evidence.Unreadable}},
	})
}
