package pipeline

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/gather"
	"github.com/mergebrief/mergebrief/internal/git"
)

// Files says which files are read as evidence.
type Files struct {
	// Folder that relative patterns start from.
	Root string
	// Globs of files, relative or absolute; none of them means the usual places.
	Patterns []string
	// Place returns the folder that a pattern starts from and what remains of the
	// pattern there; nil for [Files.place], which follows the operating system.
	Place func(pattern string) (root, glob string, err error)
	// Folders to which our own output goes; they are not looked into.
	Out []string
	// Repository of the change: what lies in it and is as on the base is no evidence
	// about the change. Nil: every file counts.
	Repo *git.Repo
}

// Sources returns a source for each folder that patterns start from, Root first.
// The order in which the patterns are named makes no difference.
func (f Files) Sources() []gather.Source {
	if len(f.Patterns) == 0 {
		return []gather.Source{gather.Files{Root: f.Root, Patterns: gather.DefaultPatterns(), Except: f.except(f.Root), Repo: f.Repo}}
	}
	place := f.Place
	if place == nil {
		place = f.place
	}
	roots := []string{f.Root}
	globs := map[string][]string{}
	var failed misplaced
	for _, p := range slices.Sorted(slices.Values(f.Patterns)) {
		root, glob, err := place(p)
		if err != nil {
			failed = append(failed, evidence.MissingGap("files", "files "+p, evidence.ReasonOf(err, evidence.NotFound), err.Error()))
			continue
		}
		if !slices.Contains(roots, root) {
			roots = append(roots, root)
		}
		globs[root] = append(globs[root], glob)
	}
	var sources []gather.Source
	for _, root := range roots {
		if len(globs[root]) > 0 {
			sources = append(sources, gather.Files{Root: root, Patterns: globs[root], Explicit: true, Except: f.except(root), Repo: f.Repo})
		}
	}
	if len(failed) > 0 {
		sources = append(sources, failed)
	}
	return sources
}

// place takes absolute patterns as the operating system does, and all others as
// relative to Root.
func (f Files) place(pattern string) (root, glob string, err error) {
	if !filepath.IsAbs(pattern) {
		return f.Root, pattern, nil
	}
	dir, rest := doublestar.SplitPattern(filepath.ToSlash(pattern))
	return filepath.FromSlash(dir), rest, nil
}

// except lists the folders of our own output below root, relative to it. A root
// that is such a folder itself was named on purpose.
func (f Files) except(root string) []string {
	var all []string
	for _, dir := range f.Out {
		if rel, ok := within(root, dir); ok && rel != "." {
			all = append(all, rel)
		}
	}
	return all
}

// within returns the path of dir relative to root, slash-separated, and whether it
// lies there. Links are followed as far as they exist.
func within(root, dir string) (string, bool) {
	abs, err := filepath.Abs(dir)
	if err != nil || dir == "" {
		return "", false
	}
	if resolved, err := filepath.EvalSymlinks(root); err == nil {
		root = resolved
	}
	if resolved, err := filepath.EvalSymlinks(abs); err == nil {
		abs = resolved
	} else if !errors.Is(err, os.ErrNotExist) {
		return "", false
	}
	rel, err := filepath.Rel(root, abs)
	if err != nil || !filepath.IsLocal(rel) {
		return "", false
	}
	return filepath.ToSlash(rel), true
}

// misplaced tells of the patterns that lead nowhere.
type misplaced []evidence.Gap

// Name returns "files".
func (misplaced) Name() string { return "files" }

// Class returns the class of files of the workspace.
func (misplaced) Class() evidence.Class { return evidence.FromWorkspace }

// Gather returns the gaps.
func (m misplaced) Gather(context.Context, evidence.Target) (evidence.Fragment, error) {
	return evidence.Fragment{Gaps: m}, nil
}
