package assess

import (
	"fmt"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// maxEditsNamed bounds the criteria that one finding names.
const maxEditsNamed = 3

var ticketChanged = Rule{
	ID: "ticket-changed", Level: evidence.LevelNote,
	Sees:   "Work requests whose title or text was edited after the first agent run began, and the criteria that were added, removed or reworded. Ticking a box is no such edit.",
	Why:    "The run worked on another text than the one that is there now.",
	Accept: "There is nothing to accept: it is a note.",
	check: func(f *facts) []found {
		var all []found
		for i, t := range f.Tickets {
			if how := f.reworked(t); how != "" {
				all = append(all, found{
					about: t.Key, message: "“" + t.Key + "” was edited after the first agent run began: " + how,
					facts: []evidence.Ref{evidence.RefTo(evidence.ListTickets, i)}, bases: []evidence.Basis{t.Origin.Basis, evidence.Reported},
				})
			}
		}
		return all
	},
}

// reworked tells how a ticket was edited after the first run began; it is empty
// when what it asks for stayed the same.
func (f *facts) reworked(t evidence.Ticket) string {
	edits, others := t.EditsSince(f.FirstStart())
	var parts []string
	criteria, title, text, unknown := 0, false, false, others
	for _, e := range edits {
		for _, c := range e.Criteria {
			if c.Kind == evidence.CriterionChecked || c.Kind == evidence.CriterionUnchecked {
				continue
			}
			if criteria++; criteria <= maxEditsNamed {
				parts = append(parts, "criterion “"+c.Text+"” "+string(c.Kind))
			}
		}
		criteria += e.CriteriaOmitted
		title, text, unknown = title || e.OldTitle != "", text || e.Text, unknown || e.Unknown
	}
	if more := criteria - maxEditsNamed; more > 0 {
		parts = append(parts, fmt.Sprintf("%d more criteria", more))
	}
	if text && criteria == 0 {
		parts = append(parts, "its text, and none of the criteria")
	}
	if title {
		parts = append(parts, "its title")
	}
	if unknown {
		parts = append(parts, "what changed is not known in full")
	}
	return strings.Join(parts, ", ")
}
