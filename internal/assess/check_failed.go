package assess

import (
	"cmp"
	"slices"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

var checkFailed = Rule{
	ID: "check-failed", Level: evidence.LevelError, Failure: true,
	Sees:   "Check runs and commit statuses of the head that ended in anything but a pass.",
	Why:    "GitHub's own record of the head is the strongest evidence there is; nothing that a file says outweighs it.",
	Accept: "Make the check pass, or accept it by its finding id with a day on which that ends.",
	check:  failedChecks,
}

func failedChecks(f *facts) []found {
	var all []found
	for i, c := range f.Checks {
		if c.Failed() {
			all = append(all, found{
				about: c.App + "\x00" + c.Name + f.whose(c), says: say("check-failed", asName("check", c.Name), asProse("owner", f.owner(c)), asParts("ending", ending(c))),
				facts: []evidence.Ref{evidence.RefTo(evidence.ListChecks, i)}, bases: []evidence.Basis{c.Origin.Basis},
			})
		}
	}
	return all
}

// owner is the workflow or app of a check where its name alone is not enough.
func (f *facts) owner(c evidence.Check) string {
	twin := func(x evidence.Check) bool { return x.Name == c.Name && !x.SameCheck(c) }
	if slices.ContainsFunc(f.Checks, twin) {
		return cmp.Or(c.Workflow, c.App)
	}
	return ""
}

// whose is the owner as ids of findings have it.
func (f *facts) whose(c evidence.Check) string {
	if owner := f.owner(c); owner != "" {
		return " of " + owner
	}
	return ""
}

// ending says how a check ended or where it stands.
func ending(c evidence.Check) evidence.Text {
	switch {
	case c.Status != evidence.CheckCompleted:
		return part("ending.not-finished", asWord("status", c.Status))
	case c.Conclusion == evidence.ConclusionFailure || c.Conclusion == evidence.ConclusionError:
		return part("ending.failed")
	case c.Conclusion == "":
		return part("ending.no-conclusion")
	}
	return part("ending.other", asWord("conclusion", c.Conclusion))
}
