package assess

import "github.com/mergebrief/mergebrief/internal/evidence"

var reviewMissing = Rule{
	ID: "review-missing", Level: evidence.LevelNote, Gap: true,
	Sees:   "Whether a person other than the author approved the change, while it is open.",
	Why:    "Before a review that is how things are; a policy can ask for more.",
	Accept: "Ask for a review.",
	check: func(f *facts) []found {
		if f.PullRequest == nil || f.PullRequest.Merge != nil || len(f.approvals()) > 0 {
			return nil
		}
		return []found{{says: say("review-missing"), facts: []evidence.Ref{evidence.RefToAll(evidence.ListReviews)}}}
	},
}
