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
				message := "the approval by “" + r.Reviewer.Login + "” is of an earlier commit"
				if r.Commit == "" {
					message = "which commit “" + r.Reviewer.Login + "” approved is not known"
				}
				all = append(all, found{about: r.Reviewer.Login, message: message, facts: []evidence.Ref{evidence.RefTo(evidence.ListReviews, i)}, bases: []evidence.Basis{r.Origin.Basis}})
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
