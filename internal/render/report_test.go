package render_test

import (
	"crypto/sha256"
	"encoding/base64"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/mergebrief/mergebrief/internal/assess"
	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/render"
)

func report(t *testing.T, b *evidence.Bundle) string {
	t.Helper()
	page, err := render.Report(b, options(b))
	if err != nil {
		t.Fatal(err)
	}
	return page
}

var (
	loading = regexp.MustCompile(`(?i)<(?:img|iframe|object|embed|link|base|form|video|audio|source)\b|\b(?:src|srcset|action|data|poster|style|on[a-z]+)=|url\(|@import`)
	href    = regexp.MustCompile(`href="([^"]*)"`)
	ids     = regexp.MustCompile(`\bid="([^"]*)"`)
)

// A report loads nothing, runs nothing but its own script, and shows what others
// wrote as text. TestReportFiles writes them for a look in a browser.
func TestReport(t *testing.T) {
	for name, s := range situations() {
		t.Run(name, func(t *testing.T) {
			page := report(t, judged(s))
			if m := loading.FindString(markup(page)); m != "" {
				t.Errorf("the report has %q", m)
			}
			if n := strings.Count(page, "<script"); n != 1 {
				t.Errorf("%d scripts", n)
			}
			known := map[string]bool{}
			for _, m := range ids.FindAllStringSubmatch(page, -1) {
				if known[m[1]] {
					t.Errorf("two elements with id %s", m[1])
				}
				known[m[1]] = true
			}
			for _, m := range href.FindAllStringSubmatch(page, -1) {
				atHead := strings.HasPrefix(m[1], "https://github.com/octo/shop/blob/"+s.record.Target.Head+"/")
				if !atHead && (!strings.HasPrefix(m[1], "#") || !known[m[1][1:]]) {
					t.Errorf("link to %q", m[1])
				}
			}
			if page != report(t, judged(situations()[name])) {
				t.Error("two reports differ")
			}
		})
	}
}

// markup is the tags of a page without its style and script, and with the text
// taken out: data may say anything.
func markup(page string) string {
	page = regexp.MustCompile(`(?s)<style>.*?</style>|<script>.*?</script>`).ReplaceAllString(page, "")
	var b strings.Builder
	for _, tag := range regexp.MustCompile(`<[^>]*>`).FindAllString(page, -1) {
		b.WriteString(regexp.MustCompile(`(data-path|aria-label)="[^"]*"`).ReplaceAllString(tag, ""))
	}
	return b.String()
}

// A finding leads to the files that its facts are from.
func TestReportOrigins(t *testing.T) {
	b := judged(situations()["said-and-shown"])
	page := report(t, b)
	for _, o := range []evidence.Origin{b.Record.Suites[1].Origin, b.Record.Scans[0].Origin, b.Record.Sessions[0].Origin} {
		want := "<li>reported, by files, <code>" + o.URI + "</code>, <code>" + o.Digest + "</code></li>"
		if !strings.Contains(page, want) {
			t.Errorf("no %s", want)
		}
	}
}

func TestReportPolicy(t *testing.T) {
	page := report(t, judged(situations()["repair"]))
	for _, part := range []string{"style", "script"} {
		_, rest, _ := strings.Cut(page, "<"+part+">")
		source, _, _ := strings.Cut(rest, "</"+part+">")
		sum := sha256.Sum256([]byte(source))
		want := part + "-src 'sha256-" + strings.ReplaceAll(base64.StdEncoding.EncodeToString(sum[:]), "+", "&#43;") + "'"
		if !strings.Contains(page, want) {
			t.Errorf("the policy does not allow the %s: %s", part, want)
		}
	}
}

func TestReportSize(t *testing.T) {
	r := large()
	page := report(t, judged(situation{*r, assess.Policy{}}))
	if len(page) > 8<<20 {
		t.Errorf("%d bytes for the largest record", len(page))
	}
	small := report(t, judged(situations()["many-failures"]))
	if len(small) > 5<<20 {
		t.Errorf("%d bytes", len(small))
	}
}

// TestReportFiles writes all reports into the folder that the variable names.
func TestReportFiles(t *testing.T) {
	dir := os.Getenv("MERGEBRIEF_REPORTS")
	if dir == "" {
		t.Skip("MERGEBRIEF_REPORTS names no folder to write reports to")
	}
	all := situations()
	all["largest"] = situation{*large(), assess.Policy{}}
	for name, s := range all {
		if err := os.WriteFile(filepath.Join(dir, name+".html"), []byte(report(t, judged(s))), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
