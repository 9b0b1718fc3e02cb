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

const formatOpenCode = "opencode"

// openCodeRow is the document that "opencode export" prints, or an event of
// "opencode run --format json". Measured with version 1.18.
type openCodeRow struct {
	Info     object[openCodeSession]       `json:"info"`
	Messages list[object[openCodeMessage]] `json:"messages"`

	Type      text                 `json:"type"`
	Timestamp integer              `json:"timestamp"`
	SessionID text                 `json:"sessionID"`
	Part      object[openCodePart] `json:"part"`
}

type openCodeSession struct {
	ID        text           `json:"id"`
	ParentID  text           `json:"parentID"`
	Directory text           `json:"directory"`
	Version   text           `json:"version"`
	Time      openCodeTime   `json:"time"`
	Model     object[idText] `json:"model"`
}

type idText struct {
	ID text `json:"id"`
}

type openCodeTime struct {
	Created   integer `json:"created"`
	Updated   integer `json:"updated"`
	Completed integer `json:"completed"`
	Start     integer `json:"start"`
	End       integer `json:"end"`
}

type openCodeMessage struct {
	Info object[struct {
		ID       text         `json:"id"`
		Role     text         `json:"role"`
		Model    text         `json:"modelID"`
		Provider text         `json:"providerID"`
		Time     openCodeTime `json:"time"`
		Path     object[struct {
			CWD  text `json:"cwd"`
			Root text `json:"root"`
		}] `json:"path"`
		Cost   decimal                `json:"cost"`
		Tokens object[openCodeTokens] `json:"tokens"`
		// A compaction is written by the program.
		Summary flag `json:"summary"`
	}] `json:"info"`
	Parts list[object[openCodePart]] `json:"parts"`
}

// openCodeTokens: input is without what was read from the cache, reasoning is not
// part of output.
type openCodeTokens struct {
	Input     amount `json:"input"`
	Output    amount `json:"output"`
	Reasoning amount `json:"reasoning"`
	Cache     object[struct {
		Read  amount `json:"read"`
		Write amount `json:"write"`
	}] `json:"cache"`
}

func (t openCodeTokens) spent(cost decimal) tokens {
	return tokens{
		input: int64(t.Input), output: int64(t.Output + t.Reasoning), cacheRead: int64(t.Cache.v.Read), cacheWrite: int64(t.Cache.v.Write), cost: cost.value,
	}
}

type openCodePart struct {
	ID        text                  `json:"id"`
	MessageID text                  `json:"messageID"`
	Type      text                  `json:"type"`
	Text      text                  `json:"text"`
	Synthetic flag                  `json:"synthetic"`
	Tool      text                  `json:"tool"`
	CallID    text                  `json:"callID"`
	State     object[openCodeState] `json:"state"`
	Files     list[text]            `json:"files"`
	// step-finish
	Cost   decimal                `json:"cost"`
	Tokens object[openCodeTokens] `json:"tokens"`
}

type openCodeState struct {
	Status   text           `json:"status"`
	Input    jsontext.Value `json:"input"`
	Output   text           `json:"output"`
	Error    text           `json:"error"`
	Time     openCodeTime   `json:"time"`
	Metadata object[struct {
		Exit    integer `json:"exit"`
		Diff    text    `json:"diff"`
		Session text    `json:"sessionId"`
	}] `json:"metadata"`
}

type openCodeReader struct {
	*toolbox
	dir  string
	rows int
	// last is the command that ran last, touched the files that calls edited since
	// the last list of changed files.
	last    *pendingCommand
	touched map[string]bool
	// states tells calls apart that have the same id.
	states map[string]string
	steps  int
}

// DecodeOpenCode reads what "opencode export" or "opencode run --format json"
// prints.
func DecodeOpenCode(r io.Reader) (evidence.Fragment, error) {
	o := &openCodeReader{toolbox: newToolbox(newBuilder(formatOpenCode)), touched: map[string]bool{}, states: map[string]string{}}
	o.scoped = true
	err := readRows(behindBanner(r), func(_ int, row *openCodeRow) error {
		o.row(row)
		return nil
	})
	if o.rows == 0 {
		return evidence.Fragment{}, err
	}
	return evidence.Fragment{Sessions: []evidence.Session{o.build()}}, err
}

func (o *openCodeReader) row(r *openCodeRow) {
	if r.Info.ok {
		o.rows++
		o.session.ID = evidence.ClipValid(string(r.Info.v.ID), maxNameBytes)
		o.session.AgentVersion = evidence.ClipValid(string(r.Info.v.Version), maxNameBytes)
		o.dir = string(r.Info.v.Directory)
		o.root = commandline.CleanPath(o.dir)
		o.at(millis(r.Info.v.Time.Created.value))
		o.at(millis(r.Info.v.Time.Updated.value))
	}
	for i := range r.Messages {
		if r.Messages[i].ok {
			o.message(&r.Messages[i].v)
		}
	}
	if r.Part.ok && r.SessionID != "" {
		o.rows++
		o.session.ID = evidence.ClipValid(string(r.SessionID), maxNameBytes)
		o.at(millis(r.Timestamp.value))
		o.event(&r.Part.v)
	}
}

func (o *openCodeReader) message(m *openCodeMessage) {
	info := &m.Info.v
	o.at(millis(info.Time.Created.value))
	o.at(millis(info.Time.Completed.value))
	if len(m.Parts) == 0 && info.Role != "" {
		o.session.Unread++
	}
	if info.Path.v.CWD != "" {
		o.dir = string(info.Path.v.CWD)
		if root := string(info.Path.v.Root); root != "" && root != "/" {
			o.root = commandline.CleanPath(root)
		}
	}
	if info.Role == "assistant" {
		o.model(string(info.Model))
		if info.Provider != "" {
			o.session.Provider = evidence.ClipValid(string(info.Provider), maxNameBytes)
		}
		if info.Tokens.ok {
			o.spend(messageKey{message: string(info.ID)}, info.Tokens.v.spent(info.Cost))
		}
	}
	var said strings.Builder
	for i := range m.Parts {
		p := &m.Parts[i].v
		if info.Role == "user" {
			if p.Type == "text" && !bool(p.Synthetic) {
				said.WriteString(string(p.Text))
			}
			continue
		}
		o.part(p)
	}
	if s := said.String(); strings.TrimSpace(s) != "" {
		o.prompt(s)
	}
}

// event reads a part that was printed when it was done. The steps have the usage,
// for there are no messages.
func (o *openCodeReader) event(p *openCodePart) {
	if p.Type == "step-finish" && p.Tokens.ok {
		o.steps++
		o.spend(messageKey{message: cmp.Or(string(p.MessageID), fmt.Sprintf("step %d", o.steps))}, p.Tokens.v.spent(p.Cost))
	}
	o.part(p)
}

// maxRenumbered bounds the calls with the same id that are told apart.
const maxRenumbered = 50

// callID returns an id of its own for each call: providers number them anew, so an
// id with another state is another call.
func (o *openCodeReader) callID(p *openCodePart) string {
	id := string(p.CallID)
	state := evidence.ClipValid(string(p.State.v.Input), maxPromptBytes) + "\x00" + evidence.ClipValid(string(p.State.v.Output), maxPromptBytes)
	for n := 2; ; n++ {
		before, known := o.states[id]
		if !known && len(o.states) < maxPending {
			o.states[id] = state
		}
		if !known || before == state || n > maxRenumbered {
			return id
		}
		id = fmt.Sprintf("%s#%d", p.CallID, n)
	}
}

func (o *openCodeReader) part(p *openCodePart) {
	switch p.Type {
	case "text":
		if strings.TrimSpace(string(p.Text)) != "" {
			o.final = string(p.Text)
		}
	case "tool":
		o.call(p, o.callID(p))
	case "patch":
		o.changedFiles(p.Files)
	case "compaction":
		o.session.Compactions++
	case "step-start", "step-finish", "reasoning", "file", "snapshot", "agent", "subtask", "retry":
	default:
		o.puzzled(string(p.Type))
	}
}

func (o *openCodeReader) call(p *openCodePart, id string) {
	s := &p.State.v
	begun, ended := millis(s.Time.Start.value), millis(s.Time.End.value)
	call := o.use(toolUse{id: id, name: string(p.Tool), args: parseArgs(s.Input), dir: o.dir, at: begun})
	if call == nil {
		return
	}
	if call.command != nil {
		o.last = call.command
	}
	meta := s.Metadata.v
	r := result{at: ended, exit: meta.Exit.int(), output: []byte(cmp.Or(string(s.Output), string(s.Error)))}
	var by evidence.Denier
	switch s.Status {
	case "completed":
		r.succeeded = call.verb != doesShell
	case "error":
		r.failed = true
		by, r.notRun = openCodeRefused(string(s.Error))
	case "running", "pending":
		return // the session broke off here
	}
	if !r.failed && (call.verb == doesEdit || call.verb == doesWrite) {
		o.touched[call.args.path()] = true
	}
	if call.verb == doesEdit && r.succeeded && meta.Diff != "" {
		o.diffed(call, string(meta.Diff), ended)
	}
	if call.verb == doesDelegate && meta.Session != "" {
		o.agents[evidence.ClipValid(string(meta.Session), maxNameBytes)] = true
		call.verb = doesNothing // it is counted by its own id
	}
	o.returned(id, r, by)
}

// openCodeRefused reads who refused a call out of its error.
func openCodeRefused(said string) (evidence.Denier, bool) {
	switch {
	case strings.HasPrefix(said, "The user rejected permission"), strings.HasPrefix(said, "The user dismissed"):
		return evidence.DeniedByUser, true
	case strings.Contains(said, "specified a rule which prevents you from using this specific tool call"):
		return evidence.DeniedByPolicy, true
	case strings.HasPrefix(said, "Tool execution aborted"):
		return "", true
	}
	return "", false
}

// changedFiles reads the list of files that a step changed. Those that no call
// edited, a command did, unless it is one that only checks and leaves its caches.
func (o *openCodeReader) changedFiles(files []text) {
	for _, f := range files {
		if path := string(f); o.last != nil && !o.last.Validates() && !o.touched[path] && !o.told(o.last, path) {
			o.editBy(o.last, evidence.Edit{Path: path, Time: o.last.Started, Call: o.last.Call, LinesUnknown: true})
		}
	}
	clear(o.touched)
	o.last = nil
}

// told reports whether an edit of the file by the command is known.
func (o *openCodeReader) told(h *pendingCommand, path string) bool {
	for i := len(o.edits) - 1; i >= 0 && o.edits[i].tick >= h.tick; i-- {
		if o.edits[i].Call == h.Call && o.edits[i].Path == o.relative(path) {
			return true
		}
	}
	return false
}
