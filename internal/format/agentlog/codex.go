package agentlog

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/mergebrief/mergebrief/internal/commandline"
	"github.com/mergebrief/mergebrief/internal/evidence"
)

const formatCodexRollout = "codex-rollout"

// codexRow is a line of a rollout file, as codex-rs/protocol writes it.
type codexRow struct {
	Timestamp stamp                `json:"timestamp"`
	Type      text                 `json:"type"`
	Payload   object[codexPayload] `json:"payload"`
	codexBare
}

// codexBare are the members of a line that versions up to the summer of 2025
// wrote without an envelope: a first line about the session, then its items.
type codexBare struct {
	ID           text             `json:"id"`
	Instructions text             `json:"instructions"`
	Git          object[codexGit] `json:"git"`
	Role         text             `json:"role"`
	Content      jsontext.Value   `json:"content"`
	Name         text             `json:"name"`
	Arguments    jsontext.Value   `json:"arguments"`
	Input        jsontext.Value   `json:"input"`
	Action       jsontext.Value   `json:"action"`
	CallID       text             `json:"call_id"`
	Output       jsontext.Value   `json:"output"`
}

// payload returns the line as if it had an envelope.
func (r *codexRow) payload() *codexPayload {
	return &codexPayload{
		Type: r.Type, ID: r.ID, Instructions: r.Instructions, Git: r.Git, Timestamp: r.Timestamp, Role: r.Role, Content: r.Content,
		Name: r.Name, Arguments: r.Arguments, Input: r.Input, Action: r.Action, CallID: r.CallID, Output: r.Output,
	}
}

// codexPayload holds the members of all kinds of payloads.
type codexPayload struct {
	Type text `json:"type"`
	// session_meta
	ID            text              `json:"id"`
	SessionID     text              `json:"session_id"`
	CWD           text              `json:"cwd"`
	Originator    text              `json:"originator"`
	Version       text              `json:"cli_version"`
	ModelProvider text              `json:"model_provider"`
	Instructions  text              `json:"instructions"`
	Base          object[codexText] `json:"base_instructions"`
	Git           object[codexGit]  `json:"git"`
	Timestamp     stamp             `json:"timestamp"`
	ForkedFrom    text              `json:"forked_from_id"`
	ParentThread  text              `json:"parent_thread_id"`
	Source        jsontext.Value    `json:"source"`
	TurnID        text              `json:"turn_id"`
	// turn_context
	Model    text               `json:"model"`
	Approval jsontext.Value     `json:"approval_policy"`
	Sandbox  jsontext.Value     `json:"sandbox_policy"`
	Network  object[codexHosts] `json:"network"`
	// response_item
	Role      text           `json:"role"`
	Content   jsontext.Value `json:"content"`
	Name      text           `json:"name"`
	Arguments jsontext.Value `json:"arguments"`
	Input     jsontext.Value `json:"input"`
	Action    jsontext.Value `json:"action"`
	CallID    text           `json:"call_id"`
	Output    jsontext.Value `json:"output"`
	// event_msg
	Message    text                           `json:"message"`
	Info       object[codexInfo]              `json:"info"`
	ExitCode   integer                        `json:"exit_code"`
	Command    commandArg                     `json:"command"`
	Aggregated text                           `json:"aggregated_output"`
	Success    flag                           `json:"success"`
	Changes    object[map[string]codexChange] `json:"changes"`
	Invocation object[codexInvocation]        `json:"invocation"`
	Item       object[codexCompleted]         `json:"item"`
	// token_usage_record
	ResponseID text                `json:"response_id"`
	Usage      object[codexTokens] `json:"usage"`
}

type codexText struct {
	Text text `json:"text"`
}

type codexGit struct {
	Branch text `json:"branch"`
}

type codexHosts struct {
	Allowed list[text] `json:"allowed_domains"`
	Denied  list[text] `json:"denied_domains"`
}

type codexInvocation struct {
	Server text `json:"server"`
	Tool   text `json:"tool"`
}

type codexInfo struct {
	Model text                `json:"model"`
	Total object[codexTokens] `json:"total_token_usage"`
	Last  object[codexTokens] `json:"last_token_usage"`
}

// codexTokens counts cached tokens as part of the input, and reasoning as part
// of the output.
type codexTokens struct {
	Input      amount `json:"input_tokens"`
	Cached     amount `json:"cached_input_tokens"`
	CacheWrite amount `json:"cache_write_input_tokens"`
	Output     amount `json:"output_tokens"`
}

type codexChange struct {
	Type    text              `json:"type"`
	Content text              `json:"content"`
	Diff    text              `json:"unified_diff"`
	Move    text              `json:"move_path"`
	Add     object[codexDiff] `json:"add"`
	Update  object[codexDiff] `json:"update"`
	Delete  object[codexDiff] `json:"delete"`
}

type codexDiff struct {
	Content text `json:"content"`
	Diff    text `json:"unified_diff"`
}

// codexReader turns rows into a session.
type codexReader struct {
	*toolbox
	dir   string
	asked [2]tally
	// compacted counts rows and events; an event and a row tell of the same one.
	compacted [2]int
	spent     codexSpent
	scripts   codexScripts
	// late are commands whose item comes after their result.
	late map[string]*toolCall
	// paid: each answer has a record of its usage, so the running total is not needed.
	paid bool
	// running are commands by the id of the session in which they still run.
	running map[string]*toolCall
	// stdin are the calls that write to, or wait for, a running command.
	stdin map[string]string
	metas int
	rows  int
	// inherited: the rows are those of the session from which this one was forked,
	// written down when it began, at born.
	inherited bool
	born      time.Time
	// branch on which the session started.
	branch string
}

// tally is a count of prompts from one source.
type tally struct {
	count int
	bytes int64
	sum   hash.Hash
	texts []string
}

func (t *tally) add(s string) {
	if t.sum == nil {
		t.sum = sha256.New()
	}
	t.count++
	t.bytes += int64(len(s))
	t.sum.Write([]byte(s))
	t.sum.Write([]byte{0})
	t.texts = keepText(t.texts, s)
}

func (t *tally) prompts() evidence.Prompts {
	if t.count == 0 {
		return evidence.Prompts{}
	}
	return evidence.Prompts{Count: t.count, Bytes: t.bytes, Digest: "sha256:" + hex.EncodeToString(t.sum.Sum(nil)), Undisclosed: t.texts}
}

// codexSpent follows the running total, which a resumed session may start above
// zero and a new process starts again.
type codexSpent struct {
	known              bool
	base, last, closed codexTokens
}

func (s *codexSpent) add(info codexInfo) {
	if !info.Total.ok {
		return
	}
	total := info.Total.v
	switch {
	case !s.known:
		s.base = total.minus(info.Last)
	case total.Input+total.Output < s.last.Input+s.last.Output:
		s.closed = s.closed.plus(s.last.less(s.base))
		s.base = total.minus(info.Last)
	}
	s.known, s.last = true, total
}

func (t codexTokens) minus(last object[codexTokens]) codexTokens {
	if !last.ok {
		return codexTokens{}
	}
	return t.less(last.v)
}

func (t codexTokens) less(o codexTokens) codexTokens {
	return codexTokens{
		Input: max(0, t.Input-o.Input), Cached: max(0, t.Cached-o.Cached),
		CacheWrite: max(0, t.CacheWrite-o.CacheWrite), Output: max(0, t.Output-o.Output),
	}
}

func (t codexTokens) plus(o codexTokens) codexTokens {
	return codexTokens{Input: t.Input + o.Input, Cached: t.Cached + o.Cached, CacheWrite: t.CacheWrite + o.CacheWrite, Output: t.Output + o.Output}
}

func (t codexTokens) usage() *evidence.Usage {
	return &evidence.Usage{
		InputTokens: int64(max(0, t.Input-t.Cached)), CacheReadTokens: int64(t.Cached), CacheWriteTokens: int64(t.CacheWrite),
		OutputTokens: int64(t.Output), CostBasis: evidence.CostUnknown,
	}
}

// DecodeCodexRollout reads a session file of Codex, plain or compressed with
// zstd.
func DecodeCodexRollout(r io.Reader) (evidence.Fragment, error) {
	plain, err := decompressed(r)
	if err != nil {
		return evidence.Fragment{}, err
	}
	defer plain.Close()
	c := &codexReader{
		toolbox: newToolbox(newBuilder(formatCodexRollout)),
		running: map[string]*toolCall{}, stdin: map[string]string{}, late: map[string]*toolCall{},
	}
	err = readTexts(plain, func(_ int, row *codexRow, _ []byte) error {
		c.row(row)
		return nil
	}, "encrypted_content")
	if c.rows == 0 {
		return evidence.Fragment{}, err
	}
	return evidence.Fragment{Sessions: []evidence.Session{c.finishSession()}}, err
}

func (c *codexReader) finishSession() evidence.Session {
	c.settle()
	c.scripts.close(c.builder)
	if c.spent.known && !c.paid {
		c.whole = c.spent.closed.plus(c.spent.last.less(c.spent.base)).usage()
	}
	c.session.Compactions = max(c.compacted[0], c.compacted[1])
	s := c.build()
	s.Prompts = c.asked[0].prompts()
	if c.asked[0].count == 0 {
		s.Prompts = c.asked[1].prompts()
	}
	return s
}

func (c *codexReader) row(r *codexRow) {
	p := &r.Payload.v
	if c.inherits(r, p) {
		c.rows++
		return
	}
	known := true
	if p.Type == "" && (r.Type == "response_item" && len(p.Content) == 0 || r.Type == "event_msg") {
		c.session.Unread++
	}
	switch r.Type {
	case "session_meta":
		c.meta(p)
	case "turn_context":
		c.turn(p, r.Timestamp.Time)
	case "response_item":
		c.item(p, r.Timestamp.Time)
	case "event_msg":
		c.event(p, r.Timestamp.Time)
	case "compacted":
		c.compacted[0]++
	case "token_usage_record":
		c.charged(p)
	case "world_state":
	case "message", "reasoning", "function_call", "function_call_output", "custom_tool_call", "custom_tool_call_output", "local_shell_call":
		c.item(r.payload(), r.Timestamp.Time)
	case "":
		if known = r.ID != "" && !r.Timestamp.IsZero(); known {
			c.meta(r.payload())
		}
	default:
		known = false
	}
	if known {
		c.rows++
		c.at(r.Timestamp.Time)
	}
}

// meta reads who ran. A forked session carries the rows of its parent behind its
// own, so the first one counts.
func (c *codexReader) meta(p *codexPayload) {
	if c.metas++; c.metas > 1 {
		return
	}
	s := &c.session
	s.ID = evidence.ClipValid(cmp.Or(string(p.ID), string(p.SessionID)), maxNameBytes)
	s.AgentVersion = evidence.ClipValid(string(p.Version), maxNameBytes)
	s.Provider = evidence.ClipValid(cmp.Or(string(p.ModelProvider), s.Provider), maxNameBytes)
	c.dir, c.branch = string(p.CWD), evidence.ClipValid(string(p.Git.v.Branch), maxNameBytes)
	c.root = commandline.CleanPath(c.dir)
	c.at(p.Timestamp.Time)
	c.lineage(p)
	if said := cmp.Or(string(p.Instructions), string(p.Base.v.Text)); said != "" {
		c.instructed(said)
	}
}

// instructed keeps the digest of the instructions.
func (b *builder) instructed(said string) {
	sum := sha256.Sum256([]byte(said))
	b.session.InstructionsDigest, b.session.InstructionsBytes = "sha256:"+hex.EncodeToString(sum[:]), int64(len(said))
}

func (c *codexReader) turn(p *codexPayload, at time.Time) {
	c.model(string(p.Model))
	if p.CWD != "" {
		c.dir = string(p.CWD)
		if c.root == "" {
			c.root = commandline.CleanPath(c.dir)
		}
	}
	b := evidence.Boundary{From: at, Approval: policyWord(p.Approval), Branch: c.branch}
	var sandbox struct {
		Type    text           `json:"type"`
		Mode    text           `json:"mode"`
		Network jsontext.Value `json:"network_access"`
	}
	if p.Sandbox.Kind() == '{' {
		_ = json.Unmarshal(p.Sandbox, &sandbox, rowOptions) // what could be read stays
	}
	b.Sandbox = cmp.Or(policyWord(p.Sandbox), evidence.ClipValid(string(sandbox.Type), maxNameBytes), evidence.ClipValid(string(sandbox.Mode), maxNameBytes))
	b.Bypass = b.Sandbox == "danger-full-access"
	b.Network = codexNetwork(b.Sandbox, sandbox.Network)
	b.AllowedHosts, b.BlockedHosts = plainTexts(p.Network.v.Allowed), plainTexts(p.Network.v.Denied)
	if len(b.AllowedHosts) > 0 {
		b.Network = "allow-list"
	}
	if b.Approval != "" || b.Sandbox != "" {
		c.boundary(b)
	}
}

// policyWord returns a policy that is written as a word; an object becomes the
// name of its first member, as in {"granular": …}.
func policyWord(v jsontext.Value) string {
	switch v.Kind() {
	case '"':
		return evidence.ClipValid(unquote(v), maxNameBytes)
	case '{':
		p := probe{}
		if p.object(jsontext.NewDecoder(strings.NewReader(string(v)), rowOptions), "", 1) == nil && len(p) == 1 {
			for k := range p {
				if k != "type" && k != "mode" {
					return evidence.ClipValid(k, maxNameBytes)
				}
			}
		}
	}
	return ""
}

// codexNetwork names the network policy. Inside a sandbox the network is off
// unless it is said to be on.
func codexNetwork(sandbox string, access jsontext.Value) string {
	switch {
	case sandbox == "danger-full-access":
		return "on"
	case access.Kind() == 't', access.Kind() == '"' && unquote(access) == "enabled":
		return "on"
	case sandbox == "workspace-write", sandbox == "read-only", access.Kind() == 'f':
		return "off"
	}
	return ""
}

func plainTexts(l list[text]) []string {
	var out []string
	for _, t := range l[:min(len(l), maxListed)] {
		out = append(out, evidence.ClipValid(string(t), maxNameBytes))
	}
	return out
}

// injected are the openings of user messages that the client wrote.
var injected = []string{
	"<environment_context>", "<user_instructions>", "# AGENTS.md instructions", "<turn_aborted>", "<permissions instructions>", "<INSTRUCTIONS>",
	"<skill>", "<user_shell_command>", "<subagent_notification>", "<collaboration_mode>", "<model_switch>", "<skills_instructions>",
}

func (c *codexReader) item(p *codexPayload, at time.Time) {
	switch p.Type {
	case "message", "":
		c.message(p)
	case "function_call":
		c.called(p, p.Arguments, at)
	case "custom_tool_call":
		c.called(p, p.Input, at)
	case "local_shell_call":
		p.Name = "local_shell"
		if p.CallID == "" {
			p.CallID = p.ID
		}
		c.called(p, p.Action, at)
	case "function_call_output", "custom_tool_call_output", "local_shell_call_output":
		c.output(p, at)
	case "web_search_call":
		c.uses("search", "web")
	case "tool_search_call", "image_generation_call":
	default:
		if strings.HasSuffix(string(p.Type), "_call") {
			c.puzzled(string(p.Type))
		}
	}
}

func (c *codexReader) message(p *codexPayload) {
	said := codexContent(p.Content)
	switch p.Role {
	case "assistant":
		if strings.TrimSpace(said) != "" {
			c.final = said
		}
	case "user":
		trimmed := strings.TrimSpace(said)
		for _, opening := range injected {
			if strings.HasPrefix(trimmed, opening) {
				return
			}
		}
		if trimmed != "" {
			c.asked[1].add(said)
		}
	}
}

// codexContent joins the texts of a message.
func codexContent(v jsontext.Value) string {
	if v.Kind() == '"' {
		return unquote(v)
	}
	var parts list[object[codexText]]
	if v.Kind() != '[' || json.Unmarshal(v, &parts, rowOptions) != nil {
		return ""
	}
	var b strings.Builder
	for _, p := range parts {
		b.WriteString(string(p.v.Text))
	}
	return b.String()
}

func (c *codexReader) called(p *codexPayload, args jsontext.Value, at time.Time) {
	id := string(p.CallID)
	a := parseArgs(args)
	if p.Name == "write_stdin" {
		if len(c.stdin) < maxPending {
			c.stdin[id] = strings.Trim(string(a.Session), `"`)
		}
		return
	}
	if p.Name == "exec" && p.Type == "custom_tool_call" {
		if !c.seen[id] && len(c.seen) < maxPending {
			c.seen[id] = true
			c.scripts.begin(id, string(a.Input), c.builder)
		}
		return
	}
	c.use(toolUse{id: id, name: string(p.Name), args: a, dir: c.dir, at: at})
}

func (c *codexReader) event(p *codexPayload, at time.Time) {
	switch p.Type {
	case "user_message":
		c.asked[0].add(string(p.Message))
	case "agent_message":
		if strings.TrimSpace(string(p.Message)) != "" {
			c.final = string(p.Message)
		}
	case "token_count":
		c.model(string(p.Info.v.Model))
		c.spent.add(p.Info.v)
	case "context_compacted":
		c.compacted[1]++
	case "exec_command_end":
		c.returned(string(p.CallID), result{at: at, exit: p.ExitCode.int(), output: []byte(p.Aggregated)}, "")
	case "patch_apply_end":
		c.applied(string(p.CallID), bool(p.Success), p.Changes.v, at)
	case "item_completed":
		c.completed(&p.Item.v, at)
	case "mcp_tool_call_end":
		c.uses("mcp", fmt.Sprintf("%s/%s", p.Invocation.v.Server, p.Invocation.v.Tool))
	}
}

// applied notes a patch with the changes as they were made.
func (c *codexReader) applied(id string, success bool, changes map[string]codexChange, at time.Time) {
	call := c.pending[id]
	if call != nil {
		if call.command != nil {
			call.command.patch = ""
		} else {
			call.done = true
			c.settled(id)
		}
	}
	if !success {
		return
	}
	c.results++
	for _, path := range sortedKeys(changes) {
		ch := changes[path]
		e := evidence.Edit{Path: cmp.Or(string(ch.Move), path), Time: at, Call: evidence.ClipValid(id, maxNameBytes)}
		content := cmp.Or(string(ch.Content), string(ch.Add.v.Content))
		diff := cmp.Or(string(ch.Diff), string(ch.Update.v.Diff))
		switch {
		case diff != "":
			for line := range strings.Lines(diff) {
				if line = strings.TrimRight(line, "\r\n"); !strings.HasPrefix(line, "+++ ") && !strings.HasPrefix(line, "--- ") {
					diffLine(&e, line)
				}
			}
			e.Hunks = unifiedHunks(diff)
		case ch.Type == "delete" || ch.Delete.ok:
			_, e.Removed = written(cmp.Or(content, string(ch.Delete.v.Content)))
		default:
			e.Lines, e.Added = written(content)
			e.Whole = whole(content)
		}
		c.edit(e)
	}
}
