package lex

import (
	"io"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// maxOnChange is the number of results, or of cases of one kind, that are kept
// because they may be on lines of the change, whatever else a file lists. A change
// with more of them is not read one by one; they are counted.
const maxOnChange = 20_000

// OfChange returns a reader for the decoders that tells them what the change
// touches, which is asked for only when a list is cut. May be nil.
func OfChange(r io.Reader, touched func() *evidence.Touched) io.Reader {
	if touched == nil {
		return r
	}
	return ofChange{r, touched}
}

type ofChange struct {
	io.Reader
	touched func() *evidence.Touched
}

// Cut decides what stays of a list that is too long.
type Cut struct {
	source io.Reader
	asked  bool
	lines  *evidence.Touched
	kept   int
}

// NewCut is the cut of a list that is read from r.
func NewCut(r io.Reader) Cut { return Cut{source: r} }

// Matters reports whether something at a place is kept at any length of the list.
func (c *Cut) Matters(path string, first, last int) bool {
	if !c.asked {
		c.asked = true
		if of, ok := c.source.(ofChange); ok {
			c.lines = of.touched()
		}
	}
	return c.lines.May(path, first, last)
}

// Knows reports whether there is a change to ask about.
func (c *Cut) Knows() bool {
	_, is := c.source.(ofChange)
	return is
}

// Room is matters for what is behind the limit of what is held.
func (c *Cut) Room(path string, first, last int) bool {
	if c.kept == maxOnChange || !c.Matters(path, first, last) {
		return false
	}
	c.kept++
	return true
}

// Shorten returns all that matters and the first of the rest, in their order, and
// the number of those that were left out.
func Shorten[T any](all []T, most int, matters func(*T) bool) (kept []T, omitted int) {
	if len(all) <= most {
		return all, 0
	}
	rest := 0
	for i := range all {
		if matters(&all[i]) {
			kept = append(kept, all[i])
		} else if rest++; rest <= most {
			kept = append(kept, all[i])
		}
	}
	return kept, len(all) - len(kept)
}
