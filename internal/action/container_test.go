//go:build container

package action_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/ghapi/ghtest"
	"github.com/mergebrief/mergebrief/internal/publish/resultstest"
)

// The image, run as actions/runner runs it, against peers of GitHub's API and of
// its artifact service on loopback. .ci/container builds the image and sets what
// this needs.

// stepResult is what the harness prints about a step.
type stepResult struct {
	ExitCode int               `json:"exit_code"`
	Outputs  map[string]string `json:"outputs"`
	Summary  string            `json:"step_summary"`
	log      string
}

// scene is a pull request with its peers.
type scene struct {
	github  *ghtest.Server
	results *resultstest.Server
	// Folders of the checkout and of the runner, and the event's payload.
	workspace, runner, event string
	head                     string
}

const passingSuite = `<testsuite name="api" tests="1"><testcase classname="api" name="TestOpen"/></testsuite>`

func newScene(t *testing.T, failing bool, permissions map[string]string) *scene {
	t.Helper()
	s := &scene{workspace: t.TempDir(), runner: t.TempDir()}
	git := func(args ...string) string {
		t.Helper()
		cmd := exec.Command("git", append([]string{"-C", s.workspace, "-c", "user.name=Ada", "-c", "user.email=ada@example.com"}, args...)...)
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("git %v: %v", args, err)
		}
		return strings.TrimSpace(string(out))
	}
	git("init", "--quiet", "--initial-branch=main")
	write(t, s.workspace, "api.go", "package api\n")
	git("add", ".")
	git("commit", "--quiet", "--message=base")
	base := git("rev-parse", "HEAD")
	git("checkout", "--quiet", "-b", "feature")
	write(t, s.workspace, "api.go", "package api\n\nfunc Open() {}\n")
	git("commit", "--quiet", "--all", "--message=open")
	s.head = git("rev-parse", "HEAD")

	write(t, s.workspace, "one/junit.xml", passingSuite)
	result := ""
	if failing {
		result = `<failure message="want 1, got 2"/>`
	}
	write(t, s.workspace, "two/junit.xml", `<testsuite name="web" tests="1"><testcase classname="web" name="TestShow">`+result+`</testcase></testsuite>`)

	repository := map[string]any{"id": 1, "full_name": "octo/demo", "owner": map[string]any{"login": "octo"}}
	payload, err := json.Marshal(map[string]any{
		"action": "opened", "number": 7, "repository": repository,
		"pull_request": map[string]any{
			"number": 7,
			"head":   map[string]any{"sha": s.head, "ref": "feature", "repo": repository},
			"base":   map[string]any{"sha": base, "ref": "main", "repo": repository},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	s.event = write(t, s.runner, "payload.json", string(payload))

	s.github = ghtest.New(t, ghtest.State{
		Token: "ghs_fake", Permissions: permissions,
		Pulls: []*ghtest.Pull{{
			Number: 7, Title: "Open things", Author: &ghtest.Account{Login: "ada"},
			Base: ghtest.Branch{Ref: "main", SHA: base}, Head: ghtest.Branch{Ref: "feature", SHA: s.head},
		}},
		// The harness runs everything as run 1000.
		Runs: []*ghtest.Run{{ID: 1000, HeadSHA: s.head, Status: "in_progress"}},
		Artifacts: []*ghtest.Artifact{{Name: "lint", Run: 1000, Files: map[string]string{
			"lint.sarif": `{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"lint"}},"results":[]}]}`,
		}}},
	})
	s.results, err = resultstest.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.results.Close() })
	return s
}

func write(t *testing.T, folder, name, text string) string {
	t.Helper()
	file := filepath.Join(folder, name)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

// run runs one step with the inputs, "name=value".
func (s *scene) run(t *testing.T, inputs ...string) stepResult {
	t.Helper()
	args := []string{
		"--action", "../..", "--workspace", s.workspace, "--work", s.runner, "--event", s.event, "--repo", "octo/demo",
		"--image", setting(t, "MERGEBRIEF_IMAGE"), "--engine", setting(t, "MERGEBRIEF_ENGINE"), "--network", "host",
		"--api-url", s.github.URL(), "--env", "ACTIONS_RESULTS_URL=" + s.results.URL + "/",
		"--env", "ACTIONS_RUNTIME_TOKEN=" + resultstest.Token("1000", "job"),
	}
	for _, in := range inputs {
		args = append(args, "--input", in)
	}
	var stderr bytes.Buffer
	cmd := exec.Command(setting(t, "MERGEBRIEF_RUNNER"), args...)
	cmd.Stderr = &stderr
	stdout, _ := cmd.Output() // the harness ends with the status of the step, see below
	log, text, ok := strings.Cut(string(stdout), "=====RUNNER-RESULT=====")
	var r stepResult
	if err := json.Unmarshal([]byte(text), &r); err != nil || !ok {
		t.Fatalf("no result of the step: %v\n%s\n%s", err, stdout, stderr.String())
	}
	if got := cmd.ProcessState.ExitCode(); got != r.ExitCode {
		t.Fatalf("the harness ended with %d, the step with %d", got, r.ExitCode)
	}
	r.log = log + stderr.String()
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("log of the step:\n%s", r.log)
		}
	})
	return r
}

func setting(t *testing.T, name string) string {
	t.Helper()
	value := os.Getenv(name)
	if value == "" {
		t.Fatalf("%s is not set; run .ci/container", name)
	}
	return value
}

// bundle reads the stored bundle where a later step would.
func (r stepResult) bundle(t *testing.T) *evidence.Bundle {
	t.Helper()
	data, err := os.ReadFile(r.Outputs["bundle"])
	if err != nil {
		t.Fatal(err)
	}
	if got, want := "sha256:"+r.Outputs["bundle-sha256"], evidence.Digest(data); got != want {
		t.Errorf("output bundle-sha256 is %s, the file has %s", got, want)
	}
	b, err := evidence.ParseBundle(data)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// published are numbers of comments, check runs, artifacts, and the conclusion
// of the check.
func (s *scene) published() (comments, checks, artifacts int, conclusion string) {
	s.github.With(func(state *ghtest.State) {
		comments, checks = len(state.Comments), len(state.Checks)
		for _, c := range state.Checks {
			conclusion = c.Conclusion
		}
	})
	return comments, checks, len(s.results.Artifacts()), conclusion
}

func TestContainer(t *testing.T) {
	s := newScene(t, true, nil)
	// Of the two paths the runner translates the first only.
	r := s.run(t, "evidence=${{ github.workspace }}/one/junit.xml\n${{ github.workspace }}/two/*.xml")
	if r.ExitCode != 0 {
		t.Fatalf("exit status %d, want 0", r.ExitCode)
	}
	comments, checks, artifacts, conclusion := s.published()
	if comments != 1 || checks != 1 || artifacts != 1 {
		t.Fatalf("%d comments, %d check runs, %d artifacts, want one of each", comments, checks, artifacts)
	}
	stored := s.results.Artifacts()[0]
	want := map[string]string{
		"artifact-id": fmt.Sprint(stored.ID), "artifact-url": fmt.Sprintf("https://github.com/octo/demo/actions/runs/1000/artifacts/%d", stored.ID),
		"conclusion": conclusion, "published": "true",
	}
	for name, value := range want {
		if r.Outputs[name] != value {
			t.Errorf("output %s is %q, want %q", name, r.Outputs[name], value)
		}
	}
	for _, name := range []string{"check-url", "comment-url", "gaps"} {
		if r.Outputs[name] == "" {
			t.Errorf("output %s is empty", name)
		}
	}
	b := r.bundle(t)
	if b.Record.Target.Head != s.head || len(b.Record.Files) != 1 {
		t.Errorf("head %s, %d files, want %s and one", b.Record.Target.Head, len(b.Record.Files), s.head)
	}
	var inputs []string
	for _, in := range b.Record.Inputs {
		inputs = append(inputs, fmt.Sprintf("%s %s", in.Path, in.Status))
	}
	slices.Sort(inputs)
	if diff := cmp.Diff([]string{"lint parsed", "lint/lint.sarif parsed", "one/junit.xml parsed", "two/junit.xml parsed"}, inputs); diff != "" {
		t.Errorf("inputs (-want +got):\n%s", diff)
	}
	var body string
	s.github.With(func(state *ghtest.State) { body = state.Comments[0].Body })
	for place, text := range map[string]string{"comment": body, "summary": r.Summary} {
		if !strings.Contains(text, "TestShow") {
			t.Errorf("the %s does not name the failed test:\n%s", place, text)
		}
	}
	if shown := strings.ReplaceAll(r.log, "::add-mask::ghs_fake\n", ""); strings.Contains(shown+body+r.Summary, "ghs_fake") {
		t.Error("the token is shown")
	}
}

// Running again on the same facts writes no second comment or check run.
func TestContainerAgain(t *testing.T) {
	s := newScene(t, false, nil)
	for range 2 {
		if r := s.run(t); r.ExitCode != 0 {
			t.Fatalf("exit status %d, want 0", r.ExitCode)
		}
	}
	if comments, checks, _, _ := s.published(); comments != 1 || checks != 1 {
		t.Errorf("%d comments, %d check runs, want one of each", comments, checks)
	}
}

// A gate that is not met fails the step, and everything is published.
func TestContainerGate(t *testing.T) {
	s := newScene(t, true, nil)
	r := s.run(t, "fail-on=error")
	comments, checks, artifacts, conclusion := s.published()
	if r.ExitCode != 1 || conclusion != "failure" || r.Outputs["conclusion"] != "failure" {
		t.Errorf("exit status %d, conclusion %s, output %s, want 1 and failure", r.ExitCode, conclusion, r.Outputs["conclusion"])
	}
	if comments != 1 || checks != 1 || artifacts != 1 || r.Summary == "" {
		t.Errorf("%d comments, %d check runs, %d artifacts, want one of each, and a summary", comments, checks, artifacts)
	}
}

// A bad input is refused before anything is asked or written.
func TestContainerBadInput(t *testing.T) {
	s := newScene(t, false, nil)
	r := s.run(t, "fail-on=eror")
	if r.ExitCode != 2 || !strings.Contains(r.log, `input fail-on: "eror" is not allowed (allowed: none, warning, error); did you mean "error"?`) {
		t.Errorf("exit status %d, want 2 and the input's name", r.ExitCode)
	}
	if calls := s.github.Calls(); len(calls) > 0 {
		t.Errorf("GitHub was asked: %v", calls)
	}
}

// The token of a fork reads only: artifact and summary are there, the step
// succeeds, and the output tells.
func TestContainerFork(t *testing.T) {
	s := newScene(t, false, map[string]string{
		"contents": "read", "pull-requests": "read", "issues": "read", "checks": "read", "actions": "read", "statuses": "read", "metadata": "read",
	})
	r := s.run(t)
	comments, checks, artifacts, _ := s.published()
	if r.ExitCode != 0 || r.Outputs["published"] != "false" || comments+checks != 0 || artifacts != 1 || r.Summary == "" {
		t.Errorf("exit status %d, published %s, %d comments, %d check runs, %d artifacts, want 0, false, none, none, one and a summary",
			r.ExitCode, r.Outputs["published"], comments, checks, artifacts)
	}
}
