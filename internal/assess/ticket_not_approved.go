package assess

import "github.com/mergebrief/mergebrief/internal/evidence"

var ticketNotApproved = Rule{
	ID: "ticket-not-approved", Level: evidence.LevelWarning,
	Sees:   "Work requests that are recorded as not approved. Where nothing tells, it is a note.",
	Why:    "The work was not asked for, or not yet.",
	Accept: "Approve the request in the way that the policy describes.",
	check: func(f *facts) []found {
		var all []found
		for i, t := range f.Tickets {
			switch {
			case t.Approval == nil:
				all = append(all, found{about: t.Key, message: "nothing tells whether “" + t.Key + "” was approved", level: evidence.LevelNote, facts: pointers("tickets", i)})
			case !t.Approval.Approved:
				all = append(all, found{about: t.Key, message: "“" + t.Key + "” is not approved", facts: pointers("tickets", i), bases: []evidence.Basis{t.Approval.Basis}})
			}
		}
		return all
	},
}
