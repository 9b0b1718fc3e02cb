package agentlog

import (
	"strings"
	"testing"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

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
		"a program is no command line": {[]string{codexOf("response_item", `{"type":"custom_tool_call","name":"exec","call_id":"c","input":"await tools.shell()"}`), codexOf("response_item", `{"type":"custom_tool_call_output","call_id":"c","output":"x"}`)}, []string{"not understood exec ×1"}},
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
		"files":                  {[]string{execOf(`{"id":"i","type":"file_change","status":"completed","changes":[{"path":"a.go"},{"path":"b.go"}]}`)}, []string{"edit a.go +0 -0 lines unknown", "edit b.go +0 -0 lines unknown"}},
		"files not changed":      {[]string{execOf(`{"id":"i","type":"file_change","status":"failed","changes":[{"path":"a.go"}]}`), execOf(`{"id":"j","type":"file_change","status":"declined","changes":[{"path":"b.go"}]}`)}, nil},
		"server that failed":     {[]string{execOf(`{"id":"i","type":"mcp_tool_call","server":"jira","tool":"get","status":"failed"}`)}, []string{"used mcp jira/get ×1", "lacked jira/get: unavailable"}},
		"searches and subagents": {[]string{execOf(`{"id":"i","type":"web_search"}`), execOf(`{"id":"j","type":"collab_tool_call"}`)}, []string{"used search web ×1", "1 subagents, 0 compactions"}},
	})
}

// TestCodexScripts: most models run everything through programs. What they ran
// stands in items between a program and its result, or behind it.
func TestCodexScripts(t *testing.T) {
	begin := func(id, program string) string {
		return codexOf("response_item", `{"type":"custom_tool_call","namespace":"functions","name":"exec","call_id":"`+id+`","input":"`+program+`"}`)
	}
	end := func(id, said string) string {
		return codexOf("response_item", `{"type":"custom_tool_call_output","call_id":"`+id+`","output":[{"type":"input_text","text":"`+said+`"}]}`)
	}
	item := func(item string) string { return codexOf("event_msg", `{"type":"item_completed","item":`+item+`}`) }
	vet := func(id, exit string) string {
		return item(`{"type":"CommandExecution","id":"` + id + `","command":["/bin/bash","-lc","go vet ./..."],"cwd":"file:///r","status":"failed","exit_code":` + exit + `}`)
	}
	run, patch := `await tools.exec_command({cmd:1})`, `await tools.apply_patch(1)`
	failed := "command go vet ./...: lint failed explicit 1 in /r"
	checkTranscripts(t, DecodeCodexRollout, map[string]transcript{
		"command":         {[]string{begin("c", run), vet("exec-1", "1"), end("c", "Script completed")}, []string{failed}},
		"copy of an item": {[]string{begin("c", run), vet("exec-1", "1"), vet("exec-1", "1"), end("c", "Script completed")}, []string{failed}},
		"edit": {
			[]string{begin("c", patch), item(`{"type":"FileChange","id":"exec-1","status":"completed","changes":{"a.go":{"type":"update","unified_diff":"@@ -1 +1 @@\n-x\n+y\n"}}}`), end("c", "Script completed")},
			[]string{"edit a.go +1 -1"},
		},
		"edit that failed":      {[]string{begin("c", patch), item(`{"type":"FileChange","id":"exec-1","status":"failed","changes":{"a.go":{"type":"add","content":"x\n"}}}`), end("c", "Script failed")}, nil},
		"two of one program":    {[]string{begin("c", run+";"+run), vet("exec-1", "1"), vet("exec-2", "1"), end("c", "Script completed")}, []string{failed, failed}},
		"goes on longer":        {[]string{begin("c", run), end("c", "Script completed"), vet("exec-1", "1")}, []string{failed}},
		"ended from outside":    {[]string{begin("c", run), vet("exec-1", "-1"), end("c", "Script completed")}, []string{"command go vet ./...: lint unknown unknown in /r"}},
		"nothing tells of it":   {[]string{begin("c", run), end("c", "Script completed")}, []string{"not understood exec ×1"}},
		"half of it":            {[]string{begin("c", run+";"+run), vet("exec-1", "1"), end("c", "Script completed")}, []string{failed, "not understood exec ×1"}},
		"breaks off":            {[]string{begin("c", run)}, []string{"not understood exec ×1"}},
		"only thinks":           {[]string{begin("c", `text(1+1)`), end("c", "Script completed")}, nil},
		"a tool unknown to us":  {[]string{begin("c", `await tools.frobnicate(1)`), end("c", "Script completed")}, []string{"not understood frobnicate ×1"}},
		"an item unknown to us": {[]string{item(`{"type":"Frobnication","id":"x"}`)}, []string{"not understood Frobnication ×1"}},
		"refused": {
			[]string{begin("c", patch), end("c", `Script failed\nScript error:\npatch rejected: writing is blocked by read-only sandbox; rejected by user approval settings`)},
			[]string{"denied exec  by sandbox"},
		},
		"does not fit":         {[]string{begin("c", patch), end("c", `Script failed\nScript error:\napply_patch verification failed: Failed to find expected lines`)}, nil},
		"prompt of a person":   {[]string{item(`{"type":"UserMessage","id":"u","content":[{"type":"text","text":"Fix it."}]}`)}, []string{"prompts 1: Fix it."}},
		"usage of each answer": {[]string{codexOf("token_usage_record", `{"response_id":"a","usage":{"input_tokens":10,"cached_input_tokens":4,"output_tokens":2}}`), codexOf("token_usage_record", `{"response_id":"a","usage":{"input_tokens":10,"cached_input_tokens":4,"output_tokens":2}}`)}, []string{"tokens 6 in, 2 out, 4 read, 0 written"}},
	})
}

// TestCodexPatchResults: that a patch was asked for is no edit.
func TestCodexPatchResults(t *testing.T) {
	patch := func(output string) []string {
		return []string{
			codexOf("response_item", `{"type":"custom_tool_call","status":"completed","name":"apply_patch","call_id":"c","input":"*** Begin Patch\n*** Update File: a.go\n@@\n-x\n+y\n*** End Patch"}`),
			codexOf("response_item", `{"type":"custom_tool_call_output","call_id":"c","output":"`+output+`"}`),
		}
	}
	checkTranscripts(t, DecodeCodexRollout, map[string]transcript{
		"applied":            {patch(`Success. Updated the following files:\nM a.go`), []string{"edit a.go +1 -1"}},
		"applied, by status": {patch(`Exit code: 0\nOutput:\ndone`), []string{"edit a.go +1 -1"}},
		"does not fit":       {patch(`apply_patch verification failed: Failed to find expected lines in /r/a.go`), nil},
		"refused":            {patch(`patch rejected: writing is blocked by read-only sandbox; rejected by user approval settings`), []string{"denied apply_patch a.go by sandbox"}},
		"refused by policy":  {patch(`patch rejected: writing outside of the project; rejected by user approval settings`), []string{"denied apply_patch a.go by policy"}},
		"through the shell": {
			[]string{
				codexOf("response_item", `{"type":"function_call","name":"exec_command","call_id":"c","arguments":{"cmd":"apply_patch <<'E'\n*** Begin Patch\n*** Delete File: a.go\n*** End Patch\nE"}}`),
				codexOf("event_msg", `{"type":"item_completed","item":{"type":"FileChange","id":"c","status":"completed","changes":{"a.go":{"type":"delete","content":"x\n"}}}}`),
				codexOf("response_item", `{"type":"function_call_output","call_id":"c","output":"Wall time: 0.0000 seconds\nOutput:\nExit code: 0\nWall time: 0 seconds\nOutput:\nSuccess. Updated the following files:\nD a.go\n"}`),
			},
			[]string{"command apply_patch <<'E'\n…\nE: other ok explicit 0", "edit a.go +0 -1"},
		},
		"another answer": {patch(`hm`), []string{"not understood apply_patch ×1"}},
		"no answer": {
			append(codexShell(`"Exit code: 0\nOutput:\n"`), strings.Replace(patch("")[0], `"call_id":"c"`, `"call_id":"p"`, 1)),
			[]string{"command go vet ./...: lint ok explicit 0", "not understood apply_patch ×1"},
		},
	})
}

// TestCodexForks: what a session copied from the one before is not its own.
func TestCodexForks(t *testing.T) {
	at := func(when, kind, payload string) string {
		return `{"timestamp":"` + when + `","type":"` + kind + `","payload":` + payload + `}`
	}
	const born, later = "2026-06-21T10:05:00Z", "2026-06-21T10:06:00Z"
	call := func(when, id string) []string {
		return []string{
			at(when, "response_item", `{"type":"function_call","name":"shell","call_id":"`+id+`","arguments":"{\"command\":[\"go\",\"vet\"]}"}`),
			at(when, "response_item", `{"type":"function_call_output","call_id":"`+id+`","output":"Exit code: 0\nOutput:\n"}`),
		}
	}
	spent := func(when, in string) string {
		return at(when, "event_msg", `{"type":"token_count","info":{"total_token_usage":{"input_tokens":`+in+`,"output_tokens":1},"last_token_usage":{"input_tokens":5,"output_tokens":1}}}`)
	}
	file := func(meta string, own ...string) []string {
		rows := []string{at(born, "session_meta", `{"id":"child","cwd":"/r","timestamp":"`+born+`"`+meta+`}`), at(born, "session_meta", `{"id":"parent","cwd":"/r"}`), at(born, "event_msg", `{"type":"user_message","message":"Fix it."}`)}
		return append(append(append(rows, call(born, "p")...), spent(born, "100")), own...)
	}
	own := append(append([]string{at(later, "event_msg", `{"type":"user_message","message":"Look."}`)}, call(later, "c")...), spent(later, "130"))
	facts := func(id string) []string {
		return []string{"run " + id, "prompts 1: Look.", "command go vet: lint ok explicit 0", "tokens 30 in, 0 out, 0 read, 0 written"}
	}
	checkTranscripts(t, DecodeCodexRollout, map[string]transcript{
		"fork":         {file(`,"forked_from_id":"parent"`, own...), facts("child")},
		"subagent":     {file(`,"source":{"subagent":{"thread_spawn":{"parent_thread_id":"parent","depth":1}}}`, own...), facts("parent")},
		"nothing more": {file(`,"forked_from_id":"parent"`), []string{"run child", "tokens 0 in, 0 out, 0 read, 0 written"}},
		"own turn at once": {
			// The id of the turn was made when the session began.
			file(`,"forked_from_id":"parent"`, append([]string{at(born, "turn_context", `{"turn_id":"019ee9ac-42e0-7cc0-97b4-7cabddf1d2ff","model":"m"}`)}, call(born, "c")...)...),
			[]string{"run child  m", "command go vet: lint ok explicit 0", "tokens 0 in, 0 out, 0 read, 0 written"},
		},
	})
	read := func(rows []string) evidence.Session {
		return decodeOne(t, DecodeCodexRollout, strings.Join(rows, "\n"))
	}
	child := read(file(`,"source":{"subagent":{"thread_spawn":{"parent_thread_id":"parent"}}}`, own...))
	parent := read(append(append([]string{at(born, "session_meta", `{"id":"parent","cwd":"/r"}`)}, call(born, "p")...), spent(born, "100")))
	all := Join([]evidence.Session{child, parent})
	if len(all) != 1 || all[0].CommandCounts.Total != 2 || all[0].Subagents != 1 || all[0].Usage.InputTokens != 35 {
		t.Errorf("%d runs, %+v, %d subagents, %+v", len(all), all[0].CommandCounts, all[0].Subagents, all[0].Usage)
	}
	if fork := read(file(`,"forked_from_id":"parent"`, own...)); fork.ParentID != "parent" || fork.ID != "child" {
		t.Errorf("%s of %s", fork.ID, fork.ParentID)
	}
}
