package cli

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/gather"
)

// recipe is a page about an agent with what the agent leaves behind: files by
// their place below the folder of the job, and what the program prints that the
// commands of the page start.
type recipe struct {
	page     string
	env      []string
	files    map[string]string
	programs map[string]string
	// Formats of the files that the action finds afterwards.
	want []string
}

var recipes = []recipe{
	{
		page: "claude-code-action", env: []string{"TRANSCRIPT=temp/claude-execution-output.json"},
		files: map[string]string{"temp/claude-execution-output.json": "claude-stream"}, want: []string{"claude-stream"},
	},
	{
		page: "codex-action", env: []string{"CODEX_HOME=temp/codex", "PROMPT=do it"},
		files:    map[string]string{"temp/codex/sessions/2026/11/02/rollout-2026-11-02T07-00-00-x.jsonl": "codex-rollout"},
		programs: map[string]string{"codex": "codex-exec"}, want: []string{"codex-exec", "codex-rollout"},
	},
	{
		page: "gemini-cli-action", env: []string{"HOME=home", "PROMPT=do it"},
		files:    map[string]string{"home/.gemini/tmp/x/chats/session-1.jsonl": "gemini-session"},
		programs: map[string]string{"gemini": "gemini-stream"}, want: []string{"gemini-session", "gemini-stream"},
	},
	{page: "cursor-cli", env: []string{"PROMPT=do it"}, programs: map[string]string{"cursor-agent": "cursor-stream"}, want: []string{"cursor-stream"}},
	{page: "openhands", files: map[string]string{"output/output.jsonl": "openhands"}, want: []string{"openhands"}},
	{page: "orchestrators", env: []string{"RUN=1"}, programs: map[string]string{"my-orchestrator": "agent-run"}, want: []string{"agent-run"}},
	{page: "aider", env: []string{"PROMPT=do it"}, files: map[string]string{".aider.chat.history.md": "aider-history"}, programs: map[string]string{"aider": ""}, want: []string{"aider-history"}},
	{page: "plain-humans", programs: map[string]string{"go": "gotest"}, want: []string{"gotest"}},
}

// specimen returns a specimen of a format.
func specimen(t *testing.T, name string) []byte {
	t.Helper()
	files, err := filepath.Glob("../format/testdata/" + name + "/*")
	if err != nil {
		t.Fatal(err)
	}
	files = slices.DeleteFunc(files, func(f string) bool {
		return strings.HasSuffix(f, ".cmd") || strings.HasSuffix(f, ".golden.json") || strings.HasSuffix(f, ".zst")
	})
	data, err := os.ReadFile(files[len(files)-1])
	if err != nil {
		t.Fatal(err)
	}
	return data
}

var steps = regexp.MustCompile("(?s)\n```yaml\n(- .*?)```")

// commands returns the commands of the steps on a page.
func (r recipe) commands(t *testing.T) (all []string) {
	t.Helper()
	page, err := os.ReadFile("../../docs/agents/" + r.page + ".md")
	if err != nil {
		t.Fatal(err)
	}
	for _, block := range steps.FindAllSubmatch(page, -1) {
		var list []struct{ Run string }
		if err := yaml.Unmarshal(block[1], &list); err != nil {
			t.Fatal(err)
		}
		for _, step := range list {
			if step.Run != "" {
				all = append(all, step.Run)
			}
		}
	}
	return all
}

// TestRecipes runs the commands that the pages about agents show, with programs
// that print specimens in the place of the agents, and finds in the workspace what
// the action is to read.
func TestRecipes(t *testing.T) {
	if _, err := exec.LookPath("bash"); err != nil {
		t.Skip("steps of workflows run in bash, which is not here")
	}
	for _, r := range recipes {
		t.Run(r.page, func(t *testing.T) {
			dir := t.TempDir()
			write := func(name string, data []byte, mode os.FileMode) {
				name = filepath.Join(dir, name)
				if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(name, data, mode); err != nil {
					t.Fatal(err)
				}
			}
			for name, format := range r.files {
				write(name, specimen(t, format), 0o600)
			}
			for name, format := range r.programs {
				script := "#!/bin/sh\n"
				if format != "" {
					write("specimens/"+name, specimen(t, format), 0o600)
					script += "cat \"$(dirname \"$0\")/../specimens/" + name + "\"\n"
				}
				write("bin/"+name, []byte(script), 0o755)
			}
			write(".mergebrief/.keep", nil, 0o600)
			commands := r.commands(t)
			if len(commands) == 0 {
				t.Fatal("the page shows no command")
			}
			for _, c := range commands {
				cmd := exec.Command("bash", "-e", "-c", c)
				cmd.Dir = dir
				cmd.Env = append(append(os.Environ(), "PATH="+filepath.Join(dir, "bin")+":"+os.Getenv("PATH")), r.env...)
				if out, err := cmd.CombinedOutput(); err != nil {
					t.Fatalf("%s: %v: %s", c, err, out)
				}
			}
			source := gather.Files{Root: dir, Patterns: gather.DefaultPatterns()}
			f, err := source.Gather(t.Context(), evidence.Target{})
			if err != nil {
				t.Fatal(err)
			}
			found := map[string]bool{}
			for _, in := range f.Inputs {
				if in.Status == evidence.Parsed && !strings.HasPrefix(in.Path, "specimens/") {
					found[in.Format] = true
				}
			}
			if diff := cmp.Diff(r.want, slices.Sorted(maps.Keys(found))); diff != "" {
				t.Errorf("%s%+v", diff, f.Inputs)
			}
		})
	}
}
