package assess

import (
	"github.com/mergebrief/mergebrief/internal/evidence"
)

var contextCompacted = Rule{
	ID: "context-compacted", Level: evidence.LevelNote,
	Sees:   "Agent runs whose context was compacted on the way.",
	Why:    "What was read before was replaced by a summary of it; instructions may have got lost.",
	Accept: "There is nothing to accept: it is a note.",
	check: func(f *facts) []found {
		var all []found
		for i, s := range f.runs() {
			if n := s.Compactions; n > 0 {
				all = append(all, found{
					about: s.ID, says: say("context-compacted", asCount("compactions", n)),
					facts: []evidence.Ref{evidence.RefTo(evidence.ListSessions, i).AllIn(evidence.ListCompactions)}, bases: []evidence.Basis{s.Origin.Basis},
				})
			}
		}
		return all
	},
}
