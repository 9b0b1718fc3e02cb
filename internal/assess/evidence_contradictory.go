package assess

import (
	"github.com/mergebrief/mergebrief/internal/evidence"
)

var evidenceContradictory = Rule{
	ID: "evidence-contradictory", Level: evidence.LevelWarning,
	Sees:   "Result files whose own totals differ from the cases that they list.",
	Why:    "One of the two numbers is wrong. The listed cases count.",
	Accept: "Find out whether cases were filtered out of the file; then accept the finding by its id.",
	check: func(f *facts) []found {
		var all []found
		for i, s := range f.Suites {
			if d := s.Declared; d != nil {
				all = append(all, found{
					about: s.Origin.URI + "\x00" + s.Name,
					says: say("evidence-contradictory", asName("suite", suiteName(s)), asCount("stated", d.Total), asCount("statedFailed", d.Bad()),
						asCount("listed", s.Counts.Total), asCount("listedFailed", s.Counts.Bad())),
					facts: []evidence.Ref{evidence.RefTo(evidence.ListSuites, i)}, bases: []evidence.Basis{s.Origin.Basis},
				})
			}
		}
		return all
	},
}
