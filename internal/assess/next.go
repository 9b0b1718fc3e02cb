package assess

import (
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/wording"
)

// Step is one thing that is left to do before a reviewer should look.
type Step struct {
	// Id of the finding that it settles.
	ID   string `json:"id"`
	Rule string `json:"rule"`
	// What was found, and what settles it, each one line of plain text.
	What string `json:"what"`
	Do   string `json:"do"`
	// The command line to run, as a recorded run had it, without what hid its exit
	// status; absent when an edit or a word settles it.
	Command string `json:"command,omitempty"`
	// Where to edit, as far as it is one place.
	Path string `json:"path,omitempty"`
	Line int    `json:"line,omitempty"`
}

// Next returns what the author of a change can do about what was found, the most
// important first. What only reviewers and maintainers can settle is not among it,
// nor what was accepted. Nothing is executed: a command is told, not run.
func Next(r *evidence.Record, a *evidence.Assessment) []Step {
	steps := []Step{}
	for i := range a.Findings {
		x := &a.Findings[i]
		do := wording.Settle(x)
		if do == "" || x.Accepted != nil || severity(x.Level) < severity(evidence.LevelWarning) && !settledAsNote(x) {
			continue
		}
		s := Step{ID: x.ID, Rule: x.Rule, What: x.Text(), Do: do, Command: commandOf(r, x)}
		if len(x.Spans) > 0 {
			s.Path, s.Line = x.Spans[0].Path, x.Spans[0].First
		}
		steps = append(steps, s)
	}
	return steps
}

// settledAsNote reports whether an author should settle a finding although it is
// no more than a note.
func settledAsNote(x *evidence.Finding) bool {
	switch x.Rule {
	case "ticket-missing", "validation-failed", "validation-masked", "statement-not-supported":
		return true
	case "dependencies-changed":
		return len(x.Texts) > 0 && x.Texts[0].ID == "dependencies-changed.left"
	}
	return false
}

// commandOf returns the line of the first command that a finding rests on.
func commandOf(r *evidence.Record, x *evidence.Finding) string {
	switch x.Rule {
	case "validation-failed", "validation-masked", "validation-stale", "validation-narrower", "required-command-not-run":
	default:
		return ""
	}
	for _, ref := range x.Facts {
		i, ok := ref.Index()
		if !ok || ref.List() != evidence.ListSessions || i >= len(r.Sessions) {
			continue
		}
		s := &r.Sessions[i]
		k, isCommand := ref.Within(evidence.ListCommands)
		if n, isRepair := ref.Within(evidence.ListRepairs); isRepair && n < len(s.Repairs) && s.Repairs[n].FirstFailure != nil {
			k, isCommand = *s.Repairs[n].FirstFailure, true
		}
		if isCommand && k < len(s.Commands) {
			return unhidden(&s.Commands[k])
		}
	}
	return ""
}

// unhidden returns a command line without what hides its exit status: what follows a
// pipe, an alternative, a semicolon or an ampersand that no quotes are around.
func unhidden(c *evidence.Command) string {
	line, in := c.Line, rune(0)
	end := len(line)
	for i, b := range line {
		switch {
		case in != 0:
			if b == in {
				in = 0
			}
		case b == '"' || b == '\'':
			in = b
		case b == '|' || b == ';' || b == '&' && !strings.HasPrefix(line[i:], "&&") && (i == 0 || line[i-1] != '&' && line[i-1] != '>'):
			end = min(end, i)
		}
	}
	line = strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(line[:end]), "2>&1"))
	if line == "" || in != 0 || strings.Contains(line, "\n") {
		return c.Family
	}
	return line
}
