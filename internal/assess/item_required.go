package assess

import (
	"github.com/mergebrief/mergebrief/internal/evidence"
)

var itemRequired = Rule{
	ID: "required-item-missing", Level: evidence.LevelError, Gap: true,
	Sees:   "Items of the checklist that the policy requires and the record lacks.",
	Why:    "The team decided that a record without them is not complete. Missing evidence never passes.",
	Accept: "Close the gap, or accept it in the policy with a reason and a day on which that ends.",
	check: func(f *facts) []found {
		var all []found
		for _, it := range checklist(f) {
			if f.policy.requires(f, it.ID) && it.State == evidence.ItemMissing {
				all = append(all, found{about: it.ID, message: "required and missing: " + it.Title})
			}
		}
		return all
	},
}
