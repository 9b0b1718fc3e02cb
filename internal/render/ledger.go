package render

import (
	"fmt"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// ledger tells what was red on any head that the pull request has had, when and by
// which commit it turned green, and where the same check stands now. It only grows: each record has all that GitHub still
// knows, so that a later green takes nothing away.
func (v *view) ledger() section {
	rows := v.ledgerRows()
	if len(rows) == 0 {
		return section{}
	}
	clean := 0
	for i := range v.record.Heads {
		if failedResults(&v.record.Heads[i]) == 0 {
			clean++
		}
	}
	lines := table(v.rows, "Head | Check | Ended | Failed steps | Green again | On the head now", rows)
	if clean > 0 {
		lines = append(lines, evidence.Plural(clean, "head")+" without a failure "+map[bool]string{true: "is", false: "are"}[clean == 1]+" not listed.", "")
	}
	return section{"Failure ledger (" + evidence.Plural(len(v.record.Heads), "head") + ")", lines}
}

func failedResults(h *evidence.Head) (n int) {
	for _, r := range h.Results {
		if r.Failed() {
			n++
		}
	}
	return n
}

func (v *view) ledgerRows() []string {
	var rows []string
	for i := range v.record.Heads {
		h := &v.record.Heads[i]
		for k := range h.Results {
			r := &h.Results[k]
			if !r.Failed() {
				continue
			}
			if len(rows) >= v.rows { // only their number matters
				rows = append(rows, "")
				continue
			}
			rows = append(rows, cells(v.headName(h)+grade(h.Origin.Basis), v.linked(code(r.Name, maxName/2), r.URL, r.Origin), ended(r), names(r.FailedSteps), v.greenAgain(i, k), v.standing(h, k)))
		}
	}
	return rows
}

// ended says how a failed result ended, in which attempt and when.
func ended(r *evidence.CheckResult) string {
	line := conclusion(r.Check)
	switch {
	case r.RunAttempt > 0:
		line += fmt.Sprintf(" in attempt %d of the run", r.RunAttempt)
	case r.Attempt > 1: // an order, and no number of GitHub's
		line += fmt.Sprintf(" as result %d on this commit", r.Attempt)
	}
	if !r.Completed.IsZero() {
		line += ", " + instant(r.Completed)
	}
	return line
}

// greenAgain says when the check of a failed result passed again, and by which
// commit.
func (v *view) greenAgain(head, failed int) string {
	on, k, ok := evidence.GreenAgain(v.record.Heads, head, failed)
	if !ok {
		return "not since"
	}
	h, r := &v.record.Heads[on], &v.record.Heads[on].Results[k]
	if on != head {
		return commit(h.Commit) + ", " + instant(r.Completed)
	}
	return "same commit, " + instant(r.Completed)
}

func (v *view) headName(h *evidence.Head) string {
	switch {
	case h.Current:
		return commit(h.Commit) + " (the head)"
	case !h.Replaced.IsZero():
		return commit(h.Commit) + " (replaced)"
	}
	return commit(h.Commit)
}

// standing says how the check of a failed result stands on the head now: by its
// latest attempt there, else by what GitHub lists.
func (v *view) standing(of *evidence.Head, failed int) string {
	r := &of.Results[failed]
	for i := range v.record.Checks {
		if c := &v.record.Checks[i]; c.SameCheck(r.Check) {
			return checkWord(*c)
		}
	}
	for i := range v.record.Heads {
		h := &v.record.Heads[i]
		for k := len(h.Results) - 1; h.Current && k >= 0; k-- {
			if x := &h.Results[k]; x.SameCheck(r.Check) {
				return checkWord(x.Check)
			}
		}
	}
	return "**no result**"
}

// redBefore reports whether anything was red on a head before.
func (v *view) redBefore() bool {
	for i := range v.record.Heads {
		if failedResults(&v.record.Heads[i]) > 0 {
			return true
		}
	}
	return false
}

// headOf names a folder of a path: its first depth parts.
func headOf(path string, depth int) string {
	parts := strings.SplitN(path, "/", depth+1)
	if len(parts) <= depth {
		return strings.Join(parts[:len(parts)-1], "/")
	}
	return strings.Join(parts[:depth], "/")
}
