package cli

import (
	"bytes"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// agentAnswers has the cases in agents/ of the corpus that are transcripts: what
// inspect says of them.
var agentAnswers = map[string]caseAnswer{
	"01-copilot-shellid-exit": {has: []string{"commands: 4, 2 ok, 1 failed, 0 not run, 1 in the background", "validations: 3, 1 failed", "1 repairs"}},
	"03-codex-fork-replay":    {has: []string{"tokens: 200 in, 20 out, 300 read from"}, lacks: []string{"tokens: 1200 in"}},
	"06-opencode":             {has: []string{"commands: 2, 1 ok, 1 failed", "cost $0.0123"}},
	"07-chain":                {has: []string{"validations: 8, 2 failed"}},
	"08-mini-swe-agent":       {has: []string{"commands: 1, 0 ok, 1 failed", "cost $0.12"}},
	"09-gh-aw":                {pending: "what gh-aw writes about a run is recognised and not read", has: []string{"agent-stdio.log: partial (claude-stream)", "commands: 1, 0 ok, 1 failed", "aw_info.json: parsed"}},
	"10-qwen-code":            {has: []string{"Qwen Code 0.23.4", "commands: 2, 1 ok, 1 failed", "1 edits"}, lacks: []string{"Claude Code"}},
	"24-validation-kinds":     {has: []string{"validations: 48, 0 failed"}},
	"29-codex-failed-patch":   {has: []string{"validations: 1, 0 failed; 0 edits"}},
}

// TestAgentCases: what the transcripts of the corpus tell is what happened.
func TestAgentCases(t *testing.T) {
	corpus := os.Getenv("MERGEBRIEF_CORPUS")
	if corpus == "" {
		t.Skip("MERGEBRIEF_CORPUS is not set: the cases of the corpus are not tested")
	}
	for _, name := range slices.Sorted(maps.Keys(agentAnswers)) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files, err := filepath.Glob(filepath.Join(corpus, "cases", "agents", name, "*"))
			if err != nil {
				t.Fatal(err)
			}
			files = slices.DeleteFunc(files, func(p string) bool { return filepath.Base(p) == "case.md" })
			var said bytes.Buffer
			c := Command{Stdin: strings.NewReader(""), Stdout: &said, Stderr: &said, Getenv: func(string) string { return "" }, Environ: os.Environ}
			if status := c.Main(t.Context(), append([]string{"inspect"}, files...)); status != 0 {
				t.Fatalf("status %d\n%s", status, &said)
			}
			checkAnswer(t, agentAnswers[name], said.String())
		})
	}
}
