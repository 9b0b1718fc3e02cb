package ghapi

import (
	"slices"
	"strings"
)

// List is one page of a connection, or several joined.
type List[T any] struct {
	TotalCount int
	PageInfo   struct {
		HasNextPage, HasPreviousPage bool
		EndCursor, StartCursor       string
	}
	Nodes []*T

	// Something of it, or inside of an entry, was lost.
	lost bool
}

// All returns the nodes that GitHub answered. They are all there are only if the
// list is [List.Whole].
func (l List[T]) All() []*T {
	var all []*T
	for _, n := range l.Nodes {
		if n != nil {
			all = append(all, n)
		}
	}
	return all
}

// Whole reports whether GitHub answered every entry with everything that was
// asked of it. A list that was not answered at all, as one that GitHub left out
// because of an error, is not whole.
func (l List[T]) Whole() bool {
	holes := slices.Contains(l.Nodes, nil)
	return l.Nodes != nil && !l.lost && !holes && !l.PageInfo.HasNextPage && !l.PageInfo.HasPreviousPage && len(l.Nodes) >= l.TotalCount
}

func (l *List[T]) lose() { l.lost, l.PageInfo.HasNextPage = true, false }

// extend appends the next page.
func (l *List[T]) extend(next List[T]) {
	l.lost = l.lost || next.lost || next.Nodes == nil
	l.Nodes = append(l.Nodes, next.Nodes...)
	l.PageInfo = next.PageInfo
}

// flaw marks the lists on which a gate may rest, and of which the faults say that
// something is missing.
func (p *Pull) flaw(faults []Fault) {
	for _, list := range []struct {
		path []string
		lose func()
	}{
		{[]string{"reviews"}, p.Reviews.lose},
		{[]string{"reviewThreads"}, p.ReviewThreads.lose},
		{[]string{"labels"}, p.Labels.lose},
		{[]string{"tip", "nodes", "commit", "statusCheckRollup", "contexts"}, func() {
			for _, n := range p.Tip.Nodes {
				if n != nil {
					n.Commit.loseChecks()
				}
			}
		}},
	} {
		if slices.ContainsFunc(faults, func(f Fault) bool { return f.touches(append([]string{"repository", "pullRequest"}, list.path...)) }) {
			list.lose()
		}
	}
}

// flaw marks the checks of a commit that was asked for by itself.
func (c *Commit) flaw(faults []Fault) {
	if slices.ContainsFunc(faults, func(f Fault) bool {
		return f.touches([]string{"repository", "object", "statusCheckRollup", "contexts"})
	}) {
		c.loseChecks()
	}
}

func (c *Commit) loseChecks() {
	if c.StatusCheckRollup == nil {
		c.StatusCheckRollup = &struct{ Contexts List[Check] }{}
	}
	c.StatusCheckRollup.Contexts.lose()
}

// touches reports whether something of what stands at a path, given without the
// numbers of entries, is missing because of the fault: it is at the path, above it
// or below it. A fault that names no path may be anywhere, and a field that the
// server does not know is one wherever the path has it. That one of an entry is not
// known leaves the others to be relied on.
func (f Fault) touches(path []string) bool {
	if f.Type == undefinedField {
		return slices.Contains(path, f.Path)
	}
	at := slices.DeleteFunc(strings.FieldsFunc(f.Path, func(r rune) bool { return r == '.' }), isNumber)
	n := min(len(at), len(path))
	return slices.Equal(at[:n], path[:n])
}

func isNumber(s string) bool { return strings.Trim(s, "0123456789") == "" }
