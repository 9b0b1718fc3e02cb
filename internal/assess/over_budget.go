package assess

import (
	"fmt"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

var overBudget = Rule{
	ID: "cost-over-budget", Level: evidence.LevelWarning,
	Sees:   "The cost of all agent runs together, against the budget in the policy.",
	Why:    "A run that costs far more than usual went in circles, or did more than it was asked.",
	Accept: "Raise the budget in the policy, or accept the finding by its id.",
	check: func(f *facts) []found {
		if f.policy.MaxCostUSD <= 0 {
			return nil
		}
		total := 0.0
		x := found{}
		for i := range f.Sessions {
			if u := f.Sessions[i].Usage; u != nil && u.CostUSD != nil {
				total += *u.CostUSD
				x.facts = append(x.facts, fmt.Sprintf("/sessions/%d/usage", i))
				x.bases = append(x.bases, f.Sessions[i].Origin.Basis)
			}
		}
		if total <= f.policy.MaxCostUSD {
			return nil
		}
		x.message = fmt.Sprintf("the agent runs cost %.2f USD, the budget is %.2f USD", total, f.policy.MaxCostUSD)
		return []found{x}
	},
}
