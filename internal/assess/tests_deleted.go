package assess

import "github.com/mergebrief/mergebrief/internal/evidence"

var testsDeleted = Rule{
	ID: "tests-deleted", Level: evidence.LevelWarning,
	Sees:   "Deleted test files, and test files with fewer tests than before, by the lines that declare tests in Go, Python, JavaScript, Java, Kotlin, Ruby, Rust, PHP, C# and Swift. A test that stands elsewhere under the same name is moved, and one that another took the place of in the same file is renamed: neither is deleted. Where subtests, tables or parameters are new as well, fewer tests are a note: tests became cases.",
	Why:    "Fewer tests pass more easily.",
	Accept: "Say in the pull request where the tests went, and accept the finding by its id.",
	check:  deletedTests,
}

func deletedTests(f *facts) []found {
	var deleted, fewer, names []string
	lost, tables := 0, true
	var x, y found
	for i, file := range f.Files {
		n := file.Tests
		switch {
		case n == nil || n.TestsRemoved+n.AssertionsRemoved == 0:
			// It tested nothing, or all that it tested is tested elsewhere.
		case file.Status == evidence.FileDeleted:
			deleted = append(deleted, file.Path)
			x.facts, x.bases = append(x.facts, evidence.RefTo(evidence.ListFiles, i)), append(x.bases, file.Origin.Basis)
		case n.TestsRemoved > 0:
			tables = tables && n.Tables > 0
			lost += n.TestsRemoved
			names, fewer = append(names, n.Removed...), append(fewer, file.Path)
			y.facts, y.bases = append(y.facts, evidence.RefTo(evidence.ListFiles, i)), append(y.bases, file.Origin.Basis)
		}
	}
	var all []found
	if len(deleted) > 0 {
		x.about, x.message = "deleted", evidence.Plural(len(deleted), "test file")+" deleted: "+few(deleted)
		all = append(all, x)
	}
	if lost > 0 {
		y.about, y.message = "fewer", evidence.Plural(lost, "test")+" fewer than before"
		if y.spans = f.only(fewer); len(y.spans) == 0 {
			y.message += " in " + few(fewer)
		}
		if tables {
			y.level, y.message = evidence.LevelNote, y.message+", and more that make one test many cases"
		} else if len(names) == lost {
			y.message += ": " + few(names)
		}
		for _, name := range append(fewer, names...) {
			y.about += "\x00" + name
		}
		all = append(all, y)
	}
	return all
}
