package page

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/render/brief"
)

// same redacts nothing.
func same(lines []string) []string { return lines }

// shownLines are the texts of a file, with its kinds.
func shownLines(d *Diff, path string) []string {
	var all []string
	for _, l := range d.files[path].lines {
		all = append(all, string(l.kind)+l.text)
	}
	return all
}

func changed(paths ...string) *evidence.Bundle {
	b := &evidence.Bundle{}
	for _, p := range paths {
		b.Record.Files = append(b.Record.Files, evidence.File{Path: p})
	}
	return b
}

func TestDiffShowsWhatIsThere(t *testing.T) {
	secret := func(lines []string) []string {
		out := slices.Clone(lines)
		for i, l := range out {
			out[i] = strings.ReplaceAll(l, "hunter2", "[redacted:x]")
		}
		return out
	}
	long := strings.Repeat("é", 5000)
	for name, c := range map[string]struct {
		in, want string
		hidden   int
		cut      bool
	}{
		"plain":                       {"\tif a < b && c {", "\tif a < b && c {", 0, false},
		"script":                      {"</script><script>alert(1)</script>", "</script><script>alert(1)</script>", 0, false},
		"bidirectional":               {"a\u202eb\u2066c", "a⟨U+202E⟩b⟨U+2066⟩c", 2, false},
		"zero width":                  {"a\u200bb\ufeff", "a⟨U+200B⟩b⟨U+FEFF⟩", 2, false},
		"controls":                    {"\x1b[31ma\x00\x7f", "⟨U+001B⟩[31ma⟨U+0000⟩⟨U+007F⟩", 3, false},
		"carriage return inside":      {"a\rb", "a⟨U+000D⟩b", 1, false},
		"line separators":             {"a\u2028b\u2029\u0085", "a⟨U+2028⟩b⟨U+2029⟩⟨U+0085⟩", 3, false},
		"tags and selectors":          {"a\U000e0041\ufe00\U000e0100", "a⟨U+E0041⟩⟨U+FE00⟩⟨U+E0100⟩", 3, false},
		"blank letters":               {"\u3164 = \u2800", "⟨U+3164⟩ = ⟨U+2800⟩", 2, false},
		"marks piled up":              {"a\u0301\u0301\u0301\u0301\u0301", "a\u0301\u0301\u0301⟨U+0301⟩⟨U+0301⟩", 2, false},
		"other scripts":               {"// שלום عربي 漢字 é ☎️", "// שלום عربي 漢字 é ☎️", 0, false},
		"bytes":                       {"a\xff\xfeb", "a\uFFFDb", 0, false},
		"secret":                      {"p = hunter2", "p = [redacted:x]", 0, false},
		"secret with something in it": {"p = hun\u200bter2", "p = [redacted:x]", 1, false},
		"long":                        {strings.Repeat("x", 1000), strings.Repeat("x", diffLineBytes), 0, true},
		"long, of two bytes each":     {"x" + long[:1000], "x" + long[:diffLineBytes-2], 0, true},
		"longer than is looked at":    {long, long[:diffLineBytes], 0, true},
		"secrets up to what is looked at": {
			strings.Repeat("hunter2", 1000), strings.Repeat("[redacted:x]", 1000)[:diffLineBytes], 0, true,
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := NewDiff(changed("a"))
			d.Add("a", '@', 1, 1, nil)
			d.Add("a", '+', 0, 1, []byte(c.in))
			d.Add("a", ' ', 1, 2, []byte("end"))
			d.Redact(secret)
			if diff := cmp.Diff([]string{"@", "+" + c.want, " end"}, shownLines(d, "a")); diff != "" {
				t.Error(diff)
			}
			if f := d.files["a"]; f.hidden != c.hidden || f.lines[1].cut != c.cut {
				t.Errorf("%d hidden, cut: %t", f.hidden, f.lines[1].cut)
			}
		})
	}
}

// Line ends that all lines have are told once; one that stands alone is shown.
func TestDiffLineEnds(t *testing.T) {
	for name, c := range map[string]struct{ in, want []string }{
		"all":  {[]string{"a\r", "b\r"}, []string{"+a", "+b"}},
		"some": {[]string{"a\r", "b"}, []string{"+a⟨U+000D⟩", "+b"}},
	} {
		d := NewDiff(changed("a"))
		for i, l := range c.in {
			d.Add("a", '+', 0, i+1, []byte(l))
		}
		d.Redact(same)
		if diff := cmp.Diff(c.want, shownLines(d, "a")); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// What a longer line is cut to has no half of a secret at its end.
func TestDiffHalfSecret(t *testing.T) {
	whole := strings.Repeat("hunter2 ", 2000)
	for offset := range 8 {
		d := NewDiff(changed("a"))
		d.Add("a", '+', 0, 1, []byte(whole[offset:]))
		// One mark for all that is whole: as much as can be gained on the edge.
		d.Redact(func(lines []string) []string {
			return []string{strings.ReplaceAll(lines[0], "hunter2 ", "")}
		})
		if text := d.files["a"].lines[0].text; strings.Contains(text, "hunt") {
			t.Errorf("%q", text)
		}
	}
}

// The bounds hold, the most important file is whole, and what is left out is
// counted.
func TestDiffBounds(t *testing.T) {
	const files, each = 40, 900
	var paths []string
	for i := range files {
		paths = append(paths, fmt.Sprintf("f%02d", i))
	}
	b := changed(append(paths, "long", "wide")...)
	b.Assessment.Findings = []evidence.Finding{{Level: evidence.LevelWarning, Spans: []evidence.Span{{Path: "f39"}}}, {Level: evidence.LevelNote, Spans: []evidence.Span{{Path: "f38"}}}}
	b.Assessment.Focus = []int{1}
	d := NewDiff(b)
	for _, p := range paths {
		d.Add(p, '@', 0, 1, []byte("func"))
		for n := range each {
			d.Add(p, '+', 0, n+1, []byte("line"))
		}
	}
	for n := range 3 * diffFileLines {
		d.Add("long", '+', 0, n+1, []byte("line"))
	}
	for n := range diffFileLines {
		d.Add("wide", '+', 0, n+1, []byte(strings.Repeat("x", 10_000)))
	}
	d.Add("elsewhere", '+', 0, 1, []byte("line"))
	d.Redact(same)
	lines, bytes := 0, 0
	for _, f := range d.files {
		lines += len(f.lines)
		for _, l := range f.lines {
			bytes += len(l.text)
		}
	}
	if lines > diffLines || bytes > diffBytes || lines < diffLines-diffFileLines {
		t.Errorf("%d lines, %d bytes", lines, bytes)
	}
	for path, want := range map[string][2]int{"f38": {each, each}, "f39": {each, each}, "f00": {each, each}, "f37": {0, each}, "long": {0, 3 * diffFileLines}} {
		if f := d.files[path]; f.shown() != want[0] || f.total != want[1] {
			t.Errorf("%s: %d of %d lines, want %v", path, f.shown(), f.total, want)
		}
	}
	if d.files["elsewhere"] != nil {
		t.Error("a file that the record does not list")
	}
}

// One file keeps its first lines, whatever room there is.
func TestDiffOneFile(t *testing.T) {
	d := NewDiff(changed("a"))
	for n := range 3 * diffFileLines {
		d.Add("a", '+', 0, n+1, []byte("line"))
	}
	d.Redact(same)
	if f := d.files["a"]; f.shown() != diffFileLines || f.total != 3*diffFileLines || f.last() != diffFileLines {
		t.Errorf("%d of %d, up to %d", f.shown(), f.total, f.last())
	}
}

// A row of the page for each line: what the record says about a line stands at
// the first of those that have it in common.
func TestDiffRows(t *testing.T) {
	lines := func(first, last int) evidence.LineRange { return evidence.LineRange{First: first, Last: last} }
	b := changed("a.go")
	b.Record.Files[0].Added = 7
	b.Record.Sessions = []evidence.Session{{ID: "s0"}, {ID: "s1", Agent: "codex"}}
	b.Record.Coverage = []evidence.Coverage{
		{Files: []evidence.FileCoverage{{Path: "a.go", Covered: []evidence.LineRange{lines(2, 2)}, Missed: []evidence.LineRange{lines(3, 6)}}}},
		{Files: []evidence.FileCoverage{{Path: "a.go", Covered: []evidence.LineRange{lines(6, 6)}}}},
	}
	b.Assessment.Attribution = evidence.Attribution{
		Files: []evidence.FileAttribution{{Path: "a.go", Area: "crypto", Lines: evidence.LineCounts{Added: 6, AI: 3}, Parts: []evidence.AttributedRange{
			{LineRange: lines(2, 4), Kind: evidence.AuthorAI, Session: "s1", Agent: "codex", Method: evidence.MethodContent, Confidence: evidence.Likely, Basis: evidence.Reported, Commit: "0123456789ab"},
			{LineRange: lines(5, 5), Kind: evidence.AuthorHuman, Session: "mona", Method: evidence.MethodNote, Confidence: evidence.Stated, Basis: evidence.Reported},
			{LineRange: lines(6, 6), Kind: evidence.AuthorUnattested},
			{LineRange: lines(7, 7), Kind: evidence.AuthorPreexisting},
		}}},
		Later: []evidence.LaterEdit{
			{Path: "a.go", Lines: []evidence.LineRange{lines(5, 5)}, Commit: "fedcba9876", Action: evidence.LaterReplaced, By: evidence.LaterByHuman},
			{Path: "a.go", Lines: []evidence.LineRange{lines(2, 2)}, Commit: "fedcba9876", Action: evidence.LaterReplaced, By: evidence.LaterBySameRun},
		},
	}
	b.Assessment.Findings = []evidence.Finding{
		{ID: "r-1", Rule: "r", Level: evidence.LevelWarning, Message: "mind this", Basis: evidence.Observed, Spans: []evidence.Span{{Path: "a.go", First: 3, Last: 4}}},
		{ID: "f-1", Rule: "x", Level: evidence.LevelNote, Message: "of the whole file", Spans: []evidence.Span{{Path: "a.go"}}},
		{ID: "r-2", Rule: "y", Level: evidence.LevelError, Message: "not shown", Spans: []evidence.Span{{Path: "a.go", First: 90, Last: 95}}},
	}
	d := NewDiff(b)
	d.Add("a.go", '@', 1, 1, []byte("func x() {"))
	d.Add("a.go", ' ', 1, 1, []byte("one"))
	d.Add("a.go", '-', 2, 0, []byte("old"))
	for n := 2; n <= 8; n++ {
		d.Add("a.go", '+', 0, n, []byte{byte('0' + n)})
	}
	d.Add("a.go", '\\', 0, 0, nil)
	d.Redact(same)
	p := newView(b, brief.Options{}, d).newFilesPage()
	file := p.layOut().Files[0]
	var got []string
	for _, r := range file.Lines {
		got = append(got, rowText(r))
	}
	want := []string{
		"hunk   func x() {",
		"same [ x2] [ x2] 1 1  one",
		"del 2  - old",
		"add [A2 agent run 2, by content-match, confidence likely, reported, in 0123456 x1] [✓▲ executed by a test; high-risk area: crypto x1]  2 + 2",
		"found 3-4 mind this",
		"add [A2 agent run 2, by content-match, confidence likely, reported, in 0123456 x2] [✗▲ not executed by a test; high-risk area: crypto x2]  3 + 3",
		"add  4 + 4",
		"add [P mona, by git-note, confidence reported, reported x1] [✗▲✎ not executed by a test; high-risk area: crypto; replaced agent-written lines in fedcba9, after the run, by a known person [R] x1]  5 + 5",
		"add [? author unknown x1] [✓▲ executed by a test; high-risk area: crypto x1]  6 + 6",
		"add [= older than the change, moved x1] [▲ high-risk area: crypto x2]  7 + 7",
		"add [· the record says nothing about the line x1]  8 + 8 (no line end)",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if len(file.Findings) != 1 || file.Findings[0].Message != "of the whole file" || file.Flags != "risk later found" || len(file.Ranges) > 0 {
		t.Errorf("%+v", file)
	}
	rows := []string{p.finding(0).Places[0].Row, p.finding(1).Places[0].Row, p.finding(2).Places[0].Row}
	if diff := cmp.Diff([]string{"file-1-0-3", "file-1", "file-1"}, rows); diff != "" {
		t.Error(diff)
	}
}

func rowText(r reportLine) string {
	all := []string{r.Class}
	for _, g := range []*gutter{r.Who, r.Marks} {
		if g != nil {
			all = append(all, fmt.Sprintf("[%s x%d]", strings.TrimSpace(g.Sign+" "+g.Words), g.Lines))
			if g.Words == "" {
				all[len(all)-1] = fmt.Sprintf("[ x%d]", g.Lines)
			}
		}
	}
	if r.Finding != nil {
		return strings.Join(append(all, r.Finding.Lines, r.Finding.Message), " ")
	}
	text := r.Text
	for _, p := range r.Pieces {
		text += p.Text
	}
	if r.Class == "hunk" {
		return strings.Join(append(all, "", "", text), " ")
	}
	if r.Open {
		text += " (no line end)"
	}
	return strings.Join(append(all, r.Old, r.New, r.Sign, text), " ")
}

// Of a file whose end is not shown, the ranges there are.
func TestRangesBehindTheLines(t *testing.T) {
	b := changed("a")
	b.Record.Files[0].Status = evidence.FileAdded
	b.Assessment.Attribution.Files = []evidence.FileAttribution{{Path: "a", Lines: evidence.LineCounts{Added: 2 * diffFileLines}, Parts: []evidence.AttributedRange{
		{LineRange: evidence.LineRange{First: 1, Last: 10}, Kind: evidence.AuthorUnattested},
		{LineRange: evidence.LineRange{First: 11, Last: diffFileLines + 5}, Kind: evidence.AuthorAI},
		{LineRange: evidence.LineRange{First: diffFileLines + 6, Last: 2 * diffFileLines}, Kind: evidence.AuthorUnattested},
	}}}
	for name, c := range map[string]struct{ lines, ranges int }{"whole": {10, 0}, "cut": {2 * diffFileLines, 2}, "none": {0, 3}} {
		d := NewDiff(b)
		for n := range c.lines {
			d.Add("a", '+', 0, n+1, nil)
		}
		d.Redact(same)
		if file := newView(b, brief.Options{}, d).newFilesPage().layOut().Files[0]; len(file.Ranges) != c.ranges {
			t.Errorf("%s: %d ranges", name, len(file.Ranges))
		}
	}
}
