package git

import (
	"bufio"
	"context"
	"errors"
	"io"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// LineMaps tells where the lines of the commit from are in the commit to, for
// each file that is not the same in both: what a squash, a rebase or a force
// push made of a change.
func (r *Repo) LineMaps(ctx context.Context, from, to string) ([]evidence.LineMap, error) {
	for _, rev := range []string{from, to} {
		if err := checkRevision(rev); err != nil {
			return nil, err
		}
	}
	var changes []change
	err := r.stream(ctx, nil, func(in *bufio.Reader) error {
		for {
			if _, err := in.Peek(1); errors.Is(err, io.EOF) {
				return nil
			} else if err != nil {
				return err
			}
			c, err := readRaw(in)
			if err != nil {
				return err
			}
			changes = append(changes, c)
		}
	}, "diff-tree", "-r", "-z", "--raw", "-M", renameLimit, "--no-abbrev", "--ignore-submodules=none", "--end-of-options", from, to)
	if err != nil {
		return nil, err
	}
	var maps []evidence.LineMap
	edited := func(c change) bool {
		return (c.status == 'M' || c.status == 'R') && c.oldBlob != c.blob && c.mode != modeCommit
	}
	pairs := func(yield func(old, new string) bool) {
		for _, c := range changes {
			if edited(c) && !yield(c.oldBlob, c.blob) {
				return
			}
		}
	}
	err = r.hunks(ctx, pairs, func(next func() ([]hunk, error)) error {
		for _, c := range changes {
			m := evidence.LineMap{OldPath: c.oldPath, Path: c.path}
			switch {
			case c.status == 'A':
				continue
			case c.status == 'D' || c.status == 'T' || c.mode == modeCommit:
				m.Path = ""
			case edited(c):
				hunks, err := next()
				if err != nil {
					return err
				}
				for _, h := range hunks {
					m.Hunks = append(m.Hunks, evidence.LineHunk{OldFirst: h.oldLine, OldCount: h.oldCount, First: h.newLine, Count: h.newCount})
				}
			}
			maps = append(maps, m)
		}
		return nil
	})
	return maps, err
}

// PatchID returns git's stable patch id of the difference between two commits:
// equal for a change and its squash or rebase, wherever it was put. It is empty
// when nothing differs.
func (r *Repo) PatchID(ctx context.Context, from, to string) (string, error) {
	return r.patchID(ctx, from, to, "-U3")
}

// LinesID is [Repo.PatchID] without the lines around the changes: it is equal, too,
// where those are others because the base had moved on.
func (r *Repo) LinesID(ctx context.Context, from, to string) (string, error) {
	return r.patchID(ctx, from, to, "-U0")
}

func (r *Repo) patchID(ctx context.Context, from, to, around string) (string, error) {
	for _, rev := range []string{from, to} {
		if err := checkRevision(rev); err != nil {
			return "", err
		}
	}
	patch := append([]string{"diff-tree", "-r", "-p", around, "-M", renameLimit}, pinned...)
	feed := func(w io.Writer) error {
		return r.stream(ctx, nil, func(in *bufio.Reader) error {
			_, err := io.Copy(w, in)
			return err
		}, append(patch, "--end-of-options", from, to)...)
	}
	var answer []byte
	err := r.stream(ctx, feed, func(in *bufio.Reader) (err error) {
		answer, err = io.ReadAll(in)
		return err
	}, "patch-id", "--stable")
	id, _, _ := strings.Cut(strings.TrimSpace(string(answer)), " ")
	return id, err
}
