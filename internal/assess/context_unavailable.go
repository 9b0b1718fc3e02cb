package assess

import (
	"github.com/mergebrief/mergebrief/internal/evidence"
)

var contextUnavailable = Rule{
	ID: "context-unavailable", Level: evidence.LevelNote,
	Sees:   "Context that an agent wanted and did not get: reads that were refused, pages that did not answer, files that are not there.",
	Why:    "It worked without knowing something that it looked for.",
	Accept: "Make the context available for the next run.",
	check: func(f *facts) []found {
		var all []found
		for i, s := range f.runs() {
			var names []string
			for _, m := range s.Unavailable {
				names = append(names, m.Name)
			}
			if len(names) > 0 {
				all = append(all, found{
					about: s.ID, says: say("context-unavailable", asNames("context", names)),
					facts: []evidence.Ref{evidence.RefTo(evidence.ListSessions, i).AllIn(evidence.ListUnavailable)}, bases: []evidence.Basis{s.Origin.Basis},
				})
			}
		}
		return all
	},
}
