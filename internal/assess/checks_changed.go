package assess

import "github.com/mergebrief/mergebrief/internal/evidence"

var checksChanged = Rule{
	ID: "checks-changed", Level: evidence.LevelWarning,
	Sees:   "Changes to workflows and to the configuration of linters, type checkers, test runners and coverage.",
	Why:    "A change that also changes what judges it deserves a look: a loosened limit passes everything after it.",
	Accept: "Accept the finding by its id once somebody looked.",
	check: func(f *facts) []found {
		var names []string
		x := found{}
		for i, file := range f.Files {
			if !judges(file.Path) {
				continue
			}
			names = append(names, file.Path)
			x.facts, x.bases = append(x.facts, pointers("files", i)...), append(x.bases, file.Origin.Basis)
			x.spans = append(x.spans, f.whole(file.Path)...)
		}
		if len(names) == 0 {
			return nil
		}
		if len(x.spans) != len(names) || len(names) > 1 {
			x.spans = nil
			x.message = "changes what judges it: " + few(names)
		} else {
			x.message = "changes what judges the change"
		}
		x.about = "configuration"
		for _, n := range names {
			x.about += "\x00" + n
		}
		return []found{x}
	},
}
