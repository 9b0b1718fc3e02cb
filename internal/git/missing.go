package git

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// LostOrigins is the error of [Repo.Origins] when the origins of some lines
// cannot be told because versions of their files are missing. The origins of all
// other lines are as good as ever.
type LostOrigins struct {
	// The files that have such lines.
	Paths []string
}

func (e *LostOrigins) Error() string {
	return fmt.Sprintf("versions of %d files are missing in the repository, first of %s: the origins of some of their lines are not known", len(e.Paths), e.Paths[0])
}

// missingBlobs returns the blobs that a comparison of commits of h would need
// and that are not here.
func (r *Repo) missingBlobs(ctx context.Context, h *history) (map[string]bool, error) {
	blobs := map[string]bool{}
	err := r.comparisons(ctx, h, func(in *bufio.Reader) error {
		for {
			next, err := in.Peek(1)
			if errors.Is(err, io.EOF) {
				return nil
			}
			if err != nil {
				return err
			}
			if next[0] != ':' {
				if _, err := in.ReadString('\n'); err != nil {
					return io.ErrUnexpectedEOF
				}
				continue
			}
			e, err := readRaw(in)
			if err != nil {
				return err
			}
			if e.oldMode != modeCommit {
				blobs[e.oldBlob] = true
			}
			if e.mode != modeCommit {
				blobs[e.blob] = true
			}
		}
	})
	if err != nil {
		return nil, err
	}
	delete(blobs, strings.Repeat("0", len(r.empty)))
	return r.absent(ctx, slices.Sorted(maps.Keys(blobs)))
}

// absent returns which of the objects are not here.
func (r *Repo) absent(ctx context.Context, ids []string) (map[string]bool, error) {
	missing := map[string]bool{}
	feed := func(w io.Writer) error {
		for _, id := range ids {
			if _, err := fmt.Fprintln(w, id); err != nil {
				return err
			}
		}
		return nil
	}
	err := r.stream(ctx, feed, func(in *bufio.Reader) error {
		for _, id := range ids {
			_, kind, _, err := readHeader(in)
			if err != nil {
				return err
			}
			if kind == "" {
				missing[id] = true
			}
		}
		return nil
	}, "cat-file", "--batch-check")
	return missing, err
}

// loseUnsure takes the files that cannot be compared out of wanted, and gives up
// the steps of those that a deleted file that is missing may have become.
func (p *plan) loseUnsure(steps []step, deleted []TreeEntry, wanted map[string]TreeEntry) {
	if len(p.missing) == 0 || len(wanted) == 0 {
		return
	}
	unsure := slices.ContainsFunc(deleted, func(e TreeEntry) bool { return isRegular(e.Mode) && p.missing[e.Blob] })
	same := byContent(deleted)
	for i := range steps {
		w, ok := wanted[steps[i].path]
		if !ok || len(same[contentOf(w)]) > 0 {
			continue // not changed: nothing to compare
		}
		if unsure || p.missing[w.Blob] {
			steps[i].lost = true
			delete(wanted, w.Path)
		}
	}
}

// loseMissing gives up a step whose versions cannot be compared.
func (p *plan) loseMissing(s *step) {
	if len(s.from) == 1 && s.from[0].blob == "" {
		s.lost = false // taken from a parent as it is
		return
	}
	s.lost = s.lost || len(s.from) > 0 && p.missing[s.blob]
	for _, o := range s.from {
		s.lost = s.lost || p.missing[o.blob]
	}
}

func countOrigins(origins []evidence.LineOrigin) int {
	n := 0
	for _, o := range origins {
		n += o.Last - o.First + 1
	}
	return n
}
