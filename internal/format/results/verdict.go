package results

import "github.com/mergebrief/mergebrief/internal/evidence"

// ownRed notes that the file calls the run failed. Unless a case or a broken part
// already shows it, it is a broken part of its own: red stays red.
func (t *tally) ownRed(said string) {
	if t.suite.Counts.Bad() == 0 && len(t.suite.Broken) == 0 {
		t.broken(evidence.BreakageAborted, "", said)
	}
}

// alone counts a record of a writer that has one record for each case, with all
// attempts in it: it is never joined with another of the same name.
func (t *tally) alone(r record) {
	r.key = evidence.CaseID(t.raw.Total + 1)
	t.add(r)
}

// declareBad is [tally.declare] for writers that do not tell failures from
// errors.
func (t *tally) declareBad(total, wrong, skipped *int) {
	failed := wrong
	if wrong != nil {
		n := max(0, *wrong-t.raw.Errored)
		failed = &n
	}
	t.declare(total, failed, nil, skipped)
}
