package render_test

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/mergebrief/mergebrief/internal/assess"
	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/render/brief"
	"github.com/mergebrief/mergebrief/internal/render/comment"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func judged(s situation) *evidence.Bundle {
	return &evidence.Bundle{
		Schema: evidence.SchemaURI, Collector: evidence.Collector{Name: "mergebrief", Version: "test"},
		Record: s.record, Assessment: assess.Assess(&s.record, s.policy),
	}
}

func options(b *evidence.Bundle) brief.Options {
	o := brief.Options{Digest: "sha256:0c4f9c3ad2b1e0f7a6958473625140392817065f4e3d2c1b0a99887766554433"}
	if b.Record.Target.PullRequest != 0 {
		o.Links = brief.Links{Artifact: "https://github.com/octo/shop/actions/runs/7001/artifacts/55", Check: "https://github.com/octo/shop/runs/9001"}
	}
	return o
}

// whole are the situations of which the whole comment is kept, few enough to be
// looked at. Together they have every section in every form that matters.
var whole = []string{
	"nothing-wrong",  // the short comment
	"repair",         // failures with places, checks, repairs, coverage, areas of the change
	"lost-records",   // gaps, evidence that was not read, commits without a record, an unknown cost
	"under-a-name",   // the merge, in whose name an agent acted, a ticket under edit, approvals with roles
	"red-before",     // the failure ledger, checks that neither passed nor failed
	"said-and-shown", // statements, scanners, a broken suite, lines by a known person
	"boundaries",     // what a run was allowed and refused, its context, secrets, rules for agents
	hostileName,      // text by others in every place
}

// TestComments keeps whole comments. After -update, look at them as pictures, in
// light and dark at 768 pixels, with the folded sections open and closed: a
// comparison of bytes does not see what is ugly.
func TestComments(t *testing.T) {
	for _, name := range whole {
		t.Run(name, func(t *testing.T) {
			b := judged(situationOf(t, name))
			golden(t, name+".md", comment.Body(b, options(b)))
		})
	}
}

// TestHeadline keeps the beginning of comments as terminals have it: nothing at
// all, places and names, gaps, and text by others.
func TestHeadline(t *testing.T) {
	for _, name := range []string{"no-evidence", "repair", "lost-records", hostileName} {
		t.Run(name, func(t *testing.T) {
			golden(t, name+".txt", comment.Headline(judged(situationOf(t, name)))+"\n")
		})
	}
}

// A section that some situation has is in one of the whole comments.
func TestCommentsHaveEverySection(t *testing.T) {
	kept := map[string]bool{}
	for _, name := range whole {
		for _, title := range titles(judged(situationOf(t, name))) {
			kept[title] = true
		}
	}
	for name, s := range situations(t) {
		for _, title := range titles(judged(s)) {
			if !kept[title] {
				t.Errorf("section %q of %s is in no whole comment", title, name)
			}
		}
	}
}

// titles are those of a comment's sections, without the numbers behind them.
func titles(b *evidence.Bundle) (all []string) {
	for _, m := range summary.FindAllStringSubmatch(comment.Body(b, options(b)), -1) {
		all = append(all, m[1])
	}
	return all
}

var summary = regexp.MustCompile(`<summary>([^(<]+)`)

const (
	// shownSection, with the beginning of a section's title behind it, names a part
	// of a situation's archive that has lines of that section of the comment, in their
	// order. Lines that a whole comment has are not repeated there.
	shownSection = "shown in "
	// leadTitle stands for what comes before the first section. The facts below the
	// headline are a line each.
	leadTitle = "lead"
)

func isShown(f txtar.File) bool { return strings.HasPrefix(f.Name, shownSection) }

// A situation of which the comment is not kept shows what it is there for.
func TestShown(t *testing.T) {
	for _, name := range names(t) {
		if slices.Contains(whole, name) {
			continue
		}
		t.Run(name, func(t *testing.T) {
			b := judged(situationOf(t, name))
			page := comment.Body(b, options(b))
			_, shown := archive(t, name)
			if len(shown) == 0 || shown[0].Name != shownSection+leadTitle {
				t.Error("nothing says how the comment begins")
			}
			for _, s := range shown {
				title := strings.TrimPrefix(s.Name, shownSection)
				checkLines(t, title, string(s.Data), sectionOf(t, page, title))
			}
		})
	}
}

// sectionOf returns the lines of a section of a comment.
func sectionOf(t *testing.T, page, title string) []string {
	t.Helper()
	lead, rest, _ := strings.Cut(page, "<details>")
	if title == leadTitle {
		return strings.Split(strings.ReplaceAll(lead, " · ", "\n"), "\n")
	}
	_, rest, found := strings.Cut("<details>"+rest, "<details><summary>"+title)
	if !found {
		t.Fatalf("the comment has no section %q", title)
	}
	part, _, _ := strings.Cut(rest, "</details>")
	return strings.Split(part, "\n")
}

// checkLines holds that all wanted lines are among lines, in their order.
func checkLines(t *testing.T, title, want string, lines []string) {
	t.Helper()
	if strings.TrimSpace(want) == "" {
		t.Errorf("nothing is wanted in section %q", title)
	}
	for line := range strings.Lines(want) {
		line = strings.TrimSuffix(line, "\n")
		i := slices.Index(lines, line)
		if i < 0 {
			t.Errorf("section %q does not have, or not in this order: %s\nleft of it:\n%s", title, line, strings.Join(lines, "\n"))
			continue
		}
		lines = lines[i+1:]
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", "golden", name)
	if *update {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
}
