package action

import (
	"fmt"
	"io"
	"path"
	"strings"

	"github.com/sethvargo/go-githubactions"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// Environment is what the runner says about the run, in its variables.
type Environment struct {
	// Folders of the repository and for temporary files.
	Workspace, Temp string
	// The same folders as the host of the container knows them; "" when that
	// cannot be told.
	HostWorkspace, HostTemp string
	// The repository in which the workflow runs.
	Repository evidence.Repository
	// Addresses of the API.
	APIURL, GraphQLURL string

	RunID   int64
	Attempt int
	// Workflow by name and by file and ref; id of the job in the workflow.
	Workflow, WorkflowRef, Job string
	// Logins of who started the workflow and of who started this attempt.
	Actor, TriggeringActor string
	// Name of the event, and path of its payload.
	EventName, EventPath string
	// What the workflow runs on. For pull requests this is a merge of base and
	// head, never the head itself; see [Event].
	SHA, Ref, BaseRef, HeadRef string

	// Name of the runner; "github-hosted" or "self-hosted".
	RunnerName, RunnerEnvironment string
	// Debug logging was asked for.
	Debug bool

	// Access to the service that stores artifacts; "" outside of an action.
	RuntimeToken, ResultsURL string
	// Longest time that the repository allows artifacts to be kept; 0 when not
	// known.
	RetentionDays int
	// Files for outputs and the summary of the job; "" when there are none.
	OutputPath, SummaryPath string
}

// ReadEnvironment reads the environment through getenv. The error names every
// variable that is missing, or those that hold no number.
func ReadEnvironment(getenv func(string) string) (Environment, error) {
	if err := present(getenv, "GITHUB_WORKSPACE", "GITHUB_REPOSITORY", "GITHUB_EVENT_NAME", "GITHUB_EVENT_PATH"); err != nil {
		return Environment{}, err
	}
	// Context would read the event as well, and fail with it; see [ParseEvent].
	c, err := githubactions.New(githubactions.WithGetenv(func(name string) string {
		if name == "GITHUB_EVENT_PATH" {
			return ""
		}
		return getenv(name)
	})).Context()
	if err != nil {
		return Environment{}, fmt.Errorf("variables of the runner: %w", err)
	}
	owner, name := c.Repo()
	if owner == "" || name == "" || strings.Contains(name, "/") {
		return Environment{}, fmt.Errorf("GITHUB_REPOSITORY is %q, want owner/name", shorten(c.Repository))
	}
	e := Environment{
		Workspace: path.Clean(c.Workspace), Temp: getenv("RUNNER_TEMP"),
		Repository: evidence.Repository{Server: strings.TrimRight(c.ServerURL, "/"), Owner: owner, Name: name},
		APIURL:     strings.TrimRight(c.APIURL, "/"), GraphQLURL: strings.TrimRight(c.GraphqlURL, "/"),
		RunID: c.RunID, Attempt: int(c.RunAttempt),
		Workflow: c.Workflow, WorkflowRef: getenv("GITHUB_WORKFLOW_REF"), Job: c.Job,
		Actor: c.Actor, TriggeringActor: c.TriggeringActor,
		EventName: c.EventName, EventPath: getenv("GITHUB_EVENT_PATH"),
		SHA: c.SHA, Ref: c.Ref, BaseRef: c.BaseRef, HeadRef: c.HeadRef,
		RunnerName: getenv("RUNNER_NAME"), RunnerEnvironment: getenv("RUNNER_ENVIRONMENT"),
		Debug:        getenv("RUNNER_DEBUG") == "1",
		RuntimeToken: getenv("ACTIONS_RUNTIME_TOKEN"), ResultsURL: getenv("ACTIONS_RESULTS_URL"),
		RetentionDays: int(c.RetentionDays),
		OutputPath:    getenv("GITHUB_OUTPUT"), SummaryPath: c.StepSummary,
	}
	e.HostWorkspace, e.HostTemp = hostFolders(getenv("RUNNER_WORKSPACE"), name)
	return e, nil
}

func present(getenv func(string) string, names ...string) error {
	var missing []string
	for _, name := range names {
		if getenv(name) == "" {
			missing = append(missing, name)
		}
	}
	if missing == nil {
		return nil
	}
	return fmt.Errorf("not in a workflow: %s not set; outside of one, use mergebrief report", strings.Join(missing, ", "))
}

// hostFolders derives the host's folders from RUNNER_WORKSPACE, the only path
// that is not translated for the container: the workspace is the folder in it
// with the repository's name, the temporary folder is beside it.
func hostFolders(runnerWorkspace, repository string) (workspace, temp string) {
	if !path.IsAbs(runnerWorkspace) {
		return "", ""
	}
	return path.Join(runnerWorkspace, repository), path.Join(path.Dir(path.Clean(runnerWorkspace)), "_temp")
}

// Run describes the workflow run for the record.
func (e Environment) Run() evidence.WorkflowRun {
	return evidence.WorkflowRun{
		Origin: evidence.Origin{Basis: evidence.Observed, Source: "runner"},
		Event:  e.EventName, Workflow: e.Workflow, Job: e.Job, RunID: e.RunID, Attempt: e.Attempt,
		URL: e.RunURL(), Actor: e.Actor, Runner: evidence.RunnerKind(e.RunnerEnvironment),
	}
}

// RunURL returns the address of the page of this attempt, or "".
func (e Environment) RunURL() string {
	switch {
	case e.RunID == 0:
		return ""
	case e.Attempt > 1:
		return fmt.Sprintf("%s/actions/runs/%d/attempts/%d", e.Repository.URL(), e.RunID, e.Attempt)
	}
	return fmt.Sprintf("%s/actions/runs/%d", e.Repository.URL(), e.RunID)
}

// Summary returns the writer for the summary of the job, nil when the runner
// offers none.
func (e Environment) Summary() io.Writer { return commandFile(e.SummaryPath) }

// Outputs returns the writer for the outputs, nil when the runner offers none.
func (e Environment) Outputs() io.Writer { return commandFile(e.OutputPath) }

func commandFile(path string) io.Writer {
	if path == "" {
		return nil
	}
	return CommandFile(path)
}
