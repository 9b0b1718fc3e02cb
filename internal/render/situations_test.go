package render_test

import (
	"fmt"
	"path"
	"strings"
	"time"

	"github.com/mergebrief/mergebrief/internal/assess"
	"github.com/mergebrief/mergebrief/internal/evidence"
)

// situation is a record as it occurs under pull requests, and what the team
// there asks for.
type situation struct {
	record evidence.Record
	policy assess.Policy
}

const (
	head   = "9f3c1a7be2d4860515aa7c0d3e4f5061728394ab"
	older  = "1b2c3d4e5f60718293a4b5c6d7e8f90123456789"
	second = "d4e5f6a1b2c3d4e5f60718293a4b5c6d7e8f9012"
	third  = "77aa88bb99cc00dd11ee22ff3344556677889900"
)

func at(minute int) time.Time { return time.Date(2026, 11, 20, 9, minute, 0, 0, time.UTC) }

func observed(source, uri string) evidence.Origin {
	return evidence.Origin{Basis: evidence.Observed, Source: source, URI: uri}
}

func reported(uri string) evidence.Origin {
	return evidence.Origin{Basis: evidence.Reported, Source: "files", URI: uri, Digest: evidence.Digest([]byte(uri))}
}

// clean is a change with which nothing is wrong.
func clean() evidence.Record {
	r := evidence.Record{Target: evidence.Target{
		Repository:  evidence.Repository{Server: "https://github.com", Owner: "octo", Name: "shop"},
		PullRequest: 482, Base: older, MergeBase: older, Head: head,
	}}
	r.Run = &evidence.WorkflowRun{Origin: observed("runner", ""), Event: "pull_request", Workflow: "CI", Job: "mergebrief", RunID: 7001, Attempt: 1, URL: "https://github.com/octo/shop/actions/runs/7001"}
	r.PullRequest = &evidence.PullRequest{
		Origin: observed("pull-request", ""), Number: 482, URL: "https://github.com/octo/shop/pull/482", Title: "Expire sessions", State: evidence.StateOpen,
		Author: evidence.Account{Login: "claude-bot", Kind: evidence.AccountBot}, BaseRef: "main", HeadRef: "expire-sessions", Head: head, HeadRepository: "octo/shop",
	}
	r.Tickets = []evidence.Ticket{{
		Origin: observed("pull-request", ""), Key: "#471", URL: "https://github.com/octo/shop/issues/471", FoundBy: evidence.FoundByClosing, Title: "Sessions never expire", State: evidence.StateOpen, Requester: "mona",
		Approval: &evidence.Approval{Basis: evidence.Observed, Approved: true, By: "label approved"},
		Criteria: []evidence.Criterion{{Text: "Sessions end after 30 minutes", Checked: true}, {Text: "The limit can be configured", Checked: true}},
	}}
	r.Commits = []evidence.Commit{{Origin: observed("change", head), ID: head, Parents: []string{older}, Subject: "Expire sessions", Committed: at(31)}}
	r.Files = []evidence.File{added("internal/session/expiry.go", 48, 3), added("internal/session/expiry_test.go", 40, 0)}
	r.Claims = []evidence.Claim{claim("internal/session/expiry.go", 48), claim("internal/session/expiry_test.go", 40)}
	r.Sessions = []evidence.Session{run()}
	r.Suites = []evidence.Suite{{Origin: reported("test-results/junit.xml"), Format: "junit", Name: "session", Counts: evidence.Counts{Total: 214, Passed: 214}}}
	r.Coverage = []evidence.Coverage{{Origin: reported("cover.out"), Format: "go-cover", Lines: 900, Covered: 801, Files: []evidence.FileCoverage{
		{Path: "internal/session/expiry.go", Covered: []evidence.LineRange{{First: 10, Last: 57}}},
	}}}
	r.Checks = []evidence.Check{check("lint", evidence.ConclusionSuccess), check("unit tests", evidence.ConclusionSuccess)}
	r.Reviews = []evidence.Review{{Origin: observed("pull-request", ""), Reviewer: evidence.Account{Login: "hubot-reviewer", Kind: evidence.AccountUser}, State: evidence.ReviewApproved, Commit: head, Submitted: at(50)}}
	return r
}

func added(path string, lines, deleted int) evidence.File {
	all := evidence.LineRange{First: 10, Last: 9 + lines}
	return evidence.File{
		Origin: observed("change", ""), Path: path, Status: evidence.FileModified, Added: lines, Deleted: deleted, Spans: []evidence.LineRange{all},
		Origins: []evidence.LineOrigin{{LineRange: all, Commit: head, Line: 10}},
	}
}

func claim(path string, lines int) evidence.Claim {
	return evidence.Claim{
		Origin: reported("claude.jsonl"), Author: evidence.AuthorAI, Session: "5f0c", Agent: "claude-code", Commit: head, Path: path,
		Ranges: []evidence.LineRange{{First: 10, Last: 9 + lines}}, Method: evidence.MethodContent, Confidence: evidence.Likely,
	}
}

func check(name string, conclusion evidence.Conclusion) evidence.Check {
	return evidence.Check{Origin: observed("pull-request", ""), Name: name, App: "github-actions", Status: evidence.CheckCompleted, Conclusion: conclusion, URL: "https://github.com/octo/shop/actions/runs/7001/job/" + strings.ReplaceAll(name, " ", "-")}
}

func run() evidence.Session {
	cost := 1.37
	return evidence.Session{
		Origin: reported("claude.jsonl"), Format: "claude-session", ID: "5f0c", Agent: "claude-code", AgentVersion: "2.1.4", Provider: "anthropic", Models: []string{"claude-opus-4-5"},
		Started: at(0), Ended: at(30), Role: evidence.RoleAuthored, Joins: []evidence.SessionJoin{
			{Commit: head, Method: evidence.JoinCommitOutput, Confidence: evidence.Exact}, {Commit: head, Method: evidence.JoinContent, Confidence: evidence.Likely},
		}, Prompts: evidence.Prompts{Count: 3, Bytes: 900},
		Commands: []evidence.Command{
			command("go test ./...", "go test", evidence.ClassTest, evidence.CommandFailed, 10),
			command("go test ./...", "go test", evidence.ClassTest, evidence.CommandOK, 25),
			command("golangci-lint run", "golangci-lint", evidence.ClassLint, evidence.CommandOK, 27),
		},
		CommandCounts: evidence.CommandCounts{Total: 31, OK: 29, Failed: 2, Validations: 3, FailedValidations: 1},
		Edits:         []evidence.Edit{{Path: "internal/session/expiry.go", Added: 48, Time: at(8)}, {Path: "internal/session/expiry_test.go", Added: 40, Time: at(9)}},
		Freshness:     evidence.ValidatedFresh,
		FilesRead:     []string{"AGENTS.md", "internal/session/session.go"},
		Boundaries:    []evidence.Boundary{{Mode: evidence.ModeCloud, Worker: "ubuntu-24.04", Approval: "acceptEdits", Sandbox: "workspace-write", Network: "restricted"}},
		Repairs:       []evidence.Repair{{Family: "go test", Attempts: 1, Outcome: evidence.CommandOK, Edited: []string{"internal/session/expiry.go"}}},
		Usage:         &evidence.Usage{InputTokens: 41200, OutputTokens: 8800, CacheReadTokens: 912000, CacheWriteTokens: 64000, CostUSD: &cost, CostBasis: evidence.CostReported},
	}
}

func command(line, family string, class evidence.CommandClass, outcome evidence.CommandOutcome, minute int) evidence.Command {
	return evidence.Command{Line: line, Family: family, Class: class, Outcome: outcome, ExitBasis: evidence.ExitExplicit, Started: at(minute), DurationMs: 4000}
}

// situations returns a dozen of them, by name.
func situations() map[string]situation {
	return map[string]situation{
		"nothing-wrong":    {clean(), assess.Policy{FailOn: "error"}},
		"no-evidence":      {bare(), assess.Policy{}},
		"repair":           {repair(), assess.Policy{FailOn: "error"}},
		"contradiction":    {contradiction(), assess.Policy{FailOn: "error"}},
		"only-reported":    {onlyReported(), assess.Policy{FailOn: "error"}},
		"not-finished":     {notFinished(), assess.Policy{FailOn: "error"}},
		"masked-and-stale": {maskedAndStale(), assess.Policy{FailOn: "warning"}},
		"lost-records":     {lostRecords(), assess.Policy{}},
		"merged":           {merged(), assess.Policy{}},
		"under-a-name":     {underAName(), assess.Policy{}},
		"red-before":       {redBefore(), assess.Policy{FailOn: "error"}},
		"green-since":      {greenSince(), assess.Policy{FailOn: "error"}},
		"said-and-shown":   {saidAndShown(), assess.Policy{FailOn: "warning"}},
		"boundaries":       {boundaries(), assess.Policy{FailOn: "warning"}},
		"many-failures":    {manyFailures(), assess.Policy{FailOn: "error"}},
		"broken-and-flaky": {brokenAndFlaky(), assess.Policy{FailOn: "error"}},
		"hostile":          {hostile(), assess.Policy{}},
		"other-runs":       {otherRuns(), assess.Policy{FailOn: "error"}},
		"not-joined":       {notJoined(), assess.Policy{FailOn: "error"}},
		"accepted": {scanned(), assess.Policy{FailOn: "warning", Today: "2026-11-20", Accepted: []assess.Accepted{
			{ID: "dependencies-changed", Reason: "approved by the platform team", Owner: "platform", Expires: "2026-12-31"},
			{ID: "checks-changed", Reason: "was true in October", Owner: "mona", Expires: "2026-10-31"},
		}}},
	}
}

// bare is a local report in a repository without any evidence.
func bare() evidence.Record {
	r := evidence.Record{Target: evidence.Target{Base: older, MergeBase: older, Head: head}}
	r.Commits, r.Files = clean().Commits, clean().Files
	return r
}

// repair is a run that made its tests pass by changing them, too.
func repair() evidence.Record {
	r := clean()
	r.Files = append(r.Files, added("internal/auth/token.go", 60, 12), added("internal/auth/token_test.go", 5, 18))
	r.Files[3].Tests = &evidence.TestLines{AssertionsRemoved: 3, TestsRemoved: 1, Removed: []string{"TestRefreshTwice"}}
	r.Claims = append(r.Claims, claim("internal/auth/token.go", 60), claim("internal/auth/token_test.go", 5))
	r.Coverage[0].Files = append([]evidence.FileCoverage{{Path: "internal/auth/token.go", Covered: []evidence.LineRange{{First: 10, Last: 40}}, Missed: []evidence.LineRange{{First: 41, Last: 52}, {First: 60, Last: 63}}}}, r.Coverage[0].Files...)
	r.Sessions[0].Repairs = append(r.Sessions[0].Repairs, evidence.Repair{Family: "go test", Attempts: 3, Outcome: evidence.CommandOK, Edited: []string{"internal/auth/token.go", "internal/auth/token_test.go"}, EditedTests: true})
	r.Checks[0].Conclusion = evidence.ConclusionFailure
	r.Suites[0].Counts = evidence.Counts{Total: 214, Passed: 213, Failed: 1}
	r.Suites[0].Cases = []evidence.Case{{Name: "TestRefresh/expired_token", Class: "internal/auth", File: "internal/auth/token_test.go", Line: 12, Outcome: evidence.Failed, Message: "token_test.go:12: Refresh(expired) = <nil>, want ErrExpired"}}
	r.Tickets[0].Criteria[1].Checked = false
	return r
}

// contradiction has result files without a failure and a failed test job.
func contradiction() evidence.Record {
	r := clean()
	r.Checks[1].Conclusion = evidence.ConclusionFailure
	return r
}

// onlyReported is a pull request that brought its results along.
func onlyReported() evidence.Record {
	r := clean()
	r.Checks, r.Reviews, r.Tickets = nil, nil, nil
	r.Gaps = []evidence.Gap{
		{Origin: evidence.Origin{Basis: evidence.Missing, Source: "pull-request", Reason: evidence.Denied}, Subject: "checks of the head", Detail: "the token lacks checks: read", Hint: "add it under permissions:"},
		{Origin: evidence.Origin{Basis: evidence.Missing, Source: "ledger", Reason: evidence.NotConfigured}, Subject: "ledger"},
	}
	return r
}

// notFinished is looked at while required checks are skipped or still running.
func notFinished() evidence.Record {
	r := clean()
	yes, no := true, false
	r.Checks[0].Required, r.Checks[1].Required = &no, &yes
	running, skipped, own := check("integration", ""), check("security scan", evidence.ConclusionSkipped), check("mergebrief", "")
	running.Status, running.Required, running.RunID = evidence.CheckInProgress, &yes, 7001
	skipped.Required = &yes
	own.Status, own.Required, own.RunID = evidence.CheckInProgress, &yes, 7001
	r.Checks = append(r.Checks, running, skipped, own)
	return r
}

// maskedAndStale is a run whose validations say little about what it left.
func maskedAndStale() evidence.Record {
	r := clean()
	r.Checks[1].Conclusion = evidence.ConclusionFailure
	s := &r.Sessions[0]
	s.Commands = []evidence.Command{
		command("pytest -q | tail -3", "pytest", evidence.ClassTest, evidence.CommandUnknown, 10),
		command("go test ./...", "go test", evidence.ClassTest, evidence.CommandOK, 12),
		command("npm run lint || true", "npm run lint", evidence.ClassLint, evidence.CommandFailed, 14),
		command("git commit --no-verify -m wip", "git commit", evidence.ClassVCS, evidence.CommandOK, 29),
	}
	s.Commands[0].Masked, s.Commands[2].Masked = evidence.MaskPipe, evidence.MaskOr
	s.Edits = append(s.Edits, evidence.Edit{Path: "internal/session/expiry.go", Added: 6, Time: at(28)})
	s.Freshness, s.EditsAfterValidation = evidence.ValidatedStale, 1
	s.Repairs = []evidence.Repair{{Family: "go test", Attempts: 2, Outcome: evidence.CommandOK, Narrower: true, Edited: []string{"internal/session/expiry.go"}}}
	s.CommandCounts = evidence.CommandCounts{Total: 4, OK: 2, Failed: 1, Unknown: 1, Masked: 2, Validations: 3, FailedValidations: 1, MaskedValidations: 2}
	return r
}

// lostRecords is a change of which only a part has a record.
func lostRecords() evidence.Record {
	r := clean()
	r.Commits = append(r.Commits, evidence.Commit{Origin: observed("change", second), ID: second, Parents: []string{head}, Subject: "fixup", Committed: at(40)},
		evidence.Commit{Origin: observed("change", third), ID: third, Parents: []string{second}, Subject: "more", Committed: at(45)})
	f := added("internal/session/store.go", 28, 0)
	f.Origins = []evidence.LineOrigin{{LineRange: evidence.LineRange{First: 10, Last: 29}, Commit: second, Line: 10}, {LineRange: evidence.LineRange{First: 30, Last: 37}, Commit: third, Line: 30}}
	r.Files = append(r.Files, f)
	r.Target.Head = third
	r.Inputs = []evidence.Input{
		{Origin: reported("results/e2e.xml"), Path: "results/e2e.xml", Bytes: 8100, Status: evidence.Partial, Format: "junit", Detail: "ends in the middle of an element"},
		{Origin: reported("results/huge.json"), Path: "results/huge.json", Bytes: 9 << 30, Status: evidence.Rejected, Detail: "larger than 256 MiB"},
		{Origin: reported("results/notes.bin"), Path: "results/notes.bin", Bytes: 12, Status: evidence.Unknown},
	}
	r.Sessions[0].Usage = nil
	r.Tickets[0].Approval = &evidence.Approval{Basis: evidence.Reported, Approved: false, By: "manifest"}
	r.PullRequest.AutoMergeBy = &evidence.Account{Login: "mona", Kind: evidence.AccountUser}
	r.Reviews[0].Commit = head
	return r
}

// merged is the final record after a merge.
func merged() evidence.Record {
	r := clean()
	r.PullRequest.State = evidence.StateMerged
	r.PullRequest.Merge = &evidence.Merge{By: evidence.Account{Login: "mona", Kind: evidence.AccountUser}, At: at(59), Commit: second}
	r.PullRequest.UnresolvedThreads = 2
	r.Reviews = []evidence.Review{
		{Origin: observed("pull-request", ""), Reviewer: evidence.Account{Login: "mona", Kind: evidence.AccountUser}, State: evidence.ReviewApproved, Commit: older, Submitted: at(40)},
		{Origin: observed("pull-request", ""), Reviewer: evidence.Account{Login: "linus", Kind: evidence.AccountUser}, State: evidence.ReviewChangesRequested, Commit: head, Submitted: at(45)},
		{Origin: observed("pull-request", ""), Reviewer: evidence.Account{Login: "claude-bot", Kind: evidence.AccountBot}, State: evidence.ReviewCommented, Commit: head, Submitted: at(46)},
	}
	return r
}

// underAName is a change that an agent made in the name of the person who then
// approved it, while the ticket was still being written.
func underAName() evidence.Record {
	r := merged()
	r.PullRequest.Author, r.PullRequest.HeadTree = evidence.Account{Login: "mona", Kind: evidence.AccountUser}, third
	r.PullRequest.ReviewDecision, r.PullRequest.Threads, r.PullRequest.ReviewsRequested, r.PullRequest.CodeOwnersRequested = evidence.DecisionApproved, 5, 2, 1
	r.PullRequest.LastPusher = &evidence.Account{Login: "linus", Kind: evidence.AccountUser}
	r.PullRequest.Merge = &evidence.Merge{
		By: evidence.Account{Login: "github-merge-queue", Kind: evidence.AccountBot}, At: at(59), Commit: second, Method: evidence.MergeSquash, Via: evidence.ViaQueue, ViaBy: &evidence.Account{Login: "linus", Kind: evidence.AccountUser},
	}
	r.CarryOver = &evidence.CarryOver{Origin: observed("change", second), Commit: second, SamePatch: true, SameLines: true, Added: 88, Carried: 88}
	r.Reviews = []evidence.Review{
		{Origin: observed("pull-request", ""), Reviewer: evidence.Account{Login: "linus", Kind: evidence.AccountUser}, Association: "member", State: evidence.ReviewApproved, Commit: older, Tree: third, Submitted: at(40)},
		{Origin: observed("pull-request", ""), Reviewer: evidence.Account{Login: "ghost"}, State: evidence.ReviewApproved, Submitted: at(41)},
	}
	act := func(who string, act evidence.Act, because evidence.Because, commits ...string) evidence.Acting {
		return evidence.Acting{Origin: reported("claude.jsonl"), Account: who, Agent: "claude-code", Session: "5f0c", Act: act, Commits: commits, Because: because}
	}
	r.Acting = []evidence.Acting{act("linus", evidence.ActCommit, evidence.BecauseRun, head), act("linus", evidence.ActPush, evidence.BecauseRun, head), act("mona", evidence.ActPullRequest, evidence.BecauseDescription), act("grace", evidence.ActOnBehalf, evidence.BecauseTrailer, second), act("linus", evidence.ActReview, evidence.BecauseRun)}
	r.Acting[0].Credential = "personal token"
	r.Checks = append(r.Checks, check("typecheck", evidence.ConclusionSuccess))
	for i := range r.Sessions[0].Commands {
		if c := &r.Sessions[0].Commands[i]; c.Class == evidence.ClassTest {
			c.Tests = &evidence.Counts{Total: 12, Passed: 11, Skipped: 1}
		}
	}
	t := &r.Tickets[0]
	t.State, t.StateReason, t.Type, t.Priority, t.PriorityLabel, t.Milestone = evidence.StateClosed, evidence.ClosedNotPlanned, "Bug", "P0", "urgent", "Q1"
	t.Labels, t.Assignees, t.Repository, t.CriteriaOmitted = []string{"urgent"}, []string{"linus"}, "octo/web", 3
	t.Approval.Login, t.Approval.By = "mona", "mona, label approved"
	t.Criteria = append(t.Criteria, evidence.Criterion{Text: "Administrators can end a session", NoBox: true})
	t.Edited = at(30)
	t.Edits = []evidence.TicketEdit{
		{At: at(-60), By: "mona", Text: true},
		{At: at(20), By: "mona", Criteria: []evidence.CriterionEdit{{Kind: evidence.CriterionChecked, Text: "Sessions end after 30 minutes"}}},
		{At: at(21), By: "mona", OldTitle: "Sessions"},
		{At: at(22), By: "mona", Text: true, Criteria: []evidence.CriterionEdit{
			{Kind: evidence.CriterionAdded, Text: "Administrators can end a session"}, {Kind: evidence.CriterionReworded, Before: "The limit can be set", Text: "The limit can be configured"}, {Kind: evidence.CriterionUnchecked, Text: "x"}, {Kind: evidence.CriterionUnchecked, Text: "y"},
		}},
		{At: at(23), By: "ghost", Unknown: true},
		{At: at(24), By: "mona", Text: true},
		{At: at(30), By: "mona"},
	}
	return r
}

// heads are three heads, of which the first two failed in different ways.
func heads() []evidence.Head {
	result := func(name string, conclusion evidence.Conclusion, attempt, minute int, steps ...string) evidence.CheckResult {
		r := evidence.CheckResult{Check: check(name, conclusion), Attempt: attempt, FailedSteps: steps}
		r.Completed = at(minute)
		return r
	}
	return []evidence.Head{
		{Origin: observed("github", ""), Commit: second, Subject: "Expire sessions, first try", Replaced: at(20), ReplacedBy: "mona", Committed: at(5), Results: []evidence.CheckResult{
			result("lint", evidence.ConclusionSuccess, 1, 7), result("unit tests", evidence.ConclusionFailure, 1, 9, "go test ./..."), result("e2e", evidence.ConclusionTimedOut, 1, 19),
		}},
		{Origin: observed("github", ""), Commit: third, Subject: "Expire sessions", Committed: at(22), Results: []evidence.CheckResult{
			result("lint", evidence.ConclusionFailure, 1, 24, "golangci-lint", "upload the report"), result("lint", evidence.ConclusionSuccess, 2, 27), result("unit tests", evidence.ConclusionSuccess, 1, 26),
		}},
		{Origin: observed("github", ""), Commit: head, Subject: "Expire sessions", Current: true, Committed: at(31), Results: []evidence.CheckResult{
			result("lint", evidence.ConclusionSuccess, 1, 33), result("unit tests", evidence.ConclusionFailure, 1, 35, "go test ./..."), result("unit tests", evidence.ConclusionSuccess, 2, 39),
		}},
	}
}

// redBefore is green now, after a rerun, and without the check that failed first.
func redBefore() evidence.Record {
	r := clean()
	r.Heads = heads()
	failed := &r.Heads[2].Results[1]
	failed.RunAttempt = 1
	r.Heads[0].Results[1].Attempt = 2
	deploy := func(workflow string, conclusion evidence.Conclusion, detail string) evidence.Check {
		return evidence.Check{
			Origin: failed.Origin, Name: "deploy", App: "github-actions", Workflow: workflow, Status: evidence.CheckCompleted, Conclusion: conclusion, Detail: detail, Annotations: 1,
		}
	}
	r.Checks = append(r.Checks, deploy("Release", evidence.ConclusionSuccess, ""), deploy("Preview", evidence.ConclusionCancelled, "Canceling since a higher priority waiting request exists"))
	return r
}

// greenSince had failures that are cleared, and nothing else is wrong.
func greenSince() evidence.Record {
	r := clean()
	r.Heads = heads()
	r.Heads[0].Results = r.Heads[0].Results[:2]
	r.Heads[2].Results = r.Heads[2].Results[:1]
	return r
}

// saidAndShown has statements that the record bears out and others that it does
// not, a scanner that did not run, and a change across several areas.
func saidAndShown() evidence.Record {
	r := clean()
	r.Sessions[0].Statements = []evidence.Statement{
		{Kind: evidence.StatesTestsPass, Count: 214, Digest: "sha256:01"},
		{Kind: evidence.StatesLintPass, Digest: "sha256:02"},
		{Kind: evidence.StatesFilesChanged, Paths: []string{"internal/session/store.go", "expiry.go"}, Digest: "sha256:03"},
		{Kind: evidence.StatesNoAPIChange, Digest: "sha256:04"},
	}
	r.PullRequest.Statements = []evidence.Statement{{Kind: evidence.StatesTestsPass, Digest: "sha256:05"}, {Kind: evidence.StatesTestsAdded, Digest: "sha256:06"}}
	r.Checks[0].Conclusion = evidence.ConclusionFailure
	r.Scans = []evidence.Scan{{Origin: reported("semgrep.sarif"), Format: "sarif", Tool: "semgrep", DidNotRun: true, Message: "no rules could be loaded"}}
	r.Suites = append(r.Suites, evidence.Suite{Origin: reported("test-results/e2e.xml"), Format: "junit", Name: "e2e", Counts: evidence.Counts{Total: 3, Passed: 3}, Broken: []evidence.Breakage{{Kind: evidence.BreakageAborted, Message: "signal: killed"}}})
	r.Sessions[0].Drift = []evidence.Drift{{Kind: evidence.DriftHost, Name: "paste.example", Count: 2}, {Kind: evidence.DriftTool, Name: "WebFetch", Count: 2}}
	r.Rules = []evidence.RuleFile{{Origin: observed("change", ""), Path: "AGENTS.md", Blob: older, Outdated: true}}
	for _, path := range []string{"web/session/limits.ts", "web/session/limits.spec.ts", "docs/sessions.md"} {
		r.Files = append(r.Files, added(path, 12, 2))
	}
	r.Commits = append(r.Commits, evidence.Commit{Origin: observed("change", second), ID: second, Parents: []string{older}, Subject: "Show the limit", Committed: at(12)})
	for i := 2; i < len(r.Files); i++ {
		r.Files[i].Origins[0].Commit = second
	}
	r.Claims = append(r.Claims, claim("web/session/limits.ts", 12))
	r.Claims[2].Commit, r.Claims[2].Author, r.Claims[2].Method, r.Claims[2].Session = second, evidence.AuthorHuman, evidence.MethodNote, "grace"
	return r
}

// otherRuns has transcripts lying about of runs that were about something else.
func otherRuns() evidence.Record {
	r := clean()
	for _, name := range []string{"testdata/session.jsonl", "testdata/codex.jsonl"} {
		s := run()
		s.Origin, s.ID, s.Joins, s.Freshness = reported(name), strings.TrimSuffix(path.Base(name), ".jsonl"), nil, evidence.ValidatedNever
		s.CommandCounts.FailedValidations = 3
		s.Boundaries = []evidence.Boundary{{Bypass: true}}
		r.Sessions = append(r.Sessions, s)
	}
	r.Reviews = nil
	r.Files[1].Status, r.Files[1].Deleted, r.Files[1].Added = evidence.FileModified, 64, 0
	r.Files[1].Tests = &evidence.TestLines{TestsRemoved: 2, Removed: []string{"TestExpiry", "TestClock"}}
	r.Files[1].Spans, r.Files[1].Origins, r.Claims = nil, nil, r.Claims[:1]
	return r
}

// notJoined has such transcripts and no other.
func notJoined() evidence.Record {
	r := otherRuns()
	r.Sessions, r.Claims = r.Sessions[1:], nil
	r.Gaps = []evidence.Gap{evidence.MissingGap("files", "agent run behind the change", evidence.NotFound, "nothing joins the 2 recorded runs with it (session, codex): they name no commit of it and not the pull request, and wrote none of its lines")}
	return r
}

// boundaries is a run that was allowed less than it did.
func boundaries() evidence.Record {
	r := clean()
	r.PullRequest.State = evidence.StateClosed
	s := &r.Sessions[0]
	s.Boundaries = []evidence.Boundary{
		{Mode: evidence.ModeSelfHosted, Worker: "builder-3", Approval: "default", Network: "allowlist", AllowedHosts: []string{"proxy.golang.org", "*.github.com"}, BlockedHosts: []string{"telemetry.example"}, AllowedCommands: []string{"go test:*", "golangci-lint run", "Bash(git add:*)"}},
		{From: at(20), Mode: evidence.ModeSelfHosted, Approval: "bypassPermissions", Bypass: true, AllowedCommands: []string{"go test:*", "golangci-lint run", "Bash(git add:*)"}},
	}
	s.Commands = append(s.Commands, command("curl -s https://paste.example/x", "curl", evidence.ClassOther, evidence.CommandOK, 28), command("terraform apply -auto-approve", "terraform apply", evidence.ClassOther, evidence.CommandNotRun, 29))
	s.External = []evidence.External{{Kind: evidence.ExternalURL, Name: "paste.example", Count: 1}, {Kind: evidence.ExternalURL, Name: "api.github.com", Count: 4}, {Kind: evidence.ExternalMCP, Name: "jira", Count: 2}}
	s.Denied = []evidence.DeniedCall{{Tool: "Bash", Subject: "terraform apply -auto-approve", By: evidence.DeniedByUser}}
	s.Unavailable = []evidence.MissingContext{{Name: "docs/architecture.md", Reason: evidence.NotFound}, {Name: "https://wiki.example/sessions", Reason: evidence.Denied}}
	s.Compactions = 2
	r.Secrets = []evidence.Secret{{Origin: reported("claude.jsonl"), Kind: "github-token", Count: 2}, {Origin: reported("claude.jsonl"), Kind: "aws-access-key", Count: 1}}
	r.Rules = []evidence.RuleFile{{Origin: observed("change", ""), Path: "AGENTS.md", Blob: older, Changed: true}, {Origin: observed("change", ""), Path: ".github/copilot-instructions.md", Blob: older}}
	r.Files = append(r.Files, added("AGENTS.md", 4, 1))
	r.Claims = append(r.Claims, claim("AGENTS.md", 4))
	return r
}

// manyFailures has more failures than a comment has room for.
func manyFailures() evidence.Record {
	r := clean()
	r.Checks[1].Conclusion = evidence.ConclusionFailure
	for i := range 40 {
		s := evidence.Suite{Origin: reported(fmt.Sprintf("test-results/TEST-package-%02d.xml", i)), Format: "junit", Counts: evidence.Counts{Total: 120, Passed: 20, Failed: 100}}
		for k := range 100 {
			s.Cases = append(s.Cases, evidence.Case{Name: fmt.Sprintf("rejects the %dth malformed input of family %d", k, i), Class: "com.example.parser.GrammarTest", Outcome: evidence.Failed, Message: "java.lang.AssertionError: expected:<[]> but was:<[Token(kind=IDENT, text=\"x\", pos=4)]> at GrammarTest.java:88"})
		}
		r.Suites = append(r.Suites, s)
	}
	return r
}

// brokenAndFlaky has runs that did not happen as planned.
func brokenAndFlaky() evidence.Record {
	r := clean()
	r.Suites = append(r.Suites,
		evidence.Suite{Origin: reported("go-test.json"), Format: "go-test", Broken: []evidence.Breakage{{Kind: evidence.BreakageBuildFailed, Subject: "internal/store", Message: "store.go:14:2: undefined: expiry"}}},
		evidence.Suite{Origin: reported("jest.xml"), Format: "junit", Counts: evidence.Counts{Total: 30, Passed: 27, Skipped: 3, Flaky: 2}, Cases: []evidence.Case{
			{Name: "cart keeps its items", Outcome: evidence.Passed, Flaky: true, Attempts: []evidence.Outcome{evidence.Failed, evidence.Passed}},
			{Name: "checkout waits", Outcome: evidence.Passed, Flaky: true, Attempts: []evidence.Outcome{evidence.Errored, evidence.Failed, evidence.Passed}},
			{Name: "expires", File: "internal/session/expiry_test.go", Line: 14, Outcome: evidence.Skipped, Message: "flaky in CI"},
		}},
		evidence.Suite{Origin: reported("e2e.xml"), Format: "junit", Counts: evidence.Counts{Total: 12, Skipped: 12}, Declared: &evidence.Counts{Total: 14, Skipped: 12, Failed: 2}})
	r.Scans = []evidence.Scan{{Origin: reported("codeql.sarif"), Format: "sarif", Tool: "CodeQL", DidNotRun: true, Message: "out of memory"}}
	r.Files = append(r.Files, evidence.File{Origin: observed("change", ""), Path: "internal/session/legacy_test.go", Status: evidence.FileDeleted, Deleted: 80, Tests: &evidence.TestLines{TestsRemoved: 4}})
	return r
}

// hostile is a pull request by somebody who wants more than a merge.
func hostile() evidence.Record {
	r := clean()
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
	t := &r.Tickets[0]
	t.State, t.StateReason, t.Type, t.Priority, t.PriorityLabel, t.Milestone, t.Repository = evidence.StateClosed, evidence.StateReason(evil), evil, evil, evil+"!", evil, evil
	t.Assignees, t.Approval = []string{evil}, &evidence.Approval{Approved: true, By: evil, Basis: evidence.Reported}
	t.Edits = []evidence.TicketEdit{{At: at(30), By: evil, OldTitle: evil, Criteria: []evidence.CriterionEdit{{Kind: evidence.CriterionReworded, Text: evil, Before: evil}, {Kind: evidence.CriterionChange(evil), Text: evil}}}}
	r.Scans = []evidence.Scan{{Origin: reported(evil), Tool: evil, Counts: evidence.LevelCounts{Total: 1, Error: 1}, Results: []evidence.Result{{Rule: evil, Level: evidence.LevelError, Message: evil, Path: r.Files[0].Path, Line: 11}}}}
	r.Gaps = []evidence.Gap{{Origin: evidence.Origin{Basis: evidence.Missing, Reason: evidence.Unreadable}, Subject: evil, Detail: evil, Hint: evil}}
	r.Heads = heads()
	red := &r.Heads[0].Results[1]
	red.Name, red.Conclusion, red.URL, red.FailedSteps = evil, evidence.ConclusionFailure, "https://evil.example/", []string{evil, evil}
	r.Heads[0].Commit, r.Heads[0].ReplacedBy = evil, evil
	s := &r.Sessions[0]
	s.Ending, s.Drift = evidence.Ending(evil), []evidence.Drift{{Kind: evidence.DriftHost, Name: evil, Count: 1}, {Kind: evidence.DriftTool, Name: evil, Count: 1}}
	s.Joins = []evidence.SessionJoin{{Commit: evil, Method: evidence.JoinMethod(evil), Confidence: evidence.Confidence(evil)}}
	s.Statements = []evidence.Statement{{Kind: evidence.StatementKind(evil), Digest: evil}, {Kind: evidence.StatesFilesChanged, Paths: []string{evil}, Digest: evil}}
	for i := range minAreas {
		r.Files = append(r.Files, added(fmt.Sprintf("%d%s/x.go", i, evil), 1, 0))
	}
	return r
}

// minAreas is enough files for a table of areas.
const minAreas = 4

// scanned changes what judges it and what it depends on.
func scanned() evidence.Record {
	r := clean()
	r.Files = append(r.Files, added("go.mod", 2, 0), added("go.sum", 8, 0), added(".golangci.yml", 3, 1), added("db/migrations/0042_sessions.sql", 12, 0))
	for _, f := range r.Files[2:] {
		r.Claims = append(r.Claims, claim(f.Path, f.Added))
	}
	r.Scans = []evidence.Scan{{Origin: reported("golangci.sarif"), Format: "sarif", Tool: "golangci-lint", Counts: evidence.LevelCounts{Total: 9, Error: 1, Warning: 7, Note: 1, Suppressed: 2}, Results: []evidence.Result{
		{Rule: "gosec G401", Level: evidence.LevelError, Severity: evidence.SeverityHigh, Message: "Use of weak cryptographic primitive", Path: "internal/session/expiry.go", Line: 22},
		{Rule: "errcheck", Level: evidence.LevelWarning, Message: "Error return value is not checked", Path: "internal/other/file.go", Line: 5},
	}, ResultsOmitted: 7}}
	return r
}
