package assess

import (
	"slices"

	"github.com/mergebrief/mergebrief/internal/classify"
	"github.com/mergebrief/mergebrief/internal/evidence"
)

var requiredValidationMissing = Rule{
	ID: "required-validation-missing", Level: evidence.LevelError, Gap: true,
	Sees:   "Kinds of validation that the policy requires for the paths or labels of the change, and that no check of the head is observed to have passed. A check that the change itself defines, by a workflow that it adds or edits, shows nothing. A check is of a kind by its name, and a job of a matrix that is named for its platform by that of its workflow.",
	Why:    "Required and not shown is a state of its own: neither passed nor failed. A result file alone shows nothing, since a pull request can bring along any.",
	Accept: "Let a check of that kind run on the head, or take it off the list in the policy.",
	check: func(f *facts) []found {
		var all []found
		var done []evidence.CommandClass
		for _, q := range f.policy.RequiredValidation {
			if !f.matches(q.Paths, q.Labels) {
				continue
			}
			for _, class := range q.Classes {
				if !slices.Contains(done, class) && !f.passed(class) {
					all = append(all, f.notShown(class))
				}
				done = append(done, class)
			}
		}
		return all
	},
}

// notShown says that nothing shows a kind of validation, and when something would if
// the change had not written it.
func (f *facts) notShown(class evidence.CommandClass) found {
	x := found{about: string(class), says: say("required-validation-missing", asWord("class", class))}
	for i, c := range f.Checks {
		if !classify.Validates(c, class) || c.Failed() || c.Conclusion != evidence.ConclusionSuccess || c.Definition.Independent() {
			continue
		}
		if x.facts, x.bases = append(x.facts, evidence.RefTo(evidence.ListChecks, i)), append(x.bases, c.Origin.Basis); c.Definition.OfChange() {
			x.says = say("required-validation-missing.of-change", asWord("class", class), asName("check", c.Name))
		} else if len(x.facts) == 1 {
			x.says = say("required-validation-missing.of-unknown", asWord("class", class), asName("check", c.Name))
		}
	}
	return x
}

// passed reports whether something that is certain shows that a kind of
// validation passed on the head, and nothing that it failed.
func (f *facts) passed(class evidence.CommandClass) bool {
	passed := class == evidence.ClassTest && slices.ContainsFunc(f.Suites, func(s evidence.Suite) bool {
		return s.Origin.Basis.Certain() && s.Counts.Passed > 0 && s.Counts.Bad() == 0 && len(s.Broken) == 0
	})
	for _, c := range f.Checks {
		if !classify.Validates(c, class) || !c.Origin.Basis.Certain() {
			continue
		}
		if c.Failed() {
			return false
		}
		passed = passed || c.Conclusion == evidence.ConclusionSuccess && c.Definition.Independent()
	}
	return passed
}
