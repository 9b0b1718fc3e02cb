package assess

import (
	"github.com/mergebrief/mergebrief/internal/evidence"
)

var approvalStale = Rule{
	ID: "approval-stale", Level: evidence.LevelWarning,
	Sees:   "Approvals of a commit that is not the head any more.",
	Why:    "The reviewer approved something else.",
	Accept: "Ask for another look, or let GitHub dismiss stale approvals.",
	check: func(f *facts) []found {
		var all []found
		for _, i := range f.approvals() {
			if r := f.Reviews[i]; f.outdated(r) {
				says := say("approval-stale", asName("reviewer", r.Reviewer.Login))
				if r.Commit == "" {
					says = say("approval-stale.unknown", asName("reviewer", r.Reviewer.Login))
				}
				all = append(all, found{about: r.Reviewer.Login, says: says, facts: []evidence.Ref{evidence.RefTo(evidence.ListReviews, i)}, bases: []evidence.Basis{r.Origin.Basis}})
			}
		}
		return all
	},
}

// outdated reports whether a review is of other content than the head: of another
// commit, unless git records the same tree for both.
func (f *facts) outdated(r evidence.Review) bool {
	sameTree := f.PullRequest != nil && r.Tree != "" && r.Tree == f.PullRequest.HeadTree
	return r.Commit != f.Target.Head && !sameTree
}
