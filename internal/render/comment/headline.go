package comment

import (
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/render/brief"
	"github.com/mergebrief/mergebrief/internal/render/text"
)

// Headline returns the open part of the comment as plain text for a terminal,
// without control characters: verdict, counts, what to look at first, gaps.
func Headline(b *evidence.Bundle) string {
	v := newView(b, brief.Options{}, commentRows)
	v.Record = withoutAddress(v.Record)
	var lines []string
	for _, l := range append([]string{strings.TrimPrefix(v.headline(), "### ")}, v.lead()...) {
		lines = append(lines, text.Plain(l))
	}
	return strings.TrimRight(strings.Join(lines, "\n"), "\n")
}

// withoutAddress returns a record whose places are not linked.
func withoutAddress(r *evidence.Record) *evidence.Record {
	c := *r
	c.Target.Repository.Server = ""
	return &c
}
