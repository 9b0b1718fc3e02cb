package assess

import "github.com/mergebrief/mergebrief/internal/evidence"

var ticketMissing = Rule{
	ID: "ticket-missing", Level: evidence.LevelNote, Gap: true,
	Sees:   "Whether a work request behind the change was found on GitHub. One that only a file names is reported.",
	Why:    "Without one nobody can say what was asked for.",
	Accept: "Link an issue from the pull request, or name the ticket in the run manifest.",
	check: func(f *facts) []found {
		if f.Target.PullRequest == 0 {
			return nil
		}
		for _, t := range f.Tickets {
			if t.Origin.Basis.Certain() {
				return nil
			}
		}
		if len(f.Tickets) > 0 {
			return []found{{says: say("ticket-missing.reported"), facts: []evidence.Ref{evidence.RefToAll(evidence.ListTickets)}, bases: []evidence.Basis{evidence.Reported}}}
		}
		return []found{{says: say("ticket-missing")}}
	},
}
