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
)

// step says where a commit has one file from, for a file that the commit does
// not simply share with its first parent.
type step struct {
	path string
	// The versions it was made from: none when the commit wrote all of it. One
	// whose blob is the same is the only one.
	from []origin
	blob string
	// One of the blobs, or one that could be where the file is from, is missing.
	lost bool
}

// origin is a file of a parent of a commit.
type origin struct {
	parent int // index among the parents of the commit
	path   string
	blob   string
}

// plan is the steps of each commit, for the files that matter.
//
// It is made from the head backwards, so that only those files are followed that
// end up with added lines. The rules are those of git blame: a file that one
// parent has unchanged is that parent's; then a file that one parent has under
// another name, unchanged; otherwise every parent that has it may claim lines,
// under another name only if it does not have it under this.
type plan struct {
	*history
	steps [][]step
	// Paths that matter, by commit; each is dropped when its commit is done.
	live []map[string]struct{}
	// Blobs that the repository lacks.
	missing map[string]bool
}

// planFor follows the paths back from the first commit of h.
func (r *Repo) planFor(ctx context.Context, h *history, paths []string, missing map[string]bool) (*plan, error) {
	p := &plan{history: h, missing: missing, steps: make([][]step, len(h.ids)), live: make([]map[string]struct{}, len(h.ids))}
	if len(h.ids) == 0 || len(paths) == 0 {
		return p, nil
	}
	p.live[0] = map[string]struct{}{}
	for _, path := range paths {
		p.live[0][path] = struct{}{}
	}
	renames := &renameFinder{repo: r}
	err := r.comparisons(ctx, h, func(in *bufio.Reader) error {
		for i := range h.ids {
			if err := p.follow(ctx, i, in, renames); err != nil {
				return err
			}
		}
		return nil
	})
	if closeErr := renames.close(); err == nil {
		err = closeErr
	}
	return p, err
}

// comparisons has git compare every commit of h with each of its parents.
func (r *Repo) comparisons(ctx context.Context, h *history, read func(*bufio.Reader) error) error {
	feed := func(w io.Writer) error {
		for i, tree := range h.trees {
			for _, of := range h.parents[i] {
				if _, err := fmt.Fprintf(w, "%s %s\n", of.tree, tree); err != nil {
					return err
				}
			}
		}
		return nil
	}
	return r.stream(ctx, feed, read, "diff-tree", "--stdin", "-r", "-z", "--raw", "--no-renames", "--no-abbrev", "--ignore-submodules=none")
}

// comparison is what is of interest in the difference between a parent and a
// commit.
type comparison struct {
	changed map[string]change // by path at the commit, live paths only
	deleted []TreeEntry
}

// follow reads the comparisons of commit i with its parents, makes its steps and
// passes the live paths on.
func (p *plan) follow(ctx context.Context, i int, in *bufio.Reader, renames *renameFinder) error {
	live := p.live[i]
	p.live[i] = nil
	parents := p.parents[i]
	compared := make([]comparison, len(parents))
	for k, of := range parents {
		var err error
		if compared[k], err = readComparison(in, of.tree+" "+p.trees[i], live); err != nil {
			return err
		}
	}
	if len(live) == 0 {
		return nil
	}
	touched := live
	if len(parents) > 0 {
		touched = map[string]struct{}{}
		for _, c := range compared {
			for path := range c.changed {
				touched[path] = struct{}{}
			}
		}
	}
	steps := make([]step, 0, len(touched))
	missing := make([]map[string]TreeEntry, len(parents))
	for _, path := range slices.Sorted(maps.Keys(touched)) {
		steps = append(steps, direct(path, compared, missing))
	}
	for k, wanted := range missing {
		p.loseUnsure(steps, compared[k].deleted, wanted)
		found, err := renames.find(ctx, compared[k].deleted, wanted)
		if err != nil {
			return err
		}
		for s := range steps {
			if from, ok := found[steps[s].path]; ok {
				steps[s].from = append(steps[s].from, origin{k, from.Path, from.Blob})
			}
		}
	}
	for s := range steps {
		steps[s].settle()
		p.loseMissing(&steps[s])
	}
	p.steps[i] = steps
	p.pass(i, live)
	return nil
}

// direct makes the step of a path from the parents that have a file of the same
// type under it. For those that do not have it, it is added to missing.
func direct(path string, compared []comparison, missing []map[string]TreeEntry) step {
	s := step{path: path}
	for k, c := range compared {
		e, differs := c.changed[path]
		if !differs || e.oldBlob == e.blob && e.status == 'M' {
			return step{path: path, from: []origin{{parent: k, path: path}}}
		}
		s.blob = e.blob
		if e.status == 'M' && e.mode != modeCommit {
			s.from = append(s.from, origin{k, path, e.oldBlob})
		}
	}
	for k, c := range compared {
		if e := c.changed[path]; e.status == 'A' && len(c.deleted) > 0 {
			if missing[k] == nil {
				missing[k] = map[string]TreeEntry{}
			}
			missing[k][path] = TreeEntry{Path: path, Blob: e.blob, Mode: e.mode}
		}
	}
	return s
}

// settle puts the origins in the order of the parents, keeps only the first one
// with the same blob as the file, and drops those that repeat another's blob.
func (s *step) settle() {
	slices.SortStableFunc(s.from, func(a, b origin) int { return a.parent - b.parent })
	same := func(o origin) bool { return o.blob == "" || o.blob == s.blob }
	if at := slices.IndexFunc(s.from, same); at >= 0 {
		s.from = s.from[at : at+1]
		s.from[0].blob, s.blob = "", ""
		return
	}
	var kept []origin
	for _, o := range s.from {
		if !slices.ContainsFunc(kept, func(k origin) bool { return k.blob == o.blob }) {
			kept = append(kept, o)
		}
	}
	s.from = kept
}

// pass makes the paths that commit i needs live in its parents.
func (p *plan) pass(i int, live map[string]struct{}) {
	for _, s := range p.steps[i] {
		delete(live, s.path)
	}
	need := make([]map[string]struct{}, len(p.parents[i]))
	if len(need) > 0 {
		need[0] = live
	}
	for _, s := range p.steps[i] {
		for _, o := range s.from {
			if need[o.parent] == nil {
				need[o.parent] = map[string]struct{}{}
			}
			need[o.parent][o.path] = struct{}{}
		}
	}
	for k, of := range p.parents[i] {
		if of.index != before {
			p.live[of.index] = union(p.live[of.index], need[k])
		}
	}
}

// union returns the union of a and b, in the larger of them.
func union(a, b map[string]struct{}) map[string]struct{} {
	if len(a) < len(b) {
		a, b = b, a
	}
	for path := range b {
		a[path] = struct{}{}
	}
	return a
}

// readComparison reads the raw entries after the line header.
func readComparison(in *bufio.Reader, header string, live map[string]struct{}) (comparison, error) {
	line, err := in.ReadString('\n')
	if err != nil {
		return comparison{}, io.ErrUnexpectedEOF
	}
	if strings.TrimSuffix(line, "\n") != header {
		return comparison{}, fmt.Errorf("answer to %.60q where one to %.60q is due: %w", line, header, errUnread)
	}
	c := comparison{changed: map[string]change{}}
	for {
		next, err := in.Peek(1)
		switch {
		case errors.Is(err, io.EOF):
			return c, nil
		case err != nil:
			return comparison{}, err
		case next[0] != ':':
			return c, nil
		}
		e, err := readRaw(in)
		if err != nil {
			return comparison{}, err
		}
		if e.status == 'D' && len(live) > 0 {
			c.deleted = append(c.deleted, TreeEntry{Path: e.path, Blob: e.oldBlob, Mode: e.oldMode})
		} else if _, ok := live[e.path]; ok {
			c.changed[e.path] = e
		}
	}
}
