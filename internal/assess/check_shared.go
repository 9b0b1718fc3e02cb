package assess

import (
	"github.com/mergebrief/mergebrief/internal/evidence"
)

var checkShared = Rule{
	ID: "check-shared", Level: evidence.LevelWarning,
	Sees:   "Other open pull requests with the same head commit.",
	Why:    "A check run belongs to a commit, not to a pull request, and GitHub shows the latest of a name: under this pull request may stand the verdict about another one.",
	Accept: "Close one of them, let them run with different names of the check, or accept the finding by its id.",
	check: func(f *facts) []found {
		if f.PullRequest == nil || len(f.PullRequest.SameHead) == 0 {
			return nil
		}
		var others []evidence.Text
		for _, n := range f.PullRequest.SameHead {
			others = append(others, part("pull-request", asCount("number", n)))
		}
		return []found{{
			says:  say("check-shared", asParts("others", others...)),
			facts: []evidence.Ref{evidence.RefToAll(evidence.ListPullRequest).AllIn(evidence.ListSameHead)}, bases: []evidence.Basis{f.PullRequest.Origin.Basis},
		}}
	},
}
