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
		x.about, x.says = "deleted", say("tests-deleted", asCount("files", len(deleted)), asNames("names", deleted))
		all = append(all, x)
	}
	if lost > 0 {
		y.about, y.spans = "fewer", f.lines.only(fewer)
		files := asNames("files", elsewhere(y.spans, fewer))
		switch {
		case tables:
			y.level, y.says = evidence.LevelNote, say("tests-deleted.cases", asCount("tests", lost), files)
		case len(names) == lost:
			y.says = say("tests-deleted.fewer", asCount("tests", lost), files, asNames("names", names))
		default:
			y.says = say("tests-deleted.fewer", asCount("tests", lost), files, asNames("names", nil))
		}
		for _, name := range append(fewer, names...) {
			y.about += "\x00" + name
		}
		all = append(all, y)
	}
	return all
}
