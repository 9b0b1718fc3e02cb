package agentlog

import "testing"

// copilotEvent makes a row of events.jsonl.
func copilotRowOf(kind, data string) string {
	return `{"type":"` + kind + `","data":` + data + `,"id":"e","timestamp":"2026-03-02T09:00:00Z"}`
}

func copilotCall(id, tool, args, outcome string) []string {
	return []string{
		copilotRowOf("tool.execution_start", `{"toolCallId":"`+id+`","toolName":"`+tool+`","arguments":`+args+`}`),
		copilotRowOf("tool.execution_complete", `{"toolCallId":"`+id+`",`+outcome+`}`),
	}
}

func TestCopilot(t *testing.T) {
	ls := func(outcome string) []string { return copilotCall("k", "bash", `{"command":"go vet ./..."}`, outcome) }
	denial := func(kind string) []string {
		return []string{
			copilotRowOf("permission.requested", `{"requestId":"p","permissionRequest":{"kind":"shell","fullCommandText":"git push"}}`),
			copilotRowOf("permission.completed", `{"requestId":"p","result":{"kind":"`+kind+`"}}`),
		}
	}
	const refused = `"success":false,"error":{"message":"Permission denied","code":"denied"}`
	checkTranscripts(t, DecodeCopilot, map[string]transcript{
		"status of a shell":    {ls(`"success":true,"result":{"content":"x\n<shellId: 3 completed with exit code 1>"}`), []string{"command go vet ./...: lint failed explicit 1"}},
		"status in the output": {ls(`"success":true,"result":{"content":"<shellId: 3 completed with exit code 1>\nx"}`), []string{"command go vet ./...: lint unknown unknown"}},
		"still running":        {ls(`"success":true,"result":{"content":"<command with shellId: 3 is still running after 30 seconds. The command is still running.>"}`), []string{"command go vet ./...: lint background unknown hidden by background"}},
		"a refused call is refused once": {
			[]string{
				copilotCall("k", "bash", `{"command":"git push"}`, refused)[0],
				copilotRowOf("permission.requested", `{"requestId":"p","permissionRequest":{"kind":"shell","toolCallId":"k","fullCommandText":"git push"}}`),
				copilotRowOf("permission.completed", `{"requestId":"p","toolCallId":"k","result":{"kind":"denied-no-approval-rule-and-could-not-request-from-user"}}`),
				copilotCall("k", "bash", `{"command":"git push"}`, refused)[1],
			},
			[]string{"command git push: vcs not-run unknown", "denied bash git push by user"},
		},
		"an agent's words are no prompt": {[]string{copilotRowOf("user.message", `{"content":"Count.","source":"agent-1"}`), copilotRowOf("user.message", `{"content":"Fix it."}`)}, []string{"prompts 1: Fix it."}},
		"usage of a request":             {[]string{copilotRowOf("session.usage_record", `{"usage":{"model":"m","inputTokens":10,"cacheReadTokens":4,"outputTokens":2}}`)}, []string{"run   m", "tokens 6 in, 2 out, 4 read, 0 written"}},
		"start": {
			[]string{copilotRowOf("session.start", `{"sessionId":"s","copilotVersion":"1.0.45","selectedModel":"m","context":{"cwd":"/r/sub","gitRoot":"/r","branch":"b"}}`), copilotRowOf("session.model_change", `{"newModel":"n"}`)},
			[]string{"run s 1.0.45 m,n", "boundary branch=b"},
		},
		"paths are relative to the repository": {
			append([]string{copilotRowOf("session.start", `{"sessionId":"s","context":{"cwd":"/r/sub","gitRoot":"/r"}}`)}, copilotCall("k", "view", `{"path":"/r/a.go"}`, `"success":true`)...),
			[]string{"run s", "read a.go"},
		},
		"status of the shell":             {ls(`"success":true,"shellExecution":{"exitCode":1}`), []string{"command go vet ./...: lint failed explicit 1"}},
		"status in a part of the result":  {ls(`"success":true,"result":{"contents":[{"type":"shell_exit","exitCode":0}]}`), []string{"command go vet ./...: lint ok explicit 0"}},
		"status behind the output":        {ls(`"success":true,"result":{"content":"x\n<exited with exit code 2>"}`), []string{"command go vet ./...: lint failed explicit 2"}},
		"the tool worked, no status":      {ls(`"success":true,"result":{"content":"x"}`), []string{"command go vet ./...: lint unknown unknown"}},
		"the tool failed":                 {ls(`"success":false,"error":{"message":"no shell"}`), []string{"command go vet ./...: lint failed inferred"}},
		"rejected":                        {ls(`"success":false,"error":{"code":"rejected","message":"no"}`), []string{"command go vet ./...: lint not-run unknown", "denied bash go vet ./... by user"}},
		"without a result":                {ls(`"success":true`)[:1], []string{"command go vet ./...: lint unknown unknown"}},
		"sandboxed":                       {ls(`"success":true,"shellExecution":{"exitCode":0},"sandboxed":true`), []string{"boundary sandbox=on", "command go vet ./...: lint ok explicit 0"}},
		"edit":                            {copilotCall("k", "edit", `{"path":"a.go","old_str":"x\n","new_str":"y\nz\n"}`, `"success":true`), []string{"edit a.go +2 -1"}},
		"edit that failed":                {copilotCall("k", "edit", `{"path":"a.go","old_str":"x\n","new_str":"y\n"}`, `"success":false`), nil},
		"refused by a person":             {denial("denied-interactively-by-user"), []string{"denied shell git push by user"}},
		"refused by a rule":               {denial("denied-by-rules"), []string{"denied shell git push by policy"}},
		"allowed":                         {denial("approved"), nil},
		"everything allowed from then on": {[]string{copilotRowOf("session.permissions_changed", `{"allowAll":true}`)}, []string{"boundary approval=allow-all bypass"}},
		"another mode":                    {[]string{copilotRowOf("session.mode_changed", `{"mode":"plan"}`)}, []string{"boundary approval=plan"}},
		"tool of a server": {
			[]string{copilotRowOf("tool.execution_start", `{"toolCallId":"k","toolName":"x","mcpServerName":"jira","mcpToolName":"get","arguments":{}}`), copilotRowOf("tool.execution_complete", `{"toolCallId":"k","success":true}`)},
			[]string{"used mcp jira/get ×1"},
		},
		"a subagent is counted once": {append(copilotCall("k", "task", `{}`, `"success":true`), copilotRowOf("subagent.started", `{"toolCallId":"k"}`)), []string{"1 subagents, 0 compactions"}},
		"call of a subagent": {
			[]string{copilotRowOf("tool.execution_start", `{"toolCallId":"k","parentToolCallId":"p","toolName":"bash","arguments":{"command":"ls"}}`), copilotRowOf("tool.execution_complete", `{"toolCallId":"k","shellExecution":{"exitCode":0}}`)},
			[]string{"command ls: other ok explicit 0 in a subagent"},
		},
		"tokens of answers": {
			[]string{copilotRowOf("assistant.usage", `{"model":"m","apiCallId":"1","inputTokens":100,"outputTokens":7,"cacheReadTokens":60}`), copilotRowOf("assistant.usage", `{"model":"m","apiCallId":"2","inputTokens":10,"outputTokens":1,"cacheWriteTokens":4}`)},
			[]string{"run   m", "tokens 50 in, 8 out, 60 read, 4 written"},
		},
		"totals of the end replace them": {
			[]string{copilotRowOf("assistant.usage", `{"model":"m","apiCallId":"1","inputTokens":100}`), copilotRowOf("session.shutdown", `{"modelMetrics":{"m":{"usage":{"inputTokens":300,"outputTokens":5,"cacheReadTokens":200}},"n":{"usage":{"inputTokens":1}}}}`)},
			[]string{"run   m,n", "tokens 101 in, 5 out, 200 read, 0 written"},
		},
		"prompts, instructions and the last message": {
			[]string{copilotRowOf("instruction_discovered", `{"sourcePath":"AGENTS.md"}`), copilotRowOf("user.message", `{"content":"Fix it."}`), copilotRowOf("assistant.message", `{"content":"All 3 tests pass."}`), copilotRowOf("assistant.message", `{"content":" "}`), copilotRowOf("session.compaction_complete", `{}`)},
			[]string{"prompts 1: Fix it.", "read AGENTS.md", "states tests-pass 3", "0 subagents, 1 compactions"},
		},
	})
}
