package local

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"maps"
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
	own string // folder of ours in that of the repository
	// Folders that were roots in earlier runs: of worktrees that are removed, and of
	// the repository before it was renamed.
	past []string
	// Branches of this clone that tell it from others.
	branches map[string]bool
	// What was asked of the disk already: spellings of folders, and whether the
	// repository at a folder is another clone of the same remote.
	spelled map[string][]string
	clones  map[string]bool
}

// OpenRepository examines the repository at root.
func OpenRepository(ctx context.Context, root string) (*Repository, error) {
	r := &Repository{git: gitRunner{dir: root}, spelled: map[string][]string{}, clones: map[string]bool{}, branches: map[string]bool{}}
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
	out, _ = r.git.run(ctx, nil, "for-each-ref", "--format=%(refname:short)", "refs/heads")
	for branch := range strings.FieldsSeq(out) {
		r.branches[branch] = !slices.Contains(common, branch)
	}
	r.past = r.pastRoots(ctx)
	return r, nil
}

// common are branches that many repositories have.
var common = []string{"main", "master", "trunk", "develop", "dev"}

// maxPast bounds the roots that are remembered, the latest ones.
const maxPast = 200

// pastRoots returns the roots that earlier runs saw.
func (r *Repository) pastRoots(ctx context.Context) (past []string) {
	data, err := os.ReadFile(r.private(ctx, "roots"))
	if err != nil {
		return nil
	}
	for line := range strings.Lines(string(data)) {
		if dir := strings.TrimSuffix(line, "\n"); filepath.IsAbs(dir) && !slices.Contains(r.Roots, dir) {
			past = append(past, dir)
		}
	}
	return past[max(0, len(past)-maxPast):]
}

// Remember keeps the roots for later runs, when they may be gone. Whether it can be
// stored does not matter.
func (r *Repository) Remember(ctx context.Context) {
	name := r.private(ctx, "roots")
	text := strings.Join(slices.Concat(r.past, r.Roots), "\n") + "\n"
	if have, err := os.ReadFile(name); name == "" || err == nil && string(have) == text {
		return
	}
	if os.MkdirAll(filepath.Dir(name), 0o700) == nil {
		_ = os.WriteFile(name, []byte(text), 0o600)
	}
}

// private is a file of ours in the folder of the repository, which all worktrees
// share, or "".
func (r *Repository) private(ctx context.Context, name string) string {
	if r.own == "" {
		out, err := r.git.run(ctx, nil, "rev-parse", "--path-format=absolute", "--git-common-dir")
		if err != nil {
			return ""
		}
		r.own = filepath.Join(strings.TrimSpace(out), "mergebrief")
	}
	return filepath.Join(r.own, name)
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

// Has reports whether a session with the header may have worked in this repository:
// in one of its worktrees, in another clone of the same remote, above it, or on
// files in it. Where the folder of the session is not there any more, or never was on
// this machine, its name or its branch says whether it may have been this
// repository. What the session wrote decides later.
func (r *Repository) Has(h Header) bool {
	dirs := h.Dirs
	if h.Dir != "" {
		dirs = append([]string{h.Dir}, dirs...)
	}
	if h.Repository != "" && r.hasRemote(h.Repository) || h.Project != "" && r.hasProject(h.Project) {
		return true
	}
	for _, d := range dirs {
		if r.hasDir(d) || r.cloned(d) || r.was(d, h.Branch) {
			return true
		}
	}
	if slices.ContainsFunc(h.Mentions, r.inside) {
		return true
	}
	return h.Dir == "" && h.Slug != "" && r.hasSlug(h.Slug)
}

// hasProject compares the digest of a folder with those of the roots and of the
// folders above them.
func (r *Repository) hasProject(digest string) bool {
	return slices.ContainsFunc(r.Roots, func(root string) bool {
		for d := root; ; d = filepath.Dir(d) {
			sum := sha256.Sum256([]byte(d))
			if digest == hex.EncodeToString(sum[:]) {
				return true
			}
			if d == filepath.Dir(d) {
				return false
			}
		}
	})
}

// hasSlug compares the name that an agent made of a path with those of the roots. A
// part of such a name may be any folder, so that a folder in or above a root may
// be meant.
func (r *Repository) hasSlug(name string) bool {
	theirs := slug(name)
	return slices.ContainsFunc(slices.Concat(r.Roots, r.past), func(root string) bool {
		ours := slug(root)
		return below(root, name) || theirs == ours || strings.HasPrefix(theirs, ours+"-") || strings.HasPrefix(ours, theirs+"-") ||
			strings.Contains(theirs, "-worktrees-"+slug(filepath.Base(root))+"-")
	})
}

// slug is how agents make a folder name of a path; some write a run of other
// characters as one dash, some write each.
func slug(dir string) string {
	var b strings.Builder
	for _, c := range strings.ToLower(dir) {
		switch {
		case c >= 'a' && c <= 'z' || c >= '0' && c <= '9':
			b.WriteRune(c)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	return strings.TrimSuffix(b.String(), "-")
}

// spellings are the forms of the path of a folder: with links resolved as far as it
// exists, and without the folder in which macOS keeps /tmp and /var.
func (r *Repository) spellings(dir string) []string {
	if known, ok := r.spelled[dir]; ok {
		return known
	}
	all := []string{filepath.Clean(dir)}
	rest := ""
	for d := all[0]; d != filepath.Dir(d); d = filepath.Dir(d) {
		if real, err := filepath.EvalSymlinks(d); err == nil {
			if real = filepath.Join(real, rest); real != all[0] {
				all = append(all, real)
			}
			break
		}
		rest = filepath.Join(filepath.Base(d), rest)
	}
	if tail, ok := strings.CutPrefix(all[0], "/private/"); ok {
		all = append(all, "/"+tail)
	}
	r.spelled[dir] = all
	return all
}

func (r *Repository) hasDir(dir string) bool {
	for _, d := range r.spellings(dir) {
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

// inside reports whether a folder lies in a root and in no repository of its own.
func (r *Repository) inside(dir string) bool {
	for _, d := range r.spellings(dir) {
		for _, root := range r.Roots {
			if below(root, d) && !inOther(root, d) {
				return true
			}
		}
	}
	return false
}

// cloned reports whether a folder lies in another clone of the same remote, by the
// configuration that is there.
func (r *Repository) cloned(dir string) bool {
	top := repositoryOf(dir)
	if top == "" || len(r.Remotes) == 0 {
		return false
	}
	if known, asked := r.clones[top]; asked {
		return known
	}
	text, _ := os.ReadFile(filepath.Join(gitFolder(top), "config")) // what cannot be read has no remotes
	for line := range strings.Lines(string(text)) {
		if name, value, ok := strings.Cut(line, "="); ok && strings.TrimSpace(name) == "url" && slices.Contains(r.Remotes, remoteID(strings.TrimSpace(value))) {
			r.clones[top] = true
		}
	}
	return r.clones[top]
}

// gitFolder is where the configuration of the repository at top is: a worktree
// names it in a file.
func gitFolder(top string) string {
	name := filepath.Join(top, ".git")
	text, err := os.ReadFile(name)
	if err != nil {
		return name
	}
	dir := strings.TrimSpace(strings.TrimPrefix(string(text), "gitdir:"))
	if !filepath.IsAbs(dir) {
		dir = filepath.Join(top, dir)
	}
	if common, err := os.ReadFile(filepath.Join(dir, "commondir")); err == nil {
		return filepath.Join(dir, strings.TrimSpace(string(common)))
	}
	return dir
}

// was reports whether a folder that is not there may have been this repository:
// one of its roots before, one with its name in the path, or one with a branch of
// its own. Folders of containers and of other machines are not there either.
func (r *Repository) was(dir, branch string) bool {
	if _, err := os.Lstat(dir); err == nil {
		return false
	}
	for _, root := range r.past {
		if below(root, filepath.Clean(dir)) || below(filepath.Clean(dir), root) {
			return true
		}
	}
	for part := range strings.SplitSeq(slashed(dir), "/") {
		if part != "" && slices.Contains(r.names(), strings.ToLower(part)) {
			return true
		}
	}
	return r.branches[branch]
}

// names are what a clone of this repository is called.
func (r *Repository) names() (all []string) {
	for _, id := range r.Remotes {
		all = append(all, path.Base(id))
	}
	for _, root := range r.Roots {
		all = append(all, strings.ToLower(filepath.Base(root)))
	}
	return all
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
// which it lies, or as it is. top is the folder that stands for a worktree where
// that is none of this machine, or "".
func (r *Repository) Path(dir, top, p string) string {
	p = slashed(strings.TrimPrefix(p, "file://"))
	dir, top = slashed(dir), slashed(top)
	if p == "" || !path.IsAbs(drive(p)) && !filepath.IsAbs(p) && dir == "" {
		return p
	}
	if !path.IsAbs(drive(p)) && !filepath.IsAbs(p) {
		p = path.Join(dir, p)
	}
	if rest, ok := strings.CutPrefix(p, strings.TrimSuffix(top, "/")+"/"); ok && top != "" {
		return rest
	}
	for _, root := range r.Roots {
		if below(root, p) {
			rel, _ := filepath.Rel(root, p) // it is below
			return filepath.ToSlash(rel)
		}
	}
	for _, spelled := range r.spellings(filepath.Dir(p)) {
		for _, root := range r.Roots {
			if below(root, spelled) {
				rel, _ := filepath.Rel(root, filepath.Join(spelled, filepath.Base(p)))
				return filepath.ToSlash(rel)
			}
		}
	}
	return p
}

// foreign reports whether a session worked in a folder that is not one of this
// repository: another clone, or one that is not there.
func (r *Repository) foreign(h Header) bool {
	if h.Dir == "" {
		return false
	}
	if _, err := os.Lstat(h.Dir); err != nil {
		return true
	}
	return !r.hasDir(h.Dir) && r.cloned(h.Dir)
}

// standIn finds the folder that was the worktree of a session which worked in
// none of this machine: the one from which most of its files are called as files of
// the repository are. In a tie it is the one from which they have the longer names.
func (r *Repository) standIn(s evidence.Session, dir string, tracked map[string]bool) string {
	votes := map[string]int{}
	for _, e := range s.Edits {
		p := slashed(strings.TrimPrefix(e.Path, "file://"))
		if !path.IsAbs(drive(p)) {
			p = path.Join(slashed(dir), p)
		}
		for d := path.Dir(p); ; d = path.Dir(d) {
			if rest := strings.TrimPrefix(p, strings.TrimSuffix(d, "/")+"/"); tracked[rest] {
				votes[d]++
			}
			if d == path.Dir(d) {
				break
			}
		}
	}
	best := ""
	for _, d := range slices.Sorted(maps.Keys(votes)) {
		if votes[d] > votes[best] || votes[d] == votes[best] && len(d) < len(best) {
			best = d
		}
	}
	return best
}

// relocate makes the paths of a session those of the repository.
func (r *Repository) relocate(s *evidence.Session, dir, top string) {
	each := func(list []string) {
		for i := range list {
			list[i] = r.Path(dir, top, list[i])
		}
	}
	each(s.FilesRead)
	for i := range s.Edits {
		s.Edits[i].Path = r.Path(dir, top, s.Edits[i].Path)
	}
	for i := range s.Repairs {
		each(s.Repairs[i].Edited)
	}
	for i := range s.Assurances {
		each(s.Assurances[i].Paths)
	}
	for i := range s.Commands {
		s.Commands[i].Dir = r.Path(dir, top, s.Commands[i].Dir)
	}
}
