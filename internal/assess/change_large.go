package assess

import (
	"github.com/mergebrief/mergebrief/internal/classify"
	"github.com/mergebrief/mergebrief/internal/evidence"
)

var changeLarge = Rule{
	ID: "change-large", Level: evidence.LevelNote,
	Sees:   "The numbers of changed files and lines, lock and generated files aside.",
	Why:    "Reviewers find less in large changes.",
	Accept: "Split the change, or set the limits in the policy.",
	check: func(f *facts) []found {
		lines, files := 0, 0
		for _, file := range f.Files {
			if !classify.IsLock(file.Path) && !classify.IsGenerated(file.Path) {
				lines += file.Added + file.Deleted
				files++
			}
		}
		if lines <= f.policy.maxLines() && files <= f.policy.maxFiles() {
			return nil
		}
		return []found{{
			says:  say("change-large", asCount("lines", lines), asCount("files", files)),
			facts: []evidence.Ref{evidence.RefToAll(evidence.ListFiles)}, bases: []evidence.Basis{evidence.Observed},
		}}
	},
}
