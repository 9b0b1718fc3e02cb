package assess

import (
	"github.com/mergebrief/mergebrief/internal/evidence"
)

var threadsUnresolved = Rule{
	ID: "threads-unresolved", Level: evidence.LevelNote,
	Sees:   "Review threads that nobody resolved.",
	Why:    "They may hold an open question.",
	Accept: "Resolve them.",
	check: func(f *facts) []found {
		if f.PullRequest == nil || f.PullRequest.UnresolvedThreads == 0 {
			return nil
		}
		return []found{{
			says:  say("threads-unresolved", asCount("threads", f.PullRequest.UnresolvedThreads)),
			facts: []evidence.Ref{evidence.RefToAll(evidence.ListPullRequest).AllIn(evidence.ListUnresolvedThreads)}, bases: []evidence.Basis{f.PullRequest.Origin.Basis},
		}}
	},
}
