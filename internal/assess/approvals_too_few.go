package assess

import (
	"slices"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

var approvalsTooFew = Rule{
	ID: "approvals-too-few", Level: evidence.LevelError, Gap: true,
	Sees:   "How many people other than the author approved the head, where the policy asks for a number. Approvals of earlier commits, by who requested the work and by whose account an agent used count as the policy says.",
	Why:    "The team decided how many people look at a change before it lands.",
	Accept: "Ask for reviews.",
	check: func(f *facts) []found {
		want := f.policy.Reviews.Approvals
		if want == 0 || f.Target.PullRequest == 0 {
			return nil
		}
		var people []string
		x := found{}
		for _, i := range f.approvals() {
			if r := f.Reviews[i]; f.counts(r) && !slices.Contains(people, r.Reviewer.Login) {
				people = append(people, r.Reviewer.Login)
				x.facts, x.bases = append(x.facts, evidence.RefTo(evidence.ListReviews, i)), append(x.bases, r.Origin.Basis)
			}
		}
		if len(people) >= want {
			return nil
		}
		x.says = say("approvals-too-few", asCount("approvals", len(people)), asCount("wanted", want))
		return []found{x}
	},
}

// counts reports whether an approval counts under the policy. Only what is
// certain does.
func (f *facts) counts(r evidence.Review) bool {
	p := f.policy.Reviews
	if !r.Origin.Basis.Certain() || !p.AllowStale && f.outdated(r) {
		return false
	}
	roles := f.Roles(r.Reviewer.Login)
	return (!p.ExceptRequester || !slices.Contains(roles, evidence.RoleRequester)) && (!p.ExceptOperator || !slices.Contains(roles, evidence.RoleOperator))
}
