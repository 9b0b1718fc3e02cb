package agentlog

import (
	"io"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// sweRun is a trajectory of SWE-agent. Demonstrations have a history only.
type sweRun struct {
	Environment text           `json:"environment"`
	Trajectory  list[sweStep]  `json:"trajectory"`
	History     list[sweEntry] `json:"history"`
	Info        object[struct {
		Submission text `json:"submission"`
		Exit       text `json:"exit_status"`
		Version    text `json:"swe_agent_version"`
		Stats      object[struct {
			Cost     decimal `json:"instance_cost"`
			Sent     amount  `json:"tokens_sent"`
			Received amount  `json:"tokens_received"`
		}] `json:"model_stats"`
	}] `json:"info"`
}

type sweStep struct {
	Action      text    `json:"action"`
	Observation text    `json:"observation"`
	Seconds     decimal `json:"execution_time"`
}

type sweEntry struct {
	Role    text           `json:"role"`
	Action  text           `json:"action"`
	Content jsontext.Value `json:"content"`
	Kind    text           `json:"message_type"`
	Demo    flag           `json:"is_demo"`
}

const formatSWEAgent = "swe-agent"

// DecodeSWEAgent reads a trajectory of SWE-agent. It records no exit status of
// commands; edits are those of the submitted patch.
func DecodeSWEAgent(r io.Reader) (evidence.Fragment, error) {
	var f evidence.Fragment
	err := readRows(r, func(_ int, run *sweRun) error {
		if run.Trajectory != nil || run.History != nil {
			f.Sessions = append(f.Sessions, run.session())
		}
		return nil
	})
	return f, err
}

func (run *sweRun) session() evidence.Session {
	b := newBuilder(formatSWEAgent)
	b.session.AgentVersion = evidence.ClipValid(string(run.Info.v.Version), maxNameBytes)
	b.session.Ending = evidence.Ending(evidence.ClipValid(string(run.Info.v.Exit), maxNameBytes))
	steps := run.Trajectory
	if steps == nil {
		steps = run.demonstrated()
	}
	asked := false
	for _, e := range run.History {
		if e.Role == "user" && !bool(e.Demo) && !asked {
			b.prompt(codexContent(e.Content))
			asked = true
		}
	}
	for _, s := range steps {
		s.apply(b)
	}
	for _, e := range unifiedEdits(string(run.Info.v.Submission)) {
		b.unordered(e)
	}
	if st := run.Info.v.Stats; st.ok {
		b.whole = &evidence.Usage{InputTokens: int64(st.v.Sent), OutputTokens: int64(st.v.Received), CostBasis: evidence.CostUnknown}
		if st.v.Cost.value != nil && *st.v.Cost.value >= 0 {
			b.whole.CostUSD, b.whole.CostBasis = st.v.Cost.value, evidence.CostReported
		}
	}
	return b.build()
}

// demonstrated takes the steps out of a history.
func (run *sweRun) demonstrated() list[sweStep] {
	var steps list[sweStep]
	for _, e := range run.History {
		switch {
		case e.Role == "assistant" && e.Action != "":
			steps = append(steps, sweStep{Action: e.Action})
		case e.Role != "assistant" && len(steps) > 0:
			steps[len(steps)-1].Observation = text(codexContent(e.Content))
		}
	}
	return steps
}

// sweTools are the commands of SWE-agent's own interface.
var sweTools = map[string]bool{
	"open": true, "goto": true, "scroll_up": true, "scroll_down": true, "create": true, "edit": true, "insert": true, "submit": true,
	"find_file": true, "search_dir": true, "search_file": true, "str_replace_editor": true, "exit_cost": true, "exit_context": true,
	"exit_format": true, "exit_forfeit": true, "view_image": true, "review_on_submit": true, "think": true,
}

func (s *sweStep) apply(b *builder) {
	action := strings.TrimSpace(string(s.Action))
	line, _, _ := strings.Cut(strings.TrimSpace(action), "\n")
	words := strings.Fields(line)
	if len(words) == 0 {
		return
	}
	if sweTools[words[0]] {
		switch {
		case words[0] == "open" && len(words) > 1:
			b.reads(strings.Trim(words[1], `"'`))
		case words[0] == "str_replace_editor" && len(words) > 2 && words[1] == "view":
			b.reads(strings.Trim(words[2], `"'`))
		}
		return
	}
	h := b.run(started{line: action})
	b.end(h, result{output: []byte(s.Observation), duration: seconds(s.Seconds)})
	b.shows(h)
}
