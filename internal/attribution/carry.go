package attribution

import (
	"github.com/mergebrief/mergebrief/internal/evidence"
)

// Carry returns what a says about the same lines in another commit, to which
// maps lead: the commit that a squash or rebase made, or the head after a force
// push. A file without a map is the same there. Lines that are not there any
// more are left out, so that the number of carried lines is Lines.Added of the
// result; lines that only the other commit has are none of a's business.
func Carry(a evidence.Attribution, maps []evidence.LineMap) evidence.Attribution {
	byPath := map[string]evidence.LineMap{}
	for _, m := range maps {
		byPath[m.OldPath] = m
	}
	var out evidence.Attribution
	for _, f := range a.Files {
		m, moved := byPath[f.Path]
		if !moved {
			m = evidence.LineMap{OldPath: f.Path, Path: f.Path}
		}
		if m.Path == "" {
			continue
		}
		carried := evidence.FileAttribution{Path: m.Path}
		for _, p := range f.Parts {
			for _, q := range carryPart(p, m.Hunks) {
				count(&carried.Lines, q)
				carried.Parts = appendPart(carried.Parts, q)
			}
		}
		if len(carried.Parts) > 0 {
			add(&out.Lines, carried.Lines)
			out.Files = append(out.Files, carried)
		}
	}
	return out
}

// carryPart returns the pieces of p between the hunks, in the new numbers.
func carryPart(p evidence.AttributedRange, hunks []evidence.LineHunk) []evidence.AttributedRange {
	var out []evidence.AttributedRange
	piece := func(first, last, shift int) {
		if first > last {
			return
		}
		q := p
		q.First, q.Last = first+shift, last+shift
		if p.OriginLine > 0 {
			q.OriginLine = p.OriginLine + first - p.First
		}
		out = append(out, q)
	}
	at, shift := p.First, 0
	for _, h := range hunks {
		kept := h.OldFirst - 1 // last line before the hunk
		if h.OldCount == 0 {
			kept = h.OldFirst
		}
		if kept >= p.Last {
			break
		}
		piece(at, kept, shift)
		at = max(at, kept+h.OldCount+1)
		shift += h.Count - h.OldCount
	}
	piece(at, p.Last, shift)
	return out
}
