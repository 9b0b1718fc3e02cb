package git

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strconv"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// A patchReader reads the hunk headers of a -U0 patch and skips the bodies by
// their counts. Without context a body can look like anything: a removed "-- a"
// above an added "++ b" is the header of a file to a parser that goes by
// prefixes.
type patchReader struct {
	in   *bufio.Reader
	line []byte // the next line, when it was read ahead
}

// file reads the section of one file: the path in its first line, cut to what
// follows " b/", and its hunks.
func (p *patchReader) file() (string, []hunk, error) {
	first, err := p.next()
	if err != nil {
		return "", nil, io.ErrUnexpectedEOF
	}
	_, name, ok := strings.Cut(string(first), " b/")
	if !ok || !bytes.HasPrefix(first, []byte("diff --git ")) {
		return "", nil, evidence.Errorf(evidence.Unreadable, "patch: no section begins with %.60q", first)
	}
	var hunks []hunk
	for {
		line, err := p.next()
		if errors.Is(err, io.EOF) {
			return name, hunks, nil
		}
		if err != nil {
			return "", nil, err
		}
		switch {
		case bytes.HasPrefix(line, []byte("@@ ")):
			h, err := parseHunk(line)
			if err != nil {
				return "", nil, err
			}
			hunks = append(hunks, h)
			if err := p.skip('-', h.oldCount); err != nil {
				return "", nil, err
			}
			if err := p.skip('+', h.newCount); err != nil {
				return "", nil, err
			}
		case isSectionHeader(line) || bytes.HasPrefix(line, []byte("diff --git ")) || len(hunks) > 0:
			p.line = bytes.Clone(line)
			return name, hunks, nil
		}
	}
}

// isSectionHeader recognises "<tree> <tree>", which git diff-tree --stdin prints
// before what it found.
func isSectionHeader(line []byte) bool {
	n := len(line) / 2
	return len(line) > 80 && line[n] == ' ' && bytes.IndexFunc(line, func(c rune) bool {
		return c != ' ' && (c < '0' || c > '9') && (c < 'a' || c > 'f')
	}) < 0
}

// next returns the next line without its end. It is valid until the next call.
func (p *patchReader) next() ([]byte, error) {
	if p.line != nil {
		line := p.line
		p.line = nil
		return line, nil
	}
	line, err := p.in.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		// Headers are short, but a hunk header quotes a line of the file.
		line = bytes.Clone(line)
		if err = p.skipLine(); err != nil {
			return nil, io.ErrUnexpectedEOF
		}
	}
	if errors.Is(err, io.EOF) && len(line) > 0 {
		return nil, io.ErrUnexpectedEOF
	}
	return bytes.TrimSuffix(line, []byte("\n")), err
}

func (p *patchReader) skipLine() error {
	for {
		if _, err := p.in.ReadSlice('\n'); !errors.Is(err, bufio.ErrBufferFull) {
			return err
		}
	}
}

// skip skips n lines that begin with mark, and git's remark that the last has no
// newline.
func (p *patchReader) skip(mark byte, n int) error {
	for range n {
		if c, err := p.in.ReadByte(); err != nil || c != mark {
			return evidence.Errorf(evidence.Truncated, "patch: a hunk ends before its count")
		}
		if err := p.skipLine(); err != nil {
			return io.ErrUnexpectedEOF
		}
	}
	if n == 0 {
		return nil
	}
	c, err := p.in.Peek(1)
	if err == nil && c[0] == '\\' {
		return p.skipLine()
	}
	return nil
}

// parseHunk reads "@@ -<line>[,<count>] +<line>[,<count>] @@".
func parseHunk(line []byte) (hunk, error) {
	parts := strings.SplitN(string(line), " ", 4)
	var h hunk
	ok := len(parts) == 4 && parseRange(parts[1], '-', &h.oldLine, &h.oldCount) && parseRange(parts[2], '+', &h.newLine, &h.newCount)
	if !ok {
		return hunk{}, evidence.Errorf(evidence.Unreadable, "patch: malformed hunk header %.60q", line)
	}
	return h, nil
}

func parseRange(s string, mark byte, line, count *int) bool {
	if len(s) < 2 || s[0] != mark {
		return false
	}
	first, n, counted := strings.Cut(s[1:], ",")
	*count = 1
	var errLine, errCount error
	*line, errLine = strconv.Atoi(first)
	if counted {
		*count, errCount = strconv.Atoi(n)
	}
	return errLine == nil && errCount == nil && *line >= 0 && *count >= 0
}
