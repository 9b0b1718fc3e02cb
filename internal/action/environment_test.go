package action

import (
	"errors"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// container are the variables of a container action, as the runner translates
// them.
func container() map[string]string {
	return map[string]string{
		"GITHUB_WORKSPACE": "/github/workspace", "GITHUB_REPOSITORY": "octo/hello", "GITHUB_EVENT_NAME": "pull_request",
		"GITHUB_EVENT_PATH": "/github/workflow/event.json", "GITHUB_API_URL": "https://api.github.com",
		"GITHUB_GRAPHQL_URL": "https://api.github.com/graphql", "GITHUB_SERVER_URL": "https://github.com",
		"GITHUB_RUN_ID": "1000", "GITHUB_RUN_ATTEMPT": "2", "GITHUB_WORKFLOW": "ci", "GITHUB_JOB": "test",
		"GITHUB_WORKFLOW_REF": "octo/hello/.github/workflows/ci.yml@refs/pull/7/merge",
		"GITHUB_ACTOR":        "octocat", "GITHUB_TRIGGERING_ACTOR": "hubot", "GITHUB_SHA": idA, "GITHUB_REF": "refs/pull/7/merge",
		"GITHUB_BASE_REF": "main", "GITHUB_HEAD_REF": "feature", "GITHUB_RETENTION_DAYS": "90", "GITHUB_REF_PROTECTED": "false",
		"GITHUB_OUTPUT": "/github/file_commands/set_output_x", "GITHUB_STEP_SUMMARY": "/github/file_commands/step_summary_x",
		"RUNNER_TEMP": "/github/runner_temp", "RUNNER_WORKSPACE": "/home/runner/work/hello", "RUNNER_NAME": "GitHub Actions 1",
		"RUNNER_ENVIRONMENT": "github-hosted", "RUNNER_DEBUG": "1",
		"ACTIONS_RUNTIME_TOKEN": "a.b.c", "ACTIONS_RESULTS_URL": "https://results.example/",
	}
}

func TestReadEnvironment(t *testing.T) {
	got, err := ReadEnvironment(variables(container()))
	if err != nil {
		t.Fatal(err)
	}
	want := Environment{
		Workspace: "/github/workspace", Temp: "/github/runner_temp",
		HostWorkspace: "/home/runner/work/hello/hello", HostTemp: "/home/runner/work/_temp",
		Repository: evidence.Repository{Server: "https://github.com", Owner: "octo", Name: "hello"},
		APIURL:     "https://api.github.com", GraphQLURL: "https://api.github.com/graphql",
		RunID: 1000, Attempt: 2, Workflow: "ci", WorkflowRef: "octo/hello/.github/workflows/ci.yml@refs/pull/7/merge", Job: "test",
		Actor: "octocat", TriggeringActor: "hubot", EventName: "pull_request", EventPath: "/github/workflow/event.json",
		SHA: idA, Ref: "refs/pull/7/merge", BaseRef: "main", HeadRef: "feature",
		RunnerName: "GitHub Actions 1", RunnerEnvironment: "github-hosted", Debug: true,
		RuntimeToken: "a.b.c", ResultsURL: "https://results.example/", RetentionDays: 90,
		OutputPath: "/github/file_commands/set_output_x", SummaryPath: "/github/file_commands/step_summary_x",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("environment (-want +got):\n%s", diff)
	}
	if got, want := got.RunURL(), "https://github.com/octo/hello/actions/runs/1000/attempts/2"; got != want {
		t.Errorf("run URL %q, want %q", got, want)
	}
	run := evidence.WorkflowRun{
		Origin: evidence.Origin{Basis: evidence.Observed, Source: "runner"}, Event: "pull_request", Workflow: "ci", Job: "test",
		RunID: 1000, Attempt: 2, URL: got.RunURL(), Actor: "octocat", Runner: evidence.RunnerGitHub,
	}
	if diff := cmp.Diff(run, got.Run()); diff != "" {
		t.Errorf("run (-want +got):\n%s", diff)
	}
}

func TestReadEnvironmentErrors(t *testing.T) {
	tests := map[string]struct {
		set  map[string]string
		want string
	}{
		"on a desk":       {map[string]string{"GITHUB_WORKSPACE": "", "GITHUB_EVENT_PATH": ""}, "not in a workflow: GITHUB_WORKSPACE, GITHUB_EVENT_PATH not set; outside of one, use mergebrief report"},
		"run is no id":    {map[string]string{"GITHUB_RUN_ID": "x"}, `variables of the runner: strconv.ParseInt: parsing "x"`},
		"no owner":        {map[string]string{"GITHUB_REPOSITORY": "hello"}, `GITHUB_REPOSITORY is "hello", want owner/name`},
		"three parts":     {map[string]string{"GITHUB_REPOSITORY": "a/b/c"}, "want owner/name"},
		"owner, no name":  {map[string]string{"GITHUB_REPOSITORY": "a/"}, "want owner/name"},
		"name, not owner": {map[string]string{"GITHUB_REPOSITORY": "/b"}, "want owner/name"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			vars := container()
			maps.Copy(vars, tt.set)
			_, err := ReadEnvironment(variables(vars))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want %q in it", err, tt.want)
			}
		})
	}
}

func TestPlace(t *testing.T) {
	e, err := ReadEnvironment(variables(container()))
	if err != nil {
		t.Fatal(err)
	}
	exists := func(p string) bool {
		return p == "/github/workspace/build" || p == "/github/workspace/build/reports" || p == "/github/workspace/passwd"
	}
	in, temp := "/github/workspace", "/github/runner_temp"
	tests := map[string]struct {
		glob string
		want Place
		err  string
	}{
		"relative":                      {"build/**/*.xml", Place{Root: in, Glob: "build/**/*.xml"}, ""},
		"relative with dots":            {"./build//a/./x.xml", Place{Root: in, Glob: "build/a/x.xml"}, ""},
		"folder":                        {"build/", Place{Root: in, Glob: "build/**"}, ""},
		"braces with a slash":           {"{a/b,c}/x.xml", Place{Root: in, Glob: "{a/b,c}/x.xml"}, ""},
		"container's workspace":         {"/github/workspace/x.xml", Place{Root: in, Glob: "x.xml"}, ""},
		"the workspace itself":          {"/github/workspace", Place{Root: in, Glob: "**"}, ""},
		"container's temporary":         {"/github/runner_temp/run.json", Place{Root: temp, Glob: "run.json"}, ""},
		"host's workspace":              {"/home/runner/work/hello/hello/a/*.xml", Place{Root: in, Glob: "a/*.xml"}, ""},
		"host's temporary":              {"/home/runner/work/_temp/run.json", Place{Root: temp, Glob: "run.json"}, ""},
		"other host, tail exists":       {"/agent/7/build/reports/*.xml", Place{Root: in, Glob: "build/reports/*.xml"}, ""},
		"other host, longest tail":      {"/srv/build/reports/x/y.xml", Place{}, "neither in the workspace nor"},
		"other host, folder":            {"/srv/build", Place{Root: in, Glob: "build"}, ""},
		"name begins like workspace":    {"/github/workspace2/x.xml", Place{}, "neither in the workspace nor"},
		"wildcard first":                {"/*/passwd", Place{}, "neither in the workspace nor"},
		"the tail, not the real file":   {"/etc/passwd", Place{Root: in, Glob: "passwd"}, ""},
		"up and out":                    {"../x.xml", Place{}, `"../x.xml" leads out of the workspace`},
		"up and out, inside braces":     {"{a,b}/../../x", Place{}, "leads out of the workspace"},
		"up and out, from the host":     {"/home/runner/work/hello/hello/../x", Place{}, "leads out of the workspace"},
		"up and out, as an alternative": {"{..,a}/x", Place{}, "leads out of the workspace"},
		"up and out, as the last one":   {"a/{b,../..}/x", Place{}, "leads out of the workspace"},
		"up and out, escaped":           {`\.\./x`, Place{}, "leads out of the workspace"},
		"dots in a name are no way up":  {"a..b/x..xml", Place{Root: in, Glob: "a..b/x..xml"}, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := e.Place(tt.glob, exists)
			if tt.err != "" {
				if err == nil || !strings.Contains(err.Error(), tt.err) {
					t.Errorf("error %v, want %q in it", err, tt.err)
				}
				if _, ok := errors.AsType[*evidence.Problem](err); !ok {
					t.Errorf("error %v has no reason", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("place (-want +got):\n%s", diff)
			}
		})
	}
}

func TestCommandFiles(t *testing.T) {
	var none Environment
	if none.Summary() != nil || none.Outputs() != nil {
		t.Error("a runner without files has writers")
	}
	file := filepath.Join(t.TempDir(), "summary")
	w := Environment{SummaryPath: file}.Summary()
	for _, text := range []string{"one\n", "two\n"} {
		if _, err := w.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff("one\ntwo\n", string(must(os.ReadFile(file)))); diff != "" {
		t.Errorf("file (-want +got):\n%s", diff)
	}
	if _, err := CommandFile(filepath.Join(file, "x")).Write(nil); err == nil {
		t.Error("a file under a file could be written")
	}
}
