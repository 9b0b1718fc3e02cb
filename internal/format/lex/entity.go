package lex

import (
	"bytes"
	"strconv"
	"unicode/utf8"
)

// maxReference is the length of a reference such as "&#x10FFFF;".
const maxReference = 12

// unescape decodes the references in b. It returns b itself when there are
// none.
func unescape(b []byte) []byte {
	at := bytes.IndexByte(b, '&')
	if at < 0 {
		return b
	}
	out := make([]byte, 0, len(b))
	for at >= 0 {
		out = append(out, b[:at]...)
		b = b[at:]
		r, n := reference(b)
		if n == 0 {
			out, b = append(out, '&'), b[1:]
		} else {
			out, b = utf8.AppendRune(out, r), b[n:]
		}
		at = bytes.IndexByte(b, '&')
	}
	return append(out, b...)
}

// reference decodes the reference at the start of b and returns its length, 0
// when there is none that XML itself defines.
func reference(b []byte) (rune, int) {
	end := bytes.IndexByte(b[:min(len(b), maxReference)], ';')
	if end < 0 {
		return 0, 0
	}
	switch name := string(b[1:end]); name {
	case "lt":
		return '<', end + 1
	case "gt":
		return '>', end + 1
	case "amp":
		return '&', end + 1
	case "quot":
		return '"', end + 1
	case "apos":
		return '\'', end + 1
	default:
		r, ok := character(name)
		if !ok {
			return 0, 0
		}
		return r, end + 1
	}
}

// character reads "#27" or "#x1b".
func character(name string) (rune, bool) {
	if len(name) < 2 || name[0] != '#' {
		return 0, false
	}
	digits, base := name[1:], 10
	if digits[0] == 'x' || digits[0] == 'X' {
		digits, base = digits[1:], 16
	}
	n, err := strconv.ParseUint(digits, base, 32)
	if err != nil || n > utf8.MaxRune {
		return 0, false
	}
	return rune(n), true
}
