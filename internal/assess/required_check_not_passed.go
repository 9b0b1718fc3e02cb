package assess

import (
	"cmp"
	"slices"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

var requiredCheckNotPassed = Rule{
	ID: "required-check-not-passed", Level: evidence.LevelError,
	Sees:   "Checks that a rule of the base branch or the policy requires and that did not pass: skipped, neutral, not finished, or never started. A pass does not count that comes from a workflow which the change adds or edits, with what it uses of the repository, or that an author of the change set as a status. Of several checks of one name, all others have to pass.",
	Why:    "GitHub lets a skipped or neutral check satisfy a requirement. A check that did not run has shown nothing, and neither has one that the change itself defines: a job of any name can run nothing.",
	Accept: "Let the check run. For paths on which it has nothing to do, give it a job that says so with a pass. Where the change edits the workflow of the check, merge that edit first by itself, after somebody looked at it; an acceptance in the policy that is limited to a label, which only maintainers can set, says that somebody did.",
	check:  requiredChecks,
}

func requiredChecks(f *facts) []found {
	var all []found
	for i, c := range f.Checks {
		if !f.demanded(c) || c.Failed() || f.own(c) || c.Definition.OfChange() || c.Conclusion == evidence.ConclusionSuccess && c.Origin.Basis.Certain() {
			continue
		}
		check, owner := asName("check", c.Name), asProse("owner", f.owner(c))
		says := say("required-check-not-passed", check, owner, asParts("ending", ending(c)))
		if c.Conclusion == evidence.ConclusionSuccess {
			says = say("required-check-not-passed.reported", check, owner)
		}
		all = append(all, found{about: c.Name + f.whose(c), says: says, facts: []evidence.Ref{evidence.RefTo(evidence.ListChecks, i)}, bases: []evidence.Basis{c.Origin.Basis}})
	}
	for _, d := range f.demands() {
		all = append(all, f.unmet(d)...)
	}
	return append(all, absentChecks(f)...)
}

// demand is a check that has to pass, and the checks of the head that are it.
type demand struct {
	RequiredCheck
	checks []int
}

// demands lists what the policy requires, and then what rules of the base branch do.
func (f *facts) demands() []demand {
	var all []demand
	for _, r := range f.policy.RequiredChecks {
		d := demand{RequiredCheck: r}
		for i, c := range f.Checks {
			if r.is(c) {
				d.checks = append(d.checks, i)
			}
		}
		all = append(all, d)
	}
	for i, c := range f.Checks {
		if c.Required == nil || !*c.Required || slices.Contains(f.policy.RequiredChecks, RequiredCheck{Name: c.Name}) {
			continue
		}
		// With an app, the rule is in the list twice under one name.
		at := slices.IndexFunc(all, func(d demand) bool { return d.RequiredCheck == RequiredCheck{} && f.Checks[d.checks[0]].Name == c.Name })
		if at < 0 {
			all = append(all, demand{checks: []int{i}})
			continue
		}
		all[at].checks = append(all[at].checks, i)
	}
	return all
}

// unmet says when all that passed of a demand is not known to be independent of the
// change. What failed or has not passed is found for each check by itself.
func (f *facts) unmet(d demand) []found {
	worst := -1
	for _, i := range d.checks {
		c := f.Checks[i]
		switch {
		case c.Definition.Independent() || f.own(c):
			return nil
		case c.Failed() || !c.Definition.OfChange() && c.Conclusion != evidence.ConclusionSuccess: // found already
		case worst < 0 || c.Definition.OfChange() && !f.Checks[worst].Definition.OfChange():
			worst = i
		}
	}
	if worst < 0 {
		return nil
	}
	c := f.Checks[worst]
	check, says := asName("check", c.Name), []evidence.Text(nil)
	switch c.Definition.State {
	case evidence.DefinitionChanged:
		says = say("required-check-not-passed.of-change", check, asNamesOf("files", c.Definition.Files, len(c.Definition.Files)+c.Definition.FilesOmitted))
	case evidence.DefinitionAuthor:
		says = say("required-check-not-passed.of-author", check, asName("login", c.Definition.By))
	default:
		says = say("required-check-not-passed.of-unknown", check)
	}
	return []found{{
		about: c.Name + "\x00" + string(c.Definition.State), says: says,
		facts: []evidence.Ref{evidence.RefTo(evidence.ListChecks, worst)}, bases: []evidence.Basis{c.Origin.Basis},
	}}
}

// absentChecks are the required checks of which the head has no result. A rule may
// name the app that has to report, and the policy the workflow, too: another one's
// check of that name is not it.
func absentChecks(f *facts) []found {
	var all []found
	named := func(name string) bool {
		return slices.ContainsFunc(f.Checks, func(c evidence.Check) bool { return c.Name == name })
	}
	asked := map[string]bool{}
	for _, r := range f.policy.RequiredChecks {
		asked[r.Name] = true
		switch {
		case slices.ContainsFunc(f.Checks, r.is):
		case named(r.Name):
			all = append(all, found{about: r.Name + "\x00" + r.Workflow + "\x00" + r.App, says: say("required-check-not-passed.of-other", asName("check", r.Name), asName("wanted", cmp.Or(r.Workflow, r.App)))})
		default:
			all = append(all, found{about: r.Name, says: say("required-check-not-passed.absent", asName("check", r.Name))})
		}
	}
	if f.PullRequest == nil {
		return all
	}
	for i, r := range f.PullRequest.RequiredChecks {
		if !r.Absent || !named(r.Name) && asked[r.Name] {
			continue
		}
		says := say("required-check-not-passed.absent", asName("check", r.Name))
		if named(r.Name) {
			says = say("required-check-not-passed.of-another", asName("check", r.Name))
		}
		all = append(all, found{
			about: r.Name, says: says, facts: []evidence.Ref{evidence.RefToAll(evidence.ListPullRequest).In(evidence.ListRequiredChecks, i)}, bases: []evidence.Basis{f.PullRequest.Origin.Basis},
		})
	}
	return all
}

// own reports whether c is the job that makes this very record: it cannot have
// finished. When several jobs of the run have not, only its name tells which
// one it is.
func (f *facts) own(c evidence.Check) bool {
	if f.Run == nil || c.RunID == 0 || c.RunID != f.Run.RunID || c.Status == evidence.CheckCompleted {
		return false
	}
	unfinished := 0
	for _, x := range f.Checks {
		if x.RunID == c.RunID && x.Status != evidence.CheckCompleted {
			unfinished++
		}
	}
	return unfinished == 1 || c.Name == f.Run.Job
}
