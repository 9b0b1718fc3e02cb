package git

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strconv"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// TreeEntry is a file of a tree.
type TreeEntry struct {
	Path string
	// Id of the blob, or of the commit for a submodule.
	Blob string
	// Mode in octal, such as "100644".
	Mode string
}

// Tree yields the files of the commit rev in the order of their paths.
// Iteration ends after the first error.
func (r *Repo) Tree(ctx context.Context, rev string) iter.Seq2[TreeEntry, error] {
	return func(yield func(TreeEntry, error) bool) {
		if err := checkRevision(rev); err != nil {
			yield(TreeEntry{}, err)
			return
		}
		stopped := false
		err := r.stream(ctx, nil, func(in *bufio.Reader) error {
			for {
				e, err := readTreeEntry(in)
				if errors.Is(err, io.EOF) {
					return nil
				}
				if err != nil {
					return err
				}
				if !yield(e, nil) {
					stopped = true
					return errStopped
				}
			}
		}, "ls-tree", "-r", "-z", "--full-tree", "--end-of-options", rev)
		if err != nil && !stopped {
			yield(TreeEntry{}, err)
		}
	}
}

// SameTree reports whether two commits record the same files.
func (r *Repo) SameTree(ctx context.Context, a, b string) (bool, error) {
	var trees [2]string
	for i, rev := range []string{a, b} {
		if err := checkRevision(rev); err != nil {
			return false, err
		}
		out, err := r.ask(ctx, "rev-parse", "--verify", "--quiet", rev+"^{tree}")
		if err != nil {
			return false, err
		}
		trees[i] = out
	}
	return trees[0] == trees[1], nil
}

// maxDiffering bounds the paths that [Repo.Differing] holds, as those of a tree are
// bounded where they are held.
const maxDiffering = 300_000

// Differing returns the paths, ascending, at which two commits do not record the
// same: another blob, mode, link or submodule, or nothing in one of them. A file that
// was renamed differs at both of its paths.
func (r *Repo) Differing(ctx context.Context, a, b string) ([]string, error) {
	if err := errors.Join(checkRevision(a), checkRevision(b)); err != nil {
		return nil, err
	}
	var paths []string
	err := r.stream(ctx, nil, func(in *bufio.Reader) error {
		for {
			path, err := field(in)
			switch {
			case errors.Is(err, io.EOF):
				return nil
			case err != nil:
				return err
			case len(paths) == maxDiffering:
				return evidence.Errorf(evidence.Truncated, "more than %d files differ", maxDiffering)
			}
			paths = append(paths, path)
		}
	}, "diff-tree", "-r", "-z", "--no-renames", "--name-only", "--end-of-options", a, b)
	slices.Sort(paths)
	return paths, err
}

// readTreeEntry reads "<mode> SP <type> SP <id> TAB <path> NUL".
func readTreeEntry(in *bufio.Reader) (TreeEntry, error) {
	record, err := field(in)
	if err != nil {
		return TreeEntry{}, err
	}
	meta, path, ok := strings.Cut(record, "\t")
	parts := strings.Fields(meta)
	if !ok || len(parts) != 3 {
		return TreeEntry{}, evidence.Errorf(evidence.Unreadable, "malformed entry %q", record)
	}
	return TreeEntry{Path: path, Blob: parts[2], Mode: parts[0]}, nil
}

// field reads up to the next NUL. It returns io.EOF at the end and
// io.ErrUnexpectedEOF inside a field.
func field(in *bufio.Reader) (string, error) {
	s, err := in.ReadString(0)
	if errors.Is(err, io.EOF) && s != "" {
		return "", io.ErrUnexpectedEOF
	}
	if err != nil {
		return "", err
	}
	return s[:len(s)-1], nil
}

// Blob returns the content of a file at the commit rev; for a symbolic link, its
// target. A missing file is a Problem with the reason not-found, a file larger
// than limit one with truncated.
func (r *Repo) Blob(ctx context.Context, rev, path string, limit int64) ([]byte, error) {
	if err := checkRevision(rev); err != nil {
		return nil, err
	}
	var data []byte
	err := r.stream(ctx, nil, func(in *bufio.Reader) (err error) {
		data, err = io.ReadAll(io.LimitReader(in, limit+1))
		if int64(len(data)) > limit {
			return evidence.Errorf(evidence.Truncated, "%s: larger than %d bytes", path, limit)
		}
		return err
	}, "cat-file", "blob", rev+":"+path)
	if err != nil {
		return nil, err
	}
	return data, nil
}

// Note is what a notes ref says about a commit.
type Note struct {
	Commit string
	// Id of the note's blob.
	Blob string
	Data []byte
	// Why Data is missing.
	Err error
}

const (
	// maxNotesFanout is the number of directory levels that git's notes code makes
	// for some 16 million notes.
	maxNotesFanout = 3
	// maxNotesBytes bounds the notes on the commits of one change, which are held
	// together. Those of a thousand commits of git-ai's own repository have 55 MB,
	// with whole conversations in them.
	maxNotesBytes = 256 << 20
)

// Notes returns the notes on the commits under ref, such as "refs/notes/ai", in
// the order of commits; commits without a note are left out. A note larger than
// limit, or beyond what is read of all, has an error of its own. A missing ref is
// a Problem with the reason not-found.
func (r *Repo) Notes(ctx context.Context, ref string, commits []string, limit int64) ([]Note, error) {
	tip, err := r.Resolve(ctx, ref)
	if err != nil {
		return nil, err
	}
	var notes []Note
	feed := func(w io.Writer) error {
		for _, c := range commits {
			for level := range maxNotesFanout + 1 {
				fmt.Fprintf(w, "%s:%s\n", tip, fanOut(c, level))
			}
		}
		return nil
	}
	err = r.stream(ctx, feed, func(in *bufio.Reader) error {
		rest := int64(maxNotesBytes)
		for _, c := range commits {
			n, found, err := readNote(in, min(limit, rest))
			if err != nil {
				return err
			}
			rest -= int64(len(n.Data))
			if n.Commit = c; found {
				notes = append(notes, n)
			}
		}
		return nil
	}, "cat-file", "--batch")
	return notes, err
}

// fanOut returns the name of a note whose tree has levels of directories.
func fanOut(commit string, levels int) string {
	var b strings.Builder
	for range levels {
		if len(commit) > 2 {
			b.WriteString(commit[:2] + "/")
			commit = commit[2:]
		}
	}
	return b.String() + commit
}

// readNote reads the answers for one commit, at most one of which is a note.
func readNote(in *bufio.Reader, limit int64) (Note, bool, error) {
	var note Note
	found := false
	for range maxNotesFanout + 1 {
		id, kind, size, err := readHeader(in)
		if err != nil {
			return Note{}, false, err
		}
		if kind == "" {
			continue
		}
		n := Note{Blob: id}
		if kind == "blob" && size <= limit {
			n.Data = make([]byte, size)
			if _, err := io.ReadFull(in, n.Data); err != nil {
				return Note{}, false, io.ErrUnexpectedEOF
			}
		} else {
			n.Err = evidence.Errorf(evidence.Truncated, "note %s: a %s of %d bytes, more than %d are not read", id, kind, size, limit)
			if _, err := io.CopyN(io.Discard, in, size); err != nil {
				return Note{}, false, io.ErrUnexpectedEOF
			}
		}
		if _, err := in.Discard(1); err != nil {
			return Note{}, false, io.ErrUnexpectedEOF
		}
		if !found {
			note, found = n, true
		}
	}
	return note, found, nil
}

// readHeader reads a line of cat-file --batch: "<id> <type> <size>", or "<name>
// missing", for which kind is "".
func readHeader(in *bufio.Reader) (id, kind string, size int64, err error) {
	line, err := in.ReadString('\n')
	if err != nil {
		return "", "", 0, io.ErrUnexpectedEOF
	}
	parts := strings.Fields(line)
	if len(parts) == 2 && parts[1] == "missing" {
		return "", "", 0, nil
	}
	if len(parts) != 3 {
		return "", "", 0, evidence.Errorf(evidence.Unreadable, "unexpected answer %q", strings.TrimSpace(line))
	}
	size, err = strconv.ParseInt(parts[2], 10, 64)
	return parts[0], parts[1], size, err
}
