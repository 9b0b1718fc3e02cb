package agentlog

import (
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/mergebrief/mergebrief/internal/commandline"
	"github.com/mergebrief/mergebrief/internal/evidence"
)

const formatContinue = "continue"

// continueSession is a session of Continue. Measured with version 1.5 of the command
// line; there are no times and no version in it.
type continueSession struct {
	ID        text `json:"sessionId"`
	Directory text `json:"workspaceDirectory"`
	History   list[object[struct {
		Message object[struct {
			Role    text           `json:"role"`
			Content jsontext.Value `json:"content"`
			Usage   object[struct {
				Prompt  amount `json:"prompt_tokens"`
				Output  amount `json:"completion_tokens"`
				Model   text   `json:"model"`
				Details object[struct {
					Cached amount `json:"cached_tokens"`
				}] `json:"prompt_tokens_details"`
			}] `json:"usage"`
		}] `json:"message"`
		Calls list[object[continueCall]] `json:"toolCallStates"`
	}]] `json:"history"`
	Usage object[struct {
		Cost decimal `json:"totalCost"`
	}] `json:"usage"`
}

type continueCall struct {
	ID     text           `json:"toolCallId"`
	Status text           `json:"status"`
	Args   jsontext.Value `json:"parsedArgs"`
	Call   object[struct {
		Function object[struct {
			Name text           `json:"name"`
			Args jsontext.Value `json:"arguments"`
		}] `json:"function"`
	}] `json:"toolCall"`
	Output list[object[struct {
		Content text `json:"content"`
	}]] `json:"output"`
}

// DecodeContinue reads a session of Continue.
func DecodeContinue(r io.Reader) (evidence.Fragment, error) {
	t := newToolbox(newBuilder(formatContinue))
	t.scoped = true
	rows := 0
	err := readRows(r, func(_ int, s *continueSession) error {
		if s.ID != "" {
			rows++
			s.apply(t)
		}
		return nil
	})
	if rows == 0 {
		return evidence.Fragment{}, err
	}
	return evidence.Fragment{Sessions: []evidence.Session{t.build()}}, err
}

func (s *continueSession) apply(t *toolbox) {
	t.session.ID = evidence.ClipValid(string(s.ID), maxNameBytes)
	dir := strings.TrimPrefix(string(s.Directory), "file://")
	t.root = commandline.CleanPath(dir)
	for i := range s.History {
		h := &s.History[i].v
		m := &h.Message.v
		if !h.Message.ok {
			t.session.Unread++
		}
		said := codexContent(m.Content)
		switch {
		case m.Role == "user" && strings.TrimSpace(said) != "":
			t.prompt(said)
		case m.Role == "assistant" && strings.TrimSpace(said) != "":
			t.final = said
		}
		if u := m.Usage.v; m.Usage.ok {
			t.model(string(u.Model))
			t.spend(messageKey{message: fmt.Sprintf("%s/%d", s.ID, i)}, tokens{
				input: int64(max(0, u.Prompt-u.Details.v.Cached)), cacheRead: int64(u.Details.v.Cached), output: int64(u.Output),
			})
		}
		for k := range h.Calls {
			h.Calls[k].v.apply(t, dir)
		}
	}
	if cost := s.Usage.v.Cost.value; cost != nil && *cost > 0 {
		t.cost = costs{usd: cost, basis: evidence.CostReported}
	}
}

// continueExit matches how the result of a command tells its status.
var continueExit = regexp.MustCompile(`Error \(exit code (\d{1,10})\):`)

func (c *continueCall) apply(t *toolbox, dir string) {
	f := &c.Call.v.Function.v
	args := c.Args
	if args.Kind() != '{' {
		args = f.Args
	}
	call := t.use(toolUse{id: string(c.ID), name: string(f.Name), args: parseArgs(args), dir: dir})
	if call == nil {
		return
	}
	var said strings.Builder
	for _, part := range c.Output {
		said.WriteString(string(part.v.Content))
	}
	r := result{output: []byte(said.String()), failed: c.Status == "errored", succeeded: c.Status == "done"}
	var by evidence.Denier
	switch c.Status {
	case "canceled", "cancelled":
		r.notRun, by = true, evidence.DeniedByUser
	case "done", "errored":
	default:
		return // the session broke off here
	}
	if m := continueExit.FindStringSubmatch(said.String()); m != nil && r.failed && call.verb == doesShell {
		if n, err := strconv.Atoi(m[1]); err == nil {
			r.exit = &n
		}
	}
	t.returned(string(c.ID), r, by)
}
