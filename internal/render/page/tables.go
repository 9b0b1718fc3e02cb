package page

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/mergebrief/mergebrief/internal/agents"
	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/render/brief"
	"github.com/mergebrief/mergebrief/internal/render/text"
)

// newReportTable begins a table. A column whose title ends in "#" has numbers.
func newReportTable(id, title string, head ...string) *reportTable {
	t := &reportTable{ID: id, Title: title}
	for _, h := range append(head, "Origin") {
		t.Head = append(t.Head, reportHead{strings.TrimSuffix(h, "#"), strings.HasSuffix(h, "#")})
	}
	return t
}

// row adds a row; class marks the cell in the column "marked".
func (t *reportTable) row(o evidence.Origin, marked int, class string, texts ...string) {
	r := reportRow{Origin: o}
	for i, s := range texts {
		c := reportCell{Text: s}
		if i < len(t.Head) && t.Head[i].Number {
			c.Class = "n"
		}
		if i == marked && class != "" {
			c.Class = strings.TrimSpace(c.Class + " " + class)
		}
		r.Cells = append(r.Cells, c)
	}
	t.Rows = append(t.Rows, r)
}

// limited cuts a table and says so.
func (t *reportTable) limited(limit int) reportTable {
	t.More = moreInBundle(len(t.Rows) - limit)
	t.Rows = t.Rows[:min(limit, len(t.Rows))]
	t.Rows, t.Later = atOnce(t.Rows)
	return *t
}

func moreInBundle(n int) string {
	if n <= 0 {
		return ""
	}
	return evidence.Count(n) + " more are in the bundle."
}

// atOnce splits a list into what a page shows at once and what its script adds
// when somebody asks: to a browser, the rest is text until then.
func atOnce[T any](all []T) (now, later []T) {
	n := min(len(all), shownAtOnce)
	return all[:n], all[n:]
}

// reportResults are the tables of what validated the change, reportRest the others.
func (v *view) reportResults() []reportTable {
	return v.filled(v.reportChecks(), v.reportSuites(), v.reportTests(), v.reportScans(), v.reportCoverage(), v.reportLedger())
}

func (v *view) reportRest() []reportTable {
	return v.filled(v.reportBoundaries(), v.reportContext(), v.reportChecklist(), v.reportTickets(), v.reportPull(), v.reportActing(), v.reportReviews(), v.reportCommits(), v.reportSources(), v.reportRules(), v.reportSecrets(), v.reportInputs())
}

// filled returns the tables that have rows, within their limit.
func (v *view) filled(tables ...*reportTable) []reportTable {
	var all []reportTable
	for _, t := range tables {
		if len(t.Rows) > 0 {
			all = append(all, t.limited(v.Rows))
		}
	}
	return all
}

func (v *view) reportChecks() *reportTable {
	t := newReportTable("checks", "Checks", "Check", "Result", "Required")
	for _, failed := range []bool{true, false} {
		for _, c := range v.Record.Checks {
			if c.Failed() != failed {
				continue
			}
			result, required := c.Conclusion, "not known"
			if c.Status != evidence.CheckCompleted {
				result = evidence.Conclusion(c.Status)
			}
			if c.Required != nil {
				required = map[bool]string{true: "yes", false: "no"}[*c.Required]
			}
			words := text.Spaced(result)
			if own := brief.OwnWords(c); own != "" {
				words += ", " + own
			}
			t.row(c.Origin, 1, map[bool]string{true: "error"}[failed], c.Name, words, required)
		}
	}
	return t
}

func (v *view) reportSuites() *reportTable {
	t := newReportTable("suites", "Test results", "File", "Suite", "Tests#", "Passed#", "Failed#", "Skipped#", "Flaky#")
	for _, failed := range []bool{true, false} {
		for _, s := range v.Record.Suites {
			if (s.Counts.Bad()+len(s.Broken) > 0) != failed {
				continue
			}
			n, name := s.Counts, s.Name
			for _, b := range s.Broken {
				name = strings.TrimSpace(name + " " + string(b.Kind) + " " + b.Subject)
			}
			bad := evidence.Count(n.Bad())
			if len(s.Broken) > 0 {
				bad += ", broken"
			}
			t.row(s.Origin, 4, map[bool]string{true: "error"}[failed], s.Origin.URI, name, evidence.Count(n.Total), evidence.Count(n.Passed), bad, evidence.Count(n.Skipped), evidence.Count(n.Flaky))
		}
	}
	return t
}

func (v *view) reportTests() *reportTable {
	t := newReportTable("failed-tests", "Failed, retried and skipped tests", "Test", "Outcome", "Where", "What it said")
	for _, want := range []func(evidence.Case) bool{
		func(c evidence.Case) bool { return c.Outcome == evidence.Failed || c.Outcome == evidence.Errored },
		func(c evidence.Case) bool { return c.Flaky },
		func(c evidence.Case) bool { return c.Outcome == evidence.Skipped },
	} {
		for _, s := range v.Record.Suites {
			for _, c := range s.Cases {
				if want(c) {
					t.row(s.Origin, 1, outcomeClass(c), strings.TrimSpace(c.Class+" "+c.Name), outcomeWords(c), where(c), c.Message)
				}
			}
		}
	}
	return t
}

func outcomeClass(c evidence.Case) string {
	switch {
	case c.Outcome == evidence.Failed || c.Outcome == evidence.Errored:
		return "error"
	case c.Flaky:
		return "warning"
	}
	return ""
}

func outcomeWords(c evidence.Case) string {
	if len(c.Attempts) > 1 {
		return text.Plain(brief.Attempts(c.Attempts))
	}
	return string(c.Outcome)
}

func where(c evidence.Case) string {
	if c.Line > 0 {
		return fmt.Sprintf("%s:%d", c.File, c.Line)
	}
	return c.File
}

func (v *view) reportScans() *reportTable {
	t := newReportTable("scans", "Linters and scanners", "Tool", "Errors#", "Warnings#", "Notes#", "Suppressed#", "State")
	for _, s := range v.Record.Scans {
		n := s.Counts
		if s.DidNotRun {
			t.row(s.Origin, 5, "error", s.Tool, "not known", "not known", "not known", "not known", strings.TrimSuffix("did not run to its end: "+s.Message, ": "))
			continue
		}
		t.row(s.Origin, 5, "", s.Tool, evidence.Count(n.Error), evidence.Count(n.Warning), evidence.Count(n.Note), evidence.Count(n.Suppressed), "ran to its end")
	}
	return t
}

func (v *view) reportCoverage() *reportTable {
	t := newReportTable("coverage", "Coverage", "Report", "Format", "Lines#", "Executed#", "Changed files in it#")
	for _, c := range v.Record.Coverage {
		t.row(c.Origin, -1, "", c.Origin.URI, c.Format, evidence.Count(c.Lines), evidence.Count(c.Covered), evidence.Count(len(c.Files)))
	}
	return t
}

func (v *view) reportLedger() *reportTable {
	t := newReportTable("ledger", "Earlier failures", "Head", "Check", "Ended", "Failed steps", "Green again", "On the head now")
	for i := range v.Record.Heads {
		h := &v.Record.Heads[i]
		for k := range h.Results {
			if r := &h.Results[k]; r.Failed() {
				t.row(h.Origin, 2, "error", text.Plain(v.HeadName(h)), r.Name, text.Plain(brief.Ended(r)), strings.Join(r.FailedSteps, ", "), text.Plain(v.GreenAgain(i, k)), text.Plain(v.Standing(h, k)))
			}
		}
	}
	return t
}

func (v *view) reportTickets() *reportTable {
	t := newReportTable("tickets", "Tickets", "Ticket", "Title", "Type", "Priority", "Requested by", "Approval", "Criteria checked", "Edited since the run began")
	for _, k := range v.Record.Tickets {
		approval := "not known"
		if k.Approval != nil {
			approval = map[bool]string{true: "approved", false: "not approved"}[k.Approval.Approved]
			if by := cmp.Or(k.Approval.Login, k.Approval.By); by != "" {
				approval += " by " + by
			}
			approval += v.approvedWhen(k.Approval.At)
		}
		var edits []string
		for _, e := range v.TicketEdits(k) {
			edits = append(edits, text.Plain(e))
		}
		t.row(k.Origin, -1, "", k.Key, k.Title, k.Type, k.Priority, k.Requester, approval, fmt.Sprintf("%d of %d", brief.Checked(k), len(k.Criteria)), strings.Join(edits, "; "))
	}
	return t
}

// approvedWhen says when an approval was given, and whether the first agent run had
// begun by then.
func (v *view) approvedWhen(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	line := ", " + text.Instant(at)
	joined, _ := v.Runs()
	var began time.Time
	for _, s := range joined {
		if !s.Started.IsZero() && (began.IsZero() || s.Started.Before(began)) {
			began = s.Started
		}
	}
	switch {
	case began.IsZero():
	case at.Before(began):
		line += ", before the first agent run began"
	default:
		line += ", after the first agent run began"
	}
	return line
}

// reportBoundaries lists what each run was allowed to do, one row for each time that
// it changed.
func (v *view) reportBoundaries() *reportTable {
	t := newReportTable("boundaries", "What the runs were allowed to do", "Run", "From", "Where it ran", "Credential", "Approvals and sandbox", "Network", "Commands and tools", "Secrets")
	joined, _ := v.Runs()
	for _, s := range joined {
		for _, b := range s.Boundaries {
			from := "the beginning"
			if !b.From.IsZero() {
				from = text.Instant(b.From)
			}
			approvals := stated(b.Approval, b.Sandbox)
			if b.Bypass {
				approvals = "switched off: " + approvals
			}
			network := stated(b.Network, labelled("allowed", b.AllowedHosts), labelled("blocked", b.BlockedHosts))
			t.row(s.Origin, -1, "", brief.AgentName(s.Agent)+" "+s.ID, from, stated(string(b.Mode), b.Worker, labelled("branch", nonEmpty(b.Branch))), stated(b.Credential, labelled("permissions", b.Permissions)),
				approvals, network, stated(labelled("commands", b.AllowedCommands), labelled("tools", b.AllowedTools)), stated(labelled("rules", b.SecretRules)))
		}
	}
	return t
}

// reportContext lists what the runs read, used from outside, or did not get and why.
func (v *view) reportContext() *reportTable {
	t := newReportTable("context", "What the runs read", "Run", "What", "Name", "How it went")
	joined, _ := v.Runs()
	for _, s := range joined {
		run := brief.AgentName(s.Agent) + " " + s.ID
		for _, m := range s.Unavailable {
			t.row(s.Origin, 3, "warning", run, "context", m.Name, strings.Trim("not available: "+string(m.Reason)+" "+m.Detail, ": "))
		}
		for _, e := range s.External {
			t.row(s.Origin, -1, "", run, string(e.Kind), e.Name, "used "+evidence.Plural(e.Count, "time"))
		}
		for _, f := range s.FilesRead {
			t.row(s.Origin, -1, "", run, "file of the repository", f, "read")
		}
	}
	return t
}

// stated joins what is recorded; where nothing is, that is said.
func stated(parts ...string) string {
	parts = slices.DeleteFunc(parts, func(s string) bool { return s == "" })
	if len(parts) == 0 {
		return "not recorded"
	}
	return strings.Join(parts, ", ")
}

func labelled(label string, all []string) string {
	if len(all) == 0 {
		return ""
	}
	return label + " " + strings.Join(all, ", ")
}

func nonEmpty(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

func (v *view) reportPull() *reportTable {
	t := newReportTable("pull-request", "Pull request", "Number#", "Title", "Author", "State", "From", "Into", "Merge")
	if p := v.Record.PullRequest; p != nil {
		t.row(p.Origin, -1, "", evidence.Count(p.Number), p.Title, p.Author.Login, string(p.State), strings.Trim(p.HeadRepository+" "+p.HeadRef, " "), p.BaseRef, text.Plain(strings.TrimSpace(strings.Join(v.Merge(), " "))))
	}
	return t
}

func (v *view) reportActing() *reportTable {
	t := newReportTable("acting", "Acting identity", "What an agent did in the name of an account")
	for _, a := range v.Record.Acting {
		t.row(a.Origin, -1, "", text.Plain(brief.ActingLine(v.Record, a)))
	}
	return t
}

func (v *view) reportReviews() *reportTable {
	t := newReportTable("reviews", "Reviews", "Reviewer", "Has to do with it as", "Kind", "State", "Looked at")
	for _, r := range v.Record.Reviews {
		t.row(r.Origin, -1, "", r.Reviewer.Login, brief.Roles(v.Record, r.Reviewer.Login), string(r.Reviewer.Kind), text.Spaced(r.State), text.Plain(v.LookedAt(r)))
	}
	return t
}

// itemSections are the sections that have the facts behind an item of the
// checklist.
var itemSections = map[string]string{
	"ticket": "tickets", "approval": "tickets", "branch": "commits", "context": "sessions", "environment": "sessions",
	"validation": "suites", "repairs": "sessions", "attribution": "files", "pull-request": "pull-request", "review": "reviews", "cost": "sessions",
}

func (v *view) reportChecklist() *reportTable {
	t := newReportTable("checklist", "Checklist", "Item", "State", "What is there")
	if joined, _ := v.Runs(); len(joined) == 0 {
		return t // without a run it would read like an exam that nobody sat
	}
	for _, it := range v.Assessment.Checklist {
		class := map[evidence.ItemState]string{evidence.ItemMissing: "error", evidence.ItemPartial: "warning"}[it.State]
		t.row(evidence.Origin{Basis: it.Basis}, 1, class, it.Title, strings.ReplaceAll(string(it.State), "-", " "), it.Detail)
		t.Rows[len(t.Rows)-1].Cells[0].Link = itemSections[it.ID]
	}
	return t
}

func (v *view) reportCommits() *reportTable {
	t := newReportTable("commits", "Commits", "Commit", "Subject", "Author", "Committed")
	for _, c := range v.Record.Commits {
		when := "not known"
		if !c.Committed.IsZero() {
			when = text.Instant(c.Committed)
		}
		t.row(c.Origin, -1, "", c.ID[:min(len(c.ID), text.ShortSHA)], c.Subject, c.Author.Name, when)
	}
	return t
}

// reportSources lists the notes, traces and checkpoints that claims are from.
func (v *view) reportSources() *reportTable {
	t := newReportTable("sources", "Records of authorship", "Kind", "Agent", "Commit", "Files#", "Agent lines#", "Person's lines#")
	for _, c := range v.Record.ClaimSources {
		t.row(c.Origin, -1, "", c.Format, agents.Known().Name(c.Agent), c.Commit[:min(len(c.Commit), text.ShortSHA)], evidence.Count(c.Files), evidence.Count(c.AILines), evidence.Count(c.HumanLines))
	}
	return t
}

func (v *view) reportRules() *reportTable {
	t := newReportTable("rules", "Instruction files for agents", "File", "In this change", "Read by a run")
	for _, r := range v.Record.Rules {
		changed := "not touched"
		switch {
		case r.Changed:
			changed = "edited"
		case r.Outdated:
			changed = "the base has a newer version"
		}
		read := "not recorded"
		for _, s := range v.Record.Sessions {
			if slices.Contains(s.FilesRead, r.Path) {
				read = "yes"
			}
		}
		t.row(r.Origin, 1, map[bool]string{true: "warning"}[r.Changed || r.Outdated], r.Path, changed, read)
	}
	return t
}

func (v *view) reportSecrets() *reportTable {
	t := newReportTable("secrets", "Secrets replaced in the evidence", "Kind", "Times#")
	for _, s := range v.Record.Secrets {
		t.row(s.Origin, -1, "", s.Kind, evidence.Count(s.Count))
	}
	return t
}

func (v *view) reportInputs() *reportTable {
	t := newReportTable("inputs", "Inputs", "File", "State", "Format", "Bytes#", "Remark")
	for _, in := range v.Record.Inputs {
		class := ""
		if in.Status == evidence.Rejected || in.Status == evidence.Partial {
			class = "warning"
		}
		t.row(in.Origin, 1, class, in.Path, string(in.Status), in.Format, evidence.Count(int(in.Bytes)), in.Detail)
	}
	return t
}

func (p *filesPage) sessions() []reportSession {
	v := p.View
	var all []reportSession
	room := v.Rows
	for i, s := range v.Record.Sessions[:min(len(v.Record.Sessions), v.Rows)] {
		out := reportSession{ID: runID(i), Sign: p.runSign(s.ID), Name: brief.Agent(s) + ", session " + s.ID, Origin: s.Origin}
		if !v.Record.Joined(&s) {
			out.Name += ": not joined with the change"
		}
		for _, f := range [][2]string{{"Identity", brief.Identity(s)}, {"Joined", brief.Joins(s)}, {"When", brief.Period(s)}, {"Prompts", brief.Prompts(s)}, {"Ending", brief.Ending(s)}, {"Validation", brief.Validated(s)}, {"Boundaries", brief.Boundaries(s)}, {"Excess", brief.Drift(s)}, {"Context", brief.Context(s)}, {"Usage", brief.Usage(s)}} {
			if f[1] != "" {
				out.Facts = append(out.Facts, titleText{Title: f[0], Text: text.Plain(f[1])})
			}
		}
		for _, r := range v.Repairs(s) {
			out.Facts = append(out.Facts, titleText{Title: "Repair", Text: text.Plain(r)})
		}
		for _, d := range brief.Denied(s) {
			out.Facts = append(out.Facts, titleText{Title: "Refused", Text: text.Plain(d)})
		}
		out.Commands = sessionCommands(&s, room)
		room -= len(out.Commands.Rows)
		all = append(all, out)
	}
	return all
}

// maxSessionCommands bounds the table of one run: failed validations are kept
// before others, and those before what else failed.
const maxSessionCommands = 200

func sessionCommands(s *evidence.Session, room int) reportTable {
	t := newReportTable("", "Commands", "Command", "Outcome", "Exit status", "When", "What it said")
	t.Head = t.Head[:len(t.Head)-1] // all are from the file of the run, which is told once
	limit := max(0, min(room, maxSessionCommands))
	for _, i := range listedCommands(s, limit) {
		c := &s.Commands[i]
		exit, when := "not known", ""
		if c.Exit != nil {
			exit = fmt.Sprintf("%d (%s)", *c.Exit, c.ExitBasis)
		}
		if c.Masked != "" {
			exit += ", hidden: " + string(c.Masked)
		}
		if !c.Started.IsZero() {
			when = text.Instant(c.Started)
		}
		t.row(evidence.Origin{}, 1, map[evidence.CommandOutcome]string{evidence.CommandFailed: "error", evidence.CommandUnknown: "warning"}[c.Outcome], c.Line, brief.Outcome(c.Outcome), exit, when, c.Summary)
	}
	out := t.limited(limit)
	out.More = moreInBundle(len(s.Commands) - limit)
	return out
}

// listedCommands returns which commands are listed, validations first.
func listedCommands(s *evidence.Session, limit int) []int {
	weight := func(i int) int {
		c, w := &s.Commands[i], 0
		if c.Validates() {
			w += 2
		}
		if c.Outcome == evidence.CommandFailed {
			w++
		}
		return w
	}
	all := make([]int, len(s.Commands))
	for i := range all {
		all[i] = i
	}
	slices.SortStableFunc(all, func(a, b int) int { return weight(b) - weight(a) })
	all = all[:min(limit, len(all))]
	slices.SortFunc(all, func(a, b int) int { return cmp.Or(weight(b)/2-weight(a)/2, a-b) })
	return all
}
