package coverage

import (
	"bytes"
	"io"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/format/lex"
)

// DetectLCOV knows an LCOV tracefile by a source file and a line or the end of
// a record.
func DetectLCOV(_ string, head []byte) bool {
	head = lex.Text(head)
	source, other := false, false
	for line := range bytes.Lines(head) {
		line = bytes.TrimSpace(line)
		switch {
		case len(line) == 0, line[0] == '#':
		case bytes.HasPrefix(line, []byte("SF:")):
			source = true
		case lcovRecord(line):
			other = true
		default:
			return source && other
		}
		if source && other {
			return true
		}
	}
	return source
}

func lcovRecord(line []byte) bool {
	for _, key := range []string{"TN:", "DA:", "FN:", "FNDA:", "FNF:", "FNH:", "BRDA:", "BRF:", "BRH:", "LF:", "LH:", "VER:", "FNL:", "FNA:", "end_of_record"} {
		if bytes.HasPrefix(line, []byte(key)) {
			return true
		}
	}
	return false
}

// DecodeLCOV reads an LCOV tracefile (geninfo(1)). Sections of one file are
// joined, checksums and counts beyond 64 bits are accepted. A section without
// lines counts by its summary.
func DecodeLCOV(r io.Reader) (evidence.Fragment, error) {
	d := lcov{in: lex.NewLines(r), set: newLineSet()}
	d.lines()
	err := d.in.Failed()
	if err == nil && d.open {
		err = d.in.Errorf(evidence.Truncated, "the file ends inside the record of a file")
	}
	err = d.set.problem(err)
	if d.records == 0 {
		if err == nil {
			err = evidence.Errorf(evidence.Unreadable, "no record of a file")
		}
		return evidence.Fragment{}, err
	}
	return evidence.Fragment{Coverage: []evidence.Coverage{d.set.finish("lcov")}}, err
}

type lcov struct {
	in      *lex.Lines
	set     *lineSet
	file    *fileLines
	records int
	open    bool
	// Lines of the record, and what it says about them.
	listed, found, hit int
}

func (d *lcov) lines() {
	for {
		text, ok := d.in.Next()
		if !ok {
			return
		}
		key, value, _ := strings.Cut(string(bytes.TrimSpace(text)), ":")
		switch key {
		case "SF":
			d.end()
			d.records++
			d.open = true
			d.file = d.set.file(lex.Slashes(value))
		case "DA":
			if d.open && d.in.Whole {
				d.executed(value)
			}
		case "LF":
			d.found = lex.LineNumber(value)
		case "LH":
			d.hit = lex.LineNumber(value)
		case "end_of_record":
			d.end()
		}
	}
}

// executed reads "line,count[,checksum]".
func (d *lcov) executed(value string) {
	nr, count, _ := strings.Cut(value, ",")
	count, _, _ = strings.Cut(count, ",")
	d.listed++
	d.set.add(d.file, lex.LineNumber(nr), positive(count))
}

func (d *lcov) end() {
	if d.open && d.listed == 0 {
		d.set.lines += d.found
		d.set.covered += min(d.hit, d.found)
	}
	d.open, d.file = false, nil
	d.listed, d.found, d.hit = 0, 0, 0
}
