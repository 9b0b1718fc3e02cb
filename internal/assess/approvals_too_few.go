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
		x, voided := found{}, []string{}
		for _, i := range f.approvals() {
			if r := f.Reviews[i]; f.counts(r) && !slices.Contains(people, r.Reviewer.Login) {
				people = append(people, r.Reviewer.Login)
				if f.voidedIfTrue(r) {
					voided = append(voided, r.Reviewer.Login)
				}
				x.facts, x.bases = append(x.facts, evidence.RefTo(evidence.ListReviews, i)), append(x.bases, r.Origin.Basis)
			}
		}
		switch left := len(people) - len(voided); {
		case len(people) < want:
		case left < want:
			// Anybody can write this into a file, so that it is said and moves nothing.
			return []found{{
				about: "said", level: evidence.LevelNote, facts: x.facts, bases: []evidence.Basis{evidence.Reported},
				says: say("approvals-too-few.said", asCount("approvals", len(people)), asCount("wanted", want), asCount("left", left), asNames("people", voided)),
			}}
		default:
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

// voidedIfTrue reports whether an approval that counts would not, if it were true
// what only files of the change say about the reviewer.
func (f *facts) voidedIfTrue(r evidence.Review) bool {
	said, p := f.SaidRoles(r.Reviewer.Login), f.policy.Reviews
	return p.ExceptRequester && slices.Contains(said, evidence.RoleRequester) || p.ExceptOperator && slices.Contains(said, evidence.RoleOperator)
}
