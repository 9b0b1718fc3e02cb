package assess

import "github.com/mergebrief/mergebrief/internal/evidence"

var agentRulesChanged = Rule{
	ID: "agent-rules-changed", Level: evidence.LevelWarning,
	Sees:   "Instruction files for agents that the change itself edits.",
	Why:    "They steer every later run. An agent that changes its own instructions deserves a second look.",
	Accept: "Accept the finding by its id once somebody looked.",
	check: func(f *facts) []found {
		var names []string
		x := found{}
		for i, r := range f.Rules {
			if !r.Changed {
				continue
			}
			names = append(names, r.Path)
			x.about += r.Path + "\x00"
			x.facts, x.bases = append(x.facts, evidence.RefTo(evidence.ListRules, i)), append(x.bases, r.Origin.Basis)
		}
		if len(names) == 0 {
			return nil
		}
		x.says = say("agent-rules-changed", asNames("files", names))
		return []found{x}
	},
}
