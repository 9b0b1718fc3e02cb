package assess

import (
	"github.com/mergebrief/mergebrief/internal/classify"
	"github.com/mergebrief/mergebrief/internal/evidence"
)

var passContradicted = Rule{
	ID: "pass-contradicted", Level: evidence.LevelError,
	Sees:   "Result files without a failure beside a failed check that runs tests, by its name or that of a matrix job's workflow, and that did not fail at something else, by the names of the failed steps.",
	Why:    "The check wins: either the file is from another run, or the failing results are missing from the evidence.",
	Accept: "Add the result files of the failed check to the evidence. A reported pass cannot be accepted in place of an observed failure.",
	check:  contradictedPasses,
}

func contradictedPasses(f *facts) []found {
	var n evidence.Counts
	x := found{about: "tests"}
	for i, s := range f.Suites {
		n.Add(s.Counts)
		if len(s.Broken) > 0 {
			return nil
		}
		x.facts, x.bases = append(x.facts, evidence.RefTo(evidence.ListSuites, i)), append(x.bases, s.Origin.Basis)
	}
	var failed []string
	for i, c := range f.Checks {
		if c.Origin.Basis.Certain() && classify.FailedAt(c, evidence.ClassTest, f.FailedSteps(c)) {
			failed = append(failed, c.Name)
			x.facts, x.bases = append([]evidence.Ref{evidence.RefTo(evidence.ListChecks, i)}, x.facts...), append(x.bases, c.Origin.Basis)
		}
	}
	if len(failed) == 0 || n.Total == 0 || n.Bad() > 0 {
		return nil
	}
	x.says = say("pass-contradicted", asCount("total", n.Total), asNames("checks", failed))
	x.beside = say("pass-contradicted", asCount("total", n.Total), asNames("checks", nil))
	return []found{x}
}
