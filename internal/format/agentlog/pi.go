package agentlog

import (
	"cmp"
	"io"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/mergebrief/mergebrief/internal/commandline"
	"github.com/mergebrief/mergebrief/internal/evidence"
)

const formatPi = "pi"

// piRow is a row of a session of pi, or an event of "pi --mode json". Measured with
// version 0.73; 3 is the version of the form, that of the program is not there.
type piRow struct {
	Type      text              `json:"type"`
	ID        text              `json:"id"`
	Timestamp stamp             `json:"timestamp"`
	CWD       text              `json:"cwd"`
	Parent    text              `json:"parentSession"`
	Message   object[piMessage] `json:"message"`
	Model     text              `json:"modelId"`
	Provider  text              `json:"provider"`
}

type piMessage struct {
	Role       text            `json:"role"`
	Content    jsontext.Value  `json:"content"`
	Provider   text            `json:"provider"`
	Model      text            `json:"model"`
	Usage      object[piUsage] `json:"usage"`
	ResponseID text            `json:"responseId"`
	CallID     text            `json:"toolCallId"`
	ToolName   text            `json:"toolName"`
	IsError    jsontext.Value  `json:"isError"`
	Timestamp  integer         `json:"timestamp"`
}

type piUsage struct {
	Input      amount `json:"input"`
	Output     amount `json:"output"`
	CacheRead  amount `json:"cacheRead"`
	CacheWrite amount `json:"cacheWrite"`
	Cost       object[struct {
		Total decimal `json:"total"`
	}] `json:"cost"`
}

type piBlock struct {
	Type      text           `json:"type"`
	Text      text           `json:"text"`
	ID        text           `json:"id"`
	Name      text           `json:"name"`
	Arguments jsontext.Value `json:"arguments"`
}

type piReader struct {
	*toolbox
	dir  string
	rows int
}

// DecodePi reads a session of pi, or what "pi --mode json" prints.
func DecodePi(r io.Reader) (evidence.Fragment, error) {
	p := &piReader{toolbox: newToolbox(newBuilder(formatPi))}
	p.scoped = true
	err := readRows(r, func(_ int, row *piRow) error {
		p.row(row)
		return nil
	})
	if p.rows == 0 {
		return evidence.Fragment{}, err
	}
	return evidence.Fragment{Sessions: []evidence.Session{p.build()}}, err
}

func (p *piReader) row(r *piRow) {
	p.at(r.Timestamp.Time)
	switch r.Type {
	case "session":
		p.rows++
		p.session.ID = evidence.ClipValid(string(r.ID), maxNameBytes)
		p.dir = string(r.CWD)
		p.root = commandline.CleanPath(p.dir)
	case "model_change":
		p.model(string(r.Model))
		p.provider(r.Provider)
	case "message", "message_end":
		p.rows++
		p.message(string(r.ID), &r.Message.v, r.Timestamp.Time)
	case "compaction":
		p.session.Compactions++
	}
}

func (p *piReader) provider(name text) {
	if name != "" {
		p.session.Provider = evidence.ClipValid(string(name), maxNameBytes)
	}
}

func (p *piReader) message(id string, m *piMessage, at time.Time) {
	if at.IsZero() {
		at = millis(m.Timestamp.value)
	}
	p.at(at)
	if len(m.Content) == 0 && !m.Usage.ok {
		p.session.Unread++
	}
	switch m.Role {
	case "user":
		if said := codexContent(m.Content); strings.TrimSpace(said) != "" {
			p.prompt(said)
		}
	case "assistant":
		p.model(string(m.Model))
		p.provider(m.Provider)
		if u := m.Usage.v; m.Usage.ok {
			p.spend(messageKey{message: cmp.Or(string(m.ResponseID), id, at.String())}, tokens{
				input: int64(u.Input), output: int64(u.Output), cacheRead: int64(u.CacheRead), cacheWrite: int64(u.CacheWrite), cost: u.Cost.v.Total.value,
			})
		}
		p.answer(m, at)
	case "toolResult":
		p.result(m, at)
	}
}

func (p *piReader) answer(m *piMessage, at time.Time) {
	var blocks list[object[piBlock]]
	if m.Content.Kind() != '[' || unmarshalValue(m.Content, &blocks) != nil {
		return
	}
	for _, b := range blocks {
		switch b.v.Type {
		case "text":
			if strings.TrimSpace(string(b.v.Text)) != "" {
				p.final = string(b.v.Text)
			}
		case "toolCall":
			p.use(toolUse{id: string(b.v.ID), name: string(b.v.Name), args: parseArgs(b.v.Arguments), dir: p.dir, at: at})
		}
	}
}

// piExit matches the last line of the result of a command that failed.
var piExit = regexp.MustCompile(`(?:^|\n)Command exited with code (\d{1,10})\s*$`)

// result notes the result of a call. The shell tool raises an error for every status
// but 0, so the absence of one is a status of 0.
func (p *piReader) result(m *piMessage, at time.Time) {
	said := codexContent(m.Content)
	r := result{at: at, output: []byte(said), failed: m.IsError.Kind() == 't', succeeded: m.IsError.Kind() == 'f'}
	if call := p.pending[string(m.CallID)]; call != nil && call.verb == doesShell && r.failed {
		switch x := piExit.FindStringSubmatch(said); {
		case x != nil:
			if n, err := strconv.Atoi(x[1]); err == nil {
				r.exit = &n
			}
		case strings.HasSuffix(strings.TrimSpace(said), "Command aborted"), strings.HasSuffix(strings.TrimSpace(said), "Operation aborted"):
			r.failed, r.other = false, true
		}
	}
	p.returned(string(m.CallID), r, "")
}
