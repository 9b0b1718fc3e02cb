package coverage

import (
	"io"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/format/lex"
)

// DetectLLVMCov knows the output of llvm-cov export by its files and their
// segments or summaries.
func DetectLLVMCov(_ string, head []byte) bool {
	return lex.ShapeOf(head, "data", "filename").Any("data[].files", "data[].totals")
}

// DecodeLLVMCov reads the JSON of "llvm-cov export", as cargo-llvm-cov and Swift
// write it too. The lines of a file follow from its segments
// (llvm/tools/llvm-cov/CoverageExporterJson.cpp): line, column, count, whether
// there is one, whether a region begins, whether it is a gap. A line is executed
// when the region that reaches into it, or one that begins in it, was, as
// llvm-cov itself counts (LineCoverageStats). With --summary-only there are
// numbers only.
func DecodeLLVMCov(r io.Reader) (evidence.Fragment, error) {
	d := llvmCov{j: lex.NewJSON(r), set: newLineSet()}
	for d.j.More() {
		d.j.Members(map[string]func(){"data": func() {
			d.j.Array(func() {
				d.j.Members(map[string]func(){"files": func() { d.found = d.j.Array(d.file) || d.found }})
			})
		}})
	}
	return coverageOf("llvm-cov", d.set, d.found, d.j.Problem())
}

type llvmCov struct {
	j     *lex.JSON
	set   *lineSet
	found bool
}

// maxSegments is the number of segments of one file.
const maxSegments = 1 << 20

// segment is where a count begins to hold.
type segment struct {
	line                   int
	executed, counted, gap bool
	entry                  bool
}

func (d *llvmCov) file() {
	var called string
	var segments []segment
	var count, covered int
	d.j.Object(func(member string) {
		switch member {
		case "filename":
			called = lex.Slashes(d.j.Text())
		case "segments":
			d.j.Array(func() {
				s, ok := d.segment()
				switch {
				case !ok:
				case len(segments) == maxSegments:
					d.set.omitted++
				default:
					segments = append(segments, s)
				}
			})
		case "summary":
			count, covered = d.summary()
		default:
			d.j.Skip()
		}
	})
	if len(segments) == 0 {
		d.set.lines += count
		d.set.covered += min(covered, count)
		return
	}
	d.lines(d.set.file(called), segments)
}

// segment reads [line, column, count, has a count, begins a region, is a gap].
// The last is missing before LLVM 11.
func (d *llvmCov) segment() (segment, bool) {
	var s segment
	at := 0
	d.j.Array(func() {
		switch at {
		case 0:
			s.line, _ = d.j.Integer()
		case 2:
			n, _ := d.j.Real()
			s.executed = n > 0
		case 3:
			s.counted = d.flag()
		case 4:
			s.entry = d.flag()
		case 5:
			s.gap = d.flag()
		default:
			d.j.Skip()
		}
		at++
	})
	return s, at >= 5
}

// flag reads a boolean; old versions write 0 and 1.
func (d *llvmCov) flag() bool {
	s := d.j.Scalar()
	return s == "true" || s == "1"
}

func (d *llvmCov) summary() (count, covered int) {
	number := func(to *int) func() { return func() { *to, _ = d.j.Integer() } }
	d.j.Members(map[string]func(){"lines": func() {
		d.j.Members(map[string]func(){"count": number(&count), "covered": number(&covered)})
	}})
	return count, covered
}

// lines turns the segments of a file into lines. What holds at the end of a line
// holds on those between it and the next segment.
func (d *llvmCov) lines(f *fileLines, segments []segment) {
	var wrapped segment
	for at := 0; at < len(segments); {
		end := at + 1
		for end < len(segments) && segments[end].line == segments[at].line {
			end++
		}
		d.line(f, segments[at].line, wrapped, segments[at:end])
		wrapped = segments[end-1]
		if end < len(segments) && wrapped.counted {
			for between := wrapped.line + 1; between < min(segments[end].line, wrapped.line+maxRegionLines); between++ {
				d.set.add(f, between, wrapped.executed)
			}
		}
		at = end
	}
}

// maxRegionLines is the number of lines of a region without another in it.
const maxRegionLines = 100_000

// line notes a line in which segments begin.
func (d *llvmCov) line(f *fileLines, number int, wrapped segment, here []segment) {
	starts, executed := false, wrapped.counted && wrapped.executed
	for _, s := range here {
		if s.entry && s.counted && !s.gap {
			starts, executed = true, executed || s.executed
		}
	}
	skipped := !here[0].counted && here[0].entry
	if starts || wrapped.counted && !skipped {
		d.set.add(f, number, executed)
	}
}
