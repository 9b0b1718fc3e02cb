package comment

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/render/brief"
	"github.com/mergebrief/mergebrief/internal/render/text"
)

// sessions tells what the agents did: in full of the runs behind the change, and of
// the others that they are there, and what failed in them.
func (v *view) sessions() section {
	joined, apart := v.Runs()
	var lines []string
	for _, s := range joined[:min(len(joined), v.Rows)] {
		lines = append(lines, v.session(*s)...)
	}
	lines = append(lines, more(v.Rows, len(joined))...)
	return section{runsTitle + v.inNumbers(joined, apart), append(lines, v.apart(apart)...)}
}

// runsTitle heads the part about what agents did.
const runsTitle = "What the agents did"

// inNumbers says in numbers what the runs did.
func (v *view) inNumbers(joined, apart []*evidence.Session) string {
	if len(joined) == 0 {
		return " (" + evidence.Plural(len(apart), "recorded run") + " that nothing joins with the change)"
	}
	commands, repairs, edits := 0, 0, 0
	for _, s := range joined {
		commands, repairs = commands+s.CommandCounts.Total, repairs+len(s.Repairs)
		edits += s.EditsAfterValidation
	}
	title := " (" + evidence.Plural(len(joined), "recorded run") + ", " + evidence.Plural(commands, "command")
	if repairs > 0 {
		title += ", " + evidence.Plural(repairs, "repair")
	}
	if edits > 0 {
		title += ", " + evidence.Plural(edits, "edit") + " after the last validation"
	}
	return title + ")"
}

// apart lists runs that nothing joins with the change. They count nowhere else.
func (v *view) apart(all []*evidence.Session) []string {
	rows := &items{limit: v.Rows}
	for _, s := range all {
		rows.add(func() string {
			line := text.Text(brief.Agent(*s), text.MaxName) + ": " + brief.Identity(*s)
			if n := s.CommandCounts.FailedValidations; n > 0 {
				line += ", **" + evidence.Plural(n, "failed validation") + "**"
			}
			return line + text.Grade(s.Origin.Basis)
		})
	}
	return titled("Runs that nothing joins with the change: no commit, no pull request, none of its lines", rows.list())
}

func (v *view) session(s evidence.Session) []string {
	items := []string{
		brief.Identity(s), brief.Joins(s), brief.Period(s), brief.Prompts(s), brief.Ending(s), brief.Validated(s), brief.NotUnderstood(s), brief.LinesUnknown(s), brief.Boundaries(s), brief.Drift(s), brief.Context(s), brief.Usage(s),
	}
	items = slices.DeleteFunc(items, func(it string) bool { return it == "" })
	lines := titled(text.Text(brief.Agent(s), text.MaxName)+" "+text.Grade(s.Origin.Basis), list(len(items), items))
	lines = append(lines, titled("Repairs", list(v.Rows, v.Repairs(s)))...)
	lines = append(lines, titled("Refused calls", list(v.Rows, brief.Denied(s)))...)
	return append(lines, v.commands(s)...)
}

// family is all runs of one kind of validation.
type family struct {
	name                      string
	runs, ok, failed, unknown int
	masked                    int
	last                      evidence.CommandOutcome
	validates                 bool
	firstPosition             int
}

// commands tells how often the validations ran and how each ended.
func (v *view) commands(s evidence.Session) []string {
	byName := map[string]*family{}
	for i, c := range s.Commands {
		f := byName[c.Family]
		if f == nil {
			f = &family{name: c.Family, firstPosition: i}
			byName[c.Family] = f
		}
		f.add(c)
	}
	all := slices.SortedFunc(maps.Values(byName), func(a, b *family) int {
		return cmp.Or(-compareBool(a.validates, b.validates), -cmp.Compare(a.failed, b.failed), cmp.Compare(a.firstPosition, b.firstPosition))
	})
	var rows []string
	for _, f := range all {
		if f.validates {
			rows = append(rows, cells(text.Code(f.name, text.MaxName), evidence.Count(f.runs), evidence.Count(f.ok), evidence.Count(f.failed), evidence.Count(f.unknown), evidence.Count(f.masked), brief.Outcome(f.last)))
		}
	}
	lines := titled("Validation commands", table(v.Rows, "Command | Runs# | Ok# | Failed# | Unknown# | Status hidden# | Last", rows))
	if n := s.CommandCounts.Total; n > 0 {
		lines = append(lines, fmt.Sprintf("%s in all, %s failed, %s with a hidden exit status.", evidence.Plural(n, "command"), evidence.Count(s.CommandCounts.Failed), evidence.Count(s.CommandCounts.Masked)), "")
	}
	return lines
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

func (f *family) add(c evidence.Command) {
	f.runs++
	switch c.Outcome {
	case evidence.CommandOK:
		f.ok++
	case evidence.CommandFailed:
		f.failed++
	default:
		f.unknown++
	}
	if c.Masked != "" {
		f.masked++
	}
	f.last = c.Outcome
	f.validates = f.validates || c.Validates()
}
