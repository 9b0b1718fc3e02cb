package agentlog

import "testing"

func TestGemini(t *testing.T) {
	call := func(more string) []string {
		return []string{`{"sessionId":"s","projectHash":"h","messages":[{"id":"1","type":"gemini","model":"m","toolCalls":[{"id":"c","name":"run_shell_command","args":{"command":"go vet ./..."}` + more + `}]}]}`}
	}
	result := func(status, output string) []string {
		return call(`,"status":"` + status + `","result":[{"functionResponse":{"response":{"output":"` + output + `"}}}]`)
	}
	checkTranscripts(t, DecodeGemini, map[string]transcript{
		"tokens": {
			[]string{`{"sessionId":"s","projectHash":"h","messages":[{"id":"1","type":"gemini","model":"m","tokens":{"input":100,"cached":60,"output":5,"thoughts":2}},{"id":"2","type":"gemini","tokens":{"input":10,"output":1}}]}`},
			[]string{"run s  m", "tokens 50 in, 8 out, 60 read, 0 written"},
		},
		"status of a failure":       {result("error", `Output: x\nExit Code: 2`), []string{"run s  m", "command go vet ./...: lint failed explicit 2"}},
		"a success names no status": {result("success", "Output: x"), []string{"run s  m", "command go vet ./...: lint ok inferred"}},
		"a success of the tool":     {result("success", "x"), []string{"run s  m", "command go vet ./...: lint unknown unknown"}},
		"a success of a failure":    {result("success", `<untrusted_context>\nOutput: x\nExit Code: 1\nProcess Group PGID: 4\n</untrusted_context>`), []string{"run s  m", "command go vet ./...: lint failed explicit 1"}},
		"a status in the output":    {result("success", `Output: Exit Code: 7\nExit Code: 7\nclean\nProcess Group PGID: 4`), []string{"run s  m", "command go vet ./...: lint ok inferred"}},

		"left something running": {result("success", `Output: x\nBackground PIDs: 17`), []string{"run s  m", "command go vet ./...: lint background unknown hidden by background"}},
		"left nothing running":   {result("success", `Output: x\nBackground PIDs: (none)`), []string{"run s  m", "command go vet ./...: lint ok inferred"}},
		"cancelled":              {result("cancelled", ""), []string{"run s  m", "command go vet ./...: lint not-run unknown", "denied run_shell_command go vet ./... by user"}},
		"still executing":        {result("executing", ""), []string{"run s  m", "command go vet ./...: lint unknown unknown"}},
		"without a result":       {call(""), []string{"run s  m", "command go vet ./...: lint unknown unknown"}},
		"rows": {
			[]string{`{"sessionId":"s","projectHash":"h"}`, `{"type":"user","id":"1","content":"Fix it."}`, `{"type":"gemini","id":"2","content":"The linter is clean."}`},
			[]string{"run s", "prompts 1: Fix it.", "states lint-pass 0"},
		},
		"a message written again": {
			[]string{`{"sessionId":"s","projectHash":"h"}`, `{"type":"user","id":"1","content":"Fix"}`, `{"type":"user","id":"1","content":"Fix it."}`},
			[]string{"run s", "prompts 1: Fix it."},
		},
		"messages set anew": {
			[]string{`{"sessionId":"s","projectHash":"h"}`, `{"type":"user","id":"1","content":"Fix"}`, `{"$set":{"messages":[{"type":"user","id":"2","content":"Fix it."}]}}`},
			[]string{"run s", "prompts 2: Fix / Fix it."},
		},
		"a session that goes on": {
			[]string{
				`{"sessionId":"s","projectHash":"h"}`, `{"type":"user","id":"0","content":[{"text":"<session_context>\n- **Workspace Directories:**\n  - /r/shop\n"}]}`, `{"type":"user","id":"1","content":[{"text":"Fix it."}]}`,
				`{"type":"gemini","id":"2","content":"","toolCalls":[{"id":"c","name":"run_shell_command","args":{"command":"go vet ./..."},"status":"success","result":[{"functionResponse":{"id":"c","response":{"output":"Output: x\nExit Code: 1"}}}]}]}`,
				`{"$set":{"messages":[{"type":"user","id":"7","content":[{"text":"Fix it."}]},{"type":"gemini","id":"8","content":[{"functionCall":{"id":"c","name":"run_shell_command","args":{"command":"go vet ./..."}}}]},{"type":"gemini","id":"9","content":[{"functionCall":{"id":"d","name":"read_file","args":{"file_path":"/r/shop/a.go"}}}]},{"type":"user","id":"10","content":[{"functionResponse":{"id":"d","response":{"output":"x"}}}]}]}}`,
				`{"type":"user","id":"11","content":[{"text":"Go on."}]}`,
			},
			[]string{"run s", "prompts 2: Fix it. / Go on.", "command go vet ./...: lint failed explicit 1", "read a.go"},
		},
		"what was taken back was done all the same": {
			[]string{
				`{"sessionId":"s","projectHash":"h"}`, `{"type":"user","id":"1","content":"Look."}`, `{"type":"user","id":"2","content":"Break it."}`,
				`{"type":"gemini","id":"3","toolCalls":[{"id":"c","name":"replace","args":{"file_path":"a.go","old_string":"x","new_string":"y"},"status":"success","result":"ok"}]}`, `{"$rewindTo":"2"}`,
			},
			[]string{"run s", "prompts 1: Look.", "edit a.go +1 -1"},
		},
	})
}

func TestGeminiStream(t *testing.T) {
	checkTranscripts(t, DecodeGeminiStream, map[string]transcript{
		"events": {
			[]string{
				`{"type":"init","session_id":"s","model":"m"}`, `{"type":"message","role":"user","content":"Fix it."}`,
				`{"type":"message","role":"assistant","content":"All tests fail."}`,
				`{"type":"tool_use","tool_name":"run_shell_command","tool_id":"c","parameters":{"command":"go vet ./..."}}`, `{"type":"tool_result","tool_id":"c","status":"error","output":"Exit Code: 1"}`,
				`{"type":"tool_use","tool_name":"run_shell_command","tool_id":"d","parameters":{"command":"go build ./..."}}`, `{"type":"tool_result","tool_id":"d","status":"success","output":"x"}`,
				`{"type":"message","role":"assistant","content":"The linter "}`, `{"type":"message","role":"assistant","content":"is clean."}`,
				`{"type":"result","status":"success","stats":{"input_tokens":100,"cached":60,"output_tokens":5}}`,
			},
			[]string{"run s  m", "prompts 1: Fix it.", "command go vet ./...: lint failed explicit 1", "command go build ./...: build unknown unknown", "states lint-pass 0", "tokens 40 in, 5 out, 60 read, 0 written"},
		},
		"document": {
			[]string{`{"session_id":"s","response":"The build passes.","stats":{"models":{"m":{"tokens":{"prompt":100,"cached":60,"candidates":5,"thoughts":2}},"n":{"input_tokens":10,"output_tokens":1}}}}`},
			[]string{"run s  m,n", "states build-pass 0", "tokens 50 in, 8 out, 60 read, 0 written"},
		},
		"no tokens are not none": {[]string{`{"session_id":"s","response":"x","stats":{}}`}, []string{"run s"}},
	})
}
