package coverage

import (
	"io"
	"maps"
	"slices"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/format/lex"
)

// maxStatements is the number of statements of one file. Bundles of a megabyte
// have some 100,000.
const maxStatements = 1 << 18

// DetectIstanbul knows Istanbul's coverage-final.json by the maps of a file,
// whose path is a name of the whole.
func DetectIstanbul(_ string, head []byte) bool {
	if s := lex.ShapeOf(head, "statementMap"); s.Has("*.statementMap") && s.Any("*.path", "*.fnMap", "*.s") {
		return true
	}
	return lex.ShapeOf(head, "branchMap", "fnMap").Has("*.branchMap", "*.fnMap")
}

// DecodeIstanbul reads coverage-final.json, as Istanbul, nyc, c8, Jest and Vitest
// write it, and the files of .nyc_output. A line was executed when a statement
// that begins in it was, as Istanbul counts lines.
func DecodeIstanbul(r io.Reader) (evidence.Fragment, error) {
	d := istanbul{j: lex.NewJSON(r), set: newLineSet()}
	for d.j.More() {
		d.j.Object(func(file string) { d.file(file) })
	}
	return coverageOf("istanbul", d.set, d.files > 0, d.j.Problem())
}

type istanbul struct {
	j     *lex.JSON
	set   *lineSet
	files int
}

// statement is the line of a statement and whether it was executed.
type statement struct {
	line               int
	executed, executes bool
}

func (d *istanbul) file(called string) {
	statements := map[string]statement{}
	listed := false
	d.j.Object(func(member string) {
		switch member {
		case "path":
			if p := d.j.Text(); p != "" {
				called = p
			}
		case "statementMap":
			listed = d.j.Object(func(key string) { d.begins(statements, key) }) || listed
		case "s":
			d.j.Object(func(key string) { d.executed(statements, key) })
		default:
			d.j.Skip()
		}
	})
	if !listed {
		return
	}
	d.files++
	f := d.set.file(lex.Slashes(called))
	for _, key := range slices.Sorted(maps.Keys(statements)) {
		// Without a count, the file broke off before it.
		if s := statements[key]; s.executes {
			d.set.add(f, s.line, s.executed)
		}
	}
}

// begins reads where a statement begins.
func (d *istanbul) begins(statements map[string]statement, key string) {
	s := statements[key]
	d.j.Object(func(member string) {
		if member != "start" {
			d.j.Skip()
			return
		}
		d.j.Object(func(member string) {
			if member != "line" {
				d.j.Skip()
				return
			}
			s.line, _ = d.j.Integer()
		})
	})
	d.put(statements, key, s)
}

// executed reads how often a statement was executed.
func (d *istanbul) executed(statements map[string]statement, key string) {
	s := statements[key]
	n, ok := d.j.Real()
	s.executed, s.executes = n > 0, ok
	d.put(statements, key, s)
}

func (d *istanbul) put(statements map[string]statement, key string, s statement) {
	if _, known := statements[key]; !known && len(statements) == maxStatements {
		d.set.omitted++
		return
	}
	statements[key] = s
}
