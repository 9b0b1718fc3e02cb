package agentlog

import (
	"cmp"
	"strings"

	"github.com/mergebrief/mergebrief/internal/commandline"
	"github.com/mergebrief/mergebrief/internal/evidence"
)

// blockReader reads messages in the form of Anthropic's interface (blocks of text,
// tool_use and tool_result) of agents whose tools are none of Claude Code's.
type blockReader struct {
	*toolbox
	dir  string
	rows int
	// shell adds what the text of the result of a command tells.
	shell func(result, deed) result
}

func (q *blockReader) row(r *claudeRow, text []byte) {
	id := cmp.Or(string(r.SDKSessionID), string(r.SessionID))
	if id == "" && !r.Message.ok {
		return
	}
	q.rows++
	q.at(r.Timestamp.Time)
	q.session.ID = cmp.Or(evidence.ClipValid(id, maxNameBytes), q.session.ID)
	q.model(string(r.Model))
	if r.CWD != "" {
		q.dir, q.root = string(r.CWD), commandline.CleanPath(string(r.CWD))
	}
	switch r.Type {
	case "system":
		if v := cmp.Or(string(r.QwenVersion), string(r.CodeVersion)); v != "" {
			q.session.AgentVersion = evidence.ClipValid(v, maxNameBytes)
		}
		if mode := string(r.SDKMode); mode != "" {
			q.boundary(evidence.Boundary{From: r.Timestamp.Time, Approval: evidence.ClipValid(mode, maxNameBytes), Bypass: mode == "yolo"})
		}
	case "result":
		q.session.Ending = evidence.EndingSuccess
		if r.IsError {
			q.session.Ending = evidence.EndingFailed
		}
	case "assistant", "user", "message":
		q.message(r, text)
	}
}

func (q *blockReader) message(r *claudeRow, text []byte) {
	m := &r.Message.v
	sub := r.ParentToolUseID != ""
	content := m.Content.of(text)
	if len(content) == 0 && !m.Usage.ok {
		q.session.Unread++
	}
	if u := m.Usage.v; m.Usage.ok && r.Type == "assistant" {
		q.model(string(m.Model))
		q.spend(messageKey{message: string(m.ID)}, tokens{
			input: int64(max(0, u.Input-u.CacheRead)), output: int64(u.Output), cacheRead: int64(u.CacheRead), cacheWrite: int64(u.CacheWrite),
		})
	}
	role := cmp.Or(string(m.Role), string(r.Type))
	if content.Kind() == '"' {
		q.says(role, unquote(content), sub)
		return
	}
	var said strings.Builder
	for _, b := range blocks(content) {
		switch b.Type {
		case "text":
			said.WriteString(string(b.Text))
		case "tool_use":
			q.use(toolUse{id: string(b.ID), name: string(b.Name), args: parseArgs(b.Input.of(content)), dir: q.dir, at: r.Timestamp.Time, subagent: sub})
		case "tool_result":
			q.result(&b, r, contentText(b.Content.of(content)))
		}
	}
	q.says(role, said.String(), sub)
}

func (q *blockReader) says(role, said string, sub bool) {
	switch said = strings.TrimSpace(said); {
	case said == "" || sub:
	case role == "assistant":
		q.final = said
	case !strings.HasPrefix(said, "<system-reminder>"):
		q.prompt(said)
	}
}

func (q *blockReader) result(b *claudeBlock, r *claudeRow, said string) {
	call := q.pending[string(b.CallID)]
	if call == nil {
		return
	}
	res := result{at: r.Timestamp.Time, output: []byte(said), failed: bool(b.IsError), succeeded: !bool(b.IsError)}
	q.returned(call.id, q.shell(res, call.verb), "")
}
