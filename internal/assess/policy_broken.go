package assess

import "github.com/mergebrief/mergebrief/internal/evidence"

var policyBroken = Rule{
	ID: "policy-broken", Level: evidence.LevelError, Gap: true,
	Sees:   "A policy file on the base branch that cannot be used.",
	Why:    "What the team asks for is not known, so that it cannot be met. A gate stays shut.",
	Accept: "Mend the file on the base branch; `mergebrief policy check` says what is wrong with it.",
	check: func(f *facts) []found {
		if f.policy.Broken == "" {
			return nil
		}
		return []found{{about: "policy", says: say("policy-broken", asProse("problem", f.policy.Broken)), bases: []evidence.Basis{evidence.Observed}}}
	},
}
