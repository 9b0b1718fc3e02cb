package cli

import (
	"fmt"
	"strings"
	"testing"

	"github.com/mergebrief/mergebrief/internal/action"
	"github.com/mergebrief/mergebrief/internal/assess"
	"github.com/mergebrief/mergebrief/internal/format"
	"github.com/mergebrief/mergebrief/internal/gather"
)

// inputsYAML is the inputs block of action.yml.
func inputsYAML() string {
	var b strings.Builder
	b.WriteString("inputs:\n")
	for _, in := range action.Inputs {
		fmt.Fprintf(&b, "  %s:\n    description: %s\n    required: false\n    default: %s\n", in.Name, quote(in.Description()), quote(in.Default))
	}
	return b.String()
}

// outputsYAML is the outputs block of action.yml.
func outputsYAML() string {
	var b strings.Builder
	b.WriteString("outputs:\n")
	for _, out := range action.Outputs {
		fmt.Fprintf(&b, "  %s:\n    description: %s\n", out.Name, quote(out.Doc))
	}
	return b.String()
}

// inputsMarkdown is the table of the inputs.
func inputsMarkdown() string {
	var b strings.Builder
	b.WriteString("| Input | Default | Meaning |\n| --- | --- | --- |\n")
	for _, in := range action.Inputs {
		def := "none"
		if in.Default != "" {
			def = "`" + in.Default + "`"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", in.Name, def, cell(in.Description()))
	}
	return b.String()
}

// outputsMarkdown is the table of the outputs.
func outputsMarkdown() string {
	var b strings.Builder
	b.WriteString("| Output | Meaning |\n| --- | --- |\n")
	for _, out := range action.Outputs {
		fmt.Fprintf(&b, "| `%s` | %s |\n", out.Name, cell(out.Doc))
	}
	return b.String()
}

// quote returns a YAML scalar. In single quotes a doubled quote is the only
// escape.
func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

func cell(s string) string { return strings.ReplaceAll(s, "|", `\|`) }

// commandsMarkdown is the table of subcommands in the README.
func commandsMarkdown() string {
	var b strings.Builder
	b.WriteString("| Command | What it does |\n| --- | --- |\n")
	for _, sub := range (&Command{}).subcommands() {
		fmt.Fprintf(&b, "| `mergebrief %s` | %s |\n", strings.ReplaceAll(sub.Use, "|", "\\|"), sub.Short)
	}
	return b.String()
}

// formatsMarkdown is the table of formats in the README.
func formatsMarkdown() string {
	var b strings.Builder
	b.WriteString("| Format | Name | Evidence | Notes |\n| --- | --- | --- | --- |\n")
	for _, f := range format.All() {
		fmt.Fprintf(&b, "| %s | `%s` | %s | %s |\n", f.Title, f.Name, f.Kind, f.Note)
	}
	return b.String()
}

// usualNamesMarkdown is the list of the file names that need no configuration.
func usualNamesMarkdown() string {
	var b strings.Builder
	b.WriteString("| Evidence | Files |\n| --- | --- |\n")
	for _, p := range gather.UsualPlaces() {
		fmt.Fprintf(&b, "| %s | `%s` |\n", p.Holds, cell(strings.Join(p.Patterns, "` `")))
	}
	return b.String()
}

// ranking says in which order findings are shown.
const ranking = `Findings are ordered by level (error, warning, note), then by the number of rules that agree about a place, then by the
order below. Findings about overlapping lines of a file become one, at the narrowest place; so do findings that rest on one
failed check, and the same finding in several places or agent runs. "Look here first" has at most five of them, at most two
from one rule, and says how many more there are; what is missing is listed under "Gaps" instead. Where a check of the head
shows that it works, findings about the agent's own validation become notes. Agent runs that nothing joins with the change
count in no rule.

A gate fails on findings from its level on. Only observed or verified facts satisfy a rule that asks for something:
a ticket, a review, a check or a test result that nothing but a file reports does not.

`

// rulesMarkdown is the list of rules in docs/rules.md, in their order.
func rulesMarkdown() string {
	var b strings.Builder
	b.WriteString(ranking)
	b.WriteString("| Rule | Level | Looks at |\n|---|---|---|\n")
	for _, r := range assess.Rules() {
		fmt.Fprintf(&b, "| [%s](#%s) | %s | %s |\n", r.ID, r.ID, r.Level, strings.ReplaceAll(r.Sees, "|", `\|`))
	}
	for _, r := range assess.Rules() {
		fmt.Fprintf(&b, "\n## %s\n\n**Level** %s.%s\n\n**Looks at** %s\n\n**Why** %s\n\n**To accept it** %s\n", r.ID, r.Level, nature(r), r.Sees, r.Why, r.Accept)
	}
	return b.String()
}

func nature(r assess.Rule) string {
	switch {
	case r.Failure:
		return " Counts as a failure in the verdict."
	case r.Gap:
		return " Listed among the gaps."
	}
	return ""
}

func TestMarkdownTables(t *testing.T) {
	for name, tt := range map[string]struct {
		text string
		rows int
		cols int
	}{
		"inputs":  {inputsMarkdown(), len(action.Inputs), 3},
		"outputs": {outputsMarkdown(), len(action.Outputs), 2},
	} {
		lines := strings.Split(strings.TrimSuffix(tt.text, "\n"), "\n")
		if len(lines) != tt.rows+2 {
			t.Errorf("%s: %d lines, want %d", name, len(lines), tt.rows+2)
		}
		for _, line := range lines {
			if got := strings.Count(line, "|") - strings.Count(line, `\|`); got != tt.cols+1 {
				t.Errorf("%s: %d bars in %q, want %d", name, got, line, tt.cols+1)
			}
		}
	}
}
