package assess

import (
	"github.com/mergebrief/mergebrief/internal/evidence"
)

var evidenceUnreadable = Rule{
	ID: "evidence-unreadable", Level: evidence.LevelWarning, Gap: true,
	Sees:   "Files of the evidence that were rejected or could not be read to their end.",
	Why:    "What they say is missing from everything above. Failures may be among it.",
	Accept: "Repair the file, or leave it out of the evidence.",
	check: func(f *facts) []found {
		var all []found
		for i, in := range f.Inputs {
			var says []evidence.Text
			switch in.Status {
			case evidence.Rejected:
				says = say("evidence-unreadable", asName("path", in.Path), asProse("detail", in.Detail))
			case evidence.Partial:
				says = say("evidence-unreadable.partial", asName("path", in.Path), asProse("detail", in.Detail))
			default:
				continue
			}
			all = append(all, found{about: in.Path, says: says, facts: []evidence.Ref{evidence.RefTo(evidence.ListInputs, i)}, bases: []evidence.Basis{in.Origin.Basis}})
		}
		return all
	},
}
