package assess

import (
	"maps"
	"slices"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// OfflineOnly returns the policy without what it asks of GitHub, for records that
// are made of git alone, and what was left out, in the words of the policy file.
// There, checks, reviews and tickets are not missing: nobody looked for them.
func (p Policy) OfflineOnly() (Policy, []string) {
	var left []string
	leave := func(there bool, what string) {
		if there {
			left = append(left, what)
		}
	}
	leave(len(p.RequiredChecks) > 0, "checks.required")
	leave(len(p.RequiredValidation) > 0, "validation.required")
	leave(p.Reviews.Approvals > 0, "reviews")
	leave(len(p.RequiredCommands) > 0, "commands.required")
	leave(len(p.Required) > 0, "required")
	p.RequiredChecks, p.RequiredValidation, p.Reviews, p.RequiredCommands, p.Required = nil, nil, ReviewPolicy{}, nil, nil
	p.Levels = maps.Clone(p.Levels)
	if p.Levels == nil {
		p.Levels = map[string]evidence.Level{}
	}
	for _, r := range []Rule{ticketMissing, reviewMissing, validationNotObserved} {
		p.Levels[r.ID] = evidence.LevelNone
	}
	return p, slices.Clip(left)
}
