package assess

import (
	"github.com/mergebrief/mergebrief/internal/evidence"
)

var testsDeleted = Rule{
	ID: "tests-deleted", Level: evidence.LevelWarning,
	Sees:   "Deleted test files, and test files that lost clearly more lines than they gained.",
	Why:    "Fewer tests pass more easily.",
	Accept: "Say in the pull request where the tests went, and accept the finding by its id.",
	check:  deletedTests,
}

// lostLines is the net loss from which on a test file counts as shortened:
// below it, moving a helper or tidying up is the common cause.
const lostLines = 10

func deletedTests(f *facts) []found {
	var deleted, shortened []string
	lost := 0
	var x, y found
	for i, file := range f.Files {
		switch {
		case !isTest(file.Path) || file.Binary:
		case file.Status == evidence.FileDeleted:
			deleted = append(deleted, file.Path)
			x.facts, x.bases = append(x.facts, pointers("files", i)...), append(x.bases, file.Origin.Basis)
		case file.Deleted-file.Added >= lostLines && file.Status == evidence.FileModified:
			lost += file.Deleted - file.Added
			shortened = append(shortened, file.Path)
			y.facts, y.bases = append(y.facts, pointers("files", i)...), append(y.bases, file.Origin.Basis)
		}
	}
	var all []found
	if len(deleted) > 0 {
		x.about, x.message = "deleted", plural(len(deleted), "test file")+" deleted: "+few(deleted)
		all = append(all, x)
	}
	if len(shortened) > 0 {
		y.about, y.message = "shortened", plural(len(shortened), "test file")+" shortened by "+plural(lost, "line")+": "+few(shortened)
		all = append(all, y)
	}
	return all
}
