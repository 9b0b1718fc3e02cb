package assess

import (
	"slices"

	"github.com/mergebrief/mergebrief/internal/classify"
	"github.com/mergebrief/mergebrief/internal/evidence"
)

var repairedByEditingTests = Rule{
	ID: "repaired-by-editing-tests", Level: evidence.LevelWarning,
	Sees:   "Repairs of tests in an agent's run during which test files that are older than the change were edited between the failing and the passing run. Where assertions or tests are gone from those files this is a warning, else a note.",
	Why:    "Often the test was wrong. Sometimes the test was right and says less now. Only a person can tell.",
	Accept: "Look at the tests; accept the finding by its id with what you saw.",
	check:  testRepairs,
}

// testRepairs makes one finding of all such repairs: the files are what a reviewer
// looks at, however often they were edited.
func testRepairs(f *facts) []found {
	x := found{level: evidence.LevelNote}
	var commands, files []string
	for i, s := range f.runs() {
		for k, r := range s.Repairs {
			if !r.EditedTests || r.Outcome != evidence.CommandOK || !f.isTest(s, r) {
				continue
			}
			edited := f.olderTests(r.Edited)
			if len(edited) == 0 {
				continue
			}
			if !slices.Contains(commands, r.Family) {
				commands = append(commands, r.Family)
				x.about += "\x00" + r.Family
			}
			x.facts, x.bases = append(x.facts, evidence.RefTo(evidence.ListSessions, i).In(evidence.ListRepairs, k)), append(x.bases, s.Origin.Basis)
			for _, path := range edited {
				if !slices.Contains(files, path) {
					files = append(files, path)
				}
			}
		}
	}
	if len(files) == 0 {
		return nil
	}
	for _, path := range files {
		if n := f.Files[f.lines.changed[path]].Tests; n != nil && n.TestsRemoved+max(0, n.AssertionsRemoved-n.AssertionsAdded)+max(0, n.SkipsAdded-n.SkipsRemoved) > 0 {
			x.level = ""
		}
	}
	x.says = say("repaired-by-editing-tests", asNames("commands", commands))
	x.spans = f.lines.changedIn(files)
	return []found{x}
}

// isTest reports whether a repair was one of tests.
func (f *facts) isTest(s *evidence.Session, r evidence.Repair) bool {
	return r.LastRun != nil && *r.LastRun < len(s.Commands) && s.Commands[*r.LastRun].Class == evidence.ClassTest
}

// olderTests are the test files among paths that the change edits and did not add.
func (f *facts) olderTests(paths []string) (all []string) {
	for _, path := range paths {
		if i, ok := f.lines.changed[path]; ok && classify.IsTestPath(path) && f.Files[i].Status != evidence.FileAdded {
			all = append(all, path)
		}
	}
	return all
}
