package assess

import (
	"github.com/mergebrief/mergebrief/internal/evidence"
)

var linesUnattested = Rule{
	ID: "lines-unattested", Level: evidence.LevelWarning, Gap: true,
	Sees:   "The share of added lines that nothing in the record accounts for, while it accounts for others. Below a fifth, and when commits without a record account for all of them, it is a note.",
	Why:    "Unattested is not written by hand: it is not known.",
	Accept: "Record all agent runs behind the change, or accept the finding by its id.",
	check: func(f *facts) []found {
		n := f.lines.attribution.Lines
		if !f.traced() || n.Unattested == 0 {
			return nil
		}
		x := found{
			says:  say("lines-unattested", asCount("lines", n.Unattested), asCount("added", n.Added)),
			facts: []evidence.Ref{evidence.RefToAll(evidence.ListFiles)}, bases: []evidence.Basis{evidence.Missing},
		}
		if n.Unattested*smallShare < n.Added || f.told(n.Unattested) {
			x.level = evidence.LevelNote
		}
		return []found{x}
	},
}

// told reports whether the rule about commits without a record has named all of
// so many unattested lines.
func (f *facts) told(unattested int) bool {
	return len(f.silent) > 0 && len(f.silent) < f.commits && f.unattestedIn(f.silent) == unattested
}

// smallShare is the part of the added lines below which unattested ones are a
// note: one in so many. Imports and moved lines make up about that much in
// public pull requests with complete records.
const smallShare = 5
