package render

import (
	"fmt"
	"slices"
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
	lines = append(lines, titled("Acting identity", list(v.rows, v.acting()))...)
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
	if t.State == evidence.StateClosed && t.StateReason != "" {
		line += " as " + text(spaced(t.StateReason), maxName)
	}
	line += grade(t.Origin.Basis)
	items := v.routing(t)
	items = append(items, v.ticketEdits(t)...)
	lines := append([]string{line, ""}, append(list(len(items), items), titled("Acceptance criteria", list(v.rows, criteria(t)))...)...)
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
	add(t.URL != "" && t.FoundBy == evidence.FoundByPattern, "address "+code(t.URL, maxName)+", not asked")
	add(t.Requester != "", "requested by "+code(t.Requester, maxName))
	add(true, v.approval(t))
	priority := "priority " + code(t.Priority, maxName)
	if t.PriorityLabel != "" && t.PriorityLabel != t.Priority {
		priority += ", by the label " + code(t.PriorityLabel, maxName)
	}
	add(t.Priority != "", priority)
	add(t.Type != "", "type "+code(t.Type, maxName))
	add(true, "found by "+text(t.FoundBy, maxName))
	add(len(t.Labels) > 0, "labels "+names(t.Labels))
	add(t.Milestone != "", "milestone "+code(t.Milestone, maxName))
	add(len(t.Assignees) > 0, "assigned to "+names(t.Assignees))
	here := v.record.Target.Repository.FullName()
	add(t.Repository == "" && t.Origin.Basis == evidence.Observed && strings.Contains(t.Key, "/"), "in another repository, without naming the one to change"+grade(evidence.Missing))
	add(t.Repository != "" && here != "", "asks for a change of "+code(t.Repository, maxName)+
		map[bool]string{true: ", which is this repository", false: ", which is not this repository"}[strings.EqualFold(t.Repository, here)])
	return items
}

func (v *view) approval(t evidence.Ticket) string {
	a := t.Approval
	if a == nil {
		return "approval not known" + grade(evidence.Missing)
	}
	line := map[bool]string{true: "approved", false: "not approved"}[a.Approved]
	if a.By != "" {
		line += " by " + code(a.By, maxName)
	}
	if evidence.SameLogin(a.Login, t.Requester) {
		line += ", who asked for it"
	}
	if began := v.record.FirstStart(); !began.IsZero() && a.At.After(began) {
		line += ", after the run began"
	}
	return line + grade(a.Basis)
}

// ticketEdits tells of the edits since the first run began, ticks and all.
func (v *view) ticketEdits(t evidence.Ticket) []string {
	edits, others := t.EditsSince(v.record.FirstStart())
	var items []string
	for _, e := range edits[max(0, len(edits)-v.rows):] {
		items = append(items, "edited after the run began, "+instant(e.At)+" by "+code(e.By, maxName)+": "+edited(e)+grade(t.Origin.Basis))
	}
	if others || len(edits) > v.rows {
		items = append(items, "edited after the run began more often than listed here"+grade(evidence.Weakest(t.Origin.Basis)))
	}
	return items
}

// edited says what an edit changed.
func edited(e evidence.TicketEdit) string {
	var parts []string
	ticks := map[evidence.CriterionChange]int{}
	for _, c := range e.Criteria {
		switch c.Kind {
		case evidence.CriterionChecked, evidence.CriterionUnchecked:
			ticks[c.Kind]++
		case evidence.CriterionReworded:
			parts = append(parts, "criterion "+code(c.Before, maxName)+" became "+code(c.Text, maxName))
		default:
			parts = append(parts, "criterion "+code(c.Text, maxName)+" "+text(c.Kind, maxName))
		}
	}
	if e.CriteriaOmitted > 0 {
		parts = append(parts, evidence.Count(e.CriteriaOmitted)+" more edits of criteria")
	}
	switch {
	case e.OldTitle != "":
		parts = append(parts, "its title, which was "+code(e.OldTitle, maxName))
	case e.Unknown:
		parts = append(parts, "what it changed is not known")
	case e.Text && len(parts) == 0:
		parts = append(parts, "its text, and none of the criteria")
	}
	for _, kind := range []evidence.CriterionChange{evidence.CriterionChecked, evidence.CriterionUnchecked} {
		if n := ticks[kind]; n > 0 {
			parts = append(parts, map[bool]string{true: "1 box ", false: evidence.Count(n) + " boxes "}[n == 1]+string(kind))
		}
	}
	if len(parts) == 0 {
		return "white space or a box of no criterion"
	}
	return strings.Join(parts, ", ")
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
			items = append(items, box+text(c.Text, maxSentence))
		}
	}
	return items
}

// acting says what agents did in the name of which account, and what says so.
func (v *view) acting() []string {
	var items []string
	for _, a := range v.record.Acting {
		items = append(items, actingLine(a)+grade(a.Origin.Basis))
	}
	return items
}

func actingLine(a evidence.Acting) string {
	agent, account := code(agentName(a.Agent), maxName), code(a.Account, maxName)
	commits := evidence.Plural(len(a.Commits)+a.CommitsOmitted, "commit")
	because := map[evidence.Because]string{
		evidence.BecauseRun: "as the record of the run shows", evidence.BecauseTrailer: "as a trailer says", evidence.BecauseDescription: "as the description of the pull request says",
	}[a.Because]
	line := ""
	switch a.Act {
	case evidence.ActCommit:
		line = agent + " had a part in " + commits + " under the name of " + account
		if a.Because == evidence.BecauseRun {
			line = agent + " made " + commits + " under the name of " + account
		}
	case evidence.ActPush:
		line = agent + " pushed the head with the account " + account
	case evidence.ActPullRequest:
		line = agent + " opened the pull request with the account " + account
		if a.Because == evidence.BecauseDescription {
			line = agent + " had a part in the pull request of " + account
		}
	case evidence.ActReview:
		line = agent + " ran the command for a review when " + account + " gave one"
	case evidence.ActMerge:
		line = agent + " ran the command for a merge when " + account + " merged"
	default:
		line = agent + " worked for " + account + ", whom " + commits + " of its own name"
	}
	if because != "" {
		line += ", " + because
	}
	if a.Credential != "" {
		line += "; credential " + code(a.Credential, maxName)
	}
	return line
}

func (v *view) reviews() []string {
	rows := make([]string, 0, len(v.record.Reviews))
	for _, r := range v.record.Reviews {
		reviewer := append([]string{code(r.Reviewer.Login, maxName)}, v.record.Roles(r.Reviewer.Login)...)
		if i := slices.Index(reviewer, evidence.RoleOperator); i > 0 {
			reviewer[i] += grade(evidence.Reported) // that a run acted in the name is never more
		}
		kind := []string{text(r.Reviewer.Kind, maxName), text(spaced(r.Association), maxName)}
		kind = slices.DeleteFunc(kind, func(s string) bool { return s == "" || s == "none" })
		if len(kind) == 0 {
			kind = []string{"not known"}
		}
		rows = append(rows, cells(strings.Join(reviewer, ", "), strings.Join(kind, ", "), v.linked(text(spaced(r.State), maxName), r.URL, r.Origin), v.lookedAt(r), letter(r.Origin.Basis)))
	}
	return append(titled("Reviews", table(v.rows, "Reviewer | Kind | State | Looked at | Grade", rows)), v.decision()...)
}

// lookedAt says which content a review is of.
func (v *view) lookedAt(r evidence.Review) string {
	switch p := v.record.PullRequest; {
	case r.Commit == "":
		return "not known"
	case r.Commit == v.record.Target.Head:
		return "the head"
	case p != nil && r.Tree != "" && r.Tree == p.HeadTree:
		return commit(r.Commit) + ", the same content as the head"
	}
	return commit(r.Commit) + ", not the head"
}

// decision says where the review stands as GitHub sees it.
func (v *view) decision() []string {
	p := v.record.PullRequest
	if p == nil {
		return nil
	}
	var parts []string
	if p.ReviewDecision != "" {
		parts = append(parts, "GitHub's decision: "+text(spaced(p.ReviewDecision), maxName))
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
	return []string{strings.Join(parts, " · ") + grade(p.Origin.Basis), ""}
}

func (v *view) merge() []string {
	p := v.record.PullRequest
	if p == nil {
		return nil
	}
	if p.Merge == nil && p.State == evidence.StateClosed {
		return []string{"Closed without being merged" + grade(p.Origin.Basis), ""}
	}
	if p.Merge == nil {
		if p.AutoMergeBy == nil {
			return nil
		}
		return []string{"Not merged yet; " + code(p.AutoMergeBy.Login, maxName) + " asked GitHub to merge it when all rules are met" + grade(p.Origin.Basis), ""}
	}
	m := p.Merge
	line := "Merged by " + code(m.By.Login, maxName)
	if m.By.Kind == evidence.AccountBot {
		line += ", a bot,"
	}
	line += " as " + commit(m.Commit)
	if m.Method != "" {
		line += " (" + text(m.Method, maxName) + ")"
	}
	line += ", " + instant(m.At)
	if m.ViaBy != nil {
		line += map[evidence.MergeVia]string{evidence.ViaQueue: "; put into the merge queue by ", evidence.ViaAutoMerge: "; merging by itself was switched on by "}[m.Via] + code(m.ViaBy.Login, maxName)
	}
	return []string{line + grade(p.Origin.Basis), "", v.merged(), ""}
}

// merged says how what was merged relates to what was reviewed.
func (v *view) merged() string {
	basis := v.record.PullRequest.Origin.Basis
	line := map[string]string{
		evidence.MergedIdentical: "What was merged is the head: git records the same tree for both.",
		evidence.MergedSamePatch: "What was merged is the patch of the head, on a base that had moved on.",
		evidence.MergedSameLines: "What was merged adds and deletes the lines of the head; lines beside them differ, since the base had moved on.",
		evidence.MergedResidual:  "What was merged is not what the head holds.",
	}[v.record.Merged()]
	if line != "" && v.record.Merged() != evidence.MergedResidual {
		line += v.approvedHead()
	}
	if line == "" {
		line, basis = "Whether what was merged is what the head holds is not known.", evidence.Missing
	}
	return line + grade(basis)
}

// approvedHead names who approved the content of the head.
func (v *view) approvedHead() string {
	var people []string
	for _, r := range v.record.Reviews {
		of := r.Commit == v.record.Target.Head || r.Tree != "" && r.Tree == v.record.PullRequest.HeadTree
		if r.State == evidence.ReviewApproved && of && !slices.Contains(people, r.Reviewer.Login) {
			people = append(people, r.Reviewer.Login)
		}
	}
	if len(people) == 0 {
		return " No approval is of the head."
	}
	return " Approved as such by " + names(people) + "."
}
