package brief

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/mergebrief/mergebrief/internal/agents"
	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/render/text"
)

// MaxPlaces is how many of several places, names or agents are named.
const MaxPlaces = 3

// TicketFact is the ticket in a few words.
func (v *View) TicketFact() string {
	if len(v.Record.Tickets) == 0 {
		return "no ticket" + text.Grade(evidence.Missing)
	}
	t := v.Record.Tickets[0]
	var state []string
	if t.Approval != nil && t.Approval.Approved {
		state = append(state, "approved"+text.Grade(t.Approval.Basis))
	}
	if n := len(t.Criteria); n > 0 {
		state = append(state, fmt.Sprintf("%d of %s checked", Checked(t), evidence.Plural(n, "criterion")))
	}
	line := "Ticket " + v.Linked(text.Code(t.Key, text.MaxName), t.URL, t.Origin) + text.Grade(t.Origin.Basis)
	if len(state) > 0 {
		line += " (" + strings.Join(state, ", ") + ")"
	}
	if n := len(v.Record.Tickets) - 1; n > 0 {
		line += fmt.Sprintf(" and %d more", n)
	}
	return line
}

// Checked counts the acceptance criteria that are ticked.
func Checked(t evidence.Ticket) (n int) {
	for _, c := range t.Criteria {
		if c.Checked {
			n++
		}
	}
	return n
}

// SessionFact counts the agent runs and names their agents.
func (v *View) SessionFact() string {
	if len(v.Record.Sessions) == 0 {
		return "no agent run recorded" + text.Grade(evidence.Missing)
	}
	var names []string
	var bases []evidence.Basis
	joined, apart := v.Runs()
	if len(joined) == 0 {
		return evidence.Plural(len(apart), "agent run") + " recorded, **none joined with the change**" + text.Grade(evidence.Missing)
	}
	for _, s := range joined {
		bases = append(bases, s.Origin.Basis)
		if name := text.Text(Agent(*s), text.MaxName/2); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	shown := strings.Join(names[:min(len(names), MaxPlaces)], ", ")
	if n := len(names) - MaxPlaces; n > 0 {
		shown += fmt.Sprintf(" and %d more", n)
	}
	line := evidence.Plural(len(joined), "agent run") + ": " + shown + text.Grade(evidence.Weakest(bases...))
	if n := len(apart); n > 0 {
		line += ", " + evidence.Count(n) + " more not joined with the change"
	}
	return line
}

// Runs returns the agent runs that something joins with the change, and the others.
func (v *View) Runs() (joined, apart []*evidence.Session) {
	for i := range v.Record.Sessions {
		if s := &v.Record.Sessions[i]; v.Record.Joined(s) {
			joined = append(joined, s)
		} else {
			apart = append(apart, s)
		}
	}
	return joined, apart
}

// AgentName is how people write an agent, which the record has by its key.
func AgentName(key string) string { return cmp.Or(agents.Known().Name(key), "agent not named") }

// Agent is the name of the agent of a session, with its version.
func Agent(s evidence.Session) string {
	name := AgentName(s.Agent)
	if s.AgentVersion != "" {
		name += " " + s.AgentVersion
	}
	return name
}

// TestFact counts the tests, failures first.
func (v *View) TestFact() string {
	if len(v.Record.Suites) == 0 {
		return "no test results" + text.Grade(evidence.Missing)
	}
	var n evidence.Counts
	var bases []evidence.Basis
	broken := 0
	for _, s := range v.Record.Suites {
		n.Add(s.Counts)
		bases = append(bases, s.Origin.Basis)
		broken += s.BrokenParts()
	}
	line := evidence.Plural(n.Total, "test")
	if bad := n.Bad(); bad > 0 {
		line += ", **" + evidence.Count(bad) + " failed**"
	}
	if broken > 0 {
		line += ", **" + evidence.Plural(broken, "broken suite") + "**"
	}
	return line + also(n.Skipped, "skipped") + also(n.Flaky, "flaky") + text.Grade(evidence.Weakest(bases...))
}

// ScanFact speaks up only for scanners that did not run: their silence is no
// result.
func (v *View) ScanFact() string {
	n := 0
	var bases []evidence.Basis
	for _, s := range v.Record.Scans {
		if s.DidNotRun {
			n++
			bases = append(bases, s.Origin.Basis)
		}
	}
	if n == 0 {
		return ""
	}
	return "**" + evidence.Plural(n, "scanner") + " did not run**" + text.Grade(evidence.Weakest(bases...))
}

func also(n int, what string) string {
	if n == 0 {
		return ""
	}
	return ", " + evidence.Count(n) + " " + what
}

// CheckFact counts the checks of the head.
func (v *View) CheckFact() string {
	if len(v.Record.Checks) == 0 {
		if v.Record.Target.PullRequest == 0 {
			return ""
		}
		return "no checks" + text.Grade(evidence.Missing)
	}
	failed, open := 0, 0
	var bases []evidence.Basis
	for _, c := range v.Record.Checks {
		bases = append(bases, c.Origin.Basis)
		switch {
		case c.Failed():
			failed++
		case c.Status != evidence.CheckCompleted:
			open++
		}
	}
	line := evidence.Plural(len(v.Record.Checks), "check")
	if failed > 0 {
		line += ", **" + evidence.Count(failed) + " failed**"
	}
	return line + also(open, "not finished") + text.Grade(evidence.Weakest(bases...))
}

// TraceFact says for how many added lines the record tells who wrote them. It is
// a measure of the record, not of anybody's share.
func (v *View) TraceFact() string {
	n := v.Assessment.Attribution.Lines
	if n.Added == 0 {
		return ""
	}
	basis := evidence.Reported
	if n.Unattested == n.Added {
		basis = evidence.Missing
	}
	return "author recorded for " + v.Traced() + text.Grade(basis)
}

// Traced says how many added lines, and commits when some are without, have a
// record.
func (v *View) Traced() string {
	n, c := v.Assessment.Attribution.Lines, v.Assessment.Traced
	line := evidence.Count(n.Added-n.Unattested) + " of " + evidence.Plural(n.Added, "added line")
	if c.CommitsTraced < c.Commits {
		line += ", " + evidence.Count(c.CommitsTraced) + " of " + evidence.Plural(c.Commits, "commit")
	}
	return line
}

// AgentNames names the agents of runs, each once.
func AgentNames(runs []*evidence.Session) string {
	var names []string
	for _, s := range runs {
		if name := text.Text(AgentName(s.Agent), text.MaxName/2); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	shown := strings.Join(names[:min(len(names), MaxPlaces)], ", ")
	if n := len(names) - MaxPlaces; n > 0 {
		shown += fmt.Sprintf(" and %d more", n)
	}
	return shown
}

// Took is how long runs took together; "" where that is not known of all.
func Took(runs []*evidence.Session) string {
	var total time.Duration
	for _, s := range runs {
		if s.Started.IsZero() || !s.Ended.After(s.Started) {
			return ""
		}
		total += s.Ended.Sub(s.Started)
	}
	if total > mostTook {
		return "" // sessions that were left open for a day
	}
	return text.Roughly(total)
}

// mostTook is how long runs may have taken together so that it says something about
// the work.
const mostTook = 12 * time.Hour
