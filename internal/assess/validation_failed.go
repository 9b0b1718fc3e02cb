package assess

import (
	"github.com/mergebrief/mergebrief/internal/evidence"
)

var validationFailed = Rule{
	ID: "validation-failed", Level: evidence.LevelWarning,
	Sees:   "Validations in an agent's run whose last run failed.",
	Why:    "The run ended with something red. Where checks of the head passed later this is a note, since they looked at newer code.",
	Accept: "Let checks run on the head, or accept the finding by its id.",
	check:  failedValidations,
}

func failedValidations(f *facts) []found {
	var all []found
	for i, s := range f.runs() {
		last := lastRuns(s)
		for _, k := range last {
			if c := s.Commands[k]; c.Outcome == evidence.CommandFailed {
				all = append(all, found{
					about: s.ID + "\x00" + c.Family, says: say("validation-failed", asName("command", c.Family)), level: f.softened(),
					facts: []evidence.Ref{evidence.RefTo(evidence.ListSessions, i).In(evidence.ListCommands, k)}, bases: []evidence.Basis{s.Origin.Basis},
				})
			}
		}
	}
	return all
}

// lastRuns returns the index of the last run of each family of validations, in
// order.
func lastRuns(s *evidence.Session) []int {
	seen := map[string]bool{}
	var last []int
	for k := len(s.Commands) - 1; k >= 0; k-- {
		if c := &s.Commands[k]; c.Validates() && !seen[c.Family] {
			seen[c.Family] = true
			last = append([]int{k}, last...)
		}
	}
	return last
}
