package render_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/mergebrief/mergebrief/internal/assess"
	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/specimen"
)

const (
	// situationsDir has a situation under pull requests in each archive: the files of
	// clean.txtar, and what is different. Parts that [isShown] knows say what of the
	// comment a situation is there for.
	situationsDir = "testdata/situations"
	cleanName     = "clean"
	hostileName   = "hostile"
	// specimensDir has real files of every format.
	specimensDir = "../format/testdata"

	head = "9f3c1a7be2d4860515aa7c0d3e4f5061728394ab"
)

// situation is a record as it occurs under pull requests, and what the team
// there asks for.
type situation struct {
	record evidence.Record
	policy assess.Policy
}

// archive returns the files of a situation, and what is shown of it.
func archive(t testing.TB, name string) (files, shown []txtar.File) {
	t.Helper()
	a, err := txtar.ParseFile(filepath.Join(situationsDir, name+".txtar"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range a.Files {
		if isShown(f) {
			shown = append(shown, f)
		} else {
			files = append(files, f)
		}
	}
	return files, shown
}

// situationOf makes the record of a situation as a run would make it.
func situationOf(t testing.TB, name string) situation {
	t.Helper()
	if name == hostileName {
		return situation{hostile(t), assess.Policy{}}
	}
	files, _ := archive(t, cleanName)
	set, err := specimen.New(files...)
	if err != nil {
		t.Fatal(err)
	}
	if name != cleanName {
		files, _ = archive(t, name)
		if set, err = set.With(append(files, elsewhere(t, name)...)...); err != nil {
			t.Fatal(err)
		}
	}
	rec, err := set.Record()
	if err != nil {
		t.Fatal(err)
	}
	policy, _ := set.File(specimen.PolicyFile)
	p, err := assess.ParsePolicy(specimen.PolicyFile, policy, "2026-11-20")
	if err != nil {
		t.Fatal(err)
	}
	return situation{*rec, p}
}

// elsewhere returns the files of a situation that are not in its archive.
func elsewhere(t testing.TB, name string) (files []txtar.File) {
	t.Helper()
	switch name {
	case "other-runs", "not-joined":
		for _, name := range []string{"claude-session/session.jsonl", "codex-rollout/rollout.jsonl"} {
			data, err := os.ReadFile(filepath.Join(specimensDir, name))
			if err != nil {
				t.Fatal(err)
			}
			files = append(files, txtar.File{Name: "testdata/" + name, Data: data})
		}
	case "many-failures":
		for i := range 40 {
			files = append(files, txtar.File{Name: fmt.Sprintf("test-results/TEST-package-%02d.xml", i), Data: failingSuite(i)})
		}
	}
	return files
}

// failingSuite is the result of 100 failed tests.
func failingSuite(family int) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "<testsuite name=\"family %d\" tests=\"100\" failures=\"100\">\n", family)
	for k := range 100 {
		fmt.Fprintf(&b, "<testcase classname=\"com.example.parser.GrammarTest\" name=\"rejects the %dth malformed input of family %d\">"+
			"<failure message=\"java.lang.AssertionError: expected:&lt;[]> but was:&lt;[Token(kind=IDENT, text=&quot;x&quot;, pos=4)]> at GrammarTest.java:88\"/></testcase>\n", k, family)
	}
	b.WriteString("</testsuite>\n")
	return []byte(b.String())
}

// names are those of all situations.
func names(t testing.TB) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(situationsDir, "*.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	all := []string{hostileName}
	for _, file := range files {
		if name := strings.TrimSuffix(filepath.Base(file), ".txtar"); name != cleanName {
			all = append(all, name)
		}
	}
	slices.Sort(all)
	return all
}

// situations returns all situations by name.
func situations(t testing.TB) map[string]situation {
	t.Helper()
	all := map[string]situation{}
	for _, name := range names(t) {
		all[name] = situationOf(t, name)
	}
	return all
}

// clean is a change with which nothing is wrong.
func clean(t testing.TB) evidence.Record {
	t.Helper()
	return situationOf(t, cleanName).record
}

// What follows makes records of any size, and hostile ones: no file is so large,
// and no decoder lets so much through.

func at(minute int) time.Time { return time.Date(2026, 11, 20, 9, minute, 0, 0, time.UTC) }

func reported(uri string) evidence.Origin {
	return evidence.Origin{Basis: evidence.Reported, Source: "files", URI: uri, Digest: evidence.Digest([]byte(uri))}
}

func added(path string, lines, deleted int) evidence.File {
	all := evidence.LineRange{First: 10, Last: 9 + lines}
	return evidence.File{
		Origin: evidence.Origin{Basis: evidence.Observed, Source: "change"}, Path: path, Status: evidence.FileModified, Added: lines, Deleted: deleted,
		Spans: []evidence.LineRange{all}, Origins: []evidence.LineOrigin{{LineRange: all, Commit: head, Line: 10}},
	}
}

func testRun(line string, outcome evidence.CommandOutcome) evidence.Command {
	return evidence.Command{Line: line, Family: "go test", Class: evidence.ClassTest, Outcome: outcome, ExitBasis: evidence.ExitExplicit, Started: at(20), DurationMs: 4000}
}

// hostile is a pull request by somebody who wants more than a merge.
func hostile(t testing.TB) evidence.Record {
	t.Helper()
	r := clean(t)
	evil := "@octocat see #1 <img src=x onerror=alert(1)> ![p](https://evil.example/p.png) `x` | </details> <!-- mergebrief:v1 pr=482 key=default --> \u202egnp.exe"
	r.Tickets[0] = evidence.Ticket{Origin: reported("agent-run.json"), Key: evil, URL: "https://evil.example/login", FoundBy: evidence.FoundByManifest, Title: evil, Requester: evil, Criteria: []evidence.Criterion{{Text: evil}}}
	r.Checks[1].Name, r.Checks[1].Conclusion = evil, evidence.ConclusionFailure
	r.Checks[1].Workflow, r.Checks[1].Detail = evil, evil
	twin := r.Checks[1]
	twin.App, twin.Conclusion = evil, evidence.ConclusionSkipped
	r.Checks = append(r.Checks, twin)
	r.Suites[0].Counts = evidence.Counts{Total: 1, Failed: 1}
	r.Suites[0].Origin.URI = evil
	r.Suites[0].Cases = []evidence.Case{{Name: evil, Class: "```", File: evil, Line: 3, Outcome: evidence.Failed, Message: strings.Repeat("A", 4000) + evil}}
	r.Sessions[0].Agent, r.Sessions[0].ID, r.Sessions[0].Models = evil, evil, []string{evil}
	r.Files[0].Path = "a/" + evil + "/b.go"
	r.Reviews[0].Reviewer, r.Reviews[0].Association = evidence.Account{Login: evil, Kind: evidence.AccountKind(evil)}, evil
	r.PullRequest.ReviewDecision, r.PullRequest.AutoMergeBy = evidence.ReviewDecision(evil), &evidence.Account{Login: evil}
	r.Acting = []evidence.Acting{{Origin: reported(evil), Account: evil, Agent: evil, Act: evidence.Act(evil), Because: evidence.Because(evil), Credential: evil}}
	ticket := &r.Tickets[0]
	ticket.State, ticket.StateReason, ticket.Type, ticket.Priority, ticket.PriorityLabel, ticket.Milestone, ticket.Repository = evidence.StateClosed, evidence.StateReason(evil), evil, evil, evil+"!", evil, evil
	ticket.Assignees, ticket.Approval = []string{evil}, &evidence.Approval{Approved: true, By: evil, Basis: evidence.Reported}
	ticket.Edits = []evidence.TicketEdit{{At: at(30), By: evil, OldTitle: evil, Criteria: []evidence.CriterionEdit{{Kind: evidence.CriterionReworded, Text: evil, Before: evil}, {Kind: evidence.CriterionChange(evil), Text: evil}}}}
	r.Scans = []evidence.Scan{{Origin: reported(evil), Tool: evil, Counts: evidence.LevelCounts{Total: 1, Error: 1}, Results: []evidence.Result{{Rule: evil, Level: evidence.LevelError, Message: evil, Path: r.Files[0].Path, Line: 11}}}}
	r.Gaps = []evidence.Gap{{Origin: evidence.Origin{Basis: evidence.Missing, Reason: evidence.Unreadable}, Subject: evil, Detail: evil, Hint: evil}}
	r.Heads = situationOf(t, "red-before").record.Heads
	red := &r.Heads[0].Results[1]
	red.Name, red.Conclusion, red.URL, red.FailedSteps = evil, evidence.ConclusionFailure, "https://evil.example/", []string{evil, evil}
	r.Heads[0].Commit, r.Heads[0].ReplacedBy = evil, evil
	s := &r.Sessions[0]
	s.Ending, s.Drift = evidence.Ending(evil), []evidence.Drift{{Kind: evidence.DriftHost, Name: evil, Count: 1}, {Kind: evidence.DriftTool, Name: evil, Count: 1}}
	s.Joins = []evidence.SessionJoin{{Commit: evil, Method: evidence.JoinMethod(evil), Confidence: evidence.Confidence(evil)}}
	s.Assurances = []evidence.Assurance{{Kind: evidence.AssuranceKind(evil), Digest: evil}, {Kind: evidence.StatesFilesChanged, Paths: []string{evil}, Digest: evil}}
	for i := range minAreas {
		r.Files = append(r.Files, added(fmt.Sprintf("%d%s/x.go", i, evil), 1, 0))
	}
	return r
}

// minAreas is enough files for a table of areas.
const minAreas = 4
