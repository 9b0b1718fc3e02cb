package results

import (
	"io"
	"strings"
	"time"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/format/lex"
)

// maxHeldCases is the number of cases of one file that are held until its name is
// known, which stands behind them. The largest test files have some thousands.
const maxHeldCases = 10_000

// DetectJest knows the output of Jest and of Vitest's JSON reporter by their
// totals.
func DetectJest(_ string, head []byte) bool {
	return lex.ShapeOf(head, "numTotalTests", "numFailedTests").Has("numTotalTests", "numFailedTests", "numPassedTests")
}

// DecodeJest reads the output of "jest --json" (FormattedTestResults) and of
// Vitest's JSON reporter. A test that passed and tells of an earlier invocation,
// or of the messages of a failure, is flaky. A file that failed without a failed
// test is a broken part: it could not be loaded, or something around its tests
// failed. A test that is marked as failing and does is skipped with that reason.
func DecodeJest(r io.Reader) (evidence.Fragment, error) {
	d := jest{j: lex.NewJSON(r), tally: newTally("jest", r)}
	for d.j.More() {
		d.j.Object(d.member)
	}
	err := d.j.Problem()
	if err == nil && !d.found {
		err = evidence.Errorf(evidence.Unreadable, "no list of test files")
	}
	if !d.found {
		return evidence.Fragment{}, err
	}
	return evidence.Fragment{Suites: []evidence.Suite{d.tally.finish(d.verdict())}}, err
}

type jest struct {
	j     *lex.JSON
	tally *tally
	found bool
	// Cases of the file at hand, and whether one of them is bad.
	held []record
	bad  bool
	// Tests that failed as they were expected to.
	expected                 int
	total, wrong             *int
	pending, todo, unrunable *int
	failed, interrupted      bool
	snapshots                bool
}

func (d *jest) member(name string) {
	to := map[string]**int{
		"numTotalTests": &d.total, "numFailedTests": &d.wrong, "numPendingTests": &d.pending, "numTodoTests": &d.todo,
		"numRuntimeErrorTestSuites": &d.unrunable,
	}[name]
	switch {
	case to != nil:
		if n, ok := d.j.Integer(); ok {
			*to = &n
		}
	case name == "testResults":
		d.found = d.j.Array(d.file) || d.found
	case name == "success":
		ok, is := d.j.Truth()
		d.failed = is && !ok
	case name == "wasInterrupted":
		d.interrupted, _ = d.j.Truth()
	case name == "startTime":
		if ms, ok := d.j.Real(); ok && ms > 0 && ms < maxUnixMillis {
			d.tally.started(time.UnixMilli(int64(ms)).UTC())
		}
	case name == "snapshot":
		d.j.Object(func(member string) {
			if member == "failure" {
				d.snapshots, _ = d.j.Truth()
				return
			}
			d.j.Skip()
		})
	default:
		d.j.Skip()
	}
}

// maxUnixMillis is the year 9999.
const maxUnixMillis = 253_370_764_800_000

// jestFile is what the report says of a file.
type jestFile struct{ name, status, said string }

func (d *jest) file() {
	var f jestFile
	d.held, d.bad = d.held[:0], false
	d.j.Object(func(member string) {
		switch member {
		case "name":
			f.name = lex.Slashes(d.j.Text())
		case "status":
			f.status = d.j.Word()
		case "message":
			f.said = evidence.Clip(d.j.Text(), lex.MaxCapture)
		case "assertionResults":
			d.j.Array(func() { d.test(f) })
		default:
			d.j.Skip()
		}
	})
	for _, r := range d.held {
		d.add(r, f)
	}
	if f.status == "failed" && !d.bad && !d.j.Stopped() {
		said := strings.TrimSpace(strings.Replace(lex.Clean(f.said), "● Test suite failed to run", "", 1))
		d.tally.broken(evidence.BreakageAborted, f.name, said)
	}
}

func (d *jest) test(f jestFile) {
	var t jestTest
	if !d.j.Object(func(member string) { d.testMember(&t, member) }) || d.j.Stopped() {
		return
	}
	r := t.judge()
	if t.expectedToFail() {
		d.expected++
	}
	d.bad = d.bad || bad(r.outcome)
	if f.name == "" && len(d.held) < maxHeldCases {
		d.held = append(d.held, r.bounded())
		return
	}
	d.add(r, f)
}

// add counts a case of the file.
func (d *jest) add(r record, f jestFile) {
	r.file = f.name
	r.id = evidence.Identify(r.file, r.class, r.name)
	d.tally.add(r)
}

// jestTest is a test as it stands in the report.
type jestTest struct {
	record
	status, full string
	failing      bool
	invocations  int
	said         []string
}

func (d *jest) testMember(t *jestTest, member string) {
	switch member {
	case "ancestorTitles":
		t.class = d.j.Joined(" > ")
	case "fullName":
		t.full = d.j.Text()
	case "title":
		t.name = d.j.Text()
	case "status":
		t.status = d.j.Word()
	case "duration":
		ms, _ := d.j.Real()
		t.millis = lex.Milliseconds(ms)
	case "failing":
		t.failing, _ = d.j.Truth()
	case "invocations":
		t.invocations, _ = d.j.Integer()
	case "failureMessages":
		d.j.Array(func() {
			if said := d.j.Text(); len(t.said) < maxSaid {
				t.said = append(t.said, evidence.Clip(said, lex.MaxCapture))
			}
		})
	case "location":
		d.j.Object(func(member string) {
			if member == "line" {
				t.line, _ = d.j.Integer()
				return
			}
			d.j.Skip()
		})
	default:
		d.j.Skip()
	}
}

// maxSaid is the number of messages of one test that are kept: an assertion and
// the hooks behind it.
const maxSaid = 4

// bounded is the record with what is long in it cut, so that many can be held.
func (r record) bounded() record {
	r.name, r.class = lex.Name(r.name), lex.Name(r.class)
	r.message, r.signed = evidence.Clip(r.message, lex.MaxMessageBytes), evidence.Clip(r.signed, lex.MaxMessageBytes)
	return r
}

func (t *jestTest) expectedToFail() bool { return t.failing && t.status == "passed" }

// judge says what the test came to.
func (t *jestTest) judge() record {
	r := t.record
	if r.name == "" {
		r.name = t.full
	}
	said := strings.Join(t.said, "\n")
	retries := max(0, min(t.invocations-1, maxAttempts))
	switch {
	case t.expectedToFail():
		r.outcome, r.message = evidence.Skipped, "failed, as expected"
		return r
	case t.status == "passed":
		if len(t.said) > 0 {
			retries = max(retries, 1)
		}
		r.outcome, r.flaky = evidence.Passed, retries > 0
		r.message, r.signed = lex.Message(said), said
	case t.status == "failed":
		r.outcome, r.message, r.signed, r.frames = evidence.Failed, lex.Message(said), said, lex.Frames(said)
	default:
		r.outcome, retries = evidence.Skipped, 0
		r.message = explain(evidence.Skipped, "", t.status)
	}
	for range retries {
		r.earlier = append(r.earlier, evidence.Failed)
	}
	return r
}

// verdict is what the report states about itself.
func (d *jest) verdict() verdict {
	skipped := &d.expected
	for _, n := range []*int{d.pending, d.todo} {
		sum(&skipped, n)
	}
	v := verdict{declaration: declaration{total: d.total, failed: d.wrong, skipped: skipped}, together: true}
	switch {
	case d.interrupted:
		d.tally.broken(evidence.BreakageAborted, "", "the run was interrupted")
	case d.unrunable != nil && *d.unrunable > 0:
		v.red = evidence.Plural(*d.unrunable, "file") + " could not be run"
	case d.failed && d.snapshots:
		v.red = "the run did not succeed: a snapshot is obsolete or was not written"
	case d.failed:
		v.red = "the report says that the run did not succeed, and lists no failure: an error outside of tests, or a threshold that was not met"
	}
	return v
}
