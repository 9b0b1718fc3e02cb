package assess

import (
	"fmt"
	"slices"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

var changesRequested = Rule{
	ID: "changes-requested", Level: evidence.LevelWarning,
	Sees:   "Reviewers whose latest decision asks for changes.",
	Why:    "Somebody found something. It stands until they say otherwise.",
	Accept: "Settle it with the reviewer, or have the review dismissed.",
	check: func(f *facts) []found {
		var all []found
		for _, i := range f.decisions() {
			if r := f.Reviews[i]; r.State == evidence.ReviewChangesRequested {
				all = append(all, found{
					about: r.Reviewer.Login, says: say("changes-requested", asName("reviewer", r.Reviewer.Login)),
					facts: []evidence.Ref{evidence.RefTo(evidence.ListReviews, i)}, bases: []evidence.Basis{r.Origin.Basis},
				})
			}
		}
		return all
	},
}

// decisions returns the index of each reviewer's last review that decides
// something, in order. A remark leaves an earlier decision standing. Of accounts
// that were deleted nobody knows which reviews are the same person's.
func (f *facts) decisions() []int {
	last := map[string]int{}
	for i, r := range f.Reviews {
		who := r.Reviewer.Login
		if r.Reviewer.Deleted() {
			who = fmt.Sprintf("%s %d", who, i)
		}
		switch r.State {
		case evidence.ReviewApproved, evidence.ReviewChangesRequested, evidence.ReviewDismissed:
			if k, seen := last[who]; !seen || !r.Submitted.Before(f.Reviews[k].Submitted) {
				last[who] = i
			}
		}
	}
	var out []int
	for _, i := range last {
		out = append(out, i)
	}
	slices.Sort(out)
	return out
}

// approvals returns the indexes of the standing approvals by people other than
// the author, as far as they are certain. An account that was deleted may have
// been anybody's.
func (f *facts) approvals() []int {
	var out []int
	for _, i := range f.decisions() {
		r := f.Reviews[i]
		author := f.PullRequest != nil && evidence.SameLogin(r.Reviewer.Login, f.PullRequest.Author.Login)
		if r.State == evidence.ReviewApproved && r.Origin.Basis.Certain() && r.Reviewer.Kind != evidence.AccountBot && !r.Reviewer.Deleted() && !author {
			out = append(out, i)
		}
	}
	return out
}
