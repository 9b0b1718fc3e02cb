package agentlog

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/mergebrief/mergebrief/internal/commandline"
	"github.com/mergebrief/mergebrief/internal/evidence"
)

const formatCursor = "cursor-stream"

// cursorRow is an event of "cursor-agent -p --output-format stream-json". It
// resembles that of Claude Code; calls are events of their own.
type cursorRow struct {
	Type      text                              `json:"type"`
	Subtype   text                              `json:"subtype"`
	SessionID text                              `json:"session_id"`
	CWD       text                              `json:"cwd"`
	Model     text                              `json:"model"`
	Mode      text                              `json:"permissionMode"`
	CallID    text                              `json:"call_id"`
	Timestamp integer                           `json:"timestamp_ms"`
	Message   object[claudeMessage]             `json:"message"`
	Call      object[map[string]jsontext.Value] `json:"tool_call"`
	Result    text                              `json:"result"`
	Usage     object[struct {
		Input      amount `json:"inputTokens"`
		Output     amount `json:"outputTokens"`
		CacheRead  amount `json:"cacheReadTokens"`
		CacheWrite amount `json:"cacheWriteTokens"`
	}] `json:"usage"`
}

// cursorCall is {"shellToolCall":{"args":…,"result":…}} without its outer name.
type cursorCall struct {
	Args   jsontext.Value `json:"args"`
	Result object[struct {
		Success object[struct {
			ExitCode integer `json:"exitCode"`
			Stdout   text    `json:"stdout"`
			Stderr   text    `json:"stderr"`
			Output   text    `json:"interleavedOutput"`
			Added    amount  `json:"linesAdded"`
			Removed  amount  `json:"linesRemoved"`
			Diff     text    `json:"diffString"`
		}] `json:"success"`
		Failure object[struct {
			ExitCode integer `json:"exitCode"`
			Stdout   text    `json:"stdout"`
			Stderr   text    `json:"stderr"`
		}] `json:"failure"`
		Rejected object[struct {
			Reason text `json:"reason"`
		}] `json:"rejected"`
		Error object[struct {
			Message text `json:"errorMessage"`
		}] `json:"error"`
		Denied object[struct{}] `json:"permissionDenied"`
	}] `json:"result"`
}

type cursorReader struct {
	*toolbox
	dir  string
	rows int
}

// DecodeCursor reads the events of the Cursor command line.
func DecodeCursor(r io.Reader) (evidence.Fragment, error) {
	c := &cursorReader{toolbox: newToolbox(newBuilder(formatCursor))}
	err := readTexts(r, func(_ int, row *cursorRow, text []byte) error {
		c.row(row, text)
		return nil
	})
	if c.rows == 0 {
		return evidence.Fragment{}, err
	}
	return evidence.Fragment{Sessions: []evidence.Session{c.build()}}, err
}

func (c *cursorReader) row(r *cursorRow, text []byte) {
	if r.Type == "" {
		return
	}
	c.rows++
	at := millis(r.Timestamp.value)
	c.at(at)
	if r.SessionID != "" {
		c.session.ID = evidence.ClipValid(string(r.SessionID), maxNameBytes)
	}
	switch r.Type {
	case "system":
		c.dir, c.root = string(r.CWD), commandline.CleanPath(string(r.CWD))
		c.model(string(r.Model))
		if r.Mode != "" {
			c.boundary(evidence.Boundary{From: at, Approval: evidence.ClipValid(string(r.Mode), maxNameBytes), Bypass: r.Mode == "bypassPermissions"})
		}
	case "user":
		c.prompt(contentText(r.Message.v.Content.of(text)))
	case "assistant":
		c.final = evidence.ClipValid(c.final+contentText(r.Message.v.Content.of(text)), maxFinalBytes)
	case "tool_call":
		c.final = ""
		c.call(r)
	case "result":
		c.final = cmp.Or(string(r.Result), c.final)
		if u := r.Usage.v; r.Usage.ok {
			c.whole = &evidence.Usage{
				InputTokens: int64(u.Input), OutputTokens: int64(u.Output), CacheReadTokens: int64(u.CacheRead),
				CacheWriteTokens: int64(u.CacheWrite), CostBasis: evidence.CostUnknown,
			}
		}
	}
}

func (c *cursorReader) call(r *cursorRow) {
	for _, kind := range sortedKeys(r.Call.v) {
		name, ok := strings.CutSuffix(kind, "ToolCall")
		var x cursorCall
		if !ok {
			continue
		}
		if unmarshalValue(r.Call.v[kind], &x) != nil {
			c.puzzled(name)
			continue
		}
		id := cmp.Or(string(r.CallID), fmt.Sprintf("row %d", c.rows))
		at := millis(r.Timestamp.value)
		if !c.seen[id] {
			c.use(toolUse{id: id, name: name, args: parseArgs(x.Args), dir: c.dir, at: at})
		}
		if r.Subtype == "completed" {
			c.completed(id, &x, result{at: at})
		}
		return
	}
}

func (c *cursorReader) completed(id string, x *cursorCall, r result) {
	res := x.Result.v
	var by evidence.Denier
	switch {
	case res.Success.ok:
		r.exit, r.succeeded = res.Success.v.ExitCode.int(), true
		r.output = []byte(cmp.Or(string(res.Success.v.Output), string(res.Success.v.Stdout)+string(res.Success.v.Stderr)))
	case res.Failure.ok:
		r.exit, r.failed = res.Failure.v.ExitCode.int(), true
		r.output = []byte(string(res.Failure.v.Stdout) + string(res.Failure.v.Stderr))
	case res.Rejected.ok:
		r.notRun, by = true, evidence.DeniedByUser
	case res.Denied.ok:
		r.notRun, by = true, evidence.DeniedByPolicy
	case res.Error.ok:
		r.failed, r.output = true, []byte(res.Error.v.Message)
	}
	call := c.pending[id]
	if call != nil && (call.verb == doesEdit || call.verb == doesWrite) && res.Success.ok && res.Success.v.Diff != "" {
		c.diffed(call, string(res.Success.v.Diff), call.at)
	}
	if call != nil && call.verb == doesShell && r.exit == nil {
		r.succeeded = false
	}
	c.returned(id, r, by)
}
