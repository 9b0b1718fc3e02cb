package page

import (
	"fmt"
	"slices"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

const (
	// maxStripCells is how finely a strip is drawn, minStripCells how coarsely at
	// least, and stripBudget the cells of all strips of a page.
	maxStripCells = 160
	minStripCells = 20
	stripBudget   = 40_000
	stripHeight   = 14
)

func stripCells(files int) int {
	return min(max(stripBudget/max(files, 1), minStripCells), maxStripCells)
}

// strip shows the added lines of a file from left to right: who wrote most of
// those in a cell above, and whether a test left some of them out below.
type strip struct {
	Cells, Height int
	// One line of strokes for each kind.
	Lines []stroke
}

// stroke is a path of SVG.
type stroke struct{ Class, Path string }

// stripCell counts the lines in a cell.
type stripCell struct {
	by     [4]int // in the order of stripKinds
	missed bool
}

var stripKinds = []evidence.AuthorKind{evidence.AuthorAI, evidence.AuthorHuman, evidence.AuthorUnattested, evidence.AuthorPreexisting}

// most is the index of the kind that has the most lines in the cell, -1 without
// any.
func (c *stripCell) most() int {
	best := -1
	for i, n := range c.by {
		if n > 0 && (best < 0 || n > c.by[best]) {
			best = i
		}
	}
	return best
}

// newStrip draws the lines of a file into cells.
func newStrip(a *evidence.FileAttribution, missed []evidence.LineRange, cells int) *strip {
	if len(a.Parts) == 0 || a.Lines.Added <= 0 {
		return nil
	}
	all := make([]stripCell, cells)
	each := func(from, to int, visit func(c *stripCell, lines int)) {
		for i := max(0, from*cells/a.Lines.Added); i < cells && i*a.Lines.Added < to*cells; i++ {
			first, last := max(from*cells, i*a.Lines.Added), min(to*cells, (i+1)*a.Lines.Added)
			visit(&all[i], last-first)
		}
	}
	done := 0
	for _, p := range a.Parts {
		kind := slices.Index(stripKinds, p.Kind)
		each(done, done+p.Last-p.First+1, func(c *stripCell, lines int) { c.by[max(kind, 0)] += lines })
		for len(missed) > 0 && missed[0].Last < p.First {
			missed = missed[1:]
		}
		for _, m := range missed {
			if m.First > p.Last {
				break
			}
			each(done+max(m.First, p.First)-p.First, done+min(m.Last, p.Last)-p.First+1, func(c *stripCell, _ int) { c.missed = true })
		}
		done += p.Last - p.First + 1
	}
	s := &strip{Cells: cells, Height: stripHeight}
	for i, kind := range stripKinds {
		s.draw(all, "k-"+string(kind), 5, func(c *stripCell) bool { return c.most() == i })
	}
	s.draw(all, "k-missed", stripHeight-2, func(c *stripCell) bool { return c.missed })
	return s
}

// draw adds a line of strokes over the cells for which is holds.
func (s *strip) draw(all []stripCell, class string, y int, is func(*stripCell) bool) {
	line := stroke{Class: class}
	for i := 0; i < len(all); i++ {
		from := i
		for i < len(all) && is(&all[i]) {
			i++
		}
		if i > from {
			line.Path += fmt.Sprintf("M%d %dh%d", from, y, i-from)
		}
	}
	if line.Path != "" {
		s.Lines = append(s.Lines, line)
	}
}
