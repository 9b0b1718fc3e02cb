package assess

import (
	"slices"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

var validationFailed = Rule{
	ID: "validation-failed", Level: evidence.LevelWarning,
	Sees:   "Validations whose last run over all agent runs of the change failed, kind by kind: tests, builds, type checks, linters, formatters. One that the same command or a task for all of its kind passed later is cleared; a run over code that was set aside with git stash does not count.",
	Why:    "The work ended with something red. Where checks of the head passed later this is a note, since they looked at newer code.",
	Accept: "Let checks run on the head, or accept the finding by its id.",
	check:  failedValidations,
}

func failedValidations(f *facts) []found {
	var all []found
	for _, class := range validationClasses {
		failed := f.open(class, func(c *evidence.Command) bool { return c.Outcome == evidence.CommandFailed })
		if len(failed) == 0 {
			continue
		}
		x := found{about: string(class), level: f.softenedIn(class)}
		edits := 0
		for _, run := range failed {
			edits = max(edits, f.editsSince(run))
		}
		text := "validation-failed"
		if f.passedInCI(class) {
			text = "validation-failed.passed-in-ci"
		}
		x.says = say(text, asParts("kind", kindOfValidation(class)), asNames("commands", x.runs(failed)), asCount("edits", edits))
		all = append(all, x)
	}
	return all
}

// runs notes that a finding is about runs, and returns the names of their commands.
func (x *found) runs(all []finalRun) []string {
	var names []string
	for _, run := range all {
		names = append(names, run.Family)
		x.about += "\x00" + run.Family
		x.facts = append(x.facts, evidence.RefTo(evidence.ListSessions, run.session).In(evidence.ListCommands, run.command))
		x.bases = append(x.bases, run.basis)
	}
	return names
}

// lastRuns returns the index of the last run of each family of validations, in
// order.
func lastRuns(s *evidence.Session) []int {
	seen := map[string]bool{}
	var last []int
	for k := len(s.Commands) - 1; k >= 0; k-- {
		c := &s.Commands[k]
		if !c.Validates() || !c.OfWork() || !slices.ContainsFunc(c.Families(), func(f string) bool { return !seen[f] }) {
			continue
		}
		for _, f := range c.Families() {
			seen[f] = true
		}
		last = append([]int{k}, last...)
	}
	return last
}
