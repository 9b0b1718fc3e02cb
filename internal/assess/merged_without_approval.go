package assess

import (
	"github.com/mergebrief/mergebrief/internal/evidence"
)

var mergedWithoutApproval = Rule{
	ID: "merged-without-approval", Level: evidence.LevelWarning,
	Sees:   "Merged pull requests that no person other than the author approved.",
	Why:    "It is in, and nobody is recorded to have said that it should be.",
	Accept: "Review it afterwards, or require a review on the base branch.",
	check: func(f *facts) []found {
		if f.PullRequest == nil || f.PullRequest.Merge == nil || len(f.approvals()) > 0 {
			return nil
		}
		return []found{{
			says:  say("merged-without-approval", asName("login", f.PullRequest.Merge.By.Login)),
			facts: []evidence.Ref{evidence.RefToAll(evidence.ListPullRequest).AllIn(evidence.ListMerge)}, bases: []evidence.Basis{f.PullRequest.Origin.Basis},
		}}
	},
}
