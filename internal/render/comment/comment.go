// Package comment writes the Markdown that people read on the code host: the
// comment, the summary of the job, the output of the check run with annotations.
//
// It hides the layout, and GitHub's limits. It promises that a result keeps within
// its budget, says what was left out and where that can be read, and leaves out
// failures last.
package comment

import (
	"cmp"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/render/brief"
)

const (
	// maxCommentBytes keeps a comment below the 65,536 characters that GitHub
	// stores, with room for line ends that become CR LF on the way.
	maxCommentBytes = 60000
	// maxSummaryBytes keeps the summary of the job below the 1 MiB from which on
	// the runner drops it (actions/runner, FileCommandManager.cs).
	maxSummaryBytes = 1000000
	// commentRows and summaryRows bound each list and table. With them the
	// failures of the largest pull request stay below both budgets.
	commentRows = 25
	summaryRows = 500
)

// Body returns the comment on the pull request. Its first line is the marker,
// see [MarkerPrefix].
func Body(b *evidence.Bundle, o brief.Options) string {
	v := newView(b, o, commentRows)
	head := append([]string{marker(v.Record, o.Key)}, v.headline())
	head = append(head, v.lead()...)
	if v.quiet() {
		if !v.redBefore() {
			return joined(append(head, v.footer()))
		}
		return v.fit(head, []section{v.ledger()}, cmp.Or(o.MaxBytes, maxCommentBytes))
	}
	return v.fit(head, v.sections(), cmp.Or(o.MaxBytes, maxCommentBytes))
}

// Summary returns the summary of the job: the comment with everything that a
// comment has no room for.
func Summary(b *evidence.Bundle, o brief.Options) string {
	v := newView(b, o, summaryRows)
	return v.fit(append([]string{v.headline()}, v.lead()...), v.sections(), cmp.Or(o.MaxBytes, maxSummaryBytes))
}

// view is a bundle on its way to Markdown.
type view struct{ *brief.View }

func newView(b *evidence.Bundle, o brief.Options, rows int) *view {
	return &view{brief.New(b, o, rows)}
}

// quiet reports whether there is nothing that anyone needs to know.
func (v *view) quiet() bool {
	return len(v.points()) == 0 && len(v.gaps()) == 0 && v.failures().total == 0
}
