package gather

import (
	"context"
	"path"
	"slices"
	"strings"

	"github.com/mergebrief/mergebrief/internal/classify"
	"github.com/mergebrief/mergebrief/internal/depends"
	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/workflow"
)

// maxCompared bounds the files of which both versions are read: each costs two
// processes, so that a thousand of them take some five seconds.
const maxCompared = 500

// readVersions reads both versions of manifests, lock files and workflows, and notes in
// the files what the change does to dependencies and jobs. A file that cannot be
// read stays without: that it changed is known all the same.
func (c Change) readVersions(ctx context.Context, t evidence.Target, files []evidence.File) {
	read := 0
	for i := range files {
		f := &files[i]
		names, judges := depends.Reads(f.Path), workflow.Is(f.Path)
		if f.Binary || f.Submodule || classify.IsFixture(f.Path) || !names && !judges || f.Status == evidence.FileRenamed && f.Added+f.Deleted == 0 {
			continue
		}
		if read++; read > maxCompared {
			return
		}
		before, after, ok := c.versions(ctx, t, f)
		if !ok {
			continue
		}
		if names {
			f.Dependencies, f.DependenciesOmitted = depends.Compare(f.Path, before, after)
			f.DependenciesRead = true
		}
		if judges {
			f.Workflow = workflow.Compare(before, after)
		}
	}
}

// versions returns the two versions of a file; nil for one that does not exist.
func (c Change) versions(ctx context.Context, t evidence.Target, f *evidence.File) (before, after []byte, ok bool) {
	old := f.Path
	if f.OldPath != "" {
		old = f.OldPath
	}
	var err error
	if f.Status != evidence.FileAdded {
		if before, err = c.Repo.Blob(ctx, t.MergeBase, old, depends.MaxBytes); err != nil {
			return nil, nil, false
		}
	}
	if f.Status != evidence.FileDeleted {
		if after, err = c.Repo.Blob(ctx, t.Head, f.Path, depends.MaxBytes); err != nil {
			return nil, nil, false
		}
	}
	return before, after, true
}

// leftLocks notes which manifests changed their dependencies while the lock file
// beside or above them did not change. Tree has all paths at the head.
func leftLocks(files []evidence.File, tree []string) {
	changed := map[string]bool{}
	for i := range files {
		changed[files[i].Path] = true
	}
	known := func(p string) bool {
		_, ok := slices.BinarySearch(tree, p)
		return ok
	}
	for i := range files {
		f := &files[i]
		if f.Status == evidence.FileDeleted || !slices.ContainsFunc(f.Dependencies, func(d evidence.Dependency) bool { return !d.Has(evidence.SignToolchain) }) {
			continue
		}
		for _, lock := range classify.LocksOf(f.Path) {
			for dir := path.Dir(f.Path); ; dir = path.Dir(dir) {
				if p := path.Join(dir, lock); known(p) {
					if !changed[p] {
						f.LockLeft = p
					}
					break
				}
				if dir == "." || strings.HasPrefix(dir, "/") {
					break
				}
			}
		}
	}
}
