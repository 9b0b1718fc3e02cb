package assess

import (
	"time"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

var ticketChanged = Rule{
	ID: "ticket-changed", Level: evidence.LevelNote,
	Sees:   "Work requests whose text was edited after the first agent run began. Ticking a box is an edit, too.",
	Why:    "The run worked on another text than the one that is there now.",
	Accept: "There is nothing to accept: it is a note.",
	check: func(f *facts) []found {
		began := f.firstStart()
		var all []found
		for i, t := range f.Tickets {
			if !began.IsZero() && t.Edited.After(began) {
				all = append(all, found{
					about: t.Key, message: "“" + t.Key + "” was edited after the first agent run began",
					facts: pointers("tickets", i), bases: []evidence.Basis{t.Origin.Basis, evidence.Reported},
				})
			}
		}
		return all
	},
}

// firstStart is when the first session began; zero when that is not known.
func (f *facts) firstStart() time.Time {
	var first time.Time
	for i := range f.Sessions {
		if s := f.Sessions[i].Started; !s.IsZero() && (first.IsZero() || s.Before(first)) {
			first = s
		}
	}
	return first
}
