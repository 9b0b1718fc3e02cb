package render

import (
	"fmt"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// delivery tells where the change came from and where it went.
func (v *view) delivery() section {
	var lines []string
	for i, t := range v.record.Tickets {
		if i == v.rows {
			lines = append(lines, more(i, len(v.record.Tickets))...)
			break
		}
		lines = append(lines, v.ticket(t)...)
	}
	lines = append(lines, v.reviews()...)
	return section{"Ticket, review and merge", append(lines, v.merge()...)}
}

func (v *view) ticket(t evidence.Ticket) []string {
	line := "Ticket " + v.linked(code(t.Key, maxName), t.URL, t.Origin)
	if t.Title != "" {
		line += " " + text(t.Title, maxSentence)
	}
	if t.State != "" {
		line += ", " + text(t.State, maxName)
	}
	line += grade(t.Origin.Basis)
	var items []string
	if t.Requester != "" {
		items = append(items, "requested by "+code(t.Requester, maxName))
	}
	items = append(items, approval(t), "found by "+text(t.FoundBy, maxName))
	if len(t.Labels) > 0 {
		items = append(items, "labels "+names(t.Labels))
	}
	return append([]string{line, ""}, append(list(len(items), items), titled("Acceptance criteria", list(v.rows, criteria(t)))...)...)
}

func approval(t evidence.Ticket) string {
	a := t.Approval
	if a == nil {
		return "approval not known" + grade(evidence.Missing)
	}
	line := map[bool]string{true: "approved", false: "not approved"}[a.Approved]
	if a.By != "" {
		line += " by " + code(a.By, maxName)
	}
	return line + grade(a.Basis)
}

// criteria lists the acceptance criteria, open ones first.
func criteria(t evidence.Ticket) []string {
	var items []string
	for _, done := range []bool{false, true} {
		for _, c := range t.Criteria {
			if c.Checked == done {
				items = append(items, map[bool]string{true: "[x] ", false: "[ ] "}[done]+text(c.Text, maxSentence))
			}
		}
	}
	return items
}

func (v *view) reviews() []string {
	rows := make([]string, 0, len(v.record.Reviews))
	for _, r := range v.record.Reviews {
		seen := "not known"
		switch {
		case r.Commit == v.record.Target.Head:
			seen = "the head"
		case r.Commit != "":
			seen = commit(r.Commit) + ", not the head"
		}
		rows = append(rows, cells(code(r.Reviewer.Login, maxName), text(r.Reviewer.Kind, maxName), v.linked(text(strings.ReplaceAll(r.State, "_", " "), maxName), r.URL, r.Origin), seen, letter(r.Origin.Basis)))
	}
	return titled("Reviews", table(v.rows, "Reviewer | Kind | State | Looked at | Grade", rows))
}

func (v *view) merge() []string {
	p := v.record.PullRequest
	if p == nil || p.Merge == nil {
		return nil
	}
	return []string{fmt.Sprintf("Merged by %s as %s, %s%s", code(p.Merge.By.Login, maxName), commit(p.Merge.Commit), instant(p.Merge.At), grade(p.Origin.Basis)), ""}
}
