package coverage

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/format/lex"
)

const (
	// maxCoverageFiles is the number of files of a report. The largest
	// repositories have some 100,000.
	maxCoverageFiles = 200_000
	// maxCoverageLines is the number of lines of a report, at four bytes each.
	// A report of ten million lines is larger than a file may be.
	maxCoverageLines = 10_000_000
	// maxLine is the largest line number.
	maxLine = 1<<30 - 1
)

// lineSet collects which lines of which files were executed. A line that is
// listed several times was executed when one of them says so.
type lineSet struct {
	files map[string]*fileLines
	total int
	// Lines and files that were left out at a limit.
	omitted int
	// Numbers of reports that state them without listing the lines.
	lines, covered int
}

// fileLines are the lines of a file: number, and in the lowest bit whether it was
// executed.
type fileLines struct {
	lines []uint32
	// Length at which the lines are sorted and joined the next time.
	next int
}

func newLineSet() *lineSet { return &lineSet{files: map[string]*fileLines{}} }

// file returns the lines of the file, nil when there are too many files.
func (s *lineSet) file(path string) *fileLines {
	path = evidence.Clip(path, lex.MaxPathBytes)
	f := s.files[path]
	if f == nil {
		if len(s.files) == maxCoverageFiles {
			s.omitted++
			return nil
		}
		f = &fileLines{next: 1 << 10}
		s.files[strings.Clone(path)] = f
	}
	return f
}

// add notes a line of the file.
func (s *lineSet) add(f *fileLines, line int, executed bool) {
	if f == nil || line < 1 || line > maxLine {
		return
	}
	if s.total >= maxCoverageLines {
		s.omitted++
		return
	}
	f.lines = append(f.lines, lineMark(line, executed))
	s.total++
	if len(f.lines) == f.next {
		s.total -= f.join()
		f.next = max(1<<10, 2*len(f.lines))
	}
}

// lineMark is a line of [fileLines].
func lineMark(line int, executed bool) uint32 {
	n := uint32(line) << 1
	if executed {
		n |= 1
	}
	return n
}

// join sorts the lines, keeps each once, and returns how many that removed.
func (f *fileLines) join() int {
	before := len(f.lines)
	// Executed comes before not executed, so that the first of a line decides.
	slices.SortFunc(f.lines, func(a, b uint32) int { return cmp.Compare(a^1, b^1) })
	f.lines = slices.CompactFunc(f.lines, func(a, b uint32) bool { return a>>1 == b>>1 })
	return before - len(f.lines)
}

// finish returns the coverage, and an error when lines were left out.
func (s *lineSet) finish(format string) evidence.Coverage {
	c := evidence.Coverage{Format: format, Lines: s.lines, Covered: s.covered}
	for _, name := range slices.Sorted(maps.Keys(s.files)) {
		f := s.files[name]
		f.join()
		if len(f.lines) == 0 {
			continue
		}
		fc := evidence.FileCoverage{Path: lex.Path(name)}
		for _, n := range f.lines {
			c.Lines++
			if n&1 == 1 {
				c.Covered++
				fc.Covered = evidence.AppendLine(fc.Covered, int(n>>1))
			} else {
				fc.Missed = evidence.AppendLine(fc.Missed, int(n>>1))
			}
		}
		c.Files = append(c.Files, fc)
		f.lines = nil
	}
	return c
}

// problem is that lines or files were left out.
func (s *lineSet) problem(err error) error {
	if err == nil && s.omitted > 0 {
		return evidence.Errorf(evidence.Truncated, "more than %d lines or %d files; the rest is left out", maxCoverageLines, maxCoverageFiles)
	}
	return err
}

// positive reports whether an execution count is more than zero. Counters
// overflow: counts of twenty digits and negative ones are met.
func positive(count string) bool {
	count = strings.TrimSpace(count)
	return !strings.HasPrefix(count, "-") && strings.ContainsAny(count, "123456789")
}
