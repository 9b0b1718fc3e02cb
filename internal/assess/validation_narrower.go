package assess

import (
	"github.com/mergebrief/mergebrief/internal/evidence"
)

var validationNarrower = Rule{
	ID: "validation-narrower", Level: evidence.LevelWarning,
	Sees:   "Repairs in an agent's run whose last run covered less than the run that failed.",
	Why:    "A narrower pass does not clear a wider failure. Where checks of the head passed later this is a note.",
	Accept: "Let the wider run happen in a check.",
	check: func(f *facts) []found {
		var all []found
		for i, s := range f.runs() {
			for k, r := range s.Repairs {
				if r.Narrower && r.Outcome == evidence.CommandOK {
					all = append(all, found{
						about: s.ID + "\x00" + r.Family, says: say("validation-narrower", asName("command", r.Family)), level: f.softened(),
						facts: []evidence.Ref{evidence.RefTo(evidence.ListSessions, i).In(evidence.ListRepairs, k)}, bases: []evidence.Basis{s.Origin.Basis},
					})
				}
			}
		}
		return all
	},
}
