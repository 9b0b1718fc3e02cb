package agentlog

import (
	"bytes"
	"regexp"
)

// kind is what a value of a file looks like; the most frequent one among the
// first values decides.
type kind string

const kindNone kind = ""

// Kinds that are recognised and not read.
const (
	kindCopilotChat      kind = "copilot-chat"
	kindCursorTranscript kind = "cursor-transcript"
	kindDroidSettings    kind = "droid-settings"
	kindClineSession     kind = "cline-session"
	kindGHAW             kind = "gh-aw"
	kindOpenCode         kind = "opencode-storage"
	kindAiderAnalytics   kind = "aider-analytics"
	kindOTLP             kind = "otlp"
)

// looksLike reports whether most of the first values of head are of the kind.
// One of the marks must occur in every file of the kind; looking for them costs
// little.
func looksLike(head []byte, want kind, marks ...string) bool {
	found := false
	for _, m := range marks {
		found = found || bytes.Contains(head, []byte(m))
	}
	return found && sampleOf(head).vote() == want
}

// vote returns the kind that most of the first values have.
func (s sample) vote() kind {
	votes := map[kind]int{}
	for _, p := range s.probes {
		for _, o := range outlines {
			if o.match(p) {
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

// DetectManifest recognises the run manifest by its schema.
func DetectManifest(_ string, head []byte) bool {
	return looksLike(head, formatManifest, ManifestSchema)
}

// DetectCommands recognises what mergebrief exec wrote.
func DetectCommands(_ string, head []byte) bool {
	return looksLike(head, formatCommands, CommandRecordKind)
}

// DetectClaudeSession recognises session files of Claude Code.
func DetectClaudeSession(_ string, head []byte) bool {
	return looksLike(head, formatClaudeSession, `"message"`, `"file-history-snapshot"`, `"leafUuid"`, `"queue-operation"`)
}

// DetectClaudeStream recognises SDK messages, one to a line or in an array.
func DetectClaudeStream(_ string, head []byte) bool {
	return !bytes.Contains(head, []byte(`"qwen_code_version"`)) && looksLike(head, formatClaudeStream, `"session_id"`, `"parent_tool_use_id"`, `"total_cost_usd"`, `"modelUsage"`, `"cost_usd"`)
}

// DetectCodexRollout recognises session files of Codex, also compressed ones.
func DetectCodexRollout(_ string, head []byte) bool {
	return looksLike(decompressedHead(head), formatCodexRollout, `"session_meta"`, `"turn_context"`, `"response_item"`, `"event_msg"`, `"record_type"`, `"function_call"`)
}

// DetectCodexExec recognises the events of codex exec.
func DetectCodexExec(_ string, head []byte) bool {
	return looksLike(head, formatCodexExec, `"thread.`, `"turn.`, `"item.`)
}

// DetectGemini recognises sessions of Gemini CLI, in one document or in rows.
func DetectGemini(_ string, head []byte) bool {
	return looksLike(head, formatGeminiSession, `"projectHash"`, `"gemini"`, `"$set"`)
}

// DetectGeminiStream recognises what gemini -o stream-json or -o json printed.
func DetectGeminiStream(_ string, head []byte) bool {
	return looksLike(head, formatGeminiStream, `"session_id"`, `"tool_name"`, `"stats"`)
}

// DetectCopilot recognises the events of the Copilot agent.
func DetectCopilot(_ string, head []byte) bool {
	return looksLike(head, formatCopilot, `"data"`)
}

// DetectCursor recognises the events of the Cursor command line.
func DetectCursor(_ string, head []byte) bool {
	return looksLike(head, formatCursor, `"tool_call"`, `"apiKeySource"`)
}

// DetectATIF recognises trajectories of the interchange format by its version.
func DetectATIF(_ string, head []byte) bool {
	return looksLike(head, formatATIF, `"ATIF-`)
}

// DetectOpenHands recognises output.jsonl.
func DetectOpenHands(_ string, head []byte) bool {
	return looksLike(head, formatOpenHands, `"history"`, `"git_patch"`, `"instruction"`)
}

// DetectSWEAgent recognises trajectories of SWE-agent.
func DetectSWEAgent(_ string, head []byte) bool {
	if !bytes.Contains(head, []byte(`"trajectory"`)) && (!bytes.Contains(head, []byte(`"role"`)) || !bytes.Contains(head, []byte(`"agent"`))) {
		return false // of a demonstration, which has a history only, the entries decide
	}
	return looksLike(head, formatSWEAgent, `"trajectory"`, `"history"`)
}

// DetectWindsurf recognises transcripts of Cascade.
func DetectWindsurf(_ string, head []byte) bool {
	return looksLike(head, formatWindsurf, `"planner_response"`, `"code_action"`, `"run_command"`, `"user_input"`)
}

// DetectAmp recognises threads of Amp.
func DetectAmp(_ string, head []byte) bool {
	return looksLike(head, formatAmp, `"T-`)
}

// DetectTrace recognises records of Agent Trace by their shape: other tools keep
// other records under the same name.
func DetectTrace(_ string, head []byte) bool {
	return bytes.Contains(head, []byte(`"conversations"`)) && looksLike(head, formatTrace, `"files"`)
}

// DetectEntire recognises the metadata of checkpoints of Entire.
func DetectEntire(_ string, head []byte) bool {
	return looksLike(head, formatEntire, `"checkpoint_id"`)
}

// aiderLine matches a line that only a chat history of Aider has.
var aiderLine = regexp.MustCompile(`(?m)^(?:# aider chat started at \d{4}-\d\d-\d\d |> Aider v\d)`)

// DetectAider recognises chat histories of Aider.
func DetectAider(_ string, head []byte) bool {
	return bytes.Contains(head, []byte("ider ")) && aiderLine.Match(head)
}

// noteKey matches an entry of a note: a key and line numbers.
var noteKey = regexp.MustCompile(`^  \S[^\n]* \d+(?:-\d+)?(?:,\d+(?:-\d+)?)*\s*$`)

// noteHash matches an entry whose key may be a hash or two, as that of a session is.
var noteHash = regexp.MustCompile(`^  [\w-]{7,}(?:::[\w-]+)? \d[\d,-]*\s*$`)

// noteTop matches a path and the entry below it.
var noteTop = regexp.MustCompile(`^[^\s#][^\n]*\n  \S`)

// DetectNote recognises notes of git-ai: by their divider and schema, and where
// the divider lies behind the head, by the form of what stands before it.
func DetectNote(_ string, head []byte) bool {
	head = bytes.ReplaceAll(head, []byte("\r\n"), []byte("\n"))
	if !bytes.Contains(head, []byte(`"authorship/`)) {
		return noteShaped(head)
	}
	if bytes.HasPrefix(head, []byte("---\n{")) {
		return true
	}
	// A document about notes may quote one; a note starts with a path.
	return bytes.Contains(head, []byte("\n---\n{")) && noteTop.Match(head)
}

// noteShaped reports whether head is nothing but attestations.
func noteShaped(head []byte) bool {
	lines := bytes.Split(head, []byte("\n"))
	if len(lines) < 3 || len(lines[0]) == 0 || lines[0][0] == ' ' {
		return false
	}
	entries := 0
	for _, l := range lines[1 : len(lines)-1] {
		switch {
		case string(l) == "---":
			return entries > 0
		case noteHash.Match(l) && bytes.ContainsAny(bytes.Fields(l)[0], "0123456789"):
			entries++
		case noteKey.Match(l): // a key in words, as code has them, shows nothing
		case len(l) == 0 || l[0] == ' ' || l[0] == '{':
			return false
		}
	}
	return entries > 1 && entries*20 > len(lines)
}

// DetectCursorTranscript recognises transcripts of Cursor, which have no results.
func DetectCursorTranscript(_ string, head []byte) bool {
	return looksLike(head, kindCursorTranscript, `"role"`)
}

// The formats below are recognised and not read.

// DetectCopilotChat recognises chats of Copilot in VS Code.
func DetectCopilotChat(_ string, head []byte) bool {
	return looksLike(head, kindCopilotChat, `"requesterUsername"`, `"responderUsername"`)
}

// DetectDroidSettings recognises what Factory's droid keeps beside a session.
func DetectDroidSettings(_ string, head []byte) bool {
	return looksLike(head, kindDroidSettings, `"autonomyMode"`)
}

// DetectDroid recognises sessions of Factory's droid.
func DetectDroid(_ string, head []byte) bool {
	return looksLike(head, formatDroid, `"session_start"`)
}

// DetectCline recognises sessions of Cline's command line.
func DetectCline(_ string, head []byte) bool {
	return looksLike(head, formatCline, `"origin"`)
}

// DetectGHAW recognises what GitHub Agentic Workflows write about a run of an agent
// beside its transcript: its settings, what it asked to publish, and its tokens.
func DetectGHAW(_ string, head []byte) bool {
	return looksLike(head, kindGHAW, `"engine_id"`, `"request_id"`, `"cache_write_tokens"`, `"create_pull_request"`, `"add_comment"`)
}

// DetectClineSession recognises what Cline keeps beside the messages of a session.
func DetectClineSession(_ string, head []byte) bool {
	return looksLike(head, kindClineSession, `"workspace_root"`)
}

// DetectMiniSWE recognises trajectories of mini-swe-agent.
func DetectMiniSWE(_ string, head []byte) bool {
	return looksLike(head, formatMiniSWE, `"mini`, "mswea_bash_command", "<returncode>")
}

// DetectPi recognises sessions of pi.
func DetectPi(_ string, head []byte) bool {
	return looksLike(head, formatPi, `"session"`, `"toolResult"`, `"message_end"`)
}

// DetectContinue recognises sessions of Continue.
func DetectContinue(_ string, head []byte) bool {
	return looksLike(head, formatContinue, `"workspaceDirectory"`)
}

// DetectOpenCode recognises exported sessions of OpenCode and the events of a run.
func DetectOpenCode(_ string, head []byte) bool {
	return looksLike(withoutBanner(head), formatOpenCode, `"sessionID"`, `"messages"`)
}

// DetectQwen recognises sessions of Qwen Code.
func DetectQwen(_ string, head []byte) bool {
	return looksLike(head, formatQwenSession, `"parts"`)
}

// DetectQwenStream recognises the stream of Qwen Code, which names itself at its
// beginning only.
func DetectQwenStream(_ string, head []byte) bool {
	return bytes.Contains(head, []byte(`"qwen_code_version"`)) && looksLike(head, formatClaudeStream, `"session_id"`)
}

// DetectOpenCodeStorage recognises OpenCode's files and database.
func DetectOpenCodeStorage(path string, head []byte) bool {
	if bytes.HasPrefix(head, []byte("SQLite format 3\x00")) {
		return bytes.Contains(head, []byte("session")) && bytes.Contains(head, []byte("part"))
	}
	return looksLike(head, kindOpenCode, `"sessionID"`, `"messageID"`)
}

// DetectAiderAnalytics recognises the analytics log of Aider.
func DetectAiderAnalytics(_ string, head []byte) bool {
	return looksLike(head, kindAiderAnalytics, `"user_id"`)
}

// DetectOTLP recognises OpenTelemetry data.
func DetectOTLP(_ string, head []byte) bool {
	return looksLike(head, kindOTLP, `"resourceSpans"`, `"resourceLogs"`, `"resourceMetrics"`)
}

// DetectSpecStory recognises histories that SpecStory commits to a repository.
func DetectSpecStory(_ string, head []byte) bool {
	return bytes.HasPrefix(bytes.TrimLeft(head, "\uFEFF \r\n"), []byte("<!-- Generated by SpecStory"))
}

// DetectEntireContext recognises the prompts that Entire keeps beside a
// transcript.
func DetectEntireContext(_ string, head []byte) bool {
	return bytes.HasPrefix(head, []byte("# Session Context\n\n## User Prompts\n"))
}

// contentHash matches the whole content of a content_hash.txt.
var contentHash = regexp.MustCompile(`^sha256:[0-9a-f]{64}\s*$`)

// DetectEntireHash recognises the digest that Entire keeps of a transcript.
func DetectEntireHash(_ string, head []byte) bool {
	return len(head) < 100 && contentHash.Match(head)
}
