package lex

import (
	"bytes"
	"strings"
)

const (
	// maxShapeDepth is how deep the shape of a document is looked at. What tells
	// formats apart stands in the first four levels.
	maxShapeDepth = 4
	// maxShapeMembers bounds the members that a shape holds. The start of a file
	// has fewer.
	maxShapeMembers = 20_000
)

// Shape is which members a JSON document has, by the way to each: "stats.flaky",
// "[].filePath". An element of an array is "[]", and "*" stands for any name,
// since some formats use paths as names: "*.statementMap".
type Shape map[string]bool

// ShapeOf is the shape of the document that head begins with. head may stop
// anywhere. Unless all of the names stand in head as strings it is nil, which
// spares most files the closer look.
func ShapeOf(head []byte, names ...string) Shape {
	head = Text(head)
	if !StartsWith(head, '{') && !StartsWith(head, '[') || !HasKeys(head, names...) {
		return nil
	}
	s := Shape{}
	s.value(NewJSON(bytes.NewReader(head)), []string{""})
	return s
}

// Has reports whether the document has all of the members.
func (s Shape) Has(all ...string) bool {
	for _, member := range all {
		if !s[member] {
			return false
		}
	}
	return len(s) > 0
}

// Any reports whether the document has one of the members.
func (s Shape) Any(some ...string) bool {
	for _, member := range some {
		if s[member] {
			return true
		}
	}
	return false
}

// value notes the members below a value. The ways that lead to it end with a
// dot, except that to the whole.
func (s Shape) value(j *JSON, ways []string) {
	switch j.Peek() {
	case '[':
		below := make([]string, len(ways))
		for i, way := range ways {
			below[i] = strings.TrimSuffix(way, ".") + "[]."
		}
		j.Array(func() { s.deeper(j, below) })
	case '{':
		j.Object(func(member string) {
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
		j.Skip()
	}
}

// deeper looks into a value unless it stands too deep.
func (s Shape) deeper(j *JSON, ways []string) {
	if j.depth() >= maxShapeDepth || len(s) >= maxShapeMembers {
		j.Skip()
		return
	}
	s.value(j, ways)
}
