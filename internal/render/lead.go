package render

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/mergebrief/mergebrief/internal/agents"
	"github.com/mergebrief/mergebrief/internal/evidence"
)

const (
	// maxGaps is how many gaps are listed in the open.
	maxGaps = 8
	// foundTitle heads the folded list of all findings.
	foundTitle = "Everything found"
	// maxPlaces is how many places a finding names.
	maxPlaces = 3
)

// headline returns the verdict in words.
func (v *view) headline() string {
	line := "### mergebrief · " + text(v.assess.Verdict.Title, maxSentence)
	if v.record.Target.Head != "" {
		line += " · " + commit(v.record.Target.Head)
	}
	return line
}

// lead returns what stands in the open below the headline.
func (v *view) lead() []string {
	lines := []string{strings.Join(v.facts(), " · "), ""}
	lines = append(lines, titled("Look here first", v.first())...)
	return append(lines, titled("Gaps", list(maxGaps, v.gaps()))...)
}

// first returns what to look at first, and how much more of that weight there is.
func (v *view) first() []string {
	items := v.focus()
	rest := -len(items)
	for _, f := range v.assess.Findings {
		if !f.Gap && f.Accepted == nil && (f.Level == evidence.LevelError || f.Level == evidence.LevelWarning) {
			rest++
		}
	}
	if rest > 0 && len(items) > 0 {
		items = append(items, "… and "+evidence.Count(rest)+" more under _"+foundTitle+"_")
	}
	return list(len(items), items)
}

// facts returns the record in a row of counts.
func (v *view) facts() []string {
	all := []string{v.ticketFact(), v.sessionFact(), v.testFact(), v.scanFact(), v.checkFact(), v.traceFact(), v.mergeFact()}
	return slices.DeleteFunc(all, func(s string) bool { return s == "" })
}

func (v *view) mergeFact() string {
	p := v.record.PullRequest
	if p == nil || p.Merge == nil {
		return ""
	}
	return "merged by " + code(p.Merge.By.Login, maxName) + grade(p.Origin.Basis)
}

func (v *view) ticketFact() string {
	if len(v.record.Tickets) == 0 {
		return "no ticket" + grade(evidence.Missing)
	}
	t := v.record.Tickets[0]
	var state []string
	if t.Approval != nil && t.Approval.Approved {
		state = append(state, "approved"+grade(t.Approval.Basis))
	}
	if n := len(t.Criteria); n > 0 {
		state = append(state, fmt.Sprintf("%d of %s checked", checked(t), evidence.Plural(n, "criterion")))
	}
	line := "Ticket " + v.linked(code(t.Key, maxName), t.URL, t.Origin) + grade(t.Origin.Basis)
	if len(state) > 0 {
		line += " (" + strings.ReplaceAll(strings.Join(state, ", "), "criterions", "criteria") + ")"
	}
	if n := len(v.record.Tickets) - 1; n > 0 {
		line += fmt.Sprintf(" and %d more", n)
	}
	return line
}

func checked(t evidence.Ticket) (n int) {
	for _, c := range t.Criteria {
		if c.Checked {
			n++
		}
	}
	return n
}

func (v *view) sessionFact() string {
	if len(v.record.Sessions) == 0 {
		return "no agent run recorded" + grade(evidence.Missing)
	}
	var names []string
	var bases []evidence.Basis
	joined, apart := v.runs()
	if len(joined) == 0 {
		return evidence.Plural(len(apart), "agent run") + " recorded, **none joined with the change**" + grade(evidence.Missing)
	}
	for _, s := range joined {
		bases = append(bases, s.Origin.Basis)
		if name := text(agent(*s), maxName/2); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	shown := strings.Join(names[:min(len(names), maxPlaces)], ", ")
	if n := len(names) - maxPlaces; n > 0 {
		shown += fmt.Sprintf(" and %d more", n)
	}
	line := evidence.Plural(len(joined), "agent run") + ": " + shown + grade(evidence.Weakest(bases...))
	if n := len(apart); n > 0 {
		line += ", " + evidence.Count(n) + " more not joined with the change"
	}
	return line
}

// runs returns the agent runs that something joins with the change, and the others.
func (v *view) runs() (joined, apart []*evidence.Session) {
	for i := range v.record.Sessions {
		if s := &v.record.Sessions[i]; v.record.Joined(s) {
			joined = append(joined, s)
		} else {
			apart = append(apart, s)
		}
	}
	return joined, apart
}

// agentName is how people write an agent, which the record has by its key.
func agentName(key string) string { return cmp.Or(agents.Known().Name(key), "agent not named") }

func agent(s evidence.Session) string {
	name := agentName(s.Agent)
	if s.AgentVersion != "" {
		name += " " + s.AgentVersion
	}
	return name
}

func (v *view) testFact() string {
	if len(v.record.Suites) == 0 {
		return "no test results" + grade(evidence.Missing)
	}
	var n evidence.Counts
	var bases []evidence.Basis
	broken := 0
	for _, s := range v.record.Suites {
		n.Add(s.Counts)
		bases = append(bases, s.Origin.Basis)
		broken += len(s.Broken)
	}
	line := evidence.Plural(n.Total, "test")
	if bad := n.Bad(); bad > 0 {
		line += ", **" + evidence.Count(bad) + " failed**"
	}
	if broken > 0 {
		line += ", **" + evidence.Plural(broken, "broken suite") + "**"
	}
	return line + also(n.Skipped, "skipped") + also(n.Flaky, "flaky") + grade(evidence.Weakest(bases...))
}

// scanFact speaks up only for scanners that did not run: their silence is no
// result.
func (v *view) scanFact() string {
	n := 0
	var bases []evidence.Basis
	for _, s := range v.record.Scans {
		if s.DidNotRun {
			n++
			bases = append(bases, s.Origin.Basis)
		}
	}
	if n == 0 {
		return ""
	}
	return "**" + evidence.Plural(n, "scanner") + " did not run**" + grade(evidence.Weakest(bases...))
}

func also(n int, what string) string {
	if n == 0 {
		return ""
	}
	return ", " + evidence.Count(n) + " " + what
}

func (v *view) checkFact() string {
	if len(v.record.Checks) == 0 {
		if v.record.Target.PullRequest == 0 {
			return ""
		}
		return "no checks" + grade(evidence.Missing)
	}
	failed, open := 0, 0
	var bases []evidence.Basis
	for _, c := range v.record.Checks {
		bases = append(bases, c.Origin.Basis)
		switch {
		case c.Failed():
			failed++
		case c.Status != evidence.CheckCompleted:
			open++
		}
	}
	line := evidence.Plural(len(v.record.Checks), "check")
	if failed > 0 {
		line += ", **" + evidence.Count(failed) + " failed**"
	}
	return line + also(open, "not finished") + grade(evidence.Weakest(bases...))
}

// traceFact says for how many added lines the record tells who wrote them. It is
// a measure of the record, not of anybody's share.
func (v *view) traceFact() string {
	n := v.assess.Attribution.Lines
	if n.Added == 0 {
		return ""
	}
	basis := evidence.Reported
	if n.Unattested == n.Added {
		basis = evidence.Missing
	}
	return v.recorded() + " traced" + grade(basis)
}

// recorded says how many added lines, and commits when some are without, have a
// record.
func (v *view) recorded() string {
	n, c := v.assess.Attribution.Lines, v.assess.Recorded
	line := evidence.Count(n.Added-n.Unattested) + " of " + evidence.Plural(n.Added, "added line")
	if c.CommitsRecorded < c.Commits {
		line += ", " + evidence.Count(c.CommitsRecorded) + " of " + evidence.Plural(c.Commits, "commit")
	}
	return line
}

// focus returns what a reviewer should look at first.
func (v *view) focus() []string {
	var items []string
	for _, i := range v.assess.Focus {
		if i >= 0 && i < len(v.assess.Findings) {
			items = append(items, v.finding(v.assess.Findings[i]))
		}
	}
	return items
}

// finding returns a finding with its places first.
func (v *view) finding(f evidence.Finding) string {
	var places []string
	for _, s := range f.Spans[:min(len(f.Spans), maxPlaces)] {
		places = append(places, v.span(s))
	}
	line := strings.Join(places, ", ")
	if n := len(f.Spans) + f.SpansOmitted - len(places); n > 0 {
		line += " and " + evidence.Plural(n, "more place")
	}
	if line != "" {
		line += " "
	}
	line += sentence(f.Message) + grade(f.Basis)
	for _, r := range f.Beside {
		line += "; " + sentence(r.Message) + grade(r.Basis)
	}
	if f.Lapsed != "" {
		line += " (accepted until " + text(f.Lapsed, maxName) + ", counts again)"
	}
	return line
}

// gaps returns what is missing, as far as it matters to a reviewer: findings
// about something absent, and what was looked for in vain. What nobody asked for
// is not among them.
func (v *view) gaps() []string {
	var items []string
	for i, f := range v.assess.Findings {
		if f.Gap && f.Accepted == nil && (f.Level == evidence.LevelError || f.Level == evidence.LevelWarning) && !slices.Contains(v.assess.Focus, i) {
			items = append(items, v.finding(f))
		}
	}
	for _, g := range v.record.Gaps {
		if g.Origin.Reason != evidence.NotConfigured {
			items = append(items, gap(g))
		}
	}
	return items
}

func gap(g evidence.Gap) string {
	line := text(g.Subject, maxName)
	if g.Detail != "" {
		line += ": " + text(g.Detail, maxSentence)
	} else if g.Origin.Reason != "" {
		line += ": " + text(g.Origin.Reason, maxName)
	}
	if g.Hint != "" {
		line += " (" + text(g.Hint, maxSentence) + ")"
	}
	return line + grade(evidence.Missing)
}

// footer says what the letters mean and where the bundle is.
func (v *view) footer() string {
	parts := []string{"<sup>O</sup> observed · <sup>V</sup> verified · <sup>R</sup> reported · <sup>M</sup> missing"}
	bundle := "bundle"
	if url := address(v.Links.Artifact); url != "" {
		bundle = "[bundle](" + url + ")"
	}
	if v.Digest != "" {
		bundle += " " + code(v.Digest, maxName) + " · check it with `mergebrief verify`"
	}
	if bundle != "bundle" {
		parts = append(parts, bundle)
	}
	for _, l := range [][2]string{{"check", v.Links.Check}, {"run", v.Links.Run}} {
		if url := address(l[1]); url != "" {
			parts = append(parts, "["+l[0]+"]("+url+")")
		}
	}
	if page := v.recipe(); page != "" {
		parts = append(parts, "[how to record what is missing]("+page+")")
	}
	return "<sub>" + strings.Join(parts, " · ") + "</sub>"
}
