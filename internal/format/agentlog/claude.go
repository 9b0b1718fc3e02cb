package agentlog

import (
	"cmp"
	"io"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/mergebrief/mergebrief/internal/agents"
	"github.com/mergebrief/mergebrief/internal/commandline"
	"github.com/mergebrief/mergebrief/internal/evidence"
)

// Names under which the formats of Claude Code are recorded.
const (
	formatClaudeSession = "claude-session"
	formatClaudeStream  = "claude-stream"
)

// claudeRow is a row of a session file, or a message of the SDK; the two differ
// in the spelling of some members. Measured shapes: versions 1.0 to 2.1 of the
// CLI; the messages follow @anthropic-ai/claude-agent-sdk 0.3.
type claudeRow struct {
	Type             text                  `json:"type"`
	Subtype          text                  `json:"subtype"`
	UUID             text                  `json:"uuid"`
	SessionID        text                  `json:"sessionId"`
	SDKSessionID     text                  `json:"session_id"`
	Timestamp        stamp                 `json:"timestamp"`
	CWD              text                  `json:"cwd"`
	Version          text                  `json:"version"`
	GitBranch        text                  `json:"gitBranch"`
	IsMeta           flag                  `json:"isMeta"`
	IsCompactSummary flag                  `json:"isCompactSummary"`
	IsSidechain      flag                  `json:"isSidechain"`
	PermissionMode   text                  `json:"permissionMode"`
	RequestID        text                  `json:"requestId"`
	SDKRequestID     text                  `json:"request_id"`
	AgentID          text                  `json:"agentId"`
	ParentToolUseID  text                  `json:"parent_tool_use_id"`
	Message          object[claudeMessage] `json:"message"`
	Result           span                  `json:"toolUseResult"`
	SDKResult        span                  `json:"tool_use_result"`
	CostUSD          decimal               `json:"costUSD"`
	// Of progress rows.
	Data         object[claudeProgress] `json:"data"`
	ParentCallID text                   `json:"parentToolUseID"`
	// Of results: whether the call was let through, and who decided.
	Decision object[struct {
		Decision text `json:"decision"`
		Source   text `json:"source"`
	}] `json:"permissionDecision"`
	DenialKind text `json:"toolDenialKind"`
	// Of messages about a command in the background.
	ToolUseID text `json:"tool_use_id"`
	Status    text `json:"status"`
	Summary   text `json:"summary"`
	// Of queue-operation rows.
	Queued text `json:"content"`
	// Of cost-state rows.
	StateCost   decimal `json:"totalCostUSD"`
	UnknownCost flag    `json:"hasUnknownModelCost"`
	// Of pr-link rows.
	PRURL text `json:"prUrl"`
	// Of the message that opens an SDK stream.
	Model       text       `json:"model"`
	Tools       list[text] `json:"tools"`
	CodeVersion text       `json:"claude_code_version"`
	// Of that of Qwen Code.
	QwenVersion text `json:"qwen_code_version"`
	SDKMode     text `json:"permission_mode"`
	// Of the message that closes it.
	TotalCost  decimal                       `json:"total_cost_usd"`
	Usage      object[claudeUsage]           `json:"usage"`
	ModelUsage object[map[string]modelUsage] `json:"modelUsage"`
	Denials    list[claudeDenial]            `json:"permission_denials"`
	FinalText  text                          `json:"result"`
	IsError    flag                          `json:"is_error"`
}

type claudeMessage struct {
	ID      text                `json:"id"`
	Role    text                `json:"role"`
	Model   text                `json:"model"`
	Content span                `json:"content"`
	Usage   object[claudeUsage] `json:"usage"`
}

type claudeUsage struct {
	Input      amount `json:"input_tokens"`
	Output     amount `json:"output_tokens"`
	CacheRead  amount `json:"cache_read_input_tokens"`
	CacheWrite amount `json:"cache_creation_input_tokens"`
}

type modelUsage struct {
	Input      amount  `json:"inputTokens"`
	Output     amount  `json:"outputTokens"`
	CacheRead  amount  `json:"cacheReadInputTokens"`
	CacheWrite amount  `json:"cacheCreationInputTokens"`
	Cost       decimal `json:"costUSD"`
	Provider   text    `json:"provider"`
}

type claudeDenial struct {
	Tool  text                `json:"tool_name"`
	Call  text                `json:"tool_use_id"`
	Input object[claudeInput] `json:"tool_input"`
}

type claudeProgress struct {
	Type     text       `json:"type"`
	AgentID  text       `json:"agentId"`
	Message  span       `json:"message"`
	Messages list[span] `json:"normalizedMessages"`
}

// claudeBlock is one part of a message's content.
type claudeBlock struct {
	Type    text `json:"type"`
	Text    text `json:"text"`
	ID      text `json:"id"`
	Name    text `json:"name"`
	Input   span `json:"input"`
	CallID  text `json:"tool_use_id"`
	Content span `json:"content"`
	IsError flag `json:"is_error"`
}

// claudeInput holds the arguments of the tools that matter.
type claudeInput struct {
	Command    text             `json:"command"`
	Background flag             `json:"run_in_background"`
	Unsandbox  flag             `json:"dangerouslyDisableSandbox"`
	FilePath   text             `json:"file_path"`
	Notebook   text             `json:"notebook_path"`
	Path       text             `json:"path"`
	Content    text             `json:"content"`
	Old        text             `json:"old_string"`
	New        text             `json:"new_string"`
	Source     text             `json:"new_source"`
	Edits      list[claudeSwap] `json:"edits"`
	URL        text             `json:"url"`
}

type claudeSwap struct {
	Old text `json:"old_string"`
	New text `json:"new_string"`
}

// claudeCall is a tool call that waits for its result.
type claudeCall struct {
	id, tool string
	subagent bool
	at       time.Time
	command  *pendingCommand
	input    *claudeInput
}

// claudeReader turns rows into a session.
type claudeReader struct {
	*builder
	pending map[string]*claudeCall
	seen    map[string]bool
	// parents are the calls whose subagent is known by its own id.
	parents map[string]bool
	// shells are the commands by the id of their call, for what is told of them
	// after their result.
	shells     map[string]*pendingCommand
	summaries  int
	boundaries map[string]bool
	typed, sdk bool
	// main: there are rows that are no subagent's; side is the last subagent.
	main bool
	side string
	// lost counts answers beyond the limit.
	lost int
}

// DecodeClaude reads a session file of Claude Code, the transcript of one of its
// subagents, a stream of SDK messages (claude -p --output-format stream-json), or
// the execution file of claude-code-action, which is an array of such messages.
func DecodeClaude(r io.Reader) (evidence.Fragment, error) {
	c := &claudeReader{
		builder: newBuilder(formatClaudeSession),
		pending: map[string]*claudeCall{}, seen: map[string]bool{}, parents: map[string]bool{}, boundaries: map[string]bool{},
		shells: map[string]*pendingCommand{},
	}
	err := readTexts(r, func(_ int, row *claudeRow, text []byte) error {
		c.row(row, text)
		return nil
	}, "originalFile", "prompt", "signature", "thinking")
	return c.finishSession(), err
}

// finishSession returns the session, or nothing when the rows were of another
// kind.
func (c *claudeReader) finishSession() evidence.Fragment {
	if !c.typed {
		return evidence.Fragment{}
	}
	if c.session.Compactions == 0 {
		c.session.Compactions = c.summaries
	}
	if !c.main {
		c.session.SubagentID = c.side
	}
	if c.sdk {
		c.session.Format = formatClaudeStream
		c.session.Ending = cmp.Or(c.session.Ending, evidence.EndingNoResult)
	}
	if strings.HasPrefix(c.session.ID, "T-") {
		// Amp prints its threads in the same form.
		amp, _ := agents.Known().Writer(formatAmp)
		c.session.Agent, c.session.Provider = amp.Key, amp.Vendor
	}
	return evidence.Fragment{Sessions: []evidence.Session{c.build()}}
}

func (c *claudeReader) row(r *claudeRow, text []byte) {
	if id := cmp.Or(string(r.SessionID), string(r.SDKSessionID)); id != "" {
		c.session.ID = evidence.ClipValid(id, maxNameBytes)
		c.typed = true
	}
	switch r.Type {
	case "user", "assistant", "progress", "system", "result", "pr-link":
		c.typed = true
	case "":
		c.typed = c.typed || r.Message.ok
	}
	c.at(r.Timestamp.Time)
	c.where(r)
	c.mode(r)
	if r.Type == "user" || r.Type == "assistant" {
		if m := &r.Message.v; len(m.Content.of(text)) == 0 && !m.Usage.ok {
			c.session.Unread++
		}
	}
	switch r.Type {
	case "assistant", "":
		c.assistant(r, text, c.inSubagent(r))
	case "user":
		c.user(r, text, c.inSubagent(r))
	case "progress":
		c.progress(r, text)
	case "system":
		c.system(r)
	case "result":
		c.result(r)
	case "pr-link":
		c.pullRequest(string(r.PRURL))
	case "queue-operation":
		c.notified(string(r.Queued), r.Timestamp.Time)
	case "cost-state":
		if r.StateCost.value != nil && *r.StateCost.value >= 0 && !bool(r.UnknownCost) {
			c.cost = costs{usd: r.StateCost.value, basis: evidence.CostReported}
		}
	}
}

// where keeps the directory in which the session began and the version.
func (c *claudeReader) where(r *claudeRow) {
	if c.root == "" && r.CWD != "" {
		c.root = commandline.CleanPath(string(r.CWD))
	}
	if v := cmp.Or(string(r.Version), string(r.CodeVersion)); v != "" {
		c.session.AgentVersion = evidence.ClipValid(v, maxNameBytes)
	}
}

// mode notes the permission mode, which rows of people carry.
func (c *claudeReader) mode(r *claudeRow) {
	if r.PermissionMode == "" && (r.Subtype != "init" || len(r.Tools) == 0) {
		return
	}
	next := evidence.Boundary{
		From: r.Timestamp.Time, Approval: evidence.ClipValid(string(r.PermissionMode), maxNameBytes), Bypass: r.PermissionMode == "bypassPermissions",
		Branch: evidence.ClipValid(string(r.GitBranch), maxNameBytes),
	}
	for _, t := range r.Tools {
		if len(next.AllowedTools) < maxListed {
			next.AllowedTools = append(next.AllowedTools, evidence.ClipValid(string(t), maxNameBytes))
		}
	}
	c.boundary(next)
}

// inSubagent reports whether a row belongs to a subagent, and notes which.
func (c *claudeReader) inSubagent(r *claudeRow) bool {
	switch {
	case bool(r.IsSidechain):
		if r.AgentID != "" {
			c.agents[evidence.ClipValid(string(r.AgentID), maxNameBytes)] = true
			c.side = evidence.ClipValid(string(r.AgentID), maxNameBytes)
		}
		return true
	case r.ParentToolUseID != "":
		c.agents["call:"+evidence.ClipValid(string(r.ParentToolUseID), maxNameBytes)] = true
		c.parents[string(r.ParentToolUseID)] = true
		return true
	}
	c.main = true
	return false
}

func (c *claudeReader) assistant(r *claudeRow, text []byte, subagent bool) {
	if !r.Message.ok {
		return
	}
	m := &r.Message.v
	if m.Model != "" && m.Model != "<synthetic>" {
		c.model(string(m.Model))
	}
	c.paid(r, subagent)
	content := m.Content.of(text)
	for _, b := range blocks(content) {
		switch b.Type {
		case "text":
			if t := strings.TrimSpace(string(b.Text)); t != "" && !subagent {
				c.final = string(b.Text)
			}
		case "tool_use", "server_tool_use":
			c.call(&b, content, r.Timestamp.Time, string(r.CWD), subagent)
		}
	}
}

// paid notes the usage of an answer. Rows of the model "<synthetic>" are made by
// the client and cost nothing.
func (c *claudeReader) paid(r *claudeRow, subagent bool) {
	m := &r.Message.v
	if !m.Usage.ok || m.Model == "<synthetic>" {
		return
	}
	u := m.Usage.v
	key := messageKey{evidence.ClipValid(string(m.ID), maxNameBytes), evidence.ClipValid(cmp.Or(string(r.RequestID), string(r.SDKRequestID)), maxNameBytes)}
	if m.ID == "" {
		key.message = "row:" + evidence.ClipValid(string(r.UUID), maxNameBytes)
	}
	ok := c.spend(key, tokens{
		input: int64(u.Input), output: int64(u.Output), cacheRead: int64(u.CacheRead), cacheWrite: int64(u.CacheWrite),
		cost: r.CostUSD.value, partial: subagent && r.Type == "assistant" && r.Data.ok,
	})
	if !ok {
		c.lost++
	}
}

// call notes a tool call. A resumed session starts with copies of the rows of
// the one before, with their ids.
func (c *claudeReader) call(b *claudeBlock, text []byte, at time.Time, dir string, subagent bool) {
	id := string(b.ID)
	if id != "" {
		if c.seen[id] || len(c.seen) >= maxPending {
			return
		}
		c.seen[id] = true
	}
	call := &claudeCall{id: id, tool: string(b.Name), subagent: subagent, at: at}
	c.called(id, call.tool, verbOf(call.tool))
	if !keepsInput(call.tool) {
		c.wait(call)
		return
	}
	call.input = &claudeInput{}
	_ = json.Unmarshal(b.Input.of(text), call.input, rowOptions) // a call without arguments stays empty
	if call.tool == "Bash" {
		call.command = c.run(started{call: id, line: string(call.input.Command), dir: dir, at: at, subagent: subagent})
		if id != "" && len(c.shells) < maxPending {
			c.shells[id] = call.command
		}
		if call.input.Unsandbox {
			c.drifts("sandbox", "dangerouslyDisableSandbox")
		}
	}
	c.wait(call)
}

// keepsInput reports whether the arguments of a tool are needed later.
func keepsInput(tool string) bool {
	switch tool {
	case "Bash", "Edit", "Write", "MultiEdit", "NotebookEdit", "Read", "NotebookRead", "WebFetch", "WebSearch", "Grep", "Glob", "LS":
		return true
	}
	return false
}

func (c *claudeReader) wait(call *claudeCall) {
	if call.id != "" && len(c.pending) < maxPending {
		c.pending[call.id] = call
	}
}

func (c *claudeReader) user(r *claudeRow, text []byte, subagent bool) {
	if !r.Message.ok {
		return
	}
	extra := r.Result.of(text)
	if len(extra) == 0 {
		extra = r.SDKResult.of(text)
	}
	content := r.Message.v.Content.of(text)
	if content.Kind() == '"' {
		c.asked(r, unquote(content), subagent)
		return
	}
	var said strings.Builder
	results := 0
	for _, b := range blocks(content) {
		switch b.Type {
		case "tool_result":
			results++
			c.returned(&b, content, r, extra)
		case "text":
			said.WriteString(string(b.Text))
		}
	}
	if results == 0 && said.String() != "" {
		c.asked(r, said.String(), subagent)
	}
}

// unprompted are the openings of user rows that no person typed.
var unprompted = []string{
	"<command-name>", "<command-message>", "<local-command-", "<task-notification>", "Stop hook feedback:", "[Request interrupted",
	"Caveat: The messages below were generated by the user while running local commands", "<bash-input>", "<bash-stdout>", "<bash-stderr>",
}

// asked notes a prompt unless the row is the client's own.
func (c *claudeReader) asked(r *claudeRow, said string, subagent bool) {
	if r.IsCompactSummary {
		c.summaries++
	}
	if subagent || bool(r.IsMeta) || bool(r.IsCompactSummary) {
		return
	}
	if r.UUID != "" {
		if c.seen["row:"+string(r.UUID)] {
			return
		}
		if len(c.seen) < maxPending {
			c.seen["row:"+string(r.UUID)] = true
		}
	}
	trimmed := strings.TrimSpace(said)
	c.notified(trimmed, r.Timestamp.Time)
	for _, opening := range unprompted {
		if strings.HasPrefix(trimmed, opening) {
			return
		}
	}
	c.prompt(said)
}

// progress reads the traffic of a subagent, which versions 2.1 write into rows
// of the main file.
func (c *claudeReader) progress(r *claudeRow, text []byte) {
	p := &r.Data.v
	if p.Type != "agent_progress" {
		return
	}
	if p.AgentID != "" {
		c.agents[evidence.ClipValid(string(p.AgentID), maxNameBytes)] = true
		c.parents[string(r.ParentCallID)] = true
	}
	messages := []span{p.Message}
	if len(p.Message.of(text)) == 0 {
		messages = p.Messages
	}
	for _, at := range messages {
		var inner claudeRow
		m := at.of(text)
		if json.Unmarshal(m, &inner, rowOptions) != nil {
			continue
		}
		inner.Data.ok = true
		if inner.Timestamp.IsZero() {
			inner.Timestamp = r.Timestamp
		}
		if inner.CWD == "" {
			inner.CWD = r.CWD
		}
		switch inner.Type {
		case "assistant":
			c.assistant(&inner, m, true)
		case "user":
			c.user(&inner, m, true)
		}
	}
}

func (c *claudeReader) system(r *claudeRow) {
	switch r.Subtype {
	case "init":
		c.sdk = c.sdk || r.SDKSessionID != ""
		c.model(string(r.Model))
	case "task_notification":
		c.noticed(string(r.ToolUseID), string(r.Status), string(r.Summary), r.Timestamp.Time)
	case "compact_boundary":
		if r.UUID != "" && c.boundaries[string(r.UUID)] {
			return
		}
		if len(c.boundaries) < maxListed {
			c.boundaries[string(r.UUID)] = true
		}
		c.session.Compactions++
	}
}

// result reads the message that closes an SDK stream. Its numbers are totals, so
// the last one counts; usage is that of the main loop only, modelUsage that of
// all.
func (c *claudeReader) result(r *claudeRow) {
	c.sdk = true
	c.session.Ending = evidence.Ending(evidence.ClipValid(string(r.Subtype), maxNameBytes))
	if r.IsError && r.Subtype == "success" || r.Subtype == "" {
		c.session.Ending = evidence.EndingFailed
	}
	if !r.IsError && r.Subtype == "" {
		c.session.Ending = evidence.EndingSuccess
	}
	if t := strings.TrimSpace(string(r.FinalText)); t != "" {
		c.final = string(r.FinalText)
	}
	for _, d := range r.Denials {
		c.denies(string(d.Call), string(d.Tool), subject(&d.Input.v), evidence.DeniedByPolicy)
		if h := c.shells[string(d.Call)]; h != nil && h.Outcome != evidence.CommandNotRun {
			c.end(h, result{notRun: true})
		}
	}
	u := evidence.Usage{CostUSD: r.TotalCost.value, CostBasis: evidence.CostUnknown}
	switch {
	case r.ModelUsage.ok && len(r.ModelUsage.v) > 0:
		for _, m := range r.ModelUsage.v {
			u.InputTokens += int64(m.Input)
			u.OutputTokens += int64(m.Output)
			u.CacheReadTokens += int64(m.CacheRead)
			u.CacheWriteTokens += int64(m.CacheWrite)
		}
	case r.Usage.ok:
		u.InputTokens, u.OutputTokens = int64(r.Usage.v.Input), int64(r.Usage.v.Output)
		u.CacheReadTokens, u.CacheWriteTokens = int64(r.Usage.v.CacheRead), int64(r.Usage.v.CacheWrite)
	default:
		if r.TotalCost.value == nil {
			return
		}
		c.cost = costs{usd: r.TotalCost.value, basis: evidence.CostReported}
		return
	}
	if u.CostUSD != nil && *u.CostUSD >= 0 {
		u.CostBasis = evidence.CostReported
	}
	c.whole = &u
}

// blocks returns the parts of a message's content.
func blocks(content jsontext.Value) []claudeBlock {
	if content.Kind() != '[' {
		return nil
	}
	var out list[object[claudeBlock]]
	if json.Unmarshal(content, &out, rowOptions) != nil {
		return nil
	}
	plain := make([]claudeBlock, 0, len(out))
	for i := range out {
		if out[i].ok {
			plain = append(plain, out[i].v)
		}
	}
	return plain
}

func unquote(v jsontext.Value) string {
	var t text
	_ = json.Unmarshal(v, &t, rowOptions) // the value was read as a string
	return string(t)
}

// subject is what a call was about, for the list of refusals.
func subject(in *claudeInput) string {
	if in == nil {
		return ""
	}
	return cmp.Or(string(in.Command), string(in.FilePath), string(in.Notebook), hostOf(string(in.URL)), string(in.Path))
}
