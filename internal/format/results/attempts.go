package results

import (
	"cmp"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/format/lex"
)

// repetition is how the writers of a format write a test that ran more than once:
// what two records of one name are.
type repetition uint8

const (
	// Each record is a test of its own. The runner tells tests apart by ids, or
	// writes the attempts inside of one record.
	apart repetition = iota
	// Each record is a test of its own, because nothing says that it is an attempt.
	// A pass behind a failure of the same name says so in words.
	unsaid
	// Names are unique: records of one run are the same test, and one bad record
	// makes it bad. Only a record of a later run is a further attempt, and the last
	// run counts.
	byRun
	// Names are unique, but passes may be attempts that failed: pytest-rerunfailures
	// writes them without a word. One bad record makes the test bad.
	worstCounts
	// A pass directly behind failures of its name is the attempt that counts.
	passCounts
	// As passCounts, where the suite shows that tests did not simply run several
	// times: another one passed once.
	passCountsOnce
)

// repetitions are the formats in which the records of one name are not always
// tests apart. JUnit XML has many writers; [junit.writer] tells them by what they
// write.
var repetitions = map[string]repetition{
	// A run is what begins with the start of a package. Within it, -count and -cpu
	// repeat tests; "gotestsum --rerun-fails" makes a further run.
	"gotest": byRun,
	// Ids are unique in a document; a document behind another is a further run.
	"rspec": byRun,
	"junit": unsaid,
}

// seen is what is known of a test whose further records matter.
type seen struct {
	key evidence.CaseID
	// Index into the listed cases, -1 when it is not listed.
	at int32
	// Number of tests of this name that simply passed, and the run of the last
	// record.
	passes, run int32
	outcome     outcomeCode
	// It had a bad record; it passed behind one.
	wasBad, flaky bool
}

// outcomeCode is an outcome in a byte; none means that the test only passed.
type outcomeCode uint8

const (
	none outcomeCode = iota
	skippedCode
	passedCode
	failedCode
	erroredCode
)

var outcomeCodes = [...]evidence.Outcome{none: "", skippedCode: evidence.Skipped, passedCode: evidence.Passed, failedCode: evidence.Failed, erroredCode: evidence.Errored}

func codeOf(o evidence.Outcome) outcomeCode {
	for code, outcome := range outcomeCodes {
		if o == outcome {
			return outcomeCode(code)
		}
	}
	return erroredCode
}

func (s *seen) was() evidence.Outcome { return outcomeCodes[s.outcome] }

// seenTable finds tests by their key. It is a hash table with open addressing:
// half the size of a map, which matters for a million tests.
type seenTable struct {
	slots []seen
	used  int
}

// find returns what is known of a key, nil when it is new.
func (t *seenTable) find(key evidence.CaseID) *seen {
	if len(t.slots) == 0 {
		return nil
	}
	if s := t.slot(key); s.key == key {
		return s
	}
	return nil
}

// slot is the place of a key, which is free when the key is new.
func (t *seenTable) slot(key evidence.CaseID) *seen {
	mask := uint64(len(t.slots) - 1)
	for at := uint64(key) * 0x9e3779b97f4a7c15 >> 20 & mask; ; at = (at + 1) & mask {
		if s := &t.slots[at]; s.key == key || s.key == 0 {
			return s
		}
	}
}

// add makes room for a key; nil when there are too many. The place is valid until
// the next call.
func (t *seenTable) add(key evidence.CaseID) *seen {
	if t.used == maxIdentities {
		return nil
	}
	if t.used >= len(t.slots)/8*7 {
		old := t.slots
		t.slots = make([]seen, max(64, 2*len(old)))
		for i := range old {
			if old[i].key != 0 {
				*t.slot(old[i].key) = old[i]
			}
		}
	}
	t.used++
	s := t.slot(key)
	*s = seen{key: key, at: -1}
	return s
}

// effect is what became of a record of a test that was seen before.
type effect uint8

const (
	// It counts, or changes nothing.
	noEffect effect = iota
	// It is the pass of a test that failed in an earlier run.
	passedNow
	// It is one more pass of a test that only passed, in a later run.
	passedAgain
)

// again counts a further record of a test whose name is unique.
func (t *tally) again(r *record, known *seen) effect {
	later := r.run != known.run
	switch {
	case known.outcome != none:
		was := known.flaky
		t.join(r, known, later)
		if known.flaky && !was {
			return passedNow
		}
	case r.simple() && t.repeats == byRun:
		if known.run = r.run; later {
			return passedAgain
		}
	case r.simple():
		known.passes++
		t.single(r)
	case r.outcome == evidence.Skipped:
		// A skip says nothing about a pass before it.
		if t.repeats != byRun {
			t.single(r)
		}
	default:
		t.afterPasses(r, known)
	}
	return noEffect
}

// afterPasses counts a bad record behind passes, which were attempts at the same
// test.
func (t *tally) afterPasses(r *record, known *seen) {
	passes := make([]evidence.Outcome, min(int(known.passes), maxAttempts))
	for i := range passes {
		passes[i] = evidence.Passed
	}
	r.earlier = append(passes, r.earlier...)
	t.suite.Counts.Total -= int(known.passes)
	t.suite.Counts.Passed -= int(known.passes)
	if t.unpassed == nil {
		t.unpassed = map[evidence.CaseID]int32{}
	}
	t.unpassed[r.id] += known.passes
	known.passes = 0
	known.note(r, t.single(r))
}

// join counts a record as more about a test that is not simply passed. What a
// later run says counts; in one run the bad record does. A skip says nothing
// about what was before it.
func (t *tally) join(r *record, known *seen, later bool) {
	was := known.was()
	now := r.outcome
	if now == evidence.Skipped || !later && bad(was) {
		now = was
	}
	flaky := now == evidence.Passed && (known.wasBad || r.flaky)
	t.suite.Counts.Remove(was, known.flaky)
	t.suite.Counts.Count(now, flaky)
	known.outcome, known.flaky, known.run = codeOf(now), flaky, r.run
	known.wasBad = known.wasBad || r.bads() > 0
	if known.at < 0 {
		return
	}
	c := &t.suite.Cases[known.at]
	if !r.part {
		if len(c.Attempts) == 0 {
			c.Attempts = []evidence.Outcome{was}
		}
		c.Attempts = limitAttempts(append(append(c.Attempts, r.earlier...), r.outcome))
	}
	c.Outcome, c.Flaky = now, flaky
	if bad(r.outcome) {
		t.saidAgain(c, r, later)
	}
}

// saidAgain keeps what both a case and a further bad record of it say. The same
// failure need not be told twice.
func (t *tally) saidAgain(c *evidence.Case, r *record, later bool) {
	sign := t.sign(r)
	switch {
	case c.Signature == sign || c.Message == "":
		c.Message = r.message
	default:
		c.Message = lex.BothMessages(c.Message, r.message)
	}
	if later || c.Signature == "" {
		c.Signature = sign
	}
	if len(c.Frames) == 0 {
		c.Frames = lex.Frames(cmp.Or(r.trace, r.message))
	}
}

// alsoPassed is said of a failure when nothing tells what the pass behind it is.
const alsoPassed = "another record of this name passed, and nothing tells whether it is a further attempt"

// ambiguous counts a record as a test of its own, and says so of a failure that
// a pass of the same name follows.
func (t *tally) ambiguous(r *record, known *seen) {
	at := t.single(r)
	switch {
	case bad(r.outcome):
		if known == nil {
			known = t.seen.add(r.key)
		}
		if known != nil {
			known.note(r, at)
		}
	case r.outcome == evidence.Passed && known != nil && known.at >= 0:
		c := &t.suite.Cases[known.at]
		c.Message = lex.BothMessages(c.Message, alsoPassed)
		known.at = -1
	}
}

// onceSuite is what decides at the end of a suite whether its passes behind
// failures were further attempts: another test passed once.
type onceSuite struct {
	// Names that passed and did not fail before.
	passed map[evidence.CaseID]bool
	// One of them passed twice: all tests ran several times.
	repeated bool
	// Tests that passed behind failures.
	joined []evidence.CaseID
}

// retried counts a record where a pass directly behind failures of its name is an
// attempt that counts. After a pass nobody tries again.
func (t *tally) retried(r *record, known *seen) {
	once := t.repeats == passCountsOnce
	switch {
	case known == nil && bad(r.outcome):
		t.remember(r)
	case known == nil:
		t.single(r)
		if once && r.simple() {
			t.once.pass(r.key)
		}
	case r.outcome == evidence.Passed && known.flaky:
		t.once.repeated = t.once.repeated || once
		if !once {
			t.single(r)
		}
	default:
		t.join(r, known, true)
		if once && known.flaky {
			t.once.joined = append(t.once.joined, r.key)
		}
	}
}

func (o *onceSuite) pass(key evidence.CaseID) {
	if o.passed == nil {
		o.passed = map[evidence.CaseID]bool{}
	}
	o.repeated = o.repeated || o.passed[key]
	if len(o.passed) < maxIdentities {
		o.passed[key] = true
	}
}

// endSuite ends a suite of a file. Unless another test passed once, its passes
// behind failures may be further runs, as "go test -count" makes them: the
// failures stay.
func (t *tally) endSuite() {
	if t.once.repeated || len(t.once.passed) == 0 {
		t.unjoin(t.once.joined)
	}
	t.once = onceSuite{}
}

// unjoin takes back that tests passed when they were tried again.
func (t *tally) unjoin(keys []evidence.CaseID) {
	for _, key := range keys {
		if s := t.seen.find(key); s.flaky {
			t.failedAfterAll(s)
		}
	}
}

func (t *tally) failedAfterAll(s *seen) {
	t.suite.Counts.Remove(evidence.Passed, true)
	t.suite.Counts.Count(evidence.Failed, false)
	s.outcome, s.flaky = failedCode, false
	if s.at >= 0 {
		c := &t.suite.Cases[s.at]
		c.Outcome, c.Flaky, c.Message = evidence.Failed, false, lex.BothMessages(c.Message, alsoPassed)
	}
}
