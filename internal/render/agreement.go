package render

import (
	"slices"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// classes are the kinds of validations, in the order in which they are told.
var classes = []evidence.CommandClass{evidence.ClassTest, evidence.ClassLint, evidence.ClassBuild, evidence.ClassTypecheck, evidence.ClassFormat}

// agreement sets the last run of each validation of the agents beside what
// happened afterwards: whether code was edited again, and how the checks of the
// same kind ended on the head. Failed checks of kinds that no agent ran follow.
func (v *view) agreement() []string {
	var rows []string
	var ran []evidence.CommandClass
	for i := range v.record.Sessions {
		s := &v.record.Sessions[i]
		if !v.record.Joined(s) {
			continue
		}
		for _, c := range lastRuns(s) {
			ran = append(ran, c.Class)
			if len(rows) >= v.rows { // only their number matters
				rows = append(rows, "")
				continue
			}
			result := outcome(c.Outcome)
			if c.Masked != "" {
				result += ", exit status hidden"
			}
			rows = append(rows, cells(code(c.Family, maxName), result+grade(s.Origin.Basis), freshness(s, c), v.beside(c.Class)))
		}
	}
	if len(rows) == 0 {
		return nil
	}
	for _, class := range classes {
		if !slices.Contains(ran, class) && v.failedOf(class) {
			rows = append(rows, cells("any "+string(class), "not run", "", v.beside(class)))
		}
	}
	lines := table(v.rows, "Validation | Agent's last run | Afterwards | Checks of the head of that kind", rows)
	return titled("Agent and CI", append(lines, v.checksInAll(), ""))
}

func (v *view) failedOf(class evidence.CommandClass) bool {
	return slices.ContainsFunc(v.record.Checks, func(c evidence.Check) bool { return c.Failed() && c.Validates(class) })
}

// beside names the checks of a kind and how they ended, failed ones first.
func (v *view) beside(class evidence.CommandClass) string {
	var shown []string
	n := 0
	for _, failed := range []bool{true, false} {
		for _, c := range v.record.Checks {
			if !c.Validates(class) || c.Failed() != failed {
				continue
			}
			if n++; n <= maxPlaces {
				shown = append(shown, code(c.Name, maxName/2)+" "+checkWord(c)+grade(c.Origin.Basis))
			}
		}
	}
	if n == 0 {
		return "none by name"
	}
	if n > maxPlaces {
		shown = append(shown, count(n-maxPlaces)+" more")
	}
	return strings.Join(shown, ", ")
}

// checkWord says how a check ended, or where it stands.
func checkWord(c evidence.Check) string {
	switch {
	case c.Status != "completed":
		return "not finished"
	case c.Conclusion == "success":
		return "passed"
	case c.Conclusion == "":
		return "without a conclusion"
	}
	return conclusion(c)
}

func (v *view) checksInAll() string {
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
	if len(bases) == 0 {
		return "No check of the head is known." + grade(evidence.Missing)
	}
	return "Checks of the head: " + count(passed) + " passed, " + count(failed) + " failed, " + count(len(bases)-passed-failed) + " neither." + grade(weakest(bases...))
}

// lastRuns returns the last run of each family of validations, in order.
func lastRuns(s *evidence.Session) []*evidence.Command {
	last := map[string]int{}
	for k := range s.Commands {
		if c := &s.Commands[k]; c.Validates() {
			last[c.Family] = k
		}
	}
	var runs []*evidence.Command
	for k := range s.Commands {
		if at, ok := last[s.Commands[k].Family]; ok && at == k {
			runs = append(runs, &s.Commands[k])
		}
	}
	return runs
}

// freshness says how many edits followed a validation. For the last one of the
// run the session knows it by the order of its events; for others, times tell,
// when all of them are known.
func freshness(s *evidence.Session, c *evidence.Command) string {
	if s.Freshness == "fresh" && c == lastRun(s) {
		return "no edit"
	}
	if s.Freshness == "stale" && c == lastRun(s) {
		return plural(s.EditsAfterValidation, "edit")
	}
	if c.Started.IsZero() || s.CommandsOmitted+s.EditsOmitted > 0 {
		return "not known"
	}
	n := 0
	for i := range s.Edits {
		e := &s.Edits[i]
		if e.Time.IsZero() {
			return "not known"
		}
		if e.Time.After(c.Started) {
			n++
		}
	}
	if n == 0 {
		return "no edit"
	}
	return plural(n, "edit")
}

// lastRun is the last validation of a session that ran; nil when the record does
// not list all of its commands.
func lastRun(s *evidence.Session) *evidence.Command {
	for k := len(s.Commands) - 1; k >= 0 && s.CommandsOmitted == 0; k-- {
		if c := &s.Commands[k]; c.Validates() && c.Outcome != evidence.CommandNotRun {
			return c
		}
	}
	return nil
}
