package render_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/text"

	"github.com/mergebrief/mergebrief/internal/assess"
	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/render/comment"
)

var (
	ourBlocks  = regexp.MustCompile(`^(?:<!-- mergebrief:v1 [^<>]* -->|<!-- mergebrief:ledger v1 sha256:[0-9a-f]{64} [A-Za-z0-9+/=]* -->|<details><summary>[A-Za-z0-9 ,()]*</summary>|</details>)\n?$`)
	ourInlines = regexp.MustCompile(`^</?(?:code|sup|sub)>$`)
	ourLinks   = regexp.MustCompile(`^https://github\.com/(?:octo/shop/|mergebrief/mergebrief/blob/main/docs/[a-z/-]+\.md$)`)
	alive      = regexp.MustCompile(`[@#]|(?i:gh-[0-9]|www\.|://)`)
)

// Whatever others wrote, a page has no HTML, link or image but ours, and nothing
// outside of code that GitHub would turn into something.
func TestPagesAreInert(t *testing.T) {
	for name, s := range situations(t) {
		b := judged(s)
		check := comment.Check(b, options(b))
		for kind, page := range map[string]string{"comment": comment.Body(b, options(b)), "summary": comment.Summary(b, options(b)), "check": check.Summary, "check text": check.Text} {
			t.Run(name+" "+kind, func(t *testing.T) { inspect(t, page) })
		}
	}
}

func inspect(t *testing.T, page string) {
	t.Helper()
	source := []byte(page)
	doc := goldmark.New(goldmark.WithExtensions(extension.GFM, extension.Footnote)).Parser().Parse(text.NewReader(source))
	code := 0
	err := ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if n.Kind() == ast.KindCodeSpan {
			return ast.WalkSkipChildren, nil
		}
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.HTMLBlock:
			if block := string(n.Lines().Value(source)); !ourBlocks.MatchString(block) {
				t.Errorf("HTML block %q", block)
			}
		case *ast.RawHTML:
			tag := string(n.Segments.Value(source))
			if !ourInlines.MatchString(tag) {
				t.Errorf("HTML %q", tag)
			}
			code += map[string]int{"<code>": 1, "</code>": -1}[tag]
		case *ast.Link:
			if !ourLinks.Match(n.Destination) {
				t.Errorf("link to %s", n.Destination)
			}
		case *ast.AutoLink, *ast.Image, *ast.FencedCodeBlock, *ast.CodeBlock, *ast.ThematicBreak, *ast.Blockquote:
			t.Errorf("%s", n.Kind())
		case *ast.Text:
			if piece := n.Segment.Value(source); code == 0 && alive.Match(piece) {
				t.Errorf("%q outside of code", piece)
			}
		}
		return ast.WalkContinue, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if strings.Count(page, "<details>") != strings.Count(page, "</details>\n") {
		t.Error("a section is not closed")
	}
}

// Every failure is named before anything is cut, whatever the size; what is cut
// is announced, and pages end with their footer.
func TestBudget(t *testing.T) {
	for _, name := range []string{"many-failures", "hostile", "repair", "lost-records"} {
		for _, blow := range []int{1, 30, 120} {
			for _, budget := range []int{10000, 25000, 60000} {
				if drawn(t) == 0 && !(blow == 1 && budget == 60000 || blow == 30 && budget != 25000 || blow == 120 && budget == 25000 && name == "many-failures") {
					continue // everything fits, much is cut, most is cut: the others are between
				}
				t.Run(fmt.Sprintf("%s %d in %d", name, blow, budget), func(t *testing.T) {
					b := blown(situationOf(t, name), blow, strings.Repeat("`|<@x> ", 40))
					o := options(b)
					o.MaxBytes = budget
					page := comment.Body(b, o)
					if len(page) > budget {
						t.Errorf("%d bytes", len(page))
					}
					checkComplete(t, page, sectionsOf(b))
				})
			}
		}
	}
}

// drawn is how many sizes of pages MERGEBRIEF_BUDGETS asks for, 0 for the few that
// are looked at on every run.
func drawn(t *testing.T) int {
	t.Helper()
	value := os.Getenv("MERGEBRIEF_BUDGETS")
	if value == "" {
		return 0
	}
	n, err := strconv.Atoi(value)
	if err != nil || n < 1 {
		t.Fatalf("MERGEBRIEF_BUDGETS: %q is no number of sizes", value)
	}
	return n
}

// TestBudgetOfAnySize draws sizes and texts: nothing of any length may push the
// failures out or the page over its budget.
func TestBudgetOfAnySize(t *testing.T) {
	sizes, largest := 6, 20
	if n := drawn(t); n > 0 {
		sizes, largest = n, 60
	}
	random := rand.New(rand.NewPCG(7, 11))
	texts := []string{"x", "`", "|", "<b>", "\u202e", "é", "@a ", "](", "\n", "“", "; ", "&#64;"}
	for i := range sizes {
		var long strings.Builder
		for range random.IntN(900) {
			long.WriteString(texts[random.IntN(len(texts))])
		}
		name := []string{"many-failures", "repair", "lost-records", "masked-and-stale"}[random.IntN(4)]
		blow, budget := 1+random.IntN(largest), 10000+random.IntN(50001)
		t.Run(fmt.Sprintf("%d: %s %d in %d", i, name, blow, budget), func(t *testing.T) {
			b := blown(situationOf(t, name), blow, long.String())
			o := options(b)
			o.MaxBytes = budget
			page := comment.Body(b, o)
			if len(page) > budget {
				t.Errorf("%d bytes", len(page))
			}
			checkComplete(t, page, sectionsOf(b))
			if check := comment.Check(b, o); len(check.Text) > 60000 || len(check.Summary) > 60000 {
				t.Errorf("check of %d and %d bytes", len(check.Text), len(check.Summary))
			}
		})
	}
}

// sectionsOf is how many sections the comment on a bundle has when nothing is cut.
func sectionsOf(b *evidence.Bundle) int {
	o := options(b)
	o.MaxBytes = 1 << 30
	return strings.Count(comment.Body(b, o), "<details>")
}

func checkComplete(t *testing.T, page string, whole int) {
	t.Helper()
	inspect(t, page)
	if !strings.HasSuffix(page, "</sub>\n") {
		t.Errorf("ends %q", page[len(page)-100:])
	}
	sections := strings.Count(page, "<details>")
	if announced := strings.Contains(page, "_Cut for length: "); announced == (sections == whole) {
		t.Errorf("%d sections, announced: %t", sections, announced)
	}
	if sections > 0 && !strings.Contains(page, "<details><summary>Validation") {
		t.Error("sections without the failures")
	}
	lead, _, _ := strings.Cut(page, "<details>")
	if !strings.Contains(lead, "Before you approve") || !strings.Contains(lead, "failed") {
		t.Errorf("the lead does not speak of failures: %q", lead)
	}
}

// blown is a situation with everything that can be many repeated, and long.
func blown(s situation, n int, long string) *evidence.Bundle {
	r := s.record
	for i := range n {
		name := fmt.Sprintf("%s %d", long, i)
		c := s.record.Checks[0]
		c.Name, c.Conclusion = name, evidence.ConclusionFailure
		f := added("very/"+strings.Repeat("deep/", 40)+name, 3, 1)
		suite := evidence.Suite{Origin: reported(name), Counts: evidence.Counts{Total: 2, Failed: 1, Skipped: 1}, Cases: []evidence.Case{{Name: name, Class: long, Outcome: evidence.Failed, Message: long + long, File: f.Path, Line: 11}, {Name: name, Outcome: evidence.Skipped}}}
		x := s.record.Sessions[0]
		x.ID, x.Agent = name, name
		if len(r.Heads) > 0 {
			r.Heads[0].Results = append(r.Heads[0].Results, evidence.CheckResult{Check: c, FailedSteps: []string{long, long}})
		}
		x.Denied = []evidence.DeniedCall{{Tool: long, Subject: long}}
		ticket := r.Tickets[0]
		ticket.Key = name
		r.Checks, r.Files, r.Suites = append(r.Checks, c), append(r.Files, f), append(r.Suites, suite)
		r.Sessions, r.Tickets = append(r.Sessions, x), append(r.Tickets, ticket)
		r.Gaps = append(r.Gaps, evidence.Gap{Origin: evidence.Origin{Basis: evidence.Missing, Reason: evidence.Denied}, Subject: name, Detail: long, Hint: long})
		r.Scans = append(r.Scans, evidence.Scan{Origin: reported(name), Tool: name, DidNotRun: true, Message: long})
	}
	return judged(situation{r, s.policy})
}

// Equal bundles give equal bytes.
func TestSameBytes(t *testing.T) {
	for _, name := range names(t) {
		a, b := judged(situationOf(t, name)), judged(situationOf(t, name))
		if comment.Body(a, options(a)) != comment.Body(b, options(b)) || comment.Summary(a, options(a)) != comment.Summary(b, options(b)) {
			t.Errorf("%s: two renderings differ", name)
		}
	}
}

// The annotations are on lines of the change, failures first.
func TestCheckAnnotations(t *testing.T) {
	s := situationOf(t, "repair")
	b := judged(s)
	out := comment.Check(b, options(b))
	var got []string
	for _, a := range out.Annotations {
		got = append(got, fmt.Sprintf("%s %s:%d-%d %s", a.Level, a.Path, a.Start, a.End, a.Title))
	}
	want := []string{
		"failure internal/auth/token_test.go:12-12 TestRefresh/expired_token",
		"failure internal/auth/token_test.go:12-12 tests-failed",
		"warning internal/auth/token.go:41-52 ai-lines-untested",
		"warning internal/auth/token.go:60-63 ai-lines-untested",
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if out.Title != b.Assessment.Verdict.Title || strings.Contains(out.Summary, "### ") || !strings.HasPrefix(out.Text, "<details>") {
		t.Errorf("%+v", out)
	}
	many := judged(situation{s.record, assess.Policy{}})
	for i := range 300 {
		many.Assessment.Findings = append(many.Assessment.Findings, evidence.Finding{Rule: "r", Level: evidence.LevelNote, Spans: []evidence.Span{{Path: "internal/auth/token.go", First: i + 1, Last: i + 1}}})
	}
	out = comment.Check(many, options(many))
	if len(out.Annotations) != 200 || out.Annotations[0].Level != "failure" || !strings.Contains(out.Summary, "Annotated: 200 of 304 places, failures first.") {
		t.Errorf("%d annotations, %q", len(out.Annotations), out.Summary)
	}
}
