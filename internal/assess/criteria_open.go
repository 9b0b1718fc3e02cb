package assess

import (
	"fmt"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

var criteriaOpen = Rule{
	ID: "criteria-unchecked", Level: evidence.LevelWarning,
	Sees:   "Acceptance criteria of the work requests that are not checked.",
	Why:    "Either they are not met, or nobody said that they are.",
	Accept: "Check them in the ticket.",
	check: func(f *facts) []found {
		var all []found
		for i, t := range f.Tickets {
			open := 0
			for _, c := range t.Criteria {
				if !c.Checked {
					open++
				}
			}
			if open > 0 {
				all = append(all, found{
					about: t.Key, message: fmt.Sprintf("%d of %d acceptance criteria of “%s” not checked", open, len(t.Criteria), t.Key),
					facts: []string{fmt.Sprintf("/tickets/%d/criteria", i)}, bases: []evidence.Basis{t.Origin.Basis},
				})
			}
		}
		return all
	},
}
