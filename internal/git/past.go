package git

import (
	"slices"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

const (
	// maxRewrites bounds the rewrites that a file lists. A file that is rewritten
	// more often in one change is a generated one.
	maxRewrites = 500
	// maxAllRewrites bounds those of all files, which make 200 bytes of a record
	// each; every file may list minRewrites.
	maxAllRewrites = 20_000
	minRewrites    = 5
)

// rewritesEach is how many rewrites each of n files may list.
func rewritesEach(n int) int {
	return max(minRewrites, min(maxRewrites, maxAllRewrites/max(n, 1)))
}

// past is the rewrites in the history of a file. Branches share what lies before
// they parted.
type past struct {
	rewrites []rewrite
	before   []*past
}

// with returns p and the rewrites after it.
func (p *past) with(rewrites []rewrite) *past {
	if len(rewrites) == 0 {
		return p
	}
	next := &past{rewrites: rewrites}
	if p != nil {
		next.before = []*past{p}
	}
	return next
}

// join returns the past of a file that comes from two.
func (p *past) join(q *past) *past {
	switch {
	case p == nil || p == q:
		return q
	case q == nil:
		return p
	}
	return &past{before: []*past{p, q}}
}

// list returns the rewrites, the oldest first, each once, at most limit, and the
// number of those beyond it.
func (p *past) list(ids []string, limit int) (list []evidence.Rewrite, omitted int) {
	var all []rewrite
	seen := map[*past]bool{nil: true}
	for todo := []*past{p}; len(todo) > 0; {
		next := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if seen[next] {
			continue
		}
		seen[next] = true
		all = append(all, next.rewrites...)
		todo = append(todo, next.before...)
	}
	// A history has children before their parents.
	slices.SortStableFunc(all, func(a, b rewrite) int { return b.owner - a.owner })
	for _, x := range all[:min(len(all), limit)] {
		list = append(list, x.evidence(ids))
	}
	return list, len(all) - len(list)
}

func (x rewrite) evidence(ids []string) evidence.Rewrite {
	written := func(r run) evidence.WrittenLines {
		return evidence.WrittenLines{Commit: ids[r.owner], Path: r.path, Line: r.line, Count: r.count}
	}
	e := evidence.Rewrite{Commit: ids[x.owner], Path: x.path, First: x.newLine, Count: x.newCount}
	for _, r := range x.removed {
		e.Removed = append(e.Removed, written(r))
	}
	for _, side := range []struct {
		line *run
		to   **evidence.WrittenLines
	}{{x.above, &e.Above}, {x.below, &e.Below}} {
		if side.line != nil {
			w := written(*side.line)
			*side.to = &w
		}
	}
	return e
}
