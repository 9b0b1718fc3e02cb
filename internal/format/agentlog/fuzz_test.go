package agentlog

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/mergebrief/mergebrief/internal/commandline"
	"github.com/mergebrief/mergebrief/internal/evidence"
)

// FuzzDecode: no input makes a decoder panic; what comes out is bounded, can be
// written as JSON, and its counts add up; joining it with itself adds nothing.
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		bashRow("t1", 1, "go test ./... | tail"), resultRow("t1", 2, true, "Exit code 1", `"x"`), promptRow("u", "hi", ""),
		`{"type":"session_meta","payload":{"id":"x"}}`, `{"type":"item.completed","item":{"id":"1","type":"command_execution","command":"ls","exit_code":0}}`,
		`{"sessionId":"x","projectHash":"y","messages":[{"type":"gemini","toolCalls":[{"name":"replace","args":{}}]}]}`,
		`{"type":"session.start","data":{"sessionId":"x"}}`, `{"type":"tool_call","subtype":"completed","tool_call":{"shellToolCall":{"args":{},"result":{}}}}`,
		`{"schema_version":"ATIF-v1.6","steps":[{"source":"agent","tool_calls":[{}]}]}`, `{"git_patch":"diff --git a/x b/x\n@@ \n+a","history":[[{"action":"run"},{"observation":"run"}]]}`,
		`{"trajectory":[{"action":"ls"}],"info":{}}`, `{"status":"done","type":"run_command","run_command":{"command":"ls"}}`, `{"id":"T-1","messages":[{"role":"user","content":[]}]}`,
		"# aider chat started at 2026-03-02 09:00:00\n#### x\n> Tokens: 1k sent, 2 received.\n", "a\n  k 1-2\n---\n{\"prompts\":{}}",
		`{"version":"1.0","files":[{"path":"a","conversations":[{"ranges":[{"start_line":1,"end_line":2}]}]}]}`, `{"checkpoint_id":"x"}`, `{"schema":"x","commands":[{"line":"ls"}]}`,
		`{"kind":"mergebrief.command/v1","argv":["ls"]}`, `[{"type":"result","total_cost_usd":1}]`,
	} {
		f.Add([]byte(seed))
	}
	decoders := []decoder{
		DecodeClaude, DecodeCodexRollout, DecodeCodexExec, DecodeGemini, DecodeGeminiStream, DecodeCopilot, DecodeCursor, DecodeCursorTranscript, DecodeATIF, DecodeOpenHands,
		DecodeSWEAgent, DecodeWindsurf, DecodeAmp, DecodeAider, DecodeNote, DecodeTrace, DecodeEntire, DecodeManifest, DecodeCommands,
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, decode := range decoders {
			fragment, _ := decode(bytes.NewReader(data)) // an error is an answer
			for _, s := range fragment.Sessions {
				checkSession(t, s)
			}
			for _, s := range Join(append(fragment.Sessions, fragment.Sessions...)) {
				checkSession(t, s)
			}
		}
	})
}

func checkSession(t *testing.T, s evidence.Session) {
	t.Helper()
	if _, err := json.Marshal(s); err != nil {
		t.Fatal(err)
	}
	c := s.CommandCounts
	if c.Total != c.OK+c.Failed+c.NotRun+c.Background+c.Unknown || c.Total != len(s.Commands)+s.CommandsOmitted {
		t.Fatalf("counts do not add up: %+v, %d listed, %d omitted", c, len(s.Commands), s.CommandsOmitted)
	}
	for _, cmd := range s.Commands {
		if len(cmd.Line) > commandline.MaxLineBytes || len(cmd.Family) > 2*maxNameBytes+1 {
			t.Fatalf("unbounded: %q", cmd.Line)
		}
		if cmd.Masked != "" && cmd.Outcome == evidence.CommandOK && cmd.ExitBasis != evidence.ExitText {
			t.Fatalf("a hidden status passes: %+v", cmd)
		}
	}
	if u := s.Usage; u != nil && (u.InputTokens < 0 || u.OutputTokens < 0 || u.CacheReadTokens < 0 || u.CacheWriteTokens < 0) {
		t.Fatalf("negative usage: %+v", u)
	}
	for _, r := range s.Repairs {
		for _, at := range []*int{r.FirstFailure, r.LastRun} {
			if at != nil && (*at < 0 || *at >= len(s.Commands)) {
				t.Fatalf("a repair points at command %d of %d", *at, len(s.Commands))
			}
		}
	}
}
