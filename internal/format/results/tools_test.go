package results

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

func TestCucumber(t *testing.T) {
	feature := func(elements string) string {
		return `[{"uri":"a.feature","name":"F","keyword":"Feature","elements":[` + elements + `]}]`
	}
	const ok = `{"name":"s","result":{"status":"passed"}}`
	check(t, DecodeCucumber, table{
		"a failed step": {
			feature(`{"name":"x","type":"scenario","steps":[` + ok + `,{"result":{"status":"failed","error_message":"no"}},{"result":{"status":"skipped"}}]}`),
			decoded{Total: 1, Failed: 1, Cases: []string{"failed x: no"}},
		},
		"a failed background fails its scenario": {
			feature(`{"type":"background","steps":[{"result":{"status":"failed","error_message":"no"}}]},{"name":"x","type":"scenario","steps":[{"result":{"status":"skipped"}}]},{"type":"background","steps":[` + ok + `]},{"name":"y","type":"scenario","steps":[` + ok + `]}`),
			decoded{Total: 2, Passed: 1, Failed: 1, Cases: []string{"failed x: no"}},
		},
		"a failed background without a scenario": {
			feature(`{"type":"background","steps":[{"result":{"status":"failed","error_message":"no"}}]}`),
			decoded{Broken: []string{"aborted a.feature: no"}},
		},
		"a failed hook": {
			feature(`{"name":"x","type":"scenario","steps":[` + ok + `],"after":[{"result":{"status":"failed","error_message":"hook"}}]}`),
			decoded{Total: 1, Failed: 1, Cases: []string{"failed x: hook"}},
		},
		"undefined is an error, skipped is skipped": {
			feature(`{"name":"x","type":"scenario","steps":[{"name":"pay","result":{"status":"undefined"}}]},{"name":"y","type":"scenario","steps":[{"result":{"status":"skipped"}}]}`),
			decoded{Total: 2, Errored: 1, Skipped: 1, Cases: []string{"errored x: undefined: pay", "skipped y: skipped"}},
		},
		"rows of an outline are two": {
			feature(`{"name":"x","line":3,"type":"scenario","steps":[{"result":{"status":"failed"}}]},{"name":"x","line":4,"type":"scenario","steps":[` + ok + `]}`),
			decoded{Total: 2, Passed: 1, Failed: 1, Cases: []string{"failed x"}},
		},
		"behave": {
			`[{"keyword":"Feature","location":"a.feature:1","name":"F","elements":[{"name":"x","type":"scenario","location":"a.feature:3","status":"failed","steps":[{"result":{"status":"failed","error_message":["no","more"]}}]}]}]`,
			decoded{Total: 1, Failed: 1, Cases: []string{"failed x: no|more"}},
		},
		"cut in a scenario that passed so far": {
			feature(`{"name":"x","type":"scenario","steps":[` + ok + `,`)[:140],
			decoded{Reason: evidence.Truncated},
		},
	})
}

func TestRobot(t *testing.T) {
	check(t, DecodeRobot, table{
		"the status of keywords is not that of the test": {
			`<robot><suite name="S"><test name="x"><kw><status status="FAIL">inner</status></kw><status status="PASS"/></test><status status="PASS"/></suite></robot>`,
			decoded{Total: 1, Passed: 1},
		},
		"a teardown of the suite fails passed tests": {
			`<robot><suite name="S"><test name="x"><status status="PASS"/></test><status status="FAIL">Suite teardown failed:
boom</status></suite></robot>`,
			decoded{Total: 1, Passed: 1, Broken: []string{"aborted S: Suite teardown failed:|boom"}},
		},
		"failed by the statistics": {
			`<robot><suite name="S"/><statistics><total><stat pass="1" fail="2" skip="0">All Tests</stat></total></statistics></robot>`,
			decoded{Broken: []string{"failure-not-listed S: 2 failures stated, 0 listed"}},
		},
		"a suite that failed without a failed test": {
			`<robot><suite name="S"><test name="x"><status status="PASS"/></test><status status="FAIL">why</status></suite></robot>`,
			decoded{Total: 1, Passed: 1, Broken: []string{"failure-not-listed S: the suite failed; why"}},
		},
		"run again by rebot": {
			`<robot><suite name="S"><test name="x"><status status="PASS">*HTML* Test has been re-executed and results merged. New status: PASS Old status: FAIL Old message: no</status></test></suite></robot>`,
			decoded{Total: 1, Passed: 1, Flaky: 1, Cases: []string{"passed x: *HTML* Test has been re-executed and results merged. New status: PASS Old status: FAIL Old message: no [failed passed]"}},
		},
		"no status is no pass": {
			`<robot><suite name="S"><test name="x"/></suite></robot>`,
			decoded{Total: 1, Errored: 1, Cases: []string{"errored x: the output states no status of the test"}},
		},
		"cut in a test": {
			`<robot><suite name="S"><test name="x"><status status="FAIL">no</status></test><test name="y"><kw>`,
			decoded{Total: 1, Failed: 1, Cases: []string{"failed x: no"}, Reason: evidence.Truncated},
		},
	})
}

func TestCTest(t *testing.T) {
	site := func(tests string) string {
		return `<Site><Testing><TestList><Test>./a</Test></TestList>` + tests + `</Testing></Site>`
	}
	check(t, DecodeCTest, table{
		"disabled and skipped are skipped": {
			site(`<Test Status="notrun"><Name>a</Name><Results><NamedMeasurement name="Completion Status"><Value>Disabled</Value></NamedMeasurement></Results></Test>`),
			decoded{Total: 1, Skipped: 1, Cases: []string{"skipped a: Disabled"}},
		},
		"what could not run is errored": {
			site(`<Test Status="notrun"><Name>a</Name><Results><NamedMeasurement name="Completion Status"><Value>Required Files Missing</Value></NamedMeasurement></Results></Test>`),
			decoded{Total: 1, Errored: 1, Cases: []string{"errored a: not run: Required Files Missing"}},
		},
		"a crash": {
			site(`<Test Status="failed"><Name>a</Name><Results><NamedMeasurement name="Exit Code"><Value>SEGFAULT</Value></NamedMeasurement><Measurement><Value>said</Value></Measurement></Results></Test>`),
			decoded{Total: 1, Errored: 1, Cases: []string{"errored a: SEGFAULT|said"}},
		},
		"planned and not run": {site(``), decoded{Broken: []string{"planned-not-run 1 test:"}}},
		"a status of tomorrow is no pass": {
			site(`<Test Status="odd"><Name>a</Name></Test>`),
			decoded{Total: 1, Errored: 1, Cases: []string{"errored a"}},
		},
	})
}

func TestAllure(t *testing.T) {
	check(t, DecodeAllure, table{
		"a step that failed is not the test": {
			`{"uuid":"u","name":"x","status":"passed","steps":[{"status":"failed"}],"start":1,"stop":3}`,
			decoded{Total: 1, Passed: 1},
		},
		"broken":  {`{"uuid":"u","name":"x","status":"broken","statusDetails":{"message":"boom"}}`, decoded{Total: 1, Errored: 1, Cases: []string{"errored x: boom"}}},
		"unknown": {`{"uuid":"u","name":"x","status":"unknown"}`, decoded{Total: 1, Errored: 1, Cases: []string{"errored x: status: unknown"}}},
		"cut":     {`{"uuid":"u","name":"x","status":"passed","steps":[`, decoded{Reason: evidence.Truncated}},
		"nothing": {`{"uuid":"u"}`, decoded{Reason: evidence.Unreadable}},
	})
}

// What a run died of is found behind any amount of output, with its place.
func TestGoCause(t *testing.T) {
	var run strings.Builder
	event := func(action, test, output string) {
		fmt.Fprintf(&run, `{"Action":%q,"Package":"ex.com/a","Test":%q,"Output":%q}`+"\n", action, test, output)
	}
	for _, test := range []string{"TestLoud", "TestQuiet"} {
		event("run", test, "")
	}
	for range 1000 {
		event("output", "TestLoud", "nothing to see here\n")
	}
	for _, line := range []string{"panic: boom\n", "\n", "goroutine 7 [running]:\n", "testing.tRunner()\n", "\t/usr/local/go/src/testing/testing.go:2036 +0xea\n", "\t/r/a/a_test.go:4 +0x25\n"} {
		event("output", "TestLoud", line)
	}
	ends := map[string]string{"fails": run.String() + `{"Action":"fail","Package":"ex.com/a"}`, "breaks off": run.String()}
	for name, text := range ends {
		f, err := DecodeGoTest(strings.NewReader(text))
		if name == "fails" && err != nil {
			t.Fatal(err)
		}
		b := f.Suites[0].Broken
		want := []evidence.Frame{{Path: "/r/a/a_test.go", Line: 4}}
		if len(b) != 1 || !strings.HasPrefix(b[0].Message, "TestLoud did not end: panic: boom") || !strings.HasSuffix(b[0].Message, "still running: TestQuiet") {
			t.Errorf("%s: %+v", name, b)
		} else if diff := cmp.Diff(want, b[0].Frames); diff != "" {
			t.Errorf("%s: (-want +got):\n%s", name, diff)
		}
	}
}

// The table of names does not double once more for the last of them: 24 megabytes
// are enough.
func TestSeenTableSize(t *testing.T) {
	var s seenTable
	for i := range evidence.CaseID(maxIdentities + 10) {
		s.add(evidence.Identify("t").In(i + 1))
	}
	if s.used != maxIdentities || len(s.slots) != 1<<20 {
		t.Errorf("%d names in %d slots", s.used, len(s.slots))
	}
}
