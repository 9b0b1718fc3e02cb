package assess

import (
	"github.com/mergebrief/mergebrief/internal/evidence"
)

var criteriaUnchecked = Rule{
	ID: "criteria-unchecked", Level: evidence.LevelWarning,
	Sees:   "Acceptance criteria of the work requests that are not checked. Where they have no boxes to check, it is a note.",
	Why:    "Either they are not met, or nobody said that they are.",
	Accept: "Check them in the ticket.",
	check: func(f *facts) []found {
		var all []found
		for i, t := range f.Tickets {
			open, plain := 0, 0
			for _, c := range t.Criteria {
				switch {
				case c.NoBox:
					plain++
				case !c.Checked:
					open++
				}
			}
			x := found{about: t.Key, facts: []evidence.Ref{evidence.RefTo(evidence.ListTickets, i).AllIn(evidence.ListCriteria)}, bases: []evidence.Basis{t.Origin.Basis}}
			total, ticket := asCount("total", len(t.Criteria)), asName("ticket", t.Key)
			switch {
			case open > 0:
				x.says = say("criteria-unchecked", asCount("open", open), total, ticket)
			case plain > 0:
				x.level, x.says = evidence.LevelNote, say("criteria-unchecked.no-box", asCount("open", plain), total, ticket)
			default:
				continue
			}
			all = append(all, x)
		}
		return all
	},
}
