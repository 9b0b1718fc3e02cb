package comment

import (
	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/render/text"
)

// span returns a place in a file, linked to the head where the repository is
// known.
func (v *view) span(s evidence.Span) string {
	return v.place(s.Path, text.LineSuffix(s), text.LineFragment(s))
}

// place returns a path with what follows it, which is never cut. Only files of
// the change are linked: other paths need not exist.
func (v *view) place(path, suffix, fragment string) string {
	shown := text.Code(evidence.ClipMiddle(text.Clean(path), text.MaxName-len(suffix))+suffix, text.MaxName)
	f := v.Files[path]
	if f == nil || f.Status == evidence.FileDeleted {
		return shown
	}
	if url := v.Blob(path, fragment); url != "" {
		return "[" + shown + "](" + url + ")"
	}
	return shown
}
