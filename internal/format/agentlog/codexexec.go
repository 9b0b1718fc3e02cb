package agentlog

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

const formatCodexExec = "codex-exec"

// execRow is an event of "codex exec --json" (codex-rs/exec/src/exec_events.rs).
// The events have no times, directory, model or version.
type execRow struct {
	Type     text                `json:"type"`
	ThreadID text                `json:"thread_id"`
	Usage    object[codexTokens] `json:"usage"`
	Item     object[execItem]    `json:"item"`
}

type execItem struct {
	ID       text    `json:"id"`
	Type     text    `json:"type"`
	OldType  text    `json:"item_type"`
	Text     text    `json:"text"`
	Command  text    `json:"command"`
	Output   text    `json:"aggregated_output"`
	ExitCode integer `json:"exit_code"`
	Status   text    `json:"status"`
	Changes  list[struct {
		Path text `json:"path"`
		Kind text `json:"kind"`
	}] `json:"changes"`
	Server text           `json:"server"`
	Tool   text           `json:"tool"`
	Error  jsontext.Value `json:"error"`
}

type execReader struct {
	*builder
	commands map[string]*pendingCommand
	done     map[string]bool
	rows     int
	turns    int
}

// DecodeCodexExec reads the events of "codex exec --json".
func DecodeCodexExec(r io.Reader) (evidence.Fragment, error) {
	c := &execReader{builder: newBuilder(formatCodexExec), commands: map[string]*pendingCommand{}, done: map[string]bool{}}
	err := readRows(r, func(_ int, row *execRow) error {
		c.row(row)
		return nil
	})
	if c.rows == 0 {
		return evidence.Fragment{}, err
	}
	return evidence.Fragment{Sessions: []evidence.Session{c.build()}}, err
}

func (c *execReader) row(r *execRow) {
	switch r.Type {
	case "thread.started":
		c.session.ID = evidence.ClipValid(string(r.ThreadID), maxNameBytes)
	case "turn.completed":
		c.turns++
		c.session.Ending = evidence.EndingSuccess
		u := r.Usage.v
		if r.Usage.ok {
			c.spend(messageKey{message: fmt.Sprintf("turn %d", c.turns)}, tokens{
				input: int64(max(0, u.Input-u.Cached)), cacheRead: int64(u.Cached), cacheWrite: int64(u.CacheWrite), output: int64(u.Output),
			})
		}
	case "item.started", "item.updated":
		if r.Item.v.kind() == "command_execution" {
			c.began(&r.Item.v)
		}
	case "item.completed":
		c.item(&r.Item.v)
	case "turn.failed":
		c.session.Ending = evidence.EndingFailed
	case "turn.started":
		c.session.Ending = ""
	case "error":
	default:
		return
	}
	c.rows++
}

func (i *execItem) kind() string { return cmp.Or(string(i.Type), string(i.OldType)) }

func (c *execReader) began(i *execItem) *pendingCommand {
	id := string(i.ID)
	if h := c.commands[id]; h != nil {
		return h
	}
	h := c.run(started{call: c.session.ID + "/" + id, line: shellLine(string(i.Command))})
	if len(c.commands) < maxPending {
		c.commands[id] = h
	}
	return h
}

// shellLine takes the script out of "bash -lc 'script'", as Codex prints it.
func shellLine(line string) string {
	for _, shell := range []string{"bash -lc ", "bash -c ", "sh -c ", "zsh -lc ", "zsh -c "} {
		i := strings.Index(line, shell)
		if i < 0 || i > len("/opt/homebrew/bin/") {
			continue
		}
		script := line[i+len(shell):]
		for _, quote := range []string{`"`, "'"} {
			if len(script) > 1 && strings.HasPrefix(script, quote) && strings.HasSuffix(script, quote) {
				return strings.ReplaceAll(script[1:len(script)-1], `\"`, `"`)
			}
		}
		return script
	}
	return line
}

func (c *execReader) item(i *execItem) {
	if c.done[string(i.ID)] && i.ID != "" {
		return
	}
	if len(c.done) < maxPending {
		c.done[string(i.ID)] = true
	}
	switch i.kind() {
	case "agent_message", "assistant_message":
		c.final = string(i.Text)
	case "command_execution":
		h := c.began(i)
		r := result{exit: i.ExitCode.int(), output: []byte(i.Output), failed: i.Status == "failed", notRun: i.Status == "declined"}
		if r.notRun {
			c.denies(h.Call, "command_execution", h.Line, evidence.DeniedByPolicy)
		}
		c.end(h, r)
		c.shows(h)
	case "file_change":
		if i.Status == "failed" || i.Status == "declined" {
			return
		}
		for _, ch := range i.Changes {
			c.edit(evidence.Edit{Path: string(ch.Path), LinesUnknown: true, Call: c.session.ID + "/" + evidence.ClipValid(string(i.ID), maxNameBytes)})
		}
	case "mcp_tool_call":
		name := string(i.Server) + "/" + string(i.Tool)
		c.uses("mcp", name)
		if i.Status == "failed" {
			c.lacks(name, evidence.Unavailable, "")
		}
	case "collab_tool_call":
		c.agents["call:"+evidence.ClipValid(string(i.ID), maxNameBytes)] = true
	case "web_search":
		c.uses("search", "web")
	}
}
