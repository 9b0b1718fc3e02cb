package format

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// notAgentFiles are files of the corpus that go with a sample and are none.
func notAgentFile(path string) bool {
	switch filepath.Base(path) {
	case "SOURCES.md", "SPEC-README.md", "opencode-schema.sql", "prompt.txt":
		return true
	}
	for _, end := range []string{".numstat", ".patch"} {
		if strings.HasSuffix(path, end) {
			return true
		}
	}
	return strings.HasPrefix(filepath.Base(path), "commit-")
}

// agentSamples calls each for every sample of the corpus.
func agentSamples(t testing.TB, each func(path string, data []byte)) {
	t.Helper()
	dir := os.Getenv("MERGEBRIEF_CORPUS")
	if dir == "" {
		t.Skip("MERGEBRIEF_CORPUS is not set: the corpus of real files is not tested")
	}
	root := filepath.Join(dir, "agents")
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || notAgentFile(path) {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, path)
		each(filepath.ToSlash(rel), data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestAgentCorpus: every sample is read or recognised, as what its folder says.
func TestAgentCorpus(t *testing.T) {
	formats := map[string]string{
		"agent-trace": "agent-trace", "aider-analytics": "aider-analytics", "aider-chat-history": "aider-history", "amp-thread": "amp-thread",
		"claude-code-action-execution-file": "claude-stream", "claude-code-jsonl": "claude-session", "claude-code-subagent": "claude-session",
		"codex-rollout": "codex-rollout", "continue-cli": "continue", "copilot-cli-events": "copilot-events", "copilot-vscode-chat": "copilot-chat",
		"copilot-vscode-events": "copilot-events", "cursor-transcript": "cursor-transcript", "droid-session": "droid",
		"gemini-session-json": "gemini-session", "gemini-session-jsonl": "gemini-session", "git-ai-notes": "git-ai-note", "opencode": "opencode-storage",
		"openhands-output": "openhands", "pi-session": "pi", "specstory-md": "specstory", "swe-agent-traj": "swe-agent", "windsurf-trajectory": "windsurf",
	}
	agentSamples(t, func(path string, data []byte) {
		f := Read("files", path, bytes.NewReader(data))
		checkAccounted(t, f, data)
		in := f.Inputs[0]
		folder, _, _ := strings.Cut(path, "/")
		if strings.HasSuffix(path, ".settings.json") {
			folder = ""
		}
		if want, ok := formats[folder]; ok && in.Format != want {
			t.Errorf("%s: format %q, want %q", path, in.Format, want)
		}
		if in.Status == evidence.Unknown || in.Status == evidence.Rejected {
			t.Errorf("%s: %s (%s)", path, in.Status, in.Detail)
		}
	})
}

// claudeCounts are numbers of a session file, counted without the code under
// test: every row as a map, one rule after the other.
type claudeCounts struct {
	Commands, Failed, NotRun, Background, Edits, Prompts, Compactions int
	Input, Output, CacheRead, CacheWrite                              int64
}

func countClaude(data []byte) claudeCounts {
	var c claudeCounts
	calls, inputs := map[string]string{}, map[string]bool{}
	usage := map[string][4]int64{}
	dec := json.NewDecoder(bytes.NewReader(data))
	for {
		var row map[string]any
		if dec.Decode(&row) != nil {
			break
		}
		c.row(row, calls, inputs, usage)
	}
	for _, u := range usage {
		c.Input, c.Output, c.CacheRead, c.CacheWrite = c.Input+u[0], c.Output+u[1], c.CacheRead+u[2], c.CacheWrite+u[3]
	}
	return c
}

func (c *claudeCounts) row(row map[string]any, calls map[string]string, done map[string]bool, usage map[string][4]int64) {
	message, _ := row["message"].(map[string]any)
	if row["type"] == "system" && row["subtype"] == "compact_boundary" {
		c.Compactions++
	}
	if u, ok := message["usage"].(map[string]any); ok && message["model"] != "<synthetic>" {
		number := func(k string) int64 { f, _ := u[k].(float64); return int64(f) }
		usage[fmt.Sprint(message["id"], row["requestId"])] = [4]int64{
			number("input_tokens"), number("output_tokens"), number("cache_read_input_tokens"), number("cache_creation_input_tokens"),
		}
	}
	if s, ok := message["content"].(string); ok && row["type"] == "user" && row["isMeta"] != true && row["isCompactSummary"] != true {
		c.Prompts++
		for _, no := range []string{"<command-name>", "<local-command-", "<task-notification>", "Stop hook feedback:", "[Request interrupted"} {
			if strings.HasPrefix(s, no) {
				c.Prompts--
			}
		}
	}
	blocks, _ := message["content"].([]any)
	for _, b := range blocks {
		block, _ := b.(map[string]any)
		switch block["type"] {
		case "tool_use":
			id, name := fmt.Sprint(block["id"]), fmt.Sprint(block["name"])
			if calls[id] == "" && name == "Bash" {
				c.Commands++
			}
			calls[id] = name
		case "tool_result":
			id := fmt.Sprint(block["tool_use_id"])
			if !done[id] {
				c.result(calls[id], block, row)
			}
			done[id] = true
		}
	}
}

func (c *claudeCounts) result(tool string, block, row map[string]any) {
	failed := block["is_error"] == true
	text := fmt.Sprint(block["content"])
	extra, _ := row["toolUseResult"].(map[string]any)
	switch {
	case tool == "Bash" && failed && strings.Contains(text, "doesn't want to proceed"):
		c.NotRun++
	case tool == "Bash" && failed:
		c.Failed++
	case tool == "Bash" && extra["backgroundTaskId"] != nil:
		c.Background++
	case (tool == "Edit" || tool == "Write" || tool == "MultiEdit") && !failed:
		c.Edits++
	}
}

// TestClaudeCorpusCounts compares with the independent count. Failures that only
// the output of a masked command tells come on top.
func TestClaudeCorpusCounts(t *testing.T) {
	agentSamples(t, func(path string, data []byte) {
		if !strings.HasSuffix(path, "full.jsonl") || strings.Contains(path, "gemini") {
			return
		}
		f := Read("files", path, bytes.NewReader(data))
		s := f.Sessions[0]
		told, lines := 0, s.CommandCounts.Total
		for _, c := range s.Commands {
			if strings.Contains(c.Call, "#") {
				lines-- // another command of a line that is counted
			}
			if c.Outcome == evidence.CommandFailed && c.ExitBasis == evidence.ExitText {
				told++
			}
		}
		got := claudeCounts{
			Commands: lines, Failed: s.CommandCounts.Failed - told, NotRun: s.CommandCounts.NotRun, Background: s.CommandCounts.Background,
			Edits: len(s.Edits), Prompts: s.Prompts.Count, Compactions: s.Compactions,
			Input: s.Usage.InputTokens, Output: s.Usage.OutputTokens, CacheRead: s.Usage.CacheReadTokens, CacheWrite: s.Usage.CacheWriteTokens,
		}
		if diff := cmp.Diff(countClaude(data), got); diff != "" {
			t.Errorf("%s (-independent +read):\n%s", path, diff)
		}
	})
}

// TestNoteCorpusCounts compares files, ranges, lines and undefined keys of notes
// with a count by lines of text.
func TestNoteCorpusCounts(t *testing.T) {
	agentSamples(t, func(path string, data []byte) {
		if !strings.HasSuffix(path, ".note") {
			return
		}
		top, meta, _ := strings.Cut("\n"+string(data), "\n---\n")
		var want evidence.ClaimSource
		lines, undefined := map[string]bool{}, map[string]bool{}
		file := ""
		for line := range strings.SplitSeq(top, "\n") {
			if !strings.HasPrefix(line, "  ") {
				if file = line; line != "" {
					want.Files++
				}
				continue
			}
			key, list, _ := strings.Cut(strings.TrimSpace(line), " ")
			name, _, _ := strings.Cut(key, "::")
			if !strings.Contains(meta, strconv.Quote(name)+": {") {
				undefined[key] = true
			}
			for part := range strings.SplitSeq(list, ",") {
				want.Ranges++
				from, to, ok := strings.Cut(part, "-")
				if !ok {
					to = from
				}
				a, _ := strconv.Atoi(from)
				b, _ := strconv.Atoi(to)
				for n := a; n <= b; n++ {
					want.StatedLines++
					lines[fmt.Sprint(file, ":", n)] = true
				}
			}
		}
		want.Lines, want.UndefinedKeyCount = len(lines), len(undefined)
		s := Read("notes", path, bytes.NewReader(data)).ClaimSources[0]
		got := evidence.ClaimSource{Files: s.Files, Ranges: s.Ranges, Lines: s.Lines, StatedLines: s.StatedLines, UndefinedKeyCount: s.UndefinedKeyCount}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-independent +read):\n%s", path, diff)
		}
	})
}
