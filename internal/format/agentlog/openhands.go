package agentlog

import (
	"cmp"
	"fmt"
	"io"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

const formatOpenHands = "openhands"

// handsRun is one line of the output.jsonl of OpenHands: one run.
type handsRun struct {
	Instance text `json:"instance_id"`
	Issue    object[struct {
		Owner  text    `json:"owner"`
		Repo   text    `json:"repo"`
		Number integer `json:"number"`
	}] `json:"issue"`
	Instruction text `json:"instruction"`
	Patch       text `json:"git_patch"`
	Test        object[struct {
		Patch text `json:"git_patch"`
	}] `json:"test_result"`
	History  list[jsontext.Value] `json:"history"`
	Success  jsontext.Value       `json:"success"`
	Error    text                 `json:"error"`
	Metrics  object[handsMetrics] `json:"metrics"`
	Metadata object[struct {
		Model object[struct {
			Name text `json:"model"`
		}] `json:"llm_config"`
	}] `json:"metadata"`
}

type handsMetrics struct {
	Cost  decimal `json:"accumulated_cost"`
	Usage object[struct {
		Prompt     amount `json:"prompt_tokens"`
		Completion amount `json:"completion_tokens"`
		CacheRead  amount `json:"cache_read_tokens"`
		CacheWrite amount `json:"cache_write_tokens"`
	}] `json:"accumulated_token_usage"`
}

// handsEvent is an action or an observation. Older versions have the arguments
// beside the action, newer ones in args and extras.
type handsEvent struct {
	ID          integer            `json:"id"`
	Timestamp   text               `json:"timestamp"`
	Source      text               `json:"source"`
	Action      text               `json:"action"`
	Observation text               `json:"observation"`
	Args        object[handsArgs]  `json:"args"`
	Extras      object[handsExtra] `json:"extras"`
	handsArgs
	Content  text    `json:"content"`
	ExitCode integer `json:"exit_code"`
}

type handsArgs struct {
	Command    text `json:"command"`
	Path       text `json:"path"`
	URL        text `json:"url"`
	Background flag `json:"background"`
}

type handsExtra struct {
	Path     text `json:"path"`
	Metadata object[struct {
		ExitCode integer `json:"exit_code"`
		Dir      text    `json:"working_dir"`
	}] `json:"metadata"`
	ExitCode integer `json:"exit_code"`
}

type handsReader struct {
	*builder
	waiting *pendingCommand
}

// DecodeOpenHands reads output.jsonl: a session for each line. Edits are those of
// the patch with which a run ends, so their order among the commands is not
// known.
func DecodeOpenHands(r io.Reader) (evidence.Fragment, error) {
	var f evidence.Fragment
	err := readRows(r, func(_ int, run *handsRun) error {
		if run.History != nil || run.Patch != "" {
			f.Sessions = append(f.Sessions, run.session())
		}
		return nil
	})
	return f, err
}

func (run *handsRun) session() evidence.Session {
	h := &handsReader{builder: newBuilder(formatOpenHands)}
	h.root = "/workspace"
	h.session.ID = evidence.ClipValid(string(run.Instance), maxNameBytes)
	if is := run.Issue.v; h.session.ID == "" && is.Number.value != nil {
		h.session.ID = evidence.ClipValid(fmt.Sprintf("%s/%s#%d", is.Owner, is.Repo, *is.Number.value), maxNameBytes)
	}
	switch {
	case run.Error != "" || run.Success.Kind() == 'f':
		h.session.Ending = evidence.EndingFailed
	case run.Success.Kind() == 't':
		h.session.Ending = evidence.EndingSuccess
	}
	h.model(string(run.Metadata.v.Model.v.Name))
	if run.Instruction != "" {
		h.prompt(string(run.Instruction))
	}
	for _, v := range run.History {
		h.history(v)
	}
	for _, e := range unifiedEdits(cmp.Or(string(run.Patch), string(run.Test.v.Patch))) {
		h.unordered(e)
	}
	run.Metrics.v.spent(h.builder)
	return h.build()
}

// unordered notes an edit of which nobody knows when it was made.
func (b *builder) unordered(e evidence.Edit) {
	n := len(b.edits)
	b.edit(e)
	if len(b.edits) > n {
		b.edits[n].tick = 0
	}
}

// history reads an event, or a pair of an action and its observation.
func (h *handsReader) history(v jsontext.Value) {
	if v.Kind() == '[' {
		var pair list[jsontext.Value]
		if unmarshalValue(v, &pair) == nil {
			for _, e := range pair {
				h.history(e)
			}
		}
		return
	}
	var e handsEvent
	if unmarshalValue(v, &e) != nil {
		return
	}
	a := e.handsArgs
	if e.Args.ok {
		a = e.Args.v
	}
	h.at(localTime(string(e.Timestamp)))
	if e.Observation != "" {
		h.observed(&e)
		return
	}
	switch e.Action {
	case "run":
		h.waiting = h.run(started{line: string(a.Command), at: localTime(string(e.Timestamp))})
		if a.Background {
			h.waiting.Masked = evidence.MaskBackground
		}
	case "read":
		h.reads(string(a.Path))
	case "browse", "browse_interactive":
		if a.URL != "" {
			h.host(string(a.URL))
		}
	case "delegate":
		h.agents[fmt.Sprintf("delegate %d", len(h.agents))] = true
	case "message":
		if e.Source == "agent" {
			h.final = string(e.Content)
		}
	case "condensation":
		h.session.Compactions++
	}
}

func (h *handsReader) observed(e *handsEvent) {
	if e.Observation != "run" || h.waiting == nil {
		return
	}
	r := result{output: []byte(e.Content), at: localTime(string(e.Timestamp))}
	for _, n := range []integer{e.Extras.v.Metadata.v.ExitCode, e.Extras.v.ExitCode, e.ExitCode} {
		if r.exit == nil {
			r.exit = n.int()
		}
	}
	if r.exit != nil && *r.exit < 0 {
		r.exit = nil // -1 means that the status was not found out
	}
	if dir := e.Extras.v.Metadata.v.Dir; dir != "" && h.waiting.Dir == "" {
		h.waiting.Dir = h.directory(string(dir), h.waiting.line.Dir)
	}
	h.end(h.waiting, r)
	h.shows(h.waiting)
	h.waiting = nil
}

func (m *handsMetrics) spent(b *builder) {
	if m.Cost.value != nil && *m.Cost.value >= 0 {
		b.cost = costs{usd: m.Cost.value, basis: evidence.CostReported}
	}
	if u := m.Usage.v; m.Usage.ok {
		b.whole = &evidence.Usage{
			InputTokens: int64(max(0, u.Prompt-u.CacheRead)), OutputTokens: int64(u.Completion), CacheReadTokens: int64(u.CacheRead),
			CacheWriteTokens: int64(u.CacheWrite), CostUSD: b.cost.usd, CostBasis: evidence.CostBasis(cmp.Or(string(b.cost.basis), string(evidence.CostUnknown))),
		}
	}
}
