package agentlog

import (
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

const formatMiniSWE = "mini-swe-agent"

// miniRow is a trajectory of mini-swe-agent (versions 1 and 2), or a message of one
// that is an array.
type miniRow struct {
	Info object[struct {
		Exit       text `json:"exit_status"`
		Submission text `json:"submission"`
		Version    text `json:"mini_version"`
		Stats      object[struct {
			Cost decimal `json:"instance_cost"`
		}] `json:"model_stats"`
		Config object[struct {
			Model object[struct {
				Name text `json:"model_name"`
			}] `json:"model"`
		}] `json:"config"`
	}] `json:"info"`
	Messages list[object[miniMessage]] `json:"messages"`
	miniMessage
}

type miniMessage struct {
	Role    text           `json:"role"`
	Content jsontext.Value `json:"content"`
	CallID  text           `json:"tool_call_id"`
	Extra   object[struct {
		Actions list[object[struct {
			Command text `json:"command"`
			CallID  text `json:"tool_call_id"`
		}]] `json:"actions"`
		Return    integer `json:"returncode"`
		Output    text    `json:"raw_output"`
		Timestamp decimal `json:"timestamp"`
	}] `json:"extra"`
}

type miniReader struct {
	*builder
	// waiting are the commands of the last answer, by their calls and in order.
	waiting []miniCommand
	rows    int
}

type miniCommand struct {
	call    string
	command *pendingCommand
}

// DecodeMiniSWE reads a trajectory of mini-swe-agent.
func DecodeMiniSWE(r io.Reader) (evidence.Fragment, error) {
	m := &miniReader{builder: newBuilder(formatMiniSWE)}
	err := readRows(r, func(_ int, row *miniRow) error {
		m.row(row)
		return nil
	})
	if m.rows == 0 {
		return evidence.Fragment{}, err
	}
	return evidence.Fragment{Sessions: []evidence.Session{m.build()}}, err
}

func (m *miniReader) row(r *miniRow) {
	if r.Role != "" {
		m.message(&r.miniMessage)
	}
	for i := range r.Messages {
		m.message(&r.Messages[i].v)
	}
	if !r.Info.ok {
		return
	}
	m.rows++
	info := &r.Info.v
	m.session.AgentVersion = evidence.ClipValid(string(info.Version), maxNameBytes)
	m.model(string(info.Config.v.Model.v.Name))
	if info.Exit != "" {
		m.session.Ending = evidence.Ending(evidence.ClipValid(strings.ToLower(string(info.Exit)), maxNameBytes))
		if info.Exit == "Submitted" {
			m.session.Ending = evidence.EndingSuccess
		}
	}
	if cost := info.Stats.v.Cost.value; cost != nil && *cost >= 0 {
		m.cost = costs{usd: cost, basis: evidence.CostReported}
	}
	for _, e := range unifiedEdits(string(info.Submission)) {
		m.unordered(e)
	}
}

// The blocks in which version 1 writes commands and their results.
var (
	miniCommandBlock = regexp.MustCompile("(?s)```(?:mswea_bash_command|bash)\\n(.*?)\\n?```")
	miniResult       = regexp.MustCompile(`(?s)^\s*<returncode>(-?\d{1,10})</returncode>\s*(?:<output>\n?(.*?)\n?</output>)?`)
)

func (m *miniReader) message(x *miniMessage) {
	m.rows++
	said := codexContent(x.Content)
	at := secondsOf(x.Extra.v.Timestamp)
	m.at(at)
	switch x.Role {
	case "assistant":
		if strings.TrimSpace(said) != "" {
			m.final = said
		}
		m.waiting = nil
		for _, a := range x.Extra.v.Actions {
			m.begins(string(a.v.Command), string(a.v.CallID), at)
		}
		if len(x.Extra.v.Actions) > 0 {
			return
		}
		if found := miniCommandBlock.FindAllStringSubmatch(said, 2); len(found) == 1 {
			m.begins(found[0][1], "", at) // with more than one the agent runs none
		}
	case "user", "tool":
		m.ends(x, said, at)
	}
}

func (m *miniReader) begins(line, call string, at time.Time) {
	if line == "" || len(m.waiting) >= maxListed {
		return
	}
	h := m.run(started{call: fmt.Sprintf("%d/%s", m.rows, call), line: line, at: at})
	m.waiting = append(m.waiting, miniCommand{call, h})
}

// ends notes a result; a message of the user that is none is a prompt.
func (m *miniReader) ends(x *miniMessage, said string, at time.Time) {
	r := result{at: at, exit: x.Extra.v.Return.int(), output: []byte(x.Extra.v.Output)}
	if found := miniResult.FindStringSubmatch(said); found != nil {
		if n, err := strconv.Atoi(found[1]); err == nil && r.exit == nil {
			r.exit = &n
		}
		if len(r.output) == 0 {
			r.output = []byte(found[2])
		}
	} else if r.exit == nil {
		if x.Role == "user" && len(m.commands) == 0 && strings.TrimSpace(said) != "" {
			m.prompt(said)
		}
		return
	}
	for i, w := range m.waiting {
		if w.call == string(x.CallID) || x.CallID == "" && i == 0 {
			m.end(w.command, r)
			m.shows(w.command)
			m.waiting = append(m.waiting[:i:i], m.waiting[i+1:]...)
			return
		}
	}
	m.puzzled("result without a command")
}

// secondsOf is a point in time given in seconds since 1970.
func secondsOf(d decimal) time.Time {
	if d.value == nil || *d.value <= 0 || *d.value > 253402300799 {
		return time.Time{}
	}
	ms := int64(*d.value * 1000)
	return millis(&ms)
}
