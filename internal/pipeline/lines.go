package pipeline

import (
	"context"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/git"
	"github.com/mergebrief/mergebrief/internal/redact"
	"github.com/mergebrief/mergebrief/internal/render/page"
)

// LineReader reads the text of a change for the page. The lines go from git
// through the redactor into the page, and nowhere else.
type LineReader func(*evidence.Bundle) *page.Diff

// LinesOf reads the lines from a repository, nil when there is none.
func LinesOf(ctx context.Context, repo *git.Repo, redactor *redact.Redactor) LineReader {
	return func(b *evidence.Bundle) *page.Diff {
		t := b.Record.Target
		switch {
		case len(b.Record.Files) == 0:
			return nil
		case repo == nil:
			return page.NoDiff("The lines of the diff are not shown: there was no checkout to read them from.")
		case t.MergeBase == "":
			return page.NoDiff("The lines of the diff are not shown: where the change starts is not known.")
		}
		d := page.NewDiff(b)
		err := repo.Patch(ctx, t.MergeBase, t.Head, func(l git.PatchLine) {
			d.Add(l.Path, byte(l.Kind), l.Old, l.New, l.Text)
		})
		if err != nil {
			return page.NoDiff("The lines of the diff are not shown, since git could not read them: " + err.Error() + ".")
		}
		d.Redact(redactor.Lines)
		return d
	}
}

// WithoutLines is the page without code, as configured.
func WithoutLines(*evidence.Bundle) *page.Diff {
	return page.NoDiff("The lines of the diff are not shown: the input report-code is off.")
}
