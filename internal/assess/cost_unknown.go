package assess

import (
	"github.com/mergebrief/mergebrief/internal/evidence"
)

var costUnknown = Rule{
	ID: "cost-unknown", Level: evidence.LevelNote, Gap: true,
	Sees:   "Agent runs without a recorded cost.",
	Why:    "Unknown is not zero: sums over runs are too low by what these cost.",
	Accept: "Let the agent or its orchestrator record the cost.",
	check: func(f *facts) []found {
		var facts []evidence.Ref
		for i, s := range f.runs() {
			if u := s.Usage; u == nil || u.CostUSD == nil {
				facts = append(facts, evidence.RefTo(evidence.ListSessions, i))
			}
		}
		if len(facts) == 0 {
			return nil
		}
		return []found{{says: say("cost-unknown", asCount("unknown", len(facts)), asCount("runs", len(f.joined))), facts: facts}}
	},
}
