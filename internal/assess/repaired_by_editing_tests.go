package assess

import (
	"github.com/mergebrief/mergebrief/internal/classify"
	"github.com/mergebrief/mergebrief/internal/evidence"
)

var repairedByEditingTests = Rule{
	ID: "repaired-by-editing-tests", Level: evidence.LevelWarning,
	Sees:   "Repairs in an agent's run during which test files were edited between the failing and the passing run.",
	Why:    "Often the test was wrong. Sometimes the test was right and says less now. Only a person can tell.",
	Accept: "Look at the tests; accept the finding by its id with what you saw.",
	check:  testRepairs,
}

func testRepairs(f *facts) []found {
	var all []found
	for i, s := range f.runs() {
		for k, r := range s.Repairs {
			if !r.EditedTests || r.Outcome != evidence.CommandOK {
				continue
			}
			x := found{
				about: s.ID + "\x00" + r.Family, says: say("repaired-by-editing-tests", asName("command", r.Family)),
				facts: []evidence.Ref{evidence.RefTo(evidence.ListSessions, i).In(evidence.ListRepairs, k)}, bases: []evidence.Basis{s.Origin.Basis},
			}
			for _, path := range r.Edited {
				if classify.IsTestPath(path) {
					x.spans = append(x.spans, f.lines.whole(path)...)
				}
			}
			all = append(all, x)
		}
	}
	return all
}
