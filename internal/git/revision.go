package git

import (
	"bufio"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// errStopped ends a stream whose reader has seen enough.
var errStopped = errors.New("stopped by the reader")

// checkRevision refuses what git would take for an option or for several
// revisions.
func checkRevision(rev string) error {
	if rev == "" || strings.HasPrefix(rev, "-") || strings.ContainsAny(rev, "\x00\n") {
		return evidence.Errorf(evidence.NotFound, "%q is not a revision", rev)
	}
	return nil
}

// Resolve returns the full id of the commit that rev names, in any of git's
// notations, of the examined repository or of what was fetched. A revision that
// names no commit at hand is a Problem with the reason not-found.
func (r *Repo) Resolve(ctx context.Context, rev string) (string, error) {
	if err := checkRevision(rev); err != nil {
		return "", err
	}
	if id := r.known.commit(rev); id != "" {
		return id, nil
	}
	name := rev
	if !r.fullID(rev) { // a full id means the same in both repositories
		if err := r.ambiguous(ctx, rev); err != nil {
			return "", err
		}
		if out, err := r.outside(ctx, "rev-parse", "--verify", "--quiet", rev); err == nil {
			name = strings.TrimSpace(out)
		}
	}
	out, err := r.ask(ctx, "rev-parse", "--verify", "--quiet", name+"^{commit}")
	if err != nil {
		if ctx.Err() != nil {
			return "", ctx.Err()
		}
		return "", evidence.Errorf(evidence.NotFound, "%q names no commit that is here", rev)
	}
	id := strings.TrimSpace(out)
	r.known.keepCommit(id)
	return id, nil
}

// ambiguous is an error when a name is that of several refs that are at different
// commits. Git would take one of them and warn on a stream that nobody reads: a tag
// that is called as the base branch is would decide what the change is.
func (r *Repo) ambiguous(ctx context.Context, name string) error {
	if strings.ContainsAny(name, "^~:@{}?*[\\ ") {
		return nil // an expression, which says more than a name
	}
	refs := []string{"refs/" + name, "refs/tags/" + name, "refs/heads/" + name, "refs/remotes/" + name}
	out, err := r.outside(ctx, append([]string{"for-each-ref", "--format=%(refname) %(objectname) %(*objectname)"}, refs...)...)
	if err != nil {
		return nil //nolint:nilerr // it will be said that nothing has this name
	}
	var found, commits []string
	for line := range strings.Lines(out) {
		words := strings.Fields(line)
		if len(words) > 1 && slices.Contains(refs, words[0]) {
			found = append(found, words[0])
			commits = append(commits, words[len(words)-1]) // of an annotated tag, what it points to
		}
	}
	slices.Sort(commits)
	if len(slices.Compact(commits)) < 2 {
		return nil
	}
	return evidence.Errorf(evidence.Unsupported, "%q is the name of %s, which are at different commits: name one of them in full", name, strings.Join(found, " and of "))
}

// fullID reports whether rev is the whole id of an object in the hash function of
// the repository. Git looks for no reference of such a name.
func (r *Repo) fullID(rev string) bool {
	return len(rev) == len(r.empty) && strings.Trim(rev, "0123456789abcdef") == ""
}

// answers are those of git that hold as long as a [Repo] does: a commit that is
// here stays here, and nobody changes the remote during a run. Each would cost
// another process.
type answers struct {
	mu      sync.Mutex
	commits map[string]bool // by full id
	fetched map[string]bool // objects, by id
	asked   bool            // about the remote
	remote  string
}

// commit returns rev if it is the full id of a commit that is known to be here,
// else "".
func (a *answers) commit(rev string) string {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.commits[rev] {
		return rev
	}
	return ""
}

func (a *answers) keepCommit(id string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.commits == nil {
		a.commits = map[string]bool{}
	}
	a.commits[id] = true
}

// lacking returns the objects that were not fetched one by one before.
func (a *answers) lacking(ids []string) []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return a.fetched[id] })
}

func (a *answers) got(ids []string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.fetched == nil {
		a.fetched = map[string]bool{}
	}
	for _, id := range ids {
		a.fetched[id] = true
	}
}

// MergeBases returns all merge bases of the commits a and b, the one that git
// prefers first. None is a Problem: with the reason truncated in a shallow
// clone, where there may be one after all, else with not-found.
func (r *Repo) MergeBases(ctx context.Context, a, b string) ([]string, error) {
	for _, rev := range []string{a, b} {
		if err := checkRevision(rev); err != nil {
			return nil, err
		}
	}
	out, err := r.ask(ctx, "merge-base", "--all", a, b)
	if err == nil {
		return strings.Fields(out), nil
	}
	if exitStatus(err) != 1 {
		return nil, err
	}
	if shallow, _ := r.Shallow(ctx); shallow {
		return nil, evidence.Errorf(evidence.Truncated, "the clone is too shallow to tell where %s and %s parted", evidence.ShortID(a), evidence.ShortID(b))
	}
	return nil, evidence.Errorf(evidence.NotFound, "%s and %s have no commit in common", evidence.ShortID(a), evidence.ShortID(b))
}

// DefaultBase returns the commit of the branch that changes go to: where
// origin/HEAD points, else main, master or trunk, of origin or here.
func (r *Repo) DefaultBase(ctx context.Context) (string, error) {
	candidates := []string{"refs/remotes/origin/HEAD"}
	for _, branch := range []string{"main", "master", "trunk"} {
		candidates = append(candidates, "refs/remotes/origin/"+branch, "refs/heads/"+branch)
	}
	for _, ref := range candidates {
		id, err := r.Resolve(ctx, ref)
		if err == nil {
			return id, nil
		}
		if ctx.Err() != nil {
			return "", err
		}
	}
	return "", evidence.Errorf(evidence.NotFound, "no default branch: there is no origin/HEAD, main, master or trunk; name the base")
}

// RemoteURL returns the URL of origin, or "".
func (r *Repo) RemoteURL(ctx context.Context) string {
	r.known.mu.Lock()
	defer r.known.mu.Unlock()
	if r.known.asked {
		return r.known.remote
	}
	out, err := r.outside(ctx, "config", "--get", "remote.origin.url")
	if err == nil || exitStatus(err) == 1 { // 1 is that there is none
		r.known.asked, r.known.remote = true, strings.TrimSpace(out)
	}
	return r.known.remote
}

// Branch returns the name of the branch that is checked out, "" when none is.
func (r *Repo) Branch(ctx context.Context) string {
	out, err := r.outside(ctx, "symbolic-ref", "--quiet", "--short", "HEAD")
	if err != nil {
		return ""
	}
	return strings.TrimSpace(out)
}

// Shallow reports whether history is cut off somewhere.
func (r *Repo) Shallow(ctx context.Context) (bool, error) {
	cut, err := r.shallow()
	return len(cut) > 0, err
}

// shallow returns the commits whose parents are not here although they have
// some.
func (r *Repo) shallow() (map[string]bool, error) {
	f, err := os.Open(filepath.Join(r.own, "shallow"))
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	cut := map[string]bool{}
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		cut[strings.TrimSpace(lines.Text())] = true
	}
	return cut, lines.Err()
}
