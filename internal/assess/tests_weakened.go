package assess

import "github.com/mergebrief/mergebrief/internal/evidence"

var testsWeakened = Rule{
	ID: "tests-weakened", Level: evidence.LevelWarning,
	Sees:   "Lines of test files that look like assertions or like tests being skipped, file by file: fewer of the former, more of the latter. Assertions of a file with fewer tests are told with those. A line that asserts several things counts as several. Words of a line tell, comments and imports aside, so that the numbers are no more than where to look. Calls of functions whose names begin with check, verify, ensure, expect or validate count as assertions. Fewer than three, and those in files with new tables of cases, are a note.",
	Why:    "Tests that assert less, or do not run, pass more easily. What moves from one file to another does not count, and new tests in one file do not make up for what another lost.",
	Accept: "Say in the pull request why, and accept the finding by its id.",
	check: func(f *facts) []found {
		var asserts, skips weaker
		for i := range f.Files {
			if n := f.Files[i].Tests; n != nil && f.Files[i].Status != evidence.FileDeleted {
				if n.TestsRemoved == 0 {
					asserts.add(f, i, n.AssertionsRemoved-n.AssertionsAdded)
				}
				skips.add(f, i, n.SkipsAdded-n.SkipsRemoved)
			}
		}
		var all []found
		if asserts.lines > 0 {
			x := asserts.found(f, "assertions", say("tests-weakened.assertions", asCount("lines", asserts.lines), asserts.files(f)))
			if asserts.lines < someAssertions || asserts.tables {
				x.level = evidence.LevelNote
			}
			all = append(all, x)
		}
		if skips.lines > 0 {
			all = append(all, skips.found(f, "skips", say("tests-weakened.skips", asCount("lines", skips.lines), skips.files(f))))
		}
		return all
	},
}

// someAssertions is the number of lines from which on fewer assertions are a
// warning: one or two checks of an error go with any tidying of a test's setup.
const someAssertions = 3

// weaker sums up by how many lines tests became weaker, and in which files.
type weaker struct {
	lines int
	names []string
	facts []evidence.Ref
	bases []evidence.Basis
	// One of the files has more tables than before.
	tables bool
}

func (w *weaker) add(f *facts, i, lines int) {
	if lines > 0 {
		w.lines += lines
		w.tables = w.tables || f.Files[i].Tests != nil && f.Files[i].Tests.Tables > 0
		w.names = append(w.names, f.Files[i].Path)
		w.facts, w.bases = append(w.facts, evidence.RefTo(evidence.ListFiles, i)), append(w.bases, f.Files[i].Origin.Basis)
	}
}

// files are the names to tell where there is no place.
func (w *weaker) files(f *facts) evidence.Argument {
	return asNames("files", elsewhere(f.lines.only(w.names), w.names))
}

func (w *weaker) found(f *facts, about string, says []evidence.Text) found {
	x := found{about: about, says: says, spans: f.lines.only(w.names), facts: w.facts, bases: w.bases}
	for _, n := range w.names {
		x.about += "\x00" + n
	}
	return x
}
