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
		check, owner := asName("check", c.Name), asProse("owner", f.owner(c))
		says := say("required-check-not-passed", check, owner, asParts("ending", ending(c)))
		if c.Conclusion == evidence.ConclusionSuccess {
			says = say("required-check-not-passed.reported", check, owner)
		}
		all = append(all, found{about: c.Name + f.whose(c), says: says, facts: []evidence.Ref{evidence.RefTo(evidence.ListChecks, i)}, bases: []evidence.Basis{c.Origin.Basis}})
	}
	return append(all, absentChecks(f, seen)...)
}

// absentChecks are the required checks of which the head has no result. A rule may
// name the app that has to report: another app's check of that name is not it.
func absentChecks(f *facts, seen map[string]bool) []found {
	var all []found
	for _, name := range f.policy.RequiredChecks {
		if !seen[name] {
			all = append(all, found{about: name, says: say("required-check-not-passed.absent", asName("check", name))})
		}
	}
	if f.PullRequest == nil {
		return all
	}
	for i, r := range f.PullRequest.RequiredChecks {
		if !r.Absent || !seen[r.Name] && slices.Contains(f.policy.RequiredChecks, r.Name) {
			continue
		}
		says := say("required-check-not-passed.absent", asName("check", r.Name))
		if seen[r.Name] {
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
