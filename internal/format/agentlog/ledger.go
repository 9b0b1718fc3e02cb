package agentlog

import (
	"sort"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// A tool call ends in one of three ways: it was read with its result, it did not
// run, or it was not understood. The third is counted by tool and told, so that a
// number of commands or edits that leaves such calls out does not pass for all of
// them. Calls are not understood when their tool is none that mergebrief knows, and
// when they would have changed files and the log does not tell whether they did.

// ledger follows the calls of a session to their ends.
type ledger struct {
	// open are calls that change files and wait for their result: the tool by the
	// id of the call.
	open map[string]string
	// odd counts the calls that were not understood, by tool.
	odd map[string]int
}

// called notes the call of a tool. What it uses beyond the boundary in force is
// noted, too.
func (b *builder) called(id, name string, does deed) {
	b.tool(name)
	switch does {
	case doesOther:
		if _, _, foreign := foreignTool(name); !foreign {
			b.puzzled(name)
		}
	case doesWrite, doesEdit, doesPatch:
		if id != "" && len(b.calls.open) < maxPending {
			b.calls.open[id] = name
		}
	}
}

// settled notes that it is known what became of a call.
func (b *builder) settled(id string) { delete(b.calls.open, id) }

// puzzled notes a call that was not understood.
func (b *builder) puzzled(name string) {
	name = evidence.ClipValid(name, maxNameBytes)
	if _, known := b.calls.odd[name]; known || len(b.calls.odd) < maxListed {
		b.calls.odd[name]++
	}
}

// notUnderstood lists the calls that were not understood, those without a result
// among them.
func (b *builder) notUnderstood() []evidence.ToolCalls {
	for _, id := range sortedKeys(b.calls.open) {
		b.puzzled(b.calls.open[id])
	}
	b.calls.open = nil
	var out []evidence.ToolCalls
	for name, count := range b.calls.odd {
		out = append(out, evidence.ToolCalls{Tool: name, Count: count})
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Tool < out[j].Tool })
	return out
}
