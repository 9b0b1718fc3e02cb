package render_test

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/mergebrief/mergebrief/internal/assess"
	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/render/page"
)

func report(t *testing.T, b *evidence.Bundle) string {
	t.Helper()
	o := options(b)
	page, err := page.HTML(b, o, lines(b))
	if err != nil {
		t.Fatal(err)
	}
	return page
}

// hostileLines are what somebody may write into a file that is reviewed.
var hostileLines = []string{
	"</script></style></table><script>document.title = 'owned'; fetch('https://evil.example/')</script>",
	`<img src=x onerror="alert(1)"><svg onload=alert(1)><a href="javascript:alert(1)">x</a>`,
	`" autofocus onfocus="alert(1)" x="`, "{{.Title}} ${alert(1)} <!-- ]]> --><!--[if IE]>",
	"if access != \"user\u202e \u2066// check\u2069 \u2066\" {", "zero\u200bwidth\ufeff\U000e0041", "a lone\rcarriage return",
	"\x1b]8;;https://evil.example/\x07link\x1b[0m\x00\x7f", "line\u2028separator\u2029\u0085", "Z" + strings.Repeat("\u0301", 200),
	"<base href=https://evil.example/><link rel=stylesheet href=https://evil.example/x.css><iframe src=https://evil.example/>",
	"@import url(https://evil.example/x.css); body { background: url(https://evil.example/x.png) }",
	strings.Repeat("wide ", 4000), strings.Repeat("W", 20_000), "שלום // عربي", "\xff\xfe\x80",
}

// lines is the diff of a bundle: each added line of its files, among them those
// that are hostile, and some around them.
func lines(b *evidence.Bundle) *page.Diff {
	d := page.NewDiff(b)
	for _, f := range b.Record.Files {
		d.Add(f.Path, '@', 7, 7, []byte("func "+hostileLines[0]))
		d.Add(f.Path, ' ', 9, 9, []byte("before"))
		for n := range f.Deleted {
			d.Add(f.Path, '-', 10+n, 0, fmt.Appendf(nil, "\told(%d)", n))
		}
		for _, r := range f.Spans {
			for n := r.First; n <= r.Last; n++ {
				text := fmt.Sprintf("\tcall(%d) // of %s", n, f.Path)
				if n%3 == 0 {
					text = hostileLines[n/3%len(hostileLines)]
				}
				d.Add(f.Path, '+', 0, n, []byte(text))
			}
		}
	}
	d.Redact(func(lines []string) []string { return lines })
	return d
}

var (
	loading = regexp.MustCompile(`(?i)<(?:img|iframe|object|embed|link|base|form|video|audio|source)\b|\b(?:src|srcset|action|data|poster|style|on[a-z]+)=|url\(|@import`)
	href    = regexp.MustCompile(`href="([^"]*)"`)
	ids     = regexp.MustCompile(`\bid="([^"]*)"`)
)

// A report loads nothing, runs nothing but its own script, and shows what others
// wrote as text. TestReportFiles writes them for a look in a browser.
func TestReport(t *testing.T) {
	for name, s := range situations(t) {
		t.Run(name, func(t *testing.T) {
			page := report(t, judged(s))
			if m := loading.FindString(markup(page)); m != "" {
				t.Errorf("the report has %q", m)
			}
			if n := strings.Count(page, "<script>"); n != 1 {
				t.Errorf("%d scripts", n)
			}
			checkPacked(t, page)
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
			if page != report(t, judged(situationOf(t, name))) {
				t.Error("two reports differ")
			}
		})
	}
}

// checkPacked looks at what a page holds as text until it is asked for: nothing
// that the page did not open, or closes twice.
func checkPacked(t *testing.T, page string) {
	t.Helper()
	for i, part := range strings.Split(page, "<script")[1:] {
		inside, _, closed := strings.Cut(part, "</script>")
		if kind := strings.HasPrefix(part, `>"use strict"`) || strings.HasPrefix(part, ` type="text/html" class="later" data-`); !kind || !closed {
			t.Errorf("script %d: %.200s", i, part)
		}
		if strings.Contains(inside, "<!--") {
			t.Errorf("script %d has a comment", i)
		}
	}
}

// markup is the tags of a page without its style and script, and with the text
// taken out: data may say anything.
func markup(page string) string {
	page = regexp.MustCompile(`(?s)<style>.*?</style>|<script>.*?</script>`).ReplaceAllString(page, "")
	var b strings.Builder
	for _, tag := range regexp.MustCompile(`<[^>]*>`).FindAllString(page, -1) {
		b.WriteString(regexp.MustCompile(`(data-path|aria-label|title)="[^"]*"`).ReplaceAllString(tag, ""))
	}
	return b.String()
}

// A finding leads to the files that its facts are from.
func TestReportOrigins(t *testing.T) {
	b := judged(situationOf(t, "said-and-shown"))
	page := report(t, b)
	for _, o := range []evidence.Origin{b.Record.Suites[0].Origin, b.Record.Scans[0].Origin, b.Record.Sessions[0].Origin} {
		want := "<li>reported, by files, <code>" + o.URI + "</code>, <code>" + o.Digest + "</code></li>"
		if !strings.Contains(page, want) {
			t.Errorf("no %s", want)
		}
	}
}

// Every finding opens where its facts are from, also those about what is not
// there.
func TestReportFindingsHaveOrigins(t *testing.T) {
	finding := regexp.MustCompile(`(?s)<li id="found-\d+">.*?</details></li>`)
	for name, s := range situations(t) {
		page := report(t, judged(s))
		for _, f := range finding.FindAllString(page, -1) {
			if !strings.Contains(f, "<ul><li>") {
				t.Errorf("%s: no origins in %s", name, f)
			}
		}
	}
}

func TestReportPolicy(t *testing.T) {
	page := report(t, judged(situationOf(t, "repair")))
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
	r := large(t)
	page := report(t, judged(situation{*r, assess.Policy{}}))
	checkPacked(t, page)
	if len(page) > 8<<20 {
		t.Errorf("%d bytes for the largest record", len(page))
	}
	// A large pull request as people make them: 60 files with 60 added lines each.
	typical := clean(t)
	for i := range 60 {
		typical.Files = append(typical.Files, added(fmt.Sprintf("internal/store/file%02d.go", i), 60, 20))
	}
	for name, r := range map[string]evidence.Record{"typical": typical, "many failures": situationOf(t, "many-failures").record} {
		if size := len(report(t, judged(situation{r, assess.Policy{}}))); size > 2<<20 {
			t.Errorf("%s: %d bytes", name, size)
		}
	}
}

// What of the commands of a run does not fit is told, and is nothing that failed
// and would have validated.
func TestReportCommands(t *testing.T) {
	r := clean(t)
	s := &r.Sessions[0]
	for i := range 400 {
		s.Commands = append(s.Commands, testRun(fmt.Sprintf("go test ./ok%d", i), evidence.CommandOK))
	}
	s.Commands = append(s.Commands, testRun("go test ./broken", evidence.CommandFailed))
	page := report(t, judged(situation{r, assess.Policy{}}))
	for _, want := range []string{"<td>go test ./broken</td>", "206 more are in the bundle."} {
		if !strings.Contains(page, want) {
			t.Errorf("no %s", want)
		}
	}
}

// TestReportFiles writes all reports into the folder that the variable names.
func TestReportFiles(t *testing.T) {
	dir := os.Getenv("MERGEBRIEF_REPORTS")
	if dir == "" {
		t.Skip("MERGEBRIEF_REPORTS names no folder to write reports to")
	}
	all := situations(t)
	all["largest"] = situation{*large(t), assess.Policy{}}
	for name, s := range all {
		if err := os.WriteFile(filepath.Join(dir, name+".html"), []byte(report(t, judged(s))), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
