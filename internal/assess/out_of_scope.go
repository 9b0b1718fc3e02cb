package assess

import (
	"github.com/mergebrief/mergebrief/internal/evidence"
)

var outOfScope = Rule{
	ID: "out-of-scope", Level: evidence.LevelWarning,
	Sees:   "Changed files outside of the paths to which the policy confines changes by agents.",
	Why:    "The further a change strays, the less its reviewers know about what it touches.",
	Accept: "Split the change, or widen the paths in the policy.",
	check: func(f *facts) []found {
		if len(f.policy.AllowedPaths) == 0 || !f.traced() {
			return nil
		}
		x := found{about: "paths"}
		var outside []string
		for i, file := range f.Files {
			if !matchesAny(f.policy.AllowedPaths, file.Path) {
				outside = append(outside, file.Path)
				x.facts, x.bases = append(x.facts, evidence.RefTo(evidence.ListFiles, i)), append(x.bases, file.Origin.Basis)
			}
		}
		if len(outside) == 0 {
			return nil
		}
		x.says = say("out-of-scope", asCount("files", len(outside)), asNames("names", outside))
		return []found{x}
	},
}
