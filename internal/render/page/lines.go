package page

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/render/brief"
	"github.com/mergebrief/mergebrief/internal/render/text"
)

// fileFindings bounds the findings that stand between the lines of one file; all
// of them are in the list of what was found.
const fileFindings = 40

// reportLine is a row of a diff: a line, the header of a hunk, or a finding about
// the lines below it.
type reportLine struct {
	// "add", "del", "same", "hunk" or "found".
	Class, ID string
	// What stands in the gutter, at the first of the lines that have it in common.
	Who, Marks *gutter
	Old, New   string
	Sign       string
	// What the line says, or its parts when some are not seen in the file.
	Text      string
	Pieces    []piece
	Cut, Open bool
	Finding   *lineFinding
}

// gutter is what lines that follow each other have in common: a sign for the eye,
// with the words that it stands for.
type gutter struct {
	Class, Sign, Words string
	Lines              int
}

// piece is a part of a line; Hidden ones name a character that is not seen.
type piece struct {
	Text   string
	Hidden bool
}

// lineFinding is a finding between the lines that it is about.
type lineFinding struct {
	Level   evidence.Level
	Lines   string
	Message string
	Basis   evidence.Basis
	Link    string
}

// lineFacts are what the record says of the lines of one file.
type lineFacts struct {
	parts           []evidence.AttributedRange
	covered, missed []evidence.LineRange
	area            string
	later           []*evidence.LaterEdit
	findings        []placed
}

// placed is a finding at a place.
type placed struct {
	finding int
	span    evidence.Span
}

// diffRows lays out the lines of a file. Targets gets the ids of the rows to which
// findings lead.
func (p *filesPage) diffRows(id string, lines []diffLine, facts *lineFacts, targets map[placed]string) []reportLine {
	rows := make([]reportLine, 0, len(lines))
	left := facts.findings[:min(len(facts.findings), fileFindings)]
	for i := range lines {
		l := &lines[i]
		if l.kind == '\\' {
			if len(rows) > 0 {
				rows[len(rows)-1].Open = true
			}
			continue
		}
		if l.kind != '@' {
			var found []placed
			found, left = begin(left, l.new)
			for _, f := range found {
				rows = append(rows, p.foundRow(id, f, targets))
			}
		}
		rows = append(rows, p.lineRow(l, facts))
	}
	band(rows)
	return rows
}

// begin takes the findings whose lines begin at the line, or began before it and
// go on, out of those that are left.
func begin(left []placed, line int) (found, rest []placed) {
	if line == 0 {
		return nil, left
	}
	for _, f := range left {
		switch {
		case f.span.First <= line && line <= f.span.Last:
			found = append(found, f)
		case f.span.Last > line:
			rest = append(rest, f)
		}
	}
	return found, rest
}

func (p *filesPage) foundRow(file string, at placed, targets map[placed]string) reportLine {
	f := &p.Assessment.Findings[at.finding]
	id := fmt.Sprintf("%s-%d-%d", file, at.finding, at.span.First)
	targets[at] = id
	return reportLine{Class: "found", ID: id, Finding: &lineFinding{
		Level: f.Level, Message: f.Message, Basis: f.Basis, Link: findingID(at.finding),
		Lines: strings.TrimPrefix(text.LineSuffix(at.span), ":"),
	}}
}

// findingID is the id of a finding in the list of all.
func findingID(i int) string { return "found-" + strconv.Itoa(i) }

func (p *filesPage) lineRow(l *diffLine, facts *lineFacts) reportLine {
	row := reportLine{Old: number(l.old), New: number(l.new), Sign: string(l.kind), Cut: l.cut}
	if row.Pieces = pieces(l.text); row.Pieces == nil {
		row.Text = l.text
	}
	switch l.kind {
	case '@':
		row.Class, row.Sign = "hunk", ""
	case '+':
		row.Class = "add"
		row.Who, row.Marks = p.author(facts.parts, l.new), facts.marks(l.new)
	case '-':
		row.Class, row.New = "del", ""
	default:
		row.Class, row.Sign = "same", ""
	}
	return row
}

func number(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// author says who wrote an added line.
func (p *filesPage) author(parts []evidence.AttributedRange, line int) *gutter {
	i, found := slices.BinarySearchFunc(parts, line, func(r evidence.AttributedRange, n int) int { return compareLine(r.LineRange, n) })
	if !found {
		return &gutter{Class: "k-unattested", Sign: "·", Words: "the record says nothing about the line", Lines: 1}
	}
	if p.gutters[&parts[i]] == nil {
		p.gutters[&parts[i]] = p.gutter(&parts[i])
	}
	return p.gutters[&parts[i]]
}

func (p *filesPage) gutter(part *evidence.AttributedRange) *gutter {
	words := who(part)
	if n := p.runs[part.Session]; part.Kind == evidence.AuthorAI && n > 0 {
		words = fmt.Sprintf("agent run %d", n)
	}
	if part.Method != "" {
		words += fmt.Sprintf(", by %s, confidence %s, %s", part.Method, part.Confidence, part.Basis)
	}
	if part.Commit != "" {
		words += ", in " + part.Commit[:min(len(part.Commit), text.ShortSHA)]
	}
	if part.Conflict {
		words += "; claimed for different authors"
	}
	return &gutter{Class: "k-" + string(part.Kind), Sign: p.sign(part), Words: cleanWords(words)}
}

// cleanWords makes words fit for a gutter: names in them are as others wrote them.
func cleanWords(s string) string { return evidence.ClipMiddle(text.Clean(s), text.MaxSentence) }

// compareLine orders a range and a line.
func compareLine(r evidence.LineRange, line int) int {
	switch {
	case r.Last < line:
		return -1
	case r.First > line:
		return 1
	}
	return 0
}

func within(all []evidence.LineRange, line int) bool {
	_, found := slices.BinarySearchFunc(all, line, compareLine)
	return found
}

// The signs of what a reviewer should know about a line beside who wrote it.
const (
	signCovered = "✓"
	signMissed  = "✗"
	signLater   = "✎"
	signRisk    = "▲"
)

// marks says what else is known about an added line.
func (f *lineFacts) marks(line int) *gutter {
	var signs, words []string
	note := func(is bool, sign, text string) {
		if is {
			signs, words = append(signs, sign), append(words, text)
		}
	}
	missed := within(f.missed, line)
	note(missed, signMissed, "not executed by a test")
	note(within(f.covered, line), signCovered, "executed by a test")
	note(f.area != "", signRisk, "high-risk area: "+f.area)
	for _, e := range f.later {
		if within(e.Lines, line) {
			note(true, signLater, fmt.Sprintf("%s agent-written lines in %.7s, after the run, by %s", e.Action, e.Commit, text.Plain(brief.EditedBy(e))))
		}
	}
	if len(signs) == 0 {
		return nil
	}
	return &gutter{Class: map[bool]string{true: "m-missed", false: "m-known"}[missed], Sign: strings.Join(signs, ""), Words: cleanWords(strings.Join(words, "; "))}
}

// band joins what is the same in the gutters of lines that follow each other, so
// that it is shown, and read out, once.
func band(rows []reportLine) {
	join(rows, func(r *reportLine) **gutter { return &r.Who })
	join(rows, func(r *reportLine) **gutter { return &r.Marks })
}

func join(rows []reportLine, column func(*reportLine) **gutter) {
	none := &gutter{}
	var top *gutter
	for i := range rows {
		if rows[i].Class == "hunk" || rows[i].Class == "found" {
			top = nil
			continue
		}
		cell := column(&rows[i])
		here := *cell
		if here == nil {
			here = none
		}
		if top != nil && top.Sign == here.Sign && top.Words == here.Words {
			top.Lines++
			*cell = nil
			continue
		}
		top = &gutter{Class: here.Class, Sign: here.Sign, Words: here.Words, Lines: 1}
		*cell = top
	}
}

var hiddenMark = regexp.MustCompile(`⟨U\+[0-9A-F]{4,6}⟩`)

// pieces tells the characters that are written out from the text around them; nil
// when there can be none.
func pieces(s string) []piece {
	if !strings.Contains(s, "⟨") {
		return nil
	}
	var all []piece
	at := 0
	for _, loc := range hiddenMark.FindAllStringIndex(s, -1) {
		if loc[0] > at {
			all = append(all, piece{Text: s[at:loc[0]]})
		}
		all = append(all, piece{Text: s[loc[0]:loc[1]], Hidden: true})
		at = loc[1]
	}
	if at < len(s) {
		all = append(all, piece{Text: s[at:]})
	}
	return all
}
