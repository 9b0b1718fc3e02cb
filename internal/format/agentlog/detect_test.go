package agentlog

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// detectors are those of all formats, read or not, by name.
var detectors = map[string]func(string, []byte) bool{
	"agent-run": DetectManifest, "commands": DetectCommands, "claude-session": DetectClaudeSession, "claude-stream": DetectClaudeStream,
	"codex-rollout": DetectCodexRollout, "codex-exec": DetectCodexExec, "gemini-session": DetectGemini, "gemini-stream": DetectGeminiStream,
	"copilot-events": DetectCopilot, "cursor-stream": DetectCursor, "cursor-transcript": DetectCursorTranscript, "atif": DetectATIF,
	"openhands": DetectOpenHands, "swe-agent": DetectSWEAgent, "windsurf": DetectWindsurf, "amp-thread": DetectAmp, "aider-history": DetectAider,
	"git-ai-note": DetectNote, "agent-trace": DetectTrace, "entire-checkpoint": DetectEntire, "entire-context": DetectEntireContext,
	"entire-hash": DetectEntireHash, "copilot-chat": DetectCopilotChat, "droid": DetectDroid, "droid-settings": DetectDroidSettings, "cline": DetectCline, "cline-session": DetectClineSession, "gh-aw": DetectGHAW, "mini-swe-agent": DetectMiniSWE, "pi": DetectPi, "continue": DetectContinue,
	"opencode": DetectOpenCode, "opencode-storage": DetectOpenCodeStorage, "qwen-session": DetectQwen, "qwen-stream": DetectQwenStream, "aider-analytics": DetectAiderAnalytics, "specstory": DetectSpecStory, "otlp": DetectOTLP,
}

// The beginning of a file is of one format, or of none.
func TestDetect(t *testing.T) {
	for head, want := range map[string][]string{
		`{"schema":"` + ManifestSchema + `"}`:                                                    {"agent-run"},
		`{"schema":"https://example.com/agent-run"}`:                                             nil,
		`{"kind":"mergebrief.command/v1","argv":["ls"]}`:                                         {"commands"},
		`{"schema_version":"ATIF-v1.6","steps":[]}`:                                              {"atif"},
		`{"type":"session_meta","payload":{}}`:                                                   {"codex-rollout"},
		`{"type":"session_meta"}`:                                                                nil,
		`{"id":"s","timestamp":"2025-05-01T09:00:00Z","instructions":"x","record_type":"state"}`: {"codex-rollout"},
		`{"type":"function_call","call_id":"c","arguments":"{}"}`:                                {"codex-rollout"},
		`{"type":"thread.started","thread_id":"s"}`:                                              {"codex-exec"},
		`{"type":"turn.started"}`:                                                                {"codex-exec"},
		`{"type":"item.completed"}`:                                                              nil,
		`{"type":"session.start","data":{},"id":"e"}`:                                            {"copilot-events"},
		`{"type":"order.created","data":{},"id":"e"}`:                                            nil,
		`{"type":"tool_call","subtype":"started","tool_call":{}}`:                                {"cursor-stream"},
		`{"type":"system","subtype":"init","session_id":"s","apiKeySource":"login"}`:             {"cursor-stream"},
		`{"type":"system","subtype":"init","session_id":"s","apiKeySource":"login","tools":[]}`:  {"claude-stream"},
		`[{"type":"result","total_cost_usd":1}]`:                                                 {"claude-stream"},
		`{"type":"user","uuid":"u","sessionId":"s","message":{"content":"x"}}`:                   {"claude-session"},
		`{"type":"file-history-snapshot","snapshot":{}}`:                                         {"claude-session"},
		`{"message":{"usage":{}},"timestamp":"2026-03-02T09:00:00Z"}`:                            {"claude-session"},
		`{"sessionId":"s","projectHash":"h"}`:                                                    {"gemini-session"},
		`{"$set":{"lastUpdated":"2026-03-02T09:00:00Z"}}`:                                        {"gemini-session"},
		`{"type":"init","session_id":"s","model":"m"}`:                                           {"gemini-stream"},
		`{"response":"x","stats":{}}`:                                                            {"gemini-stream"},
		`{"id":"T-1","messages":[]}`:                                                             {"amp-thread"},
		`{"id":"T-1","name":"a row of a table"}`:                                                 nil,
		`{"trajectory":[],"info":{}}`:                                                            {"swe-agent"},
		`{"git_patch":"","instance_id":"i"}`:                                                     {"openhands"},
		`{"version":"1.0","id":"t","files":[{"path":"a.go","conversations":[]}]}`:                {"agent-trace"},
		`{"checkpoint_id":"c","sessions":[]}`:                                                    {"entire-checkpoint"},
		`{"status":"done","type":"run_command","run_command":{}}`:                                {"windsurf"},
		`{"requesterUsername":"ada","requests":[]}`:                                              {"copilot-chat"},
		`{"type":"session_start","version":1}`:                                                   {"droid"},
		`{"autonomyMode":"auto-low","model":"m"}`:                                                {"droid-settings"},
		`{"sessionId":"s","origin":{},"messages":[]}`:                                            {"cline"},
		`{"session_id":"s","workspace_root":"/r","enable_tools":true}`:                           {"cline-session"},
		`{"trajectory_format":"mini-swe-agent-1.1","messages":[]}`:                               {"mini-swe-agent"},
		`{"engine_id":"copilot","workflow_name":"Fix"}`:                                          {"gh-aw"},
		`{"items":[{"type":"add_comment","body":"x"}],"errors":[]}`:                              {"gh-aw"},
		`{"type":"create_pull_request","title":"x","body":"y","branch":"b"}`:                     {"gh-aw"},
		`{"type":"session","version":3}`:                                                         {"pi"},
		`{"sessionId":"s","workspaceDirectory":"/r"}`:                                            {"continue"},
		`{"info":{"id":"s","directory":"/r"},"messages":[]}`:                                     {"opencode"},
		`{"type":"tool_use","timestamp":1,"sessionID":"s","part":{}}`:                            {"opencode"},
		`{"uuid":"u","sessionId":"s","type":"assistant","message":{"parts":[]}}`:                 {"qwen-session"},
		`{"type":"system","subtype":"init","session_id":"s","qwen_code_version":"0.15"}`:         {"qwen-stream"},
		`{"id":"m","sessionID":"s","role":"user"}`:                                               {"opencode-storage"},
		"SQLite format 3\x00 table session table part":                                           {"opencode-storage"},
		"SQLite format 3\x00 table orders":                                                       nil,
		`{"event":"launched","properties":{},"user_id":"u"}`:                                     {"aider-analytics"},
		`{"resourceSpans":[]}`:                                                                   {"otlp"},
		`{"role":"user","message":{"content":[]}}`:                                               {"cursor-transcript"},
		`{"role":"user","message":{"content":[]},"type":"x"}`:                                    nil,
		"# aider chat started at 2026-03-02 09:00:00\n":                                          {"aider-history"},
		"talk about aider chat started at 2026-03-02 \n":                                         nil,
		"a.go\n  k1 1-3,7\n---\n{\"schema_version\":\"authorship/3.0.0\"}\n":                     {"git-ai-note"},
		"a.go\n  e61c0a4 1-3\n  s_7dde216d12f721::t_efdafee1db4e96 9\n":                          {"git-ai-note"},
		"const a = {\n  timeouts: 30\n  retries: 3\n  return 5\n  minutes2 = 60\n}\n":            nil,
		"notes\n  of a meeting\n":                                                                nil,
		"# Session Context\n\n## User Prompts\n":                                                 {"entire-context"},
		"sha256:abababababababababababababababababababababababababababababababab\n":              {"entire-hash"},
		"sha256:abab and more":                                                                   nil,
		"\uFEFF<!-- Generated by SpecStory -->\n":                                                {"specstory"},
		`{"name":"a package","version":"1.0.0"}`:                                                 nil,
		"":                                                                                       nil,
	} {
		var got []string
		for name, detects := range detectors {
			if detects("file", []byte(head)) {
				got = append(got, name)
			}
		}
		slices.Sort(got)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", head, diff)
		}
	}
}

// Most of the first values decide: one of another kind changes nothing.
func TestDetectByMajority(t *testing.T) {
	claude := `{"type":"user","uuid":"u","sessionId":"s","message":{"content":"x"}}` + "\n"
	if !DetectClaudeSession("", []byte(`{"role":"user","message":{"content":"x"}}`+"\n"+claude+claude)) {
		t.Error("two rows of three are not the most")
	}
}
