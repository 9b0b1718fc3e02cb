package action

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/rhysd/actionlint"
)

// workflow is the part of a workflow that says how it uses an action.
type workflow struct {
	Jobs map[string]struct {
		Steps []struct {
			ID   string
			Uses string
			With map[string]any
		}
	}
}

// workflows returns our own workflows, the examples, and every workflow and list of
// steps in the documentation, by file and number.
func workflows(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, pattern := range []string{"../../.github/workflows/*.yml", "../../docs/workflows/*.yml", "../../README.md", "../../docs/*.md", "../../docs/*/*.md"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if filepath.Ext(file) != ".md" {
				found[file] = string(data)
				continue
			}
			for i, block := range fence.FindAllStringSubmatch(string(data), -1) {
				if strings.Contains(block[1], "\njobs:") {
					found[file+" block "+count(i+1)] = block[1]
				} else if strings.HasPrefix(block[1], "- ") {
					found[file+" block "+count(i+1)] = jobOf(block[1])
				}
			}
		}
	}
	return found
}

// jobOf makes a workflow of steps. What they refer to stands before them on the
// page, or in words.
func jobOf(steps string) string {
	var b strings.Builder
	b.WriteString("on: pull_request\njobs:\n  example:\n    runs-on: ubuntu-latest\n    steps:\n")
	for _, id := range reference.FindAllStringSubmatch(steps, -1) {
		b.WriteString("      - {id: " + id[1] + ", uses: example/agent@v1}\n")
	}
	for line := range strings.Lines(steps) {
		b.WriteString("      " + line)
	}
	return b.String()
}

var reference = regexp.MustCompile(`\bsteps\.([\w-]+)\.outputs`)

var fence = regexp.MustCompile("(?s)\n```ya?ml\n(.*?)```")

// What the documentation shows to copy is a workflow that works.
func TestWorkflowsLint(t *testing.T) {
	all := workflows(t)
	if len(all) < 5 {
		t.Fatalf("only %d workflows were found", len(all))
	}
	for name, text := range all {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			// Without shellcheck and pyflakes, which need not be installed.
			linter, err := actionlint.NewLinter(&out, &actionlint.LinterOptions{})
			if err != nil {
				t.Fatal(err)
			}
			project, err := actionlint.NewProjects().At("../..")
			if err != nil {
				t.Fatal(err)
			}
			if _, err := linter.Lint(name, []byte(text), project); err != nil {
				t.Fatal(err)
			}
			if out.Len() > 0 {
				t.Error(out.String())
			}
		})
	}
}

// actionlint knows the inputs of well-known actions only; ours are held here.
func TestWorkflowsUseInputs(t *testing.T) {
	uses := 0
	for name, text := range workflows(t) {
		var w workflow
		if err := yaml.Unmarshal([]byte(text), &w); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for _, job := range w.Jobs {
			for _, step := range job.Steps {
				if step.Uses != "./" && !strings.HasPrefix(step.Uses, "mergebrief/mergebrief@") {
					continue
				}
				uses++
				for key, value := range step.With {
					checkInput(t, name, key, value)
				}
				checkOutputs(t, name, text, step.ID)
			}
		}
	}
	if uses == 0 {
		t.Error("no workflow uses the action")
	}
}

func checkInput(t *testing.T, name, key string, value any) {
	t.Helper()
	if !slices.ContainsFunc(Inputs, func(in Input) bool { return in.Name == key }) {
		t.Errorf("%s: there is no input %s", name, key)
	}
	text, ok := value.(string)
	if !ok || strings.Contains(text, "${{") {
		return
	}
	_, err := Parse(func(input string) string {
		if input == key {
			return text
		}
		return ""
	})
	if err != nil {
		t.Errorf("%s: %v", name, err)
	}
}

func checkOutputs(t *testing.T, name, text, id string) {
	t.Helper()
	if id == "" {
		return
	}
	for _, m := range regexp.MustCompile(`steps\.`+id+`\.outputs\.([a-z0-9-]+)`).FindAllStringSubmatch(text, -1) {
		if !slices.ContainsFunc(Outputs, func(out Output) bool { return out.Name == m[1] }) {
			t.Errorf("%s: there is no output %s", name, m[1])
		}
	}
}

// example is the part of an example that a security review looks at.
type example struct {
	On          map[string]any
	Permissions map[string]string
	Jobs        map[string]struct {
		Permissions map[string]string
		Timeout     int `yaml:"timeout-minutes"`
		Steps       []struct {
			Uses, Run string
			With      map[string]any
		}
	}
}

// wanted are the permissions that an example may give to the job that records, and
// to any other.
var wanted = map[string]string{
	"contents": "read", "actions": "read", "issues": "read", "statuses": "read", "checks": "write", "pull-requests": "write",
}

// What is shown to copy gives no job more than it needs: the code of a pull request
// runs without a token that may write, tokens do not stay in the checkout, actions are
// pinned, and what runs with the base's token checks out nothing else than the base.
func TestExamplesAreSafe(t *testing.T) {
	files, err := filepath.Glob("../../docs/workflows/*.yml")
	if err != nil || len(files) == 0 {
		t.Fatal(err, files)
	}
	for _, file := range files {
		name := filepath.Base(file)
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var w example
		if err := yaml.Unmarshal(data, &w); err != nil {
			t.Fatal(name, err)
		}
		if len(w.Permissions) != 1 || w.Permissions["contents"] != "read" {
			t.Errorf("%s: every job has the permissions %v", name, w.Permissions)
		}
		for id, job := range w.Jobs {
			records, runs := false, false
			for _, step := range job.Steps {
				records = records || strings.HasPrefix(step.Uses, "mergebrief/mergebrief@")
				runs = runs || step.Run != "" && !strings.HasPrefix(step.Run, "echo ")
				checkout := strings.HasPrefix(step.Uses, "actions/checkout@")
				if checkout && (step.With["persist-credentials"] != false || step.With["ref"] != nil || step.With["repository"] != nil) {
					t.Errorf("%s: job %s: a checkout with %v", name, id, step.With)
				}
				if !pinned.MatchString(step.Uses) && step.Uses != "" && !strings.HasPrefix(step.Uses, "mergebrief/") && name != "enterprise-server.yml" {
					t.Errorf("%s: job %s: %s is not pinned", name, id, step.Uses)
				}
			}
			for permission, level := range job.Permissions {
				// A ledger is a ref, which takes the right to write contents. No pull request
				// starts the one workflow that has it.
				keeps := name == "lasting.yml" && permission == "contents" && level == "write" && !strings.Contains(string(data), "pull_request")
				if !keeps && (!records || wanted[permission] != level) {
					t.Errorf("%s: job %s has %s: %s", name, id, permission, level)
				}
			}
			if records && (job.Timeout < 15 || len(job.Permissions) != len(wanted)) {
				t.Errorf("%s: job %s: %d minutes, permissions %v", name, id, job.Timeout, job.Permissions)
			}
			if records && runs && name != "one-job.yml" {
				t.Errorf("%s: job %s runs code with a token that may write", name, id)
			}
			if id == "mergebrief" || strings.Contains(string(data), "check-name: "+id+"\n") {
				t.Errorf("%s: job %s has the name of the check", name, id)
			}
		}
		if strings.Contains(string(data), "pull_request_target") {
			t.Errorf("%s: pull_request_target is for nobody to copy", name)
		}
	}
}

var pinned = regexp.MustCompile(`^[\w-]+/[\w-]+@[0-9a-f]{40}$`)
