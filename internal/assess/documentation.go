package assess

import (
	"fmt"
	"strings"
)

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

// Documentation returns the page about all rules, in their order, as Markdown.
func Documentation() string {
	var b strings.Builder
	b.WriteString(ranking)
	b.WriteString("| Rule | Level | Looks at |\n|---|---|---|\n")
	for _, r := range Rules() {
		fmt.Fprintf(&b, "| [%s](#%s) | %s | %s |\n", r.ID, r.ID, r.Level, strings.ReplaceAll(r.Sees, "|", `\|`))
	}
	for _, r := range Rules() {
		fmt.Fprintf(&b, "\n## %s\n\n**Level** %s.%s\n\n**Looks at** %s\n\n**Why** %s\n\n**To accept it** %s\n", r.ID, r.Level, r.nature(), r.Sees, r.Why, r.Accept)
	}
	return b.String()
}

func (r Rule) nature() string {
	switch {
	case r.Failure:
		return " Counts as a failure in the verdict."
	case r.Gap:
		return " Listed among the gaps."
	}
	return ""
}
