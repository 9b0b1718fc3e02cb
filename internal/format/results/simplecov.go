package results

import (
	"io"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// DetectSimpleCov knows .resultset.json and the JSON report of SimpleCov by the
// lines of a file.
func DetectSimpleCov(_ string, head []byte) bool {
	s := shapeOf(head, "coverage")
	return s.has("*.coverage", "*.timestamp") || s.any("*.coverage.*.lines", "coverage.*.lines")
}

// DecodeSimpleCov reads .resultset.json, a set of results for each command, and
// coverage.json of simplecov_json_formatter. A line has a count, null where there
// is nothing to execute, or "ignored". Before version 0.18 the lines of a file
// were its value.
func DecodeSimpleCov(r io.Reader) (evidence.Fragment, error) {
	d := simplecov{j: newJSONReader(r), set: newLineSet()}
	for d.j.more() {
		d.j.object(func(member string) {
			if member == "coverage" {
				d.coverage()
				return
			}
			members(d.j, map[string]func(){"coverage": d.coverage})
		})
	}
	return coverageOf("simplecov", d.set, d.found, d.j.problem())
}

type simplecov struct {
	j     *jsonReader
	set   *lineSet
	found bool
}

func (d *simplecov) coverage() {
	d.found = d.j.object(func(called string) {
		f := d.set.file(uriSlashes(called))
		lines := func() { d.lines(f) }
		if d.j.peek() == '[' {
			lines()
			return
		}
		members(d.j, map[string]func(){"lines": lines})
	}) || d.found
}

func (d *simplecov) lines(f *fileLines) {
	at := 0
	d.j.array(func() {
		at++
		if n, ok := d.j.real(); ok {
			d.set.add(f, at, n > 0)
		}
	})
}
