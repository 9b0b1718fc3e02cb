// Package render turns a bundle into what people see: the comment on the pull
// request, the check run with its annotations, the summary of the job.
//
// It hides Markdown, GitHub's limits and the danger in other people's words. It
// promises that equal bundles and options give equal bytes; that a result keeps
// within its budget, says what was left out and where that can be read, and
// leaves out failures last; that every fact carries the letter of its basis; and
// that text which others wrote is shown and does nothing else: all of it goes
// through text and code.
package render

import (
	"cmp"

	"github.com/mergebrief/mergebrief/internal/evidence"
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

// Options are what renderers need beside the bundle.
type Options struct {
	// Key that keeps several comments of one pull request apart.
	Key string
	// Where the edition can be seen; empty addresses are left out.
	Links Links
	// Digest of the stored bundle, as "sha256:<hex>".
	Digest string
	// Text of the change, for [Report]; nil when nobody asked for it.
	Diff *Diff
	// Budget in bytes that replaces the default one, at least 10,000; 0 keeps it.
	MaxBytes int
}

// Links are addresses of an edition's places.
type Links struct {
	Artifact string
	Check    string
	Comment  string
	Run      string
}

// Comment returns the comment on the pull request. Its first line is the marker,
// see [MarkerPrefix].
func Comment(b *evidence.Bundle, o Options) string {
	v := newView(b, o, commentRows)
	head := append([]string{marker(v.record, o.Key)}, v.headline())
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
func Summary(b *evidence.Bundle, o Options) string {
	v := newView(b, o, summaryRows)
	return v.fit(append([]string{v.headline()}, v.lead()...), v.sections(), cmp.Or(o.MaxBytes, maxSummaryBytes))
}

// view is a bundle on its way to one place.
type view struct {
	Options
	record *evidence.Record
	assess *evidence.Assessment
	rows   int
	files  map[string]*evidence.File
}

func newView(b *evidence.Bundle, o Options, rows int) *view {
	v := &view{Options: o, record: &b.Record, assess: &b.Assessment, rows: rows, files: make(map[string]*evidence.File, len(b.Record.Files))}
	for i := range b.Record.Files {
		v.files[b.Record.Files[i].Path] = &b.Record.Files[i]
	}
	if v.Links.Run == "" && b.Record.Run != nil {
		v.Links.Run = b.Record.Run.URL
	}
	return v
}

// quiet reports whether there is nothing that anyone needs to know.
func (v *view) quiet() bool {
	return len(v.focus()) == 0 && len(v.gaps()) == 0 && v.failures().total == 0
}
