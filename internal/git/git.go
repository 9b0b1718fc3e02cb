// Package git reads a repository through the git command.
//
// It hides quoting, renames, ownership checks, shallow clones and replacement
// of objects, and promises two things. Nothing that the repository contains or
// configures is executed: git works in a repository of this package's own, with
// its own configuration, that borrows the objects of the one examined and
// nothing else. No hook, textconv, external diff, fsmonitor, credential helper
// or attribute of the examined repository applies, and nothing is written to
// it but the ref that [Repo.WriteRef] is asked to move. And an answer is whole or
// an error: a status of git other than 0, a stream that ends early and counts that
// do not agree are errors, never a smaller change.
//
// All paths are relative to the top level, with slashes, as bytes; all commits
// are full ids.
package git

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// Options say how to reach the repository's server. Local reads need none.
type Options struct {
	// Token for fetching; it is handed to git in the environment only.
	Token string
	// Server the token is for, such as "https://github.com".
	Server string
}

// Repo is a repository. It is safe for use by several goroutines until
// [Repo.Close]; what a fetch brings is seen by calls that begin after it.
type Repo struct {
	runner
	objects  objects
	fetching sync.Mutex
	// What git has answered and cannot answer otherwise later.
	known answers
}

// The empty tree in either hash function.
const (
	emptyTreeSHA1   = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
	emptyTreeSHA256 = "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321"
)

// Open opens the repository that dir is in. The caller closes it.
//
// A directory that is in no repository is an [evidence.Problem] with the reason
// not-found; a machine without git one with unavailable.
func Open(ctx context.Context, dir string, o Options) (*Repo, error) {
	root, err := topLevel(dir)
	if err != nil {
		return nil, err
	}
	r := &Repo{runner: runner{options: o, root: root}}
	out, err := r.outside(ctx, "rev-parse", "--git-common-dir", "--git-path", "objects", "--git-path", "shallow", "--show-object-format")
	if err != nil {
		return nil, err
	}
	lines := strings.Split(strings.TrimSuffix(out, "\n"), "\n")
	if len(lines) != 4 {
		return nil, evidence.Errorf(evidence.Unsupported, "git rev-parse: unexpected answer with %d lines", len(lines))
	}
	for i, l := range lines[:3] {
		if !filepath.IsAbs(l) {
			lines[i] = filepath.Join(root, l)
		}
	}
	if err := r.borrow(lines[1], lines[2], lines[3]); err != nil {
		r.Close()
		return nil, err
	}
	return r, nil
}

// Close removes what the package keeps on disk.
func (r *Repo) Close() error {
	if r.own == "" {
		return nil
	}
	return os.RemoveAll(r.own)
}

// Root returns the top level of the work tree.
func (r *Repo) Root() string { return r.root }

// topLevel finds the repository as git does: the nearest directory upwards with
// an entry .git, or one that is a bare repository.
func topLevel(dir string) (string, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return "", fmt.Errorf("%s: %w", dir, err)
	}
	for d := abs; ; d = filepath.Dir(d) {
		if _, err := os.Lstat(filepath.Join(d, ".git")); err == nil {
			return d, nil
		}
		if isBare(d) {
			return d, nil
		}
		if d == filepath.Dir(d) {
			return "", evidence.Errorf(evidence.NotFound, "%s: not in a git repository", dir)
		}
	}
}

func isBare(dir string) bool {
	for _, name := range []string{"HEAD", "objects", "refs"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			return false
		}
	}
	return true
}

// ownConfig is the whole configuration under which objects are read. Renames,
// algorithm and context are pinned where a command depends on them.
const ownConfig = `[core]
	repositoryFormatVersion = %d
	bare = true
	hooksPath = %s
	attributesFile = %s
	fsmonitor = false
	quotePath = false
	alternateRefsCommand = true
[gc]
	auto = 0
[maintenance]
	auto = false
[transfer]
	fsckObjects = false
[fetch]
	recurseSubmodules = false
	writeCommitGraph = false
[i18n]
	logOutputEncoding = UTF-8
`

// borrow makes the package's own repository, with the objects and the shallow
// boundary of the one examined.
func (r *Repo) borrow(folder, shallow, format string) (err error) {
	if r.own, err = os.MkdirTemp("", "mergebrief-git-"); err != nil {
		return err
	}
	config := fmt.Sprintf(ownConfig, 0, os.DevNull, os.DevNull)
	r.empty = emptyTreeSHA1
	if format == "sha256" {
		config = fmt.Sprintf(ownConfig, 1, os.DevNull, os.DevNull) + "[extensions]\n\tobjectFormat = sha256\n"
		r.empty = emptyTreeSHA256
	}
	for _, d := range []string{"objects/info", "objects/pack", "refs/heads"} {
		if err := os.MkdirAll(filepath.Join(r.own, d), 0o700); err != nil {
			return err
		}
	}
	files := map[string]string{
		"HEAD":   "ref: refs/heads/none\n",
		"config": config,
		// Quoted, since a path may contain what separates the entries.
		"objects/info/alternates": strconv.Quote(folder) + "\n",
	}
	if cut, err := os.ReadFile(shallow); err == nil {
		files["shallow"] = string(cut)
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(r.own, name), []byte(content), 0o600); err != nil {
			return err
		}
	}
	r.objects = objects{dir: filepath.Join(r.own, "objects"), sha256: format == "sha256", written: map[string]bool{}}
	if _, err := r.objects.writeTree(nil); err != nil {
		return err
	}
	return nil
}
