package agentlog

import (
	"cmp"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/mergebrief/mergebrief/internal/commandline"
	"github.com/mergebrief/mergebrief/internal/evidence"
)

const (
	formatGeminiSession = "gemini-session"
	formatGeminiStream  = "gemini-stream"
	// maxGeminiMessages bounds the messages held until the end: a later row can
	// take earlier ones back.
	maxGeminiMessages = 20_000
)

// geminiRow is a whole session document, or a row of one in lines.
type geminiRow struct {
	SessionID   text                 `json:"sessionId"`
	ProjectHash text                 `json:"projectHash"`
	StartTime   stamp                `json:"startTime"`
	LastUpdated stamp                `json:"lastUpdated"`
	Messages    list[jsontext.Value] `json:"messages"`
	Set         object[geminiSet]    `json:"$set"`
	RewindTo    text                 `json:"$rewindTo"`
	Type        text                 `json:"type"`
	ID          text                 `json:"id"`
	Directories list[text]           `json:"directories"`
	geminiMessage
}

type geminiSet struct {
	LastUpdated stamp                `json:"lastUpdated"`
	Messages    list[jsontext.Value] `json:"messages"`
}

// geminiMessage is a message; its id and type are in the row.
type geminiMessage struct {
	Timestamp stamp                `json:"timestamp"`
	Content   jsontext.Value       `json:"content"`
	Model     text                 `json:"model"`
	Tokens    object[geminiTokens] `json:"tokens"`
	ToolCalls list[geminiCall]     `json:"toolCalls"`
}

// geminiTokens: cached is part of input; thoughts are not part of output.
type geminiTokens struct {
	Input    amount `json:"input"`
	Output   amount `json:"output"`
	Cached   amount `json:"cached"`
	Thoughts amount `json:"thoughts"`
}

type geminiCall struct {
	ID        text           `json:"id"`
	Name      text           `json:"name"`
	Args      jsontext.Value `json:"args"`
	Status    text           `json:"status"`
	Timestamp stamp          `json:"timestamp"`
	Result    jsontext.Value `json:"result"`
}

type geminiReader struct {
	*toolbox
	messages []geminiRow
	index    map[string]int
	rows     int
	lost     int
}

// DecodeGemini reads a session of Gemini CLI: one document, or the rows in which
// newer versions append to it.
func DecodeGemini(r io.Reader) (evidence.Fragment, error) {
	g := &geminiReader{toolbox: newToolbox(newBuilder(formatGeminiSession)), index: map[string]int{}}
	err := readRows(r, func(_ int, row *geminiRow) error {
		g.row(*row)
		return nil
	})
	if g.rows == 0 {
		return evidence.Fragment{}, err
	}
	for i := range g.messages {
		g.message(&g.messages[i])
	}
	g.settle()
	if g.lost > 0 && err == nil {
		err = evidence.Errorf(evidence.Truncated, "more than %d messages: %d were left out", maxGeminiMessages, g.lost)
	}
	return evidence.Fragment{Sessions: []evidence.Session{g.build()}}, err
}

func (g *geminiReader) row(r geminiRow) {
	if r.SessionID != "" {
		g.rows++
		g.session.ID = evidence.ClipValid(string(r.SessionID), maxNameBytes)
	}
	g.at(r.StartTime.Time)
	g.at(r.LastUpdated.Time)
	switch {
	case r.Set.ok:
		g.rows++
		g.at(r.Set.v.LastUpdated.Time)
		g.replace(r.Set.v.Messages)
	case r.RewindTo != "":
		g.rewind(string(r.RewindTo))
	case r.Type != "":
		g.rows++
		g.holdOne(r)
	}
	g.hold(r.Messages)
}

func (g *geminiReader) hold(list []jsontext.Value) {
	for _, v := range list {
		var m geminiRow
		if json.Unmarshal(v, &m, rowOptions) == nil {
			g.holdOne(m)
		}
	}
}

// replace takes the messages with which a session is continued. They stand for the
// conversation so far and lack some of what it did, so what is known of it stays:
// a message that is there already is left out, the others come behind.
func (g *geminiReader) replace(list []jsontext.Value) {
	said := map[string]int{}
	for i := range g.messages {
		said[g.messages[i].speech()]++
	}
	for _, v := range list {
		var m geminiRow
		if json.Unmarshal(v, &m, rowOptions) != nil {
			continue
		}
		if at, known := g.index[string(m.ID)]; known && m.ID != "" {
			if len(m.ToolCalls) == 0 {
				m.ToolCalls = g.messages[at].ToolCalls
			}
			g.messages[at] = m
			continue
		}
		if key := m.speech(); said[key] > 0 {
			said[key]--
			continue
		}
		g.holdOne(m)
	}
}

// speech is equal for copies of a message.
func (m *geminiRow) speech() string {
	kind := string(m.Type)
	if kind == "rewound" {
		kind = "user"
	}
	return kind + "\x00" + string(m.Content)
}

// holdOne keeps a message; one with the id of an earlier one replaces it.
func (g *geminiReader) holdOne(m geminiRow) {
	id := string(m.ID)
	if at, ok := g.index[id]; ok && id != "" {
		g.messages[at] = m
		return
	}
	if len(g.messages) >= maxGeminiMessages {
		g.lost++
		return
	}
	g.index[id] = len(g.messages)
	g.messages = append(g.messages, m)
}

// rewind takes back the message with the id and those after it from the
// conversation. What they did was done all the same, so they stay, and only
// their prompts no longer count as asked.
func (g *geminiReader) rewind(id string) {
	at, ok := g.index[id]
	if !ok {
		return
	}
	for i := at; i < len(g.messages); i++ {
		if g.messages[i].Type == "user" {
			g.messages[i].Type = "rewound"
		}
	}
}

func (g *geminiReader) message(m *geminiRow) {
	g.at(m.Timestamp.Time)
	if len(m.Content) == 0 && len(m.ToolCalls) == 0 && !m.Tokens.ok && (m.Type == "user" || m.Type == "gemini" || m.Type == "model") {
		g.session.Unread++
	}
	switch m.Type {
	case "user":
		said := strings.TrimSpace(geminiText(m.Content))
		switch {
		case strings.HasPrefix(said, "<session_context>"):
			g.context(said)
		case said != "":
			g.prompt(geminiText(m.Content))
		}
		g.answered(m)
	case "gemini", "model":
		g.model(string(m.Model))
		if said := geminiText(m.Content); strings.TrimSpace(said) != "" {
			g.final = said
		}
		if m.Tokens.ok {
			t := m.Tokens.v
			g.spend(messageKey{message: string(m.ID)}, tokens{
				input: int64(max(0, t.Input-t.Cached)), cacheRead: int64(t.Cached), output: int64(t.Output + t.Thoughts),
			})
		}
		for i := range m.ToolCalls {
			g.called(m, &m.ToolCalls[i], i)
		}
		g.asked(m)
	}
}

// geminiWorkspace matches the folder that the program names to its model.
var geminiWorkspace = regexp.MustCompile(`\*\*Workspace Directories:\*\*\s*\n\s*- (\S[^\n]*)`)

// context reads the message with which the program opens a session. It is no
// person's, and tells the folder in which the program was started.
func (g *geminiReader) context(said string) {
	if m := geminiWorkspace.FindStringSubmatch(said); m != nil && g.root == "" {
		g.root = commandline.CleanPath(strings.TrimSpace(m[1]))
	}
}

// geminiPart is a part of a message. Sessions that were continued have their calls
// and the results only there.
type geminiPart struct {
	Call object[struct {
		ID   text           `json:"id"`
		Name text           `json:"name"`
		Args jsontext.Value `json:"args"`
	}] `json:"functionCall"`
	Response object[struct {
		ID       text `json:"id"`
		Response object[struct {
			Output text `json:"output"`
			Error  text `json:"error"`
		}] `json:"response"`
	}] `json:"functionResponse"`
}

func geminiParts(v jsontext.Value) []object[geminiPart] {
	var parts list[object[geminiPart]]
	if v.Kind() != '[' || json.Unmarshal(v, &parts, rowOptions) != nil {
		return nil
	}
	return parts
}

// asked notes the calls that stand in the parts of a message.
func (g *geminiReader) asked(m *geminiRow) {
	for _, p := range geminiParts(m.Content) {
		if c := p.v.Call.v; p.v.Call.ok && c.ID != "" {
			g.use(toolUse{id: string(c.ID), name: string(c.Name), args: parseArgs(c.Args), at: m.Timestamp.Time})
		}
	}
}

// answered notes the results that stand in the parts of a message.
func (g *geminiReader) answered(m *geminiRow) {
	for _, p := range geminiParts(m.Content) {
		r := p.v.Response.v
		call := g.pending[string(r.ID)]
		if !p.v.Response.ok || call == nil {
			continue
		}
		said := r.Response.v
		res := result{at: m.Timestamp.Time, output: []byte(cmp.Or(string(said.Output), string(said.Error))), failed: said.Error != "", succeeded: said.Error == ""}
		g.returned(string(r.ID), res.inGeminiShell(call.verb), "")
	}
}

// geminiText returns the text of a content: a string, or parts.
func geminiText(v jsontext.Value) string {
	return codexContent(v)
}

// geminiTail matches the lines that the shell tools of Gemini CLI and of its
// descendants write behind the output of a command.
var geminiTail = regexp.MustCompile(`^(Error|Exit Code|Signal|Background PIDs|Process Group PGID): ?(.*)$|^</untrusted_context>$`)

// geminiShell is what the result of a shell tool says about the command.
type geminiShell struct {
	// framed: the result is in the form in which a status other than 0 is written
	// down, so that none means 0.
	framed     bool
	exit       *int
	background bool
}

// readGeminiShell reads the lines around the output of a command. The output may
// hold lines like them, so only those at the end count.
func readGeminiShell(said string) geminiShell {
	var s geminiShell
	begin := strings.TrimPrefix(said, "<untrusted_context>\n")
	for _, opening := range []string{"Output: ", "Command: ", "Stdout: "} {
		s.framed = s.framed || strings.HasPrefix(begin, opening)
	}
	lines := strings.Split(strings.TrimRight(said, "\r\n "), "\n")
	for _, line := range slices.Backward(lines) {
		m := geminiTail.FindStringSubmatch(strings.TrimRight(line, "\r"))
		if m == nil {
			break
		}
		switch m[1] {
		case "Exit Code":
			if n, err := strconv.Atoi(strings.TrimSpace(m[2])); err == nil {
				s.exit = &n
			}
		case "Background PIDs":
			s.background = m[2] != "" && m[2] != "(none)"
		}
	}
	return s
}

func (g *geminiReader) called(m *geminiRow, c *geminiCall, i int) {
	id := string(c.ID)
	if id == "" {
		id = fmt.Sprintf("%s#%d", m.ID, i)
	}
	at := c.Timestamp.Time
	if at.IsZero() {
		at = m.Timestamp.Time
	}
	if g.use(toolUse{id: id, name: string(c.Name), args: parseArgs(c.Args), at: at}) == nil {
		return
	}
	if c.Status == "" && len(c.Result) == 0 {
		return
	}
	said := geminiOutput(c.Result)
	r := result{at: at, output: []byte(said), failed: c.Status == "error", succeeded: c.Status == "success"}
	var by evidence.Denier
	switch c.Status {
	case "cancelled":
		r.notRun, by = true, evidence.DeniedByUser
	case "", "executing", "scheduled", "validating", "awaiting_approval":
		r.succeeded = false
	}
	g.returned(id, r.inGeminiShell(verbOf(string(c.Name))), by)
}

// inGeminiShell adds what the text of a result tells of the command. That the tool
// succeeded says nothing about it: the status is success of commands that failed.
func (r result) inGeminiShell(does deed) result {
	if does != doesShell {
		return r
	}
	s := readGeminiShell(string(r.output))
	if s.framed || r.failed {
		r.exit = s.exit
	}
	r.background = r.background || s.background
	r.succeeded = r.succeeded && s.framed
	return r
}

// geminiOutput joins the outputs of the function responses of a result.
func geminiOutput(v jsontext.Value) string {
	var parts list[object[struct {
		Response object[struct {
			Response object[struct {
				Output text `json:"output"`
				Error  text `json:"error"`
			}] `json:"response"`
		}] `json:"functionResponse"`
	}]]
	if v.Kind() == '"' {
		return unquote(v)
	}
	if v.Kind() != '[' || json.Unmarshal(v, &parts, rowOptions) != nil {
		return ""
	}
	var b strings.Builder
	for _, p := range parts {
		r := p.v.Response.v.Response.v
		b.WriteString(cmp.Or(string(r.Output), string(r.Error)))
	}
	return b.String()
}

// geminiEvent is an event of "gemini -o stream-json", or the document of
// "gemini -o json".
type geminiEvent struct {
	Type      text                `json:"type"`
	Timestamp stamp               `json:"timestamp"`
	SessionID text                `json:"session_id"`
	Model     text                `json:"model"`
	Role      text                `json:"role"`
	Content   text                `json:"content"`
	ToolName  text                `json:"tool_name"`
	ToolID    text                `json:"tool_id"`
	Params    jsontext.Value      `json:"parameters"`
	Status    text                `json:"status"`
	Output    text                `json:"output"`
	Response  text                `json:"response"`
	Stats     object[geminiStats] `json:"stats"`
}

type geminiStats struct {
	Input  amount `json:"input_tokens"`
	Output amount `json:"output_tokens"`
	Cached amount `json:"cached"`
	Models object[map[string]object[struct {
		Tokens object[struct {
			Prompt     amount `json:"prompt"`
			Candidates amount `json:"candidates"`
			Cached     amount `json:"cached"`
			Thoughts   amount `json:"thoughts"`
		}] `json:"tokens"`
		Input  amount `json:"input_tokens"`
		Output amount `json:"output_tokens"`
		Cached amount `json:"cached"`
	}]] `json:"models"`
	Tools object[struct {
		Total integer `json:"totalCalls"`
	}] `json:"tools"`
}

// DecodeGeminiStream reads what "gemini -o stream-json" or "-o json" printed.
func DecodeGeminiStream(r io.Reader) (evidence.Fragment, error) {
	t := newToolbox(newBuilder(formatGeminiStream))
	rows := 0
	err := readRows(r, func(_ int, e *geminiEvent) error {
		if e.event(t) {
			rows++
		}
		return nil
	})
	if rows == 0 {
		return evidence.Fragment{}, err
	}
	return evidence.Fragment{Sessions: []evidence.Session{t.build()}}, err
}

// event applies an event and reports whether it is one.
func (e *geminiEvent) event(t *toolbox) bool {
	t.at(e.Timestamp.Time)
	if e.SessionID != "" {
		t.session.ID = evidence.ClipValid(string(e.SessionID), maxNameBytes)
	}
	t.model(string(e.Model))
	switch {
	case e.Type == "init":
	case e.Type == "message" && e.Role == "user":
		t.prompt(string(e.Content))
	case e.Type == "message":
		t.final = evidence.ClipValid(t.final+string(e.Content), maxFinalBytes)
	case e.Type == "tool_use":
		t.final = ""
		t.use(toolUse{id: string(e.ToolID), name: string(e.ToolName), args: parseArgs(e.Params), at: e.Timestamp.Time})
	case e.Type == "tool_result":
		r := result{at: e.Timestamp.Time, output: []byte(e.Output), failed: e.Status == "error", succeeded: e.Status == "success"}
		does := doesOther
		if call := t.pending[string(e.ToolID)]; call != nil {
			does = call.verb
		}
		t.returned(string(e.ToolID), r.inGeminiShell(does), "")
	case e.Type == "result", e.Stats.ok:
		if e.Response != "" {
			t.final = string(e.Response)
		}
		e.Stats.v.spent(t.builder)
	default:
		return false
	}
	return true
}

func (s *geminiStats) spent(b *builder) {
	u := evidence.Usage{CostBasis: evidence.CostUnknown}
	for _, name := range sortedKeys(s.Models.v) {
		m := s.Models.v[name].v
		b.model(name)
		in, cached := m.Tokens.v.Prompt+m.Input, m.Tokens.v.Cached+m.Cached
		u.InputTokens += int64(max(0, in-cached))
		u.CacheReadTokens += int64(cached)
		u.OutputTokens += int64(m.Tokens.v.Candidates + m.Tokens.v.Thoughts + m.Output)
	}
	if !s.Models.ok || len(s.Models.v) == 0 {
		if s.Input == 0 && s.Output == 0 {
			return
		}
		u.InputTokens, u.CacheReadTokens, u.OutputTokens = int64(max(0, s.Input-s.Cached)), int64(s.Cached), int64(s.Output)
	}
	b.whole = &u
}
