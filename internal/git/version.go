package git

import (
	"math"
	"slices"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// A version is the lines of one file in one commit, as runs that each come from
// one place. The last run is endless, so that nobody needs to know how long a
// file is: a file that a commit adds is one run. Versions are not changed once
// made.
type version []run

// run is a run of lines that one commit wrote, one after the other in one file.
type run struct {
	count int
	owner int // index of the commit in its history, or one of the below
	path  string
	line  int // line of the first at the owner
}

const (
	// endless is the length of the last run.
	endless = math.MaxInt
	// before owns the lines that are older than the change. Path and line are
	// those in a commit just before it.
	before = -1
	// nobody owns lines that a merge has otherwise than one of its parents.
	nobody = -2
	// lost owns lines of which the repository lacks what it takes to tell.
	lost = -3
)

func whole(owner int, path string) version {
	return version{{count: endless, owner: owner, path: path, line: 1}}
}

// hunk replaces oldCount lines from oldLine on by newCount lines that stand at
// newLine. With oldCount 0, lines are inserted after oldLine.
type hunk struct{ oldLine, oldCount, newLine, newCount int }

// patch returns what the hunks make of v, where owner wrote what they add to
// path.
func (v version) patch(hunks []hunk, owner int, path string) version {
	out := make(version, 0, len(v)+2*len(hunks))
	in := cursor{version: v}
	at := 1 // line of v that the cursor is at
	for _, h := range hunks {
		upTo := h.oldLine
		if h.oldCount == 0 {
			upTo++
		}
		out = in.copy(out, upTo-at)
		in.skip(h.oldCount)
		at = upTo + h.oldCount
		if h.newCount > 0 {
			out = out.add(run{h.newCount, owner, path, h.newLine})
		}
	}
	return in.copy(out, endless)
}

// written reports whether the change wrote any of the lines.
func (v version) written() bool {
	return slices.ContainsFunc(v, func(r run) bool { return r.owner >= 0 })
}

// rewrite is what a hunk does to lines that the change had written.
type rewrite struct {
	owner int
	path  string
	hunk
	removed      []run
	above, below *run
}

// rewrites lists the hunks that take away lines that the change had written, or
// add some between two such lines.
func (v version) rewrites(hunks []hunk, owner int, path string) []rewrite {
	if !v.written() {
		return nil
	}
	var all []rewrite
	in := cursor{version: v}
	at := 1
	for _, h := range hunks {
		x := rewrite{owner: owner, path: path, hunk: h}
		if h.oldCount > 0 {
			in.skip(h.oldLine - at)
			for _, r := range in.copy(nil, h.oldCount) {
				if r.owner >= 0 {
					x.removed = append(x.removed, r)
				}
			}
			at = h.oldLine + h.oldCount
		} else if h.oldLine > 0 {
			in.skip(h.oldLine - at)
			around := in
			x.above, x.below = around.one(), around.one()
			in.skip(1)
			at = h.oldLine + 1
		}
		if len(x.removed) > 0 || x.above != nil && x.below != nil {
			all = append(all, x)
		}
	}
	return all
}

// one returns the line at the cursor, if the change wrote it, and moves behind
// it. Behind the end of a file that the change added it returns one line more
// than there is.
func (c *cursor) one() *run {
	r := c.peek()
	c.skip(1)
	if r.owner < 0 {
		return nil
	}
	r.count = 1
	return &r
}

// add appends r, to the last run if it continues that.
func (v version) add(r run) version {
	if n := len(v); n > 0 {
		last := &v[n-1]
		continues := last.owner == r.owner && (r.owner == nobody || last.path == r.path && last.line+last.count == r.line)
		if continues {
			last.count = sum(last.count, r.count)
			return v
		}
	}
	return append(v, r)
}

func sum(a, b int) int {
	if a == endless || b == endless {
		return endless
	}
	return a + b
}

// cursor is a place in a version.
type cursor struct {
	version version
	index   int
	used    int // lines of the run at index that lie behind
}

// peek returns what is left of the run at the cursor.
func (c *cursor) peek() run {
	r := c.version[c.index]
	if r.count != endless {
		r.count -= c.used
	}
	r.line += c.used
	return r
}

// skip moves the cursor by n lines.
func (c *cursor) skip(n int) {
	for n > 0 {
		r := c.peek()
		if r.count > n {
			c.used += n
			return
		}
		n -= r.count
		c.index, c.used = c.index+1, 0
	}
}

// copy appends the next n lines to out and moves behind them.
func (c *cursor) copy(out version, n int) version {
	for n > 0 {
		r := c.peek()
		if r.count == endless && n == endless {
			return out.add(r)
		}
		r.count = min(r.count, n)
		out = out.add(r)
		c.skip(r.count)
		if n != endless {
			n -= r.count
		}
	}
	return out
}

// overlay joins what a merge has from each of its parents. A line is the first
// parent's that has it, and the merge's own when none has.
func overlay(parents []version, owner int, path string) version {
	var out version
	cursors := make([]cursor, len(parents))
	for i, v := range parents {
		cursors[i].version = v
	}
	for line := 1; ; {
		next := run{count: endless, owner: owner, path: path, line: line}
		found := false
		for i := range cursors {
			r := cursors[i].peek()
			length := min(next.count, r.count)
			if !found && r.owner != nobody {
				next, found = r, true
			}
			next.count = length
		}
		out = out.add(next)
		if next.count == endless {
			return out
		}
		for i := range cursors {
			cursors[i].skip(next.count)
		}
		line += next.count
	}
}

// origins looks up the lines of the spans, which ascend. Those that are lost
// have none.
func (v version) origins(file string, spans []evidence.LineRange, ids []string) []evidence.LineOrigin {
	var all []evidence.LineOrigin
	in := cursor{version: v}
	at := 1
	for _, s := range spans {
		in.skip(s.First - at)
		for at = s.First; at <= s.Last; {
			r := in.peek()
			count := min(r.count, s.Last-at+1)
			if r.owner == lost {
				in.skip(count)
				at += count
				continue
			}
			o := evidence.LineOrigin{LineRange: evidence.LineRange{First: at, Last: at + count - 1}, Line: r.line}
			if r.owner != before {
				o.Commit = ids[r.owner]
			}
			if r.path != file {
				o.Path = r.path
			}
			all = append(all, o)
			in.skip(count)
			at += count
		}
	}
	return all
}
