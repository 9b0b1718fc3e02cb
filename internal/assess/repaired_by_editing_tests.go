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
					x.spans = append(x.spans, f.whole(path)...)
				}
			}
			all = append(all, x)
		}
	}
	return all
}

// only returns the one file of a list as a place; nothing when there are several.
func (f *facts) only(paths []string) []evidence.Span {
	if len(paths) != 1 {
		return nil
	}
	return f.whole(paths[0])
}

// elsewhere returns the paths that a finding has to name because it has no place.
func elsewhere(places []evidence.Span, paths []string) []string {
	if len(places) > 0 {
		return nil
	}
	return paths
}

// whole returns a file of the change as one place: its added lines from the
// first to the last. Without any there is no place to point at.
func (f *facts) whole(path string) []evidence.Span {
	added := f.added(path)
	if len(added) == 0 {
		return nil
	}
	return []evidence.Span{{Path: path, First: added[0].First, Last: added[len(added)-1].Last}}
}
