package agentlog

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

const (
	// maxLineBytes bounds one row. The longest row in 193,774 measured ones has
	// 0.96 MB; eight times that leaves room for images and large writes.
	maxLineBytes = 8 << 20
	// maxFileBytes bounds one transcript. The largest measured one has 4.2 MB;
	// fifteen times that is read in a second.
	maxFileBytes = 64 << 20
	// maxValues bounds the number of rows, which are at least two bytes long: a
	// file of "{}" costs more time per byte than any transcript.
	maxValues = 2_000_000
	// maxDepth bounds nesting. Transcripts nest about 12 levels deep.
	maxDepth = 100
	// maxDocumentBytes bounds one value that is spread over lines: a whole
	// session in one document. Three times that, for the value and what is made
	// of it, stays below 100 MB.
	maxDocumentBytes = 24 << 20
	// readBufferBytes is the size of a read; most rows fit.
	readBufferBytes = 256 << 10
)

// rowOptions accept what real transcripts hold: strings cut inside a character,
// and members written twice, of which the last counts.
var rowOptions = json.JoinOptions(jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))

// errTooLong marks a value that is longer than maxLineBytes.
var errTooLong = fmt.Errorf("a row is longer than %d bytes", maxLineBytes)

// rowReader decodes a stream of rows of type T and counts what it had to leave
// out. It reads three layouts: one or more JSON values on each line; one array
// of rows; one or more values spread over many lines.
type rowReader[T any] struct {
	in     *bufio.Reader
	source *io.LimitedReader
	apply  func(line int, row *T, text []byte) error
	line   int
	values int
	long   []byte
	lean   leanText
	dec    jsontext.Decoder
	flaws  flaws
	// row is reused: rows are large structures and there are millions.
	row T
}

// flaws are the rows that could not be read: the first one, and how many.
type flaws struct {
	first error
	count int
}

func (f *flaws) add(err error) {
	if f.first == nil {
		f.first = err
	}
	f.count++
}

// err returns the first flaw and the number of further ones.
func (f *flaws) err() error {
	if f.count < 2 {
		return f.first
	}
	return evidence.Errorf(evidence.ReasonOf(f.first, evidence.Unreadable),
		"%w; %d more rows could not be read", f.first, f.count-1)
}

// readRows calls apply for each row of r, in order; the row is valid until apply
// returns, what it points to for longer. A row that is no JSON is
// skipped up to the end of its line and named in the error; an error of apply
// ends the reading.
func readRows[T any](r io.Reader, apply func(line int, row *T) error) error {
	return readTexts(r, func(line int, row *T, _ []byte) error { return apply(line, row) })
}

// readTexts is readRows for rows with members of type [span]: apply is also given
// the text into which they point, valid until it returns. Members that are named
// as unread and are strings may be read as empty ones.
func readTexts[T any](r io.Reader, apply func(line int, row *T, text []byte) error, unread ...string) error {
	source := &io.LimitedReader{R: r, N: maxFileBytes + 1}
	rr := &rowReader[T]{in: bufio.NewReaderSize(source, readBufferBytes), source: source, apply: apply}
	for _, name := range unread {
		rr.lean.unread = append(rr.lean.unread, member(name))
	}
	rr.skipMark()
	var err error
	if rr.spread() {
		err = rr.stream()
	} else {
		err = rr.lines()
	}
	if err != nil {
		return err
	}
	return rr.flaws.err()
}

// skipMark drops a UTF-8 byte order mark.
func (rr *rowReader[T]) skipMark() {
	if head, _ := rr.in.Peek(3); string(head) == "\uFEFF" {
		_, _ = rr.in.Discard(3)
	}
}

// spread reports whether values are spread over lines: the file is an array, or
// its first line is nothing but an opening brace, as every pretty-printer writes.
func (rr *rowReader[T]) spread() bool {
	head, _ := rr.in.Peek(readBufferBytes)
	head = bytes.TrimLeft(head, " \t\r\n")
	if opensArray(head) {
		return true
	}
	first, _, cut := bytes.Cut(head, []byte("\n"))
	return cut && string(bytes.TrimSpace(first)) == "{"
}

// lines reads the layout of one or more values on each line.
func (rr *rowReader[T]) lines() error {
	for {
		text, err := rr.next()
		if len(bytes.TrimSpace(text)) > 0 {
			if err := rr.decodeAll(rr.lean.of(text), errors.Is(err, io.EOF)); err != nil {
				return err
			}
		}
		switch {
		case rr.source.N <= 0:
			return rr.tooLarge()
		case errors.Is(err, errTooLong):
			rr.flaws.add(evidence.Errorf(evidence.Truncated, "line %d: %w", rr.line, err))
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return evidence.Errorf(evidence.Unreadable, "line %d: %w", rr.line, err)
		}
	}
}

func (rr *rowReader[T]) tooLarge() error {
	return evidence.Errorf(evidence.Truncated, "line %d: the file is larger than %d bytes", rr.line, maxFileBytes)
}

// next returns the next line, valid until the following call, or errTooLong
// after skipping one that is over the limit.
func (rr *rowReader[T]) next() ([]byte, error) {
	rr.line++
	text, err := rr.in.ReadSlice('\n')
	if !errors.Is(err, bufio.ErrBufferFull) {
		return text, err
	}
	rr.long = rr.long[:0]
	over := false
	for errors.Is(err, bufio.ErrBufferFull) {
		if over = over || len(rr.long)+len(text) > maxLineBytes; !over {
			rr.long = append(rr.long, text...)
		}
		text, err = rr.in.ReadSlice('\n')
	}
	if over || len(rr.long)+len(text) > maxLineBytes {
		if err == nil || errors.Is(err, io.EOF) {
			return nil, errTooLong
		}
		return nil, err
	}
	rr.long = append(rr.long, text...)
	return rr.long, err
}

// decodeAll applies every value of a line. What follows a value that is no JSON
// is lost up to the end of the line: nothing tells where the next value starts.
func (rr *rowReader[T]) decodeAll(text []byte, last bool) error {
	if deep(text) {
		rr.flaws.add(evidence.Errorf(evidence.Truncated, "line %d: nested deeper than %d", rr.line, maxDepth))
		return nil
	}
	rr.dec.Reset(bytes.NewBuffer(text), rowOptions)
	for {
		if k := rr.dec.PeekKind(); k != '{' && k != 0 {
			if rr.dec.SkipValue() == nil {
				continue // JSON, and no row
			}
		}
		var zero T
		rr.row = zero
		err := json.UnmarshalDecode(&rr.dec, &rr.row)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			rr.flaws.add(rr.flaw(err, last))
			return nil
		}
		if err := rr.applyRow(&rr.row, text); err != nil {
			return err
		}
	}
}

// flaw describes a value that could not be read, without quoting it.
func (rr *rowReader[T]) flaw(err error, last bool) error {
	if last && errors.Is(err, io.ErrUnexpectedEOF) {
		return evidence.Errorf(evidence.Truncated, "line %d: the file ends inside a row", rr.line)
	}
	return evidence.Errorf(evidence.Unreadable, "line %d: not JSON at byte %d", rr.line, rr.lean.offset(int(rr.dec.InputOffset())))
}

func (rr *rowReader[T]) applyRow(row *T, text []byte) error {
	if rr.values++; rr.values > maxValues {
		return evidence.Errorf(evidence.Truncated, "line %d: more than %d rows", rr.line, maxValues)
	}
	return rr.apply(rr.line, row, text)
}

// stream reads values that are spread over lines. There is no newline to
// resume at, so the first flaw ends the reading.
func (rr *rowReader[T]) stream() error {
	counted := &cappedReader{r: rr.in, left: maxDocumentBytes}
	outer := jsontext.NewDecoder(counted, rowOptions)
	array := outer.PeekKind() == '['
	if array {
		if _, err := outer.ReadToken(); err != nil {
			return rr.streamErr(err, counted)
		}
	}
	for !array || outer.PeekKind() != ']' {
		counted.left = maxDocumentBytes
		value, err := outer.ReadValue()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return rr.streamErr(err, counted)
		}
		rr.line = counted.newlines + 1
		if err := rr.decodeAll(value, false); err != nil {
			return err
		}
	}
	return nil
}

func (rr *rowReader[T]) streamErr(err error, c *cappedReader) error {
	line := c.newlines + 1
	switch {
	case rr.source.N <= 0:
		rr.line = line
		return rr.tooLarge()
	case errors.Is(err, errTooLong):
		return evidence.Errorf(evidence.Truncated, "before line %d: a value is longer than %d bytes", line, maxDocumentBytes)
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return evidence.Errorf(evidence.Truncated, "line %d: the file ends inside a row", line)
	}
	return evidence.Errorf(evidence.Unreadable, "before line %d: not JSON", line)
}

// cappedReader gives up once left bytes were read since left was last set, and
// counts newlines. A decoder reads ahead, so the count is that of the line at or
// after the value being decoded.
type cappedReader struct {
	r        io.Reader
	left     int
	newlines int
}

func (c *cappedReader) Read(p []byte) (int, error) {
	if c.left <= 0 {
		return 0, errTooLong
	}
	n, err := c.r.Read(p[:min(len(p), c.left)])
	c.left -= n
	c.newlines += bytes.Count(p[:n], []byte("\n"))
	return n, err
}

// deep reports whether text nests deeper than maxDepth. The two counts settle
// nearly every row at memory speed.
func deep(text []byte) bool {
	if bytes.Count(text, []byte("{"))+bytes.Count(text, []byte("[")) <= maxDepth {
		return false
	}
	depth := 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '"':
			i = skipString(text, i)
		case '{', '[':
			if depth++; depth > maxDepth {
				return true
			}
		case '}', ']':
			depth--
		}
	}
	return false
}

// skipString returns the index of the quote that closes the string at i.
func skipString(text []byte, i int) int {
	for i++; i < len(text); i++ {
		end := bytes.IndexByte(text[i:], '"')
		if end < 0 {
			return len(text)
		}
		back := 0
		for back < end && text[i+end-1-back] == '\\' {
			back++
		}
		i += end
		if back%2 == 0 {
			return i
		}
	}
	return i
}
