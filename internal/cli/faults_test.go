package cli

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/mergebrief/mergebrief/internal/action"
	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/ghapi"
	"github.com/mergebrief/mergebrief/internal/ghapi/ghtest"
	"github.com/mergebrief/mergebrief/internal/publish/resultstest"
)

const faultyHead = "a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1"

// faulty is GitHub for a run whose every call shall fail once.
func faulty() ghtest.State {
	head := ghtest.Branch{Ref: "topic", SHA: faultyHead}
	failed := &ghtest.Check{ID: 11, Name: "test", HeadSHA: faultyHead, Conclusion: "failure", Run: 90, StartedAt: "2026-01-01T09:41:00Z", CompletedAt: "2026-01-01T09:42:00Z"}
	again := *failed
	again.ID, again.StartedAt, again.CompletedAt = 12, "2026-01-01T09:43:00Z", "2026-01-01T09:44:00Z"
	return ghtest.State{
		Token:    "t0ken",
		Pulls:    []*ghtest.Pull{{Number: 7, Title: "t", Body: "Closes #9", Head: head, Base: ghtest.Branch{SHA: strings.Repeat("b0", 20)}}},
		Issues:   []*ghtest.Issue{{Number: 9, Title: "i"}},
		Checks:   []*ghtest.Check{failed, &again},
		Runs:     []*ghtest.Run{{ID: 90, Name: "CI", HeadSHA: faultyHead, HeadBranch: "topic", Attempt: 2, Jobs: []*ghtest.Job{{ID: 11, Attempt: 1}, {ID: 12, Attempt: 2}}}},
		Contents: []*ghtest.Content{{Path: ".github/mergebrief.yml", Text: "fail-on: none\n"}},
		Artifacts: []*ghtest.Artifact{{
			ID: 5, Name: "results", Run: 90, Files: map[string]string{"junit.xml": `<testsuite name="web"><testcase name="login"/></testsuite>`},
		}},
	}
}

// faultyRun is one run against it, without a checkout.
type faultyRun struct {
	github  *ghtest.Server
	results *resultstest.Server
	dir     string
	id      string // of the workflow run
	log     bytes.Buffer
}

func newFaultyRun(t *testing.T, st ghtest.State) *faultyRun {
	t.Helper()
	results, err := resultstest.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { results.Close() })
	return &faultyRun{github: ghtest.New(t, st), results: results, dir: t.TempDir(), id: "90"}
}

// start runs the action, without waiting between attempts.
func (r *faultyRun) start(t *testing.T, event, payload, failOn string) error {
	t.Helper()
	if err := os.WriteFile(filepath.Join(r.dir, "event.json"), []byte(payload), 0o644); err != nil {
		t.Fatal(err)
	}
	variables := map[string]string{
		"GITHUB_API_URL": r.github.URL(), "GITHUB_GRAPHQL_URL": r.github.GraphQLURL(), "GITHUB_SERVER_URL": "https://github.com",
		"GITHUB_REPOSITORY": "octo/demo", "GITHUB_WORKSPACE": filepath.Join(r.dir, "nothing"), "GITHUB_EVENT_NAME": event,
		"GITHUB_EVENT_PATH": filepath.Join(r.dir, "event.json"), "GITHUB_RUN_ID": r.id, "GITHUB_RUN_ATTEMPT": "2", "RUNNER_TEMP": r.dir,
		"GITHUB_OUTPUT": filepath.Join(r.dir, "output"), "GITHUB_STEP_SUMMARY": filepath.Join(r.dir, "summary"), "INPUT_GITHUB-TOKEN": "t0ken",
		"ACTIONS_RESULTS_URL": r.results.URL, "ACTIONS_RUNTIME_TOKEN": resultstest.Token(r.id, "1"), "INPUT_FAIL-ON": failOn,
	}
	getenv := func(name string) string { return variables[name] }
	c := &Command{Stdout: &r.log, Stderr: &r.log, Getenv: getenv}
	s, err := c.newActionRun(action.FromVariables(getenv))
	if err != nil {
		t.Fatal(err)
	}
	cfg := r.github.Config()
	cfg.CallTimeout = 250 * time.Millisecond
	if s.client, err = ghapi.New(cfg); err != nil {
		t.Fatal(err)
	}
	return s.run(t.Context())
}

// bundle reads what the run left, which has to be whole.
func (r *faultyRun) bundle(t *testing.T) evidence.Bundle {
	t.Helper()
	var b evidence.Bundle
	data, err := os.ReadFile(filepath.Join(r.dir, "mergebrief-out", "evidence.json"))
	if err == nil {
		err = json.Unmarshal(data, &b)
	}
	if err != nil || !slices.ContainsFunc(r.results.Artifacts(), func(a resultstest.Artifact) bool { return a.Finalized }) {
		t.Fatalf("no bundle, or it was not uploaded: %v", err)
	}
	return b
}

const faultyEvent = `{"action":"synchronize","repository":{"id":1,"full_name":"octo/demo"},"pull_request":{"number":7,` +
	`"head":{"sha":"` + faultyHead + `","ref":"topic","repo":{"id":1,"full_name":"octo/demo"}},` +
	`"base":{"sha":"b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0","ref":"main","repo":{"id":1,"full_name":"octo/demo"}}}}`

// waysToFail are those of a network, a busy service and a token.
var waysToFail = map[string]ghtest.Fault{
	"401": {Status: 401, Body: `{"message":"Bad credentials"}`}, "revoked token": {Status: 401, Body: `{"message":"Bad credentials"}`, Times: 999},
	"403": {Status: 403, Body: `{"message":"Resource not accessible by integration"}`}, "404": {Status: 404}, "410": {Status: 410}, "422": {Status: 422},
	"primary limit":          {Status: 403, Header: map[string]string{"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1"}},
	"primary limit, an hour": {Status: 403, Header: map[string]string{"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "9999999999"}, Times: 999},
	"secondary limit":        {Status: 403, Body: `{"message":"You have exceeded a secondary rate limit"}`},
	"429 with Retry-After":   {Status: 429, Header: map[string]string{"Retry-After": "3"}}, "429 for good": {Status: 429, Times: 999},
	"500": {Status: 500}, "502 for good": {Status: 502, Times: 999}, "503 with Retry-After": {Status: 503, Header: map[string]string{"Retry-After": "1"}},
	"dropped": {Drop: true}, "answer lost": {LoseAnswer: true}, "truncated": {Truncate: true}, "empty": {Status: 200, Body: " "}, "HTML": {Status: 200, Body: "<html>"},
	"slow": {Delay: 400 * time.Millisecond},
	"GraphQL errors": {
		Status: 200, Body: `{"data":null,"errors":[{"type":"RATE_LIMITED","message":"API rate limit exceeded"}]}`, Header: map[string]string{"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1"},
	},
	"GraphQL partly": {Status: 200, Body: `{"data":{"repository":null},"errors":[{"type":"FORBIDDEN","message":"Resource not accessible by integration","path":["repository"]}]}`},
}

// Every call of a run fails in turn, in each way. The bundle is stored before
// anything is sent, and uploaded first; the exit status is what the gate asks for;
// and what is missing is said.
func TestEveryCallFails(t *testing.T) {
	whole := newFaultyRun(t, faulty())
	if err := whole.start(t, "pull_request", faultyEvent, ""); err != nil {
		t.Fatal(err, whole.log.String())
	}
	want, calls := whole.bundle(t), whole.github.Names()
	if len(calls) < 10 {
		t.Fatalf("only %d calls: %v", len(calls), calls)
	}
	before := map[string]int{}
	for _, call := range calls {
		nth := before[call] // sources ask at the same time, so that only calls of a name have an order
		before[call]++
		for name, fault := range waysToFail {
			if strings.HasPrefix(name, "GraphQL") && !strings.HasPrefix(call, "GraphQL") {
				continue
			}
			t.Run(call+" "+name, func(t *testing.T) {
				t.Parallel()
				for failOn, status := range map[string]int{"none": ExitOK, "error": ExitGate} {
					if fault.Times == 0 && failOn == "none" {
						continue // what passes is all the same to the gate
					}
					r := newFaultyRun(t, faulty())
					for _, write := range []string{"POST checks", "POST comments"} {
						r.github.Before(write, func(*ghtest.State) {
							if _, err := os.Stat(filepath.Join(r.dir, "mergebrief-out", "evidence.json")); err != nil || len(r.results.Artifacts()) == 0 {
								t.Errorf("%s before the bundle is safe: %v", write, err)
							}
						})
					}
					fault.Name, fault.After = call, nth
					r.github.Fail(fault)
					if err := r.start(t, "pull_request", faultyEvent, failOn); asStatus(err) != status {
						t.Errorf("fail-on %s: exit status %d: %v", failOn, asStatus(err), err)
					}
					r.told(t, want)
				}
			})
		}
	}
}

func asStatus(err error) int {
	if err == nil {
		return ExitOK
	}
	return asFailure(err).status
}

// told makes sure that what a run lacks is said: as a gap of the record, or as a
// place that is not published to.
func (r *faultyRun) told(t *testing.T, want evidence.Bundle) {
	t.Helper()
	got := r.bundle(t)
	lacks := len(got.Record.Checks) < len(want.Record.Checks) || len(got.Record.Suites) < len(want.Record.Suites) ||
		len(got.Record.Heads) < len(want.Record.Heads) || got.Record.PullRequest == nil || len(got.Record.Tickets) < len(want.Record.Tickets)
	if lacks && len(got.Record.Gaps) <= len(want.Record.Gaps) {
		t.Errorf("nothing tells what is missing: %v", got.Record.Gaps)
	}
	output, err := os.ReadFile(filepath.Join(r.dir, "output"))
	if err != nil {
		t.Fatal(err)
	}
	published := strings.Contains(string(output), "\ntrue\n")
	checks, comments := 0, 0
	r.github.With(func(st *ghtest.State) { checks, comments = len(st.Checks)-2, len(st.Comments) })
	if published != (checks > 0 && comments > 0) && published {
		t.Errorf("published %t with %d check runs and %d comments", published, checks, comments)
	}
	if summary, err := os.ReadFile(filepath.Join(r.dir, "summary")); err != nil || !strings.Contains(string(summary), "### mergebrief") {
		t.Errorf("no summary: %v", err)
	}
	if strings.Contains(r.log.String(), ghtest.Signature()) || strings.Contains(strings.ReplaceAll(r.log.String(), "::add-mask::t0ken", ""), "t0ken") {
		t.Error("the log shows a secret")
	}
}

// Many runs in a row on a pull request on which nothing happens: after the first,
// each asks one question about the pull request and nothing is written to GitHub.
func TestRunsInARow(t *testing.T) {
	const runs = 25
	st := faulty()
	st.Artifacts = nil // they would be those of the first run alone
	for i := 1; i < runs; i++ {
		st.Runs = append(st.Runs, &ghtest.Run{ID: int64(90 + i), Name: "CI", HeadSHA: faultyHead, HeadBranch: "topic", Attempt: 2})
	}
	r := newFaultyRun(t, st)
	for i := range runs {
		r.id = strconv.Itoa(90 + i)
		if err := r.start(t, "pull_request", faultyEvent, ""); err != nil {
			t.Fatalf("run %s: %v\n%s", r.id, err, r.log.String())
		}
		questions, writes := 0, 0
		for _, call := range r.github.Names() {
			method, _, _ := strings.Cut(call, " ")
			switch {
			case call == "GraphQL PullRequest":
				questions++
			case slices.Contains([]string{"POST", "PATCH", "PUT", "DELETE"}, method), strings.Contains(call, "Hide"):
				writes++
			}
		}
		want := 0
		if i == 0 {
			want = 2 // the check run and the comment
		}
		if questions != 1 || writes != want {
			t.Errorf("run %s: %d questions and %d writes, not 1 and %d", r.id, questions, writes, want)
		}
	}
	r.github.With(func(st *ghtest.State) {
		if len(st.Checks) != 3 || len(st.Comments) != 1 {
			t.Errorf("%d check runs and %d comments", len(st.Checks), len(st.Comments))
		}
	})
}

// An event that names no pull request, and a GitHub that does not tell which one it
// is: what is known is recorded, and nothing is published in a place that may be
// wrong.
func TestPullRequestNotTold(t *testing.T) {
	run := `{"action":"completed","repository":{"id":1,"full_name":"octo/demo"},"workflow_run":{"id":90,"event":"pull_request","head_sha":"` + faultyHead +
		`","head_branch":"topic","head_repository":{"id":1,"full_name":"octo/demo","owner":{"login":"octo"}}}}`
	for name, tt := range map[string]struct {
		event, payload, call string
		fault                ghtest.Fault
	}{
		"workflow_run":             {"workflow_run", run, "GET pulls", ghtest.Fault{Status: 503, Times: 999}},
		"workflow_run, denied":     {"workflow_run", run, "GET pulls", ghtest.Fault{Status: 403, Times: 999}},
		"workflow_run, not found":  {"workflow_run", run, "GET pulls", ghtest.Fault{Status: 404, Times: 999}},
		"push":                     {"push", `{"ref":"refs/heads/main","after":"` + faultyHead + `","repository":{"id":1,"full_name":"octo/demo"}}`, "GET commit pulls", ghtest.Fault{Drop: true, Times: 999}},
		"workflow_dispatch":        {"workflow_dispatch", `{"inputs":{"pull-request":"7"},"ref":"refs/heads/main","repository":{"id":1,"full_name":"octo/demo"}}`, "GraphQL PullRequest", ghtest.Fault{Status: 503, Times: 999}},
		"workflow_dispatch, 429":   {"workflow_dispatch", `{"inputs":{"pull-request":"7"},"ref":"refs/heads/main","repository":{"id":1,"full_name":"octo/demo"}}`, "GraphQL PullRequest", ghtest.Fault{Status: 429, Times: 999}},
		"workflow_dispatch, later": {"workflow_dispatch", `{"inputs":{"pull-request":"7"},"ref":"refs/heads/main","repository":{"id":1,"full_name":"octo/demo"}}`, "GraphQL PullRequest", ghtest.Fault{LoseAnswer: true, Times: 999}},
	} {
		t.Run(name, func(t *testing.T) {
			for failOn, status := range map[string]int{"none": ExitOK, "error": ExitGate} {
				r := newFaultyRun(t, faulty())
				tt.fault.Name = tt.call
				r.github.Fail(tt.fault)
				if err := r.start(t, tt.event, tt.payload, failOn); asStatus(err) != status {
					t.Errorf("fail-on %s: exit status %d: %v", failOn, asStatus(err), err)
				}
				if got := r.bundle(t); !slices.ContainsFunc(got.Record.Gaps, func(g evidence.Gap) bool { return g.Subject == "pull request" }) {
					t.Errorf("gaps %v", got.Record.Gaps)
				}
				r.github.With(func(st *ghtest.State) {
					if len(st.Checks) != 2 || len(st.Comments) != 0 {
						t.Errorf("%d check runs, %d comments", len(st.Checks), len(st.Comments))
					}
				})
				if output, _ := os.ReadFile(filepath.Join(r.dir, "output")); !strings.Contains(string(output), "\nfalse\n") {
					t.Errorf("outputs %s", output)
				}
			}
		})
	}
}
