package comment

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mergebrief/mergebrief/internal/classify"
	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/render/brief"
	"github.com/mergebrief/mergebrief/internal/render/text"
	"github.com/mergebrief/mergebrief/internal/wording"
)

const (
	// maxPoints is how many points stand in the open: a list of more is skimmed.
	maxPoints = 5
	// maxOfRule keeps one rule from filling the list.
	maxOfRule = 2
	// maxContext is how many of the points are no more than context.
	maxContext = 2
	// foundTitle heads the folded list of all findings.
	foundTitle = "Everything found"
	// gapsTitle heads the folded list of what is not known.
	gapsTitle = "What could not be read"
	// shortDigest is how much of a digest people compare.
	shortDigest = 12
)

// headline returns the verdict in words.
func (v *view) headline() string {
	return "### mergebrief · " + text.Text(v.Assessment.Verdict.Title, text.MaxSentence)
}

// lead returns what stands in the open below the headline: what is there, and what
// to do about it.
func (v *view) lead() []string {
	lines := []string{strings.Join(v.there(), " · "), ""}
	for _, g := range v.points() {
		lines = append(lines, titled(g.title, list(len(g.points), g.points))...)
	}
	return lines
}

// there returns what is there, in a row: never what is not.
func (v *view) there() []string {
	all := []string{v.agentFact(), v.diffFact(), v.testsChangedFact(), v.checkFact(), v.testFact(), v.ticketFact(), v.mergeFact()}
	return slices.DeleteFunc(all, func(s string) bool { return s == "" })
}

// agentFact says which agents a record or a commit names, in words that keep the
// two apart.
func (v *view) agentFact() string {
	joined, _ := v.Runs()
	n := v.Assessment.Attribution.Lines
	if len(joined) > 0 {
		line := brief.AgentNames(joined) + ", " + evidence.Plural(len(joined), "recorded run")
		if took := brief.Took(joined); took != "" {
			line += " (" + took + ")"
		}
		if n.AI > 0 {
			line += ", wrote " + evidence.Count(n.AI) + " of " + evidence.Plural(n.Added, "added line")
		}
		return line
	}
	if t := v.Assessment.Traced; t.CommitsNaming > 0 {
		return fmt.Sprintf("%s named as co-author in %s of %s", text.Text(brief.AgentName(t.Named), text.MaxName/2), evidence.Count(t.CommitsNaming), evidence.Plural(t.Commits, "commit"))
	}
	if n.AI > 0 {
		return evidence.Count(n.AI) + " of " + evidence.Plural(n.Added, "added line") + " recorded as an agent's"
	}
	return ""
}

func (v *view) diffFact() string {
	added, deleted := 0, 0
	for i := range v.Record.Files {
		added, deleted = added+v.Record.Files[i].Added, deleted+v.Record.Files[i].Deleted
	}
	if len(v.Record.Files) == 0 {
		return ""
	}
	return fmt.Sprintf("%s, +%s −%s", evidence.Plural(len(v.Record.Files), "file"), evidence.Count(added), evidence.Count(deleted))
}

func (v *view) testsChangedFact() string {
	tests, code := 0, 0
	for i := range v.Record.Files {
		switch f := &v.Record.Files[i]; {
		case classify.IsTestPath(f.Path) && f.Status != evidence.FileDeleted:
			tests++
		case classify.IsCode(f.Path):
			code++
		}
	}
	switch {
	case tests == 0 || code == 0:
		return ""
	case tests == 1:
		return "tests changed too (1 file)"
	}
	return "tests changed too (" + evidence.Count(tests) + " files)"
}

func (v *view) checkFact() string {
	if len(v.Record.Checks) == 0 {
		return ""
	}
	failed, open, passed, own := 0, 0, 0, 0
	for _, c := range v.Record.Checks {
		if c.Definition.OfChange() && !c.Failed() {
			own++
		}
		switch {
		case c.Failed():
			failed++
		case c.Status != evidence.CheckCompleted:
			open++
		case c.Conclusion == evidence.ConclusionSuccess:
			passed++
		}
	}
	all := len(v.Record.Checks)
	line := "CI: " + evidence.Plural(passed, "check") + " passed"
	if passed < all {
		line = "CI: " + evidence.Count(passed) + " of " + evidence.Plural(all, "check") + " passed"
	}
	if failed > 0 {
		line += ", **" + evidence.Count(failed) + " failed**"
	}
	if open > 0 {
		line += ", " + evidence.Count(open) + " not finished"
	}
	if own > 0 {
		line += ", " + evidence.Count(own) + " by what the change itself edits"
	}
	return line
}

func (v *view) testFact() string {
	if len(v.Record.Suites) == 0 {
		return v.brokenScans()
	}
	var n evidence.Counts
	broken, certain := 0, true
	for i := range v.Record.Suites {
		s := &v.Record.Suites[i]
		n.Add(s.Counts)
		broken += s.BrokenParts()
		certain = certain && s.Origin.Basis.Certain()
	}
	line := evidence.Plural(n.Passed, "test") + " passed"
	if bad := n.Bad(); bad > 0 {
		line = evidence.Plural(n.Total, "test") + ", **" + evidence.Count(bad) + " failed**"
	}
	if broken > 0 {
		line += ", **" + evidence.Plural(broken, "broken suite") + "**"
	}
	if n.Skipped > 0 {
		line += ", " + evidence.Count(n.Skipped) + " skipped"
	}
	if n.Flaky > 0 {
		line += ", " + evidence.Count(n.Flaky) + " only when tried again"
	}
	if !certain {
		line += " by result files"
	}
	return strings.TrimSuffix(line+" · "+v.brokenScans(), " · ")
}

// brokenScans speaks up for scanners that did not run: their silence is no result.
func (v *view) brokenScans() string {
	n := 0
	for i := range v.Record.Scans {
		if v.Record.Scans[i].DidNotRun {
			n++
		}
	}
	if n == 0 {
		return ""
	}
	return "**" + evidence.Plural(n, "scanner") + " did not finish**"
}

func (v *view) ticketFact() string {
	if len(v.Record.Tickets) == 0 {
		return ""
	}
	t := v.Record.Tickets[0]
	line := v.Linked(text.Code(t.Key, text.MaxName), t.URL, t.Origin)
	switch {
	case t.Approval != nil && t.Approval.Approved && t.Approval.Basis.Certain():
		line += " approved"
	case t.Approval != nil && t.Approval.Approved:
		line += " approved, as a file says"
	}
	if !t.Origin.Basis.Certain() {
		line += " (named, not looked up)"
	}
	if n := len(v.Record.Tickets) - 1; n > 0 {
		line += " + " + evidence.Count(n) + " more"
	}
	return line
}

func (v *view) mergeFact() string {
	p := v.Record.PullRequest
	if p == nil || p.Merge == nil {
		return ""
	}
	return "merged by " + text.Code(p.Merge.By.Login, text.MaxName)
}

// pointGroup is points under one title.
type pointGroup struct {
	title  string
	points []string
}

// points returns what to do, at most five points: what stands in the way of an
// approval, what to check, and what helps to read the change.
func (v *view) points() []pointGroup {
	groups := []pointGroup{{title: "Before you approve"}, {title: "Check"}, {title: "Context"}}
	shown, context, left := 0, 0, 0
	of := map[string]int{}
	for i := range v.Assessment.Findings {
		f := &v.Assessment.Findings[i]
		g := groupOf(f)
		if g < 0 || f.Accepted != nil {
			continue
		}
		full := shown == maxPoints || g == 2 && context == maxContext || of[f.Rule] == maxOfRule
		if full {
			if g < 2 {
				left++
			}
			continue
		}
		shown++
		of[f.Rule]++
		if g == 2 {
			context++
		}
		groups[g].points = append(groups[g].points, v.point(f))
	}
	if left > 0 {
		last := &groups[1]
		if len(last.points) == 0 {
			last = &groups[0]
		}
		last.points = append(last.points, evidence.Count(left)+" more under _"+foundTitle+"_")
	}
	return slices.DeleteFunc(groups, func(g pointGroup) bool { return len(g.points) == 0 })
}

// beforeApproval are rules whose warnings stand in the way of an approval: what
// they found says that nobody knows whether the change works.
var beforeApproval = []string{
	"validation-failed", "validation-masked", "tests-failed", "check-failed", "suite-broken", "scan-unfinished", "pass-contradicted", "check-vanished", "secrets-seen",
	"changes-requested", "hooks-bypassed", "validation-never-run", "local-ci-disagreement", "ticket-not-approved",
}

// contextRules are rules whose notes help to read a change.
var contextRules = []string{"dependencies-changed", "checks-changed", "area-touched", "change-large", "repaired-by-editing-tests", "workflow-without-effect"}

// groupOf returns the index of the group of a finding, negative for those that
// stand only in the list of all.
func groupOf(f *evidence.Finding) int {
	switch f.Level {
	case evidence.LevelError:
		return 0
	case evidence.LevelWarning:
		if slices.Contains(beforeApproval, f.Rule) {
			return 0
		}
		return 1
	case evidence.LevelNote:
		if slices.Contains(contextRules, f.Rule) {
			return 2
		}
	}
	return -1
}

// point returns a finding as a point: a label, what was found, one place, and what
// to do.
func (v *view) point(f *evidence.Finding) string {
	label, rest := wording.Labelled(wording.Finding(f))
	line := text.Sentence(rest)
	if label != "" {
		line = "**" + text.Text(label, text.MaxSentence) + "**" + spaced(line)
	}
	line += v.onePlace(f)
	for _, r := range f.Beside {
		line += "; " + text.Sentence(wording.Remark(&r))
	}
	if f.Lapsed != "" {
		line += " (accepted until " + text.Text(f.Lapsed, text.MaxName) + ", counts again)"
	}
	if ask := wording.Ask(f.Rule); ask != "" {
		line += ". _" + ask + "_"
	}
	return line
}

// spaced puts a space before words that follow a label without a mark of their own.
func spaced(s string) string {
	if s == "" || strings.IndexByte(":,;. ", s[0]) >= 0 {
		return s
	}
	return " " + s
}

// onePlace links the first place of a finding, and says how many files more it has.
func (v *view) onePlace(f *evidence.Finding) string {
	if len(f.Spans) == 0 {
		return ""
	}
	line := " · " + v.span(f.Spans[0])
	files := map[string]bool{}
	for _, s := range f.Spans {
		files[s.Path] = true
	}
	switch n := len(files) - 1; {
	case n > 0:
		line += " + " + evidence.Plural(n, "more file")
	case len(f.Spans)+f.SpansOmitted > 1:
		line += " + " + evidence.Plural(len(f.Spans)+f.SpansOmitted-1, "more place")
	}
	return line
}

// finding returns a finding with its places first, as the list of all has it.
func (v *view) finding(f evidence.Finding) string {
	var places []string
	for _, s := range f.Spans[:min(len(f.Spans), brief.MaxPlaces)] {
		places = append(places, v.span(s))
	}
	line := strings.Join(places, ", ")
	if n := len(f.Spans) + f.SpansOmitted - len(places); n > 0 {
		line += " and " + evidence.Plural(n, "more place")
	}
	if line != "" {
		line += " "
	}
	line += text.Sentence(wording.Finding(&f)) + text.Grade(f.Basis)
	for _, r := range f.Beside {
		line += "; " + text.Sentence(wording.Remark(&r)) + text.Grade(r.Basis)
	}
	if f.Lapsed != "" {
		line += " (accepted until " + text.Text(f.Lapsed, text.MaxName) + ", counts again)"
	}
	return line
}

// gaps returns what was looked for in vain, one line for each cause: what, how
// often, and what to do about it.
func (v *view) gaps() []string {
	var items []string
	for _, g := range v.Gaps() {
		var all []string
		for _, s := range g.Subjects[:min(len(g.Subjects), brief.MaxPlaces)] {
			all = append(all, text.Text(s, text.MaxName))
		}
		line := strings.Join(all, ", ")
		if n := len(g.Subjects) - len(all); n > 0 {
			line += " and " + evidence.Count(n) + " more"
		}
		if g.Cause != "" {
			line += ": " + text.Text(g.Cause, text.MaxSentence)
		}
		if g.Hint != "" {
			line += " (" + text.Text(g.Hint, text.MaxSentence) + ")"
		}
		items = append(items, line+text.Grade(evidence.Missing))
	}
	return items
}

// unknown lists what is not known, in a few words.
func (v *view) unknown() []string {
	var all []string
	n := v.Assessment.Attribution.Lines
	joined, apart := v.Runs()
	switch {
	case len(joined) == 0 && len(apart) > 0:
		all = append(all, "Nothing joins "+evidence.Plural(len(apart), "recorded run")+" with the change")
	case len(joined) == 0 && v.Assessment.Traced.CommitsNaming > 0:
	case len(joined) == 0 && n.AI == 0 && n.Human == 0 && len(v.Record.Commits) == 1:
		all = append(all, "No agent is named in the commit, which proves nothing")
	case len(joined) == 0 && n.AI == 0 && n.Human == 0 && len(v.Record.Commits) > 1:
		newest := ""
		if v.Record.CommitsOmitted > 0 {
			newest = "newest "
		}
		all = append(all, "No agent is named in the "+newest+evidence.Plural(len(v.Record.Commits), "commit")+", which proves nothing")
	case n.Unattested > 0 && n.AI > 0 && len(joined) > 0:
		all = append(all, "Author unknown for "+evidence.Count(n.Unattested)+" of "+evidence.Plural(n.Added, "added line"))
	}
	if closed := v.closed(); len(v.Record.Tickets) == 0 && len(closed) > 0 {
		all = append(all, brief.Names(closed)+" named in a commit and not looked up")
	}
	if len(v.Record.Checks) == 0 && v.Record.Target.PullRequest > 0 {
		all = append(all, "No check of this commit is known")
	}
	if gaps := v.gaps(); len(gaps) > 0 {
		all = append(all, evidence.Plural(len(gaps), "thing")+" could not be read (see _"+gapsTitle+"_)")
	}
	return all
}

// closed are the tickets that commits say they close, each once.
func (v *view) closed() (all []string) {
	for i := range v.Record.Commits {
		for _, name := range v.Record.Commits[i].Closes {
			if !slices.Contains(all, name) {
				all = append(all, name)
			}
		}
	}
	return all
}

// account says which facts in the open rest on words alone.
func (v *view) account() string {
	reported := false
	for _, s := range v.Record.Sessions {
		reported = reported || v.Record.Joined(&s) && !s.Origin.Basis.Certain()
	}
	if !reported {
		return ""
	}
	return "What the agent did is by its own account, not checked"
}

// footer says what is unknown, whether anything is blocked, and where the rest is.
func (v *view) footer() string {
	parts := v.unknown()
	if a := v.account(); a != "" {
		parts = append(parts, a)
	}
	if v.Assessment.Verdict.Conclusion == evidence.ConclusionNeutral {
		parts = append(parts, "Informational: nothing is blocked")
	}
	if page := v.recipe(); page != "" {
		parts = append(parts, "[Record agent runs]("+page+")")
	}
	if url := text.Address(v.Links.Artifact); url != "" {
		parts = append(parts, "[report]("+url+")")
	}
	for _, l := range [][2]string{{"check", v.Links.Check}, {"run", v.Links.Run}} {
		if url := text.Address(l[1]); url != "" {
			parts = append(parts, "["+l[0]+"]("+url+")")
		}
	}
	if v.Digest != "" {
		parts = append(parts, text.Code(digest(v.Digest), text.MaxName)+" for `mergebrief verify`")
	}
	if v.Record.Target.Head != "" {
		parts = append(parts, text.Commit(v.Record.Target.Head))
	}
	return "<sub>" + strings.Join(parts, " · ") + "</sub>"
}

// digest shortens a digest to what people compare.
func digest(d string) string {
	algorithm, hex, found := strings.Cut(d, ":")
	if !found || !text.Hex(hex) || len(hex) <= shortDigest {
		return d
	}
	return algorithm + ":" + hex[:shortDigest]
}
