package agentlog

import (
	"fmt"
	"io"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/mergebrief/mergebrief/internal/commandline"
	"github.com/mergebrief/mergebrief/internal/evidence"
)

const formatAmp = "amp-thread"

// ampThread is a thread file of Amp.
type ampThread struct {
	ID       text             `json:"id"`
	Messages list[ampMessage] `json:"messages"`
	Mode     text             `json:"agentMode"`
	Env      object[struct {
		Initial object[struct {
			Trees list[struct {
				URI text `json:"uri"`
			}] `json:"trees"`
			Platform object[struct {
				Version text `json:"clientVersion"`
			}] `json:"platform"`
		}] `json:"initial"`
	}] `json:"env"`
}

type ampMessage struct {
	Role    text           `json:"role"`
	ID      integer        `json:"messageId"`
	Content list[ampBlock] `json:"content"`
	Meta    object[struct {
		Sent integer `json:"sentAt"`
	}] `json:"meta"`
	Usage object[struct {
		Model      text    `json:"model"`
		Input      amount  `json:"inputTokens"`
		Output     amount  `json:"outputTokens"`
		CacheRead  amount  `json:"cacheReadInputTokens"`
		CacheWrite amount  `json:"cacheCreationInputTokens"`
		Timestamp  stamp   `json:"timestamp"`
		Cost       decimal `json:"credits"`
	}] `json:"usage"`
}

type ampBlock struct {
	Type   text           `json:"type"`
	Text   text           `json:"text"`
	ID     text           `json:"id"`
	Name   text           `json:"name"`
	Input  jsontext.Value `json:"input"`
	CallID text           `json:"toolUseID"`
	Run    object[struct {
		Status text           `json:"status"`
		Result jsontext.Value `json:"result"`
		Error  object[struct {
			Message text `json:"message"`
		}] `json:"error"`
	}] `json:"run"`
}

// DecodeAmp reads a thread of Amp.
func DecodeAmp(r io.Reader) (evidence.Fragment, error) {
	var f evidence.Fragment
	err := readRows(r, func(_ int, th *ampThread) error {
		if strings.HasPrefix(string(th.ID), "T-") {
			f.Sessions = append(f.Sessions, th.session())
		}
		return nil
	})
	return f, err
}

func (th *ampThread) session() evidence.Session {
	t := newToolbox(newBuilder(formatAmp))
	t.session.ID = evidence.ClipValid(string(th.ID), maxNameBytes)
	env := th.Env.v.Initial.v
	t.session.AgentVersion = evidence.ClipValid(string(env.Platform.v.Version), maxNameBytes)
	if len(env.Trees) > 0 {
		t.root = commandline.CleanPath(fileURL(string(env.Trees[0].URI)))
	}
	for i := range th.Messages {
		th.Messages[i].apply(t, i)
	}
	t.settle()
	return t.build()
}

func (m *ampMessage) apply(t *toolbox, i int) {
	at := m.Usage.v.Timestamp.Time
	if at.IsZero() {
		at = millis(m.Meta.v.Sent.value)
	}
	t.at(at)
	if u := m.Usage.v; m.Usage.ok {
		t.model(string(u.Model))
		t.spend(messageKey{message: fmt.Sprintf("message %d", i)}, tokens{
			input: int64(u.Input), output: int64(u.Output), cacheRead: int64(u.CacheRead), cacheWrite: int64(u.CacheWrite),
		})
	}
	said, results := "", 0
	for k := range m.Content {
		b := &m.Content[k]
		switch b.Type {
		case "text":
			said += string(b.Text)
		case "tool_use":
			t.use(toolUse{id: string(b.ID), name: string(b.Name), args: parseArgs(b.Input), at: at})
		case "tool_result":
			results++
			b.returned(t)
		}
	}
	switch {
	case strings.TrimSpace(said) == "":
	case m.Role == "user" && results == 0:
		t.prompt(said)
	case m.Role == "assistant":
		t.final = said
	}
}

func (b *ampBlock) returned(t *toolbox) {
	run := b.Run.v
	r := result{succeeded: run.Status == "done", failed: run.Status == "error"}
	var by evidence.Denier
	switch run.Status {
	case "rejected-by-user", "cancelled":
		r.notRun = true
		if run.Status == "rejected-by-user" {
			by = evidence.DeniedByUser
		}
	case "blocked-on-user":
		r.succeeded = false
	}
	var x struct {
		Exit   integer `json:"exitCode"`
		Output text    `json:"output"`
	}
	if run.Result.Kind() == '{' && unmarshalValue(run.Result, &x) == nil {
		r.exit, r.output = x.Exit.int(), []byte(x.Output)
	} else if run.Result.Kind() == '"' {
		r.output = []byte(unquote(run.Result))
	}
	if r.failed && len(r.output) == 0 {
		r.output = []byte(run.Error.v.Message)
	}
	if call := t.pending[string(b.CallID)]; call != nil && call.verb == doesShell && r.exit == nil && !r.failed {
		r.succeeded = false
	}
	t.returned(string(b.CallID), r, by)
}
