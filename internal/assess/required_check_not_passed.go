package assess

import (
	"slices"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

var requiredCheckNotPassed = Rule{
	ID: "required-check-not-passed", Level: evidence.LevelError,
	Sees:   "Checks that a rule of the base branch or the policy requires and that did not pass: skipped, neutral, not finished, or never started.",
	Why:    "GitHub lets a skipped or neutral check satisfy a requirement. A check that did not run has shown nothing.",
	Accept: "Let the check run. For paths on which it has nothing to do, give it a job that says so with a pass.",
	check:  requiredChecks,
}

func requiredChecks(f *facts) []found {
	var all []found
	seen := map[string]bool{}
	for i, c := range f.Checks {
		seen[c.Name] = true
		if !f.demanded(c) || c.Failed() || f.own(c) || c.Conclusion == evidence.ConclusionSuccess && c.Origin.Basis.Certain() {
			continue
		}
		message := "required check " + f.named(c) + " " + ending(c)
		if c.Conclusion == evidence.ConclusionSuccess {
			message = "required check " + f.named(c) + " is only reported to have passed"
		}
		all = append(all, found{about: c.Name + f.whose(c), message: message, facts: []evidence.Ref{evidence.RefTo(evidence.ListChecks, i)}, bases: []evidence.Basis{c.Origin.Basis}})
	}
	return append(all, absentChecks(f, seen)...)
}

// absentChecks are the required checks of which the head has no result. A rule may
// name the app that has to report: another app's check of that name is not it.
func absentChecks(f *facts, seen map[string]bool) []found {
	var all []found
	for _, name := range f.policy.RequiredChecks {
		if !seen[name] {
			all = append(all, found{about: name, message: "required check “" + name + "” did not run on the head"})
		}
	}
	if f.PullRequest == nil {
		return all
	}
	for i, r := range f.PullRequest.RequiredChecks {
		if !r.Absent || !seen[r.Name] && slices.Contains(f.policy.RequiredChecks, r.Name) {
			continue
		}
		message := "required check “" + r.Name + "” did not run on the head"
		if seen[r.Name] {
			message = "required check “" + r.Name + "” did not run on the head: the one of that name is not of the app that the rule names"
		}
		all = append(all, found{
			about: r.Name, message: message, facts: []evidence.Ref{evidence.RefToAll(evidence.ListPullRequest).In(evidence.ListRequiredChecks, i)}, bases: []evidence.Basis{f.PullRequest.Origin.Basis},
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
