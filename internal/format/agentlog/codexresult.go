package agentlog

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// The forms in which an exit status stands in an output.
var (
	codexExit    = regexp.MustCompile(`(?m)^(?:Exit code: |Process exited with code )(-?\d{1,10})\s*$`)
	codexRunning = regexp.MustCompile(`(?m)^Process running with session ID (\S+)`)
	codexNested  = regexp.MustCompile(`^Exit code: -?\d{1,10}\nWall time: [\d.]+ seconds\nOutput:\n`)
	codexWall    = regexp.MustCompile(`(?m)^Wall time: ([\d.]+) seconds`)
)

// codexHead is how far the lines before the output itself reach.
const codexHead = 4000

func (c *codexReader) output(p *codexPayload, at time.Time) {
	id := string(p.CallID)
	said, r := codexResult(p.Output)
	r.at = at
	if c.scripts.end(id, said, c.builder) {
		return
	}
	if session, ok := c.stdin[id]; ok {
		delete(c.stdin, id)
		c.resumed(session, r)
		return
	}
	by, refused := codexRefused(said)
	switch {
	case refused:
		r.notRun = true
	case strings.HasPrefix(said, "failed to parse function arguments"), strings.HasPrefix(said, "unsupported call"):
		r.notRun = true
	case strings.HasPrefix(said, "aborted"):
		r.other = true
	}
	if m := codexRunning.FindStringSubmatch(head(said)); m != nil && r.exit == nil {
		if call := c.pending[id]; call != nil && len(c.running) < maxPending {
			c.running[m[1]], c.late[id] = call, call
		}
		r.background = true
	}
	if call := c.pending[id]; call != nil && call.verb == doesPatch && !r.notRun && !call.done {
		end := wasPatched(said, r)
		r.failed, r.succeeded = end == patchFailed, end == patchApplied
	}
	c.returned(id, r, by)
}

// codexRefused reports whether a result says that the call was refused, and by whom.
func codexRefused(said string) (by evidence.Denier, refused bool) {
	switch {
	case strings.HasPrefix(said, "patch rejected") && strings.Contains(said, "sandbox"):
		return evidence.DeniedBySandbox, true
	case strings.HasPrefix(said, "exec command rejected by user"), strings.HasPrefix(said, "rejected by user"), strings.HasPrefix(said, "patch rejected by user"):
		return evidence.DeniedByUser, true
	case strings.HasPrefix(said, "exec_command failed") && strings.Contains(said, "rejected"), strings.HasPrefix(said, "approval required by policy"), strings.HasPrefix(said, "patch rejected"):
		return evidence.DeniedByPolicy, true
	}
	return "", false
}

// patchEnd is what the result of a patch says.
type patchEnd int

// How a patch ended.
const (
	patchUnknown patchEnd = iota
	patchApplied
	patchFailed
)

// wasPatched reads the result of a patch. The status of the call says that the tool
// was called, not that the patch fitted.
func wasPatched(said string, r result) patchEnd {
	switch {
	case r.exit != nil && *r.exit != 0, r.failed:
		return patchFailed
	case r.exit != nil, strings.Contains(head(said), "Success. Updated the following files"):
		return patchApplied
	}
	if saysFailed(said) {
		return patchFailed
	}
	return patchUnknown
}

// saysFailed reports whether the beginning of what an editing tool says tells of a
// failure.
func saysFailed(said string) bool {
	first, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(head(said))), "\n")
	for _, word := range []string{"failed", "error", "rejected", "invalid", "aborted", "denied", "not found", "cannot", "no replacement"} {
		if strings.Contains(first, word) {
			return true
		}
	}
	return false
}

// resumed notes the end of a command that was left running and then waited for.
func (c *codexReader) resumed(session string, r result) {
	call := c.running[session]
	if call == nil || call.command == nil || r.exit == nil {
		return
	}
	delete(c.running, session)
	call.command.Masked = call.command.line.Masked
	c.end(call.command, r)
}

func head(s string) string { return s[:min(len(s), codexHead)] }

// codexResult reads an output: text, a JSON text with metadata, parts, or an
// object.
func codexResult(v jsontext.Value) (string, result) {
	said := ""
	r := result{succeeded: false}
	switch v.Kind() {
	case '"':
		said = unquote(v)
	case '[':
		said = codexContent(v)
	case '{':
		var o struct {
			Content jsontext.Value `json:"content"`
			Success jsontext.Value `json:"success"`
		}
		_ = json.Unmarshal(v, &o, rowOptions) // what could be read stays
		said = codexContent(o.Content)
		r.failed = o.Success.Kind() == 'f'
	}
	if strings.HasPrefix(said, "{") && !deep([]byte(said)) {
		var o struct {
			Output   text `json:"output"`
			Metadata object[struct {
				Exit     integer `json:"exit_code"`
				Duration decimal `json:"duration_seconds"`
			}] `json:"metadata"`
		}
		if json.Unmarshal([]byte(said), &o, rowOptions) == nil && o.Metadata.ok {
			r.exit, r.output, r.duration = o.Metadata.v.Exit.int(), []byte(o.Output), seconds(o.Metadata.v.Duration)
			return string(o.Output), r
		}
	}
	r.output = []byte(said)
	top := head(said)
	if i := strings.Index(top, "Output:\n"); i >= 0 {
		r.output = []byte(said[i+len("Output:\n"):])
		top = top[:i]
	}
	if m := codexNested.FindSubmatch(r.output); m != nil {
		// The result of a patch that was given to the shell.
		top += string(m[0])
		r.output = r.output[len(m[0]):]
	}
	if m := codexExit.FindStringSubmatch(top); m != nil {
		if n, err := strconv.Atoi(m[1]); err == nil {
			r.exit = &n
		}
	}
	if m := codexWall.FindStringSubmatch(top); m != nil {
		if f, err := strconv.ParseFloat(m[1], 64); err == nil {
			r.duration = seconds(decimal{&f})
		}
	}
	if strings.Contains(top, "command timed out after ") && r.exit == nil {
		r.failed = true
	}
	return said, r
}

func seconds(d decimal) time.Duration {
	const year = 365 * 24 * 3600
	if d.value == nil || *d.value < 0 || *d.value > year {
		return 0
	}
	return time.Duration(*d.value * float64(time.Second))
}
