package text

import (
	"html"
	"regexp"
	"strings"
)

// The Markdown that this package writes in the open, and what a terminal shows
// in its place.
var (
	linkMarkup  = regexp.MustCompile("\\[(`[^`\n]*`|<code>[^<\n]*</code>|[^][`<>\n]*)\\]\\([^()\\s]*\\)")
	gradeMarkup = regexp.MustCompile(`<sup>([OVRM?])</sup>`)
	spanMarkup  = regexp.MustCompile("`([^`\n]*)`")
	codeMarkup  = regexp.MustCompile(`<code>([^<\n]*)</code>`)
	// Words of ours that are set apart, such as what to do about a finding.
	adviceMarkup = regexp.MustCompile(`(^|[ (])_([A-Z][^_\n]*)_`)
)

// Plain returns a line of Markdown as text. Code spans are taken out last, and
// their content is not looked at again.
func Plain(line string) string {
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

// bare takes bold and italics out of text outside of code.
func bare(s string) string {
	return adviceMarkup.ReplaceAllString(strings.ReplaceAll(s, "**", ""), "$1$2")
}
