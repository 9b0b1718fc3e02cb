package render

import (
	"fmt"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// checklist tells how complete the record is.
func (v *view) checklist() section {
	captured := 0
	rows := make([]string, 0, len(v.assess.Checklist))
	for _, it := range v.assess.Checklist {
		if it.State == evidence.ItemCaptured {
			captured++
		}
		rows = append(rows, cells(text(it.Title, maxName), text(strings.ReplaceAll(string(it.State), "-", " "), maxName), text(it.Detail, maxSentence), letter(it.Basis)))
	}
	lines := table(len(rows), "Item | State | What is there | Grade", rows)
	lines = append(lines, titled("Inputs not read", list(v.rows, v.unread()))...)
	if len(rows) == 0 {
		return section{"Checklist", lines}
	}
	title := fmt.Sprintf("Checklist (%d of %d captured", captured, len(rows))
	if v.assess.Attribution.Lines.Added > 0 {
		title += ", records for " + v.recorded()
	}
	return section{title + ")", lines}
}

// everything lists all findings with their ids, accepted ones with the reason.
func (v *view) everything() section {
	all := &items{limit: v.rows}
	for i := range v.assess.Findings {
		all.add(func() string { return v.identified(&v.assess.Findings[i]) })
	}
	return section{foundTitle + " (" + evidence.Count(all.total) + ")", all.list()}
}

// identified returns a finding with its level, its id and why it does not count.
func (v *view) identified(f *evidence.Finding) string {
	line := text(f.Level, maxName) + " " + code(f.ID, maxName) + " " + v.finding(*f)
	if a := f.Accepted; a != nil {
		line += " Accepted"
		if a.Owner != "" {
			line += " by " + code(a.Owner, maxName)
		}
		line += ": " + text(a.Reason, maxSentence)
		if a.Until != "" {
			line += ", until " + text(a.Until, maxName)
		}
	}
	return line
}

// unread lists the files that were not, or not wholly, read.
func (v *view) unread() []string {
	var items []string
	for _, in := range v.record.Inputs {
		if in.Status != evidence.Parsed {
			items = append(items, code(in.Path, maxName)+" "+text(in.Status, maxName)+remark(in.Detail)+grade(in.Origin.Basis))
		}
	}
	return items
}
