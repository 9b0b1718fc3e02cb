package assess

import "github.com/mergebrief/mergebrief/internal/evidence"

var nothingAsserted = Rule{
	ID: "nothing-asserted", Level: evidence.LevelWarning,
	Sees:   "Test runs without a single case, and runs of which every case was skipped.",
	Why:    "They end green and assert nothing.",
	Accept: "Leave result files of jobs that have nothing to run out of the evidence.",
	check: func(f *facts) []found {
		var all []found
		for i, s := range f.Suites {
			if s.Counts.Passed+s.Counts.Bad()+s.Replaced > 0 || len(s.Broken) > 0 {
				continue
			}
			says := say("nothing-asserted", asName("suite", suiteName(s)))
			if s.Counts.Skipped > 0 {
				says = say("nothing-asserted.skipped", asName("suite", suiteName(s)))
			}
			all = append(all, found{about: s.Origin.URI + "\x00" + s.Name, says: says, facts: []evidence.Ref{evidence.RefTo(evidence.ListSuites, i)}, bases: []evidence.Basis{s.Origin.Basis}})
		}
		return all
	},
}
