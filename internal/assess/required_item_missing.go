package assess

import (
	"github.com/mergebrief/mergebrief/internal/evidence"
)

var requiredItemMissing = Rule{
	ID: "required-item-missing", Level: evidence.LevelError, Gap: true,
	Sees:   "Items of the checklist that the policy requires and the record lacks.",
	Why:    "The team decided that a record without them is not complete. Missing evidence never passes.",
	Accept: "Close the gap, or accept it in the policy with a reason and a day on which that ends.",
	check: func(f *facts) []found {
		var all []found
		for _, it := range checklist(f) {
			if !f.policy.requires(f, it.ID) || f.satisfied(it) {
				continue
			}
			says := say("required-item-missing", asWord("item", it.Title))
			if it.State != evidence.ItemMissing {
				says = say("required-item-missing.reported", asWord("item", it.Title))
			}
			all = append(all, found{about: it.ID, says: says, bases: []evidence.Basis{it.Basis}})
		}
		return all
	},
}

// satisfied reports whether an item is there in a way that a gate may rely on.
// What only agents know can be no more than reported; everything else must be
// certain.
func (f *facts) satisfied(it evidence.ChecklistItem) bool {
	switch {
	case it.State == evidence.ItemMissing:
		return false
	case it.State == evidence.ItemNotApplicable:
		return true
	}
	switch it.ID {
	case "context", "environment", "repairs", "attribution", "cost":
		return true
	case "validation":
		return f.validated()
	}
	return it.Basis.Certain()
}
