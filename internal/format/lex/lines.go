package lex

import (
	"bufio"
	"bytes"
	"errors"
	"io"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// maxLineBytes is how much of a line is looked at. go test cuts its events at
// some kilobytes; a diagnostic with a whole file in it is cut.
const maxLineBytes = 1 << 20

// Lines reads a text line by line, without the line ends.
type Lines struct {
	in  *bufio.Reader
	buf []byte
	// Number of the line read last, whether it ended with a line feed, and
	// whether it was cut at the limit.
	number int
	Whole  bool
	cut    bool
	err    error
}

// NewLines returns a reader of the lines of a text in any encoding.
func NewLines(r io.Reader) *Lines {
	return &Lines{in: bufio.NewReaderSize(newText(r), 64<<10)}
}

// Next returns the next line, valid until the next call. At the end of the input
// it is not ok, and err is [io.EOF] or what kept it from being read.
func (l *Lines) Next() (line []byte, ok bool) {
	if l.err != nil {
		return nil, false
	}
	l.number++
	line, l.err = l.in.ReadSlice('\n')
	l.Whole, l.cut = l.err == nil, false
	if errors.Is(l.err, bufio.ErrBufferFull) {
		line = l.long(line)
	}
	if l.err != nil && len(line) == 0 {
		l.number--
		return nil, false
	}
	line = bytes.TrimSuffix(line, []byte{'\n'})
	return bytes.TrimSuffix(line, []byte{'\r'}), true
}

// long reads on in a line that is longer than the buffer.
func (l *Lines) long(start []byte) []byte {
	l.buf = append(l.buf[:0], start...)
	for errors.Is(l.err, bufio.ErrBufferFull) {
		var part []byte
		part, l.err = l.in.ReadSlice('\n')
		room := maxLineBytes - len(l.buf)
		l.cut = l.cut || len(part) > room
		l.buf = append(l.buf, part[:min(len(part), room)]...)
	}
	l.Whole = l.err == nil
	return l.buf
}

// Errorf names the line read last.
func (l *Lines) Errorf(reason evidence.Reason, message string) error {
	return evidence.Errorf(reason, "line %d: %s", l.number, message)
}

// Failed is the error that ended the reading, nil at the end of the input.
func (l *Lines) Failed() error {
	if l.err == nil || errors.Is(l.err, io.EOF) {
		return nil
	}
	return evidence.Errorf(evidence.Unreadable, "reading: %w", l.err)
}
