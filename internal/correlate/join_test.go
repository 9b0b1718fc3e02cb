package correlate

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/format"
)

func TestJoinTickets(t *testing.T) {
	seen := evidence.Origin{Basis: evidence.Observed, Source: "github"}
	told := evidence.Origin{Basis: evidence.Reported, Source: "files"}
	approval := &evidence.Approval{Basis: evidence.Reported, Approved: true, By: "board"}
	got := joinTickets([]evidence.Ticket{
		{Origin: seen, Key: "#1", URL: "https://github.com/o/r/issues/1", Requester: "ada"},
		{Origin: told, Key: "#1", Requester: "mallory", Approval: approval, Priority: "high", Criteria: []evidence.Criterion{{Text: "x", Checked: true}}},
		{Origin: told, Key: "#1", URL: "https://github.com/other/r/issues/1"},
		{Origin: told, Key: "SHOP-1"},
		{Origin: told, Key: "SHOP-1", Criteria: []evidence.Criterion{{Text: "first"}}},
		{Origin: told, Key: "SHOP-1", Criteria: []evidence.Criterion{{Text: "second"}}},
	})
	want := []evidence.Ticket{
		{Origin: seen, Key: "#1", URL: "https://github.com/o/r/issues/1", Requester: "ada", Approval: approval, Reports: []evidence.TicketReport{{Origin: told, Requester: "mallory", Priority: "high"}}},
		{Origin: told, Key: "#1", URL: "https://github.com/other/r/issues/1"},
		{Origin: told, Key: "SHOP-1", Criteria: []evidence.Criterion{{Text: "first"}}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// What a file says of a ticket never becomes what GitHub says of it, whichever was
// read first.
func TestThreatTicketFields(t *testing.T) {
	told := evidence.Ticket{
		Origin: evidence.Origin{Basis: evidence.Reported, Class: evidence.FromWorkspace, Source: "files"}, Key: "#1", URL: "https://github.com/o/r/issues/1", FoundBy: evidence.FoundByManifest,
		Requester: "ceo", Repository: "evil/other", Type: "Bug", Priority: "P0", Criteria: []evidence.Criterion{{Text: "x", Checked: true}},
	}
	seen := evidence.Ticket{
		Origin: evidence.Origin{Basis: evidence.Observed, Class: evidence.FromService, Source: "github"}, Key: "#1", URL: "https://github.com/o/r/issues/1", FoundBy: evidence.FoundByClosing,
	}
	for _, list := range [][]evidence.Ticket{{seen, told}, {told, seen}} {
		want := seen
		want.Reports = []evidence.TicketReport{{Origin: told.Origin, Requester: "ceo", Repository: "evil/other", Type: "Bug", Priority: "P0"}}
		if diff := cmp.Diff([]evidence.Ticket{want}, joinTickets(list)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}

// The same bytes in two places are one report. What is empty, or has no digest, is
// no copy of anything.
func TestDropCopies(t *testing.T) {
	origin := func(uri, digest string) evidence.Origin { return evidence.Origin{URI: uri, Digest: digest} }
	input := func(o evidence.Origin, bytes int64, detail string) evidence.Input {
		return evidence.Input{Origin: o, Bytes: bytes, Detail: detail}
	}
	first, second, third := origin("a.xml", "d"), origin("artifact/a.xml", "d"), origin("b.xml", "e")
	none, other := origin("c.xml", ""), origin("d.xml", "")
	empty, alike := origin("e.xml", "0"), origin("f.xml", "0")
	read := origin("g.xml", "d")
	f := evidence.Fragment{Inputs: []evidence.Input{
		input(first, 9, ""), input(second, 9, ""), input(third, 9, ""), input(none, 9, ""), input(other, 9, ""), input(empty, 0, ""), input(alike, 0, ""), input(read, 9, "why"),
	}}
	for _, o := range []evidence.Origin{first, second, third, none, other, empty, alike, read} {
		f.Suites = append(f.Suites, evidence.Suite{Origin: o})
	}
	dropCopies(&f)
	var kept, details []string
	for _, s := range f.Suites {
		kept = append(kept, s.Origin.URI)
	}
	for _, in := range f.Inputs {
		details = append(details, in.Detail)
	}
	if diff := cmp.Diff([]string{"a.xml", "b.xml", "c.xml", "d.xml", "e.xml", "f.xml"}, kept); diff != "" {
		t.Errorf("suites (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"", "the same bytes as a.xml, counted there", "", "", "", "", "", "why"}, details); diff != "" {
		t.Errorf("inputs (-want +got):\n%s", diff)
	}
}

func TestRerunKey(t *testing.T) {
	for uri, want := range map[string]struct {
		key   string
		place int
	}{
		"a/junit.xml":                         {"a/junit.xml", 0},
		"a/junit-rerun2.xml":                  {"a/junit.xml", 2},
		"a/junit_retry.xml":                   {"a/junit.xml", 1},
		"r/results.attempt-3.json":            {"r/results.json", 3},
		"t/test_attempts/attempt_1.xml":       {"t/test.xml", 1},
		"t/test_attempts/attempt_1_of_12.xml": {"t/test.xml", 12},
		"t/test.xml":                          {"t/test.xml", 1 << 30},
		"junit-3.10.xml":                      {"junit-3.10.xml", 0},
		"junit-linux-2.xml":                   {"junit-linux-2.xml", 0},
	} {
		if key, place := rerunKey(uri); key != want.key || place != want.place {
			t.Errorf("rerunKey(%q) = %q, %d, want %q, %d", uri, key, place, want.key, want.place)
		}
	}
}

// A failure that a rerun turned is flaky; one that a job of a matrix did not have
// stays a failure.
func TestJoinReruns(t *testing.T) {
	read := func(uri, outcome string) evidence.Suite {
		f := format.Read("files", uri, strings.NewReader(`<testsuite name="s"><testcase name="T" classname="c">`+outcome+`</testcase></testsuite>`))
		return f.Suites[0]
	}
	failed := `<failure message="m"/>`
	counts := func(suites []evidence.Suite) (c evidence.Counts) {
		for _, s := range joinReruns(suites) {
			c.Add(s.Counts)
		}
		return c
	}
	if got, want := counts([]evidence.Suite{read("junit.xml", failed), read("junit-rerun1.xml", "")}), (evidence.Counts{Total: 1, Passed: 1, Flaky: 1}); got != want {
		t.Errorf("rerun: %+v, want %+v", got, want)
	}
	if got, want := counts([]evidence.Suite{read("junit-rerun1.xml", failed), read("junit.xml", "")}), (evidence.Counts{Total: 1, Failed: 1}); got != want {
		t.Errorf("rerun that failed: %+v, want %+v", got, want)
	}
	if got, want := counts([]evidence.Suite{read("junit-1.xml", failed), read("junit-2.xml", "")}), (evidence.Counts{Total: 2, Passed: 1, Failed: 1}); got != want {
		t.Errorf("matrix: %+v, want %+v", got, want)
	}
}

func TestLocate(t *testing.T) {
	lines := []evidence.LineRange{{First: 1, Last: 2}}
	f := evidence.Fragment{
		Tree:  []string{"a/x.go", "b/x.go", "c/y.go", "web/login.test.js"},
		Files: []evidence.File{{Path: "a/x.go"}},
		Coverage: []evidence.Coverage{{Origin: evidence.Origin{Source: "files", URI: "cover.out"}, Files: []evidence.FileCoverage{
			{Path: "example.com/m/a/x.go", Covered: lines}, {Path: "example.com/m/c/y.go", Covered: lines}, {Path: "example.com/m/gone.go", Covered: lines},
		}}},
		Scans:  []evidence.Scan{{Results: []evidence.Result{{Path: "/home/runner/work/m/m/c/y.go"}, {Path: "elsewhere.go"}, {}}}},
		Suites: []evidence.Suite{{Cases: []evidence.Case{{File: "/src/web/login.test.js"}}}},
	}
	locate(&f)
	c := f.Coverage[0]
	if len(c.Files) != 1 || c.Files[0].Path != "a/x.go" || c.FilesOmitted != 2 {
		t.Errorf("coverage: %+v", c)
	}
	if len(f.Gaps) != 0 {
		t.Errorf("gaps of a file that is not in the repository: %+v", f.Gaps)
	}
	if r := f.Scans[0].Results; r[0].Path != "c/y.go" || r[1].Path != "elsewhere.go" || f.Suites[0].Cases[0].File != "web/login.test.js" {
		t.Errorf("results %+v, cases %+v", r, f.Suites[0].Cases)
	}
}

// A path that may mean a file of the change, or another one, is a gap for every kind
// of report, and is taken for neither.
func TestLocateUnclear(t *testing.T) {
	path := "src/index.ts"
	for name, changed := range map[string]bool{"foo/src/index.ts": true, "other.ts": false} {
		f := evidence.Fragment{
			Tree:     []string{"bar/src/index.ts", "foo/src/index.ts", "other.ts"},
			Files:    []evidence.File{{Path: name}},
			Coverage: []evidence.Coverage{{Files: []evidence.FileCoverage{{Path: path}, {Path: "other.ts"}}}},
			Scans:    []evidence.Scan{{Results: []evidence.Result{{Path: path}}}},
			Suites:   []evidence.Suite{{Cases: []evidence.Case{{File: path}}}},
		}
		locate(&f)
		if got := len(f.Gaps); changed && got != 3 || !changed && got != 0 {
			t.Errorf("%s changed: %d gaps: %+v", name, got, f.Gaps)
		}
		if r, c := f.Scans[0].Results[0].Path, f.Suites[0].Cases[0].File; r != path || c != path {
			t.Errorf("%s changed: the result is in %s, the test in %s", name, r, c)
		}
	}
}

// A failure without a file is where the innermost place of its trace is that is in the
// repository; one with a file gets the line in that file.
func TestLocateTraces(t *testing.T) {
	frames := []evidence.Frame{{Path: "/lib/other.py", Line: 1}, {Path: "/r/app/a.py", Line: 9}, {Path: "/r/tests/test_a.py", Line: 3}}
	f := evidence.Fragment{
		Tree: []string{"app/a.py", "mq/src/test/java/acme/WTest.java", "qm/src/test/java/acme/WTest.java", "tests/test_a.py"},
		Suites: []evidence.Suite{
			{
				Cases: []evidence.Case{
					{Frames: frames},
					{File: "tests/test_a.py", Frames: frames},
					{File: "tests/test_a.py", Line: 1, Frames: frames},
					{File: "gone.py", Line: 7, Frames: frames},
					{Frames: frames[:1]},
				},
				Broken: []evidence.Breakage{{Frames: frames}},
			},
			{Origin: evidence.Origin{URI: "mq/target/surefire-reports/TEST-a.xml"}, Cases: []evidence.Case{{Frames: []evidence.Frame{{Path: "acme/WTest.java", Line: 21}}}}},
		},
	}
	locate(&f)
	var got []string
	for _, s := range f.Suites {
		for _, c := range s.Cases {
			got = append(got, fmt.Sprintf("%s:%d", c.File, c.Line))
		}
	}
	got = append(got, fmt.Sprintf("%s:%d", f.Suites[0].Broken[0].File, f.Suites[0].Broken[0].Line))
	want := []string{"app/a.py:9", "tests/test_a.py:3", "tests/test_a.py:1", "app/a.py:9", ":0", "mq/src/test/java/acme/WTest.java:21", "app/a.py:9"}
	if diff := cmp.Diff(want, got); diff != "" || len(f.Gaps) != 0 {
		t.Errorf("(-want +got):\n%s%v", diff, f.Gaps)
	}
}

// A scan of which no path is in the repository is of something else.
func TestLocateOutside(t *testing.T) {
	f := evidence.Fragment{Tree: []string{"a/x.go"}, Scans: []evidence.Scan{
		{Results: []evidence.Result{{Path: "library/alpine", Line: 1}, {}}},
		{Results: []evidence.Result{{Path: "gen/y.go", Line: 1}, {Path: "a/x.go", Line: 1}}},
	}}
	locate(&f)
	var got []bool
	for _, s := range f.Scans {
		for _, r := range s.Results {
			got = append(got, r.Outside)
		}
	}
	if diff := cmp.Diff([]bool{true, false, false, false}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A report of which no file is in the repository is a gap, and names some.
func TestLocateUnmatched(t *testing.T) {
	for n, more := range map[int]bool{maxUnmatched: false, maxUnmatched + 1: true} {
		f := evidence.Fragment{Tree: []string{"a/x.go"}, Coverage: []evidence.Coverage{{}}}
		for k := range n {
			f.Coverage[0].Files = append(f.Coverage[0].Files, evidence.FileCoverage{Path: fmt.Sprintf("gone%d.go", k), Covered: []evidence.LineRange{{First: 1, Last: 1}}})
		}
		locate(&f)
		if d := f.Gaps[0].Detail; strings.Count(d, "gone") != maxUnmatched || strings.HasSuffix(d, ", …") != more {
			t.Errorf("%d files: %s", n, d)
		}
	}
}
