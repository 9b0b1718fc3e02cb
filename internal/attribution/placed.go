package attribution

import (
	"cmp"
	"slices"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// placed are lines of a file as a commit wrote them, of which a claim at the head
// says who wrote them.
type placed struct {
	evidence.LineRange
	kind    evidence.AuthorKind
	session string
}

// place says of the lines that are still there who wrote them where they came
// from: transcripts claim lines at the head, and the history knows the commit and
// the line of each.
func (c *claims) place(files []evidence.FileAttribution) {
	c.placed = map[fileAt][]placed{}
	for _, f := range files {
		for i := range f.Parts {
			p := &f.Parts[i]
			if p.OriginLine == 0 || p.Commit == "" || !p.Method.FromTranscript() {
				continue
			}
			at := fileAt{p.Commit, p.OriginPath}
			c.placed[at] = append(c.placed[at], placed{
				LineRange: evidence.LineRange{First: p.OriginLine, Last: p.OriginLine + p.Last - p.First}, kind: p.Kind, session: p.Session,
			})
		}
	}
	for _, list := range c.placed {
		slices.SortFunc(list, func(a, b placed) int { return cmp.Compare(a.First, b.First) })
	}
}

// around returns who wrote a line that is not there any more: the session that
// wrote the next line above and the next one below, as far as they are left, in
// the same commit. A line at the edge of what is left may have been somebody
// else's.
func (c *claims) around(commit, path string, line int) (evidence.Attestation, bool) {
	list := c.placed[fileAt{commit, path}]
	at, found := slices.BinarySearchFunc(list, line, func(p placed, line int) int {
		switch {
		case p.Last < line:
			return -1
		case p.First > line:
			return 1
		}
		return 0
	})
	if found {
		return evidence.Attestation{Kind: list[at].kind, Session: list[at].session}, true
	}
	if at == 0 || at == len(list) {
		return evidence.Attestation{}, false
	}
	above, below := list[at-1], list[at]
	if above.kind != below.kind || above.session != below.session || c.others(commit, path, above.Last+1, below.First-1) {
		return evidence.Attestation{}, false
	}
	return evidence.Attestation{Kind: above.kind, Session: above.session}, true
}

// others reports whether lines in between are left that nobody claims.
func (c *claims) others(commit, path string, first, last int) bool {
	for _, r := range c.left[fileAt{commit, path}] {
		if r.First <= last && r.Last >= first {
			return true
		}
	}
	return false
}
