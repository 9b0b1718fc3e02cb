package assess

import (
	"cmp"
	"slices"
	"strings"

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
				about: c.App + "\x00" + c.Name + f.whose(c), message: "CI check " + f.named(c) + " " + ending(c),
				facts: []evidence.Ref{evidence.RefTo(evidence.ListChecks, i)}, bases: []evidence.Basis{c.Origin.Basis},
			})
		}
	}
	return all
}

// named is the name of a check, with its workflow or app where the name alone is
// not enough.
func (f *facts) named(c evidence.Check) string { return "“" + c.Name + "”" + f.whose(c) }

func (f *facts) whose(c evidence.Check) string {
	twin := func(x evidence.Check) bool { return x.Name == c.Name && !x.SameCheck(c) }
	if owner := cmp.Or(c.Workflow, c.App); owner != "" && slices.ContainsFunc(f.Checks, twin) {
		return " of " + owner
	}
	return ""
}

// ending says how a check ended or where it stands.
func ending(c evidence.Check) string {
	switch {
	case c.Status != evidence.CheckCompleted:
		return "has not finished (" + strings.ReplaceAll(string(c.Status), "_", " ") + ")"
	case c.Conclusion == evidence.ConclusionFailure || c.Conclusion == evidence.ConclusionError:
		return "failed"
	case c.Conclusion == "":
		return "ended without a conclusion"
	}
	return "ended as " + strings.ReplaceAll(string(c.Conclusion), "_", " ")
}
