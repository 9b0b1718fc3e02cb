package assess

import (
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
			if r := f.Reviews[i]; r.State == "changes_requested" {
				all = append(all, found{
					about: r.Reviewer.Login, message: "“" + r.Reviewer.Login + "” asks for changes",
					facts: pointers("reviews", i), bases: []evidence.Basis{r.Origin.Basis},
				})
			}
		}
		return all
	},
}

// decisions returns the index of each reviewer's last review that decides
// something, in order. A remark leaves an earlier decision standing.
func (f *facts) decisions() []int {
	last := map[string]int{}
	for i, r := range f.Reviews {
		switch r.State {
		case "approved", "changes_requested", "dismissed":
			if k, seen := last[r.Reviewer.Login]; !seen || !r.Submitted.Before(f.Reviews[k].Submitted) {
				last[r.Reviewer.Login] = i
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
// the author, as far as they are certain.
func (f *facts) approvals() []int {
	var out []int
	for _, i := range f.decisions() {
		r := f.Reviews[i]
		author := f.PullRequest != nil && r.Reviewer.Login == f.PullRequest.Author.Login
		if r.State == "approved" && certain(r.Origin) && r.Reviewer.Kind != "bot" && !author {
			out = append(out, i)
		}
	}
	return out
}
