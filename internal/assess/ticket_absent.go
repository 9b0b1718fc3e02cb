package assess

import "github.com/mergebrief/mergebrief/internal/evidence"

var ticketAbsent = Rule{
	ID: "ticket-missing", Level: evidence.LevelNote, Gap: true,
	Sees:   "Whether a work request behind the change was found.",
	Why:    "Without one nobody can say what was asked for.",
	Accept: "Link an issue from the pull request, or name the ticket in the run manifest.",
	check: func(f *facts) []found {
		if len(f.Tickets) > 0 || f.Target.PullRequest == 0 {
			return nil
		}
		return []found{{message: "no ticket was found for the change"}}
	},
}
