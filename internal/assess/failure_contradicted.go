package assess

import (
	"github.com/mergebrief/mergebrief/internal/evidence"
)

var failureContradicted = Rule{
	ID: "failure-contradicted", Level: evidence.LevelWarning,
	Sees:   "Failed tests in result files while every check of the head passed.",
	Why:    "A job that goes on after failed tests shows green. The tests failed all the same.",
	Accept: "Let the job fail when tests fail, or leave results of other runs out of the evidence.",
	check:  contradictedFailures,
}

func contradictedFailures(f *facts) []found {
	bad := 0
	x := found{about: "tests"}
	for i, s := range f.Suites {
		if s.Counts.Bad() > 0 {
			bad += s.Counts.Bad()
			x.facts, x.bases = append(x.facts, evidence.RefTo(evidence.ListSuites, i)), append(x.bases, s.Origin.Basis)
		}
	}
	passed := 0
	for _, c := range f.Checks {
		switch {
		case f.own(c):
		case c.Conclusion == evidence.ConclusionSuccess:
			passed++
			x.bases = append(x.bases, c.Origin.Basis)
		case c.Status != evidence.CheckCompleted || c.Failed():
			return nil
		}
	}
	if bad == 0 || passed == 0 {
		return nil
	}
	x.says = say("failure-contradicted", asCount("failed", bad))
	return []found{x}
}
