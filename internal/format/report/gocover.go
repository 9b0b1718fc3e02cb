package report

import (
	"bytes"
	"io"
	"regexp"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// goBlock is a block of a profile: file, start, end, statements, count.
var goBlock = regexp.MustCompile(`^(.+):(\d+)\.(\d+),(\d+)\.(\d+) (\d+) (\d+)$`)

// maxBlockLines is the length of a block. Generated functions have some 10,000
// lines without a branch.
const maxBlockLines = 100_000

// DetectGoCover knows a profile of the go command by its mode.
func DetectGoCover(_ string, head []byte) bool {
	head = bytes.TrimLeft(Text(head), " \t\r\n")
	return bytes.HasPrefix(head, []byte("mode: set")) || bytes.HasPrefix(head, []byte("mode: count")) ||
		bytes.HasPrefix(head, []byte("mode: atomic"))
}

// DecodeGoCover reads a profile of "go test -coverprofile". Lines are counted,
// not statements as the go command does: a line was executed when a block on it
// was. Profiles that were concatenated, with their modes, are joined.
func DecodeGoCover(r io.Reader) (evidence.Fragment, error) {
	d := gocover{in: newLineReader(r), set: newLineSet()}
	err := d.set.problem(d.lines())
	if !d.mode {
		return evidence.Fragment{}, err
	}
	return evidence.Fragment{Coverage: []evidence.Coverage{d.set.finish("gocover")}}, err
}

type gocover struct {
	in   *lineReader
	set  *lineSet
	mode bool
}

func (d *gocover) lines() error {
	for {
		text, ok := d.in.next()
		if !ok {
			return d.in.failed()
		}
		text = bytes.TrimSpace(text)
		switch {
		case len(text) == 0:
		case bytes.HasPrefix(text, []byte("mode: ")):
			d.mode = true
		case !d.block(string(text)) && !d.in.whole:
			return d.in.errorf(evidence.Truncated, "the profile ends inside a block")
		case goBlock.Match(text):
		default:
			return d.in.errorf(evidence.Unreadable, "not a block of a profile")
		}
	}
}

// block notes the lines of a block and reports whether text is one.
func (d *gocover) block(text string) bool {
	m := goBlock.FindStringSubmatch(text)
	if m == nil {
		return false
	}
	first, last := line(m[2]), line(m[4])
	if m[5] == "1" && last > first {
		last-- // ends before the line begins
	}
	f := d.set.file(m[1])
	for n := first; n <= last && n < first+maxBlockLines; n++ {
		d.set.add(f, n, positive(m[7]))
	}
	return true
}
