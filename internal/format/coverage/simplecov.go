package coverage

import (
	"io"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/format/lex"
)

// DetectSimpleCov knows .resultset.json and the JSON report of SimpleCov by the
// lines of a file.
func DetectSimpleCov(_ string, head []byte) bool {
	s := lex.ShapeOf(head, "coverage")
	return s.Has("*.coverage", "*.timestamp") || s.Any("*.coverage.*.lines", "coverage.*.lines")
}

// DecodeSimpleCov reads .resultset.json, a set of results for each command, and
// coverage.json of simplecov_json_formatter. A line has a count, null where there
// is nothing to execute, or "ignored". Before version 0.18 the lines of a file
// were its value.
func DecodeSimpleCov(r io.Reader) (evidence.Fragment, error) {
	d := simplecov{j: lex.NewJSON(r), set: newLineSet()}
	for d.j.More() {
		d.j.Object(func(member string) {
			if member == "coverage" {
				d.coverage()
				return
			}
			d.j.Members(map[string]func(){"coverage": d.coverage})
		})
	}
	return coverageOf("simplecov", d.set, d.found, d.j.Problem())
}

type simplecov struct {
	j     *lex.JSON
	set   *lineSet
	found bool
}

func (d *simplecov) coverage() {
	d.found = d.j.Object(func(called string) {
		f := d.set.file(lex.Slashes(called))
		lines := func() { d.lines(f) }
		if d.j.Peek() == '[' {
			lines()
			return
		}
		d.j.Members(map[string]func(){"lines": lines})
	}) || d.found
}

func (d *simplecov) lines(f *fileLines) {
	at := 0
	d.j.Array(func() {
		at++
		if n, ok := d.j.Real(); ok {
			d.set.add(f, at, n > 0)
		}
	})
}
