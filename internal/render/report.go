package render

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

var (
	//go:embed assets/report.tmpl
	reportTemplate string
	//go:embed assets/report.css
	reportStyle string
	//go:embed assets/report.js
	reportScript string
)

const (
	// reportRows bounds each table but that of the files, so that a report of a
	// typical pull request stays below 5 MB.
	reportRows = 2000
	// reportPlaces bounds the places of one finding.
	reportPlaces = 20
)

// Report returns the bundle as one HTML page for a browser: everything that the
// comment has and more, with the origin of each fact. The page loads nothing,
// and its content security policy forbids it to.
func Report(b *evidence.Bundle, o Options) (string, error) {
	funcs := template.FuncMap{
		"clean":  func(s string) string { return evidence.ClipMiddle(clean(s), 2*maxSentence) },
		"letter": func(b any) string { return letter(evidence.Basis(fmt.Sprint(b))) },
	}
	t, err := template.New("report").Funcs(funcs).Parse(reportTemplate)
	if err != nil {
		return "", fmt.Errorf("report: %w", err)
	}
	var page strings.Builder
	if err := t.Execute(&page, newReport(newView(b, o, reportRows))); err != nil {
		return "", fmt.Errorf("report: %w", err)
	}
	return page.String(), nil
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
	Facts                 []string
	Nav                   []titleText
	Focus, Findings       []reportFinding
	Gaps                  []string
	Timeline              *timeline
	Tables                []reportTable
	Failed                *reportTable
	Files                 []reportFile
	Kinds                 []shape
	Sessions              []reportSession
}

type titleText struct{ ID, Title, Text string }

type reportFinding struct {
	evidence.Finding
	Places   []reportPlace
	Origins  []evidence.Origin
	Accepted string
}

// reportPlace is a place with its address on the repository's server, if any.
type reportPlace struct{ Text, URL string }

type reportTable struct {
	ID, Title string
	// The origin of the rows is told elsewhere.
	OneOrigin bool
	Head      []reportHead
	Rows      []reportRow
	More      string
}

type reportHead struct {
	Title  string
	Number bool
}

type reportRow struct {
	Cells  []reportCell
	Origin evidence.Origin
}

type reportCell struct{ Text, Class string }

type reportFile struct {
	Path, Marks           string
	Risk, Untested        bool
	Added, Deleted        string
	AI, Human, Unattested string
	Strip                 *strip
	Ranges                []reportRange
	RangesMore            string
	Origin                evidence.Origin
}

type reportSession struct {
	Name     string
	Facts    []titleText
	Commands reportTable
	Origin   evidence.Origin
}

func newReport(v *view) *report {
	r := &report{
		Style: template.CSS(reportStyle), Script: template.JS(reportScript), StyleHash: sourceHash(reportStyle), ScriptHash: sourceHash(reportScript),
		Title: v.assess.Verdict.Title, Where: v.where(), Head: v.record.Target.Head, Digest: v.Digest, Kinds: kindLegend(),
		Timeline: v.timeline(), Failed: v.reportTests(), Files: v.reportFiles(), Sessions: v.reportSessions(),
	}
	r.Verdict, r.VerdictClass = verdictWords(v.assess.Verdict)
	for _, f := range v.facts() {
		r.Facts = append(r.Facts, plain(f))
	}
	for _, i := range v.assess.Focus {
		if i >= 0 && i < len(v.assess.Findings) {
			r.Focus = append(r.Focus, v.reportFinding(v.assess.Findings[i]))
		}
	}
	for _, f := range v.assess.Findings {
		r.Findings = append(r.Findings, v.reportFinding(f))
	}
	for _, g := range v.record.Gaps {
		r.Gaps = append(r.Gaps, strings.Trim(g.Subject+": "+g.Detail+" "+g.Hint, ": "))
	}
	r.Tables = v.reportTables()
	r.Nav = r.nav()
	return r
}

func (v *view) where() string {
	name := v.record.Target.Repository.FullName()
	if n := v.record.Target.PullRequest; n > 0 {
		return fmt.Sprintf("%s pull request %d", name, n)
	}
	return name
}

func verdictWords(d evidence.Verdict) (words, class string) {
	switch d.Conclusion {
	case "success":
		return "The gate is met (fails on: " + d.FailOn + ").", "good"
	case "failure":
		return "The gate is not met (fails on: " + d.FailOn + ").", "error"
	}
	return "This report does not gate.", "soft"
}

func (v *view) reportFinding(f evidence.Finding) reportFinding {
	out := reportFinding{Finding: f, Origins: v.origins(f.Facts)}
	for _, s := range f.Spans[:min(len(f.Spans), reportPlaces)] {
		place := reportPlace{Text: s.Path + lineSuffix(s)}
		if file := v.files[s.Path]; file != nil && file.Status != evidence.FileDeleted {
			place.URL = v.blob(s.Path, lineFragment(s))
		}
		out.Places = append(out.Places, place)
	}
	if n := len(f.Spans) + f.SpansOmitted - len(out.Places); n > 0 {
		out.Places = append(out.Places, reportPlace{Text: "and " + plural(n, "more place")})
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
	add(len(r.Gaps) > 0, "gaps", "Gaps")
	add(r.Timeline != nil, "timeline", "Timeline")
	for _, t := range r.Tables {
		add(true, t.ID, t.Title)
	}
	add(r.Failed != nil, "failed-tests", "Tests")
	add(len(r.Files) > 0, "files", "Changed files")
	add(len(r.Sessions) > 0, "sessions", "Agent runs")
	add(len(r.Findings) > 0, "findings", "Everything found")
	return all
}
