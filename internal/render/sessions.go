package render

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// sessions tells what the agents did: in full of the runs behind the change, and of
// the others that they are there, and what failed in them.
func (v *view) sessions() section {
	joined, apart := v.runs()
	var lines []string
	for _, s := range joined[:min(len(joined), v.rows)] {
		lines = append(lines, v.session(*s)...)
	}
	lines = append(lines, more(v.rows, len(joined))...)
	return section{"Agent run and repair attempts", append(lines, v.apart(apart)...)}
}

// apart lists runs that nothing joins with the change. They count nowhere else.
func (v *view) apart(all []*evidence.Session) []string {
	rows := &items{limit: v.rows}
	for _, s := range all {
		rows.add(func() string {
			line := text(agent(*s), maxName) + ": " + identity(*s)
			if n := s.CommandCounts.FailedValidations; n > 0 {
				line += ", **" + evidence.Plural(n, "failed validation") + "**"
			}
			return line + grade(s.Origin.Basis)
		})
	}
	return titled("Runs that nothing joins with the change: no commit, no pull request, none of its lines", rows.list())
}

func (v *view) session(s evidence.Session) []string {
	items := []string{
		identity(s), joins(s), period(s), prompts(s), ending(s), validated(s), boundaries(s), beyond(s), context(s), usage(s),
	}
	items = slices.DeleteFunc(items, func(it string) bool { return it == "" })
	lines := titled(text(agent(s), maxName)+" "+grade(s.Origin.Basis), list(len(items), items))
	lines = append(lines, titled("Repairs", list(v.rows, v.repairs(s)))...)
	lines = append(lines, titled("Refused calls", list(v.rows, denied(s)))...)
	return append(lines, v.commands(s)...)
}

func identity(s evidence.Session) string {
	line := "session " + code(s.ID, maxName)
	if len(s.Models) > 0 {
		line += ", " + names(s.Models)
	}
	if s.Provider != "" {
		line += " by " + text(s.Provider, maxName)
	}
	if s.Role != "" {
		line += ", " + text(s.Role, maxName) + " code"
	}
	return line + ", read from " + code(s.Origin.URI, maxName)
}

// joins tells what joins the run with the change, the strongest reason first.
func joins(s evidence.Session) string {
	if len(s.Joins) == 0 {
		return ""
	}
	j := s.Joins[0]
	line := "joined with the change by " + text(strings.ReplaceAll(string(j.Method), "-", " "), maxName)
	if j.Commit != "" {
		line += " at " + commit(j.Commit)
	}
	line += " (" + text(strings.ReplaceAll(string(j.Confidence), "-", " "), maxName) + ")"
	if n := len(s.Joins) - 1; n > 0 {
		line += " and " + evidence.Plural(n, "more reason")
	}
	return line
}

// names lists names, a few of them.
func names(all []string) string {
	const most = 6
	var shown []string
	for _, n := range all[:min(len(all), most)] {
		shown = append(shown, code(n, maxName/2))
	}
	if len(all) > most {
		shown = append(shown, "… "+evidence.Count(len(all)-most)+" more")
	}
	return strings.Join(shown, ", ")
}

func period(s evidence.Session) string {
	if s.Started.IsZero() {
		return "when it ran is not known"
	}
	line := instant(s.Started)
	if s.Ended.After(s.Started) {
		line += ", " + duration(s.Ended.Sub(s.Started))
	}
	return line
}

func prompts(s evidence.Session) string {
	parts := []string{evidence.Plural(s.Prompts.Count, "prompt")}
	if s.Prompts.Count == 0 {
		parts = []string{"number of prompts not known"}
	}
	if s.Subagents > 0 {
		parts = append(parts, evidence.Plural(s.Subagents, "subagent run"))
	}
	if s.Compactions > 0 {
		parts = append(parts, evidence.Plural(s.Compactions, "context compaction"))
	}
	return strings.Join(parts, ", ")
}

// ending tells how the run ended, when it did not simply succeed.
func ending(s evidence.Session) string {
	switch s.Ending {
	case "", evidence.EndingSuccess:
		return ""
	case evidence.EndingNoResult:
		return "the log breaks off before a result"
	}
	return "ended as " + code(s.Ending, maxName)
}

// validated tells how the last validation stands to the last edit.
func validated(s evidence.Session) string {
	switch s.Freshness {
	case evidence.ValidatedFresh:
		return "validated after its last edit"
	case evidence.ValidatedStale:
		return "**" + evidence.Plural(s.EditsAfterValidation, "edit") + " after its last validation**"
	case evidence.ValidatedNever:
		return "**edited code and validated nothing**"
	}
	return ""
}

// beyond tells what the run used that its settings do not allow.
func beyond(s evidence.Session) string {
	var all []string
	for _, d := range s.Drift {
		all = append(all, string(d.Kind)+" "+d.Name)
	}
	if len(all) == 0 {
		return ""
	}
	return "**beyond what it was allowed** " + names(all)
}

// boundaries tells what the agent was allowed to do last, and whether that
// changed on the way.
func boundaries(s evidence.Session) string {
	if len(s.Boundaries) == 0 {
		return "execution boundaries not recorded" + grade(evidence.Missing)
	}
	b := s.Boundaries[len(s.Boundaries)-1]
	var parts []string
	for _, p := range [][2]string{
		{"ran ", string(b.Mode)},
		{"on ", b.Worker},
		{"approval ", b.Approval},
		{"sandbox ", b.Sandbox},
		{"network ", b.Network},
		{"credential ", b.Credential},
		{"branch ", b.Branch},
	} {
		if p[1] != "" {
			parts = append(parts, p[0]+code(p[1], maxName))
		}
	}
	if b.Bypass {
		parts = append(parts, "**approvals or the sandbox switched off**")
	}
	if n := len(s.Boundaries) - 1; n > 0 {
		parts = append(parts, "changed "+evidence.Plural(n, "time"))
	}
	if len(parts) == 0 {
		return ""
	}
	return "boundaries: " + strings.Join(parts, ", ")
}

func context(s evidence.Session) string {
	var parts []string
	if n := len(s.FilesRead); n > 0 {
		parts = append(parts, evidence.Plural(n, "repository file")+" read")
	}
	var external []string
	for _, e := range s.External {
		external = append(external, string(e.Kind)+" "+e.Name)
	}
	if len(external) > 0 {
		parts = append(parts, "outside sources "+names(external))
	}
	var missing []string
	for _, m := range s.Unavailable {
		missing = append(missing, m.Name)
	}
	if len(missing) > 0 {
		parts = append(parts, "**not available** "+names(missing))
	}
	if len(parts) == 0 {
		return "context sources not recorded" + grade(evidence.Missing)
	}
	return "context: " + strings.Join(parts, ", ")
}

func usage(s evidence.Session) string {
	if s.Usage == nil {
		return "tokens and cost not known" + grade(evidence.Missing)
	}
	u := s.Usage
	line := fmt.Sprintf("%s tokens in, %s out, %s read from and %s written to the cache", evidence.Count(int(u.InputTokens)), evidence.Count(int(u.OutputTokens)), evidence.Count(int(u.CacheReadTokens)), evidence.Count(int(u.CacheWriteTokens)))
	if u.CostUSD == nil {
		return line + "; cost not known" + grade(evidence.Missing)
	}
	return line + fmt.Sprintf("; %.2f USD, %s", *u.CostUSD, text(u.CostBasis, maxName))
}

// repairs tells how failing validations came right, or did not.
func (v *view) repairs(s evidence.Session) []string {
	var items []string
	for _, r := range s.Repairs {
		line := code(r.Family, maxName) + " failed"
		if r.Attempts > 1 {
			line += fmt.Sprintf(" %d times", r.Attempts)
		}
		line += ", last run " + outcome(r.Outcome)
		if r.Narrower {
			line += ", **covering less than the run that failed**"
		}
		if len(r.Edited) > 0 {
			line += "; edited between: " + names(r.Edited)
		}
		if r.EditedTests {
			line += " (**tests among them**)"
		}
		items = append(items, line)
	}
	return items
}

func outcome(o evidence.CommandOutcome) string {
	switch o {
	case evidence.CommandOK:
		return "ok"
	case evidence.CommandFailed:
		return "failed"
	case evidence.CommandNotRun:
		return "did not happen"
	case evidence.CommandBackground:
		return "left running"
	}
	return "unknown"
}

func denied(s evidence.Session) []string {
	var items []string
	for _, d := range s.Denied {
		line := code(d.Tool, maxName/2)
		if d.Subject != "" {
			line += " " + code(d.Subject, maxName)
		}
		if d.By != "" {
			line += ", by " + text(d.By, maxName/2)
		}
		items = append(items, line)
	}
	return items
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
			rows = append(rows, cells(code(f.name, maxName), evidence.Count(f.runs), evidence.Count(f.ok), evidence.Count(f.failed), evidence.Count(f.unknown), evidence.Count(f.masked), outcome(f.last)))
		}
	}
	lines := titled("Validation commands", table(v.rows, "Command | Runs# | Ok# | Failed# | Unknown# | Status hidden# | Last", rows))
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
