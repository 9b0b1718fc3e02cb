package comment

import (
	"fmt"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/render/text"
)

// checklist tells how complete the record is.
func (v *view) checklist() section {
	if joined, _ := v.Runs(); len(joined) == 0 {
		// Without a run it would read like an exam that nobody sat.
		return section{"Inputs not read", list(v.Rows, v.unread())}
	}
	captured := 0
	rows := make([]string, 0, len(v.Assessment.Checklist))
	for _, it := range v.Assessment.Checklist {
		if it.State == evidence.ItemCaptured {
			captured++
		}
		rows = append(rows, cells(text.Text(it.Title, text.MaxName), text.Text(strings.ReplaceAll(string(it.State), "-", " "), text.MaxName), text.Text(it.Detail, text.MaxSentence), text.Letter(it.Basis)))
	}
	lines := table(len(rows), "Item | State | What is there | Grade", rows)
	lines = append(lines, titled("Inputs not read", list(v.Rows, v.unread()))...)
	if len(rows) == 0 {
		return section{"Checklist", lines}
	}
	title := fmt.Sprintf("Checklist (%d of %d captured", captured, len(rows))
	if v.Assessment.Attribution.Lines.Added > 0 {
		title += ", author recorded for " + v.Traced()
	}
	return section{title + ")", lines}
}

// legend says what the raised letters mean.
const legend = "How each fact is known: <sup>O</sup> observed by GitHub or git, <sup>V</sup> verified by a second source, <sup>R</sup> reported by a file or an agent, <sup>M</sup> missing."

// everything lists all findings with their ids, accepted ones with the reason.
func (v *view) everything() section {
	all := &items{limit: v.Rows}
	for i := range v.Assessment.Findings {
		all.add(func() string { return v.identified(&v.Assessment.Findings[i]) })
	}
	if all.total == 0 {
		return section{}
	}
	return section{foundTitle + " (" + evidence.Count(all.total) + ")", append([]string{legend, ""}, all.list()...)}
}

// identified returns a finding with its level, its id and why it does not count.
func (v *view) identified(f *evidence.Finding) string {
	line := text.Text(f.Level, text.MaxName) + " " + text.Code(f.ID, text.MaxName) + " " + v.finding(*f)
	if a := f.Accepted; a != nil {
		line += " Accepted"
		if a.Owner != "" {
			line += " by " + text.Code(a.Owner, text.MaxName)
		}
		line += ": " + text.Text(a.Reason, text.MaxSentence)
		if a.Until != "" {
			line += ", until " + text.Text(a.Until, text.MaxName)
		}
	}
	return line
}

// unread lists the files that were not, or not wholly, read. Those that the change
// leaves alone are a number.
func (v *view) unread() []string {
	var items []string
	unchanged := 0
	for _, in := range v.Record.Inputs {
		switch in.Status {
		case evidence.Parsed:
		case evidence.Unchanged:
			unchanged++
		default:
			items = append(items, text.Code(in.Path, text.MaxName)+" "+text.Text(in.Status, text.MaxName)+remark(in.Detail)+text.Grade(in.Origin.Basis))
		}
	}
	if unchanged > 0 {
		items = append(items, evidence.Plural(unchanged, "file")+" left out: in git and unchanged from the base"+text.Grade(evidence.Observed))
	}
	return items
}
