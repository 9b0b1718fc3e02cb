package assess

import (
	"fmt"
	"strings"

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
		var others []string
		for _, n := range f.PullRequest.SameHead {
			others = append(others, fmt.Sprintf("pull request %d", n))
		}
		return []found{{
			message: "the head is also that of " + strings.Join(others, ", ") + ": their checks stand on one commit",
			facts:   []evidence.Ref{evidence.RefToAll(evidence.ListPullRequest).AllIn(evidence.ListSameHead)}, bases: []evidence.Basis{f.PullRequest.Origin.Basis},
		}}
	},
}
