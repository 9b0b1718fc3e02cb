package action

import "strings"

// Description returns what action.yml and the README say about the input, as
// Markdown.
func (in Input) Description() string {
	if in.Values == nil {
		return in.Doc
	}
	return in.Doc + " Allowed: `" + strings.Join(in.Values, "`, `") + "`."
}

// Usage returns the text for the input's flag on the command line.
func (in Input) Usage() string { return strings.ReplaceAll(in.Description(), "`", "") }
