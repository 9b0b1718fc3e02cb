package agentlog

import "github.com/mergebrief/mergebrief/internal/evidence"

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
func (s *rangeSet) merged() []evidence.LineRange { return evidence.UnionRanges(s.list...) }

// lines is the number of different lines.
func (s *rangeSet) lines() int { return evidence.CountLines(s.merged()) }
