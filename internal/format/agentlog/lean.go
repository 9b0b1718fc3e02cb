package agentlog

import (
	"bytes"
	"cmp"
	"slices"
)

// minLean is the length from which a row is worth looking through for strings
// that nobody reads.
const minLean = 2 << 10

// member returns how a member with a string begins in compact JSON. Inside of a
// string its quotes would be escaped, so it is found nowhere else; text before
// which a backslash stands is the end of a longer string.
func member(name string) []byte { return []byte(`"` + name + `":"`) }

// hole is a part of a text that was left out.
type hole struct{ from, to int }

// leanText empties strings that nobody reads. Half of a transcript are copies of
// whole files, signatures and instructions of subagents; to decode a string costs
// several times what it takes to find its end.
type leanText struct {
	unread [][]byte
	holes  []hole
	text   []byte
}

// of returns text with the strings of the unread members empty, valid until the
// next call. A string without an end stays, for the decoder to name.
func (l *leanText) of(text []byte) []byte {
	l.holes = l.holes[:0]
	if len(text) < minLean {
		return text
	}
	for _, m := range l.unread {
		l.find(text, m)
	}
	if len(l.holes) == 0 {
		return text
	}
	slices.SortFunc(l.holes, func(a, b hole) int { return cmp.Compare(a.from, b.from) })
	l.text = l.text[:0]
	at := 0
	for _, h := range l.holes {
		l.text = append(l.text, text[at:h.from]...)
		at = h.to
	}
	l.text = append(l.text, text[at:]...)
	return l.text
}

func (l *leanText) find(text, m []byte) {
	for at := 0; ; {
		i := bytes.Index(text[at:], m)
		if i < 0 {
			return
		}
		begin := at + i
		quote := begin + len(m) - 1
		if begin > 0 && text[begin-1] == '\\' {
			at = quote
			continue
		}
		end := skipString(text, quote)
		if end >= len(text) {
			return
		}
		l.holes = append(l.holes, hole{quote + 1, end})
		at = end
	}
}

// offset returns where in the whole text a byte of the lean one stands.
func (l *leanText) offset(at int) int {
	for _, h := range l.holes {
		if h.from > at {
			break
		}
		at += h.to - h.from
	}
	return at
}
