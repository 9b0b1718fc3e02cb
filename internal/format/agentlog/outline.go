package agentlog

import "strings"

// outline matches values of one kind.
type outline struct {
	kind  kind
	match func(p probe) bool
}

// claudeTypes are the types of rows of a session file.
var claudeTypes = []string{
	"user", "assistant", "progress", "system", "summary", "file-history-snapshot", "queue-operation", "pr-link", "attachment",
}

// outlines are tried in order; the first that matches a value names it.
var outlines = []outline{
	{formatManifest, func(p probe) bool { return p.is("schema", ManifestSchema) }},
	{formatCommands, func(p probe) bool { return p.is("kind", CommandRecordKind) }},
	{formatATIF, func(p probe) bool { return strings.HasPrefix(p["schema_version"], "ATIF-") }},
	{formatOpenCode, openCodeRun},
	{formatQwenSession, qwenSaved},
	{formatCodexRollout, func(p probe) bool {
		return p.is("type", "session_meta", "turn_context", "response_item", "event_msg", "compacted") && p.all("payload") || codexItem(p)
	}},
	{formatCodexExec, codexEvent},
	{formatCopilot, copilotEvent},
	{formatCursor, cursorEvent},
	{formatClaudeStream, claudeMessageRow},
	{formatGeminiStream, geminiStreamed},
	{formatGeminiSession, geminiSaved},
	{formatClaudeSession, claudeSessionRow},
	{formatMiniSWE, func(p probe) bool {
		return strings.HasPrefix(p["trajectory_format"], "mini-swe-agent") || p.all("info.mini_version") ||
			p.is("role", "system", "user", "assistant") && p.all("content") && !p.any("type", "message", "id", "timestamp", "uuid", "ts") &&
				(strings.Contains(p["content"], "mswea_bash_command") || strings.HasPrefix(p["content"], "<returncode>"))
	}},
	{formatAmp, func(p probe) bool { return strings.HasPrefix(p["id"], "T-") && p.any("messages", "v", "created") }},
	{formatSWEAgent, func(p probe) bool {
		return p.all("trajectory") && !p.any("type", "schema_version") ||
			p.all("history") && !p.any("git_patch", "sessionId", "instruction", "metrics", "instance_id", "workspaceDirectory", "type")
	}},
	{formatOpenHands, func(p probe) bool {
		return p.all("git_patch") && p.any("history", "instruction", "instance_id") || p.all("instruction", "history") ||
			p.all("issue", "instruction") || p.all("instance_id") && p.any("history", "instruction", "test_result")
	}},
	{formatTrace, func(p probe) bool { return p.all("files", "version") && p.any("id", "timestamp") }},
	{formatEntire, func(p probe) bool { return p.all("checkpoint_id") && p.any("sessions", "session_id", "files_touched") }},
	{formatWindsurf, func(p probe) bool { return p.all("status", "type") && p.any(p["type"]) && p["type"] != "" }},
	{kindCopilotChat, func(p probe) bool {
		return p.any("requesterUsername", "v.requesterUsername") || p.all("responderUsername", "requests") || p.all("kind", "v") && !p.any("type")
	}},
	{kindDroidSettings, func(p probe) bool { return p.all("autonomyMode", "model") }},
	{formatDroid, func(p probe) bool {
		return p.is("type", "session_start") && p.all("version") || p.is("type", "todo_state", "agent_turn_outcome") ||
			p.is("type", "message") && p.all("id", "timestamp", "message.role") && (!p.any("parentId") || p.any("message.interactionMode", "message.modelId", "message.openaiMessageId"))
	}},
	{formatPi, func(p probe) bool {
		return p.is("type", "session") && p.all("version") || p.is("type", "message") && p.all("id", "parentId", "message.role") ||
			p.is("type", "message_start", "message_update", "message_end") && p.all("message.role")
	}},
	{formatCline, func(p probe) bool {
		return p.all("sessionId", "messages", "origin")
	}},
	{kindGHAW, func(p probe) bool {
		return p.all("engine_id", "workflow_name") || p.all("items", "errors") && !p.any("type") && len(p) < 6 ||
			p.all("request_id", "provider", "input_tokens", "response_bytes") ||
			p.all("input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens") && len(p) < 8 ||
			p.is("type", "create_pull_request", "add_comment", "create_issue", "push_to_pull_request_branch") && p.any("body", "branch") && !p.any("id", "uuid")
	}},
	{kindClineSession, func(p probe) bool { return p.all("session_id", "workspace_root", "enable_tools") }},
	{formatContinue, func(p probe) bool { return p.all("sessionId", "workspaceDirectory") }},
	{kindOpenCode, func(p probe) bool {
		return p.all("id", "sessionID") && p.any("role", "time") || p.all("id", "messageID", "type")
	}},
	{kindAiderAnalytics, func(p probe) bool { return p.all("event", "properties", "user_id") }},
	{kindOTLP, func(p probe) bool { return p.any("resourceSpans", "resourceLogs", "resourceMetrics") }},
	{kindCursorTranscript, func(p probe) bool {
		return p.is("role", "user", "assistant") && p.all("message") && !p.any("type", "uuid")
	}},
}

// openCodeRun recognises an exported session and the events of a run.
func openCodeRun(p probe) bool {
	if p.all("info", "messages") && p.any("info.projectID", "info.directory", "info.slug") {
		return true
	}
	return p.all("type", "timestamp", "sessionID") && (p.all("part") || p.is("type", "error"))
}

// qwenSaved recognises the rows of Qwen Code: the outside of Claude Code's around
// messages with parts.
func qwenSaved(p probe) bool {
	if !p.all("uuid", "sessionId") {
		return false
	}
	return p.all("message.parts") || p.is("type", "system") && p.all("systemPayload")
}

// codexItem recognises lines of versions that wrote them without an envelope.
func codexItem(p probe) bool {
	switch {
	case p.is("record_type", "state"), p.all("id", "timestamp", "instructions") && !p.any("type", "sessionId", "session_id"):
		return true
	case p.is("type", "message"):
		return p.is("role", "user", "assistant", "developer") && p.all("content") && !p.any("timestamp", "uuid", "parentId", "session_id", "sessionId")
	case p.is("type", "function_call"):
		return p.all("call_id", "arguments")
	case p.is("type", "reasoning"):
		return p.all("summary")
	}
	return p.is("type", "function_call_output") && p.all("call_id", "output")
}

func codexEvent(p probe) bool {
	for _, prefix := range []string{"thread.", "turn.", "item."} {
		if strings.HasPrefix(p["type"], prefix) {
			return p.any("thread_id", "item", "usage", "error") || p.is("type", "turn.started")
		}
	}
	return false
}

// copilotEvent: the types are words with a point between, the rest is in data.
func copilotEvent(p probe) bool {
	if !p.all("type", "data") || !p.any("id", "timestamp") {
		return false
	}
	for _, prefix := range []string{"session.", "user.", "assistant.", "tool.", "permission.", "subagent.", "hook.", "system.", "abort"} {
		if strings.HasPrefix(p["type"], prefix) {
			return true
		}
	}
	return false
}

// cursorEvent tells Cursor from Claude Code, whose opening message is alike: by
// its calls, and by the opening's lack of a list of tools.
func cursorEvent(p probe) bool {
	switch {
	case p.is("type", "tool_call"):
		return p.is("subtype", "started", "completed")
	case p.is("type", "system") && p.is("subtype", "init"):
		return p.all("apiKeySource") && !p.any("tools", "claude_code_version", "mcp_servers", "uuid")
	case p.is("type", "thinking"):
		return p.is("subtype", "delta", "completed")
	}
	return p.is("type", "result") && p.all("session_id", "duration_ms") && !p.any("total_cost_usd", "modelUsage", "num_turns", "stats")
}

func claudeMessageRow(p probe) bool {
	switch {
	case p.is("type", "system") && p.is("subtype", "init"):
		return p.all("session_id")
	case p.is("type", "result"):
		return p.any("total_cost_usd", "modelUsage", "cost_usd", "num_turns")
	}
	return p.is("type", "user", "assistant") && p.all("message") && p.any("session_id", "parent_tool_use_id") && !p.any("sessionId")
}

func geminiStreamed(p probe) bool {
	switch {
	case p.is("type", "init"):
		return p.all("session_id", "model")
	case p.is("type", "message"):
		return p.all("role", "content", "timestamp")
	case p.is("type", "tool_use"):
		return p.all("tool_name", "tool_id")
	case p.is("type", "tool_result"):
		return p.all("tool_id", "status")
	case p.is("type", "result"):
		return p.all("stats", "status")
	}
	return !p.any("type") && p.all("response", "stats")
}

func geminiSaved(p probe) bool {
	switch {
	case p.all("sessionId", "projectHash"), p.any("$set", "$rewindTo"), p.is("type", "gemini"):
		return true
	case p.all("messages") && p.any("startTime", "lastUpdated") && !p.any("type"):
		return true
	}
	return p.is("type", "user", "info", "error", "warning") && p.all("id", "timestamp", "content") && !p.any("uuid", "message", "sessionId")
}

func claudeSessionRow(p probe) bool {
	switch {
	case p.is("type", "file-history-snapshot", "queue-operation", "pr-link"), p.is("type", "summary") && p.all("leafUuid"):
		return true
	case p.is("type", "user", "assistant"):
		// Other agents write rows like these around messages of another kind.
		return p.all("message.content") && p.any("timestamp", "uuid", "sessionId") || p.is("message", "") && p.all("message.usage")
	case p.is("type", claudeTypes...) && p.all("uuid", "sessionId"):
		return true
	}
	return !p.any("type") && p.all("message.usage", "timestamp")
}
