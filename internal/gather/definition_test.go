package gather

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/ghapi"
	"github.com/mergebrief/mergebrief/internal/git"
)

// workflows is a repository with a base and changes of it.
type workflows struct {
	dir  string
	repo *git.Repo
	base string
}

func newWorkflows(t *testing.T) workflows {
	t.Helper()
	w := workflows{dir: t.TempDir()}
	w.git(t, "init", "-q")
	if err := os.Symlink("tools/setup", filepath.Join(w.dir, "linked")); err != nil {
		t.Fatal(err)
	}
	w.base = w.commit(t, map[string]string{
		".github/workflows/ci.yml":        "jobs:\n  test:\n    uses: ./.github/workflows/shared.yml\n",
		".github/workflows/shared.yml":    "jobs:\n  test:\n    steps:\n      - uses: actions/checkout@v5\n      - \"uses\": './.github/actions/test'\n      - {uses: ./, with: {a: b}}\n",
		".github/actions/test/action.yml": "runs:\n  steps:\n    - uses: ./tools/setup/\n    - uses: ./nowhere\n    - uses: ./../outside\n",
		".github/actions/test/run.js":     "1\n", "tools/setup/action.yaml": "runs: {}\n", "action.yml": "runs: {}\n",
		".github/workflows/lint.yml": "jobs: {lint: {}}\n", ".github/workflows/link.yml": "uses: ./linked\n", ".github/workflows/round.yml": "uses: ./.github/workflows/round.yml\n", "Makefile": "test:\n", "src/a.go": "package a\n",
	})
	repo, err := git.Open(t.Context(), w.dir, git.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { repo.Close() })
	w.repo = repo
	return w
}

func (w workflows) git(t *testing.T, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "git", args...)
	cmd.Dir = w.dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=maintenance.auto", "GIT_CONFIG_VALUE_0=false",
		"GIT_AUTHOR_NAME=Ada", "GIT_AUTHOR_EMAIL=ada@example.com", "GIT_COMMITTER_NAME=Ada", "GIT_COMMITTER_EMAIL=ada@example.com")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("git %v: %v: %s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

// commit writes files, or removes those without content, on top of what is there.
func (w workflows) commit(t *testing.T, files map[string]string) string {
	t.Helper()
	for name, text := range files {
		path := filepath.Join(w.dir, name)
		if text == "" {
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	w.git(t, "add", "-A")
	w.git(t, "commit", "-qm", "x")
	return w.git(t, "rev-parse", "HEAD")
}

// change returns a commit on top of the base.
func (w workflows) change(t *testing.T, files map[string]string) string {
	t.Helper()
	w.git(t, "checkout", "-qf", "--detach", w.base)
	return w.commit(t, files)
}

// makersOf are those of a head about which GitHub knows nothing else.
func (w workflows) makersOf(head string) *makers {
	s := &ghapi.Snapshot{Repository: "octo/shop"}
	s.Pull.Number, s.Pull.HeadRefOid, s.Pull.BaseRefName, s.Pull.Author = 7, head, "main", &ghapi.Account{Login: "mona", Type: "User"}
	s.Pull.Tip.Nodes = append(s.Pull.Tip.Nodes, &struct{ Commit ghapi.Commit }{ghapi.Commit{Oid: head}})
	return Pull{Snapshot: s, Repo: w.repo}.makers(evidence.Target{Base: w.base, MergeBase: w.base, Head: head})
}

func job(event, path, repository string) *ghapi.Check {
	c := &ghapi.Check{Type: "CheckRun", Permalink: "https://github.com/octo/shop/actions/runs/1/job/2", CheckSuite: &ghapi.CheckSuite{App: &ghapi.App{Slug: actionsSlug}}}
	c.CheckSuite.WorkflowRun = &ghapi.WorkflowRun{Event: event, File: &ghapi.WorkflowFile{Path: path, RepositoryName: repository}}
	return c
}

const ci = ".github/workflows/ci.yml"

// A job is the change's own when the change adds or edits its workflow, or anything
// of the repository that the workflow uses, however it does that.
func TestThreatOwnWorkflow(t *testing.T) {
	t.Parallel()
	w := newWorkflows(t)
	tests := map[string]struct {
		change map[string]string
		path   string
		want   evidence.Definition
	}{
		"other files":               {map[string]string{"src/a.go": "package b\n", "Makefile": "test: lint\n"}, ci, evidence.Definition{State: evidence.DefinitionUnchanged}},
		"another workflow":          {map[string]string{".github/workflows/lint.yml": "jobs: {}\n"}, ci, evidence.Definition{State: evidence.DefinitionUnchanged}},
		"edited":                    {map[string]string{ci: "jobs: {}\n"}, ci, changedBy(ci)},
		"added":                     {map[string]string{".github/workflows/new.yml": "jobs: {}\n"}, ".github/workflows/new.yml", changedBy(".github/workflows/new.yml")},
		"moved here":                {map[string]string{".github/workflows/lint.yml": "", ".github/workflows/new.yml": "jobs: {lint: {}}\n"}, ".github/workflows/new.yml", changedBy(".github/workflows/new.yml")},
		"workflow that it uses":     {map[string]string{".github/workflows/shared.yml": "jobs: {}\n"}, ci, changedBy(".github/workflows/shared.yml")},
		"action that it uses":       {map[string]string{".github/actions/test/action.yml": "runs: {}\n"}, ci, changedBy(".github/actions/test/action.yml")},
		"what the action runs":      {map[string]string{".github/actions/test/run.js": "2\n", ".github/actions/test/more.js": "3\n"}, ci, changedBy(".github/actions/test/more.js", ".github/actions/test/run.js")},
		"action of the action":      {map[string]string{"tools/setup/action.yaml": "runs: {a: b}\n"}, ci, changedBy("tools/setup/action.yaml")},
		"action at the root":        {map[string]string{"action.yml": "runs: {a: b}\n"}, ci, changedBy("action.yml")},
		"action that was not there": {map[string]string{"nowhere/action.yml": "runs: {a: b}\n"}, ci, changedBy("nowhere/action.yml")},
		"uses itself":               {map[string]string{"src/a.go": "package b\n"}, ".github/workflows/round.yml", evidence.Definition{State: evidence.DefinitionUnchanged}},
		"link that it uses":         {map[string]string{"src/a.go": "package b\n"}, ".github/workflows/link.yml", evidence.Definition{State: evidence.DefinitionUnknown}},
		"no file of the repository": {map[string]string{"src/a.go": "package b\n"}, "dynamic/github-code-scanning/codeql", evidence.Definition{State: evidence.DefinitionUnchanged}},
	}
	for name, tt := range tests {
		tt.want.Path = tt.path
		got := w.makersOf(w.change(t, tt.change)).of(t.Context(), job("pull_request", tt.path, "octo/shop"))
		if diff := cmp.Diff(&tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func changedBy(files ...string) evidence.Definition {
	return evidence.Definition{State: evidence.DefinitionChanged, Files: files}
}

// Who made a check is not what its name or its suite says.
func TestThreatForeignChecks(t *testing.T) {
	t.Parallel()
	w := newWorkflows(t)
	head := w.change(t, map[string]string{ci: "jobs: {}\n"})
	harmless := w.change(t, map[string]string{"src/a.go": "package b\n"})
	made := job("pull_request", ci, "octo/shop")
	made.Permalink = "https://github.com/octo/shop/runs/5"
	status := func(login string) *ghapi.Check {
		return &ghapi.Check{Type: "StatusContext", Context: "unit tests", Creator: &ghapi.Account{Login: login}}
	}
	other := &ghapi.Check{Type: "CheckRun", CheckSuite: &ghapi.CheckSuite{App: &ghapi.App{Slug: "acme"}}}
	nowhere := job("pull_request", ci, "octo/shop")
	nowhere.CheckSuite.WorkflowRun.File = nil
	tests := map[string]struct {
		head  string
		check *ghapi.Check
		want  *evidence.Definition
	}{
		"of another app":                         {head, other, nil},
		"as the base branch has it":              {head, job("pull_request_target", ci, "octo/shop"), &evidence.Definition{State: evidence.DefinitionElsewhere, Path: ci}},
		"of another repository":                  {head, job("pull_request", ci, "octo/rules"), &evidence.Definition{State: evidence.DefinitionElsewhere, Path: ci, Repository: "octo/rules"}},
		"of the repository, by its name alone":   {head, job("push", ci, "shop"), &evidence.Definition{State: evidence.DefinitionChanged, Path: ci, Files: []string{ci}}},
		"no path":                                {head, nowhere, &evidence.Definition{State: evidence.DefinitionUnknown}},
		"made by a request, workflows changed":   {head, made, &evidence.Definition{State: evidence.DefinitionUnknown}},
		"made by a request, no workflow changed": {harmless, made, &evidence.Definition{State: evidence.DefinitionUnchanged}},
		"status of a workflow":                   {head, status(actionsSlug), &evidence.Definition{State: evidence.DefinitionUnknown}},
		"status of the author":                   {harmless, status("Mona"), &evidence.Definition{State: evidence.DefinitionAuthor, By: "Mona"}},
		"status of another":                      {head, status("jenkins"), nil},
	}
	for name, tt := range tests {
		if diff := cmp.Diff(tt.want, w.makersOf(tt.head).of(t.Context(), tt.check)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	unknown := &evidence.Definition{State: evidence.DefinitionUnknown, Path: ci}
	m := w.makersOf(harmless)
	m.pull.Repo = nil
	if diff := cmp.Diff(unknown, m.of(t.Context(), job("pull_request", ci, "octo/shop"))); diff != "" {
		t.Errorf("without a repository (-want +got):\n%s", diff)
	}
	// There may be more pull requests with this head than GitHub told of.
	m = w.makersOf(harmless)
	m.pull.Snapshot.Pull.Tip.Nodes[0].Commit.AssociatedPullRequests.TotalCount = 21
	if diff := cmp.Diff(unknown, m.of(t.Context(), job("pull_request", ci, "octo/shop"))); diff != "" {
		t.Errorf("of nobody knows which pull request (-want +got):\n%s", diff)
	}
	// Another pull request merges the same head into another branch.
	m = w.makersOf(harmless)
	tip := &m.pull.Snapshot.Pull.Tip.Nodes[0].Commit.AssociatedPullRequests
	tip.Nodes = append(tip.Nodes, &struct {
		Number                         int
		State, HeadRefOid, BaseRefName string
	}{8, "CLOSED", harmless, "evil"})
	if diff := cmp.Diff(unknown, m.of(t.Context(), job("pull_request", ci, "octo/shop"))); diff != "" {
		t.Errorf("of another pull request (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(unknown, m.of(t.Context(), job("pull_request_target", ci, "octo/shop"))); diff != "" {
		t.Errorf("of the base of another pull request (-want +got):\n%s", diff)
	}
}
