package results

import (
	"cmp"
	"io"
	"slices"
	"time"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/format/lex"
)

const (
	// maxListed is the number of cases that a suite lists beside those on lines of
	// the change. A reviewer reads tens; the rest is counted.
	maxListed = 1000
	// maxKept is the number of cases of one kind that are kept while reading:
	// failures may stand at the end of a file, behind a thousand skips.
	maxKept = maxListed
	// maxAttempts is the number of attempts listed for one case. Retries are
	// set to a handful; a hundred is a loop.
	maxAttempts = 100
	// maxIdentities is the number of cases of a file that are told apart. The
	// largest real suites have several 100,000; beyond it, cases are counted and
	// no longer recognised as repeated. It is what a table of 2^20 slots holds
	// before it doubles.
	maxIdentities = 7 << 17
	// maxBroken is the number of broken parts that a suite lists.
	maxBroken = 200
)

// record is one record of a test case in a file.
type record struct {
	// Identity of the case within its file; 0 when it has none, as an unnamed
	// case.
	key evidence.CaseID
	// Identity across files.
	id                evidence.CaseID
	name, class, file string
	line              int
	outcome           evidence.Outcome
	// Number of the run in which the test ran, where a file may hold several.
	run int32
	// Earlier attempts that the record itself names.
	earlier []evidence.Outcome
	// A runner that tells of retries says that the case is flaky.
	flaky bool
	// It is more about the same attempt as the record before it of this name: an
	// error when the test was torn down.
	part bool
	// It has failures and is marked as passed: they explain no failure that the
	// suite states.
	marked bool
	// Number of failures that the record lists, when it is more than one.
	failures int
	message  string
	// The text from which the signature is made.
	signed string
	// The text that names the places of the failure, where the message does not have
	// all of it, or those places.
	trace  string
	frames []evidence.Frame
	millis int64
}

// simple reports whether the record passed and there is nothing else to say.
func (r *record) simple() bool {
	return r.outcome == evidence.Passed && !r.flaky && len(r.earlier) == 0
}

// bads is the number of failures in the record, those of earlier attempts
// included: what the counters of some writers count.
func (r *record) bads() int {
	n := 0
	if r.marked {
		return 0
	}
	if bad(r.outcome) {
		n = max(1, r.failures)
	}
	for _, o := range r.earlier {
		if bad(o) {
			n++
		}
	}
	return n
}

// tally builds one suite from the records of a file, in their order. What two
// records of one name are is a property of the format: see [repetition].
type tally struct {
	suite   evidence.Suite
	repeats repetition
	kept    [4]int
	seen    seenTable
	// Identities that no longer simply pass, with the number of their passes.
	unpassed map[evidence.CaseID]int32
	// Numbers of records, before attempts are joined.
	raw evidence.Counts
	// Number of failures that are listed so far: records, attempts in them and
	// broken parts.
	accounted int
	once      onceSuite
	cut       lex.Cut
}

// newTally begins a suite. The format decides what records of one name are.
// r is what the decoder was given: it may know what the change touches.
func newTally(format string, r io.Reader) *tally {
	return &tally{suite: evidence.Suite{Format: format}, repeats: repetitions[format], cut: lex.NewCut(r)}
}

// started notes the earliest start.
func (t *tally) started(at time.Time) {
	if !at.IsZero() && (t.suite.Started.IsZero() || at.Before(t.suite.Started)) {
		t.suite.Started = at
	}
}

// broken notes a part that did not run as planned.
func (t *tally) broken(kind evidence.BreakageKind, subject, said string) {
	t.brokenAt(kind, subject, said, nil)
}

// brokenAt is broken for a part whose trace was read already.
func (t *tally) brokenAt(kind evidence.BreakageKind, subject, said string, frames []evidence.Frame) {
	t.accounted++
	if len(t.suite.Broken) == maxBroken {
		t.suite.BrokenOmitted++
		return
	}
	if frames == nil {
		frames = lex.Frames(said)
	}
	t.suite.Broken = append(t.suite.Broken, evidence.Breakage{Kind: kind, Subject: lex.Name(subject), Message: lex.Message(said), Frames: frames})
}

// add counts a record and says what became of it.
func (t *tally) add(r record) effect {
	t.raw.Count(r.outcome, r.flaky)
	t.accounted += r.bads()
	t.suite.DurationMs += r.millis
	if r.key == 0 || t.repeats == apart {
		t.single(&r)
		return noEffect
	}
	known := t.seen.find(r.key)
	switch {
	case t.repeats == unsaid:
		t.ambiguous(&r, known)
	case t.repeats == passCounts || t.repeats == passCountsOnce:
		t.retried(&r, known)
	case known == nil:
		t.remember(&r)
	default:
		return t.again(&r, known)
	}
	return noEffect
}

// single counts a record as a case of its own and returns its index among the
// listed cases, -1 when it is not listed.
func (t *tally) single(r *record) int {
	t.suite.Counts.Count(r.outcome, r.flaky && r.outcome == evidence.Passed)
	if !r.simple() {
		return t.keep(r)
	}
	if len(t.suite.Passing) < maxIdentities {
		t.suite.Passing = append(t.suite.Passing, r.id)
	}
	return -1
}

// remember counts a record as a case of its own and notes its name.
func (t *tally) remember(r *record) {
	at := t.single(r)
	if s := t.seen.add(r.key); s != nil {
		s.note(r, at)
	}
}

// note makes the record the last one that is known of a test.
func (s *seen) note(r *record, at int) {
	s.at, s.run = int32(at), r.run
	if r.simple() {
		s.passes = 1
		return
	}
	s.outcome, s.flaky, s.wasBad = codeOf(r.outcome), r.flaky && r.outcome == evidence.Passed, r.bads() > 0
}

// limitAttempts keeps the first attempts and the last.
func limitAttempts(all []evidence.Outcome) []evidence.Outcome {
	if len(all) <= maxAttempts {
		return all
	}
	last := all[len(all)-1]
	return append(all[:maxAttempts-1], last)
}

// keep lists the case, unless there are too many of its kind, and returns its
// index or -1.
func (t *tally) keep(r *record) int {
	rank := rankOf(r.outcome)
	if bad(r.outcome) && r.frames == nil && (t.kept[rank] < maxKept || t.cut.Knows()) {
		r.frames = lex.Frames(cmp.Or(r.trace, r.message))
	}
	if t.kept[rank] >= maxKept && !t.room(r) {
		t.suite.CasesOmitted++
		return -1
	}
	t.kept[rank]++
	c := evidence.Case{
		Name: lex.Name(r.name), Class: lex.Name(r.class), File: lex.Path(r.file), Line: r.line,
		Outcome: r.outcome, Flaky: r.flaky && r.outcome == evidence.Passed,
		Message: r.message, ID: r.id, Frames: r.frames,
	}
	if len(r.earlier) > 0 {
		c.Attempts = limitAttempts(append(r.earlier, r.outcome))
	}
	if r.outcome != evidence.Skipped {
		c.Signature = t.sign(r)
	}
	t.suite.Cases = append(t.suite.Cases, c)
	return len(t.suite.Cases) - 1
}

// room reports whether a record is kept behind the limit, because it or a place in
// its trace may be on lines of the change.
func (t *tally) room(r *record) bool {
	if t.cut.Room(r.file, r.line, r.line) {
		return true
	}
	return slices.ContainsFunc(r.frames, func(f evidence.Frame) bool { return t.cut.Room(f.Path, f.Line, f.Line) })
}

// matters is the same for a case that was kept.
func (t *tally) matters(c *evidence.Case) bool {
	return t.cut.Matters(c.File, c.Line, c.Line) ||
		slices.ContainsFunc(c.Frames, func(f evidence.Frame) bool { return t.cut.Matters(f.Path, f.Line, f.Line) })
}

func (t *tally) sign(r *record) string {
	text := r.signed
	if text == "" {
		text = r.message
	}
	return lex.Signature(t.suite.Format, r.class+"\x00"+r.name, text)
}

// rankOf orders cases by how much a reviewer needs them: failed, errored, flaky,
// skipped.
func rankOf(o evidence.Outcome) int {
	switch {
	case o == evidence.Failed:
		return 0
	case o == evidence.Errored:
		return 1
	case o == evidence.Skipped:
		return 3
	default:
		return 2
	}
}

func compareCases(a, b evidence.Case) int {
	return cmp.Compare(rankOf(a.Outcome), rankOf(b.Outcome))
}

// finish compares what was counted with the verdict of the file itself, sorts the
// cases, cuts them at the limit and returns the suite.
func (t *tally) finish(v verdict) evidence.Suite {
	s := &t.suite
	t.settle(s.Name, v, mark{})
	if v.together && v.failed != nil {
		failed := max(0, *v.failed-t.raw.Errored)
		v.failed = &failed
	}
	t.declare(v.total, v.failed, v.errored, v.skipped)
	s.Passing = slices.DeleteFunc(s.Passing, func(id evidence.CaseID) bool {
		left, some := t.unpassed[id]
		if some = some && left > 0; some {
			t.unpassed[id]--
		}
		return some
	})
	s.Cases = slices.DeleteFunc(s.Cases, func(c evidence.Case) bool {
		passed := c.Outcome == evidence.Passed && !c.Flaky
		if passed {
			s.Passing = append(s.Passing, c.ID)
		}
		return passed
	})
	slices.SortStableFunc(s.Cases, compareCases)
	kept, omitted := lex.Shorten(s.Cases, maxListed, t.matters)
	s.Cases = kept
	s.CasesOmitted += omitted
	return *s
}

// declare notes what the file says about itself when it differs from the
// records that it lists. Numbers that it does not state are nil.
func (t *tally) declare(total, failed, errored, skipped *int) {
	if total == nil {
		return
	}
	d := t.raw
	d.Flaky = 0
	d.Total = *total
	differs := d.Total != t.raw.Total
	for _, n := range []struct{ stated, listed *int }{{failed, &d.Failed}, {errored, &d.Errored}, {skipped, &d.Skipped}} {
		if n.stated != nil && *n.stated != *n.listed {
			*n.listed, differs = *n.stated, true
		}
	}
	if differs {
		d.Passed = max(0, d.Total-d.Failed-d.Errored-d.Skipped)
		t.suite.Declared = &d
	}
}
