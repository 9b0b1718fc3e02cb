package assess

import (
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

// runsTests reports whether the name of a check says that it runs tests. The
// words are those of the names of jobs in public workflows.
func runsTests(name string) bool {
	return slices.ContainsFunc(words(name), func(w string) bool {
		switch w {
		case "test", "tests", "testing", "unit", "e2e", "integration", "spec", "specs", "pytest", "jest", "vitest", "junit":
			return true
		}
		return false
	})
}

// builds reports whether the name of a check says that it builds, or does all
// that continuous integration does.
func builds(name string) bool {
	return slices.ContainsFunc(words(name), func(w string) bool {
		switch w {
		case "build", "builds", "ci", "compile", "verify":
			return true
		}
		return false
	})
}
