package agentlog

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

const formatATIF = "atif"

// atifRun is a trajectory in the Agent Trajectory Interchange Format, versions
// 1.2 to 1.7, as Harbor writes it.
type atifRun struct {
	Version text `json:"schema_version"`
	Session text `json:"session_id"`
	Agent   object[struct {
		Name    text `json:"name"`
		Version text `json:"version"`
		Model   text `json:"model_name"`
	}] `json:"agent"`
	Steps list[atifStep] `json:"steps"`
	Final object[struct {
		Prompt     amount  `json:"total_prompt_tokens"`
		Completion amount  `json:"total_completion_tokens"`
		Cached     amount  `json:"total_cached_tokens"`
		Cost       decimal `json:"total_cost_usd"`
	}] `json:"final_metrics"`
}

type atifStep struct {
	ID        integer        `json:"step_id"`
	Timestamp stamp          `json:"timestamp"`
	Source    text           `json:"source"`
	Message   jsontext.Value `json:"message"`
	Model     text           `json:"model_name"`
	Calls     list[struct {
		ID   text           `json:"tool_call_id"`
		Name text           `json:"function_name"`
		Args jsontext.Value `json:"arguments"`
	}] `json:"tool_calls"`
	Observation object[struct {
		Results list[atifResult] `json:"results"`
	}] `json:"observation"`
	Metrics object[struct {
		Prompt     amount  `json:"prompt_tokens"`
		Completion amount  `json:"completion_tokens"`
		Cached     amount  `json:"cached_tokens"`
		Cost       decimal `json:"cost_usd"`
	}] `json:"metrics"`
}

type atifResult struct {
	Call     text           `json:"source_call_id"`
	Content  jsontext.Value `json:"content"`
	Subagent jsontext.Value `json:"subagent_trajectory_ref"`
	Extra    object[struct {
		Exit       integer `json:"exit_code"`
		ReturnCode integer `json:"returncode"`
		IsError    flag    `json:"is_error"`
	}] `json:"extra"`
}

// DecodeATIF reads a trajectory in the Agent Trajectory Interchange Format.
func DecodeATIF(r io.Reader) (evidence.Fragment, error) {
	var f evidence.Fragment
	err := readRows(r, func(_ int, run *atifRun) error {
		if strings.HasPrefix(string(run.Version), "ATIF-") {
			f.Sessions = append(f.Sessions, run.session())
		}
		return nil
	})
	return f, err
}

func (run *atifRun) session() evidence.Session {
	t := newToolbox(newBuilder(formatATIF))
	t.session.Agent = evidence.ClipValid(cmp.Or(string(run.Agent.v.Name), "unknown"), maxNameBytes)
	t.session.ID = evidence.ClipValid(string(run.Session), maxNameBytes)
	t.session.AgentVersion = evidence.ClipValid(string(run.Agent.v.Version), maxNameBytes)
	t.model(string(run.Agent.v.Model))
	for i := range run.Steps {
		run.Steps[i].apply(t, i)
	}
	t.settle()
	if run.Final.ok {
		m := run.Final.v
		u := &evidence.Usage{
			InputTokens: int64(max(0, m.Prompt-m.Cached)), CacheReadTokens: int64(m.Cached), OutputTokens: int64(m.Completion),
			CostBasis: evidence.CostUnknown,
		}
		if m.Cost.value != nil && *m.Cost.value >= 0 {
			u.CostUSD, u.CostBasis = m.Cost.value, evidence.CostReported
		}
		t.whole = u
	}
	return t.build()
}

func (s *atifStep) apply(t *toolbox, i int) {
	t.at(s.Timestamp.Time)
	said := codexContent(s.Message)
	switch s.Source {
	case "user":
		t.prompt(said)
	case "system":
		if t.session.InstructionsDigest == "" && said != "" {
			t.instructed(said)
		}
	case "agent":
		t.model(string(s.Model))
		if strings.TrimSpace(said) != "" {
			t.final = said
		}
	}
	if m := s.Metrics.v; s.Metrics.ok {
		t.spend(messageKey{message: fmt.Sprintf("step %d", i)}, tokens{
			input: int64(max(0, m.Prompt-m.Cached)), cacheRead: int64(m.Cached), output: int64(m.Completion), cost: m.Cost.value,
		})
	}
	for _, c := range s.Calls {
		t.use(toolUse{id: string(c.ID), name: string(c.Name), args: parseArgs(c.Args), at: s.Timestamp.Time})
	}
	results := s.Observation.v.Results
	for k := range results {
		res := &results[k]
		if len(res.Subagent) > 0 && res.Subagent.Kind() != 'n' {
			t.agents[fmt.Sprintf("step %d/%d", i, k)] = true
		}
		id := string(res.Call)
		if id == "" && len(s.Calls) == 1 {
			id = string(s.Calls[0].ID)
		}
		exit := res.Extra.v.Exit.int()
		if exit == nil {
			exit = res.Extra.v.ReturnCode.int()
		}
		r := result{exit: exit, failed: bool(res.Extra.v.IsError), output: []byte(codexContent(res.Content))}
		if call := t.pending[id]; call != nil && call.verb != doesShell {
			// The form has no status of its own; an observation that tells of no
			// failure is all that there is.
			r.failed = r.failed || saysFailed(string(r.output))
			r.succeeded = !r.failed
		}
		t.returned(id, r, "")
	}
}
