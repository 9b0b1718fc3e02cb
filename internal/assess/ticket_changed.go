package assess

import (
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
			if how := f.reworked(t); len(how) > 0 {
				all = append(all, found{
					about: t.Key, says: say("ticket-changed", asName("ticket", t.Key), asParts("edits", how...)),
					facts: []evidence.Ref{evidence.RefTo(evidence.ListTickets, i)}, bases: []evidence.Basis{t.Origin.Basis, evidence.Reported},
				})
			}
		}
		return all
	},
}

// reworked tells how a ticket was edited after the first run began; it is empty
// when what it asks for stayed the same.
func (f *facts) reworked(t evidence.Ticket) []evidence.Text {
	edits, others := t.EditsSince(f.FirstStart())
	var parts []evidence.Text
	criteria, title, text, unknown := 0, false, false, others
	for _, e := range edits {
		for _, c := range e.Criteria {
			if c.Kind == evidence.CriterionChecked || c.Kind == evidence.CriterionUnchecked {
				continue
			}
			if criteria++; criteria <= maxEditsNamed {
				parts = append(parts, part("criterion.edited", asName("criterion", c.Text), asWord("change", c.Kind)))
			}
		}
		criteria += e.CriteriaOmitted
		title, text, unknown = title || e.OldTitle != "", text || e.Text, unknown || e.Unknown
	}
	if more := criteria - maxEditsNamed; more > 0 {
		parts = append(parts, part("criterion.more", asCount("more", more)))
	}
	if text && criteria == 0 {
		parts = append(parts, part("ticket.text"))
	}
	if title {
		parts = append(parts, part("ticket.title"))
	}
	if unknown {
		parts = append(parts, part("ticket.unknown"))
	}
	return parts
}
