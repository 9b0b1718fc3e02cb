package comment

import (
	"slices"
	"strings"

	"github.com/mergebrief/mergebrief/internal/classify"
	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/render/brief"
	"github.com/mergebrief/mergebrief/internal/render/text"
)

// classes are the kinds of validations, in the order in which they are told.
var classes = []evidence.CommandClass{evidence.ClassTest, evidence.ClassLint, evidence.ClassBuild, evidence.ClassTypecheck, evidence.ClassFormat}

// agreement sets the last run of each validation of the agents beside what
// happened afterwards: whether code was edited again, how the checks of the same
// kind ended on the head, and how many tests either of them counted. The kinds that
// only CI ran follow.
func (v *view) agreement() []string {
	var rows []string
	var ran []evidence.CommandClass
	runners := v.testRunners()
	for i := range v.Record.Sessions {
		s := &v.Record.Sessions[i]
		if !v.Record.Joined(s) {
			continue
		}
		for _, c := range lastRuns(s) {
			ran = append(ran, c.Class)
			if len(rows) >= v.Rows { // only their number matters
				rows = append(rows, "")
				continue
			}
			result := brief.Outcome(c.Outcome)
			if c.Masked != "" {
				result += ", exit status hidden"
			}
			if c.Tests != nil {
				result += ", " + tested(*c.Tests)
			}
			inCI := v.beside(c.Class)
			if c.Class == evidence.ClassTest {
				inCI += v.inReports(c, len(runners) == 1)
			}
			rows = append(rows, cells(text.Code(c.Family, text.MaxName), result+text.Grade(s.Origin.Basis), freshness(s, c), inCI))
		}
	}
	if len(rows) == 0 {
		return nil
	}
	for _, class := range classes {
		if !slices.Contains(ran, class) && v.checked(class) {
			rows = append(rows, cells("any "+string(class), "not run", "", v.beside(class)))
		}
	}
	lines := table(v.Rows, "Validation | Agent's last run | Afterwards | CI on the head: checks of that kind, tests in reports", rows)
	return titled("Agent and CI", append(lines, v.checksInAll(), ""))
}

// testRunners are the families of tests that agents ran.
func (v *view) testRunners() map[string]bool {
	all := map[string]bool{}
	for i := range v.Record.Sessions {
		if s := &v.Record.Sessions[i]; v.Record.Joined(s) {
			for _, c := range lastRuns(s) {
				if c.Class == evidence.ClassTest {
					all[c.Family] = true
				}
			}
		}
	}
	return all
}

// inReports counts the tests in the reports of the head beside a run of an agent:
// all of them when the agents ran tests of one family only, else those that name
// the runner.
func (v *view) inReports(c *evidence.Command, alone bool) string {
	var n evidence.Counts
	var bases []evidence.Basis
	for i := range v.Record.Suites {
		if s := &v.Record.Suites[i]; alone || reportOf(s, c.Family) {
			n.Add(s.Counts)
			bases = append(bases, s.Origin.Basis)
		}
	}
	if n.Total == 0 {
		return ""
	}
	return "; " + tested(n) + " in " + evidence.Plural(len(bases), "report") + text.Grade(evidence.Weakest(bases...))
}

// reportOf reports whether a report names the runner of a family, in its format,
// its title or its path.
func reportOf(s *evidence.Suite, family string) bool {
	tool, _, _ := strings.Cut(family, " ")
	words := classify.Words(s.Name + " " + s.Format + " " + s.Origin.URI)
	return tool != "" && slices.Contains(words, strings.ToLower(tool)) || s.Format == "gotest" && strings.HasPrefix(tool, "go") || s.Format == "trx" && tool == "dotnet"
}

// tested says how many tests ran, and how many did not pass.
func tested(c evidence.Counts) string {
	line := evidence.Plural(c.Total, "test")
	if bad := c.Bad(); bad > 0 {
		line += ", " + evidence.Count(bad) + " failed"
	}
	if c.Skipped > 0 {
		line += ", " + evidence.Count(c.Skipped) + " skipped"
	}
	return line
}

func (v *view) checked(class evidence.CommandClass) bool {
	return slices.ContainsFunc(v.Record.Checks, func(c evidence.Check) bool { return classify.Validates(c, class) })
}

// beside names the checks of a kind and how they ended, failed ones first.
func (v *view) beside(class evidence.CommandClass) string {
	var shown []string
	n := 0
	for _, failed := range []bool{true, false} {
		for _, c := range v.Record.Checks {
			if !classify.Validates(c, class) || c.Failed() != failed {
				continue
			}
			if n++; n <= brief.MaxPlaces {
				shown = append(shown, text.Code(c.Name, text.MaxName/2)+" "+brief.CheckState(c)+text.Grade(c.Origin.Basis))
			}
		}
	}
	if n == 0 {
		return "none by name"
	}
	if n > brief.MaxPlaces {
		shown = append(shown, evidence.Count(n-brief.MaxPlaces)+" more")
	}
	return strings.Join(shown, ", ")
}

func (v *view) checksInAll() string {
	failed, passed, bases := 0, 0, []evidence.Basis{}
	for _, c := range v.Record.Checks {
		bases = append(bases, c.Origin.Basis)
		switch {
		case c.Failed():
			failed++
		case c.Conclusion == evidence.ConclusionSuccess:
			passed++
		}
	}
	if len(bases) == 0 {
		return "No check of the head is known." + text.Grade(evidence.Missing)
	}
	return "Checks of the head: " + evidence.Count(passed) + " passed, " + evidence.Count(failed) + " failed, " + evidence.Count(len(bases)-passed-failed) + " neither." + text.Grade(evidence.Weakest(bases...))
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
	if s.Freshness == evidence.ValidatedFresh && c == lastRun(s) {
		return "no edit"
	}
	if s.Freshness == evidence.ValidatedStale && c == lastRun(s) {
		return evidence.Plural(s.EditsAfterValidation, "edit")
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
	return evidence.Plural(n, "edit")
}

// lastRun is the last validation of a session that ran; nil when the record does
// not list all of its commands.
func lastRun(s *evidence.Session) *evidence.Command {
	for k := len(s.Commands) - 1; k >= 0 && s.CommandsOmitted == 0; k-- {
		if c := &s.Commands[k]; c.Validates() && c.OfWork() {
			return c
		}
	}
	return nil
}
