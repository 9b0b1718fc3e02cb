package assess

import (
	"github.com/mergebrief/mergebrief/internal/evidence"
)

var checkFlaky = Rule{
	ID: "check-flaky", Level: evidence.LevelWarning,
	Sees:   "Checks that both failed and passed on the head, in different attempts.",
	Why:    "The same commit did both, so that the pass shows little. Rerunning until it is green leaves no other trace.",
	Accept: "Repair what is unstable, or accept the finding by its id.",
	check: func(f *facts) []found {
		var all []found
		for i, h := range f.Heads {
			if names := h.Flaky(); h.Current && len(names) > 0 {
				all = append(all, found{
					says:  say("check-flaky", asNames("checks", names)),
					facts: []evidence.Ref{evidence.RefTo(evidence.ListHeads, i).AllIn(evidence.ListResults)}, bases: []evidence.Basis{h.Origin.Basis},
				})
			}
		}
		return all
	},
}
