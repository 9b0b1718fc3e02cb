package git

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"maps"
	"os/exec"
	"path"
	"slices"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

const (
	// maxSingleComparisons is up to how many pairs of files a new file is
	// compared with all deleted ones on its own. A comparison costs some 20 µs.
	maxSingleComparisons = 4096
	// comparisonLimit is the square root of the number of pairs up to which
	// contents are compared at all; above, only files that did not change are
	// found. Git's own limit for diffs is 1000.
	comparisonLimit = "-l2000"
	// flush is a line that diff-tree --stdin repeats, flushing what it found.
	flush = "done\n"
)

// renameFinder finds files under their old names. It keeps git processes that
// are given pairs of trees, which contain only the files in question.
type renameFinder struct {
	repo          *Repo
	single, joint *conversation
}

// find looks for the origins of the wanted files, by path, among the deleted
// ones.
func (f *renameFinder) find(ctx context.Context, deleted []TreeEntry, wanted map[string]TreeEntry) (map[string]TreeEntry, error) {
	if len(wanted) == 0 {
		return nil, nil
	}
	found := map[string]TreeEntry{}
	var left []TreeEntry
	same := byContent(deleted)
	for _, name := range slices.Sorted(maps.Keys(wanted)) {
		w := wanted[name]
		if e, ok := identical(same[contentOf(w)], w); ok {
			found[w.Path] = e
		} else if isRegular(w.Mode) {
			left = append(left, w)
		}
	}
	deleted = slices.DeleteFunc(deleted, func(e TreeEntry) bool { return !isRegular(e.Mode) })
	if len(left) == 0 || len(deleted) == 0 {
		return found, nil
	}
	return found, f.similar(ctx, deleted, left, found)
}

func isRegular(mode string) bool { return strings.HasPrefix(mode, "100") }

// contentOf is what must be equal in files that only changed their name: git
// takes a file for a renamed one even if it became executable.
func contentOf(e TreeEntry) string {
	if isRegular(e.Mode) {
		return e.Blob
	}
	return e.Mode + " " + e.Blob
}

func byContent(files []TreeEntry) map[string][]TreeEntry {
	m := map[string][]TreeEntry{}
	for _, e := range files {
		m[contentOf(e)] = append(m[contentOf(e)], e)
	}
	return m
}

// identical picks among files with w's content the first with its base name,
// else the first, as git does.
func identical(same []TreeEntry, w TreeEntry) (TreeEntry, bool) {
	for _, e := range same {
		if path.Base(e.Path) == path.Base(w.Path) {
			return e, true
		}
	}
	if len(same) == 0 {
		return TreeEntry{}, false
	}
	return same[0], true
}

// similar adds the origins of the files in left whose content changed too.
//
// Git blame compares each file with all deleted ones by itself, so that one
// deleted file can be the origin of several. Asking for copies gives that to all
// files in one comparison, but takes files that another one took already only
// if there is no second best; so what it finds among several is asked again,
// each by itself. What it does not find has no origin.
func (f *renameFinder) similar(ctx context.Context, deleted, left []TreeEntry, found map[string]TreeEntry) error {
	old, err := f.repo.objects.writeTree(deleted)
	if err != nil {
		return err
	}
	if len(left) > 1 {
		if f.joint == nil {
			if f.joint, err = f.repo.converse(ctx, "-C", comparisonLimit); err != nil {
				return err
			}
		}
		if err := f.joint.ask(f.repo, old, left, found); err != nil {
			return err
		}
		left = slices.DeleteFunc(left, func(w TreeEntry) bool { return found[w.Path].Path == "" })
		if len(deleted) == 1 || len(deleted)*len(left) > maxSingleComparisons {
			return nil
		}
	}
	if f.single == nil && len(left) > 0 {
		if f.single, err = f.repo.converse(ctx, "-M", comparisonLimit); err != nil {
			return err
		}
	}
	for _, w := range left {
		if err := f.single.ask(f.repo, old, []TreeEntry{w}, found); err != nil {
			return err
		}
	}
	return nil
}

func (f *renameFinder) close() error {
	for _, c := range []*conversation{f.single, f.joint} {
		if c != nil {
			if err := c.close(f.repo); err != nil {
				return err
			}
		}
	}
	return nil
}

// conversation is a git diff-tree --stdin that is asked one thing at a time.
type conversation struct {
	cmd  *exec.Cmd
	in   io.WriteCloser
	out  *bufio.Reader
	said complaint
	err  error
}

func (r *Repo) converse(ctx context.Context, options ...string) (*conversation, error) {
	args := append([]string{"diff-tree", "--stdin", "-r", "-z", "--raw", "--no-abbrev"}, options...)
	c := &conversation{cmd: r.command(ctx, args...)}
	c.cmd.Stderr, c.cmd.WaitDelay = &c.said, exitGrace
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if c.in, err = c.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	c.out = bufio.NewReader(out)
	if err := c.cmd.Start(); err != nil {
		return nil, r.explain("git diff-tree", err, "")
	}
	return c, nil
}

// ask compares the tree old with one of the wanted files and adds the renames.
func (c *conversation) ask(r *Repo, old string, wanted []TreeEntry, found map[string]TreeEntry) error {
	tree, err := r.objects.writeTree(wanted)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(c.in, "%s %s\n%s", old, tree, flush); err == nil {
		c.err = c.read(old+" "+tree+"\n", found)
	} else {
		c.err = io.ErrUnexpectedEOF
	}
	if c.err != nil {
		return c.close(r)
	}
	return nil
}

func (c *conversation) read(header string, found map[string]TreeEntry) error {
	line, err := c.out.ReadString('\n')
	if err != nil || line != header {
		return io.ErrUnexpectedEOF
	}
	for {
		next, err := c.out.Peek(1)
		if err != nil {
			return io.ErrUnexpectedEOF
		}
		if next[0] != ':' {
			break
		}
		e, err := readRaw(c.out)
		if err != nil {
			return err
		}
		if e.status == 'R' || e.status == 'C' {
			found[e.path] = TreeEntry{Path: e.oldPath, Blob: e.oldBlob, Mode: e.oldMode}
		}
	}
	if line, err := c.out.ReadString('\n'); err != nil || line != flush {
		return io.ErrUnexpectedEOF
	}
	return nil
}

// close ends the process and returns what went wrong in it, if anything did.
func (c *conversation) close(r *Repo) error {
	if c.cmd.ProcessState != nil {
		return c.err
	}
	c.in.Close()
	err := c.cmd.Wait()
	switch {
	case err != nil:
		c.err = r.explain("git diff-tree", err, c.said.String())
	case c.err != nil:
		c.err = evidence.Errorf(evidence.Truncated, "git diff-tree: answer to a question about renames: %w", c.err)
	}
	return c.err
}
