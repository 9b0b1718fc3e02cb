package results

import (
	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/format/lex"
)

// bad reports whether an outcome is neither a pass nor a skip.
func bad(o evidence.Outcome) bool { return o == evidence.Failed || o == evidence.Errored }

// explain is the message of a case: what was said about a failure, the reason of
// a skip or else the label of it, and nothing for a pass.
func explain(o evidence.Outcome, said, label string) string {
	switch {
	case o == evidence.Passed:
		return ""
	case bad(o):
		return lex.Message(said)
	}
	if reason := evidence.Clip(lex.Message(said), lex.MaxReasonBytes); reason != "" {
		return reason
	}
	return lex.Name(label)
}
