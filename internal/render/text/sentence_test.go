package text

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	gtext "github.com/yuin/goldmark/text"
	gutil "github.com/yuin/goldmark/util"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/wording"
)

// failed is what the rule about failed tests says of two tests of a file.
func failed(suite, one, another string) []wording.Part {
	return wording.Finding(&evidence.Finding{Texts: []evidence.Text{{ID: "tests-failed", Arguments: []evidence.Argument{
		{Name: "failed", Kind: evidence.ArgumentCount, Count: 2},
		{Name: "total", Kind: evidence.ArgumentCount, Count: 9},
		{Name: "suite", Kind: evidence.ArgumentName, Text: suite},
		{Name: "names", Kind: evidence.ArgumentNames, Names: []string{one, another}},
	}}}})
}

func TestSentence(t *testing.T) {
	long := strings.Repeat("name ", 100) + "end"
	for name, c := range map[string]struct {
		parts []wording.Part
		want  string
	}{
		"quotes and commas": {failed("junit.xml", "it says ”hello” to @octocat, then leaves", "plain"), "2 of 9 tests failed in `junit.xml`: `it says ”hello” to @octocat, then leaves`, `plain`"},
		"no name":           {failed("junit.xml", "", "\u200b"), "2 of 9 tests failed in `junit.xml`: _(empty)_, _(empty)_"},
		"foreign prose":     {[]wording.Part{{Kind: wording.Name, Text: "a"}, {Kind: wording.Prose, Text: " was not read: "}, {Kind: wording.Foreign, Text: "see @x, “b” \n"}}, "`a` was not read: see `@x,` “b”"},
		"two names":         {[]wording.Part{{Kind: wording.Name, Text: "a"}, {Kind: wording.Name, Text: "b"}}, "`a` `b`"},
		"one long name":     {failed("junit.xml", long, "plain"), "2 of 9 tests failed in `junit.xml`: `" + evidence.ClipMiddle(long, MaxName) + "`, `plain`"},
		"long prose":        {[]wording.Part{{Kind: wording.Prose, Text: "it: "}, {Kind: wording.Foreign, Text: long}}, "it: " + evidence.ClipMiddle(long, MaxSentence-4)},
	} {
		t.Run(name, func(t *testing.T) {
			if got := Sentence(c.parts); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

// However much others wrote, a sentence has a bound.
func TestSentenceIsBounded(t *testing.T) {
	many := make([]wording.Part, 1000)
	for i := range many {
		many[i] = wording.Part{Kind: wording.Kind(i % 3), Text: strings.Repeat("|", 100)}
	}
	if got := Sentence(many); len(got) > 20*MaxSentence || !strings.HasSuffix(got, " …") {
		t.Errorf("%d bytes: %q", len(got), got[len(got)-10:])
	}
}

// A name is one code span, whatever it holds.
func FuzzSentence(f *testing.F) {
	for _, s := range hostile() {
		f.Add(s, "plain")
		f.Add("a", s)
	}
	f.Fuzz(func(t *testing.T, one, another string) {
		suite := "r.xml"
		line := Sentence(failed(suite, one, another))
		var want []string
		for _, s := range []string{suite, one, another} {
			if s = Clean(s); s != "" {
				want = append(want, strings.TrimSpace(evidence.ClipMiddle(s, MaxName)))
			}
		}
		if diff := cmp.Diff(want, codeSpans(t, line)); diff != "" && len(one)+len(another) < 2*MaxName {
			t.Errorf("%q (-want +got):\n%s", line, diff)
		}
		seen := "2 of 9 tests failed in X: X, X"
		if shape, _, outside := parsed(t, line); outside != outsideOf(t, seen) && !strings.Contains(line, "_(empty)_") {
			t.Errorf("%q is %s, and %q stands outside of code", line, shape, outside)
		}
	})
}

// outsideOf is what stands outside of code in a line, in which X is a code span.
func outsideOf(t *testing.T, line string) string {
	t.Helper()
	_, _, outside := parsed(t, strings.ReplaceAll(line, "X", "`x`"))
	return outside
}

// codeSpans returns the texts of the code spans on a page.
func codeSpans(t *testing.T, page string) (all []string) {
	t.Helper()
	source := []byte(page)
	doc := goldmark.New(goldmark.WithExtensions(extension.GFM)).Parser().Parse(gtext.NewReader(source))
	inside := false
	err := ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		switch n := n.(type) {
		case *ast.CodeSpan:
			inside = entering
			if entering {
				all = append(all, "")
			}
		case *ast.RawHTML:
			if entering {
				inside = string(n.Segments.Value(source)) == "<code>"
				if inside {
					all = append(all, "")
				}
			}
		case *ast.Text:
			if entering && inside {
				piece := string(n.Segment.Value(source))
				if _, span := n.Parent().(*ast.CodeSpan); !span {
					piece = string(gutil.ResolveNumericReferences(n.Segment.Value(source)))
				}
				all[len(all)-1] += piece
			}
		}
		return ast.WalkContinue, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for i := range all {
		all[i] = strings.TrimSpace(all[i])
	}
	return slices.Clip(all)
}
