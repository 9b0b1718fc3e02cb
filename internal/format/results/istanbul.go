package results

import (
	"io"
	"maps"
	"slices"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// maxStatements is the number of statements of one file. Bundles of a megabyte
// have some 100,000.
const maxStatements = 1 << 18

// DetectIstanbul knows Istanbul's coverage-final.json by the maps of a file,
// whose path is a name of the whole.
func DetectIstanbul(_ string, head []byte) bool {
	if s := shapeOf(head, "statementMap"); s.has("*.statementMap") && s.any("*.path", "*.fnMap", "*.s") {
		return true
	}
	return shapeOf(head, "branchMap", "fnMap").has("*.branchMap", "*.fnMap")
}

// DecodeIstanbul reads coverage-final.json, as Istanbul, nyc, c8, Jest and Vitest
// write it, and the files of .nyc_output. A line was executed when a statement
// that begins in it was, as Istanbul counts lines.
func DecodeIstanbul(r io.Reader) (evidence.Fragment, error) {
	d := istanbul{j: newJSONReader(r), set: newLineSet()}
	for d.j.more() {
		d.j.object(func(file string) { d.file(file) })
	}
	return coverageOf("istanbul", d.set, d.files > 0, d.j.problem())
}

type istanbul struct {
	j     *jsonReader
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
	d.j.object(func(member string) {
		switch member {
		case "path":
			if p := d.j.text(); p != "" {
				called = p
			}
		case "statementMap":
			listed = d.j.object(func(key string) { d.begins(statements, key) }) || listed
		case "s":
			d.j.object(func(key string) { d.executed(statements, key) })
		default:
			d.j.skip()
		}
	})
	if !listed {
		return
	}
	d.files++
	f := d.set.file(uriSlashes(called))
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
	d.j.object(func(member string) {
		if member != "start" {
			d.j.skip()
			return
		}
		d.j.object(func(member string) {
			if member != "line" {
				d.j.skip()
				return
			}
			s.line, _ = d.j.integer()
		})
	})
	d.put(statements, key, s)
}

// executed reads how often a statement was executed.
func (d *istanbul) executed(statements map[string]statement, key string) {
	s := statements[key]
	n, ok := d.j.real()
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
