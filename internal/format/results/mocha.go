package results

import (
	"io"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/format/lex"
)

// DetectMocha knows the output of Mocha's JSON reporter by its statistics.
func DetectMocha(_ string, head []byte) bool {
	head = lex.JSONStart(head)
	return lex.HasKeys(head, "stats", "passes") && (lex.HasKeys(head, "suites", "tests") || lex.HasKeys(head, "fullTitle"))
}

// DecodeMocha reads the output of Mocha's JSON reporter. A failure is failed
// when an assertion threw it and errored otherwise. A hook that failed is
// a broken part: the tests behind it were planned and not run.
func DecodeMocha(r io.Reader) (evidence.Fragment, error) {
	d := mocha{j: lex.NewJSON(r), tally: newTally("mocha", r), tests: map[evidence.CaseID]int{}}
	found := false
	for d.j.More() {
		found = d.j.Object(d.member) || found
	}
	err := d.j.Problem()
	if err == nil && (!found || d.lists == 0) {
		err = evidence.Errorf(evidence.Unsupported, "no lists of tests: not the output of Mocha's own JSON reporter")
	}
	if d.lists == 0 {
		return evidence.Fragment{}, err
	}
	d.finish(err == nil)
	return evidence.Fragment{Suites: []evidence.Suite{d.tally.finish(stated(d.declared))}}, err
}

type mocha struct {
	j     *lex.JSON
	tally *tally
	lists int
	// Numbers of tests by identity, from the list of all tests.
	tests    map[evidence.CaseID]int
	listed   int
	failures []record
	omitted  int
	declared declaration
}

func (d *mocha) member(name string) {
	switch name {
	case "stats":
		d.j.Object(d.stats)
	case "tests":
		d.list(func(t mochaTest) {
			d.listed++
			if len(d.tests) < maxIdentities {
				d.tests[t.id]++
			}
		})
	case "passes":
		d.list(func(t mochaTest) { d.add(t, evidence.Passed) })
	case "pending":
		d.list(func(t mochaTest) { d.add(t, evidence.Skipped) })
	case "failures":
		d.list(d.failure)
	default:
		d.j.Skip()
	}
}

func (d *mocha) stats(member string) {
	switch member {
	case "start":
		d.tally.started(lex.Instant(d.j.Text()))
	case "failures":
		if n, ok := d.j.Integer(); ok {
			sum(&d.declared.failed, &n)
		}
	default:
		d.j.Skip()
	}
}

// mochaTest is an entry of one of the lists.
type mochaTest struct {
	record
	retry     int
	assertion bool
	trace     string
}

func (d *mocha) list(use func(mochaTest)) {
	d.lists++
	d.j.Array(func() {
		var t mochaTest
		title := ""
		if !d.j.Object(func(member string) {
			if member == "title" {
				title = d.j.Text()
				return
			}
			d.entry(&t, member)
		}) || d.j.Stopped() {
			return
		}
		if t.name == "" {
			t.name = title
		} else if class, ok := strings.CutSuffix(t.name, title); ok && class != "" {
			t.class = strings.TrimSpace(class)
		}
		t.id = evidence.Identify(t.file, t.name)
		use(t)
	})
}

func (d *mocha) entry(t *mochaTest, member string) {
	switch member {
	case "fullTitle":
		t.name = d.j.Text()
	case "file":
		t.file = d.j.Text()
	case "duration":
		ms, _ := d.j.Real()
		t.millis = lex.Milliseconds(ms)
	case "currentRetry":
		t.retry, _ = d.j.Integer()
	case "err":
		d.j.Object(func(member string) { d.thrown(t, member) })
	default:
		d.j.Skip()
	}
}

// thrown reads what a test threw. Assertion libraries set their own name, or
// what was expected.
func (d *mocha) thrown(t *mochaTest, member string) {
	switch member {
	case "message":
		t.message = evidence.Clip(d.j.Text(), lex.MaxCapture)
	case "stack":
		t.trace = evidence.Clip(d.j.Text(), lex.MaxCapture)
	case "name", "code":
		kind := d.j.Scalar()
		t.assertion = t.assertion || strings.Contains(kind, "Assert") || strings.Contains(kind, "Expect") ||
			kind == "UnexpectedError" || kind == "ERR_ASSERTION"
	case "expected", "actual", "showDiff", "generatedMessage", "matcherResult":
		t.assertion = true
		d.j.Skip()
	default:
		d.j.Skip()
	}
}

func (d *mocha) add(t mochaTest, o evidence.Outcome) {
	d.take(t.id)
	t.outcome = o
	if o == evidence.Passed && t.retry > 0 {
		t.flaky = true
		for range min(t.retry, maxAttempts) {
			t.earlier = append(t.earlier, evidence.Failed)
		}
	}
	t.message = explain(o, "", "pending")
	d.tally.add(t.record)
}

// take strikes a test off the list of all tests, which may also stand behind.
func (d *mocha) take(id evidence.CaseID) {
	d.listed--
	d.tests[id]--
}

// failure keeps a failure until the list of all tests is known: hooks are not in
// it.
func (d *mocha) failure(t mochaTest) {
	r := t.record
	r.outcome = evidence.Errored
	if t.assertion {
		r.outcome = evidence.Failed
	}
	r.signed = headline(t.message, t.trace)
	r.message, r.frames = lex.JoinMessages(t.message, t.trace), lex.Frames(t.trace)
	for range min(t.retry, maxAttempts) {
		r.earlier = append(r.earlier, r.outcome)
	}
	if len(d.failures) == maxIdentities {
		d.omitted++
		return
	}
	d.failures = append(d.failures, r)
}

func (d *mocha) finish(complete bool) {
	for _, r := range d.failures {
		if d.tests[r.id] <= 0 && strings.Contains(r.name, " hook") {
			d.tally.broken(evidence.BreakageAborted, r.name, r.message)
			continue
		}
		d.take(r.id)
		d.tally.add(r)
	}
	if complete && d.listed > 0 {
		d.tally.broken(evidence.BreakagePlannedNotRun, evidence.Plural(d.listed, "test"), "listed without a result")
	}
}
