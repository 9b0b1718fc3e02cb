package results

import (
	"cmp"
	"slices"
	"time"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

const (
	// maxListed is the number of cases that a suite lists. A reviewer reads
	// tens; the rest is counted.
	maxListed = 1000
	// maxKept is the number of cases of one kind that are kept while reading:
	// failures may stand at the end of a file, behind a thousand skips.
	maxKept = maxListed
	// maxAttempts is the number of attempts listed for one case. Retries are
	// set to a handful; a hundred is a loop.
	maxAttempts = 100
	// maxIdentities is the number of cases of a file that are told apart. The
	// largest real suites have several 100,000; beyond it, cases are counted and
	// no longer recognised as repeated.
	maxIdentities = 1 << 20
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
	// Earlier attempts that the record itself names.
	earlier []evidence.Outcome
	// A runner that tells of retries says that the case is flaky.
	flaky   bool
	message string
	// The text from which the signature is made.
	signed string
	millis int64
}

// tally builds one suite from the records of a file, in their order. Records of
// the same identity are attempts at the same case: the last one wins.
//
// Two records of one identity that both passed are two cases with one name,
// which parametrised tests often have, unless certain says that the runner
// names every case differently.
type tally struct {
	suite   evidence.Suite
	certain bool
	kept    [4]int
	// What is known of each identity: an index into the blocks, which never move.
	seen   map[evidence.CaseID]int32
	blocks [][]seen
	// Numbers of records, before attempts are joined.
	raw evidence.Counts
}

// seen is what is known of an identity.
type seen struct {
	id evidence.CaseID
	// Number of cases of this identity that simply passed.
	passes int32
	// Index into suite.Cases, or -1.
	at int32
	// What the case came to; empty while it only passed.
	outcome evidence.Outcome
	flaky   bool
}

func newTally(format string) *tally {
	return &tally{
		suite: evidence.Suite{Format: format},
		seen:  map[evidence.CaseID]int32{},
	}
}

// started notes the earliest start.
func (t *tally) started(at time.Time) {
	if !at.IsZero() && (t.suite.Started.IsZero() || at.Before(t.suite.Started)) {
		t.suite.Started = at
	}
}

// broken notes a part that did not run as planned.
func (t *tally) broken(kind evidence.BreakageKind, subject, said string) {
	if len(t.suite.Broken) < maxBroken {
		t.suite.Broken = append(t.suite.Broken, evidence.Breakage{Kind: kind, Subject: name(subject), Message: message(said)})
	}
}

// add counts a record.
func (t *tally) add(r record) {
	t.raw.Count(r.outcome, r.flaky)
	t.suite.DurationMs += r.millis
	if r.key == 0 {
		t.first(r, nil)
		return
	}
	known := t.known(r.key)
	switch {
	case known == nil:
		if len(t.seen) < maxIdentities {
			known = t.entry(r)
		}
		t.first(r, known)
	case known.outcome == "" || known.outcome == evidence.Skipped && !t.certain:
		t.afterPass(r, known)
	default:
		t.retry(r, known)
	}
}

// blockSize is the number of identities that are allocated at a time.
const blockSize = 1024

// known is what is known of an identity, nil when it is new.
func (t *tally) known(key evidence.CaseID) *seen {
	at, ok := t.seen[key]
	if !ok {
		return nil
	}
	return &t.blocks[at/blockSize][at%blockSize]
}

// entry makes room for an identity.
func (t *tally) entry(r record) *seen {
	last := len(t.blocks) - 1
	if last < 0 || len(t.blocks[last]) == blockSize {
		t.blocks = append(t.blocks, make([]seen, 0, blockSize))
		last++
	}
	block := append(t.blocks[last], seen{id: r.id, at: -1})
	t.blocks[last] = block
	t.seen[r.key] = int32(last*blockSize + len(block) - 1)
	return &block[len(block)-1]
}

// first counts a record as a case of its own.
func (t *tally) first(r record, known *seen) {
	outcome, flaky := r.outcome, r.flaky && r.outcome == evidence.Passed
	t.suite.Counts.Count(outcome, flaky)
	simple := outcome == evidence.Passed && !flaky && len(r.earlier) == 0
	if known != nil {
		if simple {
			known.passes++
			return
		}
		known.outcome, known.flaky = outcome, flaky
	}
	if simple {
		return
	}
	at := t.keep(r)
	if known != nil {
		known.at = int32(at)
	}
}

// afterPass counts a record of an identity that so far only passed or was
// skipped. If it is bad, the passes before it were attempts: pytest's rerun
// plugin writes failed attempts as empty records, which look passed.
func (t *tally) afterPass(r record, known *seen) {
	if !bad(r.outcome) && !t.certain {
		if known.outcome == "" {
			t.first(r, known)
		} else {
			t.first(r, nil)
		}
		return
	}
	for range min(known.passes, maxAttempts) {
		r.earlier = append(r.earlier, evidence.Passed)
	}
	t.suite.Counts.Total -= int(known.passes)
	t.suite.Counts.Passed -= int(known.passes)
	known.passes = 0
	if known.outcome == evidence.Skipped {
		// The skip stays a case of its own: which it belonged to is not known.
		known.outcome = ""
	}
	if !bad(r.outcome) {
		r.earlier = nil
	}
	t.first(r, known)
}

// retry counts a record of a case that is not simply passed: it is one more
// attempt. A skip says nothing about a failure before it.
func (t *tally) retry(r record, known *seen) {
	outcome := r.outcome
	if outcome == evidence.Skipped {
		outcome = known.outcome
	}
	flaky := outcome == evidence.Passed && (known.flaky || bad(known.outcome) || r.flaky)
	t.suite.Counts.Remove(known.outcome, known.flaky)
	t.suite.Counts.Count(outcome, flaky)
	was := known.outcome
	known.outcome, known.flaky = outcome, flaky
	if known.at < 0 {
		return
	}
	c := &t.suite.Cases[known.at]
	if len(c.Attempts) == 0 {
		c.Attempts = []evidence.Outcome{was}
	}
	c.Attempts = limitAttempts(append(append(c.Attempts, r.earlier...), r.outcome))
	c.Outcome, c.Flaky = outcome, flaky
	if bad(r.outcome) {
		c.Message, c.Signature = r.message, t.sign(r)
	}
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
func (t *tally) keep(r record) int {
	rank := rankOf(r.outcome)
	if t.kept[rank] == maxKept {
		t.suite.CasesOmitted++
		return -1
	}
	t.kept[rank]++
	c := evidence.Case{
		Name: name(r.name), Class: name(r.class), File: path(r.file), Line: r.line,
		Outcome: r.outcome, Flaky: r.flaky && r.outcome == evidence.Passed,
		Message: r.message, ID: r.id,
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

func (t *tally) sign(r record) string {
	text := r.signed
	if text == "" {
		text = r.message
	}
	return signature(t.suite.Format, r.class+"\x00"+r.name, text)
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

// finish sorts the cases, cuts them at the limit and returns the suite.
func (t *tally) finish() evidence.Suite {
	s := &t.suite
	s.Cases = slices.DeleteFunc(s.Cases, func(c evidence.Case) bool {
		passed := c.Outcome == evidence.Passed && !c.Flaky
		if passed {
			s.Passing = append(s.Passing, c.ID)
		}
		return passed
	})
	slices.SortStableFunc(s.Cases, compareCases)
	if extra := len(s.Cases) - maxListed; extra > 0 {
		s.CasesOmitted += extra
		s.Cases = slices.Clip(s.Cases[:maxListed])
	}
	for _, block := range t.blocks {
		for _, e := range block {
			for range e.passes {
				s.Passing = append(s.Passing, e.id)
			}
		}
	}
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
