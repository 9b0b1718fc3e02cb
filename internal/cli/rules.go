package cli

import "github.com/mergebrief/mergebrief/internal/assess"

// rulesMarkdown is the list of rules in docs/rules.md.
func rulesMarkdown() string { return assess.Documentation() }
