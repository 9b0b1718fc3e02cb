package agentlog

import (
	"cmp"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// claudeResult is what the tools of Claude Code return beside the text.
type claudeResult struct {
	Stdout         text               `json:"stdout"`
	Stderr         text               `json:"stderr"`
	Interrupted    flag               `json:"interrupted"`
	TimedOut       integer            `json:"timedOutAfterMs"`
	Interpretation text               `json:"returnCodeInterpretation"`
	BackgroundID   text               `json:"backgroundTaskId"`
	Persisted      text               `json:"persistedOutputPath"`
	Git            object[claudeGit]  `json:"gitOperation"`
	FilePath       text               `json:"filePath"`
	Content        jsontext.Value     `json:"content"`
	Type           text               `json:"type"`
	Staged         flag               `json:"staged"`
	UserModified   flag               `json:"userModified"`
	Patch          list[claudeHunk]   `json:"structuredPatch"`
	File           object[claudeFile] `json:"file"`
	AgentID        text               `json:"agentId"`
	Status         text               `json:"status"`
}

type claudeGit struct {
	Commit object[struct {
		SHA text `json:"sha"`
	}] `json:"commit"`
	PR object[struct {
		URL text `json:"url"`
	}] `json:"pr"`
}

type claudeHunk struct {
	OldStart integer    `json:"oldStart"`
	OldLines integer    `json:"oldLines"`
	Lines    list[text] `json:"lines"`
}

// hunk returns the hunk with its place, if the log has it.
func (h *claudeHunk) hunk() (out evidence.EditHunk, ok bool) {
	first, count := h.OldStart.int(), h.OldLines.int()
	if first == nil {
		return out, false
	}
	out.First = *first
	if count != nil && *count == 0 {
		out.First++ // behind the line that it names
	}
	for _, line := range h.Lines {
		hunkLine(&out, string(line))
	}
	return out, out.First > 0
}

// placed returns the hunks of a patch if all of them say where they begin.
func placed(patch []claudeHunk) []evidence.EditHunk {
	var out []evidence.EditHunk
	for i := range patch {
		h, ok := patch[i].hunk()
		if !ok {
			return nil
		}
		out = append(out, h)
	}
	return out
}

type claudeFile struct {
	Path text `json:"filePath"`
}

// exitCode matches how the result of a failed command begins.
var exitCode = regexp.MustCompile(`^(?:Error: )?Exit code (\d{1,10})`)

// maxOutputBytes is the length from which Claude Code cuts an output.
const maxOutputBytes = 29_000

// refusals are the openings of results of calls that never ran, and who refused.
var refusals = []struct {
	opening string
	by      evidence.Denier
}{
	{"The user doesn't want to proceed with this tool use", evidence.DeniedByUser},
	{"The user doesn't want to take this action right now", evidence.DeniedByUser},
	{"User rejected", evidence.DeniedByUser},
	{"Permission for this tool use was denied", evidence.DeniedByUser}, // in subagents
	{"[Request interrupted by user for tool use]", evidence.DeniedByUser},
	{"Permission to use", evidence.DeniedByPolicy},
	{"Claude requested permissions", evidence.DeniedByPolicy},
	{"Permission for this action has been denied", evidence.DeniedByPolicy},
	{"Operation stopped by hook", evidence.DeniedByPolicy},
	{"PreToolUse:", evidence.DeniedByPolicy},
	{"Hook PreToolUse", evidence.DeniedByPolicy},
	{"<tool_use_error>Sibling tool call errored", ""},
	{"<tool_use_error>InputValidationError", ""},
	{"<tool_use_error>Error: No such tool available", ""},
	{"<tool_use_error>Cancelled", ""},
	{"Sibling tool call errored", ""},
	{"Cancelled", ""},
	{"InputValidationError", ""},
}

// refusedCall reports whether the text of a failed call says that it never ran, and
// who refused it.
func refusedCall(said string) (by evidence.Denier, refused bool) {
	said = strings.TrimPrefix(strings.TrimSpace(said), "Error: ")
	for _, r := range refusals {
		if strings.HasPrefix(said, r.opening) {
			return r.by, true
		}
	}
	return "", false
}

// returned notes the result of a tool call.
func (c *claudeReader) returned(b *claudeBlock, text []byte, at time.Time, extra jsontext.Value) {
	call := c.pending[string(b.CallID)]
	if call == nil {
		return
	}
	delete(c.pending, call.id)
	said := ""
	if bool(b.IsError) || call.tool == "Bash" && extra.Kind() != '{' {
		said = contentText(b.Content.of(text))
	}
	if by, refused := refusedCall(said); refused && bool(b.IsError) {
		if by != "" {
			c.denies(call.id, call.tool, subject(call.input), by)
		}
		if call.command != nil {
			c.end(call.command, result{notRun: true, at: at})
		}
		return
	}
	c.effect(call, b, said, at, extra)
}

// effect notes what a call that ran did.
func (c *claudeReader) effect(call *claudeCall, b *claudeBlock, said string, at time.Time, extra jsontext.Value) {
	failed := bool(b.IsError)
	switch call.tool {
	case "Bash":
		c.end(call.command, c.bash(call, failed, said, at, extra))
	case "Edit", "Write", "MultiEdit", "NotebookEdit":
		if !failed {
			c.edited(call, at, extra)
		}
	case "Read", "NotebookRead":
		c.looked(call, failed, said, extra)
	case "WebFetch":
		c.host(string(call.input.URL))
		if failed {
			c.lacks(hostOf(string(call.input.URL)), reasonOf(said), "")
		}
	case "WebSearch":
		c.uses("search", "web")
	case "Task", "Agent":
		c.delegated(call, failed, extra)
	default:
		c.foreign(call.tool, failed, said)
	}
}

// bash reads how a command ended. A number is written on failure only.
func (c *claudeReader) bash(call *claudeCall, failed bool, said string, at time.Time, extra jsontext.Value) result {
	r := result{at: at, failed: failed, succeeded: !failed, output: []byte(said)}
	r.cut = len(said) > maxOutputBytes
	if m := exitCode.FindStringSubmatch(said); m != nil && failed {
		if n, err := strconv.Atoi(m[1]); err == nil {
			r.exit = &n
		}
	}
	if extra.Kind() != '{' {
		r.background = bool(call.input.Background) && !failed
		return r
	}
	var x claudeResult
	if json.Unmarshal(extra, &x, rowOptions) != nil {
		return r
	}
	if x.Stdout != "" || x.Stderr != "" {
		r.output = []byte(string(x.Stdout) + "\n" + string(x.Stderr))
		if x.Stderr == "" {
			r.output = r.output[:len(x.Stdout)]
		}
	}
	r.cut = r.cut || x.Persisted != "" || len(r.output) > maxOutputBytes
	r.background = x.BackgroundID != ""
	// Cut short by a person or a timeout, or ended with a status that the agent
	// explains away: there is no status to infer.
	r.other = x.Interpretation != "" || bool(x.Interrupted) || x.TimedOut.value != nil
	if x.Git.ok {
		c.commit(string(x.Git.v.Commit.v.SHA))
		c.pullRequest(string(x.Git.v.PR.v.URL))
	}
	return r
}

// edited notes an edit: from the patch in the result when there is one, else
// from the arguments.
func (c *claudeReader) edited(call *claudeCall, at time.Time, extra jsontext.Value) {
	in := call.input
	e := evidence.Edit{
		Path: cmp.Or(string(in.FilePath), string(in.Notebook)), Time: at, Subagent: call.subagent, Call: evidence.ClipValid(call.id, maxNameBytes),
	}
	var x claudeResult
	if extra.Kind() == '{' && json.Unmarshal(extra, &x, rowOptions) == nil {
		if x.Staged {
			return
		}
		e.Path = cmp.Or(e.Path, string(x.FilePath))
	}
	switch {
	case len(x.Patch) > 0:
		for _, hunk := range x.Patch {
			for _, line := range hunk.Lines {
				diffLine(&e, string(line))
			}
		}
		e.Hunks = placed(x.Patch)
	case call.tool == "Write":
		content := string(in.Content)
		if content == "" {
			content = contentText(x.Content)
		}
		e.Lines, e.Added = written(content)
		e.Whole = whole(content)
	case call.tool == "NotebookEdit":
		e.Lines, e.Added = written(string(in.Source))
	case call.tool == "MultiEdit":
		for _, s := range in.Edits {
			swap(&e, string(s.Old), string(s.New))
		}
	default:
		swap(&e, string(in.Old), string(in.New))
	}
	if x.UserModified {
		e.Hunks, e.Whole = nil, nil // a person changed what the agent proposed
	}
	c.edit(e)
}

// looked notes a file that was read, or could not be.
func (c *claudeReader) looked(call *claudeCall, failed bool, said string, extra jsontext.Value) {
	path := cmp.Or(string(call.input.FilePath), string(call.input.Notebook), string(call.input.Path))
	if failed {
		c.lacks(c.relative(path), reasonOf(said), "")
		return
	}
	if path == "" && extra.Kind() == '{' {
		var x claudeResult
		if json.Unmarshal(extra, &x, rowOptions) == nil {
			path = string(x.File.v.Path)
		}
	}
	c.reads(path)
}

// delegated counts a subagent that is not known by its own id.
func (c *claudeReader) delegated(call *claudeCall, failed bool, extra jsontext.Value) {
	if c.agents["call:"+evidence.ClipValid(call.id, maxNameBytes)] {
		return // its own rows are in the log
	}
	var x claudeResult
	if extra.Kind() == '{' && json.Unmarshal(extra, &x, rowOptions) == nil && x.AgentID != "" {
		c.agents[evidence.ClipValid(string(x.AgentID), maxNameBytes)] = true
		return
	}
	if !failed && !c.parents[call.id] {
		c.agents["call:"+evidence.ClipValid(call.id, maxNameBytes)] = true
	}
}

// contentText returns the text of a result's content: a string, or parts.
func contentText(content jsontext.Value) string {
	switch content.Kind() {
	case '"':
		return unquote(content)
	case '[':
		var out strings.Builder
		for _, b := range blocks(content) {
			if b.Type == "text" {
				out.WriteString(string(b.Text))
			}
		}
		return out.String()
	}
	return ""
}
