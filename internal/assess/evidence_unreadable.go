package assess

import (
	"fmt"

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
			var message string
			switch in.Status {
			case evidence.Rejected:
				message = fmt.Sprintf("“%s” was not read", in.Path)
			case evidence.Partial:
				message = fmt.Sprintf("“%s” was read in part only", in.Path)
			default:
				continue
			}
			if in.Detail != "" {
				message += ": " + in.Detail
			}
			all = append(all, found{about: in.Path, message: message, facts: []evidence.Ref{evidence.RefTo(evidence.ListInputs, i)}, bases: []evidence.Basis{in.Origin.Basis}})
		}
		return all
	},
}
