package results

import (
	"bytes"
	"strings"

	"github.com/mergebrief/mergebrief/internal/format/lex"
)

const (
	// maxShapeDepth is how deep the shape of a document is looked at. What tells
	// formats apart stands in the first four levels.
	maxShapeDepth = 4
	// maxShapeMembers bounds the members that a shape holds. The start of a file
	// has fewer.
	maxShapeMembers = 20_000
)

// shape is which members a JSON document has, by the way to each: "stats.flaky",
// "[].filePath". An element of an array is "[]", and "*" stands for any name,
// since some formats use paths as names: "*.statementMap".
type shape map[string]bool

// shapeOf is the shape of the document that head begins with. head may stop
// anywhere. Unless all of the names stand in head as strings it is nil, which
// spares most files the closer look.
func shapeOf(head []byte, names ...string) shape {
	head = lex.Text(head)
	if !startsWith(head, '{') && !startsWith(head, '[') || !hasKeys(head, names...) {
		return nil
	}
	s := shape{}
	s.value(newJSONReader(bytes.NewReader(head)), []string{""})
	return s
}

// has reports whether the document has all of the members.
func (s shape) has(all ...string) bool {
	for _, member := range all {
		if !s[member] {
			return false
		}
	}
	return len(s) > 0
}

// any reports whether the document has one of the members.
func (s shape) any(some ...string) bool {
	for _, member := range some {
		if s[member] {
			return true
		}
	}
	return false
}

// value notes the members below a value. The ways that lead to it end with a
// dot, except that to the whole.
func (s shape) value(j *jsonReader, ways []string) {
	switch j.peek() {
	case '[':
		below := make([]string, len(ways))
		for i, way := range ways {
			below[i] = strings.TrimSuffix(way, ".") + "[]."
		}
		j.array(func() { s.deeper(j, below) })
	case '{':
		j.object(func(member string) {
			below := make([]string, 0, 2*len(ways))
			for _, way := range ways {
				if len(s) < maxShapeMembers {
					s[way+member] = true
				}
				below = append(below, way+member+".", way+"*.")
			}
			s.deeper(j, below)
		})
	default:
		j.skip()
	}
}

// deeper looks into a value unless it stands too deep.
func (s shape) deeper(j *jsonReader, ways []string) {
	if j.depth() >= maxShapeDepth || len(s) >= maxShapeMembers {
		j.skip()
		return
	}
	s.value(j, ways)
}
