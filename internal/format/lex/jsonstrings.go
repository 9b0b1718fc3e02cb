package lex

import (
	"bytes"
	"io"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

const (
	// maxJSONString is how much of a string in JSON is read. Parsers hold
	// a token whole, and scanners embed whole files.
	maxJSONString = 256 << 10
	// maxJSONBare is the length of a run of other characters without any
	// structure: a number or white space.
	maxJSONBare = 64 << 10
	// hexDigits is the number of digits after "\u", which must not be cut off.
	hexDigits = 4
)

// shortStrings passes JSON on with the ends of overlong strings left out, so
// that the memory of the parser behind it does not depend on the input, and
// without raw control characters in strings.
type shortStrings struct {
	r io.Reader
	// In a string; after a backslash in it; beyond the limit of it.
	inside, escaped, dropping bool
	// Bytes of the string so far, and those since the last escape.
	length, plain int
	// Bytes outside of strings since the last structural character.
	bare int
}

func (s *shortStrings) Read(p []byte) (int, error) {
	for {
		n, err := s.r.Read(p)
		kept, bad := s.filter(p[:n])
		if bad != nil {
			return kept, bad
		}
		if kept > 0 || err != nil || n == 0 {
			return kept, err
		}
	}
}

// filter compacts b in place and returns the length of what stays.
func (s *shortStrings) filter(b []byte) (int, error) {
	kept, at := 0, 0
	for at < len(b) {
		n, keep := 0, true
		if s.inside {
			n, keep = s.piece(b[at:])
		} else {
			n = bytes.IndexByte(b[at:], '"') + 1
			if n == 0 {
				n = len(b) - at
			} else {
				s.inside, s.dropping, s.length, s.plain = true, false, 0, hexDigits
			}
			if err := s.outside(b[at : at+n]); err != nil {
				return kept, err
			}
		}
		if keep {
			if kept != at {
				copy(b[kept:], b[at:at+n])
			}
			if s.inside {
				blankControls(b[kept : kept+n])
			}
			kept += n
		}
		at += n
	}
	return kept, nil
}

// blankControls replaces control characters, which strings must escape and some
// writers do not.
func blankControls(b []byte) {
	for i, c := range b {
		if c < ' ' {
			b[i] = ' '
		}
	}
}

// piece is the length of the next piece of a string, and whether it stays.
func (s *shortStrings) piece(b []byte) (n int, keep bool) {
	switch {
	case s.escaped:
		s.escaped, s.plain = false, 0
		s.length++
		return 1, !s.dropping
	case b[0] == '"':
		s.inside = false
		return 1, true
	}
	if s.length >= maxJSONString && s.plain >= hexDigits {
		s.dropping = true
	}
	if b[0] == '\\' {
		s.escaped = true
		s.length++
		return 1, !s.dropping
	}
	n = bytes.IndexByte(b, '"')
	if n < 0 {
		n = len(b)
	}
	if i := bytes.IndexByte(b[:n], '\\'); i >= 0 {
		n = i
	}
	if !s.dropping {
		n = min(n, max(maxJSONString-s.length, hexDigits-s.plain))
	}
	s.length += n
	s.plain += n
	return n, !s.dropping
}

// outside looks for a run without structure in what stands between strings.
func (s *shortStrings) outside(b []byte) error {
	const structure = ",:{}[]\""
	switch i := bytes.LastIndexAny(b[max(0, len(b)-maxJSONBare):], structure); {
	case i >= 0:
		s.bare = min(len(b), maxJSONBare) - 1 - i
	default:
		s.bare += len(b)
	}
	if s.bare > maxJSONBare {
		return evidence.Errorf(evidence.Unreadable, "more than %d bytes without structure", maxJSONBare)
	}
	return nil
}

// Unquoted decodes a JSON string into dst.
func Unquoted(dst, quoted []byte) []byte {
	if len(quoted) < 2 {
		return dst[:0]
	}
	if bytes.IndexByte(quoted, '\\') < 0 {
		return append(dst[:0], quoted[1:len(quoted)-1]...)
	}
	dst, _ = jsontext.AppendUnquote(dst[:0], quoted) // what can be decoded is kept
	return dst
}
