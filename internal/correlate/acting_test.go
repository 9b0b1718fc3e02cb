package correlate

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// Under whose account an agent acted, by what the record holds.
func TestActing(t *testing.T) {
	at := func(minute int) time.Time { return time.Date(2026, 3, 1, 10, minute, 0, 0, time.UTC) }
	command := func(line string, minute int) evidence.Command {
		return evidence.Command{Line: line, Family: "git", Class: evidence.ClassVCS, Outcome: evidence.CommandOK, Started: at(minute), DurationMs: 2000}
	}
	ada := evidence.Identity{Name: "Ada", Email: "12+ada@users.noreply.github.com"}
	claude := evidence.Trailer{Key: "Co-Authored-By", Value: "Claude <noreply@anthropic.com>"}
	made := []evidence.SessionJoin{{Commit: "c1", Method: evidence.JoinCommitOutput}}
	base := func() *evidence.Record {
		r := &evidence.Record{}
		r.PullRequest = &evidence.PullRequest{Author: evidence.Account{Login: "ada", Kind: evidence.AccountUser}, Head: "c1", Created: at(20)}
		r.Commits = []evidence.Commit{{ID: "c1", Author: ada}, {ID: "c2", Author: evidence.Identity{Name: "Bob", Email: "bob@example.com"}}}
		r.Sessions = []evidence.Session{{ID: "s", Agent: "A", Joins: made, Boundaries: []evidence.Boundary{{Credential: "personal token"}}}}
		return r
	}
	tests := map[string]struct {
		change func(*evidence.Record)
		want   []string
	}{
		"the run made a commit": {func(*evidence.Record) {}, []string{"A commit as ada [c1] by run, personal token"}},
		"an account of its own": {func(r *evidence.Record) { r.Commits[0].Author.Email = "noreply@anthropic.com" }, nil},
		"a login that GitHub knows": {func(r *evidence.Record) {
			r.Commits[0].Author.Email = "x@example.com"
			r.PullRequest.Logins = map[string]string{"c1": "ada-l"}
		}, []string{"A commit as ada-l [c1] by run, personal token"}},
		"a name only":      {func(r *evidence.Record) { r.Commits[0].Author.Email = "x@example.com" }, []string{"A commit as Ada [c1] by run, personal token"}},
		"another change":   {func(r *evidence.Record) { r.Sessions[0].Joins = nil }, nil},
		"lines alike":      {func(r *evidence.Record) { r.Sessions[0].Joins[0].Method = evidence.JoinContent }, nil},
		"trailer":          {func(r *evidence.Record) { r.Sessions = nil; r.Commits[1].Trailers = []evidence.Trailer{claude} }, []string{"claude-code commit as Bob [c2] by trailer"}},
		"trailer, and run": {func(r *evidence.Record) { r.Commits[0].Trailers = []evidence.Trailer{claude} }, []string{"A commit as ada [c1] by run, personal token"}},
		"trailer of a commit with a parent": {func(r *evidence.Record) {
			r.Sessions = nil
			r.Commits[1].Trailers, r.Commits[1].Parents = []evidence.Trailer{claude}, []string{"a"}
		}, []string{"claude-code commit as Bob [c2] by trailer"}},
		"trailer of a merge": {func(r *evidence.Record) {
			r.Sessions = nil
			r.Commits[1].Trailers, r.Commits[1].Parents = []evidence.Trailer{claude}, []string{"a", "b"}
		}, nil},
		"for somebody": {func(r *evidence.Record) {
			r.Sessions = nil
			r.Commits[1].Author.Email = "198982749+Copilot@users.noreply.github.com"
			r.Commits[1].Trailers = []evidence.Trailer{{Key: "Co-authored-by", Value: "Ada <12+ada@users.noreply.github.com>"}}
		}, []string{"copilot on-behalf as ada [c2] by trailer"}},
		"a co-author of a person": {func(r *evidence.Record) {
			r.Sessions = nil
			r.Commits[1].Trailers = []evidence.Trailer{{Key: "Co-authored-by", Value: "Ada <12+ada@users.noreply.github.com>"}}
		}, nil},
		"push": {func(r *evidence.Record) {
			r.PullRequest.LastPusher = &evidence.Account{Login: "ada", Kind: evidence.AccountUser}
			r.Sessions[0].Commands = []evidence.Command{command("git add -A && GIT_TRACE=1 git -C x push origin HEAD", 10)}
		}, []string{"A commit as ada [c1] by run, personal token", "A push as ada [c1] by run, personal token"}},
		"push, behind a pipe": {func(r *evidence.Record) {
			r.PullRequest.LastPusher = &evidence.Account{Login: "ada", Kind: evidence.AccountUser}
			c := command("pytest && git push 2>&1 | tail -3", 10)
			c.Class, c.Outcome = evidence.ClassTest, evidence.CommandUnknown
			r.Sessions[0].Commands = []evidence.Command{c}
		}, []string{"A commit as ada [c1] by run, personal token", "A push as ada [c1] by run, personal token"}},
		"push by a bot": {func(r *evidence.Record) {
			r.PullRequest.LastPusher = &evidence.Account{Login: "x", Kind: evidence.AccountBot}
			r.Sessions[0].Commands = []evidence.Command{command("git push", 10)}
		}, []string{"A commit as ada [c1] by run, personal token"}},
		"push of another head": {func(r *evidence.Record) {
			r.PullRequest.LastPusher, r.PullRequest.Head = &evidence.Account{Login: "bob", Kind: evidence.AccountUser}, "c2"
			r.Sessions[0].Commands = []evidence.Command{command("git push", 10)}
		}, []string{"A commit as ada [c1] by run, personal token"}},
		"a push that is text": {func(r *evidence.Record) {
			r.PullRequest.LastPusher = &evidence.Account{Login: "ada", Kind: evidence.AccountUser}
			r.Sessions[0].Commands = []evidence.Command{command("git commit -m 'x; git push' -m \"; git push\"", 10)}
		}, []string{"A commit as ada [c1] by run, personal token"}},
		"a push that failed": {func(r *evidence.Record) {
			r.PullRequest.LastPusher = &evidence.Account{Login: "ada", Kind: evidence.AccountUser}
			c := command("git push", 10)
			c.Outcome = evidence.CommandFailed
			r.Sessions[0].Commands = []evidence.Command{c}
		}, []string{"A commit as ada [c1] by run, personal token"}},
		"pull request": {func(r *evidence.Record) {
			r.Sessions[0].Joins, r.Sessions[0].Commands = []evidence.SessionJoin{{Method: evidence.JoinBranch}}, []evidence.Command{command("gh pr create --fill", 20)}
		}, []string{"A pull-request as ada [] by run, personal token"}},
		"pull request of a command without a time, linked": {func(r *evidence.Record) {
			c := command("gh pr create --fill", 20)
			c.Started = time.Time{}
			r.Sessions[0].Joins, r.Sessions[0].Commands = []evidence.SessionJoin{{Method: evidence.JoinPullLink}}, []evidence.Command{c}
		}, []string{"A pull-request as ada [] by run, personal token"}},
		"pull request of a command without a time": {func(r *evidence.Record) {
			c := command("gh pr create --fill", 20)
			c.Started = time.Time{}
			r.Sessions[0].Joins, r.Sessions[0].Commands = []evidence.SessionJoin{{Method: evidence.JoinBranch}}, []evidence.Command{c}
		}, nil},
		"pull request at the end of a long command": {func(r *evidence.Record) {
			c := command("make check && gh pr create --fill", 10)
			c.DurationMs = 10 * 60 * 1000
			r.Sessions[0].Joins, r.Sessions[0].Commands = []evidence.SessionJoin{{Method: evidence.JoinBranch}}, []evidence.Command{c}
		}, []string{"A pull-request as ada [] by run, personal token"}},
		"another pull request": {func(r *evidence.Record) {
			r.Sessions[0].Joins, r.Sessions[0].Commands = []evidence.SessionJoin{{Method: evidence.JoinBranch}}, []evidence.Command{command("gh pr create --fill", 9)}
		}, nil},
		"pull request of a bot": {func(r *evidence.Record) {
			r.Sessions[0].Joins, r.Sessions[0].Commands = []evidence.SessionJoin{{Method: evidence.JoinBranch}}, []evidence.Command{command("gh pr create", 20)}
			r.PullRequest.Author.Kind = evidence.AccountBot
		}, nil},
		"description": {func(r *evidence.Record) {
			r.Sessions, r.Mentions = nil, []evidence.Mention{{Agent: "devin", Session: "d"}, {Agent: "devin"}}
		}, []string{"devin pull-request as ada [] by description"}},
		"many commits": {func(r *evidence.Record) {
			r.Sessions = nil
			for range maxActingCommits + 1 {
				r.Commits = append(r.Commits, evidence.Commit{ID: fmt.Sprint(len(r.Commits)), Author: ada, Trailers: []evidence.Trailer{claude}})
			}
		}, []string{fmt.Sprintf("claude-code commit as ada [%s] by trailer and 1 more", strings.TrimSpace(numbers(2, maxActingCommits)))}},
		"description, and run": {func(r *evidence.Record) {
			r.Sessions[0].Joins, r.Sessions[0].Commands = []evidence.SessionJoin{{Method: evidence.JoinBranch}}, []evidence.Command{command("gh pr create --fill", 20)}
			r.Mentions = []evidence.Mention{{Agent: "Agent A"}}
		}, []string{"A pull-request as ada [] by run, personal token"}},
		"review and merge": {func(r *evidence.Record) {
			r.Sessions[0].Joins, r.Sessions[0].Commands = []evidence.SessionJoin{{Method: evidence.JoinBranch}}, []evidence.Command{command("gh pr review 7 --approve; gh pr merge 7", 30)}
			r.Reviews = []evidence.Review{{Reviewer: evidence.Account{Login: "bob", Kind: evidence.AccountUser}, Submitted: at(30)}, {Reviewer: evidence.Account{Login: "eve", Kind: evidence.AccountUser}, Submitted: at(40)}}
			r.PullRequest.Merge = &evidence.Merge{By: evidence.Account{Login: "bob", Kind: evidence.AccountUser}, At: at(31)}
		}, []string{"A review as bob [] by run, personal token", "A merge as bob [] by run, personal token"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r := base()
			r.Sessions[0].Joins = append([]evidence.SessionJoin(nil), made...)
			tt.change(r)
			var got []string
			for _, x := range acting(r) {
				line := fmt.Sprintf("%s %s as %s [%s] by %s", x.Agent, x.Act, x.Account, strings.Join(x.Commits, " "), x.Because)
				if x.CommitsOmitted > 0 {
					line += fmt.Sprintf(" and %d more", x.CommitsOmitted)
				}
				if x.Credential != "" {
					line += ", " + x.Credential
				}
				if x.Origin.Basis != evidence.Reported {
					line += " " + string(x.Origin.Basis)
				}
				got = append(got, line)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// numbers writes n numbers from a first one on.
func numbers(first, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "%d ", first+i)
	}
	return b.String()
}
