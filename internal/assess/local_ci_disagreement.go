package assess

import (
	"slices"

	"github.com/mergebrief/mergebrief/internal/classify"
	"github.com/mergebrief/mergebrief/internal/evidence"
)

var localCIDisagreement = Rule{
	ID: "local-ci-disagreement", Level: evidence.LevelWarning,
	Sees:   "The last run of each validation of an agent beside the checks of the head of the same kind, by their names: tests, linters, builds, type checks, formatters.",
	Why:    "Where they disagree, the agent worked in another environment, ran fewer tests, or the code changed afterwards.",
	Accept: "Find out which it was; the check counts.",
	check:  lostAgreement,
}

func lostAgreement(f *facts) []found {
	var all []found
	for i, s := range f.runs() {
		for _, k := range lastRuns(s) {
			c := s.Commands[k]
			if !c.Validates() || c.Outcome != evidence.CommandOK {
				continue
			}
			failed := f.failedOf(c.Class)
			if len(failed) == 0 {
				continue
			}
			x := found{about: s.ID + "\x00" + c.Family, facts: []evidence.Ref{evidence.RefTo(evidence.ListSessions, i).In(evidence.ListCommands, k)}, bases: []evidence.Basis{s.Origin.Basis}}
			var names []string
			for _, at := range failed {
				names = append(names, f.Checks[at].Name)
				x.facts, x.bases = append(x.facts, evidence.RefTo(evidence.ListChecks, at)), append(x.bases, f.Checks[at].Origin.Basis)
			}
			x.says = say("local-ci-disagreement", asName("command", c.Family), asNames("checks", names))
			x.beside = say("local-ci-disagreement", asName("command", c.Family), asNames("checks", nil))
			all = append(all, x)
		}
	}
	return all
}

// failedOf returns the indexes of the failed checks of a class. A check that is
// called "ci" or "verify" does more than to build.
func (f *facts) failedOf(class evidence.CommandClass) []int {
	var all []int
	for i, c := range f.Checks {
		vague := class == evidence.ClassBuild && !slices.ContainsFunc(classify.Words(c.Name), func(w string) bool { return w == "build" || w == "builds" || w == "compile" })
		if c.Origin.Basis.Certain() && classify.FailedAt(c, class, f.FailedSteps(c)) && !vague {
			all = append(all, i)
		}
	}
	return all
}
