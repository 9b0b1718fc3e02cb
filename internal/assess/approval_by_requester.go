package assess

import (
	"slices"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

var approvalByRequester = Rule{
	ID: "approval-by-requester-alone", Level: evidence.LevelWarning,
	Sees:   "Changes with lines by an agent that nobody approved but the person who requested the work.",
	Why:    "The one who asked for it is the one who said that it is good: four eyes became two.",
	Accept: "Ask somebody else for a review.",
	check: func(f *facts) []found {
		approvals := f.approvals()
		if len(approvals) == 0 || f.attribution.Lines.AI == 0 {
			return nil
		}
		x := found{}
		for _, i := range approvals {
			r := f.Reviews[i]
			if !slices.ContainsFunc(f.Tickets, func(t evidence.Ticket) bool { return t.Requester == r.Reviewer.Login }) {
				return nil
			}
			x.facts, x.bases = append(x.facts, pointers("reviews", i)...), append(x.bases, r.Origin.Basis)
		}
		x.message = "nobody but the requester of the work approved lines that an agent wrote"
		return []found{x}
	},
}
