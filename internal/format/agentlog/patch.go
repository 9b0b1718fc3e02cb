package agentlog

import (
	"strings"
	"time"

	"github.com/mergebrief/mergebrief/internal/commandline"
	"github.com/mergebrief/mergebrief/internal/evidence"
)

// The patch form of Codex and its like: no line numbers, files by headings.
const (
	patchAdd    = "*** Add File: "
	patchUpdate = "*** Update File: "
	patchDelete = "*** Delete File: "
	patchMove   = "*** Move to: "
)

// patch notes the edits of every patch in text, which may be a command line with
// the patch in a heredoc.
func (b *builder) patch(text string, at time.Time, subagent bool, call string) {
	for _, e := range patchEdits(text) {
		e.Time, e.Subagent, e.Call = at, subagent, evidence.ClipValid(call, maxNameBytes)
		b.edit(e)
	}
}

// patchEdits returns one edit for each file of the patches in text.
func patchEdits(text string) []evidence.Edit {
	var out []evidence.Edit
	var cur *evidence.Edit
	inside := false
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		switch {
		case strings.HasSuffix(line, commandline.PatchBegin):
			inside = true
		case !inside:
		case strings.HasPrefix(line, commandline.PatchEnd):
			inside, cur = false, nil
		default:
			cur = patchLine(line, &out, cur)
		}
		if len(out) >= maxEdits {
			break
		}
	}
	return out
}

func patchLine(line string, out *[]evidence.Edit, cur *evidence.Edit) *evidence.Edit {
	for _, heading := range []string{patchAdd, patchUpdate, patchDelete} {
		if path, ok := strings.CutPrefix(line, heading); ok {
			*out = append(*out, evidence.Edit{Path: strings.TrimSpace(path)})
			added := &(*out)[len(*out)-1]
			if heading == patchAdd {
				added.Whole = []evidence.LineHash{}
			}
			return added
		}
	}
	if cur == nil {
		return nil
	}
	if path, ok := strings.CutPrefix(line, patchMove); ok {
		cur.Path = strings.TrimSpace(path)
		return cur
	}
	diffLine(cur, line)
	if content, ok := strings.CutPrefix(line, "+"); ok && cur.Whole != nil {
		hash, _ := evidence.HashLine([]byte(content))
		cur.Whole = append(cur.Whole, hash)
		if len(cur.Whole) > maxEditLines {
			cur.Whole = nil // a part would pass for all of it
		}
	}
	return cur
}

// diffLine adds one line of a diff to an edit.
func diffLine(e *evidence.Edit, line string) {
	if line == "" {
		return
	}
	switch line[0] {
	case '+':
		e.Added++
		if h, ok := evidence.HashLine([]byte(line[1:])); ok && len(e.Lines) < maxEditLines {
			e.Lines = append(e.Lines, h)
		}
	case '-':
		e.Removed++
	}
}

// unifiedEdits returns one edit for each file of a diff as git prints it.
func unifiedEdits(diff string) []evidence.Edit {
	var out []evidence.Edit
	header := true
	for line := range strings.Lines(diff) {
		line = strings.TrimRight(line, "\r\n")
		switch {
		case strings.HasPrefix(line, "diff --git "):
			if len(out) >= maxEdits {
				return out
			}
			header = true
			out = append(out, evidence.Edit{Path: gitPath(line)})
		case len(out) == 0:
		case strings.HasPrefix(line, "@@ "):
			header = false
		case header:
			if p, ok := strings.CutPrefix(line, "+++ b/"); ok {
				out[len(out)-1].Path = p
			}
		default:
			diffLine(&out[len(out)-1], line)
		}
	}
	return out
}

// gitPath returns the second path of a "diff --git a/x b/x" line.
func gitPath(line string) string {
	if i := strings.LastIndex(line, " b/"); i >= 0 {
		return line[i+len(" b/"):]
	}
	return strings.TrimPrefix(line, "diff --git ")
}
