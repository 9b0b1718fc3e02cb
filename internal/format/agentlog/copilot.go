package agentlog

import (
	"cmp"
	"io"
	"regexp"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/mergebrief/mergebrief/internal/commandline"
	"github.com/mergebrief/mergebrief/internal/evidence"
)

const formatCopilot = "copilot-events"

// copilotRow is an event of the Copilot agent (events.jsonl; SDK 1.0.14).
type copilotRow struct {
	Type      text                `json:"type"`
	Timestamp stamp               `json:"timestamp"`
	ID        text                `json:"id"`
	AgentID   text                `json:"agentId"`
	Data      object[copilotData] `json:"data"`
}

type copilotData struct {
	SessionID  text                   `json:"sessionId"`
	Version    text                   `json:"copilotVersion"`
	StartTime  stamp                  `json:"startTime"`
	Selected   text                   `json:"selectedModel"`
	Context    object[copilotContext] `json:"context"`
	NewModel   text                   `json:"newModel"`
	Model      text                   `json:"model"`
	Content    text                   `json:"content"`
	CallID     text                   `json:"toolCallId"`
	ToolName   text                   `json:"toolName"`
	McpServer  text                   `json:"mcpServerName"`
	McpTool    text                   `json:"mcpToolName"`
	ParentCall text                   `json:"parentToolCallId"`
	Arguments  jsontext.Value         `json:"arguments"`
	Requests   list[copilotRequest]   `json:"toolRequests"`
	Success    jsontext.Value         `json:"success"`
	Shell      object[copilotShell]   `json:"shellExecution"`
	Result     object[copilotResult]  `json:"result"`
	Error      object[struct {
		Message text `json:"message"`
		Code    text `json:"code"`
	}] `json:"error"`
	Sandboxed  jsontext.Value `json:"sandboxed"`
	AgentName  text           `json:"agentName"`
	SourcePath text           `json:"sourcePath"`
	// assistant.usage
	Input      amount `json:"inputTokens"`
	Output     amount `json:"outputTokens"`
	CacheRead  amount `json:"cacheReadTokens"`
	CacheWrite amount `json:"cacheWriteTokens"`
	APICallID  text   `json:"apiCallId"`
	// session.shutdown
	Metrics object[map[string]object[copilotMetrics]] `json:"modelMetrics"`
	// permission.*
	Permission object[struct {
		Call text `json:"toolCallId"`
		Kind text `json:"kind"`
		Path text `json:"path"`
		Full text `json:"fullCommandText"`
	}] `json:"permissionRequest"`
	RequestID text `json:"requestId"`
	// user.message: who speaks, when it is no person.
	Source text `json:"source"`
	// session.usage_record
	Record   object[copilotUsage] `json:"usage"`
	Mode     text                 `json:"mode"`
	AllowAll flag                 `json:"allowAll"`
}

type copilotUsage struct {
	Model      text   `json:"model"`
	Input      amount `json:"inputTokens"`
	Output     amount `json:"outputTokens"`
	CacheRead  amount `json:"cacheReadTokens"`
	CacheWrite amount `json:"cacheWriteTokens"`
}

type copilotContext struct {
	CWD        text `json:"cwd"`
	GitRoot    text `json:"gitRoot"`
	Branch     text `json:"branch"`
	Repository text `json:"repository"`
}

type copilotRequest struct {
	CallID    text           `json:"toolCallId"`
	Name      text           `json:"name"`
	Arguments jsontext.Value `json:"arguments"`
}

type copilotShell struct {
	ExitCode integer `json:"exitCode"`
}

type copilotResult struct {
	Kind     text `json:"kind"`
	Type     text `json:"result_type"`
	Said     text `json:"text_result_for_llm"`
	Content  text `json:"content"`
	Detailed text `json:"detailedContent"`
	Contents list[struct {
		Type     text    `json:"type"`
		ExitCode integer `json:"exitCode"`
		Text     text    `json:"text"`
	}] `json:"contents"`
}

type copilotMetrics struct {
	Usage object[struct {
		Input      amount `json:"inputTokens"`
		Output     amount `json:"outputTokens"`
		CacheRead  amount `json:"cacheReadTokens"`
		CacheWrite amount `json:"cacheWriteTokens"`
	}] `json:"usage"`
}

type copilotReader struct {
	*toolbox
	dir   string
	rows  int
	asked map[string]copilotAsked
}

// copilotAsked is a request for permission that waits for its answer.
type copilotAsked struct{ call, kind, subject string }

// DecodeCopilot reads the events of the Copilot command line, its cloud agent, or
// the agent in VS Code.
func DecodeCopilot(r io.Reader) (evidence.Fragment, error) {
	c := &copilotReader{toolbox: newToolbox(newBuilder(formatCopilot)), asked: map[string]copilotAsked{}}
	err := readRows(r, func(_ int, row *copilotRow) error {
		c.row(row)
		return nil
	})
	if c.rows == 0 {
		return evidence.Fragment{}, err
	}
	c.settle()
	return evidence.Fragment{Sessions: []evidence.Session{c.build()}}, err
}

func (c *copilotReader) row(r *copilotRow) {
	if !r.Data.ok {
		return
	}
	c.rows++
	c.at(r.Timestamp.Time)
	d := &r.Data.v
	switch r.Type {
	case "session.start", "session.resume":
		c.start(d)
	case "session.model_change":
		c.model(string(d.NewModel))
	case "user.message":
		if r.AgentID == "" && !strings.HasPrefix(string(d.Source), "agent-") {
			c.prompt(string(d.Content))
		}
	case "session.usage_record":
		u := d.Record.v
		c.model(string(u.Model))
		c.spend(messageKey{message: string(r.ID)}, tokens{
			input: int64(max(0, u.Input-u.CacheRead)), output: int64(u.Output), cacheRead: int64(u.CacheRead), cacheWrite: int64(u.CacheWrite),
		})
	case "assistant.message":
		c.message(d, r.AgentID == "")
	case "assistant.usage":
		c.model(string(d.Model))
		c.spend(messageKey{message: cmp.Or(string(d.APICallID), string(r.ID))}, tokens{
			input: int64(max(0, d.Input-d.CacheRead)), output: int64(d.Output), cacheRead: int64(d.CacheRead), cacheWrite: int64(d.CacheWrite),
		})
	case "tool.execution_start":
		c.began(d, r)
	case "tool.execution_complete":
		c.completed(d, r)
	case "session.compaction_complete":
		c.session.Compactions++
	case "session.shutdown":
		c.shutdown(d)
	default:
		if !copilotKnown(string(r.Type)) {
			c.session.Unread++
		}
		c.other(r, d)
	}
}

// copilotKnown reports whether an event is of a kind that the agent writes.
func copilotKnown(kind string) bool {
	for _, prefix := range []string{"session.", "user.", "assistant.", "tool.", "permission.", "subagent.", "hook.", "system.", "skill.", "abort", "elicitation.", "external_tool.", "command.", "mcp.", "pending_messages.", "exit_plan_mode."} {
		if strings.HasPrefix(kind, prefix) {
			return true
		}
	}
	return false
}

// other reads the events about people, subagents and instructions.
func (c *copilotReader) other(r *copilotRow, d *copilotData) {
	switch {
	case r.Type == "subagent.started":
		key := "call:" + evidence.ClipValid(string(d.CallID), maxNameBytes) // as the call that started it
		if d.CallID == "" {
			key = evidence.ClipValid(string(r.ID), maxNameBytes)
		}
		c.agents[key] = true
	case strings.Contains(string(r.Type), "instruction_discovered"):
		c.reads(string(d.SourcePath))
	case r.Type == "permission.requested":
		if len(c.asked) < maxPending {
			p := d.Permission.v
			c.asked[string(d.RequestID)] = copilotAsked{cmp.Or(string(p.Call), string(d.CallID)), string(p.Kind), cmp.Or(string(p.Full), string(p.Path))}
		}
	case r.Type == "permission.completed":
		if strings.HasPrefix(string(d.Result.v.Kind), "denied") {
			by := evidence.DeniedByPolicy
			if strings.Contains(string(d.Result.v.Kind), "user") {
				by = evidence.DeniedByUser
			}
			a := c.asked[string(d.RequestID)]
			call := cmp.Or(string(d.CallID), a.call)
			if held := c.pending[call]; held != nil {
				held.deniedBy = by // the result, which follows, tells of it
				return
			}
			c.denies(cmp.Or(call, string(d.RequestID)), cmp.Or(a.kind, "tool"), a.subject, by)
		}
	case r.Type == "session.mode_changed", r.Type == "session.permissions_changed":
		mode := cmp.Or(string(d.Mode), string(d.NewModel))
		if d.AllowAll {
			mode = "allow-all"
		}
		if mode != "" {
			c.boundary(evidence.Boundary{From: r.Timestamp.Time, Approval: evidence.ClipValid(mode, maxNameBytes), Bypass: bool(d.AllowAll)})
		}
	}
}

func (c *copilotReader) start(d *copilotData) {
	s := &c.session
	s.ID = evidence.ClipValid(cmp.Or(string(d.SessionID), s.ID), maxNameBytes)
	s.AgentVersion = evidence.ClipValid(cmp.Or(string(d.Version), s.AgentVersion), maxNameBytes)
	c.at(d.StartTime.Time)
	c.model(string(d.Selected))
	ctx := d.Context.v
	c.dir = string(ctx.CWD)
	if c.root == "" {
		c.root = commandline.CleanPath(cmp.Or(string(ctx.GitRoot), string(ctx.CWD)))
	}
	if ctx.Branch != "" {
		c.boundary(evidence.Boundary{From: d.StartTime.Time, Branch: evidence.ClipValid(string(ctx.Branch), maxNameBytes)})
	}
}

func (c *copilotReader) message(d *copilotData, main bool) {
	if main && strings.TrimSpace(string(d.Content)) != "" {
		c.final = string(d.Content)
	}
	c.model(string(d.Model))
}

func (c *copilotReader) began(d *copilotData, r *copilotRow) {
	name := string(d.ToolName)
	if d.McpServer != "" {
		name = "mcp__" + string(d.McpServer) + "__" + string(d.McpTool)
	}
	call := c.use(toolUse{
		id: string(d.CallID), name: name, args: parseArgs(d.Arguments), dir: c.dir, at: r.Timestamp.Time, subagent: d.ParentCall != "" || r.AgentID != "",
	})
	if call != nil && verbOf(name) == doesDelegate {
		call.verb = doesOther // it counts now, not when it ends
		c.agents["call:"+evidence.ClipValid(call.id, maxNameBytes)] = true
	}
}

func (c *copilotReader) completed(d *copilotData, r *copilotRow) {
	x := d.Result.v
	said := cmp.Or(string(x.Detailed), string(x.Content), string(x.Said), string(d.Error.v.Message))
	res := result{at: r.Timestamp.Time, exit: d.Shell.v.ExitCode.int(), output: []byte(said)}
	for _, part := range x.Contents {
		if res.exit == nil && (part.Type == "terminal" || part.Type == "shell_exit") {
			res.exit = part.ExitCode.int()
		}
	}
	res.failed = d.Success.Kind() == 'f' || x.Type == "failure" || d.Error.ok
	var by evidence.Denier
	if x.Type == "rejected" || x.Type == "denied" || d.Error.v.Code == "rejected" || d.Error.v.Code == "denied" {
		res.notRun, by = true, evidence.DeniedByUser
	}
	// Success of the call says that the tool worked, not how its command ended.
	call := c.pending[string(d.CallID)]
	if call != nil && call.deniedBy != "" {
		res.notRun, by = true, call.deniedBy
	}
	res.succeeded = !res.failed && (call == nil || call.verb != doesShell)
	if call != nil && call.verb == doesShell && res.exit == nil {
		res.exit, res.background = trailingExit(said)
	}
	c.returned(string(d.CallID), res, by)
	if d.Sandboxed.Kind() == 't' {
		c.sandboxed(r)
	}
}

// copilotEnd matches what the shell tool of Copilot writes behind the output: the
// status, in the words of several versions, or that the command still runs.
var copilotEnd = regexp.MustCompile(`<(?:shellId: \S+ )?(?:exited|completed) with exit code (-?\d{1,10})>\s*$|<command with shellId: \S+ is still running\b[^>]*>\s*$`)

// trailingExit reads the end of an output.
func trailingExit(said string) (exit *int, running bool) {
	m := copilotEnd.FindStringSubmatch(said[max(0, len(said)-commandline.MaxOutputLine):])
	if m == nil {
		return nil, false
	}
	n, err := strconv.Atoi(m[1])
	if err != nil {
		return nil, m[1] == ""
	}
	return &n, false
}

func (c *copilotReader) sandboxed(r *copilotRow) {
	b := evidence.Boundary{From: r.Timestamp.Time}
	if n := len(c.session.Boundaries); n > 0 {
		b = c.session.Boundaries[n-1]
		b.From = r.Timestamp.Time
	}
	b.Sandbox = "on"
	c.boundary(b)
}

// shutdown takes the totals with which a session ends. Input contains what was
// read from the cache.
func (c *copilotReader) shutdown(d *copilotData) {
	if !d.Metrics.ok || len(d.Metrics.v) == 0 {
		return
	}
	u := evidence.Usage{CostBasis: evidence.CostUnknown}
	for _, name := range sortedKeys(d.Metrics.v) {
		c.model(name)
		m := d.Metrics.v[name].v.Usage.v
		u.InputTokens += int64(max(0, m.Input-m.CacheRead))
		u.OutputTokens += int64(m.Output)
		u.CacheReadTokens += int64(m.CacheRead)
		u.CacheWriteTokens += int64(m.CacheWrite)
	}
	c.whole = &u
}
