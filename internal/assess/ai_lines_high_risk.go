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
	check:  agentLinesInAreas,
}

func agentLinesInAreas(f *facts) []found {
	type kind struct {
		area  string
		named bool
	}
	at := map[kind]int{}
	var all []found
	for i, file := range f.Files {
		area := f.areaOf(file.Path)
		lines := f.lines.ai[file.Path]
		if area == "" || len(lines) == 0 {
			continue
		}
		k := kind{area, f.lines.onlyNamed(file.Path)}
		n, seen := at[k]
		if !seen {
			n, at[k] = len(all), len(all)
			text := "ai-lines-high-risk"
			if k.named {
				text = "ai-lines-high-risk.named"
			}
			all = append(all, found{about: area, says: say(text, asProse("area", area))})
		}
		x := &all[n]
		x.spans = append(x.spans, spans(file.Path, lines)...)
		x.facts, x.bases = append(x.facts, evidence.RefTo(evidence.ListFiles, i)), append(x.bases, file.Origin.Basis, f.lines.claimed(file.Path))
	}
	return all
}

// areaOf is the high-risk area that a file is in; "" for tests.
func (f *facts) areaOf(path string) string {
	if classify.IsTestPath(path) {
		return ""
	}
	return f.policy.area(path)
}
