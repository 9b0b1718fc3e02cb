package comment

import (
	"slices"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/render/brief"
	"github.com/mergebrief/mergebrief/internal/render/text"
	"github.com/mergebrief/mergebrief/internal/wording"
)

const (
	// maxGaps is how many gaps are listed in the open.
	maxGaps = 8
	// foundTitle heads the folded list of all findings.
	foundTitle = "Everything found"
)

// headline returns the verdict in words.
func (v *view) headline() string {
	line := "### mergebrief · " + text.Text(v.Assessment.Verdict.Title, text.MaxSentence)
	if v.Record.Target.Head != "" {
		line += " · " + text.Commit(v.Record.Target.Head)
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
	for _, f := range v.Assessment.Findings {
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
	all := []string{v.TicketFact(), v.SessionFact(), v.TestFact(), v.ScanFact(), v.CheckFact(), v.TraceFact(), v.mergeFact()}
	return slices.DeleteFunc(all, func(s string) bool { return s == "" })
}

func (v *view) mergeFact() string {
	p := v.Record.PullRequest
	if p == nil || p.Merge == nil {
		return ""
	}
	return "merged by " + text.Code(p.Merge.By.Login, text.MaxName) + text.Grade(p.Origin.Basis)
}

// focus returns what a reviewer should look at first.
func (v *view) focus() []string {
	var items []string
	for _, i := range v.Assessment.Focus {
		if i >= 0 && i < len(v.Assessment.Findings) {
			items = append(items, v.finding(v.Assessment.Findings[i]))
		}
	}
	return items
}

// finding returns a finding with its places first.
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

// gaps returns what is missing, as far as it matters to a reviewer: findings
// about something absent, and what was looked for in vain. What nobody asked for
// is not among them.
func (v *view) gaps() []string {
	var items []string
	for i, f := range v.Assessment.Findings {
		if f.Gap && f.Accepted == nil && (f.Level == evidence.LevelError || f.Level == evidence.LevelWarning) && !slices.Contains(v.Assessment.Focus, i) {
			items = append(items, v.finding(f))
		}
	}
	for _, g := range v.Record.Gaps {
		if g.Origin.Reason != evidence.NotConfigured {
			items = append(items, gap(g))
		}
	}
	return items
}

func gap(g evidence.Gap) string {
	line := text.Text(g.Subject, text.MaxName)
	if g.Detail != "" {
		line += ": " + text.Text(g.Detail, text.MaxSentence)
	} else if g.Origin.Reason != "" {
		line += ": " + text.Text(g.Origin.Reason, text.MaxName)
	}
	if g.Hint != "" {
		line += " (" + text.Text(g.Hint, text.MaxSentence) + ")"
	}
	return line + text.Grade(evidence.Missing)
}

// footer says what the letters mean and where the bundle is.
func (v *view) footer() string {
	parts := []string{"<sup>O</sup> observed · <sup>V</sup> verified · <sup>R</sup> reported · <sup>M</sup> missing"}
	bundle := "bundle"
	if url := text.Address(v.Links.Artifact); url != "" {
		bundle = "[bundle](" + url + ")"
	}
	if v.Digest != "" {
		bundle += " " + text.Code(v.Digest, text.MaxName) + " · check it with `mergebrief verify`"
	}
	if bundle != "bundle" {
		parts = append(parts, bundle)
	}
	for _, l := range [][2]string{{"check", v.Links.Check}, {"run", v.Links.Run}} {
		if url := text.Address(l[1]); url != "" {
			parts = append(parts, "["+l[0]+"]("+url+")")
		}
	}
	if page := v.recipe(); page != "" {
		parts = append(parts, "[how to record what is missing]("+page+")")
	}
	return "<sub>" + strings.Join(parts, " · ") + "</sub>"
}
