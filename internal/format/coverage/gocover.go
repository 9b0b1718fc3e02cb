package coverage

import (
	"bytes"
	"io"
	"regexp"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/format/lex"
)

// goBlock is a block of a profile: file, start, end, statements, count.
var goBlock = regexp.MustCompile(`^(.+):(\d+)\.(\d+),(\d+)\.(\d+) (\d+) (\d+)$`)

// maxBlocks is the number of blocks of a profile, at some 30 bytes each. The
// go command itself has some 300,000.
const maxBlocks = 2_000_000

// maxBlockLines is the length of a block. Generated functions have some 10,000
// lines without a branch.
const maxBlockLines = 100_000

// DetectGoCover knows a profile of the go command by its mode.
func DetectGoCover(_ string, head []byte) bool {
	head = bytes.TrimLeft(lex.Text(head), " \t\r\n")
	return bytes.HasPrefix(head, []byte("mode: set")) || bytes.HasPrefix(head, []byte("mode: count")) ||
		bytes.HasPrefix(head, []byte("mode: atomic"))
}

// DecodeGoCover reads a profile of "go test -coverprofile". The numbers of the
// whole are statements, as the go command and everybody who reads its percentage
// counts; the lists are lines, each executed when a block on it was. Blocks that
// are listed several times, as with -coverpkg or in profiles that were
// concatenated, count once.
func DecodeGoCover(r io.Reader) (evidence.Fragment, error) {
	d := gocover{in: lex.NewLines(r), set: newLineSet(), blocks: map[evidence.CaseID]statements{}}
	err := d.set.problem(d.lines())
	if !d.mode {
		return evidence.Fragment{}, err
	}
	c := d.set.finish("gocover")
	c.Lines, c.Covered = 0, 0
	for _, b := range d.blocks {
		c.Lines += int(b.count)
		if b.executed {
			c.Covered += int(b.count)
		}
	}
	return evidence.Fragment{Coverage: []evidence.Coverage{c}}, err
}

// statements are those of a block.
type statements struct {
	count    int32
	executed bool
}

type gocover struct {
	in     *lex.Lines
	set    *lineSet
	blocks map[evidence.CaseID]statements
	mode   bool
}

func (d *gocover) lines() error {
	for {
		text, ok := d.in.Next()
		if !ok {
			return d.in.Failed()
		}
		text = bytes.TrimSpace(text)
		switch {
		case len(text) == 0:
		case bytes.HasPrefix(text, []byte("mode: ")):
			d.mode = true
		case !d.block(string(text)) && !d.in.Whole:
			return d.in.Errorf(evidence.Truncated, "the profile ends inside a block")
		case goBlock.Match(text):
		default:
			return d.in.Errorf(evidence.Unreadable, "not a block of a profile")
		}
	}
}

// block notes the lines of a block and reports whether text is one.
func (d *gocover) block(text string) bool {
	m := goBlock.FindStringSubmatch(text)
	if m == nil {
		return false
	}
	first, last := lex.LineNumber(m[2]), lex.LineNumber(m[4])
	d.count(evidence.Identify(m[1], m[2], m[3], m[4], m[5]), lex.LineNumber(m[6]), positive(m[7]))
	if m[5] == "1" && last > first {
		last-- // ends before the line begins
	}
	f := d.set.file(m[1])
	for n := first; n <= last && n < first+maxBlockLines; n++ {
		d.set.add(f, n, positive(m[7]))
	}
	return true
}

// count adds a block, or joins it with what is known of it.
func (d *gocover) count(id evidence.CaseID, n int, executed bool) {
	b, known := d.blocks[id]
	if !known && len(d.blocks) == maxBlocks {
		d.set.omitted++
		return
	}
	d.blocks[id] = statements{count: int32(n), executed: b.executed || executed}
}
