package assess

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// checklist returns the items of a complete record, and how far this one has
// them.
func checklist(f *facts) []evidence.ChecklistItem {
	all := []evidence.ChecklistItem{
		item("ticket", "Ticket", f.ticketItem),
		item("approval", "Requester and approval", f.approvalItem),
		item("branch", "Repository and branch", f.branchItem),
		item("context", "Context sources", f.contextItem),
		item("environment", "Execution environment", f.environmentItem),
		item("validation", "Commands and validation", f.validationItem),
		item("repairs", "Repair attempts", f.repairItem),
		item("attribution", "Files and attribution", f.attributionItem),
		item("pull-request", "Pull request", f.pullRequestItem),
		item("review", "Review outcome", f.reviewItem),
		item("cost", "Usage and cost", f.costItem),
	}
	return all
}

// covered is how far an item is there.
type covered struct {
	state  evidence.ItemState
	detail string
	bases  []evidence.Basis
}

func item(id, title string, look func() covered) evidence.ChecklistItem {
	c := look()
	basis := evidence.Missing
	if c.state != evidence.ItemMissing && len(c.bases) > 0 {
		basis = evidence.Weakest(c.bases...)
	}
	return evidence.ChecklistItem{ID: id, Title: title, State: c.state, Basis: basis, Detail: c.detail}
}

func missing(detail string) covered { return covered{state: evidence.ItemMissing, detail: detail} }

// partly is captured when n of total have it, missing when none has.
func partly(n, total int, detail string, bases []evidence.Basis) covered {
	c := covered{evidence.ItemPartial, detail, bases}
	switch n {
	case total:
		c.state = evidence.ItemCaptured
	case 0:
		c.state = evidence.ItemMissing
	}
	return c
}

func (f *facts) ticketItem() covered {
	if len(f.Tickets) == 0 {
		return missing("no ticket was found")
	}
	var keys []string
	var bases []evidence.Basis
	for _, t := range f.Tickets {
		keys = append(keys, t.Key)
		bases = append(bases, t.Origin.Basis)
	}
	return covered{evidence.ItemCaptured, strings.Join(keys[:min(len(keys), 3)], ", "), bases}
}

func (f *facts) approvalItem() covered {
	requested, approved := "", ""
	var bases []evidence.Basis
	for _, t := range f.Tickets {
		if t.Requester != "" && requested == "" {
			requested = "requested by " + t.Requester
			bases = append(bases, t.Origin.Basis)
		}
		if t.Approval != nil && approved == "" {
			approved = "not approved"
			if t.Approval.Approved {
				approved = "approved"
			}
			bases = append(bases, t.Approval.Basis)
		}
	}
	switch {
	case requested == "" && approved == "":
		return missing("neither requester nor approval is known")
	case requested == "":
		return covered{evidence.ItemPartial, approved + ", requester not known", bases}
	case approved == "":
		return covered{evidence.ItemPartial, requested + ", approval not known", bases}
	}
	return covered{evidence.ItemCaptured, requested + ", " + approved, bases}
}

func (f *facts) branchItem() covered {
	repository := f.Target.Repository.FullName()
	if f.PullRequest != nil && f.PullRequest.HeadRef != "" && repository != "" {
		return covered{evidence.ItemCaptured, repository + ", " + f.PullRequest.HeadRef + " into " + f.PullRequest.BaseRef, []evidence.Basis{f.PullRequest.Origin.Basis}}
	}
	if f.Target.Head == "" {
		return missing("the head is not known")
	}
	return covered{evidence.ItemPartial, "the commits are known, the branch or repository is not", []evidence.Basis{evidence.Observed}}
}

// perSession counts the agent runs behind the change that have something.
func (f *facts) perSession(what string, has func(*evidence.Session) bool) covered {
	if len(f.joined) == 0 {
		return missing(plain(0, f.noRun()))
	}
	n := 0
	var bases []evidence.Basis
	for _, s := range f.runs() {
		if has(s) {
			n++
			bases = append(bases, s.Origin.Basis)
		}
	}
	return partly(n, len(f.joined), fmt.Sprintf("%s for %d of %s", what, n, evidence.Plural(len(f.joined), "agent run")), bases)
}

// noRun says why no agent run speaks about the change.
func (f *facts) noRun() evidence.Text {
	switch n := len(f.Sessions); n {
	case 0:
		return part("agent-run-missing")
	case 1:
		return part("agent-run-missing.one")
	default:
		return part("agent-run-missing.several", asCount("runs", n))
	}
}

func (f *facts) contextItem() covered {
	return f.perSession("context sources", func(s *evidence.Session) bool {
		return len(s.FilesRead)+len(s.External)+len(s.Unavailable) > 0
	})
}

func (f *facts) environmentItem() covered {
	return f.perSession("execution boundaries", func(s *evidence.Session) bool { return len(s.Boundaries) > 0 })
}

func (f *facts) validationItem() covered {
	var parts []string
	var bases []evidence.Basis
	have := 0
	if n := len(f.Checks); n > 0 {
		have++
		parts = append(parts, evidence.Plural(n, "check"))
		basis := f.Checks[0].Origin.Basis
		if !slices.ContainsFunc(f.Checks, func(c evidence.Check) bool { return !c.Definition.OfChange() }) {
			basis = evidence.Weakest(basis, evidence.Reported) // by the change's own word
		}
		bases = append(bases, basis)
	}
	if n := len(f.Suites) + len(f.Scans); n > 0 {
		have++
		parts = append(parts, evidence.Plural(n, "result file"))
		for _, s := range f.Suites {
			bases = append(bases, s.Origin.Basis)
		}
		for _, s := range f.Scans {
			bases = append(bases, s.Origin.Basis)
		}
	}
	commands := 0
	for _, s := range f.runs() {
		commands += s.CommandCounts.Validations
	}
	if commands > 0 {
		have++
		parts = append(parts, evidence.Plural(commands, "validation command"))
		bases = append(bases, evidence.Reported)
	}
	if have == 0 {
		return missing("no check, no result file and no validation command is recorded")
	}
	return partly(have, 3, strings.Join(parts, ", "), bases)
}

func (f *facts) repairItem() covered {
	if len(f.joined) == 0 {
		return missing(plain(0, f.noRun()))
	}
	repairs, listed := 0, 0
	var bases []evidence.Basis
	for _, s := range f.runs() {
		repairs += len(s.Repairs)
		if s.CommandCounts.Total > 0 || len(s.Commands) > 0 || len(s.Repairs) > 0 {
			listed++
			bases = append(bases, s.Origin.Basis)
		}
	}
	if listed == 0 {
		return missing("the commands of the agent runs are not recorded")
	}
	return partly(listed, len(f.joined), evidence.Plural(repairs, "repair"), bases)
}

func (f *facts) attributionItem() covered {
	n := f.lines.attribution.Lines
	if len(f.Files) == 0 {
		return missing("the changed files are not known")
	}
	if n.Added == 0 {
		return covered{evidence.ItemCaptured, evidence.Plural(len(f.Files), "file") + ", no added lines", []evidence.Basis{f.Files[0].Origin.Basis}}
	}
	traced := n.Added - n.Unattested
	c := partly(traced, n.Added, fmt.Sprintf("%s, %d of %s traced", evidence.Plural(len(f.Files), "file"), traced, evidence.Plural(n.Added, "added line")), []evidence.Basis{evidence.Reported})
	if traced == 0 { // the files are known all the same
		c.state, c.bases = evidence.ItemPartial, []evidence.Basis{f.Files[0].Origin.Basis}
	}
	return c
}

func (f *facts) pullRequestItem() covered {
	if f.Target.PullRequest == 0 {
		return covered{state: evidence.ItemNotApplicable, detail: "the change is not a pull request", bases: []evidence.Basis{evidence.Observed}}
	}
	if f.PullRequest == nil {
		return covered{evidence.ItemPartial, fmt.Sprintf("number %d, nothing else is known", f.Target.PullRequest), []evidence.Basis{evidence.Observed}}
	}
	return covered{evidence.ItemCaptured, f.PullRequest.URL, []evidence.Basis{f.PullRequest.Origin.Basis}}
}

func (f *facts) reviewItem() covered {
	if f.Target.PullRequest == 0 {
		return covered{state: evidence.ItemNotApplicable, detail: "the change is not a pull request", bases: []evidence.Basis{evidence.Observed}}
	}
	if len(f.Reviews) == 0 {
		if f.PullRequest == nil {
			return missing("the reviews could not be read")
		}
		return missing("there is no review yet")
	}
	var bases []evidence.Basis
	for _, r := range f.Reviews {
		bases = append(bases, r.Origin.Basis)
	}
	decided, approved := len(f.decisions()), len(f.approvals())
	state := evidence.ItemPartial
	if decided > 0 {
		state = evidence.ItemCaptured
	}
	return covered{state, fmt.Sprintf("%s, %s", evidence.Plural(len(f.Reviews), "review"), evidence.Plural(approved, "approval")), bases}
}

func (f *facts) costItem() covered {
	c := f.perSession("cost", func(s *evidence.Session) bool { return s.Usage != nil && s.Usage.CostUSD != nil })
	tokens := f.perSession("tokens", func(s *evidence.Session) bool { return s.Usage != nil })
	if c.state == evidence.ItemMissing && tokens.state != evidence.ItemMissing {
		return covered{evidence.ItemPartial, c.detail + ", " + tokens.detail, tokens.bases}
	}
	return c
}
