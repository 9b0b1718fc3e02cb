package agentlog

import (
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/mergebrief/mergebrief/internal/commandline"
	"github.com/mergebrief/mergebrief/internal/evidence"
)

const formatCline = "cline"

// clineSession is the file of messages that the command line of Cline keeps of a
// session. Measured with version 3.0.
type clineSession struct {
	ID     text `json:"sessionId"`
	Origin object[struct {
		Version text `json:"version"`
	}] `json:"origin"`
	System   text                       `json:"system_prompt"`
	Messages list[object[clineMessage]] `json:"messages"`
}

type clineMessage struct {
	ID      text           `json:"id"`
	Role    text           `json:"role"`
	Content jsontext.Value `json:"content"`
	Time    integer        `json:"ts"`
	Model   object[idText] `json:"modelInfo"`
	Metrics object[struct {
		Input      amount  `json:"inputTokens"`
		Output     amount  `json:"outputTokens"`
		CacheRead  amount  `json:"cacheReadTokens"`
		CacheWrite amount  `json:"cacheWriteTokens"`
		Cost       decimal `json:"cost"`
	}] `json:"metrics"`
}

type clineBlock struct {
	Type    text           `json:"type"`
	Text    text           `json:"text"`
	ID      text           `json:"id"`
	Name    text           `json:"name"`
	Input   jsontext.Value `json:"input"`
	CallID  text           `json:"tool_use_id"`
	Content jsontext.Value `json:"content"`
}

// clineResult is one of the results of a call: a call runs several commands.
type clineResult struct {
	Result  text           `json:"result"`
	Error   text           `json:"error"`
	Success jsontext.Value `json:"success"`
}

type clineReader struct {
	*toolbox
	rows int
	// parts are the calls that were made of one call, by its id.
	parts map[string][]string
}

// DecodeCline reads a session of Cline's command line.
func DecodeCline(r io.Reader) (evidence.Fragment, error) {
	c := &clineReader{toolbox: newToolbox(newBuilder(formatCline)), parts: map[string][]string{}}
	c.scoped = true
	err := readRows(r, func(_ int, s *clineSession) error {
		c.row(s)
		return nil
	})
	if c.rows == 0 {
		return evidence.Fragment{}, err
	}
	return evidence.Fragment{Sessions: []evidence.Session{c.build()}}, err
}

// clineFolder matches the line of the instructions that names the folder.
var clineFolder = regexp.MustCompile(`(?m)^\s*(?:\d+\. )?Working Directory: (\S.*)$`)

func (c *clineReader) row(s *clineSession) {
	if s.ID == "" {
		return
	}
	c.rows++
	c.session.ID = evidence.ClipValid(string(s.ID), maxNameBytes)
	c.session.AgentVersion = evidence.ClipValid(string(s.Origin.v.Version), maxNameBytes)
	if m := clineFolder.FindStringSubmatch(string(s.System)); m != nil {
		c.root = commandline.CleanPath(strings.TrimSpace(m[1]))
	}
	if s.System != "" {
		c.instructed(string(s.System))
	}
	for i := range s.Messages {
		c.message(&s.Messages[i].v)
	}
}

// clineInput matches the mark in which a message of a person comes.
var clineInput = regexp.MustCompile(`(?s)^<user_input mode="(\w{1,20})">(.*)</user_input>\s*$`)

func (c *clineReader) message(m *clineMessage) {
	at := millis(m.Time.value)
	c.at(at)
	c.model(string(m.Model.v.ID))
	if u := m.Metrics.v; m.Metrics.ok {
		c.spend(messageKey{message: string(m.ID)}, tokens{
			input: int64(max(0, u.Input-u.CacheRead)), output: int64(u.Output), cacheRead: int64(u.CacheRead), cacheWrite: int64(u.CacheWrite), cost: u.Cost.value,
		})
	}
	var blocks list[object[clineBlock]]
	if m.Content.Kind() != '[' || unmarshalValue(m.Content, &blocks) != nil {
		c.session.Unread++
		return
	}
	for i := range blocks {
		b := &blocks[i].v
		switch b.Type {
		case "text":
			c.says(m, string(b.Text), at)
		case "tool_use":
			c.call(b, at)
		case "tool_result":
			c.result(b, at)
		}
	}
}

func (c *clineReader) says(m *clineMessage, said string, at time.Time) {
	said = strings.TrimSpace(said)
	switch {
	case said == "":
	case m.Role == "assistant":
		c.final = said
	default:
		if in := clineInput.FindStringSubmatch(said); in != nil {
			c.boundary(evidence.Boundary{From: at, Approval: in[1]})
			said = in[2]
		}
		c.prompt(said)
	}
}

func (c *clineReader) call(b *clineBlock, at time.Time) {
	id := string(b.ID)
	switch b.Name {
	case "run_commands":
		var in struct {
			Commands list[text] `json:"commands"`
		}
		_ = unmarshalValue(b.Input, &in) // what could be read stays
		for i, line := range in.Commands {
			c.part(id, i, "run_command", &toolArgs{Command: commandArg{line: string(line)}}, at)
		}
		if len(in.Commands) == 0 {
			c.puzzled("run_commands")
		}
	case "read_files":
		var in struct {
			Files list[object[struct {
				Path text `json:"path"`
			}]] `json:"files"`
		}
		_ = unmarshalValue(b.Input, &in) // what could be read stays
		for i, f := range in.Files {
			c.part(id, i, "read_file", &toolArgs{Path: f.v.Path}, at)
		}
	case "editor":
		var in struct {
			Path text           `json:"path"`
			Old  jsontext.Value `json:"old_text"`
			New  text           `json:"new_text"`
		}
		_ = unmarshalValue(b.Input, &in) // what could be read stays
		if in.Old.Kind() == '"' && unquote(in.Old) != "" {
			c.part(id, 0, "edit", &toolArgs{Path: in.Path, Old: text(unquote(in.Old)), New: in.New}, at)
		} else {
			c.part(id, 0, "write", &toolArgs{Path: in.Path, Content: in.New}, at)
		}
	default:
		c.part(id, 0, string(b.Name), parseArgs(b.Input), at)
	}
}

// part notes one of the calls of which a call consists.
func (c *clineReader) part(id string, i int, name string, args *toolArgs, at time.Time) {
	key := fmt.Sprintf("%s#%d", id, i)
	if len(c.parts) < maxPending && len(c.parts[id]) < maxListed {
		c.parts[id] = append(c.parts[id], key)
	}
	c.use(toolUse{id: key, name: name, args: args, at: at})
}

// clineExit matches how a result tells the status of a command.
var clineExit = regexp.MustCompile(`^\[?Command exited with code (\d{1,10})\]?`)

func (c *clineReader) result(b *clineBlock, at time.Time) {
	var results list[object[clineResult]]
	content := b.Content
	if content.Kind() == '"' {
		content = jsontext.Value(unquote(content))
		if content.Kind() == '{' && !deep(content) {
			content = jsontext.Value("[" + string(content) + "]")
		}
	}
	if content.Kind() == '[' && !deep(content) {
		_ = unmarshalValue(content, &results) // what could be read stays
	}
	parts := c.parts[string(b.CallID)]
	for i, key := range parts {
		call := c.pending[key]
		if call == nil {
			continue
		}
		if i >= len(results) {
			if call.verb == doesShell || call.verb == doesEdit || call.verb == doesWrite {
				c.puzzled(call.name)
			}
			continue
		}
		r, by := results[i].v.read(call.verb)
		r.at = at
		c.returned(key, r, by)
	}
}

func (x *clineResult) read(does deed) (result, evidence.Denier) {
	r := result{output: []byte(string(x.Result)), failed: x.Success.Kind() == 'f' || x.Error != "", succeeded: x.Success.Kind() == 't' && x.Error == ""}
	if strings.Contains(string(x.Error), "requires approval") || strings.Contains(string(x.Error), "denied by the user") {
		r.notRun = true
		return r, evidence.DeniedByPolicy
	}
	if does != doesShell {
		return r, ""
	}
	for _, said := range []string{string(x.Error), string(x.Result)} {
		if m := clineExit.FindStringSubmatch(said); m != nil && r.exit == nil {
			if n, err := strconv.Atoi(m[1]); err == nil {
				r.exit = &n
			}
		}
	}
	return r, ""
}
