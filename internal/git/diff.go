package git

import (
	"bufio"
	"context"
	"errors"
	"io"
	"strconv"
	"strings"

	"github.com/sourcegraph/go-diff/diff"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// pinned are the options on which the text of a diff depends and that
// configuration, attributes or later versions of git could change.
var pinned = []string{
	"--no-ext-diff", "--no-textconv", "--no-color", "--no-relative", "--full-index",
	"--diff-algorithm=myers", "--indent-heuristic", "--inter-hunk-context=0",
	"--src-prefix=a/", "--dst-prefix=b/", "--submodule=short", "--ignore-submodules=none",
}

// renameLimit is git's own default: with more than its square of pairs to
// compare, only files that did not change are found again. GitHub has a limit
// too.
const renameLimit = "-l1000"

// Look returns what is to see each line that a change adds to a file or removes
// from it, or nil. The content is valid during the call.
type Look func(path string) func(content []byte, added bool)

// Diff returns what changed between two commits, by path, as git diff -U3 -M
// has it, which is what GitHub shows: added lines with three lines of context
// can differ from those without. Spans and Lines of the files are filled.
//
// The counts of the diff are compared with --numstat; a disagreement is an error.
// Look, which may be nil, is asked for each file what is to see its lines.
func (r *Repo) Diff(ctx context.Context, mergeBase, head string, look Look) ([]evidence.File, error) {
	for _, rev := range []string{mergeBase, head} {
		if err := checkRevision(rev); err != nil {
			return nil, err
		}
	}
	var files []evidence.File
	err := r.stream(ctx, nil, func(in *bufio.Reader) (err error) {
		files, err = readDiff(in, look, nil)
		return err
	}, append(diffTree(), "--end-of-options", mergeBase, head)...)
	return ofCommit(files, head), err
}

// diffTree is the command behind [Repo.Diff].
func diffTree() []string {
	return append([]string{"diff-tree", "-r", "-z", "--raw", "--numstat", "-p", "-U3", "-M", renameLimit}, pinned...)
}

func ofCommit(files []evidence.File, head string) []evidence.File {
	for i := range files {
		files[i].Origin = evidence.Origin{Basis: evidence.Observed, Source: source, URI: head}
	}
	return files
}

// change is an entry of git's raw format: two blobs and how they came together.
type change struct {
	oldMode, mode string
	oldBlob, blob string
	status        byte // the letter, without the similarity
	oldPath, path string
}

// readDiff reads the raw entries, the numstat entries and the patch that one
// git diff-tree -z prints, in this order. The patch ends where over, which is
// asked at the beginning of each line that may be the last, says so, else at the
// end of the output.
func readDiff(in *bufio.Reader, look Look, over func(*bufio.Reader) bool) ([]evidence.File, error) {
	var changes []change
	for {
		if c, err := in.Peek(1); err != nil || c[0] != ':' {
			break
		}
		c, err := readRaw(in)
		if err != nil {
			return nil, err
		}
		changes = append(changes, c)
	}
	if len(changes) == 0 {
		return nil, nil
	}
	files := make([]evidence.File, len(changes))
	stats := make([]stat, len(changes))
	for i, c := range changes {
		var err error
		if stats[i], err = readStat(in); err != nil {
			return nil, err
		}
		if stats[i].path != c.path {
			return nil, evidence.Errorf(evidence.Unreadable, "numstat has %q where raw has %q", stats[i].path, c.path)
		}
		files[i] = newFile(c, stats[i])
	}
	if c, err := in.ReadByte(); err != nil || c != 0 {
		return nil, io.ErrUnexpectedEOF
	}
	if err := readPatch(in, changes, files, look, over); err != nil {
		return nil, err
	}
	return files, check(files, stats)
}

// readRaw reads ":<mode> <mode> <id> <id> <status> NUL <path> NUL", with a
// second path for renames and copies.
func readRaw(in *bufio.Reader) (change, error) {
	meta, err := field(in)
	if err != nil {
		return change{}, io.ErrUnexpectedEOF
	}
	parts := strings.Fields(strings.TrimPrefix(meta, ":"))
	if len(parts) != 5 {
		return change{}, evidence.Errorf(evidence.Unreadable, "malformed raw entry %q", meta)
	}
	c := change{oldMode: parts[0], mode: parts[1], oldBlob: parts[2], blob: parts[3], status: parts[4][0]}
	if c.path, err = field(in); err != nil {
		return change{}, io.ErrUnexpectedEOF
	}
	c.oldPath = c.path
	if c.status == 'R' || c.status == 'C' {
		if c.path, err = field(in); err != nil {
			return change{}, io.ErrUnexpectedEOF
		}
	}
	return c, nil
}

// stat is an entry of numstat.
type stat struct {
	added, deleted int
	binary         bool
	path           string
}

// readStat reads "<added> TAB <deleted> TAB <path> NUL"; for a rename the path
// is empty and two fields follow.
func readStat(in *bufio.Reader) (stat, error) {
	record, err := field(in)
	if err != nil {
		return stat{}, io.ErrUnexpectedEOF
	}
	parts := strings.SplitN(record, "\t", 3)
	if len(parts) != 3 {
		return stat{}, evidence.Errorf(evidence.Unreadable, "malformed numstat entry %q", record)
	}
	s := stat{binary: parts[0] == "-", path: parts[2]}
	if s.path == "" {
		if _, err = field(in); err == nil {
			s.path, err = field(in)
		}
		if err != nil {
			return stat{}, io.ErrUnexpectedEOF
		}
	}
	if s.binary {
		return s, nil
	}
	if s.added, err = strconv.Atoi(parts[0]); err != nil {
		return stat{}, evidence.Errorf(evidence.Unreadable, "malformed numstat entry %q", record)
	}
	if s.deleted, err = strconv.Atoi(parts[1]); err != nil {
		return stat{}, evidence.Errorf(evidence.Unreadable, "malformed numstat entry %q", record)
	}
	return s, nil
}

const (
	modeNone    = "000000"
	modeFile    = "100644"
	modeSymlink = "120000"
	modeCommit  = "160000"
)

var statuses = map[byte]evidence.FileStatus{
	'A': evidence.FileAdded, 'M': evidence.FileModified, 'D': evidence.FileDeleted,
	'R': evidence.FileRenamed, 'C': evidence.FileCopied, 'T': evidence.FileTypeChanged,
}

func newFile(c change, s stat) evidence.File {
	f := evidence.File{Path: c.path, Status: statuses[c.status], Binary: s.binary}
	if s.added > 0 {
		f.Lines = make([]evidence.LineHash, 0, s.added)
	}
	if c.oldPath != c.path {
		f.OldPath = c.oldPath
	}
	f.Submodule = c.mode == modeCommit || c.mode == modeNone && c.oldMode == modeCommit
	special := func(m string) bool { return m != modeNone && m != modeFile }
	if c.oldMode != c.mode || special(c.mode) || special(c.oldMode) {
		if c.oldMode != modeNone && (c.oldMode != c.mode) && (c.mode != modeNone || special(c.oldMode)) {
			f.OldMode = c.oldMode
		}
		if c.mode != modeNone && (c.oldMode != modeNone || special(c.mode)) {
			f.Mode = c.mode
		}
	}
	return f
}

// readPatch reads the sections of the patch into the files that they belong to.
// Sections follow the order of the raw entries. Each is recognised by its first
// line, which must be the one that git prints for the entry: go-diff reads
// names with white space at the end otherwise than they are. It reads the shape
// of the patch; the content of added lines is taken on the way to it.
func readPatch(in io.Reader, changes []change, files []evidence.File, look Look, over func(*bufio.Reader) bool) error {
	var fileOf []int // by section
	see := make([]func([]byte, bool), len(files))
	for i, c := range changes {
		if look != nil {
			see[i] = look(files[i].Path)
		}
		for range sectionsOf(c) {
			fileOf = append(fileOf, i)
		}
	}
	shape := newCondenser(in, func(section, number int, content []byte) {
		if section >= 0 && section < len(fileOf) {
			addLine(&files[fileOf[section]], number, content)
			if f := see[fileOf[section]]; f != nil {
				f(content, true)
			}
		}
	})
	shape.over = over
	shape.removed = func(section int, content []byte) {
		if section >= 0 && section < len(fileOf) {
			if f := see[fileOf[section]]; f != nil {
				f(content, false)
			}
		}
	}
	sections := diff.NewMultiFileDiffReaderOptions(shape, diff.ParseOptions{KeepCR: true})
	for i, c := range changes {
		for range sectionsOf(c) {
			section, rest, err := sections.ReadFileWithTrailingContent()
			if errors.Is(err, io.EOF) && i == len(changes)-1 && strings.HasPrefix(rest, "diff --git ") {
				// go-diff does not take the last section for one when it has
				// no hunks and a combination of headers that it does not know.
				section, err = &diff.FileDiff{Extended: strings.Split(rest, "\n")}, nil
			}
			if errors.Is(err, io.EOF) {
				return io.ErrUnexpectedEOF
			}
			if err != nil {
				return evidence.Errorf(evidence.Unreadable, "%s: %w", c.path, err)
			}
			if len(section.Extended) == 0 || section.Extended[0] != sectionHeader(c) {
				return evidence.Errorf(evidence.Unreadable, "%s: the patch does not follow the list of files", c.path)
			}
			if err := countHunks(&files[i], section.Hunks); err != nil {
				return err
			}
		}
	}
	if section, rest, err := sections.ReadFileWithTrailingContent(); !errors.Is(err, io.EOF) || section != nil || rest != "" {
		return evidence.Errorf(evidence.Unreadable, "the patch has more sections than the list of files")
	}
	return nil
}

// sectionsOf is the number of sections that a change has in the patch: a change
// of type is printed as a deletion and an addition.
func sectionsOf(c change) int {
	if c.status == 'T' {
		return 2
	}
	return 1
}

func sectionHeader(c change) string {
	return "diff --git " + quote("a/"+c.oldPath) + " " + quote("b/"+c.path)
}

// quote writes a path as git does in headers when core.quotePath is off: in C
// notation when it contains a quote, a backslash or a control character.
func quote(path string) string {
	special := func(c rune) bool { return c < ' ' || c == '"' || c == '\\' || c == 0x7f }
	if strings.IndexFunc(path, special) < 0 {
		return path
	}
	var b strings.Builder
	b.WriteByte('"')
	for i := range len(path) {
		c := path[i]
		switch at := strings.IndexByte("\a\b\t\n\v\f\r\"\\", c); {
		case at >= 0:
			b.WriteString(`\` + `abtnvfr"\`[at:at+1])
		case c < ' ' || c == 0x7f:
			b.WriteByte('\\')
			b.WriteString(strconv.FormatInt(int64(c)+0o1000, 8)[1:])
		default:
			b.WriteByte(c)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// countHunks adds the lines of the hunks to the counts of f and checks each hunk
// against its header, since go-diff accepts one that is cut short.
func countHunks(f *evidence.File, hunks []*diff.Hunk) error {
	for _, h := range hunks {
		before, after := 0, 0
		for _, mark := range h.Body {
			switch mark {
			case '\n':
			case '+':
				f.Added++
				after++
			case '-':
				f.Deleted++
				before++
			default:
				before, after = before+1, after+1
			}
		}
		if before != int(h.OrigLines) || after != int(h.NewLines) {
			return evidence.Errorf(evidence.Truncated, "%s: a hunk has %d and %d lines, its header says %d and %d", f.Path, before, after, h.OrigLines, h.NewLines)
		}
	}
	return nil
}

func addLine(f *evidence.File, number int, content []byte) {
	hash, _ := evidence.HashLine(content)
	f.Lines = append(f.Lines, hash)
	if n := len(f.Spans); n > 0 && f.Spans[n-1].Last == number-1 {
		f.Spans[n-1].Last = number
		return
	}
	f.Spans = append(f.Spans, evidence.LineRange{First: number, Last: number})
}

// check compares what the patch has with what git counted. For a change of type
// numstat compares the two contents, while the patch has all of both.
func check(files []evidence.File, stats []stat) error {
	for i, f := range files {
		s := stats[i]
		same := f.Added == s.added && f.Deleted == s.deleted
		if f.Status == evidence.FileTypeChanged {
			same = f.Added >= s.added && f.Deleted >= s.deleted
		}
		if !same || len(f.Lines) != f.Added {
			return evidence.Errorf(evidence.Unreadable, "%s: the patch has +%d -%d lines, git counts +%d -%d", f.Path, f.Added, f.Deleted, s.added, s.deleted)
		}
	}
	return nil
}
