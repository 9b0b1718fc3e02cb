package brief

import (
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/render/text"
)

// CheckState says how a check ended, or where it stands.
func CheckState(c evidence.Check) string {
	switch {
	case c.Status != evidence.CheckCompleted:
		return "not finished"
	case c.Conclusion == evidence.ConclusionSuccess:
		return "passed"
	case c.Conclusion == "":
		return "without a conclusion"
	}
	return Conclusion(c)
}

// Conclusion says how a check ended that is not a pass.
func Conclusion(c evidence.Check) string {
	if c.Conclusion == evidence.ConclusionFailure || c.Conclusion == evidence.ConclusionError {
		return "failed"
	}
	return "ended as " + text.Text(text.Spaced(c.Conclusion), text.MaxName)
}

// Attempts lists the outcomes of the attempts at a test, the first five.
func Attempts(all []evidence.Outcome) string {
	words := make([]string, 0, len(all))
	for _, o := range all[:min(len(all), 5)] {
		words = append(words, text.Text(o, text.MaxName))
	}
	if len(all) > 5 {
		words = append(words, "…")
	}
	return strings.Join(words, ", ")
}

// OwnWords says that the change, or who wrote it, defines a check, "" when that is not
// known: its result shows nothing about the change.
func OwnWords(c evidence.Check) string {
	switch {
	case !c.Definition.OfChange():
		return ""
	case c.Definition.State == evidence.DefinitionAuthor:
		return "set by an author of the change"
	}
	return "the change edits what it runs"
}
