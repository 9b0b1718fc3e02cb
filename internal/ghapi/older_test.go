package ghapi

import "testing"

func TestWithout(t *testing.T) {
	for name, tt := range map[string]struct{ document, field, want string }{
		"plain":          {"{ a b c }", "b", "{ a  c }"},
		"selection":      {"{ a b { x { y } } c }", "b", "{ a  c }"},
		"arguments":      {"{ a b(first: 1, by: {k: V}) { x } c }", "b", "{ a  c }"},
		"alias":          {"{ a z: b(first: 1) { x } c }", "b", "{ a  c }"},
		"part of a name": {"{ ab bc abc }", "b", "{ ab bc abc }"},
		"variable":       {"query Q($b: Int) { a(b: $b) }", "b", "query Q($b: Int) { a(b: $b) }"},
		"fragment":       {"{ a ...b }", "b", "{ a ...b }"},
		"everywhere":     {"{ b a { b } }", "b", "{  a {  } }"},
		"never closed":   {"{ a b { x", "b", "{ a  { x"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := without(tt.document, tt.field); got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}
