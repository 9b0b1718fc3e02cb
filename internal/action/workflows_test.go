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

// workflows returns our own workflows, the examples, and every complete workflow
// in the documentation, by file and line.
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
				}
			}
		}
	}
	return found
}

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
