package agentlog

import (
	"slices"
	"sort"

	"github.com/mergebrief/mergebrief/internal/classify"
	"github.com/mergebrief/mergebrief/internal/evidence"
)

// maxRepairEdits bounds the paths listed for one repair.
const maxRepairEdits = 100

// attempt is a failing validation that was not yet seen to pass again.
type attempt struct {
	// left are the families that have to pass yet, of a list of which one failed.
	left        []string
	first, last int
	failures    int
	outcome     evidence.CommandOutcome
	narrower    bool
}

// repairs finds the validations that failed and were worked on, in the order in
// which they failed. A run closes the failures of its family that it covers;
// one that covers less leaves them open. Runs whose status is hidden count only
// when their output tells how they went.
func repairs(commands []*pendingCommand, edits []pendingEdit) []evidence.Repair {
	open := map[string]*attempt{}
	var all []*attempt
	for i, c := range commands {
		if !telling(c) {
			continue
		}
		if c.Outcome == evidence.CommandOK {
			closeLists(open, i, c)
		}
		a := open[c.Family]
		failed := c.Outcome == evidence.CommandFailed
		switch {
		case a == nil && failed:
			a = &attempt{first: i, last: i, failures: 1, outcome: c.Outcome}
			if families := c.Families(); len(families) > 1 {
				a.left = families
				if len(c.checks) > 0 {
					a.left = c.checks
				}
			}
			open[c.Family] = a
			all = append(all, a)
		case a == nil:
		case failed:
			a.last, a.outcome, a.narrower = i, c.Outcome, false
			a.failures++
			if c.line.Scope.Covers(commands[a.first].line.Scope) {
				continue
			}
			a.narrower = true
		default:
			a.last, a.outcome = i, c.Outcome
			if a.narrower = !c.line.Scope.Covers(commands[a.first].line.Scope); !a.narrower {
				delete(open, c.Family)
			}
		}
	}
	return worked(all, commands, edits)
}

// closeLists notes a pass for the lists of which one command failed and nothing told
// which. A list is repaired when all of its checks passed.
func closeLists(open map[string]*attempt, i int, c *pendingCommand) {
	for key, a := range open {
		if at := slices.Index(a.left, c.Family); at >= 0 {
			a.left = slices.Delete(slices.Clone(a.left), at, at+1)
			a.last = i
			if len(a.left) == 0 {
				a.outcome = c.Outcome
				delete(open, key)
			}
		}
	}
}

// telling reports whether the outcome of a command is known well enough to
// count as a failure or a repair.
func telling(c *pendingCommand) bool {
	if !c.Validates() || c.OtherCode || c.Outcome != evidence.CommandOK && c.Outcome != evidence.CommandFailed {
		return false
	}
	return c.Masked == "" || c.ExitBasis == evidence.ExitText
}

// worked turns the attempts that something was done about into repairs.
func worked(all []*attempt, commands []*pendingCommand, edits []pendingEdit) []evidence.Repair {
	var out []evidence.Repair
	for _, a := range all {
		until := commands[a.last].tick
		if a.last == a.first {
			until = int(^uint(0) >> 1)
		}
		edited, tests := between(edits, commands[a.first].tick, until)
		if a.last == a.first && len(edited) == 0 {
			continue
		}
		r := evidence.Repair{
			Family: commands[a.first].Family, Attempts: a.failures, Outcome: a.outcome, Narrower: a.narrower,
			Edited: edited, EditedTests: tests, FirstFailure: &a.first, LastRun: &a.last,
		}
		out = append(out, r)
	}
	return out
}

// between returns the paths edited after tick from and before tick to, and
// whether one of them is a test.
func between(edits []pendingEdit, from, to int) (paths []string, tests bool) {
	seen := map[string]bool{}
	start := sort.Search(len(edits), func(i int) bool { return edits[i].tick > from })
	for _, e := range edits[start:] {
		if e.tick >= to {
			break
		}
		tests = tests || classify.IsTestPath(e.Path)
		if !seen[e.Path] && len(paths) < maxRepairEdits {
			seen[e.Path] = true
			paths = append(paths, e.Path)
		}
	}
	sort.Strings(paths)
	return paths, tests
}
