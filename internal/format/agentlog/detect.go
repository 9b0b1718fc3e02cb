package agentlog

import "bytes"

// kind is what a value of a file looks like; the most frequent one among the
// first values decides.
type kind string

// The kinds of values.
const (
	kindNone          kind = ""
	kindClaudeSession kind = formatClaudeSession
	kindClaudeStream  kind = formatClaudeStream
	kindManifest      kind = formatManifest
	kindCommands      kind = formatCommands
)

// outline matches values of one kind.
type outline struct {
	kind  kind
	match func(p probe, array bool) bool
}

// claudeTypes are the types of rows of a session file.
var claudeTypes = []string{"user", "assistant", "progress", "system", "summary", "file-history-snapshot", "queue-operation", "pr-link", "attachment"}

// outlines are tried in order; the first that matches a value names it.
var outlines = []outline{
	{kindManifest, func(p probe, array bool) bool { return !array && p.is("schema", ManifestSchema) }},
	{kindCommands, func(p probe, _ bool) bool { return p.is("kind", CommandRecordKind) }},
	{kindClaudeStream, func(p probe, _ bool) bool {
		switch {
		case p.is("type", "system") && p.is("subtype", "init") && p.all("session_id") && !p.is("session_id", "") && p.any("claude_code_version", "permissionMode", "mcp_servers", "tools", "apiKeySource"):
			return true
		case p.is("type", "result") && p.any("total_cost_usd", "modelUsage", "cost_usd"):
			return true
		}
		return p.is("type", "user", "assistant") && p.all("message") && p.any("session_id", "parent_tool_use_id") && !p.any("sessionId")
	}},
	{kindClaudeSession, func(p probe, _ bool) bool {
		switch {
		case p.is("type", "file-history-snapshot", "queue-operation", "pr-link"), p.is("type", "summary") && p.all("leafUuid"):
			return true
		case p.is("type", claudeTypes...) && p.all("uuid", "sessionId"):
			return true
		case p.is("type", "user", "assistant") && p.all("message") && p.any("timestamp", "uuid", "sessionId"):
			return true
		}
		return !p.any("type") && p.all("message.usage", "timestamp")
	}},
}

// vote returns the kind that most of the first values have.
func (s sample) vote() kind {
	votes := map[kind]int{}
	for _, p := range s.probes {
		for _, o := range outlines {
			if o.match(p, s.array) {
				votes[o.kind]++
				break
			}
		}
	}
	best, most := kindNone, 0
	for _, o := range outlines {
		if votes[o.kind] > most {
			best, most = o.kind, votes[o.kind]
		}
	}
	return best
}

// looksLike reports whether head is of the kind. One of the marks must occur in
// every file of the kind; looking for them costs little.
func looksLike(head []byte, want kind, marks ...string) bool {
	found := false
	for _, m := range marks {
		found = found || bytes.Contains(head, []byte(m))
	}
	return found && sampleOf(head).vote() == want
}

// DetectClaudeSession recognises session files of Claude Code.
func DetectClaudeSession(_ string, head []byte) bool {
	return looksLike(head, kindClaudeSession, `"message"`, `"file-history-snapshot"`, `"leafUuid"`, `"queue-operation"`)
}

// DetectClaudeStream recognises SDK messages, one to a line or in an array.
func DetectClaudeStream(_ string, head []byte) bool {
	return looksLike(head, kindClaudeStream, `"session_id"`, `"parent_tool_use_id"`, `"total_cost_usd"`, `"modelUsage"`, `"cost_usd"`)
}

// DetectManifest recognises the run manifest by its schema.
func DetectManifest(_ string, head []byte) bool {
	return looksLike(head, kindManifest, ManifestSchema)
}

// DetectCommands recognises what mergebrief exec wrote.
func DetectCommands(_ string, head []byte) bool {
	return looksLike(head, kindCommands, CommandRecordKind)
}
