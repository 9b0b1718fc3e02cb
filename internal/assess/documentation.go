package assess

import (
	"fmt"
	"strings"
)

// Documentation returns the page about all rules, in their order, as Markdown.
func Documentation() string {
	var b strings.Builder
	b.WriteString("| Rule | Level | Looks at |\n|---|---|---|\n")
	for _, r := range Rules() {
		fmt.Fprintf(&b, "| [%s](#%s) | %s | %s |\n", r.ID, r.ID, r.Level, r.Sees)
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
