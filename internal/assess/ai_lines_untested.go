package assess

import (
	"slices"

	"github.com/mergebrief/mergebrief/internal/classify"
	"github.com/mergebrief/mergebrief/internal/evidence"
)

var aiLinesUntested = Rule{
	ID: "ai-lines-untested", Level: evidence.LevelWarning,
	Sees:   "Added lines that an agent wrote, that can be executed, and that no coverage report saw executed.",
	Why:    "Nobody typed them and nothing ran them: the review is the first time anybody looks.",
	Accept: "Add a test, or accept the finding by its id.",
	check:  untestedLines,
}

func untestedLines(f *facts) []found {
	if len(f.Coverage) == 0 {
		return nil
	}
	var bases []evidence.Basis
	for _, c := range f.Coverage {
		bases = append(bases, c.Origin.Basis)
	}
	var all []found
	for i, file := range f.Files {
		lines := evidence.IntersectRanges(f.lines.ai[file.Path], f.lines.missed(file.Path))
		if len(lines) > 0 && !classify.IsTestPath(file.Path) {
			text := "ai-lines-untested"
			if f.lines.onlyNamed(file.Path) {
				text = "ai-lines-untested.named"
			}
			all = append(all, found{
				says: say(text), spans: spans(file.Path, lines),
				facts: []evidence.Ref{evidence.RefTo(evidence.ListFiles, i), evidence.RefToAll(evidence.ListCoverage)}, bases: append(slices.Clip(bases), f.lines.claimed(file.Path)),
			})
		}
	}
	return all
}
