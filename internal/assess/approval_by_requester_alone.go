package assess

import (
	"slices"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

var approvalByRequesterAlone = Rule{
	ID: "approval-by-requester-alone", Level: evidence.LevelWarning,
	Sees:   "Changes with lines by an agent that nobody approved but people with a part in it: who requested the work, in whose name the agent acted, or who pushed the head.",
	Why:    "The one who asked for it is the one who said that it is good: four eyes became two.",
	Accept: "Ask somebody else for a review.",
	check: func(f *facts) []found {
		approvals := f.approvals()
		if len(approvals) == 0 || f.lines.attribution.Lines.AI == 0 {
			return nil
		}
		x := found{}
		for _, file := range f.lines.attribution.Files {
			if file.Lines.AI > 0 {
				x.bases = append(x.bases, f.lines.claimed(file.Path))
			}
		}
		var people []evidence.Text
		for _, i := range approvals {
			r := f.Reviews[i]
			parts := f.parts(r.Reviewer.Login)
			if len(parts) == 0 {
				return nil
			}
			people = append(people, part("person", asName("login", r.Reviewer.Login), asProse("roles", strings.Join(parts, ", "))))
			x.facts, x.bases = append(x.facts, evidence.RefTo(evidence.ListReviews, i)), append(x.bases, r.Origin.Basis)
			if slices.Contains(parts, evidence.RoleOperator) {
				x.bases = append(x.bases, evidence.Reported) // in whose name a run acted is never more
			}
		}
		x.says = say("approval-by-requester-alone", asParts("people", people...))
		return []found{x}
	},
}

// parts are the roles that make a reviewer more than a reviewer. The committer of
// the head is none: anybody can write any name there.
func (f *facts) parts(login string) []string {
	return slices.DeleteFunc(f.Roles(login), func(role string) bool { return role == evidence.RoleCommitter })
}
