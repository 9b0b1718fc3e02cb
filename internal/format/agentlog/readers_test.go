package agentlog

import "testing"

func TestOpenCode(t *testing.T) {
	export := func(parts string) []string {
		return []string{`Exporting session: ses_1{`, `"info":{"id":"ses_1","directory":"/r","version":"1.18.33"},"messages":[{"info":{"role":"user"},"parts":[{"type":"text","text":"Fix it."},{"type":"text","text":"note","synthetic":true}]},{"info":{"id":"m","role":"assistant","modelID":"m","cost":0.5,"tokens":{"input":4,"output":2,"reasoning":1,"cache":{"read":6,"write":7}}},"parts":[` + parts + `]}]}`}
	}
	call := func(tool, state string) string {
		return `{"type":"tool","tool":"` + tool + `","callID":"c","state":{` + state + `}}`
	}
	vet := `"input":{"command":"go vet ./..."},`
	facts := func(more ...string) []string {
		all := append([]string{"run ses_1 1.18.33 m", "prompts 1: Fix it."}, more...)
		return append(all, "tokens 4 in, 3 out, 6 read, 7 written, 0.50 USD reported")
	}
	checkTranscripts(t, DecodeOpenCode, map[string]transcript{
		"status":            {export(call("bash", vet+`"status":"completed","metadata":{"exit":1}`)), facts("command go vet ./...: lint failed explicit 1")},
		"status of 0":       {export(call("bash", vet+`"status":"completed","metadata":{"exit":0}`)), facts("command go vet ./...: lint ok explicit 0")},
		"completed is none": {export(call("bash", vet+`"status":"completed"`)), facts("command go vet ./...: lint unknown unknown")},
		"still running":     {export(call("bash", vet+`"status":"running"`)), facts("command go vet ./...: lint unknown unknown")},
		"refused":           {export(call("bash", vet+`"status":"error","error":"The user rejected permission to use this specific tool call."`)), facts("command go vet ./...: lint not-run unknown", "denied bash go vet ./... by user")},
		"edit":              {export(call("edit", `"status":"completed","input":{"filePath":"/r/a.go","oldString":"x","newString":"y"},"metadata":{"diff":"Index: a.go\n--- a.go\n+++ a.go\n@@ -1 +1 @@\n-x\n+y\n"}`)), facts("edit a.go +1 -1")},
		"edit that failed":  {export(call("edit", `"status":"error","input":{"filePath":"/r/a.go","oldString":"x","newString":"y"},"error":"oldString not found"`)), facts()},
		"edit without an end": {
			export(call("edit", `"status":"pending","input":{"filePath":"/r/a.go"}`)), facts("not understood edit ×1"),
		},
		"files of a script": {
			export(call("bash", `"input":{"command":"python3 gen.py"},"status":"completed","metadata":{"exit":0}`) + `,{"type":"patch","files":["/r/a.go"]}`),
			facts("command python3 gen.py: other ok explicit 0", "edit a.go +0 -0 lines unknown"),
		},
		"caches of a test": {
			export(call("bash", vet+`"status":"completed","metadata":{"exit":0}`) + `,{"type":"patch","files":["/r/cache"]}`),
			facts("command go vet ./...: lint ok explicit 0"),
		},
		"numbered anew": {
			export(call("bash", vet+`"status":"completed","metadata":{"exit":1},"output":"no"`) + "," + call("bash", vet+`"status":"completed","metadata":{"exit":0},"output":"yes"`)),
			facts("command go vet ./...: lint failed explicit 1", "command go vet ./...: lint ok explicit 0"),
		},
		"subagent": {export(call("task", `"status":"completed","input":{"prompt":"Count."},"metadata":{"sessionId":"ses_2"}`)), append(facts(), "1 subagents, 0 compactions")},
		"unknown":  {export(`{"type":"frobnication"},` + call("frobnicate", `"status":"completed"`)), facts("not understood frobnicate ×1", "not understood frobnication ×1")},
		"events": {
			[]string{
				`{"type":"tool_use","timestamp":1782036011000,"sessionID":"ses_1","part":` + call("bash", vet+`"status":"completed","metadata":{"exit":1}`) + `}`,
				`{"type":"step_finish","timestamp":1782036011000,"sessionID":"ses_1","part":{"type":"step-finish","cost":0.5,"tokens":{"input":4,"output":2,"reasoning":0,"cache":{"read":6,"write":7}}}}`,
			},
			[]string{"run ses_1", "command go vet ./...: lint failed explicit 1", "tokens 4 in, 2 out, 6 read, 7 written, 0.50 USD reported"},
		},
	})
}

func TestPi(t *testing.T) {
	call := func(tool, args, said, failed string) []string {
		return []string{
			`{"type":"session","version":3,"id":"s","cwd":"/r"}`,
			`{"type":"message","id":"a","message":{"role":"assistant","model":"m","content":[{"type":"toolCall","id":"c","name":"` + tool + `","arguments":` + args + `}]}}`,
			`{"type":"message","id":"b","message":{"role":"toolResult","toolCallId":"c","content":[{"type":"text","text":"` + said + `"}],"isError":` + failed + `}}`,
		}
	}
	vet := `{"command":"go vet ./..."}`
	checkTranscripts(t, DecodePi, map[string]transcript{
		"status":              {call("bash", vet, `x\n\nCommand exited with code 2`, "true"), []string{"run s  m", "command go vet ./...: lint failed explicit 2"}},
		"no error":            {call("bash", vet, "", "false"), []string{"run s  m", "command go vet ./...: lint ok inferred"}},
		"aborted":             {call("bash", vet, `x\n\nCommand aborted`, "true"), []string{"run s  m", "command go vet ./...: lint unknown unknown"}},
		"nothing tells":       {call("bash", vet, "x", "null"), []string{"run s  m", "command go vet ./...: lint unknown unknown"}},
		"edit":                {call("edit", `{"path":"a.go","edits":[{"oldText":"x","newText":"y"}]}`, "ok", "false"), []string{"run s  m", "edit a.go +1 -1"}},
		"edit that failed":    {call("edit", `{"path":"a.go","edits":[{"oldText":"x","newText":"y"}]}`, "no", "true"), []string{"run s  m"}},
		"edit without an end": {call("edit", `{"path":"a.go"}`, "ok", "false")[:2], []string{"run s  m", "not understood edit ×1"}},
		"usage and prompt": {
			[]string{`{"type":"session","version":3,"id":"s","cwd":"/r"}`, `{"type":"message","id":"u","message":{"role":"user","content":[{"type":"text","text":"Fix it."}]}}`, `{"type":"message","id":"a","message":{"role":"assistant","model":"m","content":[],"usage":{"input":4,"output":2,"cacheRead":6,"cacheWrite":7,"cost":{"total":0.25}}}}`},
			[]string{"run s  m", "prompts 1: Fix it.", "tokens 4 in, 2 out, 6 read, 7 written, 0.25 USD reported"},
		},
	})
}

func TestQwen(t *testing.T) {
	row := func(kind, more string) string {
		return `{"uuid":"` + kind + `","sessionId":"s","type":"` + kind + `","cwd":"/r","version":"0.15.10",` + more + `}`
	}
	call := func(tool, args, status, response string) []string {
		return []string{
			row("assistant", `"model":"m","message":{"role":"model","parts":[{"functionCall":{"id":"c","name":"`+tool+`","args":`+args+`}}]}`),
			row("tool_result", `"message":{"role":"user","parts":[{"functionResponse":{"id":"c","response":{"output":"`+response+`"}}}]},"toolCallResult":{"callId":"c","status":"`+status+`","resultDisplay":{"executionSummary":{"totalToolCalls":2}}}`),
		}
	}
	vet := `{"command":"go vet ./..."}`
	run := "run s 0.15.10 m"
	checkTranscripts(t, DecodeQwen, map[string]transcript{
		"success of the tool": {call("run_shell_command", vet, "success", `Command: go vet ./...\nOutput: x\nExit Code: 1\nSignal: 0`), []string{run, "command go vet ./...: lint failed explicit 1"}},
		"status of 0":         {call("run_shell_command", vet, "success", `Command: go vet ./...\nOutput: x\nExit Code: 0\nSignal: 0`), []string{run, "command go vet ./...: lint ok explicit 0"}},
		"nothing tells":       {call("run_shell_command", vet, "success", `x`), []string{run, "command go vet ./...: lint unknown unknown"}},
		"cancelled":           {call("run_shell_command", vet, "cancelled", ``), []string{run, "command go vet ./...: lint not-run unknown", "denied run_shell_command go vet ./... by user"}},
		"edit":                {call("edit", `{"file_path":"/r/a.go","old_string":"x","new_string":"y"}`, "success", "ok"), []string{run, "edit a.go +1 -1"}},
		"edit that failed":    {call("edit", `{"file_path":"/r/a.go","old_string":"x","new_string":"y"}`, "error", "no"), []string{run}},
		"calls of a subagent": {call("agent", `{"prompt":"Count."}`, "success", "2"), []string{run, "not understood agent ×2", "1 subagents, 0 compactions"}},
		"usage and prompt": {
			[]string{row("user", `"message":{"role":"user","parts":[{"text":"Fix it."}]}`), row("assistant", `"model":"m","message":{"parts":[{"text":"Done."}]},"usageMetadata":{"promptTokenCount":10,"cachedContentTokenCount":6,"candidatesTokenCount":2,"thoughtsTokenCount":1}`)},
			[]string{run, "prompts 1: Fix it.", "tokens 4 in, 3 out, 6 read, 0 written"},
		},
	})
}

func TestQwenStream(t *testing.T) {
	call := func(said string, failed string) []string {
		return []string{
			`{"type":"system","subtype":"init","session_id":"s","cwd":"/r","model":"m","permission_mode":"yolo","qwen_code_version":"0.15.10"}`,
			`{"type":"assistant","session_id":"s","message":{"id":"a","role":"assistant","content":[{"type":"tool_use","id":"c","name":"run_shell_command","input":{"command":"go vet ./..."}}],"usage":{"input_tokens":10,"cache_read_input_tokens":6,"output_tokens":2}}}`,
			`{"type":"user","session_id":"s","message":{"role":"user","content":[{"type":"tool_result","tool_use_id":"c","is_error":` + failed + `,"content":"` + said + `"}]}}`,
			`{"type":"result","subtype":"success","session_id":"s","is_error":false}`,
		}
	}
	facts := func(command string) []string {
		return []string{"run s 0.15.10 m", "boundary approval=yolo bypass", command, "tokens 4 in, 2 out, 6 read, 0 written", "ended success"}
	}
	checkTranscripts(t, DecodeQwenStream, map[string]transcript{
		"status":        {call(`Command: x\nOutput: y\nExit Code: 3\nSignal: 0`, "false"), facts("command go vet ./...: lint failed explicit 3")},
		"nothing tells": {call(`y`, "false"), facts("command go vet ./...: lint unknown unknown")},
	})
}

func TestDroid(t *testing.T) {
	call := func(tool, input, said, failed string) []string {
		return []string{
			`{"type":"session_start","id":"s","version":2,"cwd":"/r"}`,
			`{"type":"message","id":"0","message":{"role":"user","content":[{"type":"text","text":"<system-reminder>x</system-reminder>"}]}}`,
			`{"type":"message","id":"1","message":{"role":"user","content":[{"type":"text","text":"Fix it."}]}}`,
			`{"type":"message","id":"a","message":{"role":"assistant","content":[{"type":"tool_use","id":"c","name":"` + tool + `","input":` + input + `}]}}`,
			`{"type":"message","id":"b","message":{"role":"user","content":[{"type":"tool_result","tool_use_id":"c","is_error":` + failed + `,"content":"` + said + `"}]}}`,
		}
	}
	vet := `{"command":"go vet ./..."}`
	checkTranscripts(t, DecodeDroid, map[string]transcript{
		"failed":        {call("Execute", vet, `Error: Command failed (exit code: 3)\nx`, "true"), []string{"run s", "prompts 1: Fix it.", "command go vet ./...: lint failed explicit 3"}},
		"passed":        {call("Execute", vet, `x\n\n[Process exited with code 0]`, "false"), []string{"run s", "prompts 1: Fix it.", "command go vet ./...: lint ok explicit 0"}},
		"nothing tells": {call("Execute", vet, `x`, "false"), []string{"run s", "prompts 1: Fix it.", "command go vet ./...: lint unknown unknown"}},
		"edit":          {call("Edit", `{"file_path":"/r/a.go","old_str":"x","new_str":"y"}`, `ok`, "false"), []string{"run s", "prompts 1: Fix it.", "edit a.go +1 -1"}},
	})
}

func TestContinue(t *testing.T) {
	call := func(tool, args, status, said string) []string {
		return []string{`{"sessionId":"s","workspaceDirectory":"file:///r","history":[{"message":{"role":"user","content":"Fix it."}},{"message":{"role":"assistant","content":"","usage":{"prompt_tokens":10,"completion_tokens":2,"model":"m","prompt_tokens_details":{"cached_tokens":6}}},"toolCallStates":[{"toolCallId":"c","status":"` + status + `","parsedArgs":` + args + `,"toolCall":{"function":{"name":"` + tool + `"}},"output":[{"content":"` + said + `"}]}]}],"usage":{"totalCost":0.5}}`}
	}
	vet := `{"command":"go vet ./..."}`
	facts := func(fact string) []string {
		return []string{"run s  m", "prompts 1: Fix it.", fact, "tokens 4 in, 2 out, 6 read, 0 written, 0.50 USD reported"}
	}
	checkTranscripts(t, DecodeContinue, map[string]transcript{
		"failed":   {call("Bash", vet, "errored", "Error executing tool Bash: Error (exit code 2): x"), facts("command go vet ./...: lint failed explicit 2")},
		"passed":   {call("Bash", vet, "done", "x"), facts("command go vet ./...: lint ok inferred")},
		"canceled": {call("Edit", `{"file_path":"/r/a.go"}`, "canceled", ""), facts("denied Edit /r/a.go by user")},
		"edit":     {call("Edit", `{"file_path":"/r/a.go","old_string":"x","new_string":"y"}`, "done", "ok"), facts("edit a.go +1 -1")},
		"open":     {call("Edit", `{"file_path":"/r/a.go"}`, "generating", ""), facts("not understood Edit ×1")},
	})
}

func TestCline(t *testing.T) {
	call := func(tool, input, content string) []string {
		return []string{`{"sessionId":"s","origin":{"version":"3.0.65"},"system_prompt":"4. Working Directory: /r","messages":[{"id":"u","role":"user","content":[{"type":"text","text":"<user_input mode=\"act\">Fix it.</user_input>"}]},{"id":"a","role":"assistant","content":[{"type":"tool_use","id":"c","name":"` + tool + `","input":` + input + `}],"modelInfo":{"id":"m"},"metrics":{"inputTokens":10,"outputTokens":2,"cacheReadTokens":6}},{"id":"b","role":"user","content":[{"type":"tool_result","tool_use_id":"c","content":` + content + `}]}]}`}
	}
	facts := func(more ...string) []string {
		all := append([]string{"run s 3.0.65 m", "prompts 1: Fix it.", "instructions of 24 bytes", "boundary approval=act"}, more...)
		return append(all, "tokens 4 in, 2 out, 6 read, 0 written")
	}
	checkTranscripts(t, DecodeCline, map[string]transcript{
		"two commands": {
			call("run_commands", `{"commands":["go vet ./...","ls"]}`, `[{"result":"","error":"Command exited with code 2","success":false},{"result":"a","success":true}]`),
			facts("command go vet ./...: lint failed explicit 2", "command ls: other ok inferred"),
		},
		"refused":     {call("run_commands", `{"commands":["go vet ./..."]}`, `[{"result":"","error":"Tool requires approval in a TTY session","success":false}]`), facts("command go vet ./...: lint not-run unknown", "denied run_command go vet ./... by policy")},
		"no result":   {call("run_commands", `{"commands":["go vet ./..."]}`, `[]`), facts("command go vet ./...: lint unknown unknown", "not understood run_command ×1")},
		"edit":        {call("editor", `{"path":"/r/a.go","old_text":"x","new_text":"y"}`, `"{\"success\":true,\"result\":\"ok\"}"`), facts("edit a.go +1 -1")},
		"new file":    {call("editor", `{"path":"/r/a.go","new_text":"y\n"}`, `"{\"success\":true}"`), facts("edit a.go +1 -0")},
		"failed edit": {call("editor", `{"path":"/r/a.go","old_text":"x","new_text":"y"}`, `"{\"success\":false,\"error\":\"no match\"}"`), facts()},
		"read":        {call("read_files", `{"files":[{"path":"/r/a.go"},{"path":"/r/b.go"}]}`, `[{"result":"x","success":true},{"result":"y","success":true}]`), facts("read a.go", "read b.go")},
	})
}

func TestMiniSWE(t *testing.T) {
	checkTranscripts(t, DecodeMiniSWE, map[string]transcript{
		"blocks": {
			[]string{`{"role":"user","content":"Fix it."}`, "{\"role\":\"assistant\",\"content\":\"x\\n```mswea_bash_command\\ngo vet ./...\\n```\"}", `{"role":"user","content":"<returncode>2</returncode>\n<output>x</output>"}`},
			[]string{"prompts 1: Fix it.", "command go vet ./...: lint failed explicit 2"},
		},
		"two blocks run nothing": {
			[]string{"{\"role\":\"assistant\",\"content\":\"```bash\\nls\\n```\\n```bash\\npwd\\n```\"}"}, nil,
		},
		"actions": {
			[]string{`{"info":{"exit_status":"Submitted","mini_version":"2.1.0","submission":"diff --git a/a.go b/a.go\n--- a/a.go\n+++ b/a.go\n@@ -1 +1 @@\n-x\n+y\n","model_stats":{"instance_cost":0.5},"config":{"model":{"model_name":"m"}}},"messages":[{"role":"assistant","content":"x","extra":{"actions":[{"command":"go vet ./...","tool_call_id":"c"},{"command":"ls","tool_call_id":"d"}]}},{"role":"tool","tool_call_id":"d","content":"","extra":{"returncode":0}},{"role":"tool","tool_call_id":"c","content":"","extra":{"returncode":1}}],"trajectory_format":"mini-swe-agent-1.1"}`},
			[]string{"run  2.1.0 m", "command go vet ./...: lint failed explicit 1", "command ls: other ok explicit 0", "edit a.go +1 -1", "tokens 0 in, 0 out, 0 read, 0 written, 0.50 USD reported", "ended success"},
		},
	})
}
