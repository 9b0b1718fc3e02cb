package gather

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/ghapi"
	"github.com/mergebrief/mergebrief/internal/ghapi/ghtest"
)

var (
	headSHA  = strings.Repeat("a1", 20)
	baseSHA  = strings.Repeat("b0", 20)
	earlier  = strings.Repeat("c2", 20)
	replaced = strings.Repeat("d3", 20)
)

// hub returns the state of the fixture, to be changed.
func hub(t *testing.T) ghtest.State {
	t.Helper()
	st, err := ghtest.Fixture("testdata/pull.json")
	if err != nil {
		t.Fatal(err)
	}
	return st
}

func pullTarget() evidence.Target {
	return evidence.Target{
		Repository: evidence.Repository{Server: "https://github.com", Owner: "octo", Name: "demo"}, PullRequest: 7, Base: baseSHA, Head: headSHA,
	}
}

func gatherPull(t *testing.T, st ghtest.State, change func(*Pull)) (evidence.Fragment, *ghtest.Server) {
	t.Helper()
	s := ghtest.New(t, st)
	client := s.Client()
	snap, err := ghapi.TakeSnapshot(t.Context(), client, s.GraphQLURL(), "octo", "demo", 7)
	if err != nil {
		t.Fatal(err)
	}
	p := Pull{Snapshot: snap, Client: client, GraphQL: s.GraphQLURL(), CheckName: "mergebrief"}
	if change != nil {
		change(&p)
	}
	f, err := p.Gather(t.Context(), pullTarget())
	if err != nil {
		t.Fatal(err)
	}
	return f, s
}

func gapsOf(f evidence.Fragment) map[string]evidence.Reason {
	m := map[string]evidence.Reason{}
	for _, g := range f.Gaps {
		m[g.Subject] = g.Origin.Reason
	}
	return m
}

func clockTime(hour, minute int) time.Time {
	return time.Date(2026, 1, 1, hour, minute, 0, 0, time.UTC)
}

func TestPull(t *testing.T) {
	f, s := gatherPull(t, hub(t), nil)
	if diff := cmp.Diff([]string{"GraphQL PullRequest", "GET jobs", "GraphQL Steps"}, s.Names()); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
	pull := *f.PullRequest
	tree := pull.HeadTree
	want := evidence.PullRequest{
		Origin: evidence.Origin{Basis: evidence.Observed, Source: "github", URI: "https://github.com/octo/demo/pull/7"},
		Number: 7, URL: "https://github.com/octo/demo/pull/7", Title: "Rotate signing keys", State: evidence.StateOpen,
		Author: evidence.Account{Login: "mona", Kind: evidence.AccountUser}, Association: "member", BaseRef: "main", HeadRef: "482-rotate",
		HeadRepository: "octo/demo", Head: headSHA, HeadTree: tree, HeadAuthor: "mona", HeadCommitter: "mona", Labels: []string{"security"},
		ReviewDecision: evidence.DecisionApproved, Threads: 2, UnresolvedThreads: 1, Created: clockTime(9, 0),
		RequiredChecks: []evidence.RequiredCheck{{Name: "test"}, {Name: "license", Absent: true}, {Name: "lint", AppID: 15368, Absent: true}},
		Logins:         map[string]string{headSHA: "mona"},
	}
	if diff := cmp.Diff(want, pull); diff != "" {
		t.Errorf("pull request (-want +got):\n%s", diff)
	}
	var checks []string
	for _, c := range f.Checks {
		checks = append(checks, fmt.Sprintf("%s by %s in %q: %s %s, required %t", c.Name, c.App, c.Workflow, c.Status, c.Conclusion, *c.Required))
	}
	wantChecks := []string{
		`ci/legacy by legacy-ci in "": pending , required false`,
		`lint by lintbot in "": completed failure, required false`,
		`test by github-actions in "CI": completed success, required true`,
	}
	if diff := cmp.Diff(wantChecks, checks); diff != "" {
		t.Errorf("checks (-want +got):\n%s", diff)
	}
	var reviews []string
	for _, r := range f.Reviews {
		reviews = append(reviews, fmt.Sprintf("%s %s %s saw %s tree %t", r.Reviewer.Login, r.Reviewer.Kind, r.State, r.Commit[:4], r.Tree != "" && r.Tree != tree))
	}
	if diff := cmp.Diff([]string{"hubot bot commented saw c2c2 tree true", "lisa user approved saw c2c2 tree true"}, reviews); diff != "" {
		t.Errorf("reviews (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(map[string]evidence.Reason{"required check license": evidence.NotFound, "required check lint": evidence.NotFound}, gapsOf(f)); diff != "" {
		t.Errorf("gaps (-want +got):\n%s", diff)
	}
}

// An earlier red stays in the record: of the head before, of the head that a
// force-push replaced, and of the attempt before this one.
func TestPullHeads(t *testing.T) {
	st := hub(t)
	st.Checks = append(st.Checks, &ghtest.Check{ID: 5, Name: "test", HeadSHA: replaced, Conclusion: "timed_out", Run: 70, CompletedAt: "2026-01-01T09:10:00Z"})
	f, _ := gatherPull(t, st, nil)
	var got []string
	for _, h := range f.Heads {
		line := fmt.Sprintf("%s current %t replaced %q flaky %v:", h.Commit[:4], h.Current, h.ReplacedBy, h.Flaky())
		for _, r := range h.Results {
			line += fmt.Sprintf(" %s#%d.%d=%s%v", r.Name, r.RunAttempt, r.Attempt, r.Conclusion, r.FailedSteps)
		}
		got = append(got, line)
	}
	want := []string{
		`c2c2 current false replaced "" flaky []: test#0.1=failure[]`,
		`d3d3 current false replaced "mona" flaky []: test#0.1=timed_out[]`,
		`a1a1 current true replaced "" flaky [test]: test#1.1=failure[go test] lint#0.1=failure[] test#2.2=success[] ci/legacy#0.1=[]`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestAttempts(t *testing.T) {
	result := func(name string, run int64, from, to int, conclusion evidence.Conclusion) evidence.CheckResult {
		r := evidence.CheckResult{Check: evidence.Check{Name: name, RunID: run, Started: clockTime(10, from), Conclusion: conclusion}}
		if to > 0 {
			r.Completed = clockTime(10, to)
		}
		return r
	}
	tests := map[string]struct {
		results  []evidence.CheckResult
		attempts string
		flaky    string
	}{
		"once":                     {[]evidence.CheckResult{result("a", 1, 0, 5, evidence.ConclusionFailure)}, "1", ""},
		"again":                    {[]evidence.CheckResult{result("a", 1, 6, 8, evidence.ConclusionSuccess), result("a", 1, 0, 5, evidence.ConclusionFailure)}, "1 2", "a"},
		"again and failed":         {[]evidence.CheckResult{result("a", 1, 0, 5, evidence.ConclusionFailure), result("a", 1, 6, 8, evidence.ConclusionFailure)}, "1 2", ""},
		"success then failure":     {[]evidence.CheckResult{result("a", 1, 0, 5, evidence.ConclusionSuccess), result("a", 1, 6, 8, evidence.ConclusionTimedOut)}, "1 2", "a"},
		"cancelled then success":   {[]evidence.CheckResult{result("a", 1, 0, 5, evidence.ConclusionCancelled), result("a", 1, 6, 8, evidence.ConclusionSuccess)}, "1 2", ""},
		"two jobs of one name":     {[]evidence.CheckResult{result("a", 1, 0, 5, evidence.ConclusionSuccess), result("a", 1, 2, 8, evidence.ConclusionFailure)}, "0 0", ""},
		"runs of two events":       {[]evidence.CheckResult{result("a", 1, 0, 5, evidence.ConclusionSuccess), result("a", 2, 6, 8, evidence.ConclusionFailure)}, "1 1", ""},
		"the first never ended":    {[]evidence.CheckResult{result("a", 1, 0, 0, ""), result("a", 1, 6, 8, evidence.ConclusionFailure)}, "0 0", ""},
		"third time, then skipped": {[]evidence.CheckResult{result("a", 1, 0, 1, evidence.ConclusionFailure), result("a", 1, 2, 3, evidence.ConclusionSuccess), result("a", 1, 4, 5, evidence.ConclusionSkipped)}, "1 2 3", "a"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			number(tt.results)
			var attempts []string
			for _, r := range tt.results {
				attempts = append(attempts, fmt.Sprint(r.Attempt))
			}
			flaky := strings.Join(evidence.Head{Results: tt.results}.Flaky(), " ")
			if got := strings.Join(attempts, " "); got != tt.attempts || flaky != tt.flaky {
				t.Errorf("attempts %s, flaky %q", got, flaky)
			}
		})
	}
}

// The number of the attempt is GitHub's own, and asked for where a run has several
// results of one check. Without it, the order of the results is what is known.
func TestRunAttempts(t *testing.T) {
	again := func(st *ghtest.State, run int64) {
		r := &ghtest.Run{ID: run, Name: fmt.Sprint(run), HeadSHA: headSHA, Attempt: 4}
		for i := range 2 {
			id := run*10 + int64(i)
			r.Jobs = append(r.Jobs, &ghtest.Job{ID: id, Name: "e2e", Attempt: 2 * (i + 1)})
			st.Checks = append(st.Checks, &ghtest.Check{
				ID: id, Name: "e2e", HeadSHA: headSHA, Run: run, StartedAt: fmt.Sprintf("2026-01-01T09:5%d:00Z", i), CompletedAt: fmt.Sprintf("2026-01-01T09:5%d:30Z", i), Conclusion: "failure",
			})
		}
		st.Runs = append(st.Runs, r)
	}
	for name, tt := range map[string]struct {
		runs        []int64
		permissions map[string]string
		attempts    string
		calls       int
		gap         string
	}{
		"started again":   {[]int64{95}, nil, "2.1 4.2", 2, ""},
		"denied":          {[]int64{95}, map[string]string{"pull-requests": "read", "checks": "read", "contents": "read", "issues": "read"}, "0.1 0.2", 2, "attempts of workflow run 95"},
		"more than asked": {[]int64{95, 96, 97}, nil, "2.1 4.2 2.1 4.2 2.1 4.2", 3, "attempts of workflow runs"},
	} {
		t.Run(name, func(t *testing.T) {
			st := hub(t)
			st.Permissions = tt.permissions
			for _, run := range tt.runs {
				again(&st, run)
			}
			f, s := gatherPull(t, st, nil)
			var got []string
			for _, r := range f.Heads[len(f.Heads)-1].Results {
				if r.Name == "e2e" {
					got = append(got, fmt.Sprintf("%d.%d", r.RunAttempt, r.Attempt))
				}
			}
			calls := strings.Count(strings.Join(s.Names(), "\n"), "GET jobs")
			slices.Sort(got)
			want := strings.Fields(tt.attempts)
			slices.Sort(want)
			if diff := cmp.Diff(want, got); diff != "" || calls != tt.calls {
				t.Errorf("%d calls (-want +got):\n%s", calls, diff)
			}
			if _, there := gapsOf(f)[tt.gap]; tt.gap != "" && !there {
				t.Errorf("gaps %v", gapsOf(f))
			}
		})
	}
}

// Whose a check is decides: a name can be anybody's.
func TestPullIdentity(t *testing.T) {
	st := hub(t)
	st.Pulls[0].Required, st.Pulls[0].Rules = nil, []string{"lint", "test", "ci/legacy"}
	st.Runs = append(st.Runs, &ghtest.Run{ID: 91, Name: "CI", WorkflowID: 5, HeadSHA: headSHA})
	st.Checks = append(st.Checks, &ghtest.Check{ID: 15, Name: "test", HeadSHA: headSHA, Conclusion: "cancelled", Run: 91, Annotations: []ghtest.Annotation{{Message: "Canceling since\na higher priority request exists"}, {Message: "second"}}})
	st.Checks[3].Title = "2 new findings"
	st.Statuses[0].State, st.Statuses[0].Description = "success", "all is well"
	f, _ := gatherPull(t, st, nil)
	var checks []string
	for _, c := range f.Checks {
		checks = append(checks, fmt.Sprintf("%s by %d, workflow %t: %s, %q, %d annotations", c.Name, c.AppID, c.WorkflowID != 0, c.Conclusion, c.Detail, c.Annotations))
	}
	want := []string{
		`ci/legacy by 0, workflow false: success, "all is well", 0 annotations`,
		`lint by 99, workflow false: failure, "2 new findings", 0 annotations`,
		`test by 15368, workflow true: success, "", 0 annotations`,
		`test by 15368, workflow true: cancelled, "Canceling since a higher priority request exists", 2 annotations`,
	}
	if diff := cmp.Diff(want, checks); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if f.Checks[2].SameCheck(f.Checks[3]) {
		t.Error("two workflows of one name are taken for one")
	}
	required := []evidence.RequiredCheck{{Name: "lint", AppID: 15368, Absent: true}, {Name: "test", AppID: 15368}, {Name: "ci/legacy", AppID: 15368, Absent: true}}
	if diff := cmp.Diff(required, f.PullRequest.RequiredChecks); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	st.Statuses[0].Required = true // it is the one, says GitHub
	if f, _ := gatherPull(t, st, nil); f.PullRequest.RequiredChecks[2].Absent {
		t.Error("the status that GitHub counts is not seen")
	}
}

func TestKeepFailed(t *testing.T) {
	var many []evidence.CheckResult
	for i := range 10 {
		many = append(many, evidence.CheckResult{Check: evidence.Check{Name: fmt.Sprint(i), Conclusion: evidence.Conclusion(map[bool]string{true: "failure", false: "success"}[i%2 == 1])}})
	}
	kept, omitted := keepFailed(many, 6)
	var names string
	for _, r := range kept {
		names += r.Name
	}
	if names != "135789" || omitted != 4 {
		t.Errorf("kept %s, omitted %d", names, omitted)
	}
}

func TestPullSameHead(t *testing.T) {
	st := hub(t)
	for n, state := range []string{"OPEN", "CLOSED", "OPEN"} {
		st.Pulls = append(st.Pulls, &ghtest.Pull{Number: 20 + n, State: state, Head: ghtest.Branch{Ref: "x", SHA: headSHA}})
	}
	st.Pulls[3].Head.SHA, st.Pulls[3].Commits = earlier, []string{headSHA, earlier}
	f, _ := gatherPull(t, st, nil)
	if diff := cmp.Diff([]int{20}, f.PullRequest.SameHead); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A required check of our own name is the one that this run makes.
func TestPullOwnRequired(t *testing.T) {
	st := hub(t)
	st.Pulls[0].Required, st.Pulls[0].Rules, st.Checks = []string{"mergebrief", "test"}, nil, nil
	f, _ := gatherPull(t, st, nil)
	if diff := cmp.Diff([]evidence.RequiredCheck{{Name: "mergebrief"}, {Name: "test", Absent: true}}, f.PullRequest.RequiredChecks); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Whatever a check run says of itself, it is one of ours only if GitHub says that
// the app of the token made it, and that it is no job. It stays in the record.
func TestThreatT8OwnChecks(t *testing.T) {
	ours := "mergebrief:7:" + headSHA
	for name, tt := range map[string]struct {
		check  ghtest.Check
		viewer ghtest.Account
		own    bool
	}{
		"ours":                          {check: ghtest.Check{ExternalID: ours}, own: true},
		"ours, of a key":                {check: ghtest.Check{ExternalID: ours + ":key"}, own: true},
		"filed under a run":             {check: ghtest.Check{ExternalID: ours, Run: 90, Made: true}, own: true},
		"with the same head":            {check: ghtest.Check{ExternalID: "mergebrief:9:" + headSHA + ":key"}, own: true},
		"of an app of ours":             {check: ghtest.Check{ExternalID: ours, App: "our-app", AppID: 9}, viewer: ghtest.Account{Login: "our-app", Kind: "Bot"}, own: true},
		"our name alone":                {check: ghtest.Check{}},
		"of another pull request":       {check: ghtest.Check{ExternalID: "mergebrief:8:" + headSHA}},
		"of another head":               {check: ghtest.Check{ExternalID: "mergebrief:7:" + earlier}},
		"of another app":                {check: ghtest.Check{ExternalID: ours, App: "evil", AppID: 6}},
		"a job":                         {check: ghtest.Check{ExternalID: ours, Run: 90}},
		"of Actions, not of our app":    {check: ghtest.Check{ExternalID: ours}, viewer: ghtest.Account{Login: "our-app", Kind: "Bot"}},
		"a user called as the app":      {check: ghtest.Check{ExternalID: ours, App: "mona", AppID: 6}, viewer: ghtest.Account{Login: "mona"}},
		"half of the external id":       {check: ghtest.Check{ExternalID: "mergebrief:7"}},
		"something behind our head":     {check: ghtest.Check{ExternalID: ours + "0"}},
		"no number of a pull request":   {check: ghtest.Check{ExternalID: "mergebrief:x:" + headSHA}},
		"another name and our external": {check: ghtest.Check{Name: "scan", ExternalID: ours, App: "acme", AppID: 6}},
	} {
		t.Run(name, func(t *testing.T) {
			st := hub(t)
			st.Pulls = append(st.Pulls, &ghtest.Pull{Number: 9, Head: ghtest.Branch{Ref: "x", SHA: headSHA}})
			c := tt.check
			c.ID, c.HeadSHA, c.Conclusion = 777, headSHA, "failure"
			if c.Name == "" {
				c.Name = "mergebrief"
			}
			st.Checks, st.Viewer = append(st.Checks, &c), tt.viewer
			f, _ := gatherPull(t, st, nil)
			mine := func(x evidence.Check) bool { return strings.HasSuffix(x.URL, "/777") }
			if own, other := slices.ContainsFunc(f.OwnChecks, mine), slices.ContainsFunc(f.Checks, mine); own != tt.own || other == tt.own {
				t.Errorf("among ours: %t, among the others: %t", own, other)
			}
		})
	}
	// Without GitHub's word about the token nothing is ours.
	st := hub(t)
	st.Checks = append(st.Checks, &ghtest.Check{Name: "mergebrief", HeadSHA: headSHA, Conclusion: "failure", ExternalID: ours})
	if f := answered(t, st, ghtest.Fault{Name: "GraphQL PullRequest", Hole: "viewer"}); len(f.OwnChecks) > 0 || !slices.Contains(failedChecks(f), "mergebrief by github-actions in ") {
		t.Errorf("ours: %v, failed: %v", f.OwnChecks, failedChecks(f))
	}
}

func TestPullMerge(t *testing.T) {
	const onto = "0101010101010101010101010101010101010101"
	at := func(sha, message, when string, parents ...string) *ghtest.Commit {
		return &ghtest.Commit{SHA: sha, Message: message, At: when, Parents: parents}
	}
	merged := strings.Repeat("f9", 20)
	for name, tt := range map[string]struct {
		commits []string
		commit  []*ghtest.Commit
		method  string
	}{
		"merge":             {[]string{earlier, headSHA}, []*ghtest.Commit{at(merged, "Merge pull request #7", "2026-01-02T00:00:00Z", onto, headSHA)}, "merge"},
		"squash":            {[]string{earlier, headSHA}, []*ghtest.Commit{at(merged, "Rotate (#7)", "2026-01-02T00:00:00Z", onto), at(onto, "before", "2025-01-01T00:00:00Z")}, "squash"},
		"rebase":            {[]string{earlier, headSHA}, []*ghtest.Commit{at(merged, "fix: rotate", "2026-01-01T09:40:00Z", onto), at(onto, "wip", "2026-01-01T09:20:00Z")}, "rebase"},
		"one commit":        {[]string{headSHA}, []*ghtest.Commit{at(merged, "fix: rotate", "2026-01-01T09:40:00Z", onto)}, "rebase"},
		"one, squashed":     {[]string{headSHA}, []*ghtest.Commit{at(merged, "fix: rotate (#7)", "2026-01-02T00:00:00Z", onto)}, "squash"},
		"commit is unknown": {[]string{earlier, headSHA}, nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			st := hub(t)
			p := st.Pulls[0]
			p.State, p.MergedAt, p.MergedBy, p.Commits = "MERGED", "2026-01-02T00:00:00Z", &ghtest.Account{Login: "lisa"}, tt.commits
			st.Commits = append(st.Commits, tt.commit...)
			if tt.commit != nil {
				p.MergeCommit = merged
			}
			f, _ := gatherPull(t, st, nil)
			m := f.PullRequest.Merge
			if m == nil || m.Method != evidence.MergeMethod(tt.method) || m.By.Login != "lisa" || f.PullRequest.State != evidence.StateMerged {
				t.Fatalf("merge %+v", m)
			}
			if tt.commit != nil && (m.Commit != merged || m.Tree == "" || len(m.Parents) != len(tt.commit[0].Parents)) {
				t.Errorf("merge %+v", m)
			}
		})
	}
}

// Whom GitHub asked for a review is not visible to a workflow, but how many.
func TestPullReviewsRequested(t *testing.T) {
	st := hub(t)
	st.Pulls[0].Requested = []bool{true, false, true}
	f, _ := gatherPull(t, st, nil)
	if p := f.PullRequest; p.ReviewsRequested != 3 || p.CodeOwnersRequested != 2 {
		t.Errorf("%d requested, %d of code owners", p.ReviewsRequested, p.CodeOwnersRequested)
	}
}

// Who asked for a merge that GitHub made by itself.
func TestPullMergedVia(t *testing.T) {
	ada, bob := &ghtest.Account{Login: "ada"}, &ghtest.Account{Login: "bob"}
	for name, tt := range map[string]struct {
		events []*ghtest.Merging
		want   string
	}{
		"by hand":      {nil, " "},
		"auto-merge":   {[]*ghtest.Merging{{Event: "AutoSquashEnabledEvent", Actor: ada}}, "auto-merge ada"},
		"switched off": {[]*ghtest.Merging{{Event: "AutoMergeEnabledEvent", Actor: ada}, {Event: "AutoMergeDisabledEvent", Actor: bob}}, " "},
		"queue":        {[]*ghtest.Merging{{Event: "AutoMergeEnabledEvent", Actor: ada}, {Event: "AddedToMergeQueueEvent", Actor: bob}}, "queue bob"},
	} {
		t.Run(name, func(t *testing.T) {
			st := hub(t)
			p := st.Pulls[0]
			p.State, p.MergedAt, p.MergedBy, p.Merging = "MERGED", "2026-01-02T00:00:00Z", &ghtest.Account{Login: "github-merge-queue", Kind: "Bot"}, tt.events
			f, _ := gatherPull(t, st, nil)
			got, m := " ", f.PullRequest.Merge
			if m.ViaBy != nil {
				got = string(m.Via) + " " + m.ViaBy.Login
			}
			if got != tt.want || m.By.Kind != evidence.AccountBot {
				t.Errorf("%q, want %q, by %+v", got, tt.want, m.By)
			}
		})
	}
}

// The push that started the checks names the pusher, else the force-push does.
func TestPullLastPusher(t *testing.T) {
	st := hub(t)
	if f, _ := gatherPull(t, st, nil); f.PullRequest.LastPusher != nil {
		t.Errorf("%+v", f.PullRequest.LastPusher)
	}
	st = hub(t)
	st.Pulls[0].ForcePushes[0].After = headSHA
	if f, _ := gatherPull(t, st, nil); f.PullRequest.LastPusher == nil || f.PullRequest.LastPusher.Login != "mona" {
		t.Errorf("%+v", f.PullRequest.LastPusher)
	}
	st = hub(t)
	st.Commits[0].Pusher = &ghtest.Account{Login: "carl"}
	if f, _ := gatherPull(t, st, nil); f.PullRequest.LastPusher == nil || f.PullRequest.LastPusher.Login != "carl" {
		t.Errorf("%+v", f.PullRequest.LastPusher)
	}
}

// What the token may not see is a gap with the permission that shows it, and
// nothing that follows from not having seen it.
func TestPullDenied(t *testing.T) {
	st := hub(t)
	st.Permissions = map[string]string{"pull-requests": "read", "contents": "read"}
	f, _ := gatherPull(t, st, nil)
	hints := map[string]string{}
	for _, g := range f.Gaps {
		hints[g.Subject+": "+string(g.Origin.Reason)] = g.Hint
	}
	want := map[string]string{
		"ticket: denied":                    "add issues: read under permissions:",
		"checks: denied":                    "add checks: read and statuses: read under permissions:",
		"checks of earlier commits: denied": "add checks: read under permissions:",
		"ticket #482: denied":               "",
	}
	if diff := cmp.Diff(want, hints); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if len(f.Checks) != 0 || f.PullRequest.RequiredChecks[0].Absent {
		t.Errorf("checks %v, required %v", f.Checks, f.PullRequest.RequiredChecks)
	}
}

// The pull request went on while the record was made: checks of another commit
// are none of its facts.
func TestPullMoved(t *testing.T) {
	st := hub(t)
	s := ghtest.New(t, st)
	snap, err := ghapi.TakeSnapshot(t.Context(), s.Client(), s.GraphQLURL(), "octo", "demo", 7)
	if err != nil {
		t.Fatal(err)
	}
	target := pullTarget()
	target.Head = earlier
	f, err := Pull{Snapshot: snap}.Gather(t.Context(), target)
	if err != nil || f.Checks != nil || gapsOf(f)["checks of the head"] != evidence.NotFound || len(f.Heads) != 2 {
		t.Errorf("%v: %+v", err, f.Gaps)
	}
}

func TestPullWithoutAnswer(t *testing.T) {
	if _, err := (Pull{}).Gather(t.Context(), pullTarget()); evidence.ReasonOf(err, "") != evidence.Unavailable {
		t.Errorf("error = %v", err)
	}
}

// Accounts, forks and commits that were deleted leave holes everywhere.
func TestPullHoles(t *testing.T) {
	f, err := Pull{Snapshot: &ghapi.Snapshot{Pull: ghapi.Pull{
		Number: 7, MergedAt: &time.Time{}, Reviews: ghapi.List[ghapi.Review]{Nodes: []*ghapi.Review{nil, {State: "APPROVED"}, {State: "PENDING"}}},
		ForcePushes:             ghapi.List[ghapi.ForcePush]{Nodes: []*ghapi.ForcePush{nil, {}}},
		ClosingIssuesReferences: ghapi.List[ghapi.Issue]{TotalCount: 3, Nodes: []*ghapi.Issue{nil, {Number: 1}}},
		BaseRef:                 &ghapi.BaseRef{},
	}}}.Gather(t.Context(), pullTarget())
	if err != nil || len(f.Reviews) != 1 || f.Reviews[0].Reviewer.Login != "ghost" || f.PullRequest.Merge.By.Login != "ghost" {
		t.Errorf("%v: %+v", err, f)
	}
	if gapsOf(f)["tickets"] != evidence.Truncated {
		t.Errorf("gaps %v", gapsOf(f))
	}
}

// Every call fails once, in turn, in each way: the record is made all the same,
// and what is missing says so.
func TestPullFaults(t *testing.T) {
	for name, fault := range map[string]ghtest.Fault{
		"403": {Status: 403, Body: `{"message":"Resource not accessible by integration"}`}, "404": {Status: 404}, "500": {Status: 500, Times: 9},
		"200 without data": {Status: 200, Body: `{"data":null,"errors":[{"message":"Something went wrong"}]}`},
		"drop":             {Drop: true, Times: 9}, "truncated": {Truncate: true, Times: 9}, "500 once": {Status: 500}, "lost once": {LoseAnswer: true},
	} {
		for _, call := range []string{"GraphQL Issues", "GraphQL Steps"} {
			t.Run(name+" "+call, func(t *testing.T) {
				st := hub(t)
				st.Pulls[0].Body = "Fixes #482, closes #9"
				st.Issues = append(st.Issues, &ghtest.Issue{Number: 9})
				s := ghtest.New(t, st)
				snap, err := ghapi.TakeSnapshot(t.Context(), s.Client(), s.GraphQLURL(), "octo", "demo", 7)
				if err != nil {
					t.Fatal(err)
				}
				fault.Name = call
				s.Fail(fault)
				f, err := Pull{Snapshot: snap, Client: s.Client(), GraphQL: s.GraphQLURL()}.Gather(t.Context(), pullTarget())
				if err != nil || f.PullRequest == nil || len(f.Tickets) != 2 || len(f.Heads) != 2 {
					t.Fatalf("%v: %+v", err, f)
				}
				subject := map[string]string{"GraphQL Issues": "ticket #9", "GraphQL Steps": "failed steps"}[call]
				if _, gap := gapsOf(f)[subject]; gap == strings.HasSuffix(name, "once") {
					t.Errorf("gaps %v", gapsOf(f))
				}
			})
		}
	}
}

// Text on GitHub is anyone's; whatever it is, the facts keep their shape.
func FuzzCriteria(f *testing.F) {
	for _, seed := range []string{"- [x] a\n", "## Acceptance criteria\n1. b\n", "<!-- - [ ] c -->", "```\n- [x] d\n```", "~~~~\n```\n~~~~\n- [ ] e", "## Acceptance criteria\n| a | b |\n|--|--|\n| c | [x] |"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		got, omitted := criteria(body)
		if len(got) > maxCriteria || omitted > 0 && len(got) < maxCriteria {
			t.Fatalf("%d criteria", len(got))
		}
		for _, c := range got {
			if c.Text == "" || len(c.Text) > maxCriterion+len("…") || strings.ContainsAny(c.Text, "\n") {
				t.Fatalf("criterion %q", c.Text)
			}
		}
	})
}

// Nobody looks into the environment for a token, whatever is in it.
func TestPullEnvironment(t *testing.T) {
	if os.Getenv("GITHUB_TOKEN") == "" {
		t.Setenv("GITHUB_TOKEN", "ghs_wrong")
	}
	st := hub(t)
	st.Token = "right"
	if f, _ := gatherPull(t, st, nil); f.PullRequest == nil {
		t.Error("nothing was gathered")
	}
}

// What failed on a head that GitHub has forgotten is known from our own comment,
// and from nobody else's.
func TestRememberedHeads(t *testing.T) {
	at := time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC)
	gone := evidence.Head{Commit: strings.Repeat("d", 40), Committed: at, Results: []evidence.CheckResult{
		{Attempt: 1, Check: evidence.Check{Name: "lint", App: "github-actions", Status: evidence.CheckCompleted, Conclusion: evidence.ConclusionFailure, Completed: at}},
	}}
	ledger := evidence.EncodeLedger(7, []evidence.Head{gone})
	comment := func(mine bool, pull int, body string) *ghapi.Comment {
		return &ghapi.Comment{URL: "https://example.com/c", ViewerDidAuthor: mine, Body: fmt.Sprintf("<!-- mergebrief:v1 pr=%d key=default -->\n%s\n### v", pull, body)}
	}
	for name, c := range map[string]struct {
		comment *ghapi.Comment
		want    int
	}{
		"ours":                    {comment(true, 7, ledger), 1},
		"somebody's":              {comment(false, 7, ledger), 0},
		"of another pull request": {comment(true, 8, ledger), 0},
		"altered":                 {comment(true, 7, strings.Replace(ledger, "sha256:", "sha256:0", 1)), 0},
	} {
		t.Run(name, func(t *testing.T) {
			s := &ghapi.Snapshot{Repository: "octo/demo"}
			s.Pull.Number = 7
			s.Pull.Comments.Nodes = []*ghapi.Comment{c.comment}
			var f evidence.Fragment
			Pull{Snapshot: s}.rememberedHeads(map[string]bool{}, &f)
			if len(f.Heads) != c.want {
				t.Fatalf("%d heads, want %d", len(f.Heads), c.want)
			}
			if c.want == 1 && (f.Heads[0].Origin.Basis != evidence.Reported || f.Heads[0].Results[0].Conclusion != evidence.ConclusionFailure) {
				t.Errorf("%+v", f.Heads[0])
			}
		})
	}
	s := &ghapi.Snapshot{}
	s.Pull.Number = 7
	s.Pull.Comments.Nodes = []*ghapi.Comment{comment(true, 7, ledger)}
	var f evidence.Fragment
	Pull{Snapshot: s}.rememberedHeads(map[string]bool{gone.Commit: true}, &f)
	if len(f.Heads) != 0 {
		t.Error("the comment is believed over GitHub")
	}
	f.Heads = []evidence.Head{{Commit: gone.Commit, Current: true}}
	Pull{Snapshot: s}.rememberedHeads(map[string]bool{}, &f)
	if len(f.Heads) != 1 || len(f.Heads[0].Results) != 1 || f.Heads[0].Results[0].Origin.Basis != evidence.Reported {
		t.Errorf("what GitHub has forgotten of a head that it still lists: %+v", f.Heads)
	}
}
