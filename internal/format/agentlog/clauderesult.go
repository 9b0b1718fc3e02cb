package agentlog

import (
	"cmp"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/mergebrief/mergebrief/internal/commandline"
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
	// What a shell command changed.
	Changes object[claudeChanges] `json:"bashEditDiff"`
	Status  text                  `json:"status"`
}

// claudeChanges are the files that a shell command changed, as the agent found them
// by comparing before and after.
type claudeChanges struct {
	Files list[claudeChange] `json:"files"`
}

type claudeChange struct {
	Path    text             `json:"filePath"`
	Hunks   list[claudeHunk] `json:"hunks"`
	Created flag             `json:"created"`
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
func (c *claudeReader) returned(b *claudeBlock, text []byte, row *claudeRow, extra jsontext.Value) {
	at := row.Timestamp.Time
	call := c.pending[string(b.CallID)]
	if call == nil {
		return
	}
	delete(c.pending, call.id)
	c.settled(call.id)
	said := ""
	if bool(b.IsError) || call.tool == "Bash" && extra.Kind() != '{' {
		said = contentText(b.Content.of(text))
	}
	by, refused := refusedCall(said)
	if decided, denied := row.denied(); denied {
		by, refused = cmp.Or(by, decided), true
	}
	if refused && bool(b.IsError) {
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

// denied reports whether the row says that its call was not let through, and who
// decided. Its text can be anything.
func (r *claudeRow) denied() (by evidence.Denier, denied bool) {
	switch {
	case r.Decision.ok && r.Decision.v.Decision == "reject":
		if strings.Contains(string(r.Decision.v.Source), "user") {
			return evidence.DeniedByUser, true
		}
		return evidence.DeniedByPolicy, true
	case r.DenialKind != "":
		if strings.HasPrefix(string(r.DenialKind), "user") {
			return evidence.DeniedByUser, true
		}
		return evidence.DeniedByPolicy, true
	}
	return "", false
}

// The parts of a notification about a command in the background.
var (
	notifiedCall   = regexp.MustCompile(`<tool-use-id>([^<]{1,200})</tool-use-id>`)
	notifiedStatus = regexp.MustCompile(`<status>([a-z_]{1,40})</status>`)
	notifiedExit   = regexp.MustCompile(`exit code (\d{1,10})\b`)
)

// notified notes the end of a command that was left in the background, which the
// client tells the model in the words of a message.
func (c *claudeReader) notified(said string, at time.Time) {
	if !strings.HasPrefix(said, "<task-notification>") {
		return
	}
	said = said[:min(len(said), commandline.MaxOutputLine*4)]
	call, status := notifiedCall.FindStringSubmatch(said), notifiedStatus.FindStringSubmatch(said)
	if call != nil && status != nil {
		c.noticed(call[1], status[1], said, at)
	}
}

func (c *claudeReader) noticed(call, status, summary string, at time.Time) {
	h := c.shells[call]
	if h == nil || h.Outcome != evidence.CommandBackground {
		return
	}
	r := result{at: at, failed: status == "failed", succeeded: status == "completed"}
	if m := notifiedExit.FindStringSubmatch(summary); m != nil {
		if n, err := strconv.Atoi(m[1]); err == nil {
			r.exit = &n
		}
	}
	if !r.failed && !r.succeeded {
		r.exit, r.other = nil, true // stopped
	}
	h.Masked = h.line.Masked
	c.end(h, r)
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
	if x.Changes.ok {
		call.command.documents = nil
		c.shellEdits(call, at, x.Changes.v.Files)
	}
	// Cut short by a person or a timeout, or ended with a status that the agent
	// explains away: there is no status to infer.
	r.other = x.Interpretation != "" || bool(x.Interrupted) || x.TimedOut.value != nil
	if x.Git.ok {
		c.commit(string(x.Git.v.Commit.v.SHA))
		c.pullRequest(string(x.Git.v.PR.v.URL))
	}
	return r
}

// shellEdits notes what a shell command changed, with the lines.
func (c *claudeReader) shellEdits(call *claudeCall, at time.Time, files []claudeChange) {
	for i := range files {
		f := &files[i]
		e := evidence.Edit{Path: string(f.Path), Time: at, Subagent: call.subagent, Call: evidence.ClipValid(call.id, maxNameBytes)}
		for _, hunk := range f.Hunks {
			for _, line := range hunk.Lines {
				diffLine(&e, string(line))
			}
		}
		e.Hunks = placed(f.Hunks)
		if f.Created && len(f.Hunks) == 1 {
			e.Hunks, e.Whole = nil, createdLines(f.Hunks[0].Lines)
		}
		c.editBy(call.command, e)
	}
}

// createdLines returns the hashes of all lines of a file that a diff creates.
func createdLines(lines []text) []evidence.LineHash {
	all := []evidence.LineHash{}
	for _, line := range lines {
		if content, ok := strings.CutPrefix(string(line), "+"); ok && len(all) < maxEditLines {
			hash, _ := evidence.HashLine([]byte(content))
			all = append(all, hash)
		}
	}
	return all
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
