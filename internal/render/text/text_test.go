package text

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	east "github.com/yuin/goldmark/extension/ast"
	gtext "github.com/yuin/goldmark/text"
	gutil "github.com/yuin/goldmark/util"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/wording"
)

func TestText(t *testing.T) {
	tests := map[string]struct{ in, want string }{
		"plain":            {"Fix the parser, again.", "Fix the parser, again."},
		"mention":          {"thanks @octocat!", "thanks `@octocat!`"},
		"team":             {"cc @octo/core", "cc `@octo/core`"},
		"reference":        {"see #12 and GH-7", "see `#12` and `GH-7`"},
		"other repository": {"octo/demo#1", "`octo/demo#1`"},
		"commit":           {"since a1b2c3d4", "since `a1b2c3d4`"},
		"address":          {"see https://evil.example/x now", "see `https://evil.example/x` now"},
		"bare address":     {"www.evil.example", "`www.evil.example`"},
		"mail":             {"mail a@b.example", "mail `a@b.example`"},
		"image":            {"![x](http://t.example/p.png)", "<code>&#33;&#91;x&#93;&#40;http&#58;&#47;&#47;t&#46;example&#47;p&#46;png&#41;</code>"},
		"html":             {"<img src=x> <b>", "`<img` `src=x>` `<b>`"},
		"comment":          {"<!-- mergebrief:v1 pr=1", "`<!--` `mergebrief:v1` pr=1"},
		"emphasis":         {"**bold** snake_case", "`**bold**` `snake_case`"},
		"entity":           {"a &lt; b", "a `&lt;` b"},
		"emoji":            {"done :tada:", "done `:tada:`"},
		"formula":          {"costs $5", "costs <code>&#36;5</code>"},
		"back quotes":      {"run `ls`", "run <code>&#96;ls&#96;</code>"},
		"pipe":             {"a|b", "<code>a&#124;b</code>"},
		"fence":            {"```\nx", "<code>&#96;&#96;&#96;</code> x"},
		"list":             {"- item", "`-` item"},
		"ordered list":     {"1. item", "`1.` item"},
		"heading":          {"# title", "`#` title"},
		"rule":             {"---", "`---`"},
		"lines":            {"a\n\n\nb\tc", "a b c"},
		"direction":        {"a\u202eb\u2066c", "abc"},
		"zero width":       {"@\u200boctocat", "`@octocat`"},
		"blank letters":    {"a\u3164\u2800b", "a b"},
		"escape":           {"\x1b[31mred\x1b[0m", "<code>&#91;31mred&#91;0m</code>"},
		"invalid":          {"a\xffb", "a\ufffdb"},
		"stacked marks":    {"a" + strings.Repeat("\u0301", 50), "a\u0301\u0301\u0301"},
		"empty":            {"", ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := Text(tt.in, MaxSentence); got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}

func TestCut(t *testing.T) {
	for _, tt := range []struct {
		in    string
		limit int
		want  string
	}{{"short", 10, "short"}, {"0123456789abcdef", 12, "012345…def"}, {strings.Repeat("é", 10), 12, "ééé…é"}} {
		if got := evidence.ClipMiddle(tt.in, tt.limit); got != tt.want || len(got) > tt.limit {
			t.Errorf("cut(%q, %d) = %q, want %q", tt.in, tt.limit, got, tt.want)
		}
	}
}

// contexts are the places in which untrusted text stands on a page.
var contexts = []string{"%s", "- %s", "word %s word", "word `code` %s, `code`", "- [ ] %s", "### title · %s", "| head | head |\n|---|---|\n| %s | cell |", "<sub>%s</sub>", "[%s](https://ok.example/)"}

func FuzzText(f *testing.F) {
	for _, s := range hostile() {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, limit := range []int{20, MaxSentence} {
			want := evidence.ClipMiddle(Clean(s), limit)
			for _, c := range contexts {
				if !strings.HasPrefix(c, "[") { // only names are linked
					checkInert(t, c, Text(s, limit), want)
				}
				if want != "" {
					checkInert(t, c, Code(s, limit), want)
				}
				if limit == MaxSentence && len(want) < MaxName && !strings.HasPrefix(c, "[") {
					checkInert(t, c, Sentence([]wording.Part{{Kind: wording.Foreign, Text: s}}), want)
				}
			}
		}
	})
}

// hostile is text that means something to Markdown, to GitHub or to a terminal.
func hostile() []string {
	return []string{
		"@octocat", "see #1, GH-1 and octo/demo@a1b2c3d4", "[x](https://evil.example)", "![x](https://evil.example/p.png)", "<img src=x onerror=y>", "</details><script>",
		"<!-- mergebrief:v1 pr=7 key=k -->", "```\ncode\n```", "`a``b```c", "a | b | c", "\\`\\|\\", "|---|---|", "1. a\n2. b", "# h", "***", "~~~", "&amp;&#64;octocat", "$`x`$ $$y$$",
		"\u202eabc\u2066", "\x1b[31m", "a\x00b", "ftp://x.example http://y.example mailto:a@b.example", "[^1]: note", "- [ ] task", "<https://x.example>", ":tada:", "www.x.example", "\ufeff@x", "\\", "`", "a`", "``a", "$", "`$`",
		"<a@b.example>", "http://a.example/?q=`x`", "x\u2028y", "🏳️‍🌈 family", strings.Repeat("`", 40), strings.Repeat("|", 40), "tel:+1", "<details open>", "a\u0301\u0301\u0301\u0301\u0301",
		"]:", "[a]: b", "[^1]:", "“x”“@y”`z`", "“a` `b” “", "”“#1”@o“", "test “a ” b” failed", "“”", "a1b2“”c3d4", "“", "a “",
	}
}

var (
	outsideCode = regexp.MustCompile(`[@#<>&*_~$\x60\[\]|\\]|(?i:[0-9a-f]{7}|gh-[0-9]|www\.|://)`)
	ourElement  = regexp.MustCompile(`^</?(?:code|sub)>$`)
)

// checkInert parses a page with s in context and compares: what is seen is the
// text, nothing stands outside of code that means anything, and the structure is
// that of the context.
func checkInert(t *testing.T, context, s, want string) {
	t.Helper()
	shape, _, _ := parsed(t, fmt.Sprintf(context, "X"))
	got, seen, outside := parsed(t, fmt.Sprintf(context, s))
	if diff := cmp.Diff(shape, got); diff != "" && want != "" {
		t.Errorf("%q in %q becomes %q, another structure (-want +got):\n%s", want, context, s, diff)
	}
	if framed := strings.Replace(contextText(t, context), "X", want, 1); squeeze(seen) != squeeze(framed) {
		t.Errorf("%q in %q becomes %q and is shown as %q", want, context, s, seen)
	}
	if m := outsideCode.FindString(outside); m != "" {
		t.Errorf("%q in %q becomes %q: %q stands outside of code", want, context, s, m)
	}
	if strings.ContainsFunc(s, func(r rune) bool { return unicode.In(r, unicode.Cc, unicode.Cf) }) || !utf8.ValidString(s) {
		t.Errorf("%q becomes %q", want, s)
	}
}

// squeeze removes what is not kept: spaces at the ends of code spans, and the
// quotes of names.
func squeeze(s string) string { return strings.NewReplacer(" ", "", "“", "", "”", "").Replace(s) }

func contextText(t *testing.T, context string) string {
	t.Helper()
	_, seen, _ := parsed(t, fmt.Sprintf(context, "X"))
	return seen
}

// parsed returns the block structure and links of a page, its text, and the part
// of the text that is not code.
func parsed(t *testing.T, page string) (shape, seen, outside string) {
	t.Helper()
	source := []byte(page)
	doc := goldmark.New(goldmark.WithExtensions(extension.GFM, extension.Footnote)).Parser().Parse(gtext.NewReader(source))
	var s, all, out strings.Builder
	code, span := 0, 0
	err := ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if n.Kind() == ast.KindCodeSpan {
			span += map[bool]int{true: 1, false: -1}[entering]
		}
		if !entering {
			return ast.WalkContinue, nil
		}
		var piece string
		switch n := n.(type) {
		case *ast.Text:
			piece = string(gutil.ResolveNumericReferences(gutil.UnescapePunctuations(n.Segment.Value(source))))
			if span > 0 {
				piece = string(n.Segment.Value(source))
			}
		case *ast.String:
			piece = string(n.Value)
		case *ast.CodeSpan, *east.TaskCheckBox:
		case *ast.RawHTML:
			tag := string(n.Segments.Value(source))
			if !ourElement.MatchString(tag) {
				t.Errorf("raw HTML %q in %q", tag, page)
			}
			if tag == "<code>" {
				code++
			} else if tag == "</code>" {
				code--
			}
		case *ast.Link:
			fmt.Fprintf(&s, "link %s\n", n.Destination)
		default:
			fmt.Fprintf(&s, "%s\n", n.Kind())
			out.WriteString("\n")
		}
		all.WriteString(piece)
		if code+span == 0 {
			out.WriteString(piece)
		}
		return ast.WalkContinue, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return s.String(), all.String(), out.String()
}
