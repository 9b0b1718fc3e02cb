package cli

import (
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/mergebrief/mergebrief/internal/ghapi/ghtest"
	"github.com/mergebrief/mergebrief/internal/publish/resultstest"
)

// BenchmarkAction runs the whole action on the example against the services of
// the tests, as a process of its own. It reports the CPU time of that process and
// of git, which it starts, the peak memory of the larger of both and the calls of
// the API. The floor in the same run is
// the same program doing nothing but printing its version.
func BenchmarkAction(b *testing.B) {
	run := newExampleRun(b)
	var cpu, floor time.Duration
	var peak int64
	for b.Loop() {
		own, rss := run.process(b, "action")
		cpu, peak = cpu+own, max(peak, rss)
		own, _ = run.process(b, "--version")
		floor += own
	}
	b.ReportMetric(float64(cpu.Milliseconds())/float64(b.N), "cpu-ms/op")
	b.ReportMetric(float64(cpu)/float64(floor), "x-floor")
	b.ReportMetric(float64(peak)/1024, "peak-MiB")
	b.ReportMetric(float64(len(run.github.Calls()))/float64(b.N), "calls/op")
}

// exampleRun is a runner's environment for the example.
type exampleRun struct {
	github *ghtest.Server
	env    []string
}

func newExampleRun(b *testing.B) *exampleRun {
	b.Helper()
	dir := b.TempDir()
	repo := filepath.Join(dir, "repo")
	if err := buildDemo(b.Context(), repo); err != nil {
		b.Fatal(err)
	}
	head, base := revision(b, repo, "expire-tokens"), revision(b, repo, "main")
	results, err := resultstest.Listen("127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { results.Close() })
	github := ghtest.New(b, ghtest.State{
		Token:      "t0ken",
		Repository: ghtest.Repository{Owner: "example", Name: "session"},
		Pulls: []*ghtest.Pull{{
			Number: 7, Title: "Let session tokens expire", Author: &ghtest.Account{Login: "ada"},
			Base: ghtest.Branch{Ref: "main", SHA: base}, Head: ghtest.Branch{Ref: "expire-tokens", SHA: head},
		}},
		Runs: []*ghtest.Run{{ID: 99, Name: "CI", Event: "pull_request", HeadSHA: head, HeadBranch: "expire-tokens"}},
	})
	event := filepath.Join(dir, "event.json")
	side := func(sha, ref string) string {
		return `{"sha":"` + sha + `","ref":"` + ref + `","repo":{"id":1,"full_name":"example/session","owner":{"login":"example"}}}`
	}
	payload := `{"action":"synchronize","repository":{"full_name":"example/session"},"pull_request":{"number":7,"head":` +
		side(head, "expire-tokens") + `,"base":` + side(base, "main") + `}}`
	if err := os.WriteFile(event, []byte(payload), 0o644); err != nil {
		b.Fatal(err)
	}
	return &exampleRun{github, append(os.Environ(),
		"GITHUB_API_URL="+github.URL(), "GITHUB_GRAPHQL_URL="+github.GraphQLURL(), "GITHUB_SERVER_URL=https://github.com",
		"GITHUB_REPOSITORY=example/session", "GITHUB_WORKSPACE="+repo, "GITHUB_EVENT_NAME=pull_request", "GITHUB_EVENT_PATH="+event,
		"GITHUB_RUN_ID=99", "GITHUB_RUN_ATTEMPT=1", "RUNNER_TEMP="+dir, "INPUT_GITHUB-TOKEN=t0ken",
		"ACTIONS_RESULTS_URL="+results.URL, "ACTIONS_RUNTIME_TOKEN="+resultstest.Token("99", "1"),
	)}
}

func revision(b *testing.B, repo, rev string) string {
	b.Helper()
	out, err := exec.Command("git", "-C", repo, "rev-parse", rev).Output()
	if err != nil {
		b.Fatal(err)
	}
	return string(out[:len(out)-1])
}

// process runs mergebrief and returns the CPU time and the peak memory in KiB, as
// the kernel accounts for a process and those that it waited for.
func (r *exampleRun) process(b *testing.B, arg string) (time.Duration, int64) {
	b.Helper()
	cmd := exec.Command("mergebrief", arg)
	cmd.Env = r.env
	if out, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	usage := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	return cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), usage.Maxrss
}
