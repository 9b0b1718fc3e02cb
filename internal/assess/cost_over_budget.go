package assess

import (
	"fmt"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

var costOverBudget = Rule{
	ID: "cost-over-budget", Level: evidence.LevelWarning,
	Sees:   "The cost and the tokens of all agent runs together, against the budgets in the policy. Runs whose usage is not known are not in the sum.",
	Why:    "A run that costs far more than usual went in circles, or did more than it was asked.",
	Accept: "Raise the budget in the policy, or accept the finding by its id.",
	check: func(f *facts) []found {
		cost, tokens := 0.0, int64(0)
		x := found{}
		for i, s := range f.runs() {
			u := s.Usage
			if u == nil {
				continue
			}
			if u.CostUSD != nil {
				cost += *u.CostUSD
			}
			tokens += u.InputTokens + u.OutputTokens + u.CacheReadTokens + u.CacheWriteTokens
			x.facts = append(x.facts, evidence.RefTo(evidence.ListSessions, i).AllIn(evidence.ListUsage))
			x.bases = append(x.bases, s.Origin.Basis)
		}
		var all []found
		if most := f.policy.MaxCostUSD; most > 0 && cost > most {
			x.about, x.says = "cost", say("cost-over-budget", asWord("cost", fmt.Sprintf("%.2f", cost)), asWord("budget", fmt.Sprintf("%.2f", most)))
			all = append(all, x)
		}
		if most := f.policy.MaxTokens; most > 0 && tokens > most {
			x.about, x.says = "tokens", say("cost-over-budget.tokens", asCount("tokens", int(tokens)), asCount("budget", int(most)))
			all = append(all, x)
		}
		return all
	},
}
