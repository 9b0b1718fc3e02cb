package brief

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/render/text"
)

// Identity names a session, its models and their provider.
func Identity(s evidence.Session) string {
	line := "session " + text.Code(s.ID, text.MaxName)
	if len(s.Models) > 0 {
		line += ", " + Names(s.Models)
	}
	if s.Provider != "" {
		line += " by " + text.Text(s.Provider, text.MaxName)
	}
	if s.Role != "" {
		line += ", " + text.Text(s.Role, text.MaxName) + " code"
	}
	return line + ", read from " + text.Code(s.Origin.URI, text.MaxName)
}

// Joins tells what joins the run with the change, the strongest reason first.
func Joins(s evidence.Session) string {
	if len(s.Joins) == 0 {
		return ""
	}
	j := s.Joins[0]
	line := "joined with the change by " + text.Text(strings.ReplaceAll(string(j.Method), "-", " "), text.MaxName)
	if j.Commit != "" {
		line += " at " + text.Commit(j.Commit)
	}
	line += " (" + text.Text(strings.ReplaceAll(string(j.Confidence), "-", " "), text.MaxName) + ")"
	if n := len(s.Joins) - 1; n > 0 {
		line += " and " + evidence.Plural(n, "more reason")
	}
	return line
}

// Names lists names, a few of them.
func Names(all []string) string {
	const most = 6
	var shown []string
	for _, n := range all[:min(len(all), most)] {
		shown = append(shown, text.Code(n, text.MaxName/2))
	}
	if len(all) > most {
		shown = append(shown, "… "+evidence.Count(len(all)-most)+" more")
	}
	return strings.Join(shown, ", ")
}

// Period says when a session began and how long it took.
func Period(s evidence.Session) string {
	if s.Started.IsZero() {
		return "when it ran is not known"
	}
	line := text.Instant(s.Started)
	if s.Ended.After(s.Started) {
		line += ", " + text.Duration(s.Ended.Sub(s.Started))
	}
	return line
}

// Prompts counts the prompts of a session and the subagents and compactions.
func Prompts(s evidence.Session) string {
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

// Ending tells how the run ended, when it did not simply succeed.
func Ending(s evidence.Session) string {
	switch s.Ending {
	case "", evidence.EndingSuccess:
		return ""
	case evidence.EndingNoResult:
		return "the log breaks off before a result"
	}
	return "ended as " + text.Code(s.Ending, text.MaxName)
}

// Validated tells how the last validation stands to the last edit.
func Validated(s evidence.Session) string {
	switch s.Freshness {
	case evidence.ValidatedFresh:
		return "validated after its last edit"
	case evidence.ValidatedStale:
		return "**" + evidence.Plural(s.EditsAfterValidation, "edit") + " after its last validation**"
	case evidence.ValidatedNever:
		if len(s.NotUnderstood) > 0 {
			return "**edited code, and no validation is known**"
		}
		return "**edited code and validated nothing**"
	}
	return ""
}

// NotUnderstood tells of the calls of which it is not known what they did.
func NotUnderstood(s evidence.Session) string {
	var all []string
	for _, odd := range s.NotUnderstood {
		all = append(all, odd.Tool)
	}
	if len(all) == 0 {
		return ""
	}
	return "**" + evidence.Plural(s.CallsNotUnderstood(), "call") + " not understood**, what they did is in no number: " + Names(all)
}

// LinesUnknown tells of the files of which the log does not say what became of their
// lines.
func LinesUnknown(s evidence.Session) string {
	var all []string
	for _, e := range s.Edits {
		if e.LinesUnknown && !slices.Contains(all, e.Path) {
			all = append(all, e.Path)
		}
	}
	if len(all) == 0 {
		return ""
	}
	return "files that it wrote without a record of the lines: " + Names(all)
}

// Drift tells what the run used that its settings do not allow.
func Drift(s evidence.Session) string {
	var all []string
	for _, d := range s.Drift {
		all = append(all, string(d.Kind)+" "+d.Name)
	}
	if len(all) == 0 {
		return ""
	}
	return "**beyond what it was allowed** " + Names(all)
}

// Boundaries tells what the agent was allowed to do last, and whether that
// changed on the way.
func Boundaries(s evidence.Session) string {
	if len(s.Boundaries) == 0 {
		return "execution boundaries not recorded" + text.Grade(evidence.Missing)
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
			parts = append(parts, p[0]+text.Code(p[1], text.MaxName))
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

// Context says what a session read, and what it did not get.
func Context(s evidence.Session) string {
	var parts []string
	if n := len(s.FilesRead); n > 0 {
		parts = append(parts, evidence.Plural(n, "repository file")+" read")
	}
	var external []string
	for _, e := range s.External {
		external = append(external, string(e.Kind)+" "+e.Name)
	}
	if len(external) > 0 {
		parts = append(parts, "outside sources "+Names(external))
	}
	var missing []string
	for _, m := range s.Unavailable {
		missing = append(missing, m.Name)
	}
	if len(missing) > 0 {
		parts = append(parts, "**not available** "+Names(missing))
	}
	if len(parts) == 0 {
		return "context sources not recorded" + text.Grade(evidence.Missing)
	}
	return "context: " + strings.Join(parts, ", ")
}

// Usage says what a session consumed.
func Usage(s evidence.Session) string {
	if s.Usage == nil {
		return "tokens and cost not known" + text.Grade(evidence.Missing)
	}
	u := s.Usage
	line := fmt.Sprintf("%s tokens in, %s out, %s read from and %s written to the cache", evidence.Count(int(u.InputTokens)), evidence.Count(int(u.OutputTokens)), evidence.Count(int(u.CacheReadTokens)), evidence.Count(int(u.CacheWriteTokens)))
	if u.CostUSD == nil {
		return line + "; cost not known" + text.Grade(evidence.Missing)
	}
	return line + fmt.Sprintf("; %.2f USD, %s", *u.CostUSD, text.Text(u.CostBasis, text.MaxName))
}

// Repairs tells how failing validations came right, or did not.
func (v *View) Repairs(s evidence.Session) []string {
	var items []string
	for _, r := range s.Repairs {
		line := text.Code(r.Family, text.MaxName) + " failed"
		if r.Attempts > 1 {
			line += fmt.Sprintf(" %d times", r.Attempts)
		}
		line += ", last run " + Outcome(r.Outcome)
		if r.Narrower {
			line += ", **covering less than the run that failed**"
		}
		if len(r.Edited) > 0 {
			line += "; edited between: " + Names(r.Edited)
		}
		if r.EditedTests {
			line += " (**tests among them**)"
		}
		items = append(items, line)
	}
	return items
}

// Outcome says what became of a command.
func Outcome(o evidence.CommandOutcome) string {
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

// Denied lists the calls that were refused, and by whom.
func Denied(s evidence.Session) []string {
	var items []string
	for _, d := range s.Denied {
		line := text.Code(d.Tool, text.MaxName/2)
		if d.Subject != "" {
			line += " " + text.Code(d.Subject, text.MaxName)
		}
		if d.By != "" {
			line += ", by " + text.Text(d.By, text.MaxName/2)
		}
		items = append(items, line)
	}
	return items
}
