package assess

import (
	"slices"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

var hooksBypassed = Rule{
	ID: "hooks-bypassed", Level: evidence.LevelWarning,
	Sees:   "Commands in an agent's run that switch commit or push hooks off, such as “git commit --no-verify”.",
	Why:    "The hooks are validations that the team asked for.",
	Accept: "Let the same validations run in a check, and accept the finding by its id.",
	check: func(f *facts) []found {
		var all []found
		for i, s := range f.runs() {
			x := found{about: s.ID, bases: []evidence.Basis{s.Origin.Basis}}
			for k, c := range s.Commands {
				if skipsHooks(c) {
					x.facts = append(x.facts, evidence.RefTo(evidence.ListSessions, i).In(evidence.ListCommands, k))
				}
			}
			n := len(x.facts)
			for k, d := range s.Drift {
				if d.Kind == evidence.DriftHooks { // also in commands that the record has no room for
					x.facts = append(x.facts, evidence.RefTo(evidence.ListSessions, i).In(evidence.ListDrift, k))
					n = max(n, d.Count)
				}
			}
			if n > 0 {
				x.says = say("hooks-bypassed", asCount("commands", n))
				all = append(all, x)
			}
		}
		return all
	},
}

func skipsHooks(c evidence.Command) bool {
	if c.Outcome == evidence.CommandNotRun {
		return false
	}
	words := strings.Fields(c.Line)
	return slices.Contains(words, "git") && slices.Contains(words, "--no-verify") || slices.Contains(words, "HUSKY=0")
}
