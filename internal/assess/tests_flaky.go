package assess

import "github.com/mergebrief/mergebrief/internal/evidence"

var testsFlaky = Rule{
	ID: "tests-flaky", Level: evidence.LevelWarning,
	Sees:   "Tests that failed and passed when they were tried again.",
	Why:    "A pass on retry is a pass and a failure. The failure may be the true one.",
	Accept: "Repair the test, or accept the finding by its id until that is done.",
	check: func(f *facts) []found {
		var names []string
		number := 0
		x := found{}
		for i, s := range f.Suites {
			if s.Counts.Flaky == 0 {
				continue
			}
			number += s.Counts.Flaky
			for _, c := range s.Cases {
				if c.Flaky {
					names = append(names, c.Name)
				}
			}
			x.facts, x.bases = append(x.facts, evidence.RefTo(evidence.ListSuites, i)), append(x.bases, s.Origin.Basis)
		}
		if number == 0 {
			return nil
		}
		x.says = say("tests-flaky", asCount("tests", number), asNamesOf("names", names, number))
		return []found{x}
	},
}
