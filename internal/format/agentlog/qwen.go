package agentlog

import (
	"cmp"
	"io"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/mergebrief/mergebrief/internal/commandline"
	"github.com/mergebrief/mergebrief/internal/evidence"
)

const (
	formatQwenSession = "qwen-session"
	formatQwenStream  = "qwen-stream"
)

// qwenRow is a row of a session of Qwen Code: like one of Claude Code around a
// message like one of Gemini CLI. Measured with versions 0.15 and 0.23.
type qwenRow struct {
	Type      text  `json:"type"`
	Subtype   text  `json:"subtype"`
	UUID      text  `json:"uuid"`
	SessionID text  `json:"sessionId"`
	Timestamp stamp `json:"timestamp"`
	CWD       text  `json:"cwd"`
	Version   text  `json:"version"`
	Branch    text  `json:"gitBranch"`
	Model     text  `json:"model"`
	Message   object[struct {
		Parts jsontext.Value `json:"parts"`
	}] `json:"message"`
	Usage object[struct {
		Prompt     amount `json:"promptTokenCount"`
		Candidates amount `json:"candidatesTokenCount"`
		Thoughts   amount `json:"thoughtsTokenCount"`
		Cached     amount `json:"cachedContentTokenCount"`
	}] `json:"usageMetadata"`
	Result object[struct {
		CallID  text                `json:"callId"`
		Status  text                `json:"status"`
		Display object[qwenDisplay] `json:"resultDisplay"`
	}] `json:"toolCallResult"`
}

type qwenDisplay struct {
	Diff    text `json:"fileDiff"`
	Summary object[struct {
		Calls integer `json:"totalToolCalls"`
	}] `json:"executionSummary"`
}

type qwenReader struct {
	*toolbox
	dir  string
	rows int
}

// DecodeQwen reads a session of Qwen Code.
func DecodeQwen(r io.Reader) (evidence.Fragment, error) {
	q := &qwenReader{toolbox: newToolbox(newBuilder(formatQwenSession))}
	q.scoped = true
	err := readRows(r, func(_ int, row *qwenRow) error {
		q.row(row)
		return nil
	})
	if q.rows == 0 {
		return evidence.Fragment{}, err
	}
	return evidence.Fragment{Sessions: []evidence.Session{q.build()}}, err
}

func (q *qwenReader) row(r *qwenRow) {
	if r.SessionID == "" {
		return
	}
	q.rows++
	q.at(r.Timestamp.Time)
	q.session.ID = evidence.ClipValid(string(r.SessionID), maxNameBytes)
	q.session.AgentVersion = cmp.Or(evidence.ClipValid(string(r.Version), maxNameBytes), q.session.AgentVersion)
	if r.CWD != "" {
		q.dir = string(r.CWD)
		if q.root == "" {
			q.root = commandline.CleanPath(q.dir)
		}
	}
	if r.Branch != "" {
		q.boundary(evidence.Boundary{From: r.Timestamp.Time, Branch: evidence.ClipValid(string(r.Branch), maxNameBytes)})
	}
	switch r.Type {
	case "user":
		q.heard(r)
		if said := codexContent(r.Message.v.Parts); strings.TrimSpace(said) != "" {
			q.prompt(said)
		}
	case "assistant":
		q.heard(r)
		q.answer(r)
	case "tool_result":
		q.heard(r)
		q.result(r)
	case "system":
		if r.Subtype == "chat_compression" {
			q.session.Compactions++
		}
	}
}

func (q *qwenReader) heard(r *qwenRow) {
	if len(r.Message.v.Parts) == 0 && !r.Usage.ok {
		q.session.Unread++
	}
}

func (q *qwenReader) answer(r *qwenRow) {
	q.model(string(r.Model))
	if said := codexContent(r.Message.v.Parts); strings.TrimSpace(said) != "" {
		q.final = said
	}
	if u := r.Usage.v; r.Usage.ok {
		q.spend(messageKey{message: string(r.UUID)}, tokens{
			input: int64(max(0, u.Prompt-u.Cached)), cacheRead: int64(u.Cached), output: int64(u.Candidates + u.Thoughts),
		})
	}
	for _, p := range geminiParts(r.Message.v.Parts) {
		if c := p.v.Call.v; p.v.Call.ok {
			q.use(toolUse{id: string(c.ID), name: string(c.Name), args: parseArgs(c.Args), dir: q.dir, at: r.Timestamp.Time})
		}
	}
}

func (q *qwenReader) result(r *qwenRow) {
	x := r.Result.v
	said := ""
	id := string(x.CallID)
	for _, p := range geminiParts(r.Message.v.Parts) {
		if p.v.Response.ok {
			answer := p.v.Response.v.Response.v
			said = cmp.Or(string(answer.Output), string(answer.Error))
			id = cmp.Or(id, string(p.v.Response.v.ID))
		}
	}
	call := q.pending[id]
	if call == nil {
		return
	}
	res := result{at: r.Timestamp.Time, output: []byte(said), failed: x.Status == "error", succeeded: x.Status == "success"}
	var by evidence.Denier
	if x.Status == "cancelled" {
		res.notRun, by = true, evidence.DeniedByUser
	}
	if call.verb == doesEdit && res.succeeded && x.Display.v.Diff != "" {
		q.diffed(call, string(x.Display.v.Diff), r.Timestamp.Time)
	}
	if n := x.Display.v.Summary.v.Calls.int(); call.verb == doesDelegate && n != nil {
		for range min(max(0, *n), maxListed) {
			q.puzzled(call.name) // the log has the number of its calls and nothing of them
		}
	}
	q.returned(id, res.inGeminiShell(call.verb), by)
}

// DecodeQwenStream reads what "qwen -o stream-json" prints: the messages of Claude's
// SDK, with tools of another name.
func DecodeQwenStream(r io.Reader) (evidence.Fragment, error) {
	q := &blockReader{toolbox: newToolbox(newBuilder(formatQwenStream)), shell: result.inGeminiShell}
	q.scoped = true
	err := readTexts(r, func(_ int, row *claudeRow, text []byte) error {
		q.row(row, text)
		return nil
	})
	if q.rows == 0 {
		return evidence.Fragment{}, err
	}
	q.session.Ending = cmp.Or(q.session.Ending, evidence.EndingNoResult)
	return evidence.Fragment{Sessions: []evidence.Session{q.build()}}, err
}
