package gather

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/format"
	"github.com/mergebrief/mergebrief/internal/git"
	"github.com/mergebrief/mergebrief/internal/workers"
)

const (
	// maxFiles bounds the files of one run. Matrix builds with one report for
	// each test class reach some thousands.
	maxFiles = 10_000
	// maxWalked bounds the directory entries looked at. The largest public
	// monorepos have about a million files.
	maxWalked = 2_000_000
)

// pruned directories hold other people's reports and nothing of this change.
// A pattern that names one looks into it all the same.
var pruned = []string{".git", "node_modules", "vendor", "testdata"}

// Files is the source of the files below a directory.
type Files struct {
	// Directory, as an operating system path. Nothing outside is opened, also
	// through links.
	Root string
	// Patterns for paths relative to Root, in doublestar's syntax, or absolute
	// ones where Root is "/".
	Patterns []string
	// The patterns were asked for: one that matches nothing is a gap.
	Explicit bool
	// Paths relative to Root that are not looked at: where our own output goes.
	Except []string
	// Repository in which files may lie that the change leaves alone; they are
	// evidence only where a pattern names them. Nil: every file counts.
	Repo *git.Repo
}

// Name returns "files".
func (Files) Name() string { return "files" }

// Class returns the class of files of the workspace.
func (Files) Class() evidence.Class { return evidence.FromWorkspace }

// Gather reads every file that a pattern matches, once, in the order of the
// paths.
func (f Files) Gather(ctx context.Context, t evidence.Target) (evidence.Fragment, error) {
	root, err := os.OpenRoot(f.Root)
	if err != nil {
		return evidence.Fragment{}, evidence.Errorf(evidence.NotFound, "the folder for evidence cannot be opened: %w", unwrapPath(err))
	}
	defer root.Close()
	var out evidence.Fragment
	matched, gaps := f.match(ctx, root.FS())
	out.Gaps = append(out.Gaps, gaps...)
	known := trackedIn(ctx, f.Repo, t, f.Root, slices.DeleteFunc(slices.Clone(matched), f.named))
	read := func(p string) evidence.Fragment {
		if in, ok := known.input(ctx, root, f.Name(), p); ok {
			return evidence.Fragment{Inputs: []evidence.Input{in}}
		}
		file := readFile(ctx, root, f.Name(), p)
		switch {
		case !f.Explicit:
			overlook(&file)
		case f.named(p), format.LooksAlike(file.Inputs[0]):
			missed(&file)
		}
		return file
	}
	for _, file := range workers.Map(matched, read) {
		out.Add(file)
	}
	if f.Explicit {
		out.Gaps = append(out.Gaps, f.nothingKnown(out.Inputs)...)
	}
	return out, ctx.Err()
}

// named reports whether somebody pointed at this very file.
func (f Files) named(file string) bool {
	return f.Explicit && slices.ContainsFunc(f.Patterns, func(p string) bool {
		return literal(p) && path.Clean(filepath.ToSlash(p)) == file
	})
}

// match returns the paths that match, sorted, and gaps for patterns that are
// wrong or match nothing.
func (f Files) match(ctx context.Context, fsys fs.FS) ([]string, []evidence.Gap) {
	var gaps []evidence.Gap
	var patterns []string
	for _, p := range f.Patterns {
		p = path.Clean(filepath.ToSlash(p))
		if !doublestar.ValidatePattern(p) || !fs.ValidPath(p) {
			gaps = append(gaps, f.patternGap(p, evidence.Unsupported, "the pattern is not valid, or leads out of the workspace"))
			continue
		}
		patterns = append(patterns, p)
	}
	w := &walk{fsys: fsys, patterns: patterns, globs: make([]glob, len(patterns)), hits: make([]int, len(patterns)), except: f.Except}
	for i, p := range patterns {
		w.globs[i] = newGlob(p)
	}
	w.prune()
	err := fs.WalkDir(fsys, ".", func(p string, d fs.DirEntry, err error) error {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return w.visit(p, d, err)
	})
	if err != nil && !errors.Is(err, errTooMany) {
		gaps = append(gaps, f.patternGap(".", evidence.Truncated, "the search for files ended early: "+unwrapPath(err).Error()))
	}
	if errors.Is(err, errTooMany) {
		gaps = append(gaps, f.patternGap(".", evidence.Truncated, err.Error()))
	}
	gaps = append(gaps, w.gaps...)
	if f.Explicit {
		for i, p := range patterns {
			if w.hits[i] == 0 {
				gaps = append(gaps, f.patternGap(p, evidence.NotFound, "no file matches the pattern"))
			}
		}
	}
	return w.found, gaps
}

func (f Files) patternGap(pattern string, reason evidence.Reason, detail string) evidence.Gap {
	g := evidence.MissingGap(f.Name(), "files "+pattern, reason, detail)
	g.Origin.URI = pattern
	if reason == evidence.NotFound {
		g.Hint = "check the input evidence, or that the step that writes the file runs before"
	}
	return g
}

var errTooMany = fmt.Errorf("there are more than %d files to read or %d entries to look at; narrow the patterns", maxFiles, maxWalked)

// walk is one pass over the tree for all patterns.
type walk struct {
	fsys     fs.FS
	patterns []string
	globs    []glob
	hits     []int
	except   []string
	skip     []string
	walked   int
	found    []string
	gaps     []evidence.Gap
}

// prune keeps those pruned directories that no pattern names.
func (w *walk) prune() {
	for _, dir := range pruned {
		named := slices.ContainsFunc(w.patterns, func(p string) bool { return slices.Contains(strings.Split(p, "/"), dir) })
		if !named {
			w.skip = append(w.skip, dir)
		}
	}
}

func (w *walk) visit(p string, d fs.DirEntry, err error) error {
	if w.walked++; w.walked > maxWalked || len(w.found) > maxFiles {
		return errTooMany
	}
	if err != nil {
		if p == "." {
			return err
		}
		w.gaps = append(w.gaps, evidence.MissingGap("files", "folder "+p, evidence.Denied, unwrapPath(err).Error()))
		return fs.SkipDir
	}
	if d.IsDir() {
		if slices.Contains(w.skip, d.Name()) || slices.Contains(w.except, p) {
			return fs.SkipDir
		}
		return nil
	}
	hit := false
	for i, g := range w.globs {
		if g.match(p) {
			w.hits[i]++
			hit = true
		}
	}
	if hit {
		w.found = append(w.found, p)
	}
	return nil
}

func readFile(ctx context.Context, root *os.Root, source, name string) evidence.Fragment {
	if ctx.Err() != nil {
		return refused(source, name, evidence.Unavailable, "the run ended before the file was read")
	}
	info, err := root.Stat(filepath.FromSlash(name))
	if err != nil {
		return refused(source, name, fileReason(err), "the file cannot be opened: "+unwrapPath(err).Error())
	}
	if !info.Mode().IsRegular() {
		return refused(source, name, evidence.Unsupported, "not a regular file")
	}
	file, err := root.Open(filepath.FromSlash(name))
	if err != nil {
		return refused(source, name, fileReason(err), "the file cannot be opened: "+unwrapPath(err).Error())
	}
	defer file.Close()
	return format.ReadOf(source, name, contextReader{ctx, file}, touchedBy(ctx))
}

// contextReader ends reading when the run does.
type contextReader struct {
	ctx context.Context
	r   io.Reader
}

func (c contextReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}

// overlook takes a file that only has a usual name, and is an archive or the like,
// as any other file that is no report.
func overlook(file *evidence.Fragment) {
	in := &file.Inputs[0] // format.Read promises exactly one
	if in.Status == evidence.Rejected && in.Format == "" && in.Origin.Basis != evidence.Missing && in.Origin.Reason == evidence.Unsupported {
		in.Status, file.Gaps = evidence.Unknown, nil
	}
}

// nothingKnown is a gap for each pattern of which all files are of no known format.
func (f Files) nothingKnown(inputs []evidence.Input) []evidence.Gap {
	var gaps []evidence.Gap
	for _, p := range f.Patterns {
		p = path.Clean(filepath.ToSlash(p))
		if literal(p) || !doublestar.ValidatePattern(p) {
			continue
		}
		n, unknown := 0, 0
		for i := range inputs {
			if newGlob(p).match(inputs[i].Path) {
				if n++; inputs[i].Status == evidence.Unknown {
					unknown++
				}
			}
		}
		if n > 0 && n == unknown {
			gaps = append(gaps, f.patternGap(p, evidence.Unsupported, fmt.Sprintf("%s, none of a known format", evidence.Plural(n, "file"))))
		}
	}
	return gaps
}

// missed tells of a file that somebody pointed at and that is of no known format:
// silence would look like a report in which nothing is wrong.
func missed(file *evidence.Fragment) {
	in := &file.Inputs[0] // format.Read promises exactly one
	if in.Status != evidence.Unknown {
		return
	}
	in.Status = evidence.Rejected
	g := evidence.MissingGap(in.Origin.Source, "the contents of "+in.Path, evidence.Unsupported, in.Detail)
	g.Origin.URI, g.Origin.Digest = in.Origin.URI, in.Origin.Digest
	file.Gaps = append(file.Gaps, g)
}

// refused accounts for a file that was not opened.
func refused(source, name string, reason evidence.Reason, detail string) evidence.Fragment {
	origin := evidence.Origin{Basis: evidence.Missing, Source: source, URI: name, Reason: reason}
	return evidence.Fragment{
		Inputs: []evidence.Input{{Origin: origin, Path: name, Status: evidence.Rejected, Detail: detail}},
		Gaps:   []evidence.Gap{{Origin: origin, Subject: name, Detail: detail}},
	}
}

func fileReason(err error) evidence.Reason {
	switch {
	case errors.Is(err, fs.ErrPermission):
		return evidence.Denied
	case errors.Is(err, fs.ErrNotExist):
		return evidence.NotFound
	}
	return evidence.Unreadable
}

// unwrapPath drops the path from a file error: it is named already, and the
// record holds no paths of the machine.
func unwrapPath(err error) error {
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		return p.Err
	}
	return err
}
