package redact

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// clean returns s as valid UTF-8 without terminal sequences and without
// characters that are not seen: controls other than line feed and tab, and
// Unicode's format characters (bidirectional controls, zero-width ones, the byte
// order mark, tags). Carriage returns and the separators U+2028 and U+2029 end
// a line. Invalid bytes become U+FFFD.
func clean(s string) string {
	if plain(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == '\x1b' || r == '\u009b':
			n = sequence(s[i:], r, n)
		case r == '\r':
			if i+1 == len(s) || s[i+1] != '\n' {
				b.WriteByte('\n')
			}
		case r == '\u2028' || r == '\u2029':
			b.WriteByte('\n')
		case r == '\n' || r == '\t' || !unicode.In(r, unicode.Cc, unicode.Cf):
			b.WriteRune(r)
		}
		i += n
	}
	return b.String()
}

// plain reports whether s is printable ASCII, line feeds and tabs: the common
// case, worth a look of its own.
func plain(s string) bool {
	for i := range len(s) {
		if c := s[i]; c-0x20 > 0x5e && c != '\n' && c != '\t' {
			return false
		}
	}
	return true
}

// sequence returns the length of the terminal sequence (ECMA-48) at the start of
// s, whose first rune is ESC or CSI. A sequence that does not end is cut off
// after its introducer, so that hostile text cannot swallow what follows.
func sequence(s string, first rune, n int) int {
	rest := s[n:]
	if first == '\x1b' {
		if rest == "" || rest[0] >= utf8.RuneSelf {
			return n
		}
		switch rest[0] {
		case '[':
			n, rest = n+1, rest[1:]
		case ']', 'P', 'X', '^', '_': // a string up to BEL or ST
			return n + 1 + untilTerminator(rest[1:])
		case '(', ')', '*', '+', '#', '%', ' ':
			return min(len(s), n+2)
		default:
			return n + 1
		}
	}
	for i := range len(rest) {
		switch c := rest[i]; {
		case '@' <= c && c <= '~':
			return n + i + 1
		case c < ' ' || c > '?':
			return n
		}
	}
	return n
}

// maxOSC bounds a terminal string: a hyperlink's URL is the longest in use.
const maxOSC = 4096

func untilTerminator(s string) int {
	for i := range min(len(s), maxOSC) {
		switch s[i] {
		case '\a':
			return i + 1
		case '\x1b':
			if strings.HasPrefix(s[i:], "\x1b\\") {
				return i + 2
			}
			return i
		case '\n':
			return i
		}
	}
	return 0
}
