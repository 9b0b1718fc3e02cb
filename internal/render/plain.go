package render

import (
	"html"
	"regexp"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// The Markdown that this package writes in the open, and what a terminal shows
// in its place.
var (
	linkMarkup  = regexp.MustCompile("\\[(`[^`\n]*`|<code>[^<\n]*</code>|[^][`<>\n]*)\\]\\([^()\\s]*\\)")
	gradeMarkup = regexp.MustCompile(`<sup>([OVRM?])</sup>`)
	spanMarkup  = regexp.MustCompile("`([^`\n]*)`")
	codeMarkup  = regexp.MustCompile(`<code>([^<\n]*)</code>`)
)

// Headline returns the open part of the comment as plain text for a terminal,
// without control characters: verdict, counts, what to look at first, gaps.
func Headline(b *evidence.Bundle) string {
	v := newView(b, Options{}, commentRows)
	v.record = withoutAddress(v.record)
	var lines []string
	for _, l := range append([]string{strings.TrimPrefix(v.headline(), "### ")}, v.lead()...) {
		lines = append(lines, plain(l))
	}
	return strings.TrimRight(strings.Join(lines, "\n"), "\n")
}

// withoutAddress returns a record whose places are not linked.
func withoutAddress(r *evidence.Record) *evidence.Record {
	c := *r
	c.Target.Repository.Server = ""
	return &c
}

// plain returns a line of Markdown as text. Code spans are taken out last, and
// their content is not looked at again.
func plain(line string) string {
	line = gradeMarkup.ReplaceAllString(linkMarkup.ReplaceAllString(line, "$1"), " [$1]")
	var b strings.Builder
	for {
		at := strings.IndexAny(line, "`<")
		if at < 0 {
			break
		}
		loc := spanMarkup.FindStringSubmatchIndex(line[at:])
		if line[at] == '<' {
			loc = codeMarkup.FindStringSubmatchIndex(line[at:])
		}
		if loc == nil || loc[0] != 0 {
			b.WriteString(bare(line[:at+1]))
			line = line[at+1:]
			continue
		}
		content := line[at+loc[2] : at+loc[3]]
		if line[at] == '<' {
			content = html.UnescapeString(content)
		}
		b.WriteString(bare(line[:at]))
		b.WriteString(content)
		line = line[at+loc[1]:]
	}
	return b.String() + bare(line)
}

// bare takes bold out of text outside of code.
func bare(s string) string { return strings.ReplaceAll(s, "**", "") }
