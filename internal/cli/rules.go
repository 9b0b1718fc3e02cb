package cli

import (
	"fmt"
	"strings"

	"github.com/mergebrief/mergebrief/internal/assess"
)

// rulesMarkdown is the list of rules in docs/rules.md.
func rulesMarkdown() string {
	var b strings.Builder
	for _, r := range assess.Rules() {
		fmt.Fprintf(&b, "## %s\n\n%s\n\n", r.ID, strings.TrimSpace(r.Doc))
	}
	return b.String()
}
