package comment

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/render/brief"
	"github.com/mergebrief/mergebrief/internal/render/text"
)

// delivery tells where the change came from and where it went.
func (v *view) delivery() section {
	var lines []string
	for i, t := range v.Record.Tickets {
		if i == v.Rows {
			lines = append(lines, more(i, len(v.Record.Tickets))...)
			break
		}
		lines = append(lines, v.ticket(t)...)
	}
	lines = append(lines, titled("Acting identity", list(v.Rows, v.acting()))...)
	lines = append(lines, v.reviews()...)
	return section{"Ticket, review and merge", append(lines, v.Merge()...)}
}

func (v *view) ticket(t evidence.Ticket) []string {
	line := "Ticket " + v.Linked(text.Code(t.Key, text.MaxName), t.URL, t.Origin)
	if t.Title != "" {
		line += " " + text.Text(t.Title, text.MaxSentence)
	}
	if t.State != "" {
		line += ", " + text.Text(t.State, text.MaxName)
	}
	if t.State == evidence.StateClosed && t.StateReason != "" {
		line += " as " + text.Text(text.Spaced(t.StateReason), text.MaxName)
	}
	line += text.Grade(t.Origin.Basis)
	items := v.routing(t)
	items = append(items, v.TicketEdits(t)...)
	lines := append([]string{line, ""}, append(list(len(items), items), titled("Acceptance criteria", list(v.Rows, criteria(t)))...)...)
	if t.CriteriaOmitted > 0 {
		lines = append(lines, "… and "+evidence.Count(t.CriteriaOmitted)+" more that are not in the record", "")
	}
	return lines
}

// routing lists who asked, who approved, and what the ticket says of itself.
func (v *view) routing(t evidence.Ticket) []string {
	var items []string
	add := func(is bool, item string) {
		if is {
			items = append(items, item)
		}
	}
	add(t.URL != "" && t.FoundBy == evidence.FoundByPattern, "address "+text.Code(t.URL, text.MaxName)+", not asked")
	add(t.Requester != "", "requested by "+text.Code(t.Requester, text.MaxName))
	add(true, v.approval(t))
	priority := "priority " + text.Code(t.Priority, text.MaxName)
	if t.PriorityLabel != "" && t.PriorityLabel != t.Priority {
		priority += ", by the label " + text.Code(t.PriorityLabel, text.MaxName)
	}
	add(t.Priority != "", priority)
	add(t.Type != "", "type "+text.Code(t.Type, text.MaxName))
	add(true, "found by "+text.Text(t.FoundBy, text.MaxName))
	add(len(t.Labels) > 0, "labels "+brief.Names(t.Labels))
	add(t.Milestone != "", "milestone "+text.Code(t.Milestone, text.MaxName))
	add(len(t.Assignees) > 0, "assigned to "+brief.Names(t.Assignees))
	here := v.Record.Target.Repository.FullName()
	add(t.Repository == "" && t.Origin.Basis == evidence.Observed && strings.Contains(t.Key, "/"), "in another repository, without naming the one to change"+text.Grade(evidence.Missing))
	add(t.Repository != "" && here != "", "asks for a change of "+text.Code(t.Repository, text.MaxName)+
		map[bool]string{true: ", which is this repository", false: ", which is not this repository"}[strings.EqualFold(t.Repository, here)])
	for _, r := range t.Reports {
		items = append(items, reportedOf(r))
	}
	return items
}

// reportedOf is what a file says about a ticket, beside what the host says.
func reportedOf(r evidence.TicketReport) string {
	var said []string
	for _, x := range []struct{ words, name string }{{"requested by ", r.Requester}, {"priority ", r.Priority}, {"type ", r.Type}, {"for a change of ", r.Repository}} {
		if x.name != "" {
			said = append(said, x.words+text.Code(x.name, text.MaxName))
		}
	}
	return text.Code(r.Origin.URI, text.MaxName) + " says: " + strings.Join(said, ", ") + text.Grade(r.Origin.Basis)
}

func (v *view) approval(t evidence.Ticket) string {
	a := t.Approval
	if a == nil {
		return "approval not known" + text.Grade(evidence.Missing)
	}
	line := map[bool]string{true: "approved", false: "not approved"}[a.Approved]
	if a.By != "" {
		line += " by " + text.Code(a.By, text.MaxName)
	}
	if evidence.SameLogin(a.Login, t.Requester) {
		line += ", who asked for it"
	}
	if began := v.Record.FirstStart(); !began.IsZero() && a.At.After(began) {
		line += ", after the run began"
	}
	return line + text.Grade(a.Basis)
}

// criteria lists the acceptance criteria, open ones first.
func criteria(t evidence.Ticket) []string {
	var items []string
	for _, done := range []bool{false, true} {
		for _, c := range t.Criteria {
			if c.Checked != done {
				continue
			}
			box := map[bool]string{true: "[x] ", false: "[ ] "}[done]
			if c.NoBox {
				box = ""
			}
			items = append(items, box+text.Text(c.Text, text.MaxSentence))
		}
	}
	return items
}

// acting says what agents did in the name of which account, and what says so.
func (v *view) acting() []string {
	var items []string
	for _, a := range v.Record.Acting {
		items = append(items, brief.ActingLine(v.Record, a)+text.Grade(a.Origin.Basis))
	}
	return items
}

func (v *view) reviews() []string {
	rows := make([]string, 0, len(v.Record.Reviews))
	for _, r := range v.Record.Reviews {
		reviewer := append([]string{text.Code(r.Reviewer.Login, text.MaxName)}, v.Record.Roles(r.Reviewer.Login)...)
		if i := slices.Index(reviewer, evidence.RoleOperator); i > 0 {
			reviewer[i] += text.Grade(evidence.Reported) // that a run acted in the name is never more
		}
		for _, role := range v.Record.SaidRoles(r.Reviewer.Login) {
			reviewer = append(reviewer, "a file of this change says: "+role)
		}
		kind := []string{text.Text(r.Reviewer.Kind, text.MaxName), text.Text(text.Spaced(r.Association), text.MaxName)}
		kind = slices.DeleteFunc(kind, func(s string) bool { return s == "" || s == "none" })
		if len(kind) == 0 {
			kind = []string{"not known"}
		}
		rows = append(rows, cells(strings.Join(reviewer, ", "), strings.Join(kind, ", "), v.Linked(text.Text(text.Spaced(r.State), text.MaxName), r.URL, r.Origin), v.LookedAt(r), text.Letter(r.Origin.Basis)))
	}
	return append(titled("Reviews", table(v.Rows, "Reviewer | Kind | State | Looked at | Grade", rows)), v.decision()...)
}

// decision says where the review stands as GitHub sees it.
func (v *view) decision() []string {
	p := v.Record.PullRequest
	if p == nil {
		return nil
	}
	var parts []string
	if p.ReviewDecision != "" {
		parts = append(parts, "GitHub's decision: "+text.Text(text.Spaced(p.ReviewDecision), text.MaxName))
	}
	if n := p.ReviewsRequested; n > 0 {
		line := evidence.Plural(n, "review") + " asked for and not given"
		if p.CodeOwnersRequested > 0 {
			line += ", " + evidence.Count(p.CodeOwnersRequested) + " of code owners"
		}
		parts = append(parts, line)
	}
	if p.UnresolvedThreads > 0 {
		parts = append(parts, fmt.Sprintf("%d of %s not resolved", p.UnresolvedThreads, evidence.Plural(max(p.Threads, p.UnresolvedThreads), "review thread")))
	}
	if len(parts) == 0 {
		return nil
	}
	return []string{strings.Join(parts, " · ") + text.Grade(p.Origin.Basis), ""}
}
