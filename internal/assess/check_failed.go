package assess

import (
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
				about: c.App + "\x00" + c.Name, message: "CI check “" + c.Name + "” " + ending(c),
				facts: pointers("checks", i), bases: []evidence.Basis{c.Origin.Basis},
			})
		}
	}
	return all
}

// ending says how a check ended or where it stands.
func ending(c evidence.Check) string {
	switch {
	case c.Status != "completed":
		return "has not finished (" + strings.ReplaceAll(c.Status, "_", " ") + ")"
	case c.Conclusion == "failure" || c.Conclusion == "error":
		return "failed"
	case c.Conclusion == "":
		return "ended without a conclusion"
	}
	return "ended as " + strings.ReplaceAll(c.Conclusion, "_", " ")
}
