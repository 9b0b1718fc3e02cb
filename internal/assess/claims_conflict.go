package assess

import (
	"github.com/mergebrief/mergebrief/internal/evidence"
)

var claimsConflict = Rule{
	ID: "claims-conflict", Level: evidence.LevelNote,
	Sees:   "Added lines that several records claim for different authors, and claims about lines that are not in the change.",
	Why:    "The strongest claim decides; that there was another one should not get lost.",
	Accept: "There is nothing to accept: it is a note.",
	check: func(f *facts) []found {
		var all []found
		for _, file := range f.lines.attribution.Files {
			var lines []evidence.LineRange
			for k := range file.Parts {
				p := &file.Parts[k]
				if p.Conflict {
					lines = append(lines, p.LineRange)
				}
			}
			if len(lines) > 0 {
				all = append(all, found{says: say("claims-conflict"), spans: spans(file.Path, lines), facts: []evidence.Ref{evidence.RefToAll(evidence.ListClaims)}, bases: []evidence.Basis{f.lines.claimed(file.Path)}})
			}
		}
		if n := f.lines.attribution.ClaimsUnused; n > 0 {
			all = append(all, found{about: "unused", says: say("claims-conflict.unused", asCount("claims", n)), facts: []evidence.Ref{evidence.RefToAll(evidence.ListClaims)}, bases: []evidence.Basis{evidence.Reported}})
		}
		return all
	},
}
