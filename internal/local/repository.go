package local

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// Repository is the repository that sessions are looked for, with all its
// worktrees.
type Repository struct {
	// Folders of the worktrees, as git names them and with links resolved.
	Roots []string
	// "host/owner/name" of the remotes.
	Remotes []string

	git gitRunner
}

// OpenRepository examines the repository at root.
func OpenRepository(ctx context.Context, root string) (*Repository, error) {
	r := &Repository{git: gitRunner{dir: root}}
	out, err := r.git.run(ctx, nil, "worktree", "list", "--porcelain", "-z")
	if err != nil {
		return nil, err
	}
	r.addRoot(root)
	for line := range strings.SplitSeq(out, "\x00") {
		if dir, ok := strings.CutPrefix(line, "worktree "); ok {
			r.addRoot(dir)
		}
	}
	// Longest first: a worktree may lie inside of another.
	slices.SortStableFunc(r.Roots, func(a, b string) int { return len(b) - len(a) })
	out, _ = r.git.run(ctx, nil, "config", "--get-regexp", `^remote\..*\.url$`) // none is an error to git
	for line := range strings.Lines(out) {
		_, remote, _ := strings.Cut(strings.TrimSpace(line), " ")
		if id := remoteID(remote); id != "" {
			r.Remotes = append(r.Remotes, id)
		}
	}
	return r, nil
}

func (r *Repository) addRoot(dir string) {
	for _, d := range []string{dir, resolved(dir)} {
		if d = filepath.Clean(d); !slices.Contains(r.Roots, d) {
			r.Roots = append(r.Roots, d)
		}
	}
}

func resolved(dir string) string {
	if real, err := filepath.EvalSymlinks(dir); err == nil {
		return real
	}
	return dir
}

// remoteID makes "host/owner/name" of the forms in which addresses are written.
func remoteID(remote string) string {
	if at := strings.Index(remote, "@"); at >= 0 && !strings.Contains(remote, "://") {
		remote = "ssh://" + strings.Replace(remote[at+1:], ":", "/", 1)
	}
	u, err := url.Parse(remote)
	if err != nil || u.Hostname() == "" {
		return ""
	}
	return strings.ToLower(u.Hostname() + strings.TrimSuffix(path.Clean("/"+u.Path), ".git"))
}

// FullName is "owner/name" of the first remote that has such a form, or "".
func (r *Repository) FullName() string {
	for _, id := range r.Remotes {
		if parts := strings.Split(id, "/"); len(parts) == 3 {
			return parts[1] + "/" + parts[2]
		}
	}
	return ""
}

// Has reports whether a session with the header worked in this repository: in
// one of its worktrees, in another clone of the same remote, or above it and in
// no repository at all.
func (r *Repository) Has(h Header) bool {
	switch {
	case h.Dir != "" && r.hasDir(h.Dir):
		return true
	case h.Repository != "" && r.hasRemote(h.Repository):
		return true
	case h.Project != "":
		return slices.ContainsFunc(r.Roots, func(root string) bool {
			sum := sha256.Sum256([]byte(root))
			return h.Project == hex.EncodeToString(sum[:])
		})
	case h.Dir == "" && h.Slug != "":
		return slices.ContainsFunc(r.Roots, func(root string) bool { return below(root, h.Slug) || slug(root) == strings.Trim(h.Slug, "-") })
	}
	return false
}

// slug is how agents make a folder name of a path.
func slug(dir string) string {
	return strings.Trim(strings.Map(func(c rune) rune {
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' {
			return c
		}
		return '-'
	}, dir), "-")
}

func (r *Repository) hasDir(dir string) bool {
	for _, d := range []string{filepath.Clean(dir), resolved(dir)} {
		for _, root := range r.Roots {
			if below(root, d) && !inOther(root, d) {
				return true
			}
			if below(d, root) && repositoryOf(d) == "" {
				return true
			}
		}
	}
	return false
}

// below reports whether dir is root or lies in it.
func below(root, dir string) bool {
	return dir == root || strings.HasPrefix(dir, strings.TrimSuffix(root, string(filepath.Separator))+string(filepath.Separator))
}

// inOther reports whether a repository of its own lies between root and dir: a
// submodule, or a clone inside of the worktree.
func inOther(root, dir string) bool {
	inner := repositoryOf(dir)
	return inner != "" && inner != root && below(root, inner)
}

// repositoryOf returns the nearest folder upwards that has an entry .git.
func repositoryOf(dir string) string {
	for d := dir; ; d = filepath.Dir(d) {
		if _, err := os.Lstat(filepath.Join(d, ".git")); err == nil {
			return d
		}
		if d == filepath.Dir(d) {
			return ""
		}
	}
}

// hasRemote compares with the remotes; Copilot writes owner/name only.
func (r *Repository) hasRemote(name string) bool {
	id := remoteID(name)
	return slices.ContainsFunc(r.Remotes, func(have string) bool {
		return have == id || id == "" && strings.HasSuffix(have, "/"+strings.ToLower(name))
	})
}

// Path returns a path of a session that began in dir relative to the worktree in
// which it lies, or as it is.
func (r *Repository) Path(dir, p string) string {
	p = strings.TrimPrefix(p, "file://")
	if p == "" || !filepath.IsAbs(p) && dir == "" {
		return p
	}
	if !filepath.IsAbs(p) {
		p = filepath.Join(dir, filepath.FromSlash(p))
	}
	for _, root := range r.Roots {
		if below(root, p) {
			rel, _ := filepath.Rel(root, p) // it is below
			return filepath.ToSlash(rel)
		}
	}
	if !r.hasDir(dir) && below(dir, p) && dir != "" {
		rel, _ := filepath.Rel(dir, p) // another clone of the same repository
		return filepath.ToSlash(rel)
	}
	return p
}

// relocate makes the paths of a session those of the repository.
func (r *Repository) relocate(s *evidence.Session, dir string) {
	each := func(list []string) {
		for i := range list {
			list[i] = r.Path(dir, list[i])
		}
	}
	each(s.FilesRead)
	for i := range s.Edits {
		s.Edits[i].Path = r.Path(dir, s.Edits[i].Path)
	}
	for i := range s.Repairs {
		each(s.Repairs[i].Edited)
	}
	for i := range s.Assurances {
		each(s.Assurances[i].Paths)
	}
	for i := range s.Commands {
		s.Commands[i].Dir = r.Path(dir, s.Commands[i].Dir)
	}
}
