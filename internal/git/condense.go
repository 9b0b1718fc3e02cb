package git

import (
	"bufio"
	"bytes"
	"errors"
	"io"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// A condenser passes a patch on with the lines in its hunks cut to their marks,
// and tells of the added ones on the way. What reads the shape of the patch
// behind it need not copy, or hold, what the files contain; nor can it take a
// line of a file for one of the patch.
type condenser struct {
	in *bufio.Reader
	// added is told of each added line: the number of the section that it is in,
	// from 0, its own number, and what it says, valid during the call.
	added func(section, number int, content []byte)
	// removed, when set, is told likewise of each removed line, context of each
	// line that both versions have, begin of each hunk with what its header quotes,
	// and unended of each line before that has no end.
	removed func(section int, content []byte)
	context func(section int, content []byte)
	begin   func(section int, h hunk, heading []byte)
	unended func(section int)
	// over, when set, tells before a line outside of hunks that the patch has ended.
	over func(*bufio.Reader) bool

	section  int // of the last header
	old, new int // lines that the hunk still has
	number   int // of the next line of the new file
	out      []byte
	at       int // what of out was read
	long     []byte
}

// condensedBuffer is how much is condensed at once: as much as a reader of the
// usual size takes.
const condensedBuffer = 4 << 10

func newCondenser(in io.Reader, added func(section, number int, content []byte)) *condenser {
	buffered, ok := in.(*bufio.Reader)
	if !ok {
		buffered = bufio.NewReaderSize(in, streamBuffer)
	}
	return &condenser{in: buffered, added: added, section: -1}
}

// Read implements [io.Reader]. A hunk that ends before its counts is an
// unexpected end.
func (c *condenser) Read(p []byte) (int, error) {
	if c.at == len(c.out) {
		c.out, c.at = c.out[:0], 0
		for len(c.out) < condensedBuffer {
			if err := c.next(); errors.Is(err, io.EOF) && len(c.out) > 0 {
				break
			} else if err != nil {
				return 0, err
			}
		}
	}
	n := copy(p, c.out[c.at:])
	c.at += n
	return n, nil
}

// next condenses one line.
func (c *condenser) next() error {
	inside := c.old > 0 || c.new > 0
	if !inside && c.over != nil && c.over(c.in) {
		return io.EOF
	}
	line, err := c.line()
	switch {
	case errors.Is(err, io.EOF) && (inside || len(line) > 0):
		return io.ErrUnexpectedEOF
	case err != nil:
		return err
	case inside:
		return c.body(line)
	case bytes.HasPrefix(line, []byte("@@ ")):
		h, err := parseHunk(line)
		if err != nil {
			return err
		}
		c.old, c.new, c.number = h.oldCount, h.newCount, h.newLine
		if c.begin != nil {
			c.begin(c.section, h, heading(line))
		}
	case bytes.HasPrefix(line, []byte(`\ `)) && c.unended != nil:
		c.unended(c.section)
	case bytes.HasPrefix(line, []byte("diff --git ")):
		c.section++
	}
	c.out = append(append(c.out, line...), '\n')
	return nil
}

func (c *condenser) body(line []byte) error {
	if len(line) == 0 {
		return evidence.Errorf(evidence.Unreadable, "patch: empty line in a hunk")
	}
	switch line[0] {
	case '+':
		c.added(c.section, c.number, line[1:])
		c.new--
		c.number++
	case '-':
		if c.removed != nil {
			c.removed(c.section, line[1:])
		}
		c.old--
	case ' ':
		if c.context != nil {
			c.context(c.section, line[1:])
		}
		c.old--
		c.new--
		c.number++
	case '\\':
		if c.unended != nil {
			c.unended(c.section)
		}
		c.out = append(c.out, line...)
		c.out = append(c.out, '\n')
		return nil
	default:
		return evidence.Errorf(evidence.Unreadable, "patch: a line of a hunk begins with %q", line[0])
	}
	if c.old < 0 || c.new < 0 {
		return evidence.Errorf(evidence.Unreadable, "patch: a hunk has more lines than its header says")
	}
	c.out = append(c.out, line[0], '\n')
	return nil
}

// line returns the next line without its end, valid until the next call.
func (c *condenser) line() ([]byte, error) {
	line, err := c.in.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		c.long = c.long[:0]
		for errors.Is(err, bufio.ErrBufferFull) {
			c.long = append(c.long, line...)
			line, err = c.in.ReadSlice('\n')
		}
		c.long = append(c.long, line...)
		line = c.long
	}
	if err != nil {
		return line, err
	}
	return line[:len(line)-1], nil
}
