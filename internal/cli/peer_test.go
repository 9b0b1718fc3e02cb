package cli

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/mergebrief/mergebrief/internal/ghapi/ghtest"
	"github.com/mergebrief/mergebrief/internal/publish/resultstest"
)

// maxWait is how long a script waits for what other processes do. Machines that
// run tests are slow.
const maxWait = time.Minute

// peers are the services that a script talks to, by its folder.
type peers struct {
	t       *testing.T
	example example
	mu      sync.Mutex
	of      map[string]*peer
}

type peer struct {
	github  *ghtest.Server
	results *resultstest.Server
	hanging chan struct{} // closed when the call that hangs is there
}

// example is the repository of the demo, built once for all scripts, and the ids
// of its commits.
type example struct{ dir, base, first, head string }

func newExample(t *testing.T) example {
	t.Helper()
	e := example{dir: filepath.Join(t.TempDir(), "session")}
	if err := buildDemo(t.Context(), e.dir); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("git", "-C", e.dir, "rev-parse", "main", "expire-tokens^", "expire-tokens").Output()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := fmt.Sscan(string(out), &e.base, &e.first, &e.head); err != nil {
		t.Fatal(err)
	}
	return e
}

// scriptCommands are what scripts can do beside running mergebrief.
//
//	github FIXTURE        start GitHub and the artifact service; FIXTURE is the
//	                      state of GitHub, in which $NAME stands for the
//	                      variable; set the variables of a runner
//	demo DIR              make the repository that mergebrief demo makes, and set
//	                      BASE, FIRST and HEAD to the ids of its commits
//	rev VAR REVISION      set a variable to the id of a commit of the folder repo
//	rev-in DIR VAR REV    likewise, of another folder
//	event NAME FILE       the event that started the run, likewise
//	now VAR               set a variable to the time now
//	run ID                become the workflow run of that id
//	forget SHA            GitHub has lost the checks of a commit
//	merged SHA BASE       grace merges the first pull request as a commit onto BASE
//	head SHA              the head of the first pull request moves on
//	edit comment OLD NEW  somebody edits the first comment: a regular expression
//	fail NAME STATUS [N]  answer N coming calls (1) of a name with a status
//	hole NAME PATH        of the next answer of a name, GraphQL loses the value at a path
//	meet NAME             let the next two calls of a name wait for one another
//	hang NAME             let the next call of a name wait until it is given up
//	hanging               wait until that call is there
//	kept RUN              GitHub lists the artifacts that were uploaded, as of a run
//	seen KIND             print what GitHub holds: comments, checks, calls,
//	                      artifacts (names and files), receipts (texts of checks)
func (p *peers) scriptCommands() map[string]func(*testscript.TestScript, bool, []string) {
	return map[string]func(*testscript.TestScript, bool, []string){
		"github": p.start, "event": p.event, "run": run, "now": now, "head": p.head, "merged": p.merged, "forget": p.forget, "edit": p.edit, "fail": p.fail, "hole": p.hole, "meet": p.meet, "hang": p.hang, "hanging": p.awaitHanging,
		"seen": p.seen, "kept": p.kept, "demo": p.demo, "rev": rev, "rev-in": revIn, "place": place, "lines": lines, "workflow": workflow,
	}
}

func (p *peers) get(ts *testscript.TestScript) *peer {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.of[ts.Getenv("WORK")]
}

// expanded is the content of a file with the script's variables in it.
func expanded(ts *testscript.TestScript, file string) string {
	return os.Expand(ts.ReadFile(file), ts.Getenv)
}

func (p *peers) start(ts *testscript.TestScript, _ bool, args []string) {
	work := ts.Getenv("WORK")
	fixture := filepath.Join(work, "github-state.json")
	ts.Check(os.WriteFile(fixture, []byte(expanded(ts, args[0])), 0o644))
	state, err := ghtest.Fixture(fixture)
	ts.Check(err)
	results, err := resultstest.Listen("127.0.0.1:0")
	ts.Check(err)
	ts.Defer(func() { results.Close() })
	me := &peer{ghtest.New(p.t, state), results, make(chan struct{})}
	p.mu.Lock()
	p.of[work] = me
	p.mu.Unlock()
	ts.Check(os.MkdirAll(filepath.Join(work, "temp"), 0o755))
	for name, value := range map[string]string{
		"GITHUB_API_URL": me.github.URL(), "GITHUB_GRAPHQL_URL": me.github.GraphQLURL(), "GITHUB_SERVER_URL": "https://github.com",
		"GITHUB_REPOSITORY": state.Repository.Owner + "/" + state.Repository.Name, "GITHUB_WORKSPACE": filepath.Join(work, "repo"),
		"GITHUB_RUN_ID": "99", "GITHUB_RUN_ATTEMPT": "1", "GITHUB_WORKFLOW": "CI", "GITHUB_JOB": "mergebrief", "GITHUB_ACTOR": "ada",
		"GITHUB_OUTPUT": filepath.Join(work, "output"), "GITHUB_STEP_SUMMARY": filepath.Join(work, "summary.md"),
		"RUNNER_TEMP": filepath.Join(work, "temp"), "RUNNER_ENVIRONMENT": "github-hosted", "INPUT_GITHUB-TOKEN": state.Token,
		"ACTIONS_RESULTS_URL": results.URL, "ACTIONS_RUNTIME_TOKEN": resultstest.Token("99", "1"),
	} {
		ts.Setenv(name, value)
	}
}

func (p *peers) demo(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(os.CopyFS(ts.MkAbs(args[0]), os.DirFS(p.example.dir)))
	ts.Setenv("BASE", p.example.base)
	ts.Setenv("FIRST", p.example.first)
	ts.Setenv("HEAD", p.example.head)
}

func rev(ts *testscript.TestScript, neg bool, args []string) {
	revIn(ts, neg, append([]string{"repo"}, args...))
}

func revIn(ts *testscript.TestScript, _ bool, args []string) {
	out, err := exec.Command("git", "-C", filepath.Join(ts.Getenv("WORK"), args[0]), "rev-parse", "--verify", args[2]).Output()
	ts.Check(err)
	ts.Setenv(args[1], strings.TrimSpace(string(out)))
}

func now(ts *testscript.TestScript, _ bool, args []string) {
	ts.Setenv(args[0], time.Now().UTC().Format(time.RFC3339))
}

func (p *peers) head(ts *testscript.TestScript, _ bool, args []string) {
	p.get(ts).github.With(func(s *ghtest.State) {
		pull := s.Pulls[0]
		pull.Head.SHA, pull.Commits = args[0], append(pull.Commits, args[0])
	})
}

func (p *peers) merged(ts *testscript.TestScript, _ bool, args []string) {
	const at = "2026-11-02T12:00:00Z"
	p.get(ts).github.With(func(s *ghtest.State) {
		pull := s.Pulls[0]
		pull.State, pull.MergedAt, pull.ClosedAt, pull.MergedBy, pull.MergeCommit = "MERGED", at, at, &ghtest.Account{Login: "grace"}, args[0]
		s.Commits = append(s.Commits, &ghtest.Commit{SHA: args[0], Message: "merged (#7)", At: at, Parents: []string{args[1]}})
	})
}

func (p *peers) forget(ts *testscript.TestScript, _ bool, args []string) {
	p.get(ts).github.With(func(s *ghtest.State) {
		s.Checks = slices.DeleteFunc(s.Checks, func(c *ghtest.Check) bool { return c.HeadSHA == args[0] })
	})
}

func (p *peers) edit(ts *testscript.TestScript, _ bool, args []string) {
	old, err := regexp.Compile("(?m)" + args[1])
	ts.Check(err)
	p.get(ts).github.With(func(s *ghtest.State) {
		c := s.Comments[0]
		at := old.FindStringIndex(c.Body)
		if at == nil {
			ts.Fatalf("the comment has no %s", args[1])
		}
		c.Body = c.Body[:at[0]] + strings.ReplaceAll(args[2], `\n`, "\n") + c.Body[at[1]:]
	})
}

func run(ts *testscript.TestScript, _ bool, args []string) {
	ts.Setenv("GITHUB_RUN_ID", args[0])
	ts.Setenv("ACTIONS_RUNTIME_TOKEN", resultstest.Token(args[0], "1"))
}

func (p *peers) event(ts *testscript.TestScript, _ bool, args []string) {
	path := filepath.Join(ts.Getenv("WORK"), "event.json")
	ts.Check(os.WriteFile(path, []byte(expanded(ts, args[1])), 0o644))
	ts.Setenv("GITHUB_EVENT_NAME", args[0])
	ts.Setenv("GITHUB_EVENT_PATH", path)
}

func (p *peers) fail(ts *testscript.TestScript, _ bool, args []string) {
	f := ghtest.Fault{Name: args[0], Times: times(ts, args)}
	_, err := fmt.Sscan(args[1], &f.Status)
	ts.Check(err)
	p.get(ts).github.Fail(f)
}

func (p *peers) hole(ts *testscript.TestScript, _ bool, args []string) {
	p.get(ts).github.Fail(ghtest.Fault{Name: args[0], Hole: args[1]})
}

func (p *peers) meet(ts *testscript.TestScript, _ bool, args []string) {
	met := make(chan struct{})
	p.get(ts).github.Fail(ghtest.Fault{Name: args[0], Times: 2, Until: func(ctx context.Context) {
		select {
		case met <- struct{}{}:
		case <-met:
		case <-ctx.Done():
		}
	}})
}

func (p *peers) hang(ts *testscript.TestScript, _ bool, args []string) {
	me := p.get(ts)
	me.github.Fail(ghtest.Fault{Name: args[0], Until: func(ctx context.Context) {
		close(me.hanging)
		<-ctx.Done()
	}})
}

func (p *peers) awaitHanging(ts *testscript.TestScript, _ bool, _ []string) {
	select {
	case <-p.get(ts).hanging:
	case <-time.After(maxWait):
		ts.Fatalf("no call hangs")
	}
}

// times is the optional third argument of a fault.
func times(ts *testscript.TestScript, args []string) int {
	n := 1
	if len(args) > 2 {
		_, err := fmt.Sscan(args[2], &n)
		ts.Check(err)
	}
	return n
}

func (p *peers) seen(ts *testscript.TestScript, _ bool, args []string) {
	var b strings.Builder
	me := p.get(ts)
	switch args[0] {
	case "comments":
		me.github.With(func(s *ghtest.State) {
			for _, c := range s.Comments {
				fmt.Fprintf(&b, "comment on #%d, minimized %v:\n%s\n", c.Pull, c.Minimized, c.Body)
			}
		})
	case "checks":
		me.github.With(func(s *ghtest.State) {
			for _, c := range s.Checks {
				fmt.Fprintf(&b, "check %q on %s: %s: %s\n%s\n", c.Name, c.HeadSHA, c.Conclusion, c.Title, c.Summary)
				for _, a := range c.Annotations {
					fmt.Fprintf(&b, "annotation %s:%d %s %s\n", a.Path, a.Start, a.Level, a.Message)
				}
			}
		})
	case "receipts":
		me.github.With(func(s *ghtest.State) {
			for _, c := range s.Checks {
				b.WriteString(c.Text + "\n")
			}
		})
	case "calls":
		b.WriteString(strings.Join(me.github.Names(), "\n") + "\n")
	case "artifacts":
		ts.Check(listArtifacts(me.results, &b))
	default:
		ts.Fatalf("seen: unknown %q", args[0])
	}
	_, err := io.WriteString(ts.Stdout(), b.String())
	ts.Check(err)
}

// kept puts what was uploaded to the artifact service among the artifacts that
// GitHub lists, as artifacts of a run of the state.
func (p *peers) kept(ts *testscript.TestScript, _ bool, args []string) {
	me := p.get(ts)
	run, err := strconv.ParseInt(args[0], 10, 64)
	ts.Check(err)
	for _, a := range me.results.Artifacts() {
		data, err := me.results.Content(context.Background(), a.ID)
		ts.Check(err)
		me.github.With(func(s *ghtest.State) {
			if !slices.ContainsFunc(s.Artifacts, func(x *ghtest.Artifact) bool { return x.ID == a.ID }) {
				s.Artifacts = append([]*ghtest.Artifact{{ID: a.ID, Name: a.Name, Run: run, Zip: data}}, s.Artifacts...)
			}
		})
	}
}

func listArtifacts(s *resultstest.Server, b *strings.Builder) error {
	for _, a := range s.Artifacts() {
		data, err := s.Content(context.Background(), a.ID)
		if err != nil {
			return err
		}
		z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			return err
		}
		var names []string
		for _, f := range z.File {
			names = append(names, f.Name)
		}
		slices.Sort(names)
		fmt.Fprintf(b, "artifact %s: %s\n", a.Name, strings.Join(names, " "))
	}
	return nil
}
