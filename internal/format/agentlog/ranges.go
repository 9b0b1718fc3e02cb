package agentlog

import (
	"slices"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

const (
	// maxRanges bounds the ranges of one file in one record. The longest list
	// that was measured has some thousands.
	maxRanges = 200_000
	// maxLineNumber bounds a line number: far above any file, far below what
	// sums of lengths could overflow.
	maxLineNumber = 1 << 31
)

// rangeSet collects ranges as records have them: unsorted, overlapping, some
// invalid.
type rangeSet struct {
	list []evidence.LineRange
	// bad counts the ranges that are none, and those over the limit.
	bad int
}

func (s *rangeSet) add(from, to int) {
	if from < 1 || to < from || to > maxLineNumber || len(s.list) >= maxRanges {
		s.bad++
		return
	}
	s.list = append(s.list, evidence.LineRange{First: from, Last: to})
}

// merged returns the ranges ascending and disjoint, touching ones joined.
func (s *rangeSet) merged() []evidence.LineRange {
	slices.SortFunc(s.list, func(a, b evidence.LineRange) int {
		if a.First != b.First {
			return a.First - b.First
		}
		return a.Last - b.Last
	})
	var out []evidence.LineRange
	for _, r := range s.list {
		if n := len(out); n > 0 && r.First <= out[n-1].Last+1 {
			out[n-1].Last = max(out[n-1].Last, r.Last)
			continue
		}
		out = append(out, r)
	}
	return out
}

// lines is the number of different lines.
func (s *rangeSet) lines() int {
	n := 0
	for _, r := range s.merged() {
		n += r.Last - r.First + 1
	}
	return n
}
