package agentlog

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// codexCompleted is what versions from the autumn of 2026 write when a command, a
// change or a message is done (codex-rs/protocol, item_completed). Of classic tools
// it has the id of the call; in the code mode one of its own.
type codexCompleted struct {
	Type    text       `json:"type"`
	ID      text       `json:"id"`
	Command commandArg `json:"command"`
	CWD     text       `json:"cwd"`
	Status  text       `json:"status"`
	Output  text       `json:"aggregated_output"`
	Exit    integer    `json:"exit_code"`
	Took    object[struct {
		Seconds amount `json:"secs"`
		Nanos   amount `json:"nanos"`
	}] `json:"duration"`
	Changes object[map[string]codexChange] `json:"changes"`
	Content list[object[codexText]]        `json:"content"`
	Server  text                           `json:"server"`
	Tool    text                           `json:"tool"`
	Kind    text                           `json:"kind"`
	Thread  text                           `json:"agent_thread_id"`
}

func (c *codexReader) completed(i *codexCompleted, at time.Time) {
	switch i.Type {
	case "CommandExecution":
		c.executed(i, at)
	case "FileChange":
		if c.pending[string(i.ID)] == nil && !c.once(string(i.ID)) {
			return
		}
		c.scripts.pay(string(i.ID))
		c.applied(string(i.ID), i.Status == "completed", i.Changes.v, at)
	case "McpToolCall":
		c.uses("mcp", string(i.Server)+"/"+string(i.Tool))
	case "SubAgentActivity":
		if i.Thread != "" {
			c.agents[evidence.ClipValid(string(i.Thread), maxNameBytes)] = true
		}
	case "UserMessage":
		c.asked[0].add(i.said())
	case "AgentMessage":
		if said := i.said(); strings.TrimSpace(said) != "" {
			c.final = said
		}
	case "WebSearch":
		c.uses("search", "web")
	case "Reasoning", "Plan", "TodoList", "ContextCompaction", "ImageView", "ImageGeneration", "HookPrompt", "EnteredReviewMode", "ExitedReviewMode", "Error":
	default:
		c.puzzled(string(i.Type))
	}
}

func (i *codexCompleted) said() string {
	var b strings.Builder
	for _, part := range i.Content {
		b.WriteString(string(part.v.Text))
	}
	return b.String()
}

// once reports whether the id is new.
func (c *codexReader) once(id string) bool {
	if c.seen[id] || len(c.seen) >= maxPending {
		return false
	}
	c.seen[id] = true
	return true
}

// executed notes the end of a command: of a call that waits for it, of one whose
// result said that it still runs, or of a script.
func (c *codexReader) executed(i *codexCompleted, at time.Time) {
	id := string(i.ID)
	took := time.Duration(min(int64(i.Took.v.Seconds), 365*24*3600))*time.Second + time.Duration(min(int64(i.Took.v.Nanos), 1e9))
	r := result{at: at, duration: took, exit: i.Exit.int(), output: []byte(i.Output), failed: i.Status == "failed"}
	if r.exit != nil && *r.exit < 0 {
		// It was ended from outside: by a timeout, or with the session.
		r.exit, r.failed, r.other = nil, false, true
	}
	var by evidence.Denier
	if i.Status == "declined" {
		r.notRun, by = true, evidence.DeniedByPolicy
	}
	if call := c.late[id]; call != nil && call.command != nil {
		delete(c.late, id)
		call.command.Masked = call.command.line.Masked
		c.end(call.command, r)
		return
	}
	if c.pending[id] != nil {
		c.returned(id, r, by)
		return
	}
	if !c.once(id) {
		return
	}
	c.scripts.pay(id)
	begun := at
	if !at.IsZero() {
		begun = at.Add(-took)
	}
	dir := cmp.Or(strings.TrimPrefix(string(i.CWD), "file://"), c.dir)
	h := c.run(started{call: id, line: i.Command.line, argv: i.Command.argv, dir: dir, at: begun})
	if by != "" {
		c.denies(id, "exec_command", h.Line, by)
	}
	c.results++
	c.end(h, r)
	c.shows(h)
}

// charged notes the usage of one answer.
func (c *codexReader) charged(p *codexPayload) {
	if !p.Usage.ok || p.ResponseID == "" {
		return
	}
	u := p.Usage.v
	c.paid = true
	c.spend(messageKey{message: evidence.ClipValid(string(p.ResponseID), maxNameBytes)}, tokens{
		input: int64(max(0, u.Input-u.Cached)), cacheRead: int64(u.Cached), cacheWrite: int64(u.CacheWrite), output: int64(u.Output),
	})
}

// maxOpenScripts bounds the programs whose items may yet come. Codex runs a few at a
// time; each item and result is looked up among them.
const maxOpenScripts = 200

// codexScripts joins the programs of the code mode with what they ran. Most models
// run everything through programs in JavaScript; the log has the items of commands
// and changes between the program and its result, or behind it when they go on
// longer, and no id that tells which are whose.
type codexScripts struct {
	open []*codexScript
	// owed are programs that ended with fewer items than they ask for.
	owed []*codexScript
}

type codexScript struct {
	id string
	// wants is the number of commands and changes that the program names, got that
	// of the items that came.
	wants, got int
}

var codexToolCall = regexp.MustCompile(`\btools\s*(?:\.\s*|\[\s*["'])(\w+)`)

// begin reads which tools a program calls.
func (s *codexScripts) begin(id, program string, b *builder) {
	script := &codexScript{id: id}
	calls := codexToolCall.FindAllStringSubmatch(evidence.ClipValid(program, maxPromptBytes*50), maxListed)
	for _, m := range calls {
		switch verbOf(m[1]) {
		case doesShell, doesPatch, doesWrite, doesEdit:
			script.wants++
		case doesOther:
			if _, _, foreign := foreignTool(m[1]); !foreign && m[1] != "write_stdin" {
				b.puzzled(m[1])
			}
		}
	}
	if len(calls) == 0 && strings.Contains(program, "tools") {
		script.wants = 1 // under another name
	}
	b.tool("exec")
	if len(s.open)+len(s.owed) >= maxOpenScripts {
		b.puzzled("exec")
		return
	}
	s.open = append(s.open, script)
}

// pay counts an item for the program to which it belongs.
func (s *codexScripts) pay(id string) {
	if !strings.HasPrefix(id, "exec-") {
		return
	}
	for _, script := range s.open {
		if script.got < script.wants {
			script.got++
			return
		}
	}
	if len(s.open) > 0 {
		return // more than it names: a loop
	}
	if len(s.owed) > 0 {
		if s.owed[0].got++; s.owed[0].got >= s.owed[0].wants {
			s.owed = s.owed[1:]
		}
	}
}

// end notes the result of a program and reports whether the id is that of one.
func (s *codexScripts) end(id, said string, b *builder) bool {
	at := slices.IndexFunc(s.open, func(x *codexScript) bool { return x.id == id })
	if at < 0 {
		return false
	}
	script := s.open[at]
	s.open = slices.Delete(s.open, at, at+1)
	if script.got >= script.wants {
		return true
	}
	_, failure, failed := strings.Cut(said, "Script error:\n")
	if by, refused := codexRefused(failure); refused {
		b.denies(id, "exec", "", by)
		return true
	}
	if failed && strings.HasPrefix(failure, "apply_patch verification failed") {
		return true
	}
	s.owed = append(s.owed, script)
	return true
}

// close counts the programs of which something is missing as not understood.
func (s *codexScripts) close(b *builder) {
	for range len(s.open) + len(s.owed) {
		b.puzzled("exec")
	}
	s.open, s.owed = nil, nil
}
