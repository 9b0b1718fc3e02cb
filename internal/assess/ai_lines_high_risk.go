package assess

import (
	"github.com/mergebrief/mergebrief/internal/classify"
	"github.com/mergebrief/mergebrief/internal/evidence"
)

var aiLinesHighRisk = Rule{
	ID: "ai-lines-high-risk", Level: evidence.LevelWarning,
	Sees:   "Added lines that an agent wrote in files of a high-risk area: those that the policy names, else authentication, cryptography, payments, migrations and infrastructure.",
	Why:    "A mistake there costs more than elsewhere.",
	Accept: "Accept the finding by its id after a review, or describe the areas in the policy.",
	check: func(f *facts) []found {
		var all []found
		for i, file := range f.Files {
			area := f.policy.area(file.Path)
			if area == "" || classify.IsTestPath(file.Path) {
				continue
			}
			if lines := f.lines.ai[file.Path]; len(lines) > 0 {
				all = append(all, found{
					says: say("ai-lines-high-risk", asProse("area", area)), spans: spans(file.Path, lines),
					facts: []evidence.Ref{evidence.RefTo(evidence.ListFiles, i)}, bases: []evidence.Basis{file.Origin.Basis, f.lines.claimed(file.Path)},
				})
			}
		}
		return all
	},
}
