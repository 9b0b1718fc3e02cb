package comment

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/render/text"
)

// span returns a place in a file, linked to the head where the repository is
// known.
func (v *view) span(s evidence.Span) string {
	return v.place(s.Path, text.LineSuffix(s), text.LineFragment(s))
}

// place returns a path with what follows it, which is never cut. Only files of
// the change are linked: other paths need not exist.
func (v *view) place(path, suffix, fragment string) string {
	shown := text.Code(evidence.ClipMiddle(text.Clean(path), text.MaxName-len(suffix))+suffix, text.MaxName)
	f := v.Files[path]
	if f == nil || f.Status == evidence.FileDeleted {
		return shown
	}
	if url := v.inDiff(path, fragment); url != "" {
		return "[" + shown + "](" + url + ")"
	}
	if url := v.Blob(path, fragment); url != "" {
		return "[" + shown + "](" + url + ")"
	}
	return shown
}

// inDiff returns the address of lines in the diff of the pull request, where a
// reviewer can comment on them; "" where there is none. GitHub names files there
// by a digest of their path, and lines after the change by R.
func (v *view) inDiff(path, fragment string) string {
	t := v.Record.Target
	base := text.Address(t.Repository.URL())
	if base == "" || t.PullRequest == 0 {
		return ""
	}
	sum := sha256.Sum256([]byte(path))
	return base + "/pull/" + strconv.Itoa(t.PullRequest) + "/files#diff-" + hex.EncodeToString(sum[:]) + strings.ReplaceAll(strings.TrimPrefix(fragment, "#"), "L", "R")
}
