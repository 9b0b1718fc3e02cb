package lex

import (
	"bufio"
	"bytes"
	"io"
	"unicode/utf16"
	"unicode/utf8"
)

// encodingWindow is how much is read at a time when a stream is recoded.
const encodingWindow = 32 << 10

var (
	bomUTF8    = []byte{0xEF, 0xBB, 0xBF}
	bomUTF16LE = []byte{0xFF, 0xFE}
	bomUTF16BE = []byte{0xFE, 0xFF}
)

// encoding is how the characters of a file are written.
type encoding int

const (
	utf8Encoding encoding = iota
	utf16LE
	utf16BE
	latin1
)

// encodingOf tells the encoding by a byte order mark, by the zero bytes that
// "<" or "{" brings along in UTF-16, or by the XML declaration.
func encodingOf(head []byte) encoding {
	switch {
	case bytes.HasPrefix(head, bomUTF8):
		return utf8Encoding
	case bytes.HasPrefix(head, bomUTF16LE):
		return utf16LE
	case bytes.HasPrefix(head, bomUTF16BE):
		return utf16BE
	case len(head) > 3 && head[0] != 0 && head[1] == 0 && head[2] != 0 && head[3] == 0:
		return utf16LE
	case len(head) > 3 && head[0] == 0 && head[1] != 0 && head[2] == 0 && head[3] != 0:
		return utf16BE
	}
	return declaredEncoding(head)
}

// declaredEncoding reads the XML declaration. Only the encodings of one byte per
// character need recoding; all others that are met agree with UTF-8 on the
// characters of the markup.
func declaredEncoding(head []byte) encoding {
	head = bytes.TrimLeft(head, " \t\r\n")
	if !bytes.HasPrefix(head, []byte("<?xml")) {
		return utf8Encoding
	}
	declaration, _, _ := bytes.Cut(head[:min(len(head), 256)], []byte("?>"))
	declaration = bytes.ToLower(declaration)
	for _, name := range []string{"iso-8859-1", "latin1", "latin-1", "windows-1252", "cp1252", "iso-8859-15"} {
		if bytes.Contains(declaration, []byte(`"`+name+`"`)) || bytes.Contains(declaration, []byte(`'`+name+`'`)) {
			return latin1
		}
	}
	return utf8Encoding
}

// Text returns the start of a file as UTF-8 without byte order mark, for
// detection.
func Text(head []byte) []byte {
	var w recoder
	switch w.from = encodingOf(head); w.from {
	case utf8Encoding:
		return bytes.TrimPrefix(head, bomUTF8)
	case latin1:
		return w.recode(nil, head)
	}
	return bytes.TrimPrefix(w.recode(nil, head), bomUTF8)
}

// newText returns r as UTF-8 without byte order mark. Zero bytes, which the
// lexers take for the end, become a control character that texts lose later.
func newText(r io.Reader) io.Reader {
	in := bufio.NewReaderSize(r, encodingWindow)
	head, _ := in.Peek(256)
	enc := encodingOf(head)
	switch {
	case enc == utf8Encoding:
		skipMarks(in)
		return noZeros{in}
	default:
		return &recoder{r: in, from: enc, first: true}
	}
}

// skipMarks discards byte order marks. Concatenating tools leave several.
func skipMarks(in *bufio.Reader) {
	for {
		head, _ := in.Peek(len(bomUTF8))
		if !bytes.Equal(head, bomUTF8) {
			return
		}
		_, _ = in.Discard(len(bomUTF8)) // just peeked
	}
}

// noZeros replaces zero bytes.
type noZeros struct{ r io.Reader }

func (z noZeros) Read(p []byte) (int, error) {
	n, err := z.r.Read(p)
	for rest := p[:n]; ; {
		i := bytes.IndexByte(rest, 0)
		if i < 0 {
			return n, err
		}
		rest[i] = 1
		rest = rest[i+1:]
	}
}

// recoder turns UTF-16 or Latin-1 into UTF-8.
type recoder struct {
	r     io.Reader
	from  encoding
	first bool
	in    [encodingWindow]byte
	held  int
	out   []byte
	err   error
}

func (w *recoder) Read(p []byte) (int, error) {
	for len(w.out) == 0 {
		if w.err != nil {
			return 0, w.err
		}
		var n int
		n, w.err = w.r.Read(w.in[w.held:])
		n += w.held
		whole := n
		if w.err == nil {
			whole = w.whole(w.in[:n])
		}
		w.out = w.recode(w.out[:0], w.in[:whole])
		w.held = copy(w.in[:], w.in[whole:n])
		if w.first && whole > 0 {
			w.out, w.first = bytes.TrimPrefix(w.out, bomUTF8), false
		}
	}
	n := copy(p, w.out)
	w.out = w.out[n:]
	return n, nil
}

// whole is the length of the part of b that does not end inside a character.
func (w *recoder) whole(b []byte) int {
	if w.from == latin1 {
		return len(b)
	}
	n := len(b) &^ 1
	if n >= 2 && utf16.IsSurrogate(rune(w.unit(b[n-2:]))) && w.unit(b[n-2:]) < 0xDC00 {
		n -= 2
	}
	return n
}

func (w *recoder) unit(b []byte) uint16 {
	if w.from == utf16LE {
		return uint16(b[0]) | uint16(b[1])<<8
	}
	return uint16(b[0])<<8 | uint16(b[1])
}

func (w *recoder) recode(dst, b []byte) []byte {
	if w.from == latin1 {
		for _, c := range b {
			dst = utf8.AppendRune(dst, rune(max(c, 1)))
		}
		return dst
	}
	for ; len(b) >= 2; b = b[2:] {
		r := rune(w.unit(b))
		if utf16.IsSurrogate(r) && len(b) >= 4 {
			if both := utf16.DecodeRune(r, rune(w.unit(b[2:]))); both != utf8.RuneError {
				r, b = both, b[2:]
			}
		}
		dst = utf8.AppendRune(dst, max(r, 1))
	}
	return dst
}

// TextPeek is a text whose first character can be looked at.
type TextPeek struct{ *bufio.Reader }

// NewTextPeek returns r as UTF-8, without a byte order mark.
func NewTextPeek(r io.Reader) TextPeek {
	return TextPeek{bufio.NewReaderSize(newText(r), encodingWindow)}
}

// First is the first character beside white space, 0 when there is none near.
func (t TextPeek) First() byte {
	head, _ := t.Peek(encodingWindow)
	if head = bytes.TrimLeft(head, " \t\r\n"); len(head) > 0 {
		return head[0]
	}
	return 0
}
