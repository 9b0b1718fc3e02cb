package agentlog

import (
	"strings"
	"testing"
)

func TestAmp(t *testing.T) {
	run := func(outcome string) []string {
		return []string{`{"id":"T-1","messages":[{"role":"assistant","content":[{"type":"tool_use","id":"c","name":"Bash","input":{"cmd":"go vet ./..."}}]},{"role":"user","content":[{"type":"tool_result","toolUseID":"c","run":` + outcome + `}]}]}`}
	}
	checkTranscripts(t, DecodeAmp, map[string]transcript{
		"thread": {
			[]string{`{"id":"T-1","env":{"initial":{"trees":[{"uri":"file:///r"}],"platform":{"clientVersion":"0.1"}}},"messages":[{"role":"user","content":[{"type":"text","text":"Fix it."}]},{"role":"assistant","usage":{"model":"m","inputTokens":4,"outputTokens":5,"cacheReadInputTokens":6,"cacheCreationInputTokens":7},"content":[{"type":"text","text":"The linter is clean."},{"type":"tool_use","id":"r","name":"Read","input":{"path":"/r/a.go"}}]},{"role":"user","content":[{"type":"tool_result","toolUseID":"r","run":{"status":"done","result":"x"}}]}]}`},
			[]string{"run T-1 0.1 m", "prompts 1: Fix it.", "read a.go", "states lint-pass 0", "tokens 4 in, 5 out, 6 read, 7 written"},
		},
		"status":               {run(`{"status":"done","result":{"exitCode":1,"output":"x"}}`), []string{"run T-1", "command go vet ./...: lint failed explicit 1"}},
		"done is no status":    {run(`{"status":"done","result":"x"}`), []string{"run T-1", "command go vet ./...: lint unknown unknown"}},
		"the tool failed":      {run(`{"status":"error","error":{"message":"no shell"}}`), []string{"run T-1", "command go vet ./...: lint failed inferred"}},
		"rejected":             {run(`{"status":"rejected-by-user"}`), []string{"run T-1", "command go vet ./...: lint not-run unknown", "denied Bash go vet ./... by user"}},
		"cancelled":            {run(`{"status":"cancelled"}`), []string{"run T-1", "command go vet ./...: lint not-run unknown"}},
		"waiting for somebody": {run(`{"status":"blocked-on-user"}`), []string{"run T-1", "command go vet ./...: lint unknown unknown"}},
	})
}

func TestWindsurf(t *testing.T) {
	row := func(kind, data string) []string {
		return []string{`{"status":"done","type":"` + kind + `","` + kind + `":` + data + `}`}
	}
	checkTranscripts(t, DecodeWindsurf, map[string]transcript{
		"prompt and answer": {append(row("user_input", `{"user_response":"Fix it."}`), row("planner_response", `{"response":"The linter is clean."}`)...), []string{"prompts 1: Fix it.", "states lint-pass 0"}},
		"status":            {row("run_command", `{"command":"go vet ./...","cwd":"/r","exit_code":1}`), []string{"command go vet ./...: lint failed explicit 1"}},
		"rejected":          {row("run_command", `{"command":"git push","cwd":"/r","user_rejected":true}`), []string{"command git push: vcs not-run unknown", "denied run_command git push by user"}},
		"still running":     {[]string{`{"status":"running","type":"run_command","run_command":{"command":"go vet ./...","cwd":"/r"}}`}, []string{"command go vet ./...: lint background unknown hidden by background"}},
		"edit":              {append(row("run_command", `{"command":"ls","cwd":"/r","exit_code":0}`), row("code_action", `{"path":"file:///r/a.go","original_content":"a\nb\n","new_content":"a\nc\n"}`)...), []string{"command ls: other ok explicit 0", "edit a.go +1 -1"}},
		"edit refused":      {row("code_action", `{"path":"file:///r/a.go","new_content":"a","acknowledgement_type":"ACKNOWLEDGEMENT_TYPE_REJECT"}`), []string{"denied code_action /r/a.go by user"}},
		"edit that failed":  {[]string{`{"status":"error","type":"code_action","code_action":{"path":"a.go","new_content":"a"}}`}, nil},
		"read":              {row("view_file", `{"path":"a.go"}`), []string{"read a.go"}},
		"not there to read": {[]string{`{"status":"error","type":"view_file","view_file":{"path":"a.go"}}`}, []string{"lacked a.go: unavailable"}},
		"outside":           {append(append(row("mcp_tool", `{"server_name":"jira","tool_name":"get"}`), row("read_url_content", `{"url":"https://a.example/x"}`)...), row("search_web", `{}`)...), []string{"used mcp jira/get ×1", "used search web ×1", "used url a.example ×1"}},
	})
}

func TestCursorTranscript(t *testing.T) {
	says := func(content string) []string {
		return []string{`{"role":"assistant","message":{"content":[` + content + `]}}`}
	}
	checkTranscripts(t, DecodeCursorTranscript, map[string]transcript{
		"what the person typed":   {[]string{`{"role":"user","message":{"content":[{"type":"text","text":"<open_files>a.go</open_files><user_query>\nFix it.\n</user_query>"}]}}`}, []string{"prompts 1: Fix it."}},
		"without marks":           {[]string{`{"role":"user","message":{"content":[{"type":"text","text":"Fix <user_query> it."}]}}`}, []string{"prompts 1: Fix <user_query> it."}},
		"no outcome of a command": {says(`{"type":"tool_use","name":"Shell","input":{"command":"go vet ./..."}}`), []string{"command go vet ./...: lint unknown unknown"}},
		"what it asked for":       {says(`{"type":"tool_use","name":"Read","input":{"path":"a.go"}},{"type":"tool_use","name":"StrReplace","input":{"path":"b.go","old_string":"x","new_string":"y"}}`), []string{"edit b.go +1 -1", "read a.go"}},
		"last message":            {append(says(`{"type":"text","text":"The build passes."}`), says(`{"type":"text","text":"The linter is clean."}`)...), []string{"states lint-pass 0"}},
	})
}

func TestCursor(t *testing.T) {
	call := func(kind, more string) []string {
		return []string{`{"type":"tool_call","subtype":"completed","call_id":"c","tool_call":{"` + kind + `":` + more + `}}`}
	}
	shell := func(result string) []string {
		return call("shellToolCall", `{"args":{"command":"go vet ./..."},"result":`+result+`}`)
	}
	checkTranscripts(t, DecodeCursor, map[string]transcript{
		"run": {
			[]string{`{"type":"system","subtype":"init","session_id":"s","cwd":"/r","model":"m","permissionMode":"default"}`, `{"type":"user","message":{"content":[{"type":"text","text":"Fix it."}]}}`, `{"type":"result","result":"The linter is clean.","usage":{"inputTokens":4,"outputTokens":5,"cacheReadTokens":6,"cacheWriteTokens":7}}`},
			[]string{"run s  m", "prompts 1: Fix it.", "boundary approval=default", "states lint-pass 0", "tokens 4 in, 5 out, 6 read, 7 written"},
		},
		"success":     {shell(`{"success":{"exitCode":0}}`), []string{"command go vet ./...: lint ok explicit 0"}},
		"failure":     {shell(`{"failure":{"exitCode":1}}`), []string{"command go vet ./...: lint failed explicit 1"}},
		"rejected":    {shell(`{"rejected":{"reason":"no"}}`), []string{"command go vet ./...: lint not-run unknown", "denied shell go vet ./... by user"}},
		"not allowed": {shell(`{"permissionDenied":{}}`), []string{"command go vet ./...: lint not-run unknown", "denied shell go vet ./... by policy"}},
		"error":       {shell(`{"error":{"errorMessage":"no shell"}}`), []string{"command go vet ./...: lint failed inferred"}},
		"never ended": {[]string{`{"type":"tool_call","subtype":"started","call_id":"c","tool_call":{"shellToolCall":{"args":{"command":"go vet ./..."}}}}`}, []string{"command go vet ./...: lint unknown unknown"}},
		"edit":        {call("editToolCall", `{"args":{"path":"a.go"},"result":{"success":{"linesAdded":2,"linesRemoved":1,"diffString":"@@ -1 +1,2 @@\n-x\n+y\n+z\n"}}}`), []string{"edit a.go +2 -1"}},
	})
}

func TestATIF(t *testing.T) {
	run := func(steps, more string) []string {
		return []string{`{"schema_version":"ATIF-v1.6","session_id":"s","agent":{"name":"a","version":"1","model_name":"m"},"steps":[` + steps + `]` + more + `}`}
	}
	step := func(result string) []string {
		return run(`{"source":"agent","tool_calls":[{"tool_call_id":"c","function_name":"bash","arguments":{"command":"go vet ./..."}}],"observation":{"results":[`+result+`]}}`, "")
	}
	checkTranscripts(t, DecodeATIF, map[string]transcript{
		"messages":                 {run(`{"source":"system","message":"Be brief."},{"source":"user","message":"Fix it."},{"source":"agent","model_name":"n","message":"The linter is clean."}`, ""), []string{"run s 1 m,n", "prompts 1: Fix it.", "instructions of 9 bytes", "states lint-pass 0"}},
		"status":                   {step(`{"source_call_id":"c","extra":{"exit_code":1}}`), []string{"run s 1 m", "command go vet ./...: lint failed explicit 1"}},
		"status by another name":   {step(`{"source_call_id":"c","extra":{"returncode":0}}`), []string{"run s 1 m", "command go vet ./...: lint ok explicit 0"}},
		"an error without one":     {step(`{"source_call_id":"c","extra":{"is_error":true}}`), []string{"run s 1 m", "command go vet ./...: lint failed inferred"}},
		"no status":                {step(`{"source_call_id":"c","content":"x"}`), []string{"run s 1 m", "command go vet ./...: lint unknown unknown"}},
		"result of the only call":  {step(`{"extra":{"exit_code":0}}`), []string{"run s 1 m", "command go vet ./...: lint ok explicit 0"}},
		"result of another call":   {step(`{"source_call_id":"d","extra":{"exit_code":0}}`), []string{"run s 1 m", "command go vet ./...: lint unknown unknown"}},
		"a subagent":               {step(`{"source_call_id":"c","subagent_trajectory_ref":[{"session_id":"t"}]}`), []string{"run s 1 m", "command go vet ./...: lint unknown unknown", "1 subagents, 0 compactions"}},
		"tokens of steps":          {run(`{"source":"agent","metrics":{"prompt_tokens":100,"cached_tokens":60,"completion_tokens":5,"cost_usd":0.25}},{"source":"agent","metrics":{"prompt_tokens":10,"completion_tokens":1,"cost_usd":0.5}}`, ""), []string{"run s 1 m", "tokens 50 in, 6 out, 60 read, 0 written, 0.75 USD reported"}},
		"totals replace them":      {run(`{"source":"agent","metrics":{"prompt_tokens":100,"cost_usd":0.25}}`, `,"final_metrics":{"total_prompt_tokens":7,"total_completion_tokens":2,"total_cached_tokens":3,"total_cost_usd":1}`), []string{"run s 1 m", "tokens 4 in, 2 out, 3 read, 0 written, 1.00 USD reported"}},
		"totals without a cost":    {run(`{"source":"user","message":"x"}`, `,"final_metrics":{"total_prompt_tokens":7}`), []string{"run s 1 m", "prompts 1: x", "tokens 7 in, 0 out, 0 read, 0 written"}},
		"a cost that cannot be is": {run(`{"source":"user","message":"x"}`, `,"final_metrics":{"total_prompt_tokens":7,"total_cost_usd":-1}`), []string{"run s 1 m", "prompts 1: x", "tokens 7 in, 0 out, 0 read, 0 written"}},
	})
}

func TestSWEAgent(t *testing.T) {
	run := func(steps, more string) []string { return []string{`{"trajectory":[` + steps + `]` + more + `}`} }
	checkTranscripts(t, DecodeSWEAgent, map[string]transcript{
		"tools read": {run(`{"action":"open 'a.go' 5"},{"action":"str_replace_editor view b.go"},{"action":"goto 9"},{"action":"submit"},{"action":" "}`, ""), []string{"read a.go", "read b.go"}},
		"output tells how a command ended": {run(`{"action":"go test ./...","observation":"ok  \ta\t0.1s\n","execution_time":1.5},{"action":"make","observation":"x"}`, ""), []string{
			"command go test ./...: test ok text 1500 ms", "command make: build unknown unknown",
		}},
		"the patch that was submitted": {run(`{"action":"goto 9"}`, `,"info":{"exit_status":"submitted","swe_agent_version":"1.1","submission":"diff --git a/a.go b/a.go\n--- a/a.go\n+++ b/a.go\n@@ -1 +1,2 @@\n-x\n+y\n+z\n"}`), []string{"run  1.1", "edit a.go +2 -1", "ended submitted"}},
		"tokens":                       {run(`{"action":"goto 9"}`, `,"info":{"model_stats":{"tokens_sent":9,"tokens_received":3,"instance_cost":0.5}}`), []string{"tokens 9 in, 3 out, 0 read, 0 written, 0.50 USD reported"}},
		"a cost that cannot be":        {run(`{"action":"goto 9"}`, `,"info":{"model_stats":{"tokens_sent":9,"instance_cost":-1}}`), []string{"tokens 9 in, 0 out, 0 read, 0 written"}},
		"the first request is the prompt": {
			[]string{`{"trajectory":[],"history":[{"role":"user","content":"An example.","is_demo":true},{"role":"user","content":"Fix it."},{"role":"user","content":"OUTPUT"}]}`},
			[]string{"prompts 1: Fix it."},
		},
		"a demonstration": {
			[]string{`{"history":[{"role":"user","content":"Fix it."},{"role":"assistant","action":"go test ./..."},{"role":"user","content":"ok  \ta\t0.1s\n"},{"role":"assistant","action":"ls"}]}`},
			[]string{"prompts 1: Fix it.", "command go test ./...: test ok text", "command ls: other unknown unknown"},
		},
	})
}

func TestAider(t *testing.T) {
	checkTranscripts(t, DecodeAider, map[string]transcript{
		"lines are one prompt":     {[]string{"#### Fix it.", "#### Be brief.", "", "Done."}, []string{"prompts 1: Fix it.\nBe brief."}},
		"commands of the person":   {[]string{"#### /run go vet ./...", "", "#### !ls", "", "#### /add a.go"}, []string{"command go vet ./...: lint unknown unknown", "command ls: other unknown unknown"}},
		"its own request is none":  {[]string{"#### # Fix any errors below, if possible.", "", "> Applied edit to a.go"}, []string{"edit a.go +0 -0"}},
		"what it did":              {[]string{"> Aider v0.86.1", "> Main model: m with diff edit format", "> Commit 4be1d2a fix"}, []string{"run  0.86.1 m", "names 4be1d2a"}},
		"rounded tokens and costs": {[]string{"> Tokens: 5.2k sent, 1.1k cache write, 2M cache hit, 604 received. Cost: $0.02 message, $0.50 session.", "> Tokens: 1,000 sent, 6 received. Cost: $0.03 message, $0.53 session."}, []string{"tokens 6200 in, 610 out, 2000000 read, 1100 written, 0.05 USD reported"}},
		"tokens without a cost":    {[]string{"> Tokens: 9 sent, 3 received."}, []string{"tokens 9 in, 3 out, 0 read, 0 written"}},
	})
	f, err := DecodeAider(strings.NewReader("# aider chat started at 2026-03-02 09:00:00\n#### a\n# aider chat started at 2026-03-03 09:00:00\n> Added x\n# aider chat started at 2026-03-04 09:00:00\n#### b\n"))
	if err != nil || len(f.Sessions) != 2 || f.Sessions[1].ID != "aider 2026-03-04 09:00:00" {
		t.Errorf("a start in which nothing happened is no session: %+v, %v", f.Sessions, err)
	}
}
