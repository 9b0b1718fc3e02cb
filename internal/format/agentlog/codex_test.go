package agentlog

import "testing"

func codexOf(kind, payload string) string {
	return `{"timestamp":"2026-03-02T09:00:00Z","type":"` + kind + `","payload":` + payload + `}`
}

func codexShell(output string) []string {
	return []string{
		codexOf("response_item", `{"type":"function_call","name":"shell","call_id":"c","arguments":"{\"command\":[\"bash\",\"-lc\",\"go vet ./...\"]}"}`),
		codexOf("response_item", `{"type":"function_call_output","call_id":"c","output":`+output+`}`),
	}
}

func TestCodexRollout(t *testing.T) {
	turn := func(policy string) []string { return []string{codexOf("turn_context", policy)} }
	patched := func(more string) []string {
		return []string{codexOf("event_msg", `{"type":"patch_apply_end","call_id":"p",`+more+`}`)}
	}
	checkTranscripts(t, DecodeCodexRollout, map[string]transcript{
		"a forked session is the first one": {
			[]string{codexOf("session_meta", `{"id":"s","cwd":"/r","cli_version":"0.104.0","base_instructions":{"text":"Be brief."}}`), codexOf("session_meta", `{"id":"parent","cli_version":"0.1"}`), codexOf("turn_context", `{"model":"m"}`)},
			[]string{"run s 0.104.0 m", "instructions of 9 bytes"},
		},
		"rows without an envelope": {
			[]string{
				`{"id":"s","timestamp":"2025-05-01T09:00:00Z","instructions":"x","git":{"branch":"b"}}`,
				`{"type":"message","role":"user","content":[{"type":"input_text","text":"Fix it."}]}`,
				`{"type":"local_shell_call","id":"l","action":{"command":["ls"]}}`,
				`{"type":"function_call_output","call_id":"l","output":"{\"output\":\"a\",\"metadata\":{\"exit_code\":0,\"duration_seconds\":0.5}}"}`,
			},
			[]string{"run s", "prompts 1: Fix it.", "instructions of 1 bytes", "command ls: other ok explicit 0 500 ms"},
		},
		"sandbox with network":      {turn(`{"approval_policy":"on-request","sandbox_policy":{"type":"workspace-write","network_access":true}}`), []string{"boundary approval=on-request sandbox=workspace-write network=on"}},
		"sandbox without network":   {turn(`{"approval_policy":"never","sandbox_policy":{"mode":"read-only"}}`), []string{"boundary approval=never sandbox=read-only network=off"}},
		"no sandbox":                {turn(`{"approval_policy":"never","sandbox_policy":"danger-full-access"}`), []string{"boundary approval=never sandbox=danger-full-access network=on bypass"}},
		"policy with parts":         {turn(`{"approval_policy":{"granular":{"rules":true}}}`), []string{"boundary approval=granular"}},
		"lists of hosts":            {turn(`{"sandbox_policy":{"type":"workspace-write"},"network":{"allowed_domains":["a.example"],"denied_domains":["b.example"]}}`), []string{"boundary sandbox=workspace-write network=allow-list allows=a.example blocks=b.example"}},
		"no policy":                 {turn(`{"model":"m"}`), []string{"run   m"}},
		"status in metadata":        {codexShell(`"{\"output\":\"x\",\"metadata\":{\"exit_code\":1,\"duration_seconds\":2}}"`), []string{"command go vet ./...: lint failed explicit 1 2000 ms"}},
		"status in text":            {codexShell(`"Wall time: 1.5 seconds\nProcess exited with code 0\nOutput:\nExit code: 9\n"`), []string{"command go vet ./...: lint ok explicit 0 1500 ms"}},
		"status in the output only": {codexShell(`"Output:\nExit code: 9\n"`), []string{"command go vet ./...: lint unknown unknown"}},
		"timed out":                 {codexShell(`"command timed out after 1000 milliseconds"`), []string{"command go vet ./...: lint failed inferred"}},
		"refused by a person":       {codexShell(`"exec command rejected by user"`), []string{"command go vet ./...: lint not-run unknown", "denied shell go vet ./... by user"}},
		"refused by a policy":       {codexShell(`"approval required by policy, but there is nobody to ask"`), []string{"command go vet ./...: lint not-run unknown", "denied shell go vet ./... by policy"}},
		"not understood":            {codexShell(`"failed to parse function arguments: x"`), []string{"command go vet ./...: lint not-run unknown"}},
		"aborted":                   {codexShell(`"aborted by user after 2.0s"`), []string{"command go vet ./...: lint unknown unknown"}},
		"left running, then waited for": {
			append(codexShell(`"Process running with session ID 7\n"`),
				codexOf("response_item", `{"type":"function_call","name":"write_stdin","call_id":"w","arguments":"{\"session_id\":7}"}`),
				codexOf("response_item", `{"type":"function_call_output","call_id":"w","output":"Process exited with code 1\nOutput:\n"}`)),
			[]string{"command go vet ./...: lint failed explicit 1"},
		},
		"left running":  {codexShell(`"Process running with session ID 7\n"`), []string{"command go vet ./...: lint background unknown hidden by background"}},
		"end of a call": {append(codexShell(`"x"`)[:1], codexOf("event_msg", `{"type":"exec_command_end","call_id":"c","exit_code":0,"aggregated_output":""}`)), []string{"command go vet ./...: lint ok explicit 0"}},
		"outside of the sandbox": {
			[]string{codexOf("response_item", `{"type":"function_call","name":"shell","call_id":"c","arguments":{"command":["ls"],"with_escalated_permissions":true}}`)},
			[]string{"command ls: other unknown unknown", "drift sandbox escalated permissions ×1"},
		},
		"a program is no command line": {[]string{codexOf("response_item", `{"type":"custom_tool_call","name":"exec","call_id":"c","input":"await tools.shell()"}`), codexOf("response_item", `{"type":"custom_tool_call_output","call_id":"c","output":"x"}`)}, nil},
		"patch as made":                {patched(`"success":true,"changes":{"a.go":{"add":{"content":"x\ny\n"}},"b.go":{"update":{"unified_diff":"@@ -1 +1 @@\n-x\n+y\n"}},"c.go":{"delete":{"content":"x\n"}}}`), []string{"edit a.go +2 -0", "edit b.go +1 -1", "edit c.go +0 -1"}},
		"patch that moves":             {patched(`"success":true,"changes":{"a.go":{"type":"update","unified_diff":"@@ -1 +1 @@\n-x\n+y\n","move_path":"b.go"}}`), []string{"edit b.go +1 -1"}},
		"patch that failed":            {patched(`"success":false,"changes":{"a.go":{"add":{"content":"x\n"}}}`), nil},
		"prompts are those of the events": {
			[]string{codexOf("response_item", `{"type":"message","role":"user","content":"<environment_context>x"}`), codexOf("response_item", `{"type":"message","role":"user","content":"Fix it."}`), codexOf("event_msg", `{"type":"user_message","message":"Fix it."}`)},
			[]string{"prompts 1: Fix it."},
		},
		"without events, those of the rows": {
			[]string{codexOf("response_item", `{"type":"message","role":"user","content":"# AGENTS.md instructions for /r"}`), codexOf("response_item", `{"type":"message","role":"user","content":"Fix it."}`)},
			[]string{"prompts 1: Fix it."},
		},
		"a compaction is told of twice": {[]string{codexOf("compacted", `{}`), codexOf("event_msg", `{"type":"context_compacted"}`)}, []string{"0 subagents, 1 compactions"}},
		"servers and searches":          {[]string{codexOf("event_msg", `{"type":"mcp_tool_call_end","invocation":{"server":"jira","tool":"get"}}`), codexOf("response_item", `{"type":"web_search_call"}`)}, []string{"used mcp jira/get ×1", "used search web ×1"}},
		"last message":                  {[]string{codexOf("event_msg", `{"type":"agent_message","message":"The linter is clean."}`), codexOf("event_msg", `{"type":"agent_message","message":" "}`)}, []string{"states lint-pass 0"}},
	})
}

func execOf(item string) string { return `{"type":"item.completed","item":` + item + `}` }

func TestCodexExec(t *testing.T) {
	command := func(more string) string {
		return execOf(`{"id":"i","type":"command_execution","command":"/bin/bash -lc \"go vet ./...\"",` + more + `}`)
	}
	checkTranscripts(t, DecodeCodexExec, map[string]transcript{
		"run": {
			[]string{`{"type":"thread.started","thread_id":"s"}`, `{"type":"turn.started"}`, `{"type":"turn.completed","usage":{"input_tokens":100,"cached_input_tokens":60,"output_tokens":5}}`, `{"type":"turn.completed","usage":{"input_tokens":10,"output_tokens":1}}`},
			[]string{"run s", "tokens 50 in, 6 out, 60 read, 0 written", "ended success"},
		},
		"turn that failed":       {[]string{`{"type":"turn.started"}`, `{"type":"turn.failed","error":{"message":"x"}}`}, []string{"ended failed"}},
		"turn without an end":    {[]string{`{"type":"turn.completed"}`, `{"type":"turn.started"}`}, nil},
		"status":                 {[]string{command(`"exit_code":1,"status":"failed"`)}, []string{"command go vet ./...: lint failed explicit 1"}},
		"told twice":             {[]string{command(`"exit_code":0`), command(`"exit_code":1`)}, []string{"command go vet ./...: lint ok explicit 0"}},
		"declined":               {[]string{command(`"status":"declined"`)}, []string{"command go vet ./...: lint not-run unknown", "denied command_execution go vet ./... by policy"}},
		"never ended":            {[]string{`{"type":"item.started","item":{"id":"i","type":"command_execution","command":"ls"}}`, `{"type":"item.updated","item":{"id":"i","type":"command_execution","command":"ls"}}`}, []string{"command ls: other unknown unknown"}},
		"older names":            {[]string{execOf(`{"id":"i","item_type":"assistant_message","text":"The build passes."}`)}, []string{"states build-pass 0"}},
		"files":                  {[]string{execOf(`{"id":"i","type":"file_change","status":"completed","changes":[{"path":"a.go"},{"path":"b.go"}]}`)}, []string{"edit a.go +0 -0", "edit b.go +0 -0"}},
		"files not changed":      {[]string{execOf(`{"id":"i","type":"file_change","status":"failed","changes":[{"path":"a.go"}]}`), execOf(`{"id":"j","type":"file_change","status":"declined","changes":[{"path":"b.go"}]}`)}, nil},
		"server that failed":     {[]string{execOf(`{"id":"i","type":"mcp_tool_call","server":"jira","tool":"get","status":"failed"}`)}, []string{"used mcp jira/get ×1", "lacked jira/get: unavailable"}},
		"searches and subagents": {[]string{execOf(`{"id":"i","type":"web_search"}`), execOf(`{"id":"j","type":"collab_tool_call"}`)}, []string{"used search web ×1", "1 subagents, 0 compactions"}},
	})
}
