package brief

import (
	"slices"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/render/text"
)

// TicketEdits tells of the edits since the first run began, ticks and all.
func (v *View) TicketEdits(t evidence.Ticket) []string {
	edits, others := t.EditsSince(v.Record.FirstStart())
	var items []string
	for _, e := range edits[max(0, len(edits)-v.Rows):] {
		items = append(items, "edited after the run began, "+text.Instant(e.At)+" by "+text.Code(e.By, text.MaxName)+": "+edited(e)+text.Grade(t.Origin.Basis))
	}
	if others || len(edits) > v.Rows {
		items = append(items, "edited after the run began more often than listed here"+text.Grade(evidence.Weakest(t.Origin.Basis)))
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
			parts = append(parts, "criterion "+text.Code(c.Before, text.MaxName)+" became "+text.Code(c.Text, text.MaxName))
		default:
			parts = append(parts, "criterion "+text.Code(c.Text, text.MaxName)+" "+text.Text(c.Kind, text.MaxName))
		}
	}
	if e.CriteriaOmitted > 0 {
		parts = append(parts, evidence.Count(e.CriteriaOmitted)+" more edits of criteria")
	}
	switch {
	case e.OldTitle != "":
		parts = append(parts, "its title, which was "+text.Code(e.OldTitle, text.MaxName))
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

// ActingLine says what an agent did in the name of an account, and what says so. Of somebody other than
// the author, files of the change are no witness, and the line begins with that.
func ActingLine(r *evidence.Record, a evidence.Acting) string {
	if r.Said(a) {
		return "a file of this change says: " + actingLine(a)
	}
	return actingLine(a)
}

func actingLine(a evidence.Acting) string {
	agent, account := text.Code(AgentName(a.Agent), text.MaxName), text.Code(a.Account, text.MaxName)
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
		line += "; credential " + text.Code(a.Credential, text.MaxName)
	}
	return line
}

// LookedAt says which content a review is of.
func (v *View) LookedAt(r evidence.Review) string {
	switch p := v.Record.PullRequest; {
	case r.Commit == "":
		return "not known"
	case r.Commit == v.Record.Target.Head:
		return "the head"
	case p != nil && r.Tree != "" && r.Tree == p.HeadTree:
		return text.Commit(r.Commit) + ", the same content as the head"
	}
	return text.Commit(r.Commit) + ", not the head"
}

// Merge says who merged the pull request, when and how, and how what was merged
// relates to the head.
func (v *View) Merge() []string {
	p := v.Record.PullRequest
	if p == nil {
		return nil
	}
	if p.Merge == nil && p.State == evidence.StateClosed {
		return []string{"Closed without being merged" + text.Grade(p.Origin.Basis), ""}
	}
	if p.Merge == nil {
		if p.AutoMergeBy == nil {
			return nil
		}
		return []string{"Not merged yet; " + text.Code(p.AutoMergeBy.Login, text.MaxName) + " asked GitHub to merge it when all rules are met" + text.Grade(p.Origin.Basis), ""}
	}
	m := p.Merge
	line := "Merged by " + text.Code(m.By.Login, text.MaxName)
	if m.By.Kind == evidence.AccountBot {
		line += ", a bot,"
	}
	line += " as " + text.Commit(m.Commit)
	if m.Method != "" {
		line += " (" + text.Text(m.Method, text.MaxName) + ")"
	}
	line += ", " + text.Instant(m.At)
	if m.ViaBy != nil {
		line += map[evidence.MergeVia]string{evidence.ViaQueue: "; put into the merge queue by ", evidence.ViaAutoMerge: "; merging by itself was switched on by "}[m.Via] + text.Code(m.ViaBy.Login, text.MaxName)
	}
	return []string{line + text.Grade(p.Origin.Basis), "", v.merged(), ""}
}

// merged says how what was merged relates to what was reviewed.
func (v *View) merged() string {
	basis := v.Record.PullRequest.Origin.Basis
	line := map[string]string{
		evidence.MergedIdentical: "What was merged is the head: git records the same tree for both.",
		evidence.MergedSamePatch: "What was merged is the patch of the head, on a base that had moved on.",
		evidence.MergedSameLines: "What was merged adds and deletes the lines of the head; lines beside them differ, since the base had moved on.",
		evidence.MergedResidual:  "What was merged is not what the head holds.",
	}[v.Record.Merged()]
	if line != "" && v.Record.Merged() != evidence.MergedResidual {
		line += v.approvedHead()
	}
	if line == "" {
		line, basis = "Whether what was merged is what the head holds is not known.", evidence.Missing
	}
	return line + text.Grade(basis)
}

// approvedHead names who approved the content of the head.
func (v *View) approvedHead() string {
	var people []string
	for _, r := range v.Record.Reviews {
		of := r.Commit == v.Record.Target.Head || r.Tree != "" && r.Tree == v.Record.PullRequest.HeadTree
		if r.State == evidence.ReviewApproved && of && !slices.Contains(people, r.Reviewer.Login) {
			people = append(people, r.Reviewer.Login)
		}
	}
	if len(people) == 0 {
		return " No approval is of the head."
	}
	return " Approved as such by " + Names(people) + "."
}

// Roles names the roles of an account, and says of which of them only files of the
// change tell.
func Roles(r *evidence.Record, login string) string {
	roles := r.Roles(login)
	for _, role := range r.SaidRoles(login) {
		roles = append(roles, "a file of this change says: "+role)
	}
	return strings.Join(roles, ", ")
}
