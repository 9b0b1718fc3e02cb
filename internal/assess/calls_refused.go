package assess

import (
	"github.com/mergebrief/mergebrief/internal/evidence"
)

var callsRefused = Rule{
	ID: "calls-refused", Level: evidence.LevelNote,
	Sees:   "Tool calls of an agent that a person, a policy or a sandbox refused.",
	Why:    "A refusal is a boundary that held. What was refused tells where the agent wanted to go.",
	Accept: "There is nothing to accept: it is a note.",
	check: func(f *facts) []found {
		var all []found
		for i, s := range f.runs() {
			if n := len(s.Denied); n > 0 {
				all = append(all, found{
					about: s.ID, says: say("calls-refused", asCount("calls", n)),
					facts: []evidence.Ref{evidence.RefTo(evidence.ListSessions, i).AllIn(evidence.ListDenied)}, bases: []evidence.Basis{s.Origin.Basis},
				})
			}
		}
		return all
	},
}
