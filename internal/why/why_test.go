package why

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/ledger"
)

func at(minute int) time.Time { return time.Date(2026, 11, 2, 9, minute, 0, 0, time.UTC) }

// record is one of which nothing but the target is known.
func record(fill func(*evidence.Bundle)) *ledger.Record {
	r := &ledger.Record{}
	r.Bundle.Record.Target.Head = strings.Repeat("a", 40)
	if fill != nil {
		fill(&r.Bundle)
	}
	return r
}

func told(all []Statement) (lines []string) {
	for _, s := range all {
		lines = append(lines, fmt.Sprintf("%s: %s [%s]", s.Topic, s.Text, s.Basis))
	}
	return lines
}

// What is not known is said, topic by topic, and is never anybody's doing.
func TestNothingKnown(t *testing.T) {
	want := []string{
		"Pull request: none is known [missing]",
		"Ticket: none is known [missing]",
		"Written by: nobody known: nothing says who wrote the line, its commit is not in the record [missing]",
		"CI on aaaaaaaaaaaa: no check is recorded [missing]",
		"Reviewed: no approval and no request for changes is recorded [missing]",
		"Merged: whether it was merged is not recorded [missing]",
	}
	got := told(Line(record(nil), ledger.Spot{Path: "a.go", Line: 1, Part: evidence.AttributedRange{Kind: evidence.AuthorUnattested}}))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestWrittenBy(t *testing.T) {
	session := evidence.Session{ID: "s1", Agent: "codex", Origin: evidence.Origin{Basis: evidence.Reported}}
	for name, c := range map[string]struct {
		part evidence.AttributedRange
		want string
	}{
		"a run":                {evidence.AttributedRange{Kind: evidence.AuthorAI, Session: "s1", Agent: "codex", Method: "record", Confidence: "likely", Basis: evidence.Observed}, "Codex, session s1; joined by record (likely) [reported]"},
		"a run not kept":       {evidence.AttributedRange{Kind: evidence.AuthorAI, Session: "s2", Agent: "codex", Method: "git-note", Confidence: "exact", Basis: evidence.Reported}, "Codex, session s2, by git-note (exact); no record of the run is kept [reported]"},
		"an agent, no run":     {evidence.AttributedRange{Kind: evidence.AuthorAI, Method: "trailer", Confidence: "commit-level", Basis: evidence.Observed}, "an agent, by trailer (commit-level); no record of the run is kept [observed]"},
		"a person":             {evidence.AttributedRange{Kind: evidence.AuthorHuman, Session: "ada", Method: "git-note", Confidence: "exact", Basis: evidence.Reported}, "a person, ada, as git-note says (exact) [reported]"},
		"older than that":      {evidence.AttributedRange{Kind: evidence.AuthorPreexisting}, "an earlier change: the line is older and was moved here [observed]"},
		"of another agent":     {evidence.AttributedRange{Kind: evidence.AuthorAI, Session: "s1", Agent: "claude-code", Method: "record", Confidence: "likely", Basis: evidence.Reported}, "Claude Code, session s1, by record (likely); no record of the run is kept [reported]"},
		"claimed by two":       {evidence.AttributedRange{Kind: evidence.AuthorAI, Session: "s2", Agent: "codex", Method: "git-note", Confidence: "exact", Basis: evidence.Reported, Conflict: true}, "another claim names another author for the line [reported]"},
		"nobody, commit known": {evidence.AttributedRange{Kind: evidence.AuthorUnattested, Commit: "c1"}, "nobody known: nothing says who wrote the line, the commit is ada's [missing]"},
	} {
		t.Run(name, func(t *testing.T) {
			r := record(func(b *evidence.Bundle) {
				b.Record.Sessions = []evidence.Session{session}
				b.Record.Commits = []evidence.Commit{{ID: "c1", Login: "ada"}}
			})
			got := strings.Join(told(Line(r, ledger.Spot{Path: "a.go", Line: 1, Part: c.part})), "\n")
			if !strings.Contains(got, ": "+c.want) {
				t.Errorf("%q is not in\n%s", c.want, got)
			}
		})
	}
}

// The last validation of each kind counts, before the first and after the last edit of
// the file; one in between is neither. Failed and masked ones say so.
func TestValidated(t *testing.T) {
	command := func(family string, minute int, o evidence.CommandOutcome, m evidence.Mask) evidence.Command {
		return evidence.Command{Family: family, Class: evidence.ClassTest, Started: at(minute), Outcome: o, Masked: m}
	}
	edits := []evidence.Edit{{Path: "a.go", Time: at(10)}, {Path: "old.go", Time: at(20)}, {Path: "b.go", Time: at(40)}}
	for name, c := range map[string]struct {
		edits    []evidence.Edit
		commands []evidence.Command
		want     string
	}{
		"both": {
			edits,
			[]evidence.Command{
				command("go test", 1, evidence.CommandOK, ""), command("go test", 5, evidence.CommandFailed, ""), command("go test", 15, evidence.CommandOK, ""),
				command("go test", 30, evidence.CommandOK, ""), command("lint", 31, evidence.CommandUnknown, "pipe"),
			},
			"before: go test failed on 2026-11-02 09:05 UTC; after: go test ok on 2026-11-02 09:30 UTC, lint ended nobody knows how, its status hidden by pipe on 2026-11-02 09:31 UTC",
		},
		"only between": {edits, []evidence.Command{command("go test", 15, evidence.CommandOK, "")}, "before: nothing; after: nothing was run after the file was last edited"},
		"no times":     {[]evidence.Edit{{Path: "a.go"}}, []evidence.Command{command("go test", 15, evidence.CommandOK, "")}, "the run shows no validation"},
	} {
		t.Run(name, func(t *testing.T) {
			got := validated(&evidence.Session{Edits: c.edits, Commands: c.commands, Origin: evidence.Origin{Basis: evidence.Reported}}, []string{"a.go", "old.go"})
			if got.Text != c.want || got.Basis != evidence.Reported {
				t.Errorf("%q [%s], want %q", got.Text, got.Basis, c.want)
			}
		})
	}
}

// A check that did not pass is named, and the whole is as well known as the worst of it.
func TestChecks(t *testing.T) {
	r := record(func(b *evidence.Bundle) {
		b.Record.Checks = []evidence.Check{
			{Name: "unit", Conclusion: evidence.ConclusionSuccess, Origin: evidence.Origin{Basis: evidence.Observed}},
			{Name: "lint", Conclusion: evidence.ConclusionFailure, Origin: evidence.Origin{Basis: evidence.Reported}},
			{Name: "slow", Status: "queued", Origin: evidence.Origin{Basis: evidence.Observed}},
		}
	})
	got := checks(&r.Bundle.Record)
	if got.Text != "1 of 3 checks passed; not passed: lint failure, slow queued" || got.Basis != evidence.Reported {
		t.Errorf("%+v", got)
	}
}

// What a reviewer saw is told against the head.
func TestReviews(t *testing.T) {
	r := record(func(b *evidence.Bundle) {
		b.Record.PullRequest = &evidence.PullRequest{HeadTree: "t"}
		for _, v := range []evidence.Review{
			{State: "approved", Commit: b.Record.Target.Head},
			{State: "changes_requested", Commit: strings.Repeat("b", 40)},
			{State: "approved", Commit: strings.Repeat("c", 40), Tree: "t"},
			{State: "approved"},
			{State: "commented", Commit: b.Record.Target.Head},
		} {
			v.Reviewer.Login, v.Origin.Basis = "grace", evidence.Observed
			b.Record.Reviews = append(b.Record.Reviews, v)
		}
	})
	want := []string{
		"Reviewed: approved by grace, who saw the head [observed]",
		"Reviewed: changes requested by grace, who saw commit bbbbbbbbbbbb, not the head [observed]",
		"Reviewed: approved by grace, who saw the same tree as the head [observed]",
		"Reviewed: approved by grace, who saw a commit that is not recorded [observed]",
	}
	if diff := cmp.Diff(want, told(reviews(&r.Bundle.Record))); diff != "" {
		t.Error(diff)
	}
}

// A merge that is not what the head was says so.
func TestMerge(t *testing.T) {
	merged := func(tree string) *ledger.Record {
		return record(func(b *evidence.Bundle) {
			b.Record.Target.MergeBase = "base"
			b.Record.PullRequest = &evidence.PullRequest{HeadTree: "t", Origin: evidence.Origin{Basis: evidence.Observed}, Merge: &evidence.Merge{
				By: evidence.Account{Login: "grace"}, At: at(0), Commit: strings.Repeat("d", 40), Tree: tree, Method: evidence.MergeSquash, Parents: []string{"base"},
			}}
		})
	}
	for tree, want := range map[string]string{"t": "exactly the head", "u": "NOT what the head was", "": "is not known"} {
		if got := merge(merged(tree)); !strings.Contains(got.Text, want) || !strings.HasPrefix(got.Text, "by grace on 2026-11-02 09:00 UTC as dddddddddddd (squash)") {
			t.Errorf("tree %q: %q, want %q", tree, got.Text, want)
		}
	}
}
