package page

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/render/text"
)

const (
	// diffLines and diffBytes bound the lines of the diff on a page: with their
	// markup they are about half of the 5 MB that a page may have.
	diffLines = 6_000
	diffBytes = 1 << 20
	// diffFileLines bounds those of one file, so that a generated one does not
	// take the room of all others.
	diffFileLines = 1_000
	// diffLineBytes bounds one line: three lines of a wide screen.
	diffLineBytes = 400
	// diffHeldBytes is what of a line is looked at for secrets. The last
	// diffEdgeBytes of a longer one are not shown, since a secret that was cut
	// there may not have been recognised.
	diffHeldBytes = 4 << 10
	diffEdgeBytes = 1 << 10
)

// Diff is the text of a change, to be shown with what the record says about its
// lines. It is read when a page is made, is part of nothing else, and is bounded:
// of what does not fit, the files that matter least are left out first, see
// [NewDiff].
type Diff struct {
	absent string
	files  map[string]*diffFile
	// The files by what matters most, from 0.
	rank map[string]int
	// What is held, and the file that is being read.
	lines, bytes int
	current      string
}

// diffFile is what is known of the lines of one file.
type diffFile struct {
	lines []diffLine
	// Number of lines of the diff, headers of hunks aside, that the file has.
	total int
	// Every line ends in CR LF.
	crlf bool
	// Number of characters that would not be seen, and are written out.
	hidden int
}

// diffLine is a line of a hunk. Kind is ' ', '+' or '-'; '@' opens a hunk and '\\'
// says that the line before has no end.
type diffLine struct {
	kind     byte
	old, new int
	text     string
	cut      bool
}

// NewDiff returns a diff without lines, for [Diff.Add]. Files in which a reviewer
// should look first come first; then those with errors, those with warnings, those
// with lines that an agent wrote, and all others; among equals by path.
func NewDiff(b *evidence.Bundle) *Diff {
	weight := make(map[string]int, len(b.Record.Files))
	raise := func(f evidence.Finding, to int) {
		for _, s := range f.Spans {
			weight[s.Path] = max(weight[s.Path], to)
		}
	}
	for _, f := range b.Assessment.Attribution.Files {
		if f.Lines.AI > 0 {
			weight[f.Path] = 1
		}
	}
	for _, f := range b.Assessment.Findings {
		raise(f, map[evidence.Level]int{evidence.LevelError: 3, evidence.LevelWarning: 2}[f.Level])
	}
	for _, i := range b.Assessment.Focus {
		if i >= 0 && i < len(b.Assessment.Findings) {
			raise(b.Assessment.Findings[i], 4)
		}
	}
	d := &Diff{files: map[string]*diffFile{}, rank: make(map[string]int, len(b.Record.Files))}
	paths := make([]string, 0, len(b.Record.Files))
	for i := range b.Record.Files {
		paths = append(paths, b.Record.Files[i].Path)
	}
	slices.SortFunc(paths, func(a, b string) int {
		return cmp.Or(cmp.Compare(weight[b], weight[a]), strings.Compare(a, b))
	})
	for i, path := range paths {
		d.rank[path] = i
	}
	return d
}

// NoDiff returns a diff that is not to be had, and why: a sentence.
func NoDiff(why string) *Diff { return &Diff{absent: why} }

// Add adds a line of the change, in the order of the diff and with the kinds of
// unified diffs: ' ', '+', '-', '@' for the start of a hunk, whose text is what
// its header quotes of the file, and '\\' for the remark that the line before has
// no end. Old and new are its numbers, 0 where it does not exist. Lines of files
// that the record does not list are passed over.
func (d *Diff) Add(path string, kind byte, old, new int, text []byte) {
	if _, known := d.rank[path]; !known {
		return
	}
	if path != d.current {
		d.trim()
		d.current = path
	}
	f := d.files[path]
	if f == nil {
		f = &diffFile{crlf: true}
		d.files[path] = f
	}
	if kind != '@' && kind != '\\' {
		f.total++
		f.crlf = f.crlf && len(text) > 0 && text[len(text)-1] == '\r'
	}
	if len(f.lines) >= diffFileLines {
		return
	}
	l := diffLine{kind: kind, old: old, new: new, cut: len(text) > diffHeldBytes}
	if l.cut {
		text = text[:diffHeldBytes]
	}
	l.text = string(text)
	f.lines = append(f.lines, l)
	d.lines++
	d.bytes += min(len(text), diffLineBytes)
}

// trim drops lines until the bounds are kept, from the end of the file that
// matters least.
func (d *Diff) trim() {
	for d.lines > diffLines || d.bytes > diffBytes {
		var worst *diffFile
		last := -1
		for path, f := range d.files {
			if len(f.lines) > 0 && d.rank[path] > last {
				worst, last = f, d.rank[path]
			}
		}
		for len(worst.lines) > 0 && (d.lines > diffLines || d.bytes > diffBytes || worst.lines[len(worst.lines)-1].kind == '@') {
			end := len(worst.lines) - 1
			d.lines--
			d.bytes -= min(len(worst.lines[end].text), diffLineBytes)
			worst.lines = worst.lines[:end]
		}
	}
}

// Redact ends the adding. What redact makes of the lines of a hunk, as many as it
// is given, is what can be shown: without secrets. Characters that are not seen
// are written out before, as ⟨U+202E⟩: they are what a reviewer needs to see.
func (d *Diff) Redact(redact func([]string) []string) {
	d.trim()
	for _, f := range d.files {
		for from := 0; from < len(f.lines); {
			to := from + 1
			for to < len(f.lines) && f.lines[to].kind != '@' {
				to++
			}
			f.redact(f.lines[from:to], redact)
			from = to
		}
	}
}

func (f *diffFile) redact(hunk []diffLine, redact func([]string) []string) {
	shown := make([]string, len(hunk))
	odd := map[int]string{}
	for i, l := range hunk {
		text := strings.ToValidUTF8(l.text, "\uFFFD")
		if f.crlf {
			text = strings.TrimSuffix(text, "\r")
		}
		var hidden int
		if shown[i], hidden = seen(text); hidden > 0 {
			f.hidden += hidden
			odd[i] = text
		}
	}
	for i, text := range redact(shown) {
		if whole, ok := odd[i]; ok {
			text = unhidden(whole, text, redact)
		}
		hunk[i].shorten(text)
	}
}

// unhidden looks for a secret in which something that is not seen was put: with
// one, the line is shown as redaction leaves it.
func unhidden(whole, shown string, redact func([]string) []string) string {
	bare := strings.Map(func(r rune) rune {
		if invisible(r) {
			return -1
		}
		return r
	}, whole)
	if clean := redact([]string{bare})[0]; clean != bare {
		return clean
	}
	return shown
}

// shorten keeps the beginning of a text that is too long.
func (l *diffLine) shorten(text string) {
	limit := diffLineBytes
	if l.cut {
		limit = max(0, min(limit, len(text)-diffEdgeBytes))
	}
	if l.cut = l.cut || len(text) > limit; l.cut {
		for limit > 0 && !utf8.RuneStart(text[limit]) {
			limit--
		}
		text = text[:limit]
	}
	l.text = text
}

// seen returns a line with the characters written out that are not seen, or not
// where they stand, and their number.
func seen(line string) (string, int) {
	if strings.IndexFunc(line, func(r rune) bool { return r > '~' || r < ' ' && r != '\t' }) < 0 {
		return line, 0
	}
	var b strings.Builder
	hidden, marks := 0, 0
	for _, r := range line {
		if marks++; !unicode.IsMark(r) {
			marks = 0
		}
		if invisible(r) || marks > text.MaxMarks {
			hidden++
			fmt.Fprintf(&b, "⟨%U⟩", r)
			continue
		}
		b.WriteRune(r)
	}
	return b.String(), hidden
}

// invisible reports whether a character of a line is not seen: controls, format
// characters, private ones, blank letters, and selectors of variants, in which
// code has been hidden. Selectors of the look of an emoji are not among them.
func invisible(r rune) bool {
	switch {
	case r == '\t' || r == '\ufe0e' || r == '\ufe0f':
		return false
	case r == '\u2800' || r == '\u3164' || r == '\uffa0' || r == '\u115f' || r == '\u1160' || r == '\u034f':
		return true
	}
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Zl, unicode.Zp, unicode.Variation_Selector)
}
