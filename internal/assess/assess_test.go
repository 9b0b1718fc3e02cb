package assess

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

const head = "9f3c1a7be2d4860515aa7c0d3e4f5061728394ab"

func at(minute int) time.Time { return time.Date(2026, 11, 20, 9, minute, 0, 0, time.UTC) }

func observed() evidence.Origin { return evidence.Origin{Basis: evidence.Observed, Source: "test"} }
func reported() evidence.Origin {
	return evidence.Origin{Basis: evidence.Reported, Source: "files", URI: "r.xml"}
}

// sound is a record of which no rule says more than a note: one agent run wrote
// one file, a check tested it, somebody else approved it.
func sound() *evidence.Record {
	cost := 1.0
	r := &evidence.Record{Target: evidence.Target{Repository: evidence.Repository{Owner: "octo", Name: "shop"}, PullRequest: 7, Head: head}}
	r.Run = &evidence.WorkflowRun{RunID: 5, Job: "brief"}
	r.PullRequest = &evidence.PullRequest{Origin: observed(), Number: 7, State: evidence.StateOpen, Author: evidence.Account{Login: "bot", Kind: evidence.AccountBot}}
	r.Commits = []evidence.Commit{{Origin: observed(), ID: head, Parents: []string{"0"}, Committed: at(31)}}
	r.Files = []evidence.File{file("cart/cart.go", 20)}
	r.Claims = []evidence.Claim{claim("cart/cart.go", 20)}
	r.Sessions = []evidence.Session{{
		Origin: reported(), ID: "s", Agent: "A", Started: at(0), Ended: at(30), Joins: []evidence.SessionJoin{{Commit: head, Method: evidence.JoinCommitOutput}},
		Commands:      []evidence.Command{test(evidence.CommandOK, 20)},
		CommandCounts: evidence.CommandCounts{Total: 1, OK: 1, Validations: 1},
		Edits:         []evidence.Edit{{Path: "cart/cart.go", Time: at(10)}},
		Usage:         &evidence.Usage{CostUSD: &cost, CostBasis: evidence.CostReported},
	}}
	r.Suites = []evidence.Suite{{Origin: reported(), Counts: evidence.Counts{Total: 3, Passed: 3}}}
	r.Checks = []evidence.Check{check("unit tests", evidence.ConclusionSuccess)}
	r.Tickets = []evidence.Ticket{{Origin: observed(), Key: "#1", Requester: "mona", Approval: &evidence.Approval{Basis: evidence.Observed, Approved: true}}}
	r.Reviews = []evidence.Review{review("linus", evidence.ReviewApproved, head, 40)}
	return r
}

// buildBeside is an agent's build that ended well beside a failed check of a name.
func buildBeside(name string) func(*evidence.Record) {
	return func(r *evidence.Record) {
		r.Sessions[0].Commands = append(r.Sessions[0].Commands, evidence.Command{Family: "make build", Class: evidence.ClassBuild, Outcome: evidence.CommandOK, Started: at(21)})
		r.Checks = append(r.Checks, check(name, evidence.ConclusionFailure))
	}
}

// editedTicket gives the ticket an edit, as GitHub tells of it.
func editedTicket(e evidence.TicketEdit) func(*evidence.Record) {
	return func(r *evidence.Record) {
		r.Tickets[0].Edits, r.Tickets[0].Edited = []evidence.TicketEdit{e}, e.At
	}
}

func file(path string, lines int) evidence.File {
	all := evidence.LineRange{First: 1, Last: lines}
	return evidence.File{Origin: observed(), Path: path, Status: evidence.FileModified, Added: lines, Spans: []evidence.LineRange{all}, Origins: []evidence.LineOrigin{{LineRange: all, Commit: head, Line: 1}}}
}

func claim(path string, lines int) evidence.Claim {
	return evidence.Claim{Origin: reported(), Author: evidence.AuthorAI, Session: "s", Commit: head, Path: path, Ranges: []evidence.LineRange{{First: 1, Last: lines}}, Method: evidence.MethodManifest, Confidence: evidence.Strong}
}

func test(o evidence.CommandOutcome, minute int) evidence.Command {
	return evidence.Command{Line: "go test ./...", Family: "go test", Class: evidence.ClassTest, Outcome: o, Started: at(minute)}
}

func check(name string, conclusion evidence.Conclusion) evidence.Check {
	return evidence.Check{Origin: observed(), Name: name, Status: evidence.CheckCompleted, Conclusion: conclusion}
}

func review(login string, state evidence.ReviewState, commit string, minute int) evidence.Review {
	return evidence.Review{Origin: observed(), Reviewer: evidence.Account{Login: login, Kind: evidence.AccountUser}, State: state, Commit: commit, Submitted: at(minute)}
}

// unvalidated takes away what shows that the head works, so that findings about
// the agent's own validation keep their level.
func unvalidated(r *evidence.Record) { r.Checks[0].Name = "deploy preview" }

// stale says that the last n edits followed the last validation.
func stale(r *evidence.Record, n int) {
	r.Sessions[0].Freshness, r.Sessions[0].EditsAfterValidation = evidence.ValidatedStale, n
}

// saysNumber lets the last message of the agent name a number of tests, after a run
// of so many, or of a number that is not known.
func saysNumber(kind evidence.StatementKind, n int, all bool, ran int) func(*evidence.Record) {
	return func(r *evidence.Record) {
		r.Sessions[0].Statements = []evidence.Statement{{Kind: kind, Count: n, All: all, Digest: "d"}}
		if ran > 0 {
			r.Sessions[0].Commands[0].Tests = &evidence.Counts{Total: ran, Passed: ran}
		}
	}
}

// weakened adds a test file with lines that look like assertions or skips.
func weakened(r *evidence.Record, path string, n evidence.TestLines) {
	f := file(path, 5)
	f.Tests = &n
	r.Files = append(r.Files, f)
}

// says lets the last message of the agent state something.
func says(kind evidence.StatementKind, paths ...string) func(*evidence.Record) {
	return func(r *evidence.Record) {
		r.Sessions[0].Statements = []evidence.Statement{{Kind: kind, Paths: paths, Digest: "sha256:1"}}
	}
}

// earlier is a head on which a check failed, and the head of the record.
func earlier(name string) []evidence.Head {
	return []evidence.Head{
		{Origin: observed(), Commit: "1", Results: []evidence.CheckResult{{Check: check(name, evidence.ConclusionFailure), Attempt: 1}}},
		{Origin: observed(), Commit: head, Current: true, Results: []evidence.CheckResult{{Check: check("unit tests", evidence.ConclusionSuccess), Attempt: 1}}},
	}
}

// landed is a merge whose tree differs from that of the head.
func landed(r *evidence.Record, parent string) {
	r.Target.MergeBase = "base"
	r.PullRequest.HeadTree, r.PullRequest.Merge = "t1", &evidence.Merge{By: evidence.Account{Login: "linus"}, Tree: "t2", Parents: []string{parent}}
}

// specimen is a change to the sound record and what its rule then says.
type specimen struct {
	name   string
	change func(*evidence.Record)
	policy Policy
	level  evidence.Level
	want   string // part of the message; empty when nothing is to be found
}

const (
	isError   = evidence.LevelError
	isWarning = evidence.LevelWarning
	isNote    = evidence.LevelNote
)

// specimens has cases for every rule: what it finds, and near misses.
func specimens() map[string][]specimen {
	yes := true
	return map[string][]specimen{
		"tests-failed": {
			{"failed", func(r *evidence.Record) {
				r.Suites[0].Counts = evidence.Counts{Total: 3, Passed: 2, Failed: 1}
				r.Suites[0].Cases = []evidence.Case{{Name: "T", Outcome: evidence.Failed}}
			}, Policy{}, isError, "1 of 3 tests failed in “r.xml”: “T”"},
			{"errored, not listed", func(r *evidence.Record) { r.Suites[0].Counts = evidence.Counts{Total: 1, Errored: 1} }, Policy{}, isError, "1 of 1 test failed"},
			{"skipped", func(r *evidence.Record) { r.Suites[0].Counts = evidence.Counts{Total: 3, Passed: 2, Skipped: 1} }, Policy{}, "", ""},
		},
		"check-failed": {
			{"failed", func(r *evidence.Record) { r.Checks = append(r.Checks, check("lint", evidence.ConclusionFailure)) }, Policy{}, isError, "“lint” failed"},
			{"timed out", func(r *evidence.Record) { r.Checks = append(r.Checks, check("lint", evidence.ConclusionTimedOut)) }, Policy{}, isError, "ended as timed out"},
			{"skipped", func(r *evidence.Record) { r.Checks = append(r.Checks, check("lint", evidence.ConclusionSkipped)) }, Policy{}, "", ""},
		},
		"suite-broken": {{"build", func(r *evidence.Record) {
			r.Suites[0].Broken = []evidence.Breakage{{Kind: evidence.BreakageBuildFailed, Subject: "p"}}
		}, Policy{}, isError, "build failed: “p”"}},
		"scan-unfinished": {{"crash", func(r *evidence.Record) { r.Scans = []evidence.Scan{{Origin: reported(), Tool: "x", DidNotRun: true}} }, Policy{}, isWarning, "“x” did not run"}},
		"validation-failed": {
			{"last one", func(r *evidence.Record) {
				unvalidated(r)
				r.Sessions[0].Commands = append(r.Sessions[0].Commands, test(evidence.CommandFailed, 22))
			}, Policy{}, isWarning, "last “go test” run failed"},
			{"then checks passed", func(r *evidence.Record) {
				r.Sessions[0].Commands = append(r.Sessions[0].Commands, test(evidence.CommandFailed, 22))
			}, Policy{}, isNote, "last “go test” run failed"},
			{"then ok", func(r *evidence.Record) {
				r.Sessions[0].Commands = append(r.Sessions[0].Commands, test(evidence.CommandFailed, 22), test(evidence.CommandOK, 23))
			}, Policy{}, "", ""},
		},
		"pass-contradicted": {
			{"test job failed", func(r *evidence.Record) { r.Checks[0].Conclusion = evidence.ConclusionFailure }, alone("check-failed"), isError, "report 3 tests without a failure, but “unit tests” failed"},
			{"test job failed at its upload", func(r *evidence.Record) {
				r.Checks[0].Conclusion = evidence.ConclusionFailure
				r.Heads = []evidence.Head{{Commit: head, Current: true, Results: []evidence.CheckResult{{Check: r.Checks[0], FailedSteps: []string{"Upload the report"}}}}}
			}, Policy{}, "", ""},
			{"build job failed", func(r *evidence.Record) { r.Checks = append(r.Checks, check("build", evidence.ConclusionFailure)) }, Policy{}, "", ""},
			{"lint job failed", func(r *evidence.Record) { r.Checks = append(r.Checks, check("lint", evidence.ConclusionFailure)) }, Policy{}, "", ""},
		},
		"failure-contradicted": {
			{"green job", func(r *evidence.Record) { r.Suites[0].Counts = evidence.Counts{Total: 3, Passed: 1, Failed: 2} }, Policy{}, isWarning, "2 tests failed in result files while no check"},
			{"red job", func(r *evidence.Record) {
				r.Suites[0].Counts = evidence.Counts{Total: 3, Passed: 1, Failed: 2}
				r.Checks[0].Conclusion = evidence.ConclusionFailure
			}, Policy{}, "", ""},
		},
		"local-ci-disagreement": {
			{"disagree", func(r *evidence.Record) { r.Checks[0].Conclusion = evidence.ConclusionFailure }, alone("check-failed", "pass-contradicted", "validation-not-observed"), isWarning, "last “go test” run ended well, “unit tests” failed"},
			{"a linter", func(r *evidence.Record) {
				r.Sessions[0].Commands = append(r.Sessions[0].Commands, evidence.Command{Family: "eslint", Class: evidence.ClassLint, Outcome: evidence.CommandOK, Started: at(21)})
				r.Checks = append(r.Checks, check("lint", evidence.ConclusionFailure))
			}, alone("check-failed"), isWarning, "last “eslint” run ended well, “lint” failed"},
			{"a build", buildBeside("build / linux"), alone("check-failed"), isWarning, "last “make build” run ended well, “build / linux” failed"},
			{"a build beside everything", buildBeside("CI"), alone("check-failed"), "", ""},
			{"it failed there, too", func(r *evidence.Record) {
				r.Checks[0].Conclusion, r.Sessions[0].Commands[0].Outcome = evidence.ConclusionFailure, evidence.CommandFailed
			}, alone("check-failed", "pass-contradicted", "validation-not-observed", "validation-failed"), "", ""},
		},
		"required-check-not-passed": {
			{"skipped", func(r *evidence.Record) {
				r.Checks = append(r.Checks, evidence.Check{Origin: observed(), Name: "scan", Status: evidence.CheckCompleted, Conclusion: evidence.ConclusionSkipped, Required: &yes})
			}, Policy{}, isError, "“scan” ended as skipped"},
			{"running elsewhere", func(r *evidence.Record) {
				r.Checks = append(r.Checks, evidence.Check{Origin: observed(), Name: "scan", Status: evidence.CheckQueued, RunID: 6, Required: &yes})
			}, Policy{}, isError, "“scan” has not finished (queued)"},
			{"this very job", func(r *evidence.Record) {
				r.Checks = append(r.Checks, evidence.Check{Origin: observed(), Name: "Brief", Status: evidence.CheckInProgress, RunID: 5, Required: &yes})
			}, Policy{}, "", ""},
			{"named by the policy", func(*evidence.Record) {}, Policy{RequiredChecks: []string{"e2e"}}, isError, "“e2e” did not run"},
			{"named by a rule", func(r *evidence.Record) {
				r.PullRequest.RequiredChecks = []evidence.RequiredCheck{{Name: "e2e", Absent: true}}
			}, Policy{}, isError, "“e2e” did not run on the head"},
			{"of another app", func(r *evidence.Record) {
				r.Checks = append(r.Checks, check("e2e", evidence.ConclusionSuccess))
				r.PullRequest.RequiredChecks = []evidence.RequiredCheck{{Name: "e2e", AppID: 99, Absent: true}}
			}, Policy{RequiredChecks: []string{"e2e"}}, isError, "not of the app that the rule names"},
			{"one of two workflows", func(r *evidence.Record) {
				for i, conclusion := range []evidence.Conclusion{evidence.ConclusionSuccess, evidence.ConclusionSkipped} {
					c := check("e2e", conclusion)
					c.Workflow, c.Required = []string{"CI", "Nightly"}[i], &yes
					r.Checks = append(r.Checks, c)
				}
			}, Policy{}, isError, "“e2e” of Nightly ended as skipped"},
			{"only reported", func(r *evidence.Record) { r.Checks[0].Origin, r.Checks[0].Required = reported(), &yes }, Policy{}, isError, "only reported to have passed"},
		},
		"validation-not-observed": {
			{"files only", func(r *evidence.Record) { r.Checks = nil }, Policy{}, isError, "no check of the head confirms them"},
			{"other checks only", unvalidated, Policy{}, isError, "no check that tests, builds or is required"},
			{"verified file", func(r *evidence.Record) { r.Checks = nil; r.Suites[0].Origin.Basis = evidence.Verified }, Policy{}, "", ""},
			{"required check", func(r *evidence.Record) { unvalidated(r); r.Checks[0].Required = &yes }, Policy{}, "", ""},
			{"local report", func(r *evidence.Record) { r.Checks = nil; r.Run, r.Target.PullRequest = nil, 0 }, Policy{}, "", ""},
			{"merge group", func(r *evidence.Record) { r.Checks = nil; r.Run.MergeGroup, r.Target.PullRequest = []int{7}, 0 }, Policy{}, isError, "confirms them"},
		},
		"required-command-not-run": {
			{"not run", func(*evidence.Record) {}, Policy{RequiredCommands: []string{"npm test"}}, isWarning, "“npm test” is in no agent run"},
			{"confirmed", func(*evidence.Record) {}, Policy{RequiredCommands: []string{"go test"}}, "", ""},
			{"not confirmed", unvalidated, Policy{RequiredCommands: []string{"go test"}}, isWarning, "nothing confirms it"},
			{"refused", func(r *evidence.Record) { r.Sessions[0].Commands[0].Outcome = evidence.CommandNotRun }, Policy{RequiredCommands: []string{"go test"}}, isWarning, "in no agent run"},
		},
		"repaired-by-editing-tests": {
			{"tests", func(r *evidence.Record) {
				r.Sessions[0].Repairs = []evidence.Repair{{Family: "go test", Outcome: evidence.CommandOK, Edited: []string{"a_test.go"}, EditedTests: true}}
			}, Policy{}, isWarning, "tests were edited between"},
			{"code", func(r *evidence.Record) {
				r.Sessions[0].Repairs = []evidence.Repair{{Family: "go test", Outcome: evidence.CommandOK, Edited: []string{"a.go"}}}
			}, Policy{}, "", ""},
		},
		"tests-deleted": {
			{"deleted", func(r *evidence.Record) {
				r.Files = append(r.Files, evidence.File{Path: "a_test.go", Status: evidence.FileDeleted, Deleted: 3, Tests: &evidence.TestLines{AssertionsRemoved: 1}})
			}, Policy{}, isWarning, "1 test file deleted: “a_test.go”"},
			{"without a test in it", func(r *evidence.Record) {
				r.Files = append(r.Files, evidence.File{Path: "e2e/site/next.config.js", Status: evidence.FileDeleted, Deleted: 3})
			}, Policy{}, "", ""},
			{"into a table", func(r *evidence.Record) { weakened(r, "src/x.test.ts", evidence.TestLines{TestsRemoved: 2, Tables: 1}) }, Policy{}, isNote, "2 tests fewer than before, and more that make one test many cases"},
			{"moved", func(r *evidence.Record) {
				r.Files = append(r.Files, evidence.File{Path: "a_test.go", Status: evidence.FileDeleted, Deleted: 30, Tests: &evidence.TestLines{Moved: 9}})
			}, Policy{}, "", ""},
			{"moved in part", func(r *evidence.Record) {
				r.Files = append(r.Files, evidence.File{Path: "a_test.go", Status: evidence.FileDeleted, Deleted: 30, Tests: &evidence.TestLines{Moved: 9, TestsRemoved: 1}})
			}, Policy{}, isWarning, "1 test file deleted: “a_test.go”"},
			{"fewer", func(r *evidence.Record) { weakened(r, "src/x.test.ts", evidence.TestLines{TestsRemoved: 2}) }, Policy{}, isWarning, "2 tests fewer than before"},
			{"by name", func(r *evidence.Record) {
				weakened(r, "src/x.test.ts", evidence.TestLines{TestsRemoved: 2, Removed: []string{"adds", "sums"}})
			}, Policy{}, isWarning, "2 tests fewer than before: “adds”, “sums”"},
			{"shortened", func(r *evidence.Record) {
				r.Files = append(r.Files, evidence.File{Path: "a_test.go", Status: evidence.FileModified, Added: 5, Deleted: 90})
			}, Policy{}, "", ""},
		},
		"tests-skipped": {
			{"on an added line", func(r *evidence.Record) {
				r.Suites[0].Cases = []evidence.Case{{Name: "T", Outcome: evidence.Skipped, File: "cart/cart.go", Line: 3}}
			}, Policy{}, isWarning, "1 test on added lines skipped: “T”"},
			{"elsewhere", func(r *evidence.Record) {
				r.Suites[0].Cases = []evidence.Case{{Name: "T", Outcome: evidence.Skipped, File: "cart/cart.go", Line: 30}}
			}, Policy{}, "", ""},
		},
		"nothing-asserted": {
			{"empty", func(r *evidence.Record) { r.Suites[0].Counts = evidence.Counts{} }, Policy{}, isWarning, "no test ran"},
			{"all skipped", func(r *evidence.Record) { r.Suites[0].Counts = evidence.Counts{Total: 2, Skipped: 2} }, Policy{}, isWarning, "all tests were skipped"},
		},
		"tests-flaky": {{"retried", func(r *evidence.Record) {
			r.Suites[0].Counts.Flaky = 1
			r.Suites[0].Cases = []evidence.Case{{Name: "T", Outcome: evidence.Passed, Flaky: true}}
		}, Policy{}, isWarning, "passed only when tried again: “T”"}},
		"hooks-bypassed": {
			{"commit", func(r *evidence.Record) {
				r.Sessions[0].Commands = append(r.Sessions[0].Commands, evidence.Command{Line: "git commit --no-verify -m x", Outcome: evidence.CommandOK})
			}, Policy{}, isWarning, "1 command of the agent ran with hooks"},
			{"refused", func(r *evidence.Record) {
				r.Sessions[0].Commands = append(r.Sessions[0].Commands, evidence.Command{Line: "git commit --no-verify", Outcome: evidence.CommandNotRun})
			}, Policy{}, "", ""},
		},
		"checks-changed": {
			{"workflow", func(r *evidence.Record) { r.Files = append(r.Files, file(".github/workflows/ci.yml", 2)) }, Policy{}, isWarning, "changes what judges"},
			{"looser", func(r *evidence.Record) {
				f := file("pyproject.toml", 2)
				f.Loosened = &evidence.Loosened{Settings: []string{"fail_under from 90 to 80"}}
				r.Files = append(r.Files, f)
			}, Policy{}, isWarning, "changes what judges the change; looser: “fail_under from 90 to 80”"},
			{"another manifest", func(r *evidence.Record) { r.Files = append(r.Files, file("pyproject.toml", 2)) }, Policy{}, "", ""},
		},
		"secrets-seen": {{"two kinds", func(r *evidence.Record) {
			r.Secrets = []evidence.Secret{{Origin: reported(), Kind: "b", Count: 1}, {Origin: reported(), Kind: "a", Count: 2}, {Origin: reported(), Kind: "b", Count: 1}}
		}, Policy{}, isWarning, "a (2), b (2)"}},
		"boundary-bypassed": {{"bypass", func(r *evidence.Record) {
			r.Sessions[0].Boundaries = []evidence.Boundary{{Bypass: true, Approval: "yolo"}}
		}, Policy{}, isWarning, "(yolo)"}},
		"boundary-exceeded": {
			{"manifest", func(r *evidence.Record) {
				r.Sessions[0].Boundaries = []evidence.Boundary{{AllowedCommands: []string{"Bash(npm run *)"}}}
			}, Policy{}, isWarning, "beyond what it was allowed: “go test”"},
			{"policy", func(*evidence.Record) {}, Policy{AllowedCommands: []string{"go test:*"}}, "", ""},
			{"word boundary", func(*evidence.Record) {}, Policy{AllowedCommands: []string{"go te"}}, isWarning, "beyond what it was allowed: “go test”"},
			{"no list", func(*evidence.Record) {}, Policy{}, "", ""},
		},
		"network-outside": {
			{"host", func(r *evidence.Record) {
				r.Sessions[0].External = []evidence.External{{Kind: evidence.ExternalURL, Name: "evil.example"}, {Kind: evidence.ExternalURL, Name: "api.ok.example"}}
			}, Policy{AllowedHosts: []string{"*.ok.example"}}, isWarning, "“evil.example”, beyond"},
			{"no list", func(r *evidence.Record) {
				r.Sessions[0].External = []evidence.External{{Kind: evidence.ExternalURL, Name: "evil.example"}}
			}, Policy{}, "", ""},
		},
		"calls-refused": {{"refused", func(r *evidence.Record) { r.Sessions[0].Denied = []evidence.DeniedCall{{Tool: "Bash"}} }, Policy{}, isNote, "1 call of the agent refused"}},
		"ai-lines-untested": {
			{"missed", func(r *evidence.Record) { r.Coverage = coverage(nil, []evidence.LineRange{{First: 5, Last: 9}}) }, Policy{}, isWarning, "not executed by any test"},
			{"covered by another report", func(r *evidence.Record) {
				r.Coverage = append(coverage(nil, []evidence.LineRange{{First: 5, Last: 9}}), coverage([]evidence.LineRange{{First: 1, Last: 20}}, nil)...)
			}, Policy{}, "", ""},
			{"no agent", func(r *evidence.Record) {
				r.Claims = nil
				r.Coverage = coverage(nil, []evidence.LineRange{{First: 5, Last: 9}})
			}, Policy{}, "", ""},
		},
		"scan-results": {
			{"on an added line", func(r *evidence.Record) { r.Scans = scan("cart/cart.go", 3) }, Policy{}, isError, "lint R1: bad"},
			{"elsewhere", func(r *evidence.Record) { r.Scans = scan("cart/cart.go", 300) }, Policy{}, isNote, "1 result of linters"},
		},
		"ai-lines-high-risk": {
			{"by name", func(r *evidence.Record) { risky(r, "pkg/auth/token.go") }, Policy{}, isWarning, "in a high-risk area (authentication)"},
			{"by policy", func(*evidence.Record) {}, Policy{Areas: []Area{{"cart", []string{"cart/**"}}}}, isWarning, "(cart)"},
			{"author is not auth", func(r *evidence.Record) { risky(r, "pkg/author/author.go") }, Policy{}, "", ""},
			{"its test", func(r *evidence.Record) { risky(r, "pkg/auth/token_test.go") }, Policy{}, "", ""},
		},
		"validation-stale": {
			{"edited after", func(r *evidence.Record) { unvalidated(r); stale(r, 1) }, Policy{}, isWarning, "edited after the agent's last “go test” run"},
			{"then checks passed", func(r *evidence.Record) { stale(r, 1) }, Policy{}, isNote, "edited after"},
			{"documentation", func(r *evidence.Record) {
				r.Files = append(r.Files, file("README.md", 1))
				r.Sessions[0].Edits[0].Path = "README.md"
				stale(r, 1)
			}, Policy{}, "", ""},
			{"commands left out", func(r *evidence.Record) { stale(r, 1); r.Sessions[0].CommandsOmitted = 1 }, Policy{}, isNote, "edited after the agent's last validation"},
			{"edits left out", func(r *evidence.Record) { stale(r, 3); r.Sessions[0].EditsOmitted = 5 }, Policy{}, isNote, "3 edits after the agent's last “go test” run"},
			{"only the edits before", func(r *evidence.Record) {
				r.Files = append(r.Files, file("cart/late.go", 1))
				r.Sessions[0].Edits = append(r.Sessions[0].Edits, evidence.Edit{Path: "README.md"})
				stale(r, 1)
			}, Policy{}, "", ""},
			{"order not known", func(r *evidence.Record) { r.Sessions[0].Edits[0].Time = at(25) }, Policy{}, "", ""},
		},
		"check-vanished": {
			{"no result", func(r *evidence.Record) { r.Heads = earlier("e2e") }, Policy{}, isWarning, "without a result on this one: “e2e”"},
			{"skipped", func(r *evidence.Record) {
				r.Heads, r.Checks = earlier("e2e"), append(r.Checks, check("e2e", evidence.ConclusionSkipped))
			}, Policy{}, isWarning, "“e2e”"},
			{"passed since", func(r *evidence.Record) { r.Heads = earlier("unit tests") }, Policy{}, "", ""},
			{"passed in another workflow", func(r *evidence.Record) {
				r.Heads = earlier("unit tests")
				r.Heads[0].Results[0].Workflow, r.Heads[0].Results[0].WorkflowID = "CI", 2
				r.Checks[0].Workflow, r.Checks[0].WorkflowID = "CI", 3
			}, Policy{}, isWarning, "“unit tests”"},
			{"still running", func(r *evidence.Record) {
				r.Heads = earlier("e2e")
				r.Checks = append(r.Checks, evidence.Check{Origin: observed(), Name: "e2e", Status: evidence.CheckInProgress})
			}, Policy{}, "", ""},
		},
		"tests-weakened": {
			{"fewer assertions", func(r *evidence.Record) {
				weakened(r, "cart/cart_test.go", evidence.TestLines{AssertionsRemoved: 4, AssertionsAdded: 1})
			}, Policy{}, isWarning, "3 fewer lines asserting in tests"},
			{"beside new ones", func(r *evidence.Record) {
				weakened(r, "cart/cart_test.go", evidence.TestLines{AssertionsRemoved: 4})
				weakened(r, "cart/items_test.go", evidence.TestLines{AssertionsAdded: 4})
			}, Policy{}, isWarning, "4 fewer lines asserting in tests"},
			{"deleted with the file", func(r *evidence.Record) {
				weakened(r, "cart/cart_test.go", evidence.TestLines{AssertionsRemoved: 4})
				r.Files[len(r.Files)-1].Status = evidence.FileDeleted
			}, Policy{}, "", ""},
			{"two fewer", func(r *evidence.Record) { weakened(r, "cart/cart_test.go", evidence.TestLines{AssertionsRemoved: 2}) }, Policy{}, isNote, "2 fewer lines asserting"},
			{"into a table", func(r *evidence.Record) {
				weakened(r, "cart/cart_test.go", evidence.TestLines{AssertionsRemoved: 9, Tables: 1})
			}, Policy{}, isNote, "9 fewer lines asserting"},
			{"new skips", func(r *evidence.Record) { weakened(r, "cart/cart_test.go", evidence.TestLines{SkipsAdded: 2}) }, Policy{}, isWarning, "2 more lines skipping tests"},
			{"skips taken out", func(r *evidence.Record) { weakened(r, "cart/cart_test.go", evidence.TestLines{SkipsRemoved: 2}) }, Policy{}, "", ""},
		},
		"check-shared": {
			{"two more", func(r *evidence.Record) { r.PullRequest.SameHead = []int{8, 9} }, Policy{}, isWarning, "also that of pull request 8, pull request 9"},
			{"alone", func(*evidence.Record) {}, Policy{}, "", ""},
		},
		"check-flaky": {
			{"both ways", func(r *evidence.Record) {
				r.Heads = earlier("x")[1:]
				r.Heads[0].Results = append(r.Heads[0].Results, evidence.CheckResult{Check: check("unit tests", evidence.ConclusionFailure), Attempt: 2})
			}, Policy{}, isWarning, "failed and passed on the same commit: “unit tests”"},
			{"on an earlier head", func(r *evidence.Record) { r.Heads = earlier("unit tests") }, Policy{}, "", ""},
		},
		"statement-not-supported": {
			{"tests failed", func(r *evidence.Record) {
				says(evidence.StatesTestsPass)(r)
				r.Checks = append(r.Checks, check("e2e", evidence.ConclusionFailure))
			}, alone("check-failed", "pass-contradicted", "local-ci-disagreement"), isWarning, "an agent's last message says that tests pass; check “e2e” failed"},
			{"tests passed", says(evidence.StatesTestsPass), Policy{}, "", ""},
			{"suite broken", func(r *evidence.Record) {
				says(evidence.StatesTestsPass)(r)
				r.Suites[0].Broken = []evidence.Breakage{{Kind: evidence.BreakageAborted}}
			}, Policy{}, isWarning, "did not run as planned"},
			{"no linter", says(evidence.StatesLintPass), Policy{}, isNote, "says that linters find nothing; nothing recorded shows it"},
			{"linter ran", func(r *evidence.Record) {
				says(evidence.StatesLintPass)(r)
				r.Sessions[0].Commands = append(r.Sessions[0].Commands, evidence.Command{Family: "ruff", Class: evidence.ClassLint, Outcome: evidence.CommandOK})
			}, Policy{}, "", ""},
			{"no test file", says(evidence.StatesTestsAdded), Policy{}, isNote, "no test file of the change gained lines"},
			{"test file", func(r *evidence.Record) {
				says(evidence.StatesTestsAdded)(r)
				r.Files = append(r.Files, file("cart/cart_test.go", 3))
			}, Policy{}, "", ""},
			{"named file", says(evidence.StatesFilesChanged, "cart.go", "./cart/cart.go"), Policy{}, "", ""},
			{"another file", says(evidence.StatesFilesChanged, "price.go"), Policy{}, isNote, "“price.go” not among the files"},
			{"the number of a run", saysNumber(evidence.StatesTestsPass, 214, true, 214), Policy{}, "", ""},
			{"the number of a result file", saysNumber(evidence.StatesTestsPass, 3, true, 214), Policy{}, "", ""},
			{"of some tests", saysNumber(evidence.StatesTestsPass, 12, false, 214), Policy{}, isNote, "says that tests pass; no run on record has the number 12"},
			{"of fewer than all", saysNumber(evidence.StatesTestsPass, 12, true, 214), Policy{}, isNote, "no run on record has the number 12"},
			{"of more than there are", saysNumber(evidence.StatesTestsPass, 340, true, 214), Policy{}, isWarning, "says that tests pass; it says 340, the largest run on record has 214"},
			{"of more, not said of all", saysNumber(evidence.StatesTestsPass, 340, false, 214), Policy{}, isNote, "no run on record has the number 340"},
			{"of more, a run without a number", saysNumber(evidence.StatesTestsPass, 340, true, 0), Policy{}, isNote, "no run on record has the number 340"},
			{"no numbers on record", func(r *evidence.Record) { saysNumber(evidence.StatesTestsPass, 340, true, 0)(r); r.Suites = nil }, Policy{}, "", ""},
			{"as many tests added", func(r *evidence.Record) {
				saysNumber(evidence.StatesTestsAdded, 2, false, 0)(r)
				weakened(r, "cart/cart_test.go", evidence.TestLines{TestsAdded: 2})
			}, Policy{}, "", ""},
			{"fewer tests declared", func(r *evidence.Record) {
				saysNumber(evidence.StatesTestsAdded, 5, false, 0)(r)
				weakened(r, "cart/cart_test.go", evidence.TestLines{TestsAdded: 2})
			}, Policy{}, isNote, "tests were added; it says 5, the change declares 2 more"},
			{"declarations not known", func(r *evidence.Record) {
				saysNumber(evidence.StatesTestsAdded, 5, false, 0)(r)
				r.Files = append(r.Files, file("cart/cart_test.go", 5))
			}, Policy{}, "", ""},
			{"of a run apart", func(r *evidence.Record) {
				says(evidence.StatesLintPass)(r)
				r.Sessions[0].Joins = nil
				r.Sessions = append(r.Sessions, evidence.Session{Origin: reported(), ID: "t", Joins: []evidence.SessionJoin{{Method: evidence.JoinTrailer}}})
			}, Policy{}, "", ""},
			{"description", func(r *evidence.Record) {
				r.PullRequest.Statements = []evidence.Statement{{Kind: evidence.StatesNoAPIChange, Digest: "sha256:1"}}
			}, Policy{}, isNote, "the description says that the interface is unchanged; nothing recorded can show it"},
			{"both", func(r *evidence.Record) {
				says(evidence.StatesLintPass)(r)
				r.PullRequest.Statements = r.Sessions[0].Statements
			}, Policy{}, isNote, "an agent's last message and the description say"},
		},
		"agent-rules-outdated": {
			{"read", func(r *evidence.Record) {
				r.Rules = []evidence.RuleFile{{Origin: observed(), Path: "AGENTS.md", Blob: "1", Outdated: true}}
				r.Sessions[0].FilesRead = []string{"AGENTS.md"}
			}, Policy{}, isWarning, "that an agent read have changed on the base since: “AGENTS.md”"},
			{"not read", func(r *evidence.Record) {
				r.Rules = []evidence.RuleFile{{Origin: observed(), Path: "AGENTS.md", Blob: "1", Outdated: true}}
			}, Policy{}, isNote, "since the change began"},
		},
		"merge-residual": {
			{"base unmoved", func(r *evidence.Record) { landed(r, "base") }, Policy{}, isWarning, "something else than the head"},
			{"base moved", func(r *evidence.Record) { landed(r, "newer") }, Policy{}, isNote, "is not known"},
			{"another patch", func(r *evidence.Record) {
				landed(r, "newer")
				r.CarryOver = &evidence.CarryOver{Origin: observed(), Added: 20, Carried: 18}
			}, Policy{}, isWarning, "not the patch that was checked and reviewed: 2 of 20 added lines"},
			{"the same patch", func(r *evidence.Record) {
				landed(r, "newer")
				r.CarryOver = &evidence.CarryOver{Origin: observed(), SamePatch: true}
			}, Policy{}, "", ""},
			{"the same tree", func(r *evidence.Record) { landed(r, "base"); r.PullRequest.Merge.Tree = "t1" }, Policy{}, "", ""},
			{"the same lines", func(r *evidence.Record) {
				landed(r, "newer")
				r.CarryOver = &evidence.CarryOver{Origin: observed(), SameLines: true}
			}, Policy{}, "", ""},
			{"trees unknown", func(r *evidence.Record) { landed(r, "newer"); r.PullRequest.Merge.Tree = "" }, Policy{}, "", ""},
		},
		"ticket-changed": {
			{"after the start", func(r *evidence.Record) { r.Tickets[0].Edited = at(5) }, Policy{}, isNote, "“#1” was edited after the first agent run began: what changed is not known in full"},
			{"before", func(r *evidence.Record) { r.Tickets[0].Edited = at(-5) }, Policy{}, "", ""},
			{"ticked", editedTicket(evidence.TicketEdit{At: at(5), Criteria: []evidence.CriterionEdit{{Kind: evidence.CriterionChecked, Text: "a"}}}), Policy{}, "", ""},
			{"reworded before", editedTicket(evidence.TicketEdit{At: at(-5), Text: true}), Policy{}, "", ""},
			{"text", editedTicket(evidence.TicketEdit{At: at(5), Text: true}), Policy{}, isNote, "began: its text, and none of the criteria"},
			{"title", editedTicket(evidence.TicketEdit{At: at(5), OldTitle: "x"}), Policy{}, isNote, "began: its title"},
			{"criteria", editedTicket(evidence.TicketEdit{At: at(5), Text: true, CriteriaOmitted: 2, Criteria: []evidence.CriterionEdit{
				{Kind: evidence.CriterionAdded, Text: "a"}, {Kind: evidence.CriterionReworded, Before: "B", Text: "b"}, {Kind: evidence.CriterionChecked, Text: "x"}, {Kind: evidence.CriterionRemoved, Text: "c"}, {Kind: evidence.CriterionRemoved, Text: "d"},
			}}), Policy{}, isNote, "criterion “a” added, criterion “b” reworded, criterion “c” removed, 3 more criteria"},
			{"of another run", func(r *evidence.Record) {
				editedTicket(evidence.TicketEdit{At: at(5), Text: true})(r)
				r.Sessions[0].Joins = nil
				r.Sessions = append(r.Sessions, evidence.Session{Started: at(10), Joins: []evidence.SessionJoin{{Method: evidence.JoinBranch}}})
			}, Policy{}, "", ""},
			{"a long history", func(r *evidence.Record) {
				editedTicket(evidence.TicketEdit{At: at(5)})(r)
				r.Tickets[0].EditsOmitted = 3
			}, Policy{}, isNote, "what changed is not known in full"},
		},
		"required-validation-missing": {
			{"missing", func(*evidence.Record) {}, Policy{RequiredValidation: []ValidationRequirement{{Classes: []evidence.CommandClass{evidence.ClassTest, evidence.ClassLint}}}}, isError, "not shown by any check of the head: lint"},
			{"reported only", func(r *evidence.Record) { unvalidated(r) }, Policy{RequiredValidation: []ValidationRequirement{{Classes: []evidence.CommandClass{evidence.ClassTest}}}}, isError, ": test"},
			{"other label", func(*evidence.Record) {}, Policy{RequiredValidation: []ValidationRequirement{{Classes: []evidence.CommandClass{evidence.ClassLint}, Labels: []string{"x"}}}}, "", ""},
			{"one of two failed", func(r *evidence.Record) { r.Checks = append(r.Checks, check("e2e", evidence.ConclusionFailure)) }, Policy{RequiredValidation: []ValidationRequirement{{Classes: []evidence.CommandClass{evidence.ClassTest}}}}, isError, ": test"},
		},
		"approvals-too-few": {
			{"one of two", func(*evidence.Record) {}, Policy{Reviews: ReviewPolicy{Approvals: 2}}, isError, "1 of 2 approvals"},
			{"stale", func(r *evidence.Record) { r.Reviews[0].Commit = "old" }, Policy{Reviews: ReviewPolicy{Approvals: 1}}, isError, "0 of 1 approval"},
			{"in whose name an agent acted", func(r *evidence.Record) {
				r.Acting = []evidence.Acting{{Account: "linus", Act: evidence.ActCommit}}
			}, Policy{Reviews: ReviewPolicy{Approvals: 1, ExceptOperator: true}}, isError, "0 of 1 approval"},
			{"in whose name another acted", func(r *evidence.Record) {
				r.Acting = []evidence.Acting{{Account: "ada", Act: evidence.ActCommit}}
			}, Policy{Reviews: ReviewPolicy{Approvals: 1, ExceptOperator: true}}, "", ""},
			{"the same tree", func(r *evidence.Record) {
				r.Reviews[0].Commit, r.Reviews[0].Tree, r.PullRequest.HeadTree = "old", "t", "t"
			}, Policy{Reviews: ReviewPolicy{Approvals: 1}}, "", ""},
			{"requester", func(r *evidence.Record) { r.Reviews[0].Reviewer.Login = "mona" }, Policy{Reviews: ReviewPolicy{Approvals: 1, ExceptRequester: true}}, isError, "0 of 1"},
		},
		"validation-narrower": {{"narrower", func(r *evidence.Record) {
			unvalidated(r)
			r.Sessions[0].Repairs = []evidence.Repair{{Family: "go test", Outcome: evidence.CommandOK, Narrower: true}}
		}, Policy{}, isWarning, "covered less"}},
		"validation-masked": {
			{"pipe", func(r *evidence.Record) { unvalidated(r); mask(r, evidence.CommandUnknown) }, Policy{}, isWarning, "a pipe hides its exit status"},
			{"output tells", func(r *evidence.Record) { mask(r, evidence.CommandOK) }, Policy{}, "", ""},
		},
		"validation-never-run": {{"nothing", func(r *evidence.Record) {
			unvalidated(r)
			r.Sessions[0].Commands, r.Sessions[0].CommandCounts = nil, evidence.CommandCounts{}
		}, Policy{}, isWarning, "not recorded to have validated"}, {"refused", func(r *evidence.Record) {
			unvalidated(r)
			r.Sessions[0].Freshness = evidence.ValidatedNever
		}, Policy{}, isWarning, "not recorded to have validated"}},
		"evidence-contradictory": {{"totals", func(r *evidence.Record) { r.Suites[0].Declared = &evidence.Counts{Total: 5, Failed: 2} }, Policy{}, isWarning, "states 5 tests with 2 failed, and lists 3 with 0 failed"}},
		"claims-conflict":        {{"unused", func(r *evidence.Record) { r.Claims = append(r.Claims, claim("other.go", 3)) }, Policy{}, isNote, "1 claim about lines"}},
		"policy-broken":          {{"unknown key", func(*evidence.Record) {}, Policy{Broken: "mergebrief.yml:3:1: unknown key"}, isError, "mergebrief.yml:3:1"}},
		"evidence-unreadable": {
			{"rejected", func(r *evidence.Record) {
				r.Inputs = []evidence.Input{{Path: "x", Status: evidence.Rejected, Detail: "too large"}}
			}, Policy{}, isWarning, "“x” was not read: too large"},
			{"unknown", func(r *evidence.Record) { r.Inputs = []evidence.Input{{Path: "x", Status: evidence.Unknown}} }, Policy{}, "", ""},
		},
		"agent-rules-changed": {{"changed", func(r *evidence.Record) {
			r.Rules = []evidence.RuleFile{{Origin: observed(), Path: "AGENTS.md", Changed: true}}
		}, Policy{}, isWarning, "“AGENTS.md”"}},
		"context-unavailable": {{"missing", func(r *evidence.Record) { r.Sessions[0].Unavailable = []evidence.MissingContext{{Name: "doc"}} }, Policy{}, isNote, "“doc”"}},
		"context-compacted":   {{"twice", func(r *evidence.Record) { r.Sessions[0].Compactions = 2 }, Policy{}, isNote, "compacted 2 times"}},
		"agent-rules-not-read": {{"not read", func(r *evidence.Record) {
			r.Rules = []evidence.RuleFile{{Path: "AGENTS.md", Blob: "1"}}
			r.Sessions[0].FilesRead = []string{"x"}
		}, Policy{}, isNote, "“AGENTS.md”"}},
		"changes-requested": {{"two deleted accounts", func(r *evidence.Record) {
			for i, state := range []evidence.ReviewState{evidence.ReviewChangesRequested, evidence.ReviewApproved} {
				x := review("ghost", state, head, 50+i)
				x.Reviewer.Kind = ""
				r.Reviews = append(r.Reviews, x)
			}
		}, Policy{}, isWarning, "“ghost” asks"}, {"dismissed", func(r *evidence.Record) {
			r.Reviews = append(r.Reviews, review("linus", evidence.ReviewChangesRequested, head, 50), review("linus", evidence.ReviewDismissed, head, 51))
		}, Policy{}, "", ""}, {"latest counts", func(r *evidence.Record) {
			r.Reviews = append(r.Reviews, review("linus", evidence.ReviewChangesRequested, head, 50))
		}, Policy{}, isWarning, "“linus” asks"}, {"settled", func(r *evidence.Record) {
			r.Reviews = append(r.Reviews, review("linus", evidence.ReviewChangesRequested, head, 30))
		}, Policy{}, "", ""}},
		"approval-stale": {{"older", func(r *evidence.Record) { r.Reviews[0].Commit = "old" }, Policy{}, isWarning, "of an earlier commit"}},
		"approval-by-requester-alone": {
			{"alone", func(r *evidence.Record) { r.Reviews[0].Reviewer.Login = "mona" }, Policy{}, isWarning, "nobody approved lines that an agent wrote but “mona” (requester)"},
			{"in whose name the agent acted", func(r *evidence.Record) {
				r.Acting = []evidence.Acting{{Account: "Linus", Act: evidence.ActCommit}}
			}, Policy{}, isWarning, "“linus” (operator)"},
			{"who pushed the head", func(r *evidence.Record) { r.PullRequest.LastPusher = &evidence.Account{Login: "linus"} }, Policy{}, isWarning, "“linus” (last pusher)"},
			{"whom the head names", func(r *evidence.Record) { r.PullRequest.HeadCommitter = "linus" }, Policy{}, "", ""},
			{"a deleted requester", func(r *evidence.Record) { r.Tickets[0].Requester = "ghost" }, Policy{}, "", ""},
			{"and another", func(r *evidence.Record) {
				r.Reviews = append(r.Reviews, review("mona", evidence.ReviewApproved, head, 41))
			}, Policy{}, "", ""},
		},
		"merged-without-approval": {{"merged", func(r *evidence.Record) {
			r.Reviews[0].Reviewer.Kind = evidence.AccountBot
			r.PullRequest.Merge = &evidence.Merge{By: evidence.Account{Login: "mona"}}
		}, Policy{}, isWarning, "merged by “mona”"}},
		"threads-unresolved": {{"two", func(r *evidence.Record) { r.PullRequest.UnresolvedThreads = 2 }, Policy{}, isNote, "2 review threads"}},
		"ticket-not-approved": {
			{"refused", func(r *evidence.Record) { r.Tickets[0].Approval.Approved = false }, Policy{}, isWarning, "“#1” is not approved"},
			{"not known", func(r *evidence.Record) { r.Tickets[0].Approval = nil }, Policy{}, isNote, "nothing tells"},
			{"by the requester", func(r *evidence.Record) { r.Tickets[0].Approval.Login = "Mona" }, Policy{}, isNote, "approved by the person who asked for it"},
			{"by another", func(r *evidence.Record) { r.Tickets[0].Approval.Login = "cto" }, Policy{}, "", ""},
			{"not planned", func(r *evidence.Record) { r.Tickets[0].StateReason = evidence.ClosedNotPlanned }, Policy{}, isWarning, "closed as not planned"},
		},
		"criteria-unchecked": {
			{"open", func(r *evidence.Record) { r.Tickets[0].Criteria = []evidence.Criterion{{Checked: true}, {}} }, Policy{}, isWarning, "1 of 2 acceptance criteria"},
			{"without boxes", func(r *evidence.Record) { r.Tickets[0].Criteria = []evidence.Criterion{{Checked: true}, {NoBox: true}} }, Policy{}, isNote, "1 of 2 acceptance criteria of “#1” have no box"},
			{"both", func(r *evidence.Record) { r.Tickets[0].Criteria = []evidence.Criterion{{}, {NoBox: true}} }, Policy{}, isWarning, "1 of 2 acceptance criteria of “#1” not checked"},
		},
		"ticket-for-another-repository": {{"other", func(r *evidence.Record) { r.Tickets[0].Repository = "octo/web" }, Policy{}, isWarning, "“octo/web”"}, {"case", func(r *evidence.Record) { r.Tickets[0].Repository = "Octo/Shop" }, Policy{}, "", ""}},
		"out-of-scope":                  {{"outside", func(*evidence.Record) {}, Policy{AllowedPaths: []string{"docs/**"}}, isWarning, "1 file outside"}, {"inside", func(*evidence.Record) {}, Policy{AllowedPaths: []string{"cart/**"}}, "", ""}},
		"dependencies-changed": {
			{"manifest", func(r *evidence.Record) { r.Files = append(r.Files, file("go.mod", 1)) }, Policy{}, isWarning, "dependencies may change: “go.mod”"},
			{"lock alone", func(r *evidence.Record) { r.Files = append(r.Files, file("go.sum", 1)) }, Policy{}, isWarning, "without their manifest"},
			{"lock beside another manifest", func(r *evidence.Record) { r.Files = append(r.Files, file("go.mod", 1), file("web/yarn.lock", 1)) }, Policy{}, isWarning, "lock files change without their manifest: “web/yarn.lock”"},
			{"lock of a workspace", func(r *evidence.Record) {
				r.Files = append(r.Files, file("web/app/package.json", 1), file("web/pnpm-lock.yaml", 1))
			}, Policy{}, isWarning, "dependencies may change: “web/app/package.json”"},
		},
		"generated-without-source": {
			{"protobuf", func(r *evidence.Record) { r.Files = append(r.Files, file("api/a.pb.go", 1)) }, Policy{}, isWarning, "without a source of theirs: “api/a.pb.go”"},
			{"with its source", func(r *evidence.Record) { r.Files = append(r.Files, file("api/a.pb.go", 1), file("proto/a.proto", 1)) }, Policy{}, "", ""},
			{"vendored", func(r *evidence.Record) { r.Files = append(r.Files, file("vendor/x/x.go", 1)) }, Policy{}, isWarning, "vendor/x/x.go"},
			{"vendored with go.mod", func(r *evidence.Record) { r.Files = append(r.Files, file("vendor/x/x.go", 1), file("go.mod", 1)) }, Policy{}, "", ""},
			{"snapshot beside code", func(r *evidence.Record) { r.Files = append(r.Files, file("web/a.test.ts.snap", 1)) }, Policy{}, "", ""},
			{"alone", func(r *evidence.Record) { r.Files = []evidence.File{file("a_generated.go", 1), file("go.sum", 1)} }, Policy{}, isWarning, "a_generated.go"},
		},
		"checks-silenced": {
			{"more", func(r *evidence.Record) { r.Files[0].Loosened = &evidence.Loosened{Silenced: 2} }, Policy{}, isNote, "2 more comments silencing"},
			{"as many", func(r *evidence.Record) { r.Files[0].Loosened = &evidence.Loosened{} }, Policy{}, "", ""},
		},
		"change-large":     {{"lines", func(*evidence.Record) {}, Policy{MaxLines: 10}, isNote, "20 lines in 1 file"}},
		"cost-over-budget": {{"over", func(*evidence.Record) {}, Policy{MaxCostUSD: 0.5}, isWarning, "cost 1.00 USD"}, {"tokens", func(r *evidence.Record) { r.Sessions[0].Usage.InputTokens = 9 }, Policy{MaxTokens: 8}, isWarning, "used 9 tokens"}},
		"required-item-missing": {
			{"missing", func(*evidence.Record) {}, Policy{Required: []Requirement{{Items: []string{"context"}}}}, isError, "required and missing: Context sources"},
			{"with the label", func(r *evidence.Record) { r.PullRequest.Labels = []string{"ai"} }, Policy{Required: []Requirement{{Items: []string{"context"}, Labels: []string{"ai"}}}}, isError, "required and missing: Context sources"},
			{"without the label", func(*evidence.Record) {}, Policy{Required: []Requirement{{Items: []string{"context"}, Labels: []string{"ai"}}}}, "", ""},
			{"other path", func(*evidence.Record) {}, Policy{Required: []Requirement{{Items: []string{"context"}, Paths: []string{"docs/**"}}}}, "", ""},
			{"only reported", func(r *evidence.Record) { r.Tickets[0].Origin = reported() }, Policy{Required: []Requirement{{Items: []string{"ticket"}}}}, isError, "only reported: Ticket"},
		},
		"commits-without-record": {{"one of two", func(r *evidence.Record) {
			r.Commits = append(r.Commits, evidence.Commit{ID: "abcdef0123", Parents: []string{head}})
			f := file("b.go", 4)
			f.Origins[0].Commit = "abcdef0123"
			r.Files = append(r.Files, f)
		}, Policy{}, isWarning, "no record for 1 of 2 commits (“abcdef0”): 4 lines unattested"}},
		"lines-unattested": {{"half", func(r *evidence.Record) { r.Files = append(r.Files, file("b.go", 20)) }, Policy{}, isWarning, "20 of 40 added lines"}, {"few", func(r *evidence.Record) { r.Files = append(r.Files, file("b.go", 2)) }, Policy{}, isNote, "2 of 22"}},
		"edited-after-run": {{"later", func(r *evidence.Record) { r.Claims[0].Ranges[0].Last = 15 }, Policy{}, isNote, "committed after the last agent run ended"}, {"lines of the run replaced", func(r *evidence.Record) {
			r.Files[0].Rewrites = []evidence.Rewrite{{Commit: head, Path: r.Files[0].Path, First: 3, Count: 0, Removed: []evidence.WrittenLines{{Commit: r.Files[0].Origins[0].Commit, Path: r.Files[0].Path, Line: 3, Count: 1}}}}
			r.Claims[0].Commit = r.Files[0].Origins[0].Commit
		}, Policy{}, isNote, "agent-written lines deleted by a later commit, author unattested; no validation is known to have passed since"}},
		"agent-run-missing": {
			{"none", func(r *evidence.Record) { r.Sessions, r.Claims = nil, nil }, Policy{}, isNote, "no agent run"},
			{"none joined", func(r *evidence.Record) { r.Sessions[0].Joins, r.Claims = nil, nil }, Policy{}, isNote, "nothing joins the recorded agent run with the change"},
		},
		"ticket-missing": {{"none", func(r *evidence.Record) { r.Tickets = nil }, Policy{}, isNote, "no ticket"}, {"reported", func(r *evidence.Record) { r.Tickets[0].Origin = reported() }, Policy{}, isNote, "nothing on GitHub confirms it"}},
		"review-missing": {
			{"by somebody deleted", func(r *evidence.Record) { r.Reviews[0].Reviewer = evidence.Account{Login: "ghost"} }, Policy{}, isNote, "nobody has approved"},
			{"none", func(r *evidence.Record) { r.Reviews = nil }, Policy{}, isNote, "nobody has approved"},
			{"by the author", func(r *evidence.Record) { r.Reviews[0].Reviewer.Login = "bot" }, Policy{}, isNote, "nobody has approved"},
		},
		"cost-unknown": {{"unknown", func(r *evidence.Record) { r.Sessions[0].Usage = nil }, Policy{}, isNote, "1 of 1 agent run"}},
	}
}

// alone is a policy without rules that say the same about a failed check.
func alone(others ...string) Policy {
	p := Policy{Levels: map[string]evidence.Level{}}
	for _, id := range others {
		p.Levels[id] = evidence.LevelNone
	}
	return p
}

func coverage(covered, missed []evidence.LineRange) []evidence.Coverage {
	return []evidence.Coverage{{Origin: reported(), Files: []evidence.FileCoverage{{Path: "cart/cart.go", Covered: covered, Missed: missed}}}}
}

func scan(path string, line int) []evidence.Scan {
	return []evidence.Scan{{Origin: reported(), Tool: "lint", Results: []evidence.Result{{Rule: "R1", Level: evidence.LevelError, Message: "bad", Path: path, Line: line}}}}
}

func risky(r *evidence.Record, path string) {
	r.Files, r.Claims = append(r.Files, file(path, 3)), append(r.Claims, claim(path, 3))
}

func mask(r *evidence.Record, o evidence.CommandOutcome) {
	r.Sessions[0].Commands[0].Masked, r.Sessions[0].Commands[0].Outcome = evidence.MaskPipe, o
}

func TestRules(t *testing.T) {
	all := specimens()
	for _, rule := range Rules() {
		if len(all[rule.ID]) == 0 {
			t.Errorf("rule %s has no specimen", rule.ID)
		}
		for _, s := range all[rule.ID] {
			t.Run(rule.ID+" "+s.name, func(t *testing.T) { checkSpecimen(t, rule.ID, s) })
		}
		delete(all, rule.ID)
	}
	for id := range all {
		t.Errorf("specimen of %s, which is no rule", id)
	}
}

func checkSpecimen(t *testing.T, id string, s specimen) {
	t.Helper()
	r := sound()
	s.change(r)
	a := Assess(r, s.policy)
	var got []string
	hit := false
	for _, f := range a.Findings {
		if f.Rule != id && !slices.Contains(f.Also, id) {
			continue
		}
		got = append(got, fmt.Sprintf("%s %q", f.Level, f.Text()))
		hit = hit || f.Level == s.level && strings.Contains(f.Text(), s.want)
		checkFacts(t, r, f)
	}
	if s.want == "" && len(got) > 0 || s.want != "" && !hit {
		t.Errorf("found %s, want %s %q", got, s.level, s.want)
	}
}

// ofAgents finds what is said of an agent's doings.
var ofAgents = regexp.MustCompile(`\b(the|an) agent\b|AI-written`)

// Findings rest on facts that are in the record, unless they are about
// something that is not.
func checkFacts(t *testing.T, r *evidence.Record, f evidence.Finding) {
	t.Helper()
	if len(f.Facts) == 0 && !f.Gap && f.Rule != "required-check-not-passed" {
		t.Errorf("%s rests on nothing", f.Rule)
	}
	for _, r := range append(f.Beside, evidence.Remark{Message: f.Message, Basis: f.Basis}) {
		if ofAgents.MatchString(r.Message) && r.Basis == evidence.Observed {
			t.Errorf("%q says what an agent did, which nobody observed", r.Message)
		}
	}
	for _, p := range f.Facts {
		if !resolves(t, r, p) {
			t.Errorf("%s rests on %s, which is not in the record", f.Rule, p)
		}
	}
}

func TestSound(t *testing.T) {
	a := Assess(sound(), Policy{FailOn: "warning"})
	want := evidence.Verdict{Conclusion: evidence.ConclusionSuccess, Title: "nothing found that needs a reviewer", FailOn: evidence.LevelWarning}
	if diff := cmp.Diff(want, a.Verdict); diff != "" {
		t.Errorf("(-want +got):\n%s\n%+v", diff, a.Findings)
	}
	if len(a.Focus) > 0 || len(a.Checklist) != 11 {
		t.Errorf("focus %v, %d items", a.Focus, len(a.Checklist))
	}
}
