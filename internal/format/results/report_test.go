package results

import (
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/format/lex"
)

// decoded is what a test looks at.
type decoded struct {
	Total, Passed, Failed, Errored, Skipped, Flaky int
	// "outcome name: message [attempts]" of the listed cases.
	Cases []string
	// "kind subject: message" of the broken parts.
	Broken []string
	// Reason of the error.
	Reason evidence.Reason
}

func decode(t *testing.T, read func(io.Reader) (evidence.Fragment, error), in string) decoded {
	t.Helper()
	f, err := read(strings.NewReader(in))
	var d decoded
	for _, s := range f.Suites {
		c := s.Counts
		d.Total, d.Passed, d.Failed, d.Errored, d.Skipped, d.Flaky = d.Total+c.Total, d.Passed+c.Passed, d.Failed+c.Failed, d.Errored+c.Errored, d.Skipped+c.Skipped, d.Flaky+c.Flaky
		for _, c := range s.Cases {
			d.Cases = append(d.Cases, describe(c))
		}
		for _, b := range s.Broken {
			said := strings.TrimSpace(string(b.Kind)+" "+b.Subject) + ": " + strings.ReplaceAll(b.Message, "\n", "|")
			d.Broken = append(d.Broken, strings.TrimSpace(said))
		}
	}
	if err != nil {
		d.Reason = evidence.ReasonOf(err, "none")
	}
	return d
}

func describe(c evidence.Case) string {
	s := string(c.Outcome) + " " + c.Name
	if c.Message != "" {
		s += ": " + strings.ReplaceAll(c.Message, "\n", "|")
	}
	var attempts []string
	for _, a := range c.Attempts {
		attempts = append(attempts, string(a))
	}
	if len(attempts) > 0 {
		s += " [" + strings.Join(attempts, " ") + "]"
	}
	return s
}

// check runs a table of inputs of one format.
func check(t *testing.T, read func(io.Reader) (evidence.Fragment, error), tests map[string]struct {
	in   string
	want decoded
},
) {
	t.Helper()
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, decode(t, read, tt.in)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

type table = map[string]struct {
	in   string
	want decoded
}

func TestJUnitRetries(t *testing.T) {
	const (
		pass  = `<testcase classname="c" name="a"/>`
		fail  = `<testcase classname="c" name="a"><failure message="no"/></testcase>`
		crash = `<testcase classname="c" name="a"><error message="boom"/></testcase>`
		skip  = `<testcase classname="c" name="a"><skipped message="later"/></testcase>`
	)
	suite := func(cases ...string) string { return `<testsuite name="s">` + strings.Join(cases, "") + `</testsuite>` }
	numbers := func(stated string, cases ...string) string {
		return `<testsuite name="s" ` + stated + `>` + strings.Join(cases, "") + `</testsuite>`
	}
	pytest := func(cases ...string) string {
		return `<testsuite name="pytest">` + strings.Join(cases, "") + `</testsuite>`
	}
	gotestsum := func(cases ...string) string {
		return suite(`<properties><property name="go.version" value="go1.26"/></properties>` + strings.Join(cases, ""))
	}
	surefire := func(cases ...string) string {
		return `<testsuite xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:noNamespaceSchemaLocation="https://maven.apache.org/surefire/maven-surefire-plugin/xsd/surefire-test-report-3.0.xsd" failures="0">` + strings.Join(cases, "") + `</testsuite>`
	}
	const other = `<testcase classname="c" name="b"/>`
	const teardown = `<testcase classname="c" name="a"><error message="failed on teardown with X"/></testcase>`
	check(t, DecodeJUnit, table{
		"a failure and then a pass, nobody knows why": {
			suite(fail, pass),
			decoded{Total: 2, Passed: 1, Failed: 1, Cases: []string{"failed a: no|" + alsoPassed}},
		},
		"the suite says that one failed": {
			numbers(`tests="2" failures="1"`, fail, pass),
			decoded{Total: 2, Passed: 1, Failed: 1, Cases: []string{"failed a: no|" + alsoPassed}},
		},
		"the suite says that none failed": {
			numbers(`failures="0" errors="0"`, fail, pass),
			decoded{Total: 1, Passed: 1, Flaky: 1, Cases: []string{"passed a: no [failed passed]"}},
		},
		"the suite says that none failed, but nothing passed": {
			numbers(`failures="0"`, fail, fail),
			decoded{Total: 1, Failed: 1, Cases: []string{"failed a: no [failed failed]"}},
		},
		"the file says that none failed": {
			`<testsuites tests="1" failures="0">` + suite(fail, pass) + `</testsuites>`,
			decoded{Total: 1, Passed: 1, Flaky: 1, Cases: []string{"passed a: no [failed passed]"}},
		},
		"after a pass nobody tries again": {
			suite(pass, fail, pass),
			decoded{Total: 3, Passed: 2, Failed: 1, Cases: []string{"failed a: no|" + alsoPassed}},
		},
		"findings of a linter": {
			suite(fail, fail, crash),
			decoded{Total: 3, Failed: 2, Errored: 1, Cases: []string{"failed a: no", "failed a: no", "errored a: boom"}},
		},
		"a skip does not hide a failure": {
			suite(fail, skip),
			decoded{Total: 2, Failed: 1, Skipped: 1, Cases: []string{"failed a: no", "skipped a: later"}},
		},
		"two passes of one name are two cases": {
			suite(pass, pass),
			decoded{Total: 2, Passed: 2},
		},
		"pytest: failed attempts that look passed do not hide the failure": {
			pytest(pass, pass, fail),
			decoded{Total: 1, Failed: 1, Cases: []string{"failed a: no [passed passed failed]"}},
		},
		"pytest: a pass does not undo a failure": {
			pytest(fail, pass),
			decoded{Total: 1, Failed: 1, Cases: []string{"failed a: no [failed passed]"}},
		},
		"pytest: a failure and an error of the teardown": {
			pytest(fail, teardown),
			decoded{Total: 1, Failed: 1, Cases: []string{"failed a: no|failed on teardown with X"}},
		},
		"gotestsum: tried again": {
			gotestsum(fail, fail, pass, other),
			decoded{Total: 2, Passed: 2, Flaky: 1, Cases: []string{"passed a: no [failed failed passed]"}},
		},
		"gotestsum: all ran twice": {
			gotestsum(fail, pass, other, other),
			decoded{Total: 3, Passed: 2, Failed: 1, Cases: []string{"failed a: no|" + alsoPassed + " [failed passed]"}},
		},
		"gotestsum: one passed twice behind a failure": {
			gotestsum(fail, pass, pass, other),
			decoded{Total: 2, Passed: 1, Failed: 1, Cases: []string{"failed a: no|" + alsoPassed + " [failed passed]"}},
		},
		"gotestsum: no other test": {
			gotestsum(fail, pass),
			decoded{Total: 1, Failed: 1, Cases: []string{"failed a: no|" + alsoPassed + " [failed passed]"}},
		},
		"Surefire: attempts stand inside of a case": {
			surefire(fail, pass),
			decoded{Total: 2, Passed: 1, Failed: 1, Cases: []string{"failed a: no"}},
		},
		"Flank: a failed case is marked as flaky": {
			numbers(`tests="2" failures="1"`, `<testcase name="a" flaky="true"><failure>no</failure></testcase>`, `<testcase name="b"><failure>1</failure><failure>2</failure></testcase>`),
			decoded{Total: 2, Passed: 1, Failed: 1, Flaky: 1, Cases: []string{"failed b: 1|2", "passed a: no [failed passed]"}},
		},
		"marked as flaky, and counted as failed": {
			numbers(`tests="1" failures="1"`, `<testcase name="a" flaky="true"><failure>no</failure></testcase>`),
			decoded{Total: 1, Passed: 1, Flaky: 1, Cases: []string{"passed a: no [failed passed]"}, Broken: []string{"failure-not-listed s: 1 failure stated, 0 listed"}},
		},
		"suites of one name are two suites": {
			"<testsuites>" + suite(fail) + suite(pass) + "</testsuites>",
			decoded{Total: 2, Passed: 1, Failed: 1, Cases: []string{"failed a: no"}},
		},
		"a case behind a nested suite is not of that suite": {
			`<testsuite name="o"><testsuite name="i">` + pass + `</testsuite>` + fail + `</testsuite>`,
			decoded{Total: 2, Passed: 1, Failed: 1, Cases: []string{"failed a: no"}},
		},
		"another class is another case": {
			suite(fail, `<testcase classname="d" name="a"/>`),
			decoded{Total: 2, Passed: 1, Failed: 1, Cases: []string{"failed a: no"}},
		},
		"cases without a name are never joined": {
			suite(`<testcase><failure/></testcase>`, `<testcase/>`),
			decoded{Total: 2, Passed: 1, Failed: 1, Cases: []string{"failed "}},
		},
		"rerunFailure is a further failure": {
			suite(`<testcase name="a"><failure message="no"/><rerunFailure/><rerunError/></testcase>`),
			decoded{Total: 1, Failed: 1, Cases: []string{"failed a: no [failed errored failed]"}},
		},
		"flakyError is a failure before a pass": {
			suite(`<testcase name="a"><flakyError message="net"/></testcase>`),
			decoded{Total: 1, Passed: 1, Flaky: 1, Cases: []string{"passed a: net [errored passed]"}},
		},
	})
}

func TestJUnitDialects(t *testing.T) {
	check(t, DecodeJUnit, table{
		"nested suites": {
			`<testsuite name="a"><testsuite name="b"><testcase name="x"/></testsuite><testcase name="y"><failure/></testcase></testsuite>`,
			decoded{Total: 2, Passed: 1, Failed: 1, Cases: []string{"failed y"}},
		},
		"the worst of several results": {
			`<testsuite><testcase name="a"><skipped/><failure message="f"/><error message="e"/></testcase></testsuite>`,
			decoded{Total: 1, Errored: 1, Cases: []string{"errored a: f|e"}},
		},
		"disabled is skipped": {
			`<testsuite><testcase name="a" status="disabled"/><testcase name="b" result="suppressed"/></testsuite>`,
			decoded{Total: 2, Skipped: 2, Cases: []string{"skipped a: status: disabled", "skipped b: status: suppressed"}},
		},
		"disabled and failed is failed": {
			`<testsuite><testcase name="a" status="disabled"><failure message="f"/></testcase></testsuite>`,
			decoded{Total: 1, Failed: 1, Cases: []string{"failed a: (disabled) f"}},
		},
		"failed by attribute only": {
			`<testsuite><testcase name="a" status="failed"/></testsuite>`,
			decoded{Total: 1, Failed: 1, Cases: []string{"failed a: the report says so in an attribute, without a message"}},
		},
		"failures that no case shows": {
			`<testsuites><testsuite name="s" tests="2" failures="2"><testcase name="a"/><testcase name="b"><failure message="f"/></testcase></testsuite><testsuite name="t" tests="0" errors="1"><system-err>no module</system-err></testsuite></testsuites>`,
			decoded{Total: 2, Passed: 1, Failed: 1, Cases: []string{"failed b: f"}, Broken: []string{"failure-not-listed t: 1 failure stated, 0 listed; no module"}},
		},
		"the failures of one suite do not explain those of another": {
			`<testsuites failures="2"><testsuite name="s" failures="1"><testcase name="a"><failure/></testcase><testcase name="b"><failure/></testcase></testsuite><testsuite name="t" failures="1"/></testsuites>`,
			decoded{Total: 2, Failed: 2, Cases: []string{"failed a", "failed b"}, Broken: []string{"failure-not-listed t: 1 failure stated, 0 listed"}},
		},
		"attempts explain the numbers of Surefire": {
			`<testsuite name="s" tests="3" failures="2"><testcase name="a"><flakyFailure/><flakyFailure/></testcase></testsuite>`,
			decoded{Total: 1, Passed: 1, Flaky: 1, Cases: []string{"passed a [failed failed passed]"}},
		},
		"a suite that cannot start": {
			`<testsuite name="s"><error message="no class"/></testsuite>`,
			decoded{Broken: []string{"aborted s: no class"}},
		},
		"two documents": {
			`<?xml version="1.0"?><testsuite><testcase name="a"/></testsuite><?xml version="1.0"?><testsuite><testcase name="a"><failure/></testcase></testsuite>`,
			decoded{Total: 2, Passed: 1, Failed: 1, Cases: []string{"failed a"}},
		},
		"a second document of another kind": {
			`<testsuite><testcase name="a"/></testsuite><html/>`,
			decoded{Total: 1, Passed: 1, Reason: evidence.Unreadable},
		},
		"line feed before the declaration": {
			"\n<?xml version=\"1.0\"?><testsuite><testcase name=\"a\"/></testsuite>",
			decoded{Total: 1, Passed: 1},
		},
		"byte order mark": {
			"\xef\xbb\xbf<testsuite><testcase name=\"a\"/></testsuite>",
			decoded{Total: 1, Passed: 1},
		},
		"UTF-16": {
			utf16Text("<testsuite><testcase name=\"ä😀\"><failure/></testcase></testsuite>"),
			decoded{Total: 1, Failed: 1, Cases: []string{"failed ä😀"}},
		},
		"ISO-8859-1": {
			"<?xml version='1.0' encoding='ISO-8859-1'?><testsuite><testcase name=\"\xe4\"><failure/></testcase></testsuite>",
			decoded{Total: 1, Failed: 1, Cases: []string{"failed ä"}},
		},
		"control characters and colours": {
			"<testsuite><testcase name=\"a\"><failure>\x1b[31mred\x1b[0m &#x1b;[1mbold\x0b</failure></testcase></testsuite>",
			decoded{Total: 1, Failed: 1, Cases: []string{"failed a: red bold"}},
		},
		"a bracket in an attribute": {
			`<testsuite><testcase name="a<b>"><failure/></testcase></testsuite>`,
			decoded{Total: 1, Failed: 1, Cases: []string{"failed a<b>"}},
		},
		"unknown entities stay": {
			`<testsuite><testcase name="&auml;&lt;"><failure/></testcase></testsuite>`,
			decoded{Total: 1, Failed: 1, Cases: []string{"failed &auml;<"}},
		},
		"namespaces": {
			`<j:testsuite xmlns:j="u"><j:testcase name="a"><j:failure/></j:testcase></j:testsuite>`,
			decoded{Total: 1, Failed: 1, Cases: []string{"failed a"}},
		},
		"cut in a case that has not failed yet": {
			`<testsuite><testcase name="a"/><testcase name="b"><system-out>x`,
			decoded{Total: 1, Passed: 1, Reason: evidence.Truncated},
		},
		"cut in a failure": {
			`<testsuite><testcase name="a"/><testcase name="b"><failure message="f">at li`,
			decoded{Total: 2, Passed: 1, Failed: 1, Cases: []string{"failed b: f|at li"}, Reason: evidence.Truncated},
		},
		"cut in a tag": {
			`<testsuite><testcase name="a"/><testcase na`,
			decoded{Total: 1, Passed: 1, Reason: evidence.Truncated},
		},
		"crossed tags": {
			`<testsuite><testcase name="a"/><testcase name="b"><failure></testcase></failure></testsuite>`,
			decoded{Total: 2, Passed: 1, Failed: 1, Cases: []string{"failed b"}, Reason: evidence.Unreadable},
		},
		"another root": {`<suites><case/></suites>`, decoded{Reason: evidence.Unreadable}},
		"output of go in a failure": {
			"<testsuite><testcase name=\"a\"><failure message=\"Failed\">=== RUN   a\n    a_test.go:3: no\n--- FAIL: a (0.00s)\n</failure></testcase></testsuite>",
			decoded{Total: 1, Failed: 1, Cases: []string{"failed a: Failed|a_test.go:3: no"}},
		},
	})
}

func utf16Text(s string) string {
	var b strings.Builder
	b.WriteString("\xff\xfe")
	for _, r := range s {
		if r > 0xffff {
			r -= 0x10000
			for _, u := range []rune{0xd800 + r>>10, 0xdc00 + r&0x3ff} {
				b.WriteByte(byte(u))
				b.WriteByte(byte(u >> 8))
			}
			continue
		}
		b.WriteByte(byte(r))
		b.WriteByte(byte(r >> 8))
	}
	return b.String()
}

func TestGoTest(t *testing.T) {
	event := func(action, pkg, test, rest string) string {
		s := `{"Action":"` + action + `","Package":"` + pkg + `"`
		if test != "" {
			s += `,"Test":"` + test + `"`
		}
		return s + rest + "}\n"
	}
	run := func(test, outcome string) string {
		return event("run", "p", test, "") + event("output", "p", test, `,"Output":"    a_test.go:7: said\n"`) + event(outcome, "p", test, "")
	}
	end := func(outcome string) string { return event(outcome, "p", "", "") }
	start := event("start", "p", "", "")
	check(t, DecodeGoTest, table{
		"count=2 is one test": {run("A", "pass") + run("A", "pass") + end("pass"), decoded{Total: 1, Passed: 1}},
		"a failure and then a pass in a further run is flaky": {
			run("A", "fail") + end("fail") + run("A", "pass") + end("pass"),
			decoded{Total: 1, Passed: 1, Flaky: 1, Cases: []string{"passed A: a_test.go:7: said [failed passed]"}},
		},
		"count=3": {
			start + run("A", "pass") + run("A", "fail") + run("A", "pass") + end("fail"),
			decoded{Total: 1, Failed: 1, Cases: []string{"failed A: a_test.go:7: said [passed failed passed]"}},
		},
		"cpu=1,2, the first fails": {
			start + run("A", "fail") + run("A", "pass") + end("fail"),
			decoded{Total: 1, Failed: 1, Cases: []string{"failed A: a_test.go:7: said [failed passed]"}},
		},
		"a rerun of what failed": {
			start + run("A", "fail") + run("B", "pass") + end("fail") + start + run("A", "fail") + end("fail") + start + run("A", "pass") + end("pass"),
			decoded{Total: 2, Passed: 2, Flaky: 1, Cases: []string{"passed A: a_test.go:7: said [failed failed passed]"}},
		},
		"a run of everything with other flags": {
			start + run("A", "fail") + run("B", "pass") + end("fail") + start + run("A", "pass") + run("B", "pass") + end("pass"),
			decoded{Total: 2, Passed: 1, Failed: 1, Cases: []string{"failed A: a_test.go:7: said|" + alsoPassed + " [failed passed]"}},
		},
		"a rerun that fails without a failed test": {
			start + run("A", "fail") + end("fail") + start + run("A", "pass") + end("fail"),
			decoded{Total: 1, Passed: 1, Flaky: 1, Cases: []string{"passed A: a_test.go:7: said [failed passed]"}, Broken: []string{"aborted p:"}},
		},
		"a run without a result, and another": {
			start + run("A", "pass") + start + run("B", "pass") + end("pass"),
			decoded{Total: 2, Passed: 2, Broken: []string{"aborted p: the package starts again and had no result"}},
		},
		"without starts, cut behind a pass": {
			run("A", "pass"),
			decoded{Total: 1, Passed: 1, Broken: []string{"aborted p: the output ends before the package has a result"}, Reason: evidence.Truncated},
		},
		"a pass and then a failure in one run": {
			run("A", "pass") + run("A", "fail") + end("fail"),
			decoded{Total: 1, Failed: 1, Cases: []string{"failed A: a_test.go:7: said [passed failed]"}},
		},
		"a benchmark without a result is no test": {
			event("run", "p", "BenchmarkX", "") + event("output", "p", "BenchmarkX", `,"Output":"BenchmarkX 10 ns"`) + end("pass"),
			decoded{},
		},
		"a package without tests is no skip": {event("output", "p", "", `,"Output":"? p [no test files]\n"`) + end("skip"), decoded{}},
		"a package that fails without a failed test": {
			run("A", "pass") + event("output", "p", "", `,"Output":"exit status 3\n"`) + end("fail"),
			decoded{Total: 1, Passed: 1, Broken: []string{"aborted p: exit status 3"}},
		},
		"a build that failed": {
			`{"ImportPath":"p [p.test]","Action":"build-output","Output":"a.go:1: undefined\n"}` + "\n" + `{"ImportPath":"p [p.test]","Action":"build-fail"}` + "\n" + event("fail", "p", "", `,"FailedBuild":"p [p.test]"`),
			decoded{Broken: []string{"build-failed p: a.go:1: undefined"}},
		},
		"a build that failed, without JSON": {
			"# p\na.go:1: undefined\nFAIL\tp [build failed]\n",
			decoded{Broken: []string{"build-failed p: # p|a.go:1: undefined"}},
		},
		"a package without a result": {
			run("A", "pass") + event("start", "p", "", "") + event("run", "p", "B", ""),
			decoded{Total: 1, Passed: 1, Broken: []string{"aborted p: the output ends before the package has a result|still running: B"}, Reason: evidence.Truncated},
		},
		"other lines in between": {"go: downloading x\n" + run("A", "pass") + "{not json}\n" + end("pass"), decoded{Total: 1, Passed: 1}},
		"cut in an event": {
			run("A", "pass") + end("pass") + `{"Action":"pa`,
			decoded{Total: 1, Passed: 1, Reason: evidence.Truncated},
		},
		"members in another order, with spaces": {
			`{ "Test" : "A\u0041", "Package":"p" , "Elapsed":0.1, "Action" : "fail", "Extra":{"a":[1]} }` + "\n" + end("fail"),
			decoded{Total: 1, Failed: 1, Cases: []string{"failed AA"}},
		},
		"a panic": {
			event("run", "p", "A", "") + event("output", "p", "A", `,"Output":"panic: no\n\ngoroutine 7 [running]:\n"`) + event("fail", "p", "A", "") + end("fail"),
			decoded{Total: 1, Failed: 1, Cases: []string{"failed A: panic: no||goroutine 7 [running]:"}, Broken: []string{"aborted p: a test panicked; the tests behind it did not run"}},
		},
	})
}

func TestTAP(t *testing.T) {
	check(t, DecodeTAP, table{
		"directives": {
			"1..5\nok 1 # SKIP no net\nnot ok 2 # TODO later\nok 3 a # todo\nok 4 \\# skip is no directive\nnot ok 5 - b\n",
			decoded{Total: 5, Passed: 2, Failed: 1, Skipped: 2, Cases: []string{"failed b", "skipped test 1: no net", "skipped test 2: TODO later"}},
		},
		"planned and not run": {"1..3\nok 1\n", decoded{Total: 1, Passed: 1, Broken: []string{"planned-not-run 2 tests:"}}},
		"everything skipped":  {"1..0 # skip no database\n", decoded{Broken: []string{"planned-not-run all tests: skipped: no database"}}},
		"bail out":            {"1..3\nok 1\nBail out! no disk\nok 2\n", decoded{Total: 1, Passed: 1, Broken: []string{"aborted: bailed out: no disk", "planned-not-run 2 tests:"}}},
		"no plan":             {"ok 1\nok 2\n", decoded{Total: 2, Passed: 2, Broken: []string{"aborted: there is no plan: the run may have ended early"}}},
		"a subtest is summed up": {
			"TAP version 14\n# Subtest: a\n    ok 1 - x\n    not ok 2 - y\n      ---\n      message: inner\n      ...\n    1..2\nnot ok 1 - a\n  ---\n  message: 'no'\n  ...\n1..1\n",
			decoded{Total: 1, Failed: 1, Cases: []string{"failed a: not ok 2 - y|no|  message: 'no'"}},
		},
		"two documents": {
			"TAP version 13\n1..1\nok 1 - a\nTAP version 13\n1..2\nok 1 - a\n",
			decoded{Total: 2, Passed: 2, Broken: []string{"planned-not-run 1 test:"}},
		},
		"points of one name are never joined": {
			"1..2\nnot ok 1 - a\nok 2 - a\n",
			decoded{Total: 2, Passed: 1, Failed: 1, Cases: []string{"failed a"}},
		},
		"more than planned": {"1..1\nok 1\nok 2\n", decoded{Total: 2, Passed: 2, Broken: []string{"aborted 1 test: outside of the plan, of 1 test"}}},
	})
}

func TestOtherTests(t *testing.T) {
	t.Run("NUnit 2", func(t *testing.T) {
		check(t, DecodeNUnit, table{
			"executed and success": {
				`<test-results><test-suite name="s"><results><test-case name="a" executed="True" success="False"><failure><message>m</message></failure></test-case><test-case name="b" executed="False"><reason><message>r</message></reason></test-case><test-case name="c" executed="True"/></results></test-suite></test-results>`,
				decoded{Total: 3, Passed: 1, Failed: 1, Skipped: 1, Cases: []string{"failed a: m", "skipped b: r"}},
			},
			"cut in a case whose result is known": {
				`<test-run><test-case name="a" result="Failed"><fail`,
				decoded{Total: 1, Failed: 1, Cases: []string{"failed a"}, Reason: evidence.Truncated},
			},
		})
	})
	t.Run("TRX", func(t *testing.T) {
		check(t, DecodeTRX, table{
			"rows are cases": {
				`<TestRun><Results><UnitTestResult testId="1" testName="p" outcome="Failed"><InnerResults><UnitTestResult testId="1" testName="p (1)" outcome="Passed"/><UnitTestResult testId="1" testName="p (2)" outcome="Failed"><Output><ErrorInfo><Message>m</Message></ErrorInfo></Output></UnitTestResult></InnerResults></UnitTestResult></Results></TestRun>`,
				decoded{Total: 2, Passed: 1, Failed: 1, Cases: []string{"failed p (2): m"}},
			},
			"outcomes": {
				`<TestRun><Results><UnitTestResult testName="a" outcome="Aborted"/><UnitTestResult testName="b" outcome="Timeout"/><UnitTestResult testName="c"/><UnitTestResult testName="d" outcome="NotExecuted"/><UnitTestResult testName="e" outcome="Inconclusive"/></Results></TestRun>`,
				decoded{Total: 5, Errored: 3, Skipped: 2, Cases: []string{"errored a", "errored b", "errored c", "skipped d: NotExecuted", "skipped e: Inconclusive"}},
			},
			"the host crashed": {
				`<TestRun><ResultSummary outcome="Failed"><RunInfos><RunInfo outcome="Error"><Text>host crashed</Text></RunInfo></RunInfos></ResultSummary></TestRun>`,
				decoded{Broken: []string{"aborted: host crashed"}},
			},
		})
	})
	t.Run("CTRF", func(t *testing.T) {
		check(t, DecodeCTRF, table{
			"retries": {
				`{"results":{"tool":{"name":"x"},"summary":{},"tests":[{"name":"a","status":"passed","retries":1,"retryAttempts":[{"attempt":1,"status":"failed"}]},{"name":"b","status":"failed","retries":2,"message":"m"},{"name":"c","status":"passed","flaky":true,"retries":1},{"name":"d","status":"other","rawStatus":"timedOut"}]}}`,
				decoded{Total: 4, Passed: 2, Failed: 1, Skipped: 1, Flaky: 2, Cases: []string{"failed b: m [failed failed failed]", "passed a [failed passed]", "passed c [failed passed]", "skipped d: other (timedOut)"}},
			},
			"cut": {
				`{"results":{"tool":{"name":"x"},"tests":[{"name":"a","status":"failed"},{"name":"b"`,
				decoded{Total: 1, Failed: 1, Cases: []string{"failed a"}, Reason: evidence.Truncated},
			},
		})
	})
	t.Run("RSpec", func(t *testing.T) {
		check(t, DecodeRSpec, table{
			"errors outside of examples": {
				`{"examples":[],"messages":["cannot load"],"summary":{"errors_outside_of_examples_count":1}}`,
				decoded{Broken: []string{"aborted 1 error outside of examples: cannot load"}},
			},
		})
	})
	t.Run("Dart", func(t *testing.T) {
		check(t, DecodeDart, table{
			"cut": {
				`{"protocolVersion":"0.1.1","type":"start"}` + "\n" + `{"test":{"id":1,"name":"a"},"type":"testStart"}` + "\n",
				decoded{Broken: []string{"aborted 1 test: still running when the output ends"}, Reason: evidence.Truncated},
			},
			"a file that cannot be loaded": {
				`{"test":{"id":1,"name":"loading x"},"type":"testStart"}` + "\n" + `{"testID":1,"error":"no such file","isFailure":false,"type":"error"}` + "\n" + `{"testID":1,"result":"error","hidden":true,"type":"testDone"}` + "\n" + `{"success":false,"type":"done"}` + "\n",
				decoded{Total: 1, Errored: 1, Cases: []string{"errored loading x: no such file"}},
			},
		})
	})
}

// TestLimits fills every kind of case beyond what is kept.
func TestLimits(t *testing.T) {
	var b strings.Builder
	b.WriteString("<testsuite>")
	for range maxKept + 500 {
		b.WriteString(`<testcase><skipped/></testcase>`)
	}
	b.WriteString(`<testcase name="last"><failure message="` + strings.Repeat("m", 5000) + `"/></testcase></testsuite>`)
	f, err := DecodeJUnit(strings.NewReader(b.String()))
	if err != nil {
		t.Fatal(err)
	}
	s := f.Suites[0]
	if s.Counts.Total != maxKept+501 || len(s.Cases) != maxListed || s.CasesOmitted != 501 {
		t.Errorf("%d cases, %d listed, %d omitted", s.Counts.Total, len(s.Cases), s.CasesOmitted)
	}
	if c := s.Cases[0]; c.Name != "last" || len(c.Message) > lex.MaxMessageBytes {
		t.Errorf("first is %q with %d bytes, want the failure, bounded", c.Name, len(c.Message))
	}
}
