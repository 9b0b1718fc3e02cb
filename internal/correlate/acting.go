package correlate

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/mergebrief/mergebrief/internal/attribution"
	"github.com/mergebrief/mergebrief/internal/evidence"
)

const (
	// aroundCommand is how far the clocks of the agent's machine and of GitHub may
	// be apart for an act on GitHub to be that of a command.
	aroundCommand = 90 * time.Second
	// maxActingCommits bounds the commits that are listed of one agent under one
	// name.
	maxActingCommits = 100
)

var (
	// quoted are parts of a command line that are arguments, whatever they say.
	quoted = regexp.MustCompile(`"(?:[^"\\]|\\.)*"|'[^']*'`)
	// actCommand finds the commands that act in somebody's name, at the beginning
	// of a command of the line.
	actCommand = regexp.MustCompile(`(?:^|[;&|(\n])\s*(?:\w+=\S*\s+)*(?:git\s+(?:-[cC]\s+\S+\s+|--[\w-]+(?:=\S+)?\s+)*(push)|gh\s+pr\s+(create|review|merge))\b`)
	// noreply is an address that GitHub gives out, with the login in it.
	noreply = regexp.MustCompile(`(?i)^(?:[0-9]+\+)?([a-z0-9][a-z0-9-]*)@users\.noreply\.`)
)

// actors collects what agents did in people's names.
type actors struct {
	rec *evidence.Record
	all []evidence.Acting
}

// acting finds what the agents of the runs behind the change did in the name of
// people's accounts: commits, pushes, the pull request itself, reviews and the
// merge. It knows no more than what the runs, the commits and the description say.
func acting(rec *evidence.Record) []evidence.Acting {
	a := &actors{rec: rec}
	for i := range rec.Commits {
		a.logIn(&rec.Commits[i])
	}
	for i := range rec.Sessions {
		if s := &rec.Sessions[i]; rec.Joined(s) {
			a.commits(s)
			a.commands(s)
		}
	}
	for i := range rec.Commits {
		a.trailers(&rec.Commits[i])
	}
	a.described()
	for i := range a.all {
		x := &a.all[i]
		x.CommitsOmitted = max(0, len(x.Commits)-maxActingCommits)
		x.Commits = x.Commits[:len(x.Commits)-x.CommitsOmitted]
	}
	return a.all
}

// logIn notes the login of a commit's author, as GitHub knows it or as the address
// that GitHub gave out says it.
func (a *actors) logIn(c *evidence.Commit) {
	if p := a.rec.PullRequest; p != nil && p.Logins[c.ID] != "" {
		c.Login = p.Logins[c.ID]
	} else if m := noreply.FindStringSubmatch(c.Author.Email); m != nil {
		c.Login = m[1]
	}
}

// signer is the author of a commit, when that is no agent's account.
func signer(c *evidence.Commit) (string, bool) {
	if slices.ContainsFunc(attribution.Marks(*c), func(m attribution.Mark) bool { return m.Method == evidence.MethodAccount }) {
		return "", false
	}
	if c.Login != "" {
		return c.Login, true
	}
	return c.Author.Name, c.Author.Name != ""
}

func (a *actors) add(x evidence.Acting, commits ...string) {
	x.Origin.Basis = evidence.Reported
	same := func(o evidence.Acting) bool {
		return evidence.SameLogin(o.Account, x.Account) && o.Agent == x.Agent && o.Session == x.Session && o.Act == x.Act && o.Because == x.Because
	}
	at := slices.IndexFunc(a.all, same)
	if at < 0 {
		at, a.all = len(a.all), append(a.all, x)
	}
	for _, id := range commits {
		if !slices.Contains(a.all[at].Commits, id) {
			a.all[at].Commits = append(a.all[at].Commits, id)
		}
	}
}

// of is an act of a run.
func of(s *evidence.Session, who string, act evidence.Act) evidence.Acting {
	x := evidence.Acting{Origin: s.Origin, Account: who, Agent: s.Agent, Session: s.ID, Act: act, Because: evidence.BecauseRun}
	for _, b := range s.Boundaries {
		if b.Credential != "" {
			x.Credential = b.Credential
		}
	}
	return x
}

// commits adds the commits that a run shows itself making.
func (a *actors) commits(s *evidence.Session) {
	for _, j := range s.Joins {
		at := slices.IndexFunc(a.rec.Commits, func(c evidence.Commit) bool { return c.ID == j.Commit })
		if j.Method != evidence.JoinCommitOutput || at < 0 {
			continue
		}
		if who, person := signer(&a.rec.Commits[at]); person {
			a.add(of(s, who, evidence.ActCommit), j.Commit)
		}
	}
}

// commands adds what commands of a run did on GitHub, where GitHub shows that it
// was done. How the command itself ended may be hidden then.
func (a *actors) commands(s *evidence.Session) {
	p := a.rec.PullRequest
	if p == nil {
		return
	}
	for i := range s.Commands {
		c := &s.Commands[i]
		if c.Outcome == evidence.CommandFailed || c.Outcome == evidence.CommandNotRun || !strings.Contains(c.Line, "push") && !strings.Contains(c.Line, "gh ") {
			continue
		}
		for _, m := range actCommand.FindAllStringSubmatch(quoted.ReplaceAllString(c.Line, "_"), -1) {
			switch m[1] + m[2] {
			case "push":
				if by := p.LastPusher; by != nil && by.Kind == evidence.AccountUser && made(s, p.Head) {
					a.add(of(s, by.Login, evidence.ActPush), p.Head)
				}
			case "create":
				if p.Author.Kind == evidence.AccountUser && (during(c, p.Created) || c.Started.IsZero() && linksPull(s)) {
					a.add(of(s, p.Author.Login, evidence.ActPullRequest))
				}
			case "review":
				for _, r := range a.rec.Reviews {
					if r.Reviewer.Kind == evidence.AccountUser && during(c, r.Submitted) {
						a.add(of(s, r.Reviewer.Login, evidence.ActReview))
					}
				}
			case "merge":
				if p.Merge != nil && p.Merge.By.Kind == evidence.AccountUser && during(c, p.Merge.At) {
					a.add(of(s, p.Merge.By.Login, evidence.ActMerge))
				}
			}
		}
	}
}

// made reports whether a run shows itself making a commit.
func made(s *evidence.Session, commit string) bool {
	return slices.ContainsFunc(s.Joins, func(j evidence.SessionJoin) bool { return j.Method == evidence.JoinCommitOutput && j.Commit == commit })
}

func linksPull(s *evidence.Session) bool {
	return slices.ContainsFunc(s.Joins, func(j evidence.SessionJoin) bool { return j.Method == evidence.JoinPullLink })
}

// during reports whether something happened while a command ran.
func during(c *evidence.Command, at time.Time) bool {
	end := c.Started.Add(time.Duration(c.DurationMs) * time.Millisecond)
	return !at.IsZero() && !c.Started.IsZero() && !at.Before(c.Started.Add(-aroundCommand)) && !at.After(end.Add(aroundCommand))
}

// trailers adds what a commit says: that an agent had a part in it though the
// account is a person's, or for whom an agent's account made it.
func (a *actors) trailers(c *evidence.Commit) {
	if len(c.Parents) > 1 {
		return
	}
	who, person := signer(c)
	own := ""
	for _, m := range attribution.Marks(*c) {
		if m.Method == evidence.MethodAccount {
			own = m.Agent
		}
		known := slices.ContainsFunc(a.all, func(x evidence.Acting) bool { return x.Act == evidence.ActCommit && slices.Contains(x.Commits, c.ID) })
		if person && m.Method == evidence.MethodTrailer && !known {
			a.add(evidence.Acting{Origin: c.Origin, Account: who, Agent: m.Agent, Session: m.Session, Act: evidence.ActCommit, Because: evidence.BecauseTrailer}, c.ID)
		}
	}
	for _, t := range c.Trailers {
		if m := coAuthor.FindStringSubmatch(t.Value); own != "" && strings.EqualFold(t.Key, "co-authored-by") && m != nil {
			a.behalf(c, own, m[1], m[2])
		}
	}
}

var coAuthor = regexp.MustCompile(`^\s*(.*?)\s*<([^<>\s]+)>\s*$`)

func (a *actors) behalf(c *evidence.Commit, agent, name, email string) {
	person := evidence.Commit{Author: evidence.Identity{Name: name, Email: email}}
	a.logIn(&person)
	if who, ok := signer(&person); ok {
		a.add(evidence.Acting{Origin: c.Origin, Account: who, Agent: agent, Act: evidence.ActOnBehalf, Because: evidence.BecauseTrailer}, c.ID)
	}
}

// described adds the pull request itself, when its description names an agent and
// nothing better is known.
func (a *actors) described() {
	p := a.rec.PullRequest
	if p == nil || p.Author.Kind != evidence.AccountUser {
		return
	}
	for _, m := range a.rec.Mentions {
		known := func(x evidence.Acting) bool {
			return x.Act == evidence.ActPullRequest && (x.Because == evidence.BecauseRun || x.Agent == m.Agent)
		}
		if !slices.ContainsFunc(a.all, known) {
			a.add(evidence.Acting{Origin: m.Origin, Account: p.Author.Login, Agent: m.Agent, Session: m.Session, Act: evidence.ActPullRequest, Because: evidence.BecauseDescription})
		}
	}
}
