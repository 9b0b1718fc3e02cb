package lex

import (
	"bytes"
	"errors"
	"io"
	"slices"

	"github.com/tdewolff/parse/v2"
	"github.com/tdewolff/parse/v2/xml"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

const (
	// xmlWindow is how much of a document is lexed at a time. Only a tag has to
	// fit, never a text.
	xmlWindow = 64 << 10
	// maxTagBytes is the length of a tag. Failure messages of several 100 kB
	// stand in attributes; a tag beyond 4 MiB is an attack or a broken quote.
	maxTagBytes = 4 << 20
	// maxDepth is the depth of elements. The deepest real report, of nested
	// suites, has 14; a stack of names is kept.
	maxDepth = 100
	// maxAttributes is the number of attributes of a tag. Real ones have at
	// most about 30.
	maxAttributes = 256
)

// Node is what [XML.Next] found.
type Node int

const (
	// NodeStart is the start of an element; the others do not leave the package.
	NodeStart Node = iota + 1
	nodeEnd
	nodeText
)

// attribute is one attribute, its value as written, without the quotes.
type attribute struct{ name, value []byte }

// XML is a lenient pull reader. It accepts what real reports hold and
// strict parsers refuse: control characters, invalid UTF-8, "<" in attributes,
// white space before the declaration, several documents in a row. It refuses
// what only attacks hold: a DOCTYPE with an internal subset, and anything over
// the limits. Entities other than the five of XML and character references are
// left as they are written.
type XML struct {
	src io.Reader
	buf []byte
	// The unread part of buf is buf[off:end].
	off, end int
	// The input has ended, with err when it could not be read further.
	eof bool
	err error
	lex *xml.Lexer
	in  *parse.Input
	// Offset in buf at which lex started.
	base int
	// Lines before buf[0].
	lines int
	// A comment or CDATA section that began in an earlier window.
	inside section

	// The element or text found last. The slices are valid until next is
	// called again.
	Name  []byte
	attrs []attribute
	text  []byte
	cdata bool
	void  bool

	// Names of the open elements, and where each begins.
	names  []byte
	starts []int
	roots  int
}

// section is what the reader stands in between two windows.
type section int

const (
	inMarkup section = iota
	inCDATA
	inComment
)

// NewXML returns a reader of a document in any encoding that reports use.
func NewXML(r io.Reader) *XML {
	return &XML{src: newText(r), buf: make([]byte, xmlWindow+1)}
}

// Document reads to the end and calls start for every element, by its local name,
// until one of the calls fails. Unless it is nil, end is called where one ends
// that start did not read to its end.
func (x *XML) Document(start func(element string) error, end func(element string)) error {
	err := x.elements(start, end)
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// Within calls start for every element inside of the one at hand, until that
// ends. An element that start reads to its end is met as a whole, any other with
// what is inside of it.
func (x *XML) Within(start func(element string) error) error { return x.elements(start, nil) }

func (x *XML) elements(start func(element string) error, end func(element string)) error {
	for depth := x.Depth(); ; {
		n, err := x.Next()
		switch {
		case err != nil:
			return err
		case n == NodeStart:
			if err := start(string(x.Name)); err != nil {
				return err
			}
		case n == nodeEnd && x.Depth() < depth:
			return nil
		case n == nodeEnd && end != nil:
			end(string(x.Name))
		}
	}
}

// Next moves to the next tag or text. It returns [io.EOF] at the end of a
// complete document and an [evidence.Problem] in all other cases.
func (x *XML) Next() (Node, error) {
	if x.void {
		x.void = false
		return nodeEnd, x.pop(x.Open())
	}
	for {
		if x.inside != inMarkup {
			if n, err := x.resume(); n != 0 || err != nil {
				return n, err
			}
			continue
		}
		if x.lex == nil {
			x.refill()
		}
		if n, err := x.token(); n != 0 || err != nil {
			return n, err
		}
	}
}

// token takes the next token from the lexer. It returns 0 when there is nothing
// to report and next should go on.
func (x *XML) token() (Node, error) {
	start := x.base + x.in.Offset()
	kind, data := x.lex.Next()
	switch kind {
	case xml.TextToken:
		return x.onText(start, data)
	case xml.CDATAToken:
		return x.onCDATA(start, data)
	case xml.CommentToken:
		x.off = x.base + x.in.Offset()
		if !bytes.HasSuffix(data, []byte("-->")) || len(data) < len("<!---->") {
			x.inside = inComment
			x.rewind(2)
		}
		return 0, nil
	case xml.DOCTYPEToken:
		return 0, x.onDoctype(start, data)
	case xml.StartTagToken, xml.StartTagPIToken:
		return x.onTag(start, kind)
	case xml.EndTagToken:
		return x.onEnd(start, data)
	default:
		return 0, x.more(start)
	}
}

// rewind leaves the last n lexed bytes to the next window: a terminator may be
// cut in two.
func (x *XML) rewind(n int) {
	x.off = max(x.end-n, 0)
	x.lex = nil
}

// more asks for bytes beyond the window, whose unread part starts at start.
func (x *XML) more(start int) error {
	x.off = start
	if x.eof {
		return x.atEnd()
	}
	if x.end-x.off >= maxTagBytes {
		return x.Errorf(evidence.Unreadable, "a tag is longer than %d bytes", maxTagBytes)
	}
	x.lex = nil
	return nil
}

// atEnd judges the end of the input.
func (x *XML) atEnd() error {
	rest := bytes.TrimLeft(x.buf[x.off:x.end], " \t\r\n\x01\x1a")
	x.off = x.end
	switch {
	case x.err != nil:
		return x.err
	case len(x.starts) > 0:
		return x.Errorf(evidence.Truncated, "the document ends inside <%s>", x.Open())
	case len(rest) > 0 && x.roots > 0:
		return x.Errorf(evidence.Truncated, "the document ends inside a tag")
	case len(rest) > 0 || x.roots == 0:
		return x.Errorf(evidence.Unreadable, "no element")
	}
	return io.EOF
}

func (x *XML) onText(start int, data []byte) (Node, error) {
	end := start + len(data)
	if end == x.end && !x.eof {
		// A reference may go on in the next window.
		if i := bytes.LastIndexByte(data[max(0, len(data)-16):], '&'); i >= 0 {
			cut := max(0, len(data)-16) + i
			x.off, x.lex, data = start+cut, nil, data[:cut]
		} else {
			x.off, x.lex = end, nil
		}
	} else {
		x.off = end
	}
	if len(data) == 0 {
		return 0, nil
	}
	x.text, x.cdata = data, false
	return nodeText, nil
}

func (x *XML) onCDATA(start int, data []byte) (Node, error) {
	x.text, x.cdata = bytes.TrimPrefix(data, []byte("<![CDATA[")), true
	if closed, ok := bytes.CutSuffix(x.text, []byte("]]>")); ok {
		x.text, x.off = closed, start+len(data)
		return nodeText, nil
	}
	x.inside = inCDATA
	x.text = x.text[:max(0, len(x.text)-2)]
	x.rewind(2)
	x.off = max(x.off, start+len("<![CDATA["))
	return nodeText, nil
}

// resume goes on in a CDATA section or comment that a window cut.
func (x *XML) resume() (Node, error) {
	x.refill()
	mark := []byte("]]>")
	if x.inside == inComment {
		mark = []byte("-->")
	}
	unread := x.buf[x.off:x.end]
	i := bytes.Index(unread, mark)
	closed := i >= 0
	switch {
	case closed:
		x.off += i + len(mark)
	case x.eof:
		x.off = x.end
		return 0, x.Errorf(evidence.Truncated, "the document ends inside a section of <%s>", x.Open())
	default:
		i = max(0, len(unread)-2)
		x.off += i
	}
	was := x.inside
	if closed {
		x.inside = inMarkup
	}
	x.lex = nil
	if was == inComment || i == 0 {
		return 0, nil
	}
	x.text, x.cdata = unread[:i], true
	return nodeText, nil
}

// onDoctype lets an external document type pass, which nobody fetches, and
// refuses one that defines entities: they are how XML bombs are built.
func (x *XML) onDoctype(start int, data []byte) error {
	if _, subset, ok := bytes.Cut(data, []byte{'['}); ok && len(bytes.Trim(subset, " \t\r\n]>")) > 0 {
		x.off = start
		return x.Errorf(evidence.Unreadable, "the DOCTYPE has an internal subset, which is refused")
	}
	if !bytes.HasSuffix(data, []byte(">")) {
		return x.more(start)
	}
	x.off = start + len(data)
	return nil
}

// onTag reads a start tag or processing instruction whole; when the window ends
// before it does, it is read again from the next one.
func (x *XML) onTag(start int, kind xml.TokenType) (Node, error) {
	name := x.lex.Text()
	x.attrs = x.attrs[:0]
	for {
		tt, _ := x.lex.Next()
		switch tt {
		case xml.AttributeToken:
			if len(x.attrs) == maxAttributes {
				x.off = start
				return 0, x.Errorf(evidence.Unreadable, "a tag has more than %d attributes", maxAttributes)
			}
			x.attrs = append(x.attrs, attribute{Local(x.lex.Text()), unquote(x.lex.AttrVal())})
			continue
		case xml.StartTagCloseToken, xml.StartTagCloseVoidToken, xml.StartTagClosePIToken:
			x.off = x.base + x.in.Offset()
			if kind == xml.StartTagPIToken {
				return 0, nil
			}
			x.void = tt == xml.StartTagCloseVoidToken
			return NodeStart, x.push(name)
		default:
			return 0, x.more(start)
		}
	}
}

func (x *XML) onEnd(start int, data []byte) (Node, error) {
	if !bytes.HasSuffix(data, []byte(">")) {
		return 0, x.more(start)
	}
	x.off = start + len(data)
	return nodeEnd, x.pop(x.lex.Text())
}

// push opens an element.
func (x *XML) push(name []byte) error {
	if len(name) == 0 || name[0] == '!' {
		return x.Errorf(evidence.Unreadable, "not a tag: <%s", evidence.Clip(string(name), 40))
	}
	if len(x.starts) == maxDepth {
		return x.Errorf(evidence.Unreadable, "elements are nested deeper than %d", maxDepth)
	}
	if len(x.starts) == 0 {
		x.roots++
	}
	x.starts = append(x.starts, len(x.names))
	x.names = append(x.names, name...)
	x.Name = Local(name)
	return nil
}

// pop closes the innermost element, which must have the name.
func (x *XML) pop(name []byte) error {
	open := x.Open()
	if len(x.starts) == 0 || !bytes.Equal(open, name) {
		return x.Errorf(evidence.Unreadable, "</%s> closes <%s>", evidence.Clip(string(name), 40), evidence.Clip(string(open), 40))
	}
	last := len(x.starts) - 1
	x.Name = Local(open)
	x.names, x.starts = x.names[:x.starts[last]], x.starts[:last]
	return nil
}

// Open is the name of the innermost open element.
func (x *XML) Open() []byte {
	if len(x.starts) == 0 {
		return nil
	}
	return x.names[x.starts[len(x.starts)-1]:]
}

// Depth is the number of open elements. At the start of an element it counts.
func (x *XML) Depth() int { return len(x.starts) }

// refill moves the unread bytes to the front, reads on, and starts the lexer
// over them. The window grows only while a tag does not fit.
func (x *XML) refill() {
	x.lines += bytes.Count(x.buf[:x.off], []byte{'\n'})
	x.end = copy(x.buf, x.buf[x.off:x.end])
	x.off, x.base = 0, 0
	if x.end == len(x.buf)-1 {
		larger := make([]byte, 2*len(x.buf))
		copy(larger, x.buf[:x.end])
		x.buf = larger
	}
	n, err := io.ReadFull(x.src, x.buf[x.end:len(x.buf)-1])
	x.end += n
	switch {
	case err == nil:
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		x.eof = true
	default:
		x.eof, x.err = true, evidence.Errorf(evidence.Unreadable, "reading: %w", err)
	}
	if x.inside != inMarkup {
		return
	}
	x.in = parse.NewInputBytes(x.buf[:x.end])
	x.lex = xml.NewLexer(x.in)
}

// Errorf names the line at which the reader stands.
func (x *XML) Errorf(reason evidence.Reason, format string, args ...any) error {
	line := 1 + x.lines + bytes.Count(x.buf[:min(x.off, x.end)], []byte{'\n'})
	return evidence.Errorf(reason, "line %d: "+format, append([]any{line}, args...)...)
}

// Attr returns the value of an attribute of the element at hand, decoded, or
// "".
func (x *XML) Attr(name string) string {
	return string(x.Raw(name))
}

// Raw is attr without the copy; the value is valid until next is called again.
func (x *XML) Raw(name string) []byte {
	for i := range x.attrs {
		if string(x.attrs[i].name) == name {
			return unescape(x.attrs[i].value)
		}
	}
	return nil
}

// Has reports whether the element at hand has the attribute.
func (x *XML) Has(name string) bool {
	for i := range x.attrs {
		if string(x.attrs[i].name) == name {
			return true
		}
	}
	return false
}

// value is the text at hand, decoded.
func (x *XML) value() []byte {
	if x.cdata {
		return x.text
	}
	return unescape(x.text)
}

// Skip reads to the end of the element at hand.
func (x *XML) Skip() error {
	for depth := x.Depth(); ; {
		n, err := x.Next()
		if err != nil {
			return err
		}
		if n == nodeEnd && x.Depth() < depth {
			return nil
		}
	}
}

// Content reads to the end of the element at hand and returns the first limit
// bytes of the text in it.
func (x *XML) Content(limit int) (string, error) { return x.ContentBut(limit) }

// ContentBut is content without the text of the named elements.
func (x *XML) ContentBut(limit int, without ...string) (string, error) {
	var text []byte
	for depth := x.Depth(); ; {
		n, err := x.Next()
		switch {
		case err != nil:
			return string(text), err
		case n == nodeEnd && x.Depth() < depth:
			return string(text), nil
		case n == NodeStart && slices.Contains(without, string(x.Name)):
			if err := x.Skip(); err != nil {
				return string(text), err
			}
		case n == nodeText && len(text) < limit:
			piece := x.value()
			text = append(text, piece[:min(len(piece), limit-len(text))]...)
		}
	}
}

// Local strips the namespace prefix of a name.
func Local(name []byte) []byte {
	return name[bytes.IndexByte(name, ':')+1:]
}

func unquote(value []byte) []byte {
	if n := len(value); n >= 2 && (value[0] == '"' || value[0] == '\'') && value[n-1] == value[0] {
		return value[1 : n-1]
	}
	return value
}
