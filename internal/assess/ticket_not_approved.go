package assess

import (
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

var ticketNotApproved = Rule{
	ID: "ticket-not-approved", Level: evidence.LevelWarning,
	Sees:   "Work requests that are recorded as not approved, or were closed as not planned. Where nothing tells, or nobody but the requester approved, it is a note.",
	Why:    "The work was not asked for, or not yet.",
	Accept: "Approve the request in the way that the policy describes.",
	check: func(f *facts) []found {
		var all []found
		for i, t := range f.Tickets {
			ticket, x := asName("ticket", t.Key), found{about: t.Key, facts: []evidence.Ref{evidence.RefTo(evidence.ListTickets, i)}, level: evidence.LevelNote}
			a := t.Approval
			switch {
			case t.StateReason == evidence.ClosedNotPlanned:
				x.level, x.says, x.bases = "", say("ticket-not-approved.not-planned", ticket), []evidence.Basis{t.Origin.Basis}
			case a == nil:
				x.says = say("ticket-not-approved.unknown", ticket)
			case !a.Approved:
				x.level, x.says, x.bases = "", say("ticket-not-approved", ticket), []evidence.Basis{a.Basis}
			case a.Login != "" && strings.EqualFold(a.Login, t.Requester):
				x.says, x.bases = say("ticket-not-approved.by-requester", ticket), []evidence.Basis{a.Basis}
			default:
				continue
			}
			all = append(all, x)
		}
		return all
	},
}
