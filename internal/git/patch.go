package git

import (
	"bufio"
	"bytes"
	"context"
	"io"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// LineKind is what a line of a patch is.
type LineKind byte

// The kinds of lines of a patch.
const (
	// HunkStart opens a hunk; its text is what the header quotes of the file.
	HunkStart LineKind = '@'
	// Kept, Added and Removed lines, marked as in the patch.
	Kept    LineKind = ' '
	Added   LineKind = '+'
	Removed LineKind = '-'
	// NoLineEnd says that the line before is the last one and has no end.
	NoLineEnd LineKind = '\\'
)

// PatchLine is a line of a patch.
type PatchLine struct {
	// Path of the file at the head, before the change for one that was deleted.
	Path string
	Kind LineKind
	// Numbers of the line before and after the change; for the start of a hunk
	// those of its first line. 0 where the line does not exist.
	Old, New int
	// What the line says, as bytes of the file without the line feed. It is valid
	// until the next line.
	Text []byte
}

// Patch yields the lines of what changed between two commits, file by file, in
// the hunks that [Repo.Diff] counts: an added line has the same number in both.
// Files without lines, such as binary ones, are not in it.
func (r *Repo) Patch(ctx context.Context, mergeBase, head string, yield func(PatchLine)) error {
	for _, rev := range []string{mergeBase, head} {
		if err := checkRevision(rev); err != nil {
			return err
		}
	}
	args := append([]string{"diff-tree", "-r", "-z", "--raw", "-p", "-U3", "-M", renameLimit}, pinned...)
	return r.stream(ctx, nil, func(in *bufio.Reader) error {
		return readPatchLines(in, yield)
	}, append(args, "--end-of-options", mergeBase, head)...)
}

// readPatchLines reads the raw entries and the patch that one git diff-tree -z
// prints, in this order.
func readPatchLines(in *bufio.Reader, yield func(PatchLine)) error {
	var paths []string // by section
	for {
		if c, err := in.Peek(1); err != nil || c[0] != ':' {
			break
		}
		c, err := readRaw(in)
		if err != nil {
			return err
		}
		for range sectionsOf(c) {
			paths = append(paths, c.path)
		}
	}
	if len(paths) == 0 {
		return nil
	}
	if c, err := in.ReadByte(); err != nil || c != 0 {
		return io.ErrUnexpectedEOF
	}
	t := teller{paths: paths, yield: yield}
	shape := newCondenser(in, func(section, number int, content []byte) { t.tell(section, Added, content) })
	shape.removed = func(section int, content []byte) { t.tell(section, Removed, content) }
	shape.context = func(section int, content []byte) { t.tell(section, Kept, content) }
	shape.unended = func(section int) { t.tell(section, NoLineEnd, nil) }
	shape.begin = func(section int, h hunk, heading []byte) {
		t.old, t.new = h.oldLine, h.newLine
		t.tell(section, HunkStart, heading)
	}
	if _, err := io.Copy(io.Discard, shape); err != nil {
		return err
	}
	if shape.section != len(paths)-1 {
		return evidence.Errorf(evidence.Unreadable, "the patch has %d sections, the list of files %d", shape.section+1, len(paths))
	}
	return nil
}

// teller numbers the lines of hunks.
type teller struct {
	paths    []string
	yield    func(PatchLine)
	old, new int // of the next line
}

func (t *teller) tell(section int, kind LineKind, text []byte) {
	if section < 0 || section >= len(t.paths) {
		return
	}
	l := PatchLine{Path: t.paths[section], Kind: kind, Text: text}
	if kind != Added && kind != NoLineEnd {
		l.Old = t.old
	}
	if kind != Removed && kind != NoLineEnd {
		l.New = t.new
	}
	t.yield(l)
	if kind == Kept || kind == Removed {
		t.old++
	}
	if kind == Kept || kind == Added {
		t.new++
	}
}

// heading returns what stands behind the ranges of a hunk's header: a line of the
// file that git takes for the beginning of a function or section.
func heading(header []byte) []byte {
	_, rest, _ := bytes.Cut(header[min(len(header), len("@@ ")):], []byte("@@"))
	return bytes.TrimPrefix(rest, []byte(" "))
}
