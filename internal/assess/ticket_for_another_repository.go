package assess

import (
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

var ticketForAnotherRepository = Rule{
	ID: "ticket-for-another-repository", Level: evidence.LevelWarning,
	Sees:   "Work requests that name another repository than the one that is changed.",
	Why:    "The change may be in the wrong place.",
	Accept: "Correct the ticket or the manifest.",
	check: func(f *facts) []found {
		var all []found
		here := f.Target.Repository.FullName()
		for i, t := range f.Tickets {
			if here != "" && t.Repository != "" && !strings.EqualFold(t.Repository, here) {
				all = append(all, found{
					about: t.Key, says: say("ticket-for-another-repository", asName("ticket", t.Key), asName("repository", t.Repository)),
					facts: []evidence.Ref{evidence.RefTo(evidence.ListTickets, i)}, bases: []evidence.Basis{t.Origin.Basis},
				})
			}
		}
		return all
	},
}
