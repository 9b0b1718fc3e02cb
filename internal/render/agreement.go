package render

import (
	"github.com/mergebrief/mergebrief/internal/evidence"
)

// agreement sets the last run of each validation of the agents beside what
// happened afterwards: whether the code was edited again, and how the checks of
// the head ended.
func (v *view) agreement() []string {
	var rows []string
	for i := range v.record.Sessions {
		s := &v.record.Sessions[i]
		for _, c := range lastRuns(s) {
			if len(rows) >= v.rows { // only their number matters
				rows = append(rows, "")
				continue
			}
			result := outcome(c.Outcome)
			if c.Masked != "" {
				result += ", exit status hidden"
			}
			rows = append(rows, cells(code(c.Family, maxName), result, freshness(s, c), letter(s.Origin.Basis)))
		}
	}
	lines := table(v.rows, "Agent's last run of | Result | Afterwards | Grade", rows)
	if len(rows) == 0 {
		return nil
	}
	failed, passed, bases := 0, 0, []evidence.Basis{}
	for _, c := range v.record.Checks {
		bases = append(bases, c.Origin.Basis)
		switch {
		case c.Failed():
			failed++
		case c.Conclusion == "success":
			passed++
		}
	}
	beside := "No check of the head is known." + grade(evidence.Missing)
	if len(bases) > 0 {
		beside = "Checks of the head: " + count(passed) + " passed, " + count(failed) + " failed, " + count(len(bases)-passed-failed) + " neither." + grade(weakest(bases...))
	}
	return titled("Agent and CI", append(lines, beside, ""))
}

// lastRuns returns the last run of each family of validations, in order.
func lastRuns(s *evidence.Session) []evidence.Command {
	last := map[string]int{}
	for k, c := range s.Commands {
		if c.Validates() {
			last[c.Family] = k
		}
	}
	var runs []evidence.Command
	for k, c := range s.Commands {
		if at, ok := last[c.Family]; ok && at == k {
			runs = append(runs, c)
		}
	}
	return runs
}

// freshness says whether files were edited after a command was started. It is
// not known when times are missing, or when commands were left out of the
// record.
func freshness(s *evidence.Session, c evidence.Command) string {
	if c.Started.IsZero() || s.CommandsOmitted > 0 {
		return "not known"
	}
	edited := map[string]bool{}
	for _, e := range s.Edits {
		if e.Time.IsZero() {
			return "not known"
		}
		if e.Time.After(c.Started) {
			edited[e.Path] = true
		}
	}
	if len(edited) == 0 {
		return "no edit"
	}
	return plural(len(edited), "file") + " edited"
}
