package brief

import (
	"fmt"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/render/text"
)

// Ended says how a failed result ended, in which attempt and when.
func Ended(r *evidence.CheckResult) string {
	line := Conclusion(r.Check)
	switch {
	case r.RunAttempt > 0:
		line += fmt.Sprintf(" in attempt %d of the run", r.RunAttempt)
	case r.Attempt > 1: // an order, and no number of GitHub's
		line += fmt.Sprintf(" as result %d on this commit", r.Attempt)
	}
	if !r.Completed.IsZero() {
		line += ", " + text.Instant(r.Completed)
	}
	return line
}

// GreenAgain says when the check of a failed result passed again, and by which
// commit.
func (v *View) GreenAgain(head, failed int) string {
	on, k, ok := evidence.GreenAgain(v.Record.Heads, head, failed)
	if !ok {
		return "not since"
	}
	h, r := &v.Record.Heads[on], &v.Record.Heads[on].Results[k]
	if on != head {
		return text.Commit(h.Commit) + ", " + text.Instant(r.Completed)
	}
	return "same commit, " + text.Instant(r.Completed)
}

// HeadName names a head by its commit, and says when it was replaced.
func (v *View) HeadName(h *evidence.Head) string {
	switch {
	case h.Current:
		return text.Commit(h.Commit) + " (the head)"
	case !h.Replaced.IsZero():
		return text.Commit(h.Commit) + " (replaced)"
	}
	return text.Commit(h.Commit)
}

// Standing says how the check of a failed result stands on the head now: by its
// latest attempt there, else by what GitHub lists.
func (v *View) Standing(of *evidence.Head, failed int) string {
	r := &of.Results[failed]
	for i := range v.Record.Checks {
		if c := &v.Record.Checks[i]; c.SameCheck(r.Check) {
			return CheckState(*c)
		}
	}
	for i := range v.Record.Heads {
		h := &v.Record.Heads[i]
		for k := len(h.Results) - 1; h.Current && k >= 0; k-- {
			if x := &h.Results[k]; x.SameCheck(r.Check) {
				return CheckState(x.Check)
			}
		}
	}
	return "**no result**"
}
