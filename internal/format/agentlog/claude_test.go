package agentlog

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// decodeClaude reads rows, one to a line, and returns the one session.
func decodeClaude(t *testing.T, rows ...string) evidence.Session {
	t.Helper()
	f, err := DecodeClaude(strings.NewReader(strings.Join(rows, "\n")))
	if err != nil {
		t.Fatal(err)
	}
	if len(f.Sessions) != 1 {
		t.Fatalf("%d sessions", len(f.Sessions))
	}
	return f.Sessions[0]
}

const rowHead = `"sessionId":"s1","cwd":"/repo","version":"2.1.37"`

func assistantRow(id, message string, second int, block, usage string) string {
	return fmt.Sprintf(`{"type":"assistant",%s,"uuid":"a%s","requestId":"req_%s","timestamp":"2026-02-09T10:00:%02dZ","message":{"id":%q,"model":"claude-opus-4-6","content":[%s],"usage":{%s}}}`,
		rowHead, id, message, second, message, block, usage)
}

func callRow(id string, second int, tool, input string) string {
	return assistantRow(id, "msg_"+id, second, fmt.Sprintf(`{"type":"tool_use","id":%q,"name":%q,"input":%s}`, id, tool, input), `"input_tokens":1,"output_tokens":1`)
}

func bashRow(id string, second int, command string) string {
	line, _ := json.Marshal(map[string]string{"command": command})
	return callRow(id, second, "Bash", string(line))
}

func resultRow(id string, second int, failed bool, content, extra string) string {
	text, _ := json.Marshal(content)
	if extra != "" {
		extra = `,"toolUseResult":` + extra
	}
	return fmt.Sprintf(`{"type":"user",%s,"uuid":"r%s","timestamp":"2026-02-09T10:00:%02dZ","message":{"role":"user","content":[{"type":"tool_result","tool_use_id":%q,"is_error":%v,"content":%s}]}%s}`,
		rowHead, id, second, id, failed, text, extra)
}

func promptRow(uuid, said, more string) string {
	text, _ := json.Marshal(said)
	return fmt.Sprintf(`{"type":"user",%s,"uuid":%q,"timestamp":"2026-02-09T10:00:00Z","message":{"role":"user","content":%s}%s}`, rowHead, uuid, text, more)
}

// TestClaudeExitBasis: a number is written on failure only, and some calls never
// ran. None of it may be taken for more than it says.
func TestClaudeExitBasis(t *testing.T) {
	one := 1
	big := 137
	for name, c := range map[string]struct {
		command, content, extra string
		failed                  bool
		want                    evidence.Command
	}{
		"zero is inferred": {
			"go test ./...", "ok", `{"stdout":"ok  \tx\t0.1s","stderr":""}`, false,
			evidence.Command{Outcome: evidence.CommandOK, ExitBasis: evidence.ExitInferred},
		},
		"number on failure": {
			"go test ./...", "Exit code 1\nFAIL", `"Error: Exit code 1\nFAIL"`, true,
			evidence.Command{Outcome: evidence.CommandFailed, ExitBasis: evidence.ExitExplicit, Exit: &one},
		},
		"number behind Error": {
			"sleep 9", "Error: Exit code 137", `"x"`, true,
			evidence.Command{Outcome: evidence.CommandFailed, ExitBasis: evidence.ExitExplicit, Exit: &big},
		},
		"failure without number": {
			"go vet ./...", "Command timed out", `"x"`, true,
			evidence.Command{Outcome: evidence.CommandFailed, ExitBasis: evidence.ExitInferred},
		},
		"a number in a success is text": {
			"cat log", "Exit code 1", `{"stdout":"Exit code 1"}`, false,
			evidence.Command{Outcome: evidence.CommandOK, ExitBasis: evidence.ExitInferred},
		},
		"no matches is no zero": {
			"grep x y", "", `{"stdout":"","returnCodeInterpretation":"No matches found"}`, false,
			evidence.Command{Outcome: evidence.CommandUnknown, ExitBasis: evidence.ExitUnknown},
		},
		"interrupted": {
			"go test ./...", "", `{"stdout":"ok","stderr":"","interrupted":true}`, false,
			evidence.Command{Outcome: evidence.CommandUnknown, ExitBasis: evidence.ExitUnknown},
		},
		"left running": {
			"npm start", "Command running in background with ID: b1", `{"stdout":"","backgroundTaskId":"b1"}`, false,
			evidence.Command{Outcome: evidence.CommandBackground, ExitBasis: evidence.ExitUnknown, Masked: evidence.MaskBackground},
		},
		"refused by the user": {
			"rm -rf x", "The user doesn't want to proceed with this tool use. The tool use was rejected", `"Error: x"`, true,
			evidence.Command{Outcome: evidence.CommandNotRun, ExitBasis: evidence.ExitUnknown},
		},
		"refused in a subagent": {
			"rm -rf x", "Permission for this tool use was denied. The tool use was rejected. Try a different approach", `"Error: x"`, true,
			evidence.Command{Outcome: evidence.CommandNotRun, ExitBasis: evidence.ExitUnknown},
		},
		"sibling failed": {
			"go test ./...", "<tool_use_error>Sibling tool call errored</tool_use_error>", `"x"`, true,
			evidence.Command{Outcome: evidence.CommandNotRun, ExitBasis: evidence.ExitUnknown},
		},
		"no permission": {
			"curl x", "Permission to use Bash with command curl x has been denied.", `"x"`, true,
			evidence.Command{Outcome: evidence.CommandNotRun, ExitBasis: evidence.ExitUnknown},
		},
		"hook refused": {
			"git push", "PreToolUse:Bash hook error: blocked", `"x"`, true,
			evidence.Command{Outcome: evidence.CommandNotRun, ExitBasis: evidence.ExitUnknown},
		},
		"hook failed in the command": {
			"git commit -m x", "Exit code 1\nhook blocked the commit", `"x"`, true,
			evidence.Command{Outcome: evidence.CommandFailed, ExitBasis: evidence.ExitExplicit, Exit: &one},
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := decodeClaude(t, bashRow("t1", 1, c.command), resultRow("t1", 4, c.failed, c.content, c.extra))
			got := s.Commands[0]
			if diff := cmp.Diff(c.want, evidence.Command{Outcome: got.Outcome, ExitBasis: got.ExitBasis, Exit: got.Exit, Masked: got.Masked}); diff != "" {
				t.Error(diff)
			}
			if ran := got.Outcome != evidence.CommandNotRun; ran != (got.DurationMs == 3000) {
				t.Errorf("duration %d", got.DurationMs)
			}
		})
	}
}

// TestClaudeDanglingCall: a call without a result is counted and unknown.
func TestClaudeDanglingCall(t *testing.T) {
	s := decodeClaude(t, bashRow("t1", 1, "go test ./..."))
	if s.CommandCounts.Total != 1 || s.CommandCounts.Unknown != 1 {
		t.Errorf("%+v", s.CommandCounts)
	}
}

// TestMaskedIsNeverPassed: the status of a pipe is that of its filter.
func TestMaskedIsNeverPassed(t *testing.T) {
	for name, c := range map[string]struct {
		command, stdout string
		outcome         evidence.CommandOutcome
		basis           evidence.ExitBasis
		masked          evidence.Mask
	}{
		"failure text behind tail":     {"go test ./... 2>&1 | tail -5", "--- FAIL: TestX (0.00s)\nFAIL\nFAIL\tx\t0.1s\nFAIL", evidence.CommandFailed, evidence.ExitText, evidence.MaskPipe},
		"closing ok behind tail":       {"go test ./... 2>&1 | tail -5", "ok  \tx/a\t0.1s\nok  \tx/b\t0.2s", evidence.CommandOK, evidence.ExitText, evidence.MaskPipe},
		"ok before head says nothing":  {"go test ./... 2>&1 | head -5", "ok  \tx/a\t0.1s", evidence.CommandUnknown, evidence.ExitUnknown, evidence.MaskPipe},
		"grep for failures is silent":  {"go test ./... 2>&1 | grep FAIL | tail", "", evidence.CommandUnknown, evidence.ExitUnknown, evidence.MaskPipe},
		"silence is no pass":           {"go vet ./... | tail -3", "", evidence.CommandUnknown, evidence.ExitUnknown, evidence.MaskPipe},
		"or true":                      {"npm test || true", "Tests:       1 failed, 2 passed, 3 total", evidence.CommandFailed, evidence.ExitText, evidence.MaskOr},
		"sequence":                     {"pytest -q; echo done", "3 passed in 0.12s\ndone", evidence.CommandOK, evidence.ExitText, evidence.MaskSequence},
		"lines are a sequence too":     {"pytest -q\necho done", "1 failed, 3 passed in 0.12s\ndone", evidence.CommandFailed, evidence.ExitText, evidence.MaskSequence},
		"echoed status":                {"make lint; echo \"exit: $?\"", "exit: 2", evidence.CommandFailed, evidence.ExitText, evidence.MaskSequence},
		"status of the filter is none": {"make lint | tail -3; echo \"exit: $?\"", "exit: 0", evidence.CommandUnknown, evidence.ExitUnknown, evidence.MaskPipe},
		"pipefail":                     {"set -o pipefail; go test ./... | tail -5", "FAIL", evidence.CommandOK, evidence.ExitInferred, ""},
		"strict mode":                  {"set -euo pipefail\ngo test ./... | tee log\necho ok", "ok", evidence.CommandOK, evidence.ExitInferred, ""},
		"data of another program":      {"cat notes | tail -3", "FAIL\nFAIL\tx", evidence.CommandUnknown, evidence.ExitUnknown, evidence.MaskPipe},
	} {
		t.Run(name, func(t *testing.T) {
			out, _ := json.Marshal(map[string]string{"stdout": c.stdout})
			s := decodeClaude(t, bashRow("t1", 1, c.command), resultRow("t1", 2, false, c.stdout, string(out)))
			got := s.Commands[0]
			if got.Outcome != c.outcome || got.ExitBasis != c.basis || got.Masked != c.masked {
				t.Errorf("%s is %s by %s, masked %q; want %s by %s, masked %q", c.command, got.Outcome, got.ExitBasis, got.Masked, c.outcome, c.basis, c.masked)
			}
		})
	}
}

// TestUsageLastRowCounts: an answer is written several times while it streams
// in, and only the last row has the final output.
func TestUsageLastRowCounts(t *testing.T) {
	s := decodeClaude(t,
		assistantRow("1", "m1", 1, `{"type":"thinking"}`, `"input_tokens":3,"cache_read_input_tokens":100,"cache_creation_input_tokens":7,"output_tokens":1`),
		assistantRow("2", "m1", 2, `{"type":"text","text":"x"}`, `"input_tokens":3,"cache_read_input_tokens":100,"cache_creation_input_tokens":7,"output_tokens":90`),
		assistantRow("3", "m2", 3, `{"type":"text","text":"x"}`, `"input_tokens":2,"output_tokens":10`),
		strings.Replace(assistantRow("4", "m3", 4, `{"type":"text","text":"x"}`, `"input_tokens":500,"output_tokens":500`), "claude-opus-4-6", "<synthetic>", 1),
	)
	want := &evidence.Usage{InputTokens: 5, OutputTokens: 100, CacheReadTokens: 100, CacheWriteTokens: 7, CostBasis: evidence.CostUnknown}
	if diff := cmp.Diff(want, s.Usage); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"claude-opus-4-6"}, s.Models); diff != "" {
		t.Error(diff)
	}
}

// TestClaudePrompts: what the client writes into user rows is no prompt.
func TestClaudePrompts(t *testing.T) {
	s := decodeClaude(t,
		promptRow("u1", "fix the bug", `,"permissionMode":"default"`),
		promptRow("u1", "fix the bug", ""), // a copy
		promptRow("u2", "meta", `,"isMeta":true`),
		promptRow("u3", "summary", `,"isCompactSummary":true`),
		promptRow("u4", "<command-name>/exit</command-name>", ""),
		promptRow("u5", "<local-command-stdout>Bye</local-command-stdout>", ""),
		promptRow("u6", "<task-notification>x", ""),
		promptRow("u7", "Stop hook feedback:\nx", ""),
		promptRow("u8", "[Request interrupted by user]", ""),
		promptRow("u9", "side", `,"isSidechain":true`),
		`{"type":"user",`+rowHead+`,"uuid":"u10","message":{"role":"user","content":[{"type":"text","text":"[Request interrupted by user for tool use]"}]}}`,
		`{"type":"user",`+rowHead+`,"uuid":"u11","message":{"role":"user","content":[{"type":"text","text":"and this"},{"type":"image"}]}}`,
		`{"type":"queue-operation","operation":"enqueue","sessionId":"s1","content":"queued"}`,
	)
	if s.Prompts.Count != 2 || s.Prompts.Bytes != int64(len("fix the bug")+len("and this")) {
		t.Errorf("%+v", s.Prompts)
	}
}

// TestClaudeBoundaries: the mode is on rows of people and changes in a session.
func TestClaudeBoundaries(t *testing.T) {
	s := decodeClaude(t,
		promptRow("u1", "a", `,"permissionMode":"default"`), promptRow("u2", "b", `,"permissionMode":"default"`),
		promptRow("u3", "c", `,"permissionMode":"bypassPermissions"`), promptRow("u4", "d", `,"permissionMode":"plan"`))
	var got []string
	for _, b := range s.Boundaries {
		got = append(got, fmt.Sprint(b.Approval, b.Bypass))
	}
	if diff := cmp.Diff([]string{"defaultfalse", "bypassPermissionstrue", "planfalse"}, got); diff != "" {
		t.Error(diff)
	}
}

// TestClaudeEdits: a creation has an empty patch, a refused or staged edit wrote
// nothing.
func TestClaudeEdits(t *testing.T) {
	s := decodeClaude(t,
		callRow("e1", 1, "Edit", `{"file_path":"/repo/a.go","old_string":"a","new_string":"b"}`),
		resultRow("e1", 2, false, "ok", `{"filePath":"/repo/a.go","structuredPatch":[{"lines":[" x","-a","+b","+c"," y"]}],"originalFile":"x"}`),
		callRow("e2", 3, "Write", `{"file_path":"/repo/new.go","content":"one\ntwo\n\n"}`),
		resultRow("e2", 4, false, "ok", `{"type":"create","filePath":"/repo/new.go","content":"one\ntwo\n\n","structuredPatch":[]}`),
		callRow("e3", 5, "Edit", `{"file_path":"/repo/b.go","old_string":"a","new_string":"b"}`),
		resultRow("e3", 6, true, "String to replace not found", `"Error: x"`),
		callRow("e4", 7, "Write", `{"file_path":"/repo/c.go","content":"x"}`),
		resultRow("e4", 8, false, "staged", `{"filePath":"/repo/c.go","content":"x","staged":true}`),
		callRow("e5", 9, "Edit", `{"file_path":"/repo/d.go","old_string":"a","new_string":"b"}`),
		resultRow("e5", 10, true, "The user doesn't want to proceed with this tool use.", `"Error"`),
		callRow("e6", 11, "Write", `{"file_path":"/home/me/.claude/plans/p.md","content":"x"}`),
		resultRow("e6", 12, false, "ok", ""),
	)
	var got []string
	for _, e := range s.Edits {
		got = append(got, fmt.Sprintf("%s +%d -%d %d", e.Path, e.Added, e.Removed, len(e.Lines)))
	}
	want := []string{"a.go +2 -1 2", "new.go +3 -0 2", "/home/me/.claude/plans/p.md +1 -0 1"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if len(s.Denied) != 1 || s.Denied[0].By != evidence.DeniedByUser {
		t.Errorf("%+v", s.Denied)
	}
	b, _ := evidence.HashLine([]byte("b"))
	if s.Edits[0].Lines[0] != b {
		t.Error("the added line is not hashed")
	}
}

// TestClaudeSubagentRows: versions 2.1 keep the traffic of subagents in progress
// rows; reading only main rows loses it, and its prompts are not a person's.
func TestClaudeSubagentRows(t *testing.T) {
	progress := func(uuid, message string) string {
		return fmt.Sprintf(`{"type":"progress",%s,"uuid":%q,"parentToolUseID":"task1","timestamp":"2026-02-09T10:00:05Z","data":{"type":"agent_progress","agentId":"ag1","prompt":"look","message":%s,"normalizedMessages":[]}}`, rowHead, uuid, message)
	}
	call := `{"type":"assistant","requestId":"r9","timestamp":"2026-02-09T10:00:06Z","message":{"id":"m9","model":"claude-haiku-4-5","content":[{"type":"tool_use","id":"b1","name":"Bash","input":{"command":"go vet ./..."}}],"usage":{"input_tokens":4,"output_tokens":1}}}`
	result := `{"type":"user","timestamp":"2026-02-09T10:00:07Z","message":{"role":"user","content":[{"type":"tool_result","tool_use_id":"b1","is_error":true,"content":"Exit code 1\nx"}]}}`
	s := decodeClaude(t,
		promptRow("u1", "go", ""),
		callRow("task1", 1, "Task", `{"prompt":"look","subagent_type":"Explore"}`),
		progress("p0", `{"type":"user","message":{"role":"user","content":[{"type":"text","text":"look"}]}}`),
		progress("p1", call), progress("p2", call), progress("p3", result),
		resultRow("task1", 9, false, "done", `{"status":"completed","agentId":"ag1","usage":{"input_tokens":99}}`),
	)
	if s.Subagents != 1 || s.Prompts.Count != 1 || s.CommandCounts.Total != 1 || s.CommandCounts.Failed != 1 || !s.Commands[0].Subagent {
		t.Errorf("subagents %d, prompts %d, %+v", s.Subagents, s.Prompts.Count, s.CommandCounts)
	}
	if s.Usage.InputTokens != 5 || !s.Usage.OutputPartial {
		t.Errorf("%+v", s.Usage)
	}
}

// TestClaudeLinks: a session names its pull request and its commits.
func TestClaudeLinks(t *testing.T) {
	s := decodeClaude(t,
		`{"type":"pr-link","sessionId":"s1","prNumber":7,"prUrl":"https://github.com/o/r/pull/7","prRepository":"o/r","timestamp":"2026-02-09T10:00:00Z"}`,
		bashRow("t1", 1, "git add -A && git commit -m 'x'"),
		resultRow("t1", 2, false, "", `{"stdout":"[main 1a2b3c4] x\n 1 file changed"}`),
		bashRow("t2", 3, "echo '[main 9999999] not a commit'"),
		resultRow("t2", 4, false, "", `{"stdout":"[main 9999999] not a commit"}`),
		bashRow("t3", 5, "git commit --no-verify -m y"),
		resultRow("t3", 6, false, "", `{"stdout":"[detached HEAD 5d6e7f8] y","gitOperation":{"commit":{"sha":"5d6e7f8aaaa"}}}`),
	)
	if diff := cmp.Diff(evidence.Links{Commits: []string{"1a2b3c4", "5d6e7f8aaaa", "5d6e7f8"}, PullRequests: []string{"https://github.com/o/r/pull/7"}}, s.Links); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]evidence.Drift{{Kind: evidence.DriftHooks, Name: "--no-verify", Count: 1}}, s.Drift); diff != "" {
		t.Error(diff)
	}
}

// TestClaudeResumedSession: a resumed session starts with copies of the rows of
// the one before, with their ids.
func TestClaudeResumedSession(t *testing.T) {
	old := strings.ReplaceAll(bashRow("t1", 1, "go test ./..."), "s1", "s0")
	s := decodeClaude(t, old, old, bashRow("t2", 2, "go vet ./..."))
	if s.ID != "s1" || s.CommandCounts.Total != 2 {
		t.Errorf("session %s with %d commands", s.ID, s.CommandCounts.Total)
	}
}

// TestClaudeCompaction counts boundaries, not the summaries behind them, and the
// rows before a boundary stay.
func TestClaudeCompaction(t *testing.T) {
	s := decodeClaude(t,
		bashRow("t1", 1, "go test ./..."),
		`{"type":"system","subtype":"compact_boundary",`+rowHead+`,"uuid":"c1","compactMetadata":{"trigger":"auto","preTokens":155000}}`,
		promptRow("u3", "This session is being continued", `,"isCompactSummary":true`),
		`{"type":"system","subtype":"microcompact_boundary",`+rowHead+`,"uuid":"c2"}`)
	if s.Compactions != 1 || s.CommandCounts.Total != 1 {
		t.Errorf("%d compactions, %d commands", s.Compactions, s.CommandCounts.Total)
	}
}

// TestClaudeUnavailableContext: what the agent wanted and did not get.
func TestClaudeUnavailableContext(t *testing.T) {
	s := decodeClaude(t,
		callRow("r1", 1, "Read", `{"file_path":"/repo/gone.go"}`), resultRow("r1", 2, true, "<tool_use_error>File does not exist.</tool_use_error>", `"x"`),
		callRow("r2", 3, "Read", `{"file_path":"/repo/CLAUDE.md"}`), resultRow("r2", 4, false, "x", `{"type":"text","file":{"filePath":"/repo/CLAUDE.md"}}`),
		callRow("r3", 5, "Read", `{"file_path":"/etc/hosts"}`), resultRow("r3", 6, false, "x", ""),
		callRow("w1", 7, "WebFetch", `{"url":"https://docs.example.com/x?token=1"}`), resultRow("w1", 8, true, "Request failed with status code 404", `"x"`),
		callRow("m1", 9, "mcp__jira__get_issue", `{}`), resultRow("m1", 10, false, "x", ""),
		callRow("s1", 11, "WebSearch", `{"query":"x"}`), resultRow("s1", 12, false, "x", ""),
	)
	if diff := cmp.Diff([]evidence.MissingContext{{Name: "gone.go", Reason: evidence.NotFound}, {Name: "docs.example.com", Reason: evidence.NotFound}}, s.Unavailable); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"CLAUDE.md"}, s.FilesRead); diff != "" || s.FilesReadOutside != 1 {
		t.Error(diff, s.FilesReadOutside)
	}
	want := []evidence.External{{Kind: evidence.ExternalMCP, Name: "jira/get_issue", Count: 1}, {Kind: evidence.ExternalSearch, Name: "web", Count: 1}, {Kind: evidence.ExternalURL, Name: "docs.example.com", Count: 1}}
	if diff := cmp.Diff(want, s.External); diff != "" {
		t.Error(diff)
	}
}

// TestClaudeShellEdits: what a shell command changed is an edit of the time of the
// command, with the lines that the agent found changed.
func TestClaudeShellEdits(t *testing.T) {
	s := decodeClaude(t,
		bashRow("t1", 1, "sed -i s/x/y/ a.go && go vet ./..."),
		resultRow("t1", 2, false, "", `{"stdout":"","bashEditDiff":{"files":[{"filePath":"/repo/a.go","hunks":[{"oldStart":3,"oldLines":1,"newStart":3,"newLines":1,"lines":["-x","+y"]}]},{"filePath":"/repo/b.go","created":true,"hunks":[{"oldStart":1,"oldLines":0,"lines":["+b"]}]}],"changedFiles":["/repo/a.go","/repo/b.go"]}}`),
		callRow("t2", 3, "Write", `{"file_path":"/repo/empty.go","content":""}`),
		resultRow("t2", 4, false, "ok", `{"type":"create","filePath":"/repo/empty.go","content":"","structuredPatch":[]}`),
	)
	want := []string{"command sed -i s/x/y/ a.go && go vet ./...: lint ok inferred 1000 ms", "edit a.go +1 -1", "edit b.go +1 -0", "edit empty.go +0 -0", "tokens 2 in, 2 out, 0 read, 0 written"}
	if diff := cmp.Diff(want, factsOf(s)[1:]); diff != "" {
		t.Error(diff)
	}
	if s.EditsAfterValidation != 1 {
		t.Errorf("%d edits after the validation, want the one of the file that was written behind it", s.EditsAfterValidation)
	}
}

// TestClaudeBackground: how a command in the background ended, a message tells.
func TestClaudeBackground(t *testing.T) {
	told := func(status, summary string) string {
		return promptRow("n", "<task-notification>\n<tool-use-id>t1</tool-use-id>\n<status>"+status+"</status>\n<summary>"+summary+"</summary>\n</task-notification>", "")
	}
	for name, x := range map[string]struct{ row, want string }{
		"failed":       {told("failed", `Background command "x" failed with exit code 3`), "lint failed explicit 3"},
		"completed":    {told("completed", `Background command "x" completed (exit code 0)`), "lint ok explicit 0"},
		"stopped":      {told("killed", `Background command "x" was stopped`), "lint unknown unknown"},
		"in a stream":  {`{"type":"system","subtype":"task_notification","tool_use_id":"t1","status":"failed","summary":"failed with exit code 3","sessionId":"s1"}`, "lint failed explicit 3"},
		"of the queue": {`{"type":"queue-operation","sessionId":"s1","content":"<task-notification>\n<tool-use-id>t1</tool-use-id>\n<status>failed</status>\n"}`, "lint failed inferred"},
	} {
		t.Run(name, func(t *testing.T) {
			s := decodeClaude(t, callRow("t1", 1, "Bash", `{"command":"go vet ./...","run_in_background":true}`), resultRow("t1", 1, false, "", `{"backgroundTaskId":"b"}`), x.row)
			if got := factsOf(s)[1]; got != "command go vet ./...: "+x.want {
				t.Errorf("%s, want %s", got, x.want)
			}
		})
	}
}

// TestClaudeDecisions: a call that was not let through did not run, whatever its
// text says.
func TestClaudeDecisions(t *testing.T) {
	for name, x := range map[string]struct{ more, by string }{
		"by settings":         {`,"permissionDecision":{"decision":"reject","source":"config"},"toolDenialKind":"user-rejected"`, "policy"},
		"by a person":         {`,"permissionDecision":{"decision":"reject","source":"user_reject"}`, "user"},
		"only that it was":    {`,"toolDenialKind":"user-rejected"`, "user"},
		"told at the end":     {"", ""},
		"let through, failed": {`,"permissionDecision":{"decision":"accept","source":"config"}`, "-"},
	} {
		t.Run(name, func(t *testing.T) {
			row := strings.TrimSuffix(resultRow("t1", 1, true, "touch needs approval", ""), "}") + x.more + "}"
			rows := []string{bashRow("t1", 1, "touch x"), row}
			if x.by == "" {
				x.by = "policy"
				rows = append(rows, `{"type":"result","subtype":"success","session_id":"s1","permission_denials":[{"tool_name":"Bash","tool_use_id":"t1","tool_input":{"command":"touch x"}}]}`)
			}
			s := decodeClaude(t, rows...)
			want := evidence.CommandNotRun
			if x.by == "-" {
				want = evidence.CommandFailed
			}
			if s.Commands[0].Outcome != want || s.CommandCounts.Failed+len(s.Denied) != 1 {
				t.Errorf("%s, %d failed, denied %v", s.Commands[0].Outcome, s.CommandCounts.Failed, s.Denied)
			}
			if len(s.Denied) == 1 && string(s.Denied[0].By) != x.by {
				t.Errorf("denied by %s, want %s", s.Denied[0].By, x.by)
			}
		})
	}
}
