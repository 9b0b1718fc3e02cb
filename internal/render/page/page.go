// Package page writes a bundle as one HTML page for a browser: everything that the
// comment has and more, with the origin of each fact and the lines of the change.
//
// It hides the templates, the time line and what a browser need not lay out at
// once. It promises that the page loads nothing and that its content security
// policy forbids it to.
package page

import (
	"cmp"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"slices"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/render/brief"
	"github.com/mergebrief/mergebrief/internal/render/text"
)

var (
	//go:embed assets/report.tmpl
	reportTemplate string
	//go:embed assets/files.tmpl
	filesTemplate string
	//go:embed assets/report.css
	reportStyle string
	//go:embed assets/report.js
	reportScript string
)

const (
	// reportRows bounds each table but that of the files, so that a report of a
	// typical pull request stays below 5 MB.
	reportRows = 2000
	// shownAtOnce bounds what of a list a browser lays out before anybody asks for
	// more: 3,000 files would take it seconds.
	shownAtOnce = 100
	// linesAtOnce bounds the lines of the diff, and the ranges, that are part of
	// the page before their file is opened.
	linesAtOnce = 2000
	// reportPlaces bounds the places of one finding.
	reportPlaces = 20
)

// HTML returns the bundle as one HTML page for a browser: everything that the
// comment has and more, with the origin of each fact. The page loads nothing,
// and its content security policy forbids it to. The text of the change may be nil.
func HTML(b *evidence.Bundle, o brief.Options, d *Diff) (string, error) {
	funcs := template.FuncMap{
		"clean":  func(s string) string { return evidence.ClipMiddle(text.Clean(s), 2*text.MaxSentence) },
		"letter": func(b any) string { return text.Letter(evidence.Basis(fmt.Sprint(b))) },
	}
	t, err := template.New("report").Funcs(funcs).Parse(reportTemplate + filesTemplate)
	if err != nil {
		return "", fmt.Errorf("report: %w", err)
	}
	var page strings.Builder
	if err := t.Execute(&page, newReport(newView(b, o, d))); err != nil {
		return "", fmt.Errorf("report: %w", err)
	}
	return page.String(), nil
}

// view is a bundle on its way to the page.
type view struct {
	*brief.View
	// Text of the change; nil when nobody asked for it.
	diff *Diff
}

func newView(b *evidence.Bundle, o brief.Options, d *Diff) *view {
	return &view{brief.New(b, o, reportRows), d}
}

// sourceHash names an inline style or script in a content security policy.
func sourceHash(s string) string {
	sum := sha256.Sum256([]byte(s))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

// report is the page as the template wants it. Strings are as others wrote
// them: the template makes them clean and escapes them.
type report struct {
	StyleHash, ScriptHash string
	Style                 template.CSS
	Script                template.JS
	Title, Where, Head    string
	Verdict, VerdictClass string
	Digest                string
	Facts                 []titleText
	Nav                   []titleText
	Focus, Findings       []reportFinding
	LaterFindings         []reportFinding
	Gaps                  []reportGap
	Timeline              *timeline
	Results, Rest         []reportTable
	Files                 *reportFiles
	Sessions              []reportSession
}

type titleText struct{ ID, Title, Text string }

type reportGap struct {
	Text   string
	Origin evidence.Origin
}

type reportFinding struct {
	evidence.Finding
	Index    string
	Places   []reportPlace
	Origins  []evidence.Origin
	Accepted string
}

// reportPlace is a place with the row of this page that shows it and its address
// on the repository's server, if any.
type reportPlace struct{ Text, Row, URL string }

type reportTable struct {
	ID, Title string
	Head      []reportHead
	// Later rows are those that the script of the page adds when asked.
	Rows, Later []reportRow
	// How many more there are elsewhere.
	More string
}

type reportHead struct {
	Title  string
	Number bool
}

// reportRow is a row; its origin is empty where it is told for the whole table.
type reportRow struct {
	Cells  []reportCell
	Origin evidence.Origin
}

// reportCell is a cell; Link is the id of the section that has the facts behind it.
type reportCell struct{ Text, Class, Link string }

type reportSession struct {
	ID, Sign string
	Name     string
	Facts    []titleText
	Commands reportTable
	Origin   evidence.Origin
}

func newReport(v *view) *report {
	p := v.newFilesPage()
	r := &report{
		Files: p.layOut(),
		Style: template.CSS(reportStyle), Script: template.JS(reportScript), StyleHash: sourceHash(reportStyle), ScriptHash: sourceHash(reportScript),
		Title: v.Assessment.Verdict.Title, Where: v.where(), Head: v.Record.Target.Head, Digest: v.Digest,
		Timeline: p.timeline(), Results: v.reportResults(), Rest: v.reportRest(), Sessions: p.sessions(),
	}
	r.Verdict, r.VerdictClass = verdictWords(v.Assessment.Verdict)
	for _, i := range v.Assessment.Focus {
		if i >= 0 && i < len(v.Assessment.Findings) {
			r.Focus = append(r.Focus, p.finding(i))
		}
	}
	for i := range v.Assessment.Findings {
		r.Findings = append(r.Findings, p.finding(i))
	}
	r.Findings, r.LaterFindings = atOnce(r.Findings)
	for _, g := range v.Gaps() {
		subject := strings.Join(g.Subjects[:min(len(g.Subjects), brief.MaxPlaces)], ", ")
		if n := len(g.Subjects) - brief.MaxPlaces; n > 0 {
			subject += " and " + evidence.Count(n) + " more"
		}
		line := strings.Trim(subject+": "+g.Cause, ": ")
		if g.Hint != "" {
			line += " (" + g.Hint + ")"
		}
		r.Gaps = append(r.Gaps, reportGap{line, g.Origin})
	}
	r.Nav = r.nav()
	r.Facts = r.linked(v)
	return r
}

// linked returns the facts of the first lines, each with the section that has
// more about it, and takes links to sections that are not there out of tables.
func (r *report) linked(v *view) []titleText {
	there := func(id string) string {
		if slices.ContainsFunc(r.Nav, func(n titleText) bool { return n.ID == id }) {
			return id
		}
		return ""
	}
	for _, t := range r.Rest {
		for i := range t.Rows {
			for k := range t.Rows[i].Cells {
				t.Rows[i].Cells[k].Link = there(t.Rows[i].Cells[k].Link)
			}
		}
	}
	var all []titleText
	for _, f := range [][2]string{
		{v.TicketFact(), "tickets"},
		{v.SessionFact(), "sessions"},
		{v.TestFact(), "suites"},
		{v.ScanFact(), "scans"},
		{v.CheckFact(), "checks"},
		{v.TraceFact(), "files"},
	} {
		// The first lines say what is there, never what is not.
		if f[0] != "" && !strings.HasPrefix(f[0], "no ") && !strings.HasPrefix(f[0], "author recorded for 0 of") {
			all = append(all, titleText{ID: there(f[1]), Text: text.Plain(f[0])})
		}
	}
	return all
}

func (v *view) where() string {
	name := v.Record.Target.Repository.FullName()
	if n := v.Record.Target.PullRequest; n > 0 {
		return fmt.Sprintf("%s pull request %d", name, n)
	}
	return name
}

func verdictWords(d evidence.Verdict) (words, class string) {
	switch d.Conclusion {
	case evidence.ConclusionSuccess:
		return "The gate is met (fails on: " + string(d.FailOn) + ").", "good"
	case evidence.ConclusionFailure:
		return "The gate is not met (fails on: " + string(d.FailOn) + ").", "error"
	}
	return "Informational: nothing is blocked.", "soft"
}

func (p *filesPage) finding(i int) reportFinding {
	f := p.Assessment.Findings[i]
	f.Facts = slices.Compact(slices.SortedFunc(slices.Values(f.Facts), evidence.Ref.Compare)) // what several rules rest on, once
	out := reportFinding{Finding: f, Index: findingID(i), Origins: p.origins(f.Facts)}
	for _, s := range f.Spans[:min(len(f.Spans), reportPlaces)] {
		place := reportPlace{Text: s.Path + text.LineSuffix(s)}
		if file := p.Files[s.Path]; file != nil && file.Status != evidence.FileDeleted {
			place.URL = p.Blob(s.Path, text.LineFragment(s))
		}
		s.Last = max(s.First, s.Last)
		place.Row = cmp.Or(p.targets[placed{i, s}], p.ids[s.Path])
		out.Places = append(out.Places, place)
	}
	if n := len(f.Spans) + f.SpansOmitted - len(out.Places); n > 0 {
		out.Places = append(out.Places, reportPlace{Text: "and " + evidence.Plural(n, "more place")})
	}
	if f.Accepted != nil {
		out.Accepted = strings.TrimSpace(f.Accepted.Reason + " " + f.Accepted.Until)
	}
	return out
}

func (r *report) nav() []titleText {
	var all []titleText
	add := func(there bool, id, title string) {
		if there {
			all = append(all, titleText{ID: id, Title: title})
		}
	}
	add(len(r.Focus) > 0, "first", "Look here first")
	add(len(r.Gaps) > 0, "gaps", "What could not be read")
	add(r.Timeline != nil, "timeline", "Timeline")
	for _, t := range r.Results {
		add(true, t.ID, t.Title)
	}
	add(r.Files != nil, "files", "Changed files")
	add(len(r.Sessions) > 0, "sessions", "Agent runs")
	for _, t := range r.Rest {
		add(true, t.ID, t.Title)
	}
	add(len(r.Findings) > 0, "findings", "Everything found")
	return all
}
