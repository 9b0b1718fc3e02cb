package git

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"iter"
	"maps"
	"slices"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// Origins fills in which commit wrote each added line of files, which are those
// of [Repo.Diff] between the same commits. It answers what git blame would:
// every commit of the change is replayed, on all branches that were merged, in
// four git processes however many files there are.
//
// Where the repository lacks a version of a file, as a partial clone or a damaged
// one does, the lines that depend on it have no origin, and the error is a
// [LostOrigins]. Any other error leaves all files without origins.
func (r *Repo) Origins(ctx context.Context, mergeBase, head string, files []evidence.File) error {
	h, err := r.history(ctx, mergeBase, head)
	if err != nil {
		return err
	}
	var paths []string
	for _, f := range files {
		if len(f.Spans) > 0 {
			paths = append(paths, f.Path)
		}
	}
	versions, err := r.versions(ctx, h, paths, nil)
	if evidence.ReasonOf(err, "") == evidence.Unreadable && ctx.Err() == nil {
		missing, missingErr := r.missingBlobs(ctx, h)
		if missingErr != nil || len(missing) == 0 {
			return err
		}
		versions, err = r.versions(ctx, h, paths, missing)
	}
	if err != nil {
		return err
	}
	var without LostOrigins
	each := rewritesEach(len(paths))
	for i := range files {
		f := &files[i]
		at := versions.at(f.Path)
		f.Origins = at.origins(f.Path, f.Spans, h.ids)
		f.Rewrites, f.RewritesOmitted = at.past.list(h.ids, each)
		if evidence.CountLines(f.Spans) != countOrigins(f.Origins) {
			without.Paths = append(without.Paths, f.Path)
		}
	}
	if len(without.Paths) > 0 {
		return &without
	}
	return nil
}

// versions returns the files at the head of h, made without the missing blobs.
func (r *Repo) versions(ctx context.Context, h *history, paths []string, missing map[string]bool) (snapshot, error) {
	// The counts of children are used up.
	again := *h
	again.children = slices.Clone(h.children)
	p, err := r.planFor(ctx, &again, paths, missing)
	if err != nil {
		return nil, err
	}
	return r.replay(ctx, p)
}

// snapshot is the live files of a commit. A file that is not in it is older than
// the change.
type snapshot map[string]file

// file is a version of a file and what became of earlier ones.
type file struct {
	version
	past *past
}

func (s snapshot) at(path string) file {
	if f, ok := s[path]; ok {
		return f
	}
	return file{version: whole(before, path)}
}

// maxPairs is how many pairs of blobs one comparison of trees has: enough for
// the cost of a comparison not to count, few enough for git's memory.
const maxPairs = 16 << 10

// replay carries out the plan, oldest commit first, and returns the versions at
// the head.
func (r *Repo) replay(ctx context.Context, p *plan) (snapshot, error) {
	if len(p.ids) == 0 {
		return nil, nil
	}
	states := make([]snapshot, len(p.ids))
	err := r.hunks(ctx, p.pairs, func(next func() ([]hunk, error)) error {
		s := replayer{plan: p, hunks: next, states: states}
		for i := range slices.Backward(p.ids) {
			if err := s.commit(i); err != nil {
				return err
			}
		}
		return nil
	})
	return states[0], err
}

// pairs yields the blobs that the plan compares, in the order in which they are
// needed.
func (p *plan) pairs(yield func(old, new string) bool) {
	for _, steps := range slices.Backward(p.steps) {
		for _, s := range steps {
			for _, o := range s.from {
				if o.blob != "" && !s.lost && !yield(o.blob, s.blob) {
					return
				}
			}
		}
	}
}

func pairName(n int) string { return fmt.Sprintf("%08d", n) }

// pairTrees writes pairs of trees such that comparing them compares the pairs of
// blobs, in their order. Names that say nothing also keep attributes for paths
// out of it.
func (r *Repo) pairTrees(pairs iter.Seq2[string, string]) ([][2]string, error) {
	var trees [][2]string
	var sides [2][]TreeEntry
	flush := func() error {
		var t [2]string
		for k := range sides {
			id, err := r.objects.writeTree(sides[k])
			if err != nil {
				return err
			}
			t[k], sides[k] = id, sides[k][:0]
		}
		trees = append(trees, t)
		return nil
	}
	n := 0
	for old, new := range pairs {
		sides[0] = append(sides[0], TreeEntry{Path: pairName(n), Blob: old, Mode: modeFile})
		sides[1] = append(sides[1], TreeEntry{Path: pairName(n), Blob: new, Mode: modeFile})
		if n++; n%maxPairs == 0 {
			if err := flush(); err != nil {
				return nil, err
			}
		}
	}
	if len(sides[0]) == 0 {
		return trees, nil
	}
	return trees, flush()
}

// hunks compares pairs of blobs and hands a reader of their hunks to read, which
// calls it once for each pair.
func (r *Repo) hunks(ctx context.Context, pairs iter.Seq2[string, string], read func(next func() ([]hunk, error)) error) error {
	trees, err := r.pairTrees(pairs)
	if err != nil {
		return err
	}
	feed := func(w io.Writer) error {
		for _, t := range trees {
			if _, err := fmt.Fprintln(w, t[0], t[1]); err != nil {
				return err
			}
		}
		return nil
	}
	return r.stream(ctx, feed, func(in *bufio.Reader) error {
		p := pairReader{patch: patchReader{in: in}, trees: trees}
		return read(p.next)
	}, append([]string{"diff-tree", "--stdin", "-r", "-p", "-U0", "--text", "--no-renames"}, pinned...)...)
}

// pairReader reads the hunks of pair after pair.
type pairReader struct {
	patch patchReader
	trees [][2]string
	n     int
}

func (p *pairReader) next() ([]hunk, error) {
	if p.n%maxPairs == 0 {
		line, err := p.patch.next()
		if err != nil {
			return nil, io.ErrUnexpectedEOF
		}
		if t := p.trees[p.n/maxPairs]; string(line) != t[0]+" "+t[1] {
			return nil, fmt.Errorf("%.60q: %w", line, errUnread)
		}
	}
	name, hunks, err := p.patch.file()
	if err != nil {
		return nil, err
	}
	if name != pairName(p.n) {
		return nil, evidence.Errorf(evidence.Unreadable, "patch: section %q where %s is due", name, pairName(p.n))
	}
	p.n++
	return hunks, nil
}

// replayer holds the versions of the commits whose children are not all done.
type replayer struct {
	*plan
	hunks  func() ([]hunk, error)
	states []snapshot
}

// commit makes the snapshot of commit i. All old versions are read before one is
// written: files may have changed places.
func (r *replayer) commit(i int) error {
	made := make([]file, len(r.steps[i]))
	for k, s := range r.steps[i] {
		f, err := r.file(i, s)
		if err != nil {
			return err
		}
		made[k] = f
	}
	next := r.inherit(i)
	for k, s := range r.steps[i] {
		next[s.path] = made[k]
	}
	r.states[i] = next
	return nil
}

// inherit returns the snapshot of the first parent, as a copy if another child
// still needs it, and forgets the parents that nobody needs any more.
func (r *replayer) inherit(i int) snapshot {
	next := snapshot{}
	for k, of := range r.parents[i] {
		if of.index == before {
			continue
		}
		r.children[of.index]--
		last := r.children[of.index] == 0
		if k == 0 && last {
			next = r.states[of.index]
		} else if k == 0 {
			next = maps.Clone(r.states[of.index])
		}
		if last {
			r.states[of.index] = nil
		}
	}
	return next
}

// file makes the file of one step of commit i.
func (r *replayer) file(i int, s step) (file, error) {
	if s.lost {
		return file{version: whole(lost, s.path)}, nil
	}
	if len(s.from) == 0 {
		return file{version: whole(i, s.path)}, nil
	}
	var made file
	parts := make([]version, len(s.from))
	for k, o := range s.from {
		f := file{version: whole(before, o.path)}
		if at := r.parents[i][o.parent].index; at != before {
			f = r.states[at].at(o.path)
		}
		if o.blob == "" {
			return f, nil
		}
		hunks, err := r.hunks()
		if err != nil {
			return file{}, err
		}
		owner := i
		if len(s.from) > 1 {
			owner = nobody
		}
		parts[k] = f.patch(hunks, owner, s.path)
		made.past = made.past.join(f.past)
		if len(r.parents[i]) == 1 {
			made.past = made.past.with(f.rewrites(hunks, i, s.path))
		}
	}
	made.version = parts[0]
	if len(parts) > 1 {
		made.version = overlay(parts, i, s.path)
	}
	return made, nil
}
