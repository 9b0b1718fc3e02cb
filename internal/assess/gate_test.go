package assess

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// resolves reports whether a place is in the record.
func resolves(t *testing.T, r *evidence.Record, place evidence.Ref) bool {
	t.Helper()
	data, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	var at any
	if err := json.Unmarshal(data, &at); err != nil {
		t.Fatal(err)
	}
	for step := range strings.SplitSeq(strings.TrimPrefix(place.String(), "/"), "/") {
		switch v := at.(type) {
		case map[string]any:
			at = v[step]
		case []any:
			i, err := strconv.Atoi(step)
			if err != nil || i >= len(v) {
				return false
			}
			at = v[i]
		}
		if at == nil { // absent lists are facts, too
			return place == evidence.RefToAll(evidence.ListReviews) || place == evidence.RefToAll(evidence.ListClaims)
		}
	}
	return true
}

// embellish adds everything that a pull request can bring along to look better.
func embellish(t *testing.T, r *evidence.Record) {
	t.Helper()
	r.Suites = append(r.Suites, evidence.Suite{Origin: reported(), Counts: evidence.Counts{Total: 9000, Passed: 9000}})
	r.Coverage = append(r.Coverage, coverage([]evidence.LineRange{{First: 1, Last: 1000}}, nil)...)
	r.Checks = append(r.Checks, evidence.Check{Origin: reported(), Name: "unit tests", Status: evidence.CheckCompleted, Conclusion: evidence.ConclusionSuccess}, evidence.Check{Origin: reported(), Name: "e2e", Status: evidence.CheckCompleted, Conclusion: evidence.ConclusionSuccess})
	r.Tickets = append(r.Tickets, evidence.Ticket{Origin: reported(), Key: "X-1", Requester: "ceo", Approval: &evidence.Approval{Basis: evidence.Reported, Approved: true}})
	approved := review("ceo", evidence.ReviewApproved, head, 59)
	approved.Origin = reported()
	r.Reviews = append(r.Reviews, approved)
	r.Scans = append(r.Scans, evidence.Scan{Origin: reported(), Tool: "clean"})
	s := sound(t).Sessions[0]
	s.ID = "another"
	s.Commands = append(s.Commands, evidence.Command{Line: "npm test", Family: "npm test", Class: evidence.ClassTest, Outcome: evidence.CommandOK, Started: at(58)})
	r.Sessions = append(r.Sessions, s)
}

// What a pull request brings along never turns a failed verdict into another.
func TestNothingReportedTurnsGreen(t *testing.T) {
	policy := Policy{FailOn: "error", RequiredChecks: []RequiredCheck{{Name: "e2e"}}, RequiredCommands: []string{"npm test"}, Levels: map[string]evidence.Level{
		"ticket-missing": isError, "review-missing": isError, "required-command-not-run": isError,
	}, Required: []Requirement{{Items: []string{"ticket", "approval", "review", "validation"}}}}
	changes := map[string]func(*evidence.Record){
		"no check":            func(r *evidence.Record) { r.Checks = nil },
		"failed check":        func(r *evidence.Record) { r.Checks[0].Conclusion = evidence.ConclusionFailure },
		"required one lacks":  func(r *evidence.Record) { r.Checks = r.Checks[:1] },
		"failed test":         func(r *evidence.Record) { r.Suites[0].Counts = evidence.Counts{Total: 1, Failed: 1} },
		"no ticket":           func(r *evidence.Record) { r.Tickets = nil },
		"no approved ticket":  func(r *evidence.Record) { r.Tickets[0].Requester, r.Tickets[0].Approval = "", nil },
		"no review":           func(r *evidence.Record) { r.Reviews = nil },
		"nothing at all":      func(r *evidence.Record) { *r = evidence.Record{Target: r.Target} },
		"command not run":     func(r *evidence.Record) { r.Sessions[0].Commands = r.Sessions[0].Commands[:1] },
		"check still running": func(r *evidence.Record) { r.Checks[1].Status, r.Checks[1].Conclusion = evidence.CheckInProgress, "" },
	}
	for name, change := range changes {
		t.Run(name, func(t *testing.T) {
			r := sound(t)
			r.Checks = append(r.Checks, check("e2e", evidence.ConclusionSuccess))
			r.Sessions[0].Commands = append(r.Sessions[0].Commands, evidence.Command{Line: "npm test", Family: "npm test", Class: evidence.ClassTest, Outcome: evidence.CommandOK, Started: at(21)})
			if v := Assess(r, policy).Verdict; v.Conclusion != evidence.ConclusionSuccess {
				t.Fatalf("before: %+v", v)
			}
			change(r)
			if v := Assess(r, policy).Verdict; v.Conclusion != evidence.ConclusionFailure {
				t.Fatalf("changed: %+v", v)
			}
			embellish(t, r)
			a := Assess(r, policy)
			// Which commands ran is never more than reported; it counts once a
			// check of the head confirms what the command was for.
			if name != "command not run" && a.Verdict.Conclusion != evidence.ConclusionFailure {
				t.Errorf("embellished: %+v", a.Verdict)
			}
			policy.FailOn = ""
			if v := Assess(r, policy).Verdict; v.Conclusion != evidence.ConclusionNeutral {
				t.Errorf("only reporting: %+v", v)
			}
			policy.FailOn = "error"
		})
	}
}

// A check that the change defines counts nowhere as a pass: with it instead of the real
// one, the verdict, the findings and the items that need one are as without any.
func TestThreatOwnCheckCountsNowhere(t *testing.T) {
	policy := Policy{FailOn: "error", Required: []Requirement{{Items: []string{"validation"}}}, RequiredValidation: []ValidationRequirement{{Classes: []evidence.CommandClass{evidence.ClassTest}}}}
	r := sound(t)
	r.Suites, r.Sessions = nil, nil
	if v := Assess(r, policy).Verdict; v.Conclusion != evidence.ConclusionSuccess {
		t.Fatalf("with the real one: %+v", v)
	}
	for _, state := range []evidence.DefinitionState{evidence.DefinitionChanged, evidence.DefinitionAuthor} {
		for i := range r.Checks {
			r.Checks[i].Definition = &evidence.Definition{State: state, Files: []string{".github/workflows/own.yml"}, By: "ada"}
		}
		found := map[string]bool{}
		a := Assess(r, policy)
		for _, x := range a.Findings {
			found[x.Rule] = true
		}
		if a.Verdict.Conclusion != evidence.ConclusionFailure || !found["required-validation-missing"] || !found["validation-not-observed"] || !found["required-item-missing"] {
			t.Errorf("%s: %+v, found %v", state, a.Verdict, found)
		}
		f := newFacts(r, policy)
		if f.validated() || f.ciPassed() || f.passedInCI(evidence.ClassTest) || f.passed(evidence.ClassTest) || f.weighChecks([]evidence.CommandClass{evidence.ClassTest}).supported {
			t.Errorf("%s: it counts as a pass", state)
		}
	}
}

// What a run did that nothing joins with the change is found by no rule, whatever
// it is, and satisfies none; the run itself stays in the record.
func TestUnjoinedRunsSayNothing(t *testing.T) {
	wild := func() evidence.Session {
		s := sound(t).Sessions[0]
		s.ID, s.Joins, s.Freshness, s.EditsAfterValidation, s.Compactions = "elsewhere", nil, evidence.ValidatedStale, 1, 4
		s.Ended, s.Usage = at(59), nil
		s.Commands = []evidence.Command{test(evidence.CommandFailed, 20), {Line: "git commit --no-verify", Family: "git commit", Outcome: evidence.CommandOK}, {Line: "npm test", Family: "npm test", Class: evidence.ClassTest, Outcome: evidence.CommandOK}}
		s.Boundaries = []evidence.Boundary{{Bypass: true, Approval: "yolo", AllowedCommands: []string{"ls"}}}
		s.Drift = []evidence.Drift{{Kind: evidence.DriftHost, Name: "evil.example", Count: 1}}
		s.Denied = []evidence.DeniedCall{{Tool: "Bash"}}
		s.Unavailable = []evidence.MissingContext{{Name: "doc"}}
		s.Repairs = []evidence.Repair{{Family: "go test", EditedTests: true, Outcome: evidence.CommandOK, Narrower: true}}
		s.Assurances = []evidence.Assurance{{Kind: evidence.StatesLintPass, Digest: "d"}}
		return s
	}
	policy := Policy{RequiredCommands: []string{"npm test"}, MaxTokens: 1}
	want := Assess(sound(t), policy)
	r := sound(t)
	r.Sessions = append([]evidence.Session{wild()}, r.Sessions...)
	got := Assess(r, policy)
	for i := range got.Findings {
		got.Findings[i].Facts = want.Findings[i].Facts // the run is at another index
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("with a run about something else (-want +got):\n%s", diff)
	}
	r.Sessions = r.Sessions[:1]
	for _, x := range Assess(r, policy).Findings {
		if x.Rule != "required-command-not-run" && slices.ContainsFunc(x.Facts, func(p evidence.Ref) bool { return p.List() == evidence.ListSessions }) {
			t.Errorf("alone: %+v", x)
		}
	}
	r.Sessions[0].Joins = sound(t).Sessions[0].Joins
	if joined := len(Assess(r, policy).Findings); joined < len(want.Findings)+8 {
		t.Errorf("joined, it has %d findings", joined)
	}
}

func TestVerdictTitle(t *testing.T) {
	tests := map[string]struct {
		change func(*evidence.Record)
		want   string
	}{
		"sound":   {func(*evidence.Record) {}, "Nothing to add: CI passed on this commit"},
		"failure": {func(r *evidence.Record) { r.Checks = append(r.Checks, check("lint", evidence.ConclusionFailure)) }, "A CI check failed"},
		"both": {func(r *evidence.Record) {
			r.Checks = append(r.Checks, check("lint", evidence.ConclusionFailure))
			risky(r, "auth/a.go")
		}, "A CI check failed; agent-written authentication code"},
		"one thing":  {func(r *evidence.Record) { risky(r, "auth/a.go") }, "Agent-written authentication code: read this first"},
		"two things": {func(r *evidence.Record) { risky(r, "auth/a.go"); r.Reviews[0].Commit = "x" }, "Agent-written authentication code; the approval is of an earlier commit"},
		"gap":        {func(r *evidence.Record) { r.Checks = nil }, "No check is known to have passed"},
		"empty":      {func(r *evidence.Record) { *r = evidence.Record{} }, "No evidence found"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r := sound(t)
			tt.change(r)
			if got := Assess(r, Policy{}).Verdict.Title; got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}

// Findings about one place are one, and the same in several places is one.
func TestArrange(t *testing.T) {
	r := sound(t)
	for i := range 3 {
		path := fmt.Sprintf("auth/%d.go", i)
		risky(r, path)
		r.Coverage = append(r.Coverage, evidence.Coverage{Origin: reported(), Files: []evidence.FileCoverage{{Path: path, Missed: []evidence.LineRange{{First: 2, Last: 2}}}}})
	}
	r.Files, r.Claims = append(r.Files, file("auth/tested.go", 5)), append(r.Claims, claim("auth/tested.go", 5))
	r.Checks = append(r.Checks, check("lint", evidence.ConclusionFailure))
	a := Assess(r, Policy{})
	var got []string
	for _, i := range a.Focus {
		f := a.Findings[i]
		got = append(got, fmt.Sprintf("%s %v %q %d", f.Rule, f.Also, f.Text(), len(f.Spans)))
	}
	want := []string{
		`check-failed [] "CI check “lint” failed" 0`,
		`ai-lines-untested [] "AI-written, not executed by any test" 3`,
		`ai-lines-high-risk [] "AI-written, in a high-risk area (authentication)" 4`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if f := a.Findings[1]; f.Spans[0] != (evidence.Span{Path: "auth/0.go", First: 2, Last: 2}) {
		t.Errorf("the narrowest place is lost: %v", f.Spans)
	}
}

// Whatever rests on the failure of one check is said in one sentence, under the
// id of the check, and the failure is named whichever rule comes first.
func TestArrangeFailedCheck(t *testing.T) {
	broken := func() *evidence.Record {
		r := sound(t)
		r.Checks[0].Conclusion = evidence.ConclusionFailure
		r.PullRequest.Assurances = []evidence.Assurance{{Kind: evidence.StatesTestsPass, Digest: "d"}}
		return r
	}
	only := func() *evidence.Record {
		r := broken()
		r.Suites, r.Sessions, r.PullRequest.Assurances = nil, nil, nil
		return r
	}
	message := "CI check “unit tests” failed; result files report 3 tests without a failure; the agent's last “go test” run ended well; the description says that tests pass"
	a := Assess(broken(), Policy{FailOn: "error"})
	if x := a.Findings[0]; x.Text() != message || x.Rule != "check-failed" || a.Verdict.Title != "A CI check failed" || len(a.Focus) != 1 {
		t.Errorf("%q, focus %v, %+v", a.Verdict.Title, a.Focus, x)
	}
	if x := a.Findings[0]; x.Basis != evidence.Observed || x.Beside[0].Basis != evidence.Reported {
		t.Errorf("the failure is observed, what files say beside it is reported: %+v", x)
	}
	id := a.Findings[0].ID
	if other := Assess(only(), Policy{}).Findings[0].ID; other != id {
		t.Errorf("the id is %s alone and %s beside others", other, id)
	}
	lowered := Assess(broken(), Policy{Levels: map[string]evidence.Level{"check-failed": isNote}})
	if x := lowered.Findings[0]; !strings.Contains(x.Message, "“unit tests” failed") || lowered.Verdict.Title != "A CI check failed" {
		t.Errorf("a failure of low level: %q %+v", lowered.Verdict.Title, x)
	}
	// Accepting the failure accepts neither the contradiction nor the missing pass.
	a = Assess(broken(), Policy{FailOn: "error", Accepted: []Accepted{{ID: id, Reason: "known"}}})
	if x := a.Findings[1]; a.Verdict.Conclusion != evidence.ConclusionFailure || x.Rule != "pass-contradicted" || x.Accepted != nil {
		t.Errorf("accepted: %+v %+v", a.Verdict, x)
	}
}

func TestFocus(t *testing.T) {
	r := sound(t)
	for i := range 6 {
		r.Checks = append(r.Checks, check(fmt.Sprintf("lint %d", i), evidence.ConclusionFailure))
	}
	r.Secrets = []evidence.Secret{{Origin: reported(), Kind: "k", Count: 1}}
	risky(r, "auth/a.go")
	a := Assess(r, Policy{})
	var got []string
	for _, i := range a.Focus {
		got = append(got, a.Findings[i].Rule)
	}
	if diff := cmp.Diff([]string{"check-failed", "check-failed", "secrets-seen", "ai-lines-high-risk"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestAccepted(t *testing.T) {
	id := func() string {
		r := sound(t)
		risky(r, "auth/a.go")
		for _, f := range Assess(r, Policy{}).Findings {
			if f.Rule == "ai-lines-high-risk" {
				return f.ID
			}
		}
		return ""
	}()
	tests := map[string]struct {
		accepted Accepted
		today    string
		want     evidence.Conclusion
		lapsed   string
	}{
		"by id":           {Accepted{ID: id, Reason: "seen"}, "", evidence.ConclusionSuccess, ""},
		"by rule":         {Accepted{ID: "ai-lines-high-risk", Reason: "seen"}, "", evidence.ConclusionSuccess, ""},
		"within paths":    {Accepted{ID: "ai-lines-high-risk", Paths: []string{"auth/**"}}, "", evidence.ConclusionSuccess, ""},
		"outside paths":   {Accepted{ID: "ai-lines-high-risk", Paths: []string{"cart/**"}}, "", evidence.ConclusionFailure, ""},
		"with a label":    {Accepted{ID: "ai-lines-high-risk", Labels: []string{"security", "known"}}, "", evidence.ConclusionSuccess, ""},
		"without a label": {Accepted{ID: "ai-lines-high-risk", Labels: []string{"security"}}, "", evidence.ConclusionFailure, ""},
		"other id":        {Accepted{ID: id + "0"}, "", evidence.ConclusionFailure, ""},
		"last day":        {Accepted{ID: id, Expires: "2026-11-20"}, "2026-11-20", evidence.ConclusionSuccess, ""},
		"day after":       {Accepted{ID: id, Expires: "2026-11-20"}, "2026-11-21", evidence.ConclusionFailure, "2026-11-20"},
		"no day is known": {Accepted{ID: id, Expires: "2026-11-20"}, "", evidence.ConclusionFailure, "2026-11-20"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r := sound(t)
			risky(r, "auth/a.go")
			r.PullRequest.Labels = []string{"known"}
			a := Assess(r, Policy{FailOn: "warning", Accepted: []Accepted{tt.accepted}, Today: tt.today})
			if a.Verdict.Conclusion != tt.want || a.Findings[0].Lapsed != tt.lapsed || (a.Findings[0].Accepted != nil) != (tt.want == evidence.ConclusionSuccess) {
				t.Errorf("%+v, %+v", a.Verdict, a.Findings[0])
			}
		})
	}
}

// A gap has no place: it is in scope when all files of the change are.
func TestAcceptedGap(t *testing.T) {
	for paths, want := range map[string]bool{"cart/**": true, "docs/**": false} {
		r := sound(t)
		r.Tickets = nil
		a := Assess(r, Policy{Accepted: []Accepted{{ID: "ticket-missing", Reason: "none needed", Paths: []string{paths}}}})
		for _, f := range a.Findings {
			if f.Rule == "ticket-missing" && (f.Accepted != nil) != want {
				t.Errorf("%s: %+v", paths, f)
			}
		}
	}
}

// Ids stay when lines move and counts change, and differ between places.
func TestIdentity(t *testing.T) {
	ids := func(lines int, path string) string {
		r := sound(t)
		r.Files, r.Claims = append(r.Files, file(path, lines)), append(r.Claims, claim(path, lines))
		return Assess(r, Policy{}).Findings[0].ID
	}
	if a, b := ids(3, "auth/a.go"), ids(9, "auth/a.go"); a != b {
		t.Errorf("%s became %s with more lines", a, b)
	}
	if a, b := ids(3, "auth/a.go"), ids(3, "auth/b.go"); a == b {
		t.Errorf("%s for two files", a)
	}
}

// What is accepted stays accepted when the change is rebased, when its lines move
// and when another rule looks at the same place, and nothing else is with it.
func TestIdentityAfterRebase(t *testing.T) {
	change := func(commit string, first int, failing ...string) *evidence.Record {
		r := sound(t)
		r.Commits = append(r.Commits, evidence.Commit{Origin: observed(), ID: commit, Parents: []string{head}, Subject: "auth: expire", Authored: at(3), Committed: at(40 + first)})
		f := file("auth/a.go", 6)
		f.Origins[0].Commit = commit
		f.Spans[0], f.Origins[0].LineRange = evidence.LineRange{First: first, Last: first + 5}, evidence.LineRange{First: first, Last: first + 5}
		c := claim("auth/a.go", 6)
		c.Commit, c.Ranges = commit, []evidence.LineRange{{First: 1, Last: 3}}
		r.Files, r.Claims = append(r.Files, f), append(r.Claims, c)
		silent := file("b.go", 20)
		silent.Origins[0].Commit = "feed" + commit
		r.Files = append(r.Files, silent)
		r.Commits = append(r.Commits, evidence.Commit{Origin: observed(), ID: "feed" + commit, Parents: []string{commit}, Subject: "more", Authored: at(4)})
		r.Suites[0].Counts = evidence.Counts{Total: 3 + first, Passed: 3 + first - len(failing), Failed: len(failing)}
		for _, name := range failing {
			r.Suites[0].Cases = append(r.Suites[0].Cases, evidence.Case{Name: name, File: "auth/a_test.go", Line: first, Outcome: evidence.Failed})
		}
		return r
	}
	p := Policy{FailOn: "warning", Today: "2026-11-20"}
	for _, x := range Assess(change("aaaaaaa1", 1, "TestA"), p).Findings {
		if severity(x.Level) >= severity(isWarning) {
			p.Accepted = append(p.Accepted, Accepted{ID: x.ID, Reason: "seen", Expires: "2026-12-01"})
		}
	}
	if len(p.Accepted) < 3 {
		t.Fatalf("only %d findings", len(p.Accepted))
	}
	open := func(r *evidence.Record) (rules []string) {
		for _, x := range Assess(r, p).Findings {
			if x.Accepted == nil && severity(x.Level) >= severity(isWarning) {
				rules = append(rules, x.Rule)
			}
		}
		return rules
	}
	if got := open(change("bbbbbbb2", 31, "TestA")); len(got) > 0 {
		t.Errorf("after a rebase these count again: %v", got)
	}
	if diff := cmp.Diff([]string{"tests-failed"}, open(change("bbbbbbb2", 31, "TestA", "TestB"))); diff != "" {
		t.Errorf("another failed test (-want +got):\n%s", diff)
	}
	untested := change("bbbbbbb2", 31, "TestA")
	untested.Coverage = []evidence.Coverage{{Origin: reported(), Files: []evidence.FileCoverage{{Path: "auth/a.go", Missed: []evidence.LineRange{{First: 31, Last: 31}}}}}}
	if diff := cmp.Diff([]string{"ai-lines-untested"}, open(untested)); diff != "" {
		t.Errorf("another rule about the same lines (-want +got):\n%s", diff)
	}
}

func TestLevels(t *testing.T) {
	r := sound(t)
	risky(r, "auth/a.go")
	off := Assess(r, Policy{Levels: map[string]evidence.Level{"ai-lines-high-risk": evidence.LevelNone}})
	up := Assess(r, Policy{FailOn: "error", Levels: map[string]evidence.Level{"ai-lines-high-risk": isError}})
	if len(off.Focus) > 0 || up.Verdict.Conclusion != evidence.ConclusionFailure {
		t.Errorf("off: %v, up: %+v", off.Focus, up.Verdict)
	}
}
