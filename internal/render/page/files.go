package page

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/render/brief"
	"github.com/mergebrief/mergebrief/internal/render/text"
)

// maxLegend bounds the agent runs in the legend; all are among the agent runs.
const maxLegend = 8

// filesPage lays out the changed files.
type filesPage struct {
	*view
	runs    map[string]int // by session, from 1
	unnamed bool           // some lines are of an agent in no session
	gutters map[*evidence.AttributedRange]*gutter
	// The rows, and the files, to which findings lead.
	targets map[placed]string
	ids     map[string]string
	// Origins in lists of the record, by name.
	listed map[evidence.List][]evidence.Origin
	// How many more ranges may be listed, and how many lines are.
	room, laidOut int
}

// reportFiles is the section of the changed files.
type reportFiles struct {
	Text   string
	Legend []legend
	// Where all files are from that say nothing else.
	Origin evidence.Origin
	Files  []reportFile
	// Those that the script of the page shows when they are asked for.
	Later []reportFile
}

// legend explains a sign of the gutter.
type legend struct{ Class, Sign, Text, Link string }

type reportFile struct {
	ID, Path, Kind string
	URL            string
	Chips          []chip
	Flags          string
	Added, Deleted string
	By             []legend
	Strip          *strip
	Notes          []string
	Findings       []lineFinding
	Lines          []reportLine
	Packed         bool // the lines become part of the page when the file is opened
	Ranges         []reportRange
	RangesMore     string
	Origin         *evidence.Origin
}

// chip is what a reader should know of a file before opening it.
type chip struct{ Class, Text string }

func (v *view) newFilesPage() *filesPage {
	p := &filesPage{
		view: v, runs: map[string]int{}, gutters: map[*evidence.AttributedRange]*gutter{}, targets: map[placed]string{},
		ids: make(map[string]string, len(v.Record.Files)), listed: map[evidence.List][]evidence.Origin{}, room: reportRanges,
	}
	for i := range v.Record.Sessions {
		p.number(v.Record.Sessions[i].ID)
	}
	for i := range v.Assessment.Attribution.Files {
		for k := range v.Assessment.Attribution.Files[i].Parts {
			part := &v.Assessment.Attribution.Files[i].Parts[k]
			if part.Kind == evidence.AuthorAI {
				p.number(part.Session)
				p.unnamed = p.unnamed || part.Session == ""
			}
		}
	}
	return p
}

func (p *filesPage) number(session string) {
	if _, known := p.runs[session]; !known && session != "" {
		p.runs[session] = len(p.runs) + 1
	}
}

// sign names the author of lines in the gutter.
func (p *filesPage) sign(part *evidence.AttributedRange) string {
	switch part.Kind {
	case evidence.AuthorAI:
		return p.runSign(part.Session)
	case evidence.AuthorHuman:
		return "P"
	case evidence.AuthorPreexisting:
		return "="
	}
	return "?"
}

func (p *filesPage) runSign(session string) string {
	if n := p.runs[session]; n > 0 {
		return fmt.Sprintf("A%d", n)
	}
	return "A"
}

// layOut lays out the section, nil without files.
func (p *filesPage) layOut() *reportFiles {
	if len(p.Record.Files) == 0 {
		return nil
	}
	facts, attributed := p.lineFacts()
	out := &reportFiles{Legend: p.legend(), Origin: p.Record.Files[0].Origin}
	for i := range p.Record.Files {
		f := &p.Record.Files[i]
		one := p.file(i, f, attributed[f.Path], facts[f.Path])
		if f.Origin != out.Origin {
			one.Origin = &f.Origin
		}
		out.Files = append(out.Files, one)
	}
	p.byRisk(out.Files)
	out.Files, out.Later = atOnce(out.Files)
	for i := range out.Later {
		out.Later[i].Packed = false // with the file
	}
	out.Text = p.aboutLines()
	return out
}

// byRisk puts the files first that a reviewer should see first: those with the
// gravest findings, then those in high-risk areas, then those with the most lines.
func (p *filesPage) byRisk(files []reportFile) {
	weight := map[string]int{}
	for i := range p.Assessment.Findings {
		f := &p.Assessment.Findings[i]
		grave := map[evidence.Level]int{evidence.LevelError: 3, evidence.LevelWarning: 2}[f.Level]
		for _, s := range f.Spans {
			if f.Accepted == nil {
				weight[s.Path] = max(weight[s.Path], 2*grave)
			}
		}
	}
	for i := range p.Assessment.Attribution.Files {
		if f := &p.Assessment.Attribution.Files[i]; f.Area != "" {
			weight[f.Path]++
		}
	}
	lines := func(path string) int { return p.Files[path].Added + p.Files[path].Deleted }
	slices.SortStableFunc(files, func(a, b reportFile) int {
		return cmp.Or(cmp.Compare(weight[b.Path], weight[a.Path]), cmp.Compare(lines(b.Path), lines(a.Path)))
	})
}

// lineFacts collects what the record says of the lines, by file.
func (p *filesPage) lineFacts() (map[string]*lineFacts, map[string]*evidence.FileAttribution) {
	facts := make(map[string]*lineFacts, len(p.Record.Files))
	for i := range p.Record.Files {
		facts[p.Record.Files[i].Path] = &lineFacts{}
	}
	attributed := make(map[string]*evidence.FileAttribution, len(facts))
	for i := range p.Assessment.Attribution.Files {
		if a := &p.Assessment.Attribution.Files[i]; facts[a.Path] != nil {
			attributed[a.Path], facts[a.Path].parts, facts[a.Path].area = a, a.Parts, a.Area
		}
	}
	for _, c := range p.Record.Coverage {
		for _, f := range c.Files {
			if all := facts[f.Path]; all != nil {
				all.covered, all.missed = append(all.covered, f.Covered...), append(all.missed, f.Missed...)
			}
		}
	}
	for i := range p.Assessment.Attribution.Later {
		if e := p.Assessment.Attribution.Later[i]; e.By != evidence.LaterBySameRun && facts[e.Path] != nil {
			e.Lines = evidence.UnionRanges(e.Lines...)
			facts[e.Path].later = append(facts[e.Path].later, &e)
		}
	}
	p.placeFindings(facts)
	for _, f := range facts {
		f.covered = evidence.UnionRanges(f.covered...)
		f.missed = evidence.SubtractRanges(evidence.UnionRanges(f.missed...), f.covered)
		slices.SortStableFunc(f.findings, func(a, b placed) int { return cmp.Compare(a.span.First, b.span.First) })
	}
	return facts, attributed
}

// Rules that have a sign of their own beside the lines.
const (
	ruleUntested = "ai-lines-untested"
	ruleLater    = "edited-after-run"
)

func (p *filesPage) placeFindings(facts map[string]*lineFacts) {
	for i := range p.Assessment.Findings {
		f := &p.Assessment.Findings[i]
		for _, s := range f.Spans {
			all := facts[s.Path]
			if all == nil {
				continue
			}
			s.Last = max(s.First, s.Last)
			all.findings = append(all.findings, placed{i, s})
		}
	}
}

// about reports whether a rule has part in a finding.
func about(f *evidence.Finding, rule string) bool {
	return f.Rule == rule || slices.Contains(f.Also, rule)
}

func (p *filesPage) legend() []legend {
	var all []legend
	for i := range p.Record.Sessions[:min(len(p.Record.Sessions), maxLegend)] {
		s := &p.Record.Sessions[i]
		all = append(all, legend{"k-ai", p.runSign(s.ID), brief.Agent(*s) + ", session " + s.ID, runID(i)})
	}
	if p.unnamed {
		all = append(all, legend{"k-ai", "A", "an agent, in which run is not known", ""})
	}
	if n := len(p.runs) - min(len(p.Record.Sessions), maxLegend); n > 0 {
		all = append(all, legend{"k-ai", "A…", evidence.Plural(n, "more agent run"), ""})
	}
	return append(all,
		legend{"k-human", "P", "a known person", ""}, legend{"k-unattested", "?", "author unknown: nothing claims the line", ""},
		legend{"k-preexisting", "=", "older than the change, moved", ""}, legend{"m-missed", signMissed, "not executed by a test", ""},
		legend{"m-known", signCovered, "executed by a test", ""}, legend{"m-known", signRisk, "high-risk area", ""},
		legend{"m-known", signLater, "changed after the agent's run", ""},
	)
}

// runID is the id of an agent run in the list of all.
func runID(i int) string { return fmt.Sprintf("run-%d", i+1) }

// aboutLines says where the lines on the page are from, or why there are none,
// and what is not known about them.
func (p *filesPage) aboutLines() string {
	text := p.aboutDiff()
	if len(p.Record.Coverage) == 0 {
		text += " There is no coverage report: which lines tests executed is not known."
	}
	return text
}

func (p *filesPage) aboutDiff() string {
	ranges := ""
	if p.Record.Target.Repository.URL() != "" {
		ranges = " Ranges of lines lead to the head on the repository's server."
	}
	switch {
	case p.diff == nil:
		return "The bundle holds no code, and this page was made from it alone; mergebrief render --html --repo DIR evidence.json shows the lines of the diff, too." + ranges
	case p.diff.absent != "":
		return p.diff.absent + ranges
	}
	shown, total := 0, 0
	for _, f := range p.diff.files {
		shown, total = shown+f.shown(), total+f.total
	}
	text := "The lines are those of the diff as git has it, secrets replaced; they were read for this page, and the bundle holds none of them."
	if shown < total {
		text += fmt.Sprintf(" %s of %s are shown: of what does not fit, the files that matter least are left out first.", evidence.Count(shown), evidence.Plural(total, "line")) + ranges
	}
	return text
}

// shown is the number of lines that are held.
func (f *diffFile) shown() (n int) {
	for i := range f.lines {
		if k := f.lines[i].kind; k != '@' && k != '\\' {
			n++
		}
	}
	return n
}

func (p *filesPage) file(i int, f *evidence.File, a *evidence.FileAttribution, facts *lineFacts) reportFile {
	out := reportFile{
		ID: fmt.Sprintf("file-%d", i+1), Path: f.Path, Kind: text.Plain(strings.TrimSpace(brief.FileKind(*f))), Added: evidence.Count(f.Added), Deleted: evidence.Count(f.Deleted),
	}
	if f.Status != evidence.FileDeleted {
		out.URL = p.Blob(f.Path, "")
	}
	p.ids[f.Path] = out.ID
	out.Chips, out.Flags = p.chips(facts)
	for _, at := range facts.findings {
		if at.span.First <= 0 && len(out.Findings) < fileFindings {
			one := &p.Assessment.Findings[at.finding]
			out.Findings = append(out.Findings, lineFinding{Level: one.Level, Message: one.Message, Basis: one.Basis, Link: findingID(at.finding)})
		}
	}
	for _, e := range facts.later {
		if len(e.Lines) == 0 {
			out.Notes = append(out.Notes, fmt.Sprintf("%s %s in %.7s, after the run, by %s.", evidence.Plural(e.Removed, "agent-written line"), e.Action, e.Commit, text.Plain(brief.EditedBy(e))))
		}
	}
	last := 0
	if p.diff != nil {
		if d := p.diff.files[f.Path]; d != nil {
			out.Lines = p.diffRows(out.ID, d.lines, facts, p.targets)
			out.Notes = append(out.Notes, d.notes()...)
			last = d.last()
		}
	}
	if a == nil {
		return out
	}
	out.By, out.Strip = p.by(a), newStrip(a, facts.missed, stripCells(len(p.Record.Files)))
	var left int
	if out.Ranges, left = p.ranges(a, facts, last, p.room); left > 0 {
		out.RangesMore = evidence.Count(left) + " more ranges are in the bundle."
	}
	p.room -= len(out.Ranges)
	p.laidOut += len(out.Lines) + len(out.Ranges)
	out.Packed = p.laidOut > linesAtOnce
	return out
}

// notes says what is special about the lines that are shown.
func (f *diffFile) notes() []string {
	var all []string
	if n := f.total - f.shown(); n > 0 {
		all = append(all, fmt.Sprintf("%s of its diff are not shown, for the size of the page.", evidence.Plural(n, "line")))
	}
	if f.hidden > 0 {
		all = append(all, fmt.Sprintf("%s that would not be seen, or not where they stand, are written out as ⟨U+…⟩.", evidence.Plural(f.hidden, "character")))
	}
	if f.crlf && f.total > 0 {
		all = append(all, "Its lines end in CR LF.")
	}
	return all
}

// last is the number at the head of the last line that is held.
func (f *diffFile) last() (n int) {
	for i := range f.lines {
		n = max(n, f.lines[i].new)
	}
	if f.shown() == f.total {
		return maxLine
	}
	return n
}

// maxLine is behind every line.
const maxLine = int(^uint(0) >> 1)

// chips says what a reader should know of a file, for the eye and for the filter.
func (p *filesPage) chips(facts *lineFacts) ([]chip, string) {
	var all []chip
	var flags []string
	has := func(rule string) bool {
		return slices.ContainsFunc(facts.findings, func(at placed) bool { return about(&p.Assessment.Findings[at.finding], rule) })
	}
	add := func(is bool, flag, class, text string) {
		if is {
			all, flags = append(all, chip{class, text}), append(flags, flag)
		}
	}
	add(facts.area != "", "risk", "warning", signRisk+" "+facts.area)
	add(has(ruleUntested), "untested", "warning", signMissed+" not executed by tests")
	add(len(facts.later) > 0 || has(ruleLater), "later", "", signLater+" changed after the run")
	var seen []int
	worst := ""
	for _, at := range facts.findings {
		if slices.Contains(seen, at.finding) {
			continue
		}
		seen = append(seen, at.finding)
		if l := string(p.Assessment.Findings[at.finding].Level); worst == "" || l == "error" || l == "warning" && worst != "error" {
			worst = l
		}
	}
	add(len(seen) > 0, "found", worst, evidence.Plural(len(seen), "finding"))
	return all, strings.Join(flags, " ")
}

// by counts the lines of a file by author.
func (p *filesPage) by(a *evidence.FileAttribution) []legend {
	var all []legend
	add := func(n int, class, words string) {
		if n > 0 {
			all = append(all, legend{Class: class, Sign: evidence.Count(n), Text: words})
		}
	}
	add(a.Lines.AI, "k-ai", "agent")
	add(a.Lines.Human, "k-human", "person")
	add(a.Lines.Unattested, "k-unattested", "author unknown")
	add(a.Lines.Preexisting, "k-preexisting", "moved")
	return all
}
