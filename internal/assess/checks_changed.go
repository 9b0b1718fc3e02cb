package assess

import (
	"strings"

	"github.com/mergebrief/mergebrief/internal/classify"
	"github.com/mergebrief/mergebrief/internal/evidence"
)

var checksChanged = Rule{
	ID: "checks-changed", Level: evidence.LevelWarning,
	Sees:   "Changes to workflows and to the configuration of linters, type checkers, test runners and coverage; and of what became looser there, in manifests and in build files: limits of coverage and warnings, failures that are ignored, rules that are switched off.",
	Why:    "A change that also changes what judges it deserves a look: a loosened limit passes everything after it.",
	Accept: "Accept the finding by its id once somebody looked.",
	check: func(f *facts) []found {
		var names, looser []string
		x := found{about: "configuration"}
		for i, file := range f.Files {
			loose := file.Loosened != nil && len(file.Loosened.Settings) > 0
			if !classify.IsJudge(file.Path) && !loose {
				continue
			}
			names = append(names, file.Path)
			x.about += "\x00" + file.Path
			x.facts, x.bases = append(x.facts, evidence.RefTo(evidence.ListFiles, i)), append(x.bases, file.Origin.Basis)
			if loose {
				looser = append(looser, file.Loosened.Settings...)
			}
		}
		if len(names) == 0 {
			return nil
		}
		x.says = say("checks-changed")
		if x.spans = f.lines.only(names); len(x.spans) == 0 {
			x.says = say("checks-changed.files", asNames("files", names))
		}
		if len(looser) > 0 {
			x.says = append(x.says, part("checks-changed.looser", asNames("settings", looser)))
			x.about += "\x00" + strings.Join(looser, "\x00")
		}
		return []found{x}
	},
}
