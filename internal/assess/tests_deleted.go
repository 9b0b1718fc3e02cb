package assess

import "github.com/mergebrief/mergebrief/internal/evidence"

var testsDeleted = Rule{
	ID: "tests-deleted", Level: evidence.LevelWarning,
	Sees:   "Deleted test files, and test files with fewer tests than before, with the numbers of tests and assertions that are gone, by the lines that declare tests in Go, Python, JavaScript, Java, Kotlin, Ruby, Rust, PHP, C# and Swift. A test that stands elsewhere under the same name is moved, and one that another took the place of in the same file is renamed: neither is deleted. Where subtests, tables or parameters are new as well, fewer tests are a note: tests became cases.",
	Why:    "Fewer tests pass more easily.",
	Accept: "Say in the pull request where the tests went, and accept the finding by its id.",
	check:  deletedTests,
}

func deletedTests(f *facts) []found {
	gone, fewer := lostTests{about: "deleted"}, lostTests{about: "fewer", tables: true}
	for i, file := range f.Files {
		switch n := file.Tests; {
		case n == nil || n.TestsRemoved+n.AssertionsRemoved == 0:
			// It tested nothing, or all that it tested is tested elsewhere.
		case file.Status == evidence.FileDeleted:
			gone.add(i, file)
		case n.TestsRemoved > 0:
			fewer.add(i, file)
		}
	}
	var all []found
	if len(gone.files) > 0 {
		x := gone.found(f)
		x.says = say("tests-deleted", asCount("files", len(gone.files)), asParts("lost", gone.lost()), asNames("names", gone.files))
		x.spans = nil
		all = append(all, x)
	}
	if len(fewer.files) == 0 {
		return all
	}
	x := fewer.found(f)
	files, names := asNames("files", elsewhere(x.spans, fewer.files)), fewer.names
	if len(names) != fewer.tests {
		names = nil
	}
	if fewer.tables {
		x.level, x.says = evidence.LevelNote, say("tests-deleted.cases", asParts("lost", fewer.lost()), files)
	} else {
		x.says = say("tests-deleted.fewer", asParts("lost", fewer.lost()), files, asNames("names", names))
	}
	return append(all, x)
}

// lostTests sums up tests and assertions that are gone, and from which files.
type lostTests struct {
	about             string
	tests, assertions int
	files, names      []string
	// Each of the files has more tables than before.
	tables bool
	facts  []evidence.Ref
	bases  []evidence.Basis
}

func (l *lostTests) add(i int, file evidence.File) {
	n := file.Tests
	l.tests += n.TestsRemoved
	l.assertions += max(0, n.AssertionsRemoved-n.AssertionsAdded)
	l.tables = l.tables && n.Tables > 0
	l.files, l.names = append(l.files, file.Path), append(l.names, n.Removed...)
	l.facts, l.bases = append(l.facts, evidence.RefTo(evidence.ListFiles, i)), append(l.bases, file.Origin.Basis)
}

func (l *lostTests) found(f *facts) found {
	x := found{about: l.about, facts: l.facts, bases: l.bases, spans: f.lines.only(l.files)}
	for _, name := range append(l.files, l.names...) {
		x.about += "\x00" + name
	}
	return x
}

// lost says how much is gone.
func (l *lostTests) lost() evidence.Text {
	switch {
	case l.tests == 0:
		return part("lost.assertions", asCount("assertions", l.assertions))
	case l.assertions == 0:
		return part("lost.tests", asCount("tests", l.tests))
	}
	return part("lost.both", asCount("tests", l.tests), asCount("assertions", l.assertions))
}
