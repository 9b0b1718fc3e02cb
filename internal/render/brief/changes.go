package brief

import (
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/render/text"
)

// EditedBy says who made a later edit, as far as anything tells.
func EditedBy(e *evidence.LaterEdit) string {
	switch e.By {
	case evidence.LaterByOtherRun:
		return "another agent run" + text.Grade(evidence.Reported)
	case evidence.LaterBySomeRun:
		return "some agent run" + text.Grade(evidence.Reported)
	case evidence.LaterByHuman:
		return "a known person" + text.Grade(evidence.Reported)
	}
	return "not known" + text.Grade(evidence.Missing)
}

// FileKind says what is special about a file.
func FileKind(f evidence.File) string {
	var words []string
	switch f.Status {
	case evidence.FileModified, "":
	case evidence.FileRenamed, evidence.FileCopied:
		words = append(words, string(f.Status)+" from "+text.Code(f.OldPath, text.MaxName))
	default:
		words = append(words, text.Text(f.Status, text.MaxName))
	}
	if f.Binary {
		words = append(words, "binary")
	}
	if f.Submodule {
		words = append(words, "submodule")
	}
	if f.Mode != "" && f.OldMode != "" && f.Mode != f.OldMode {
		words = append(words, "mode "+text.Code(f.OldMode, text.MaxName)+" to "+text.Code(f.Mode, text.MaxName))
	}
	if len(words) == 0 {
		return ""
	}
	return " " + strings.Join(words, ", ")
}
