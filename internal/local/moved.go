package local

import (
	"bufio"
	"context"
	"io"
	"slices"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// Moved is a branch of a remote that moved because the remote accepted a push.
type Moved struct {
	// Name of the remote.
	Remote string
	// The commits before and now; before is "" when the branch is new.
	Old, New string
}

// pushReason is how git explains in the reflog that a push moved a ref.
const pushReason = "update by push"

// Moved reads what git tells a reference-transaction hook, one "old new ref" a
// line, and returns the branches of remotes that pushes moved. A fetch moves them,
// too, and is left out.
func (r *Repository) Moved(ctx context.Context, in io.Reader) ([]Moved, error) {
	var refs []string
	for lines := bufio.NewScanner(in); lines.Scan(); {
		f := strings.Fields(lines.Text())
		if len(f) == 3 && isID(f[1]) && strings.Trim(f[1], "0") != "" && strings.HasPrefix(f[2], "refs/remotes/") && !strings.HasSuffix(f[2], "/HEAD") {
			refs = append(refs, f[1]+" "+f[2])
		}
	}
	if len(refs) == 0 {
		return nil, nil
	}
	remotes := r.trackers(ctx)
	var all []Moved
	for _, line := range refs {
		id, ref, _ := strings.Cut(line, " ")
		old, pushed := r.pushed(ctx, ref, id)
		if !pushed {
			continue
		}
		names := remotes.of(ref)
		if len(names) != 1 {
			return all, evidence.Errorf(evidence.NotFound, "%s is a branch of %d remotes, so it cannot be told where it was pushed to", ref, len(names))
		}
		all = append(all, Moved{Remote: names[0], Old: old, New: id})
	}
	return all, nil
}

// pushed reports whether a push moved a ref to a commit, and where it was before.
// Without a reflog it counts what is the tip of a branch here.
func (r *Repository) pushed(ctx context.Context, ref, id string) (old string, yes bool) {
	out, err := r.git.run(ctx, nil, "reflog", "show", "-n", "2", "--format=%H %gs", ref, "--")
	if err != nil {
		return "", false
	}
	entries := strings.SplitN(strings.TrimSpace(out), "\n", 2)
	if entries[0] == "" {
		out, err = r.git.run(ctx, nil, "for-each-ref", "--count=1", "--points-at="+id, "refs/heads")
		return "", err == nil && out != ""
	}
	if len(entries) > 1 {
		old, _, _ = strings.Cut(entries[1], " ")
	}
	return old, entries[0] == id+" "+pushReason
}

// trackers say by which patterns remotes have their branches under refs/remotes.
type trackers []struct{ remote, pattern string }

func (r *Repository) trackers(ctx context.Context) (all trackers) {
	out, _ := r.git.run(ctx, nil, "config", "--null", "--get-regexp", `^remote\..*\.fetch$`) // none is an error to git
	for entry := range strings.SplitSeq(out, "\x00") {
		key, spec, _ := strings.Cut(entry, "\n")
		_, pattern, ok := strings.Cut(spec, ":")
		name := strings.TrimSuffix(strings.TrimPrefix(key, "remote."), ".fetch")
		if ok {
			all = append(all, struct{ remote, pattern string }{name, pattern})
		}
	}
	return all
}

// of returns the remotes that have a ref among their branches.
func (t trackers) of(ref string) (names []string) {
	for _, x := range t {
		before, after, star := strings.Cut(x.pattern, "*")
		fits := ref == x.pattern
		if star {
			fits = len(ref) >= len(before)+len(after) && strings.HasPrefix(ref, before) && strings.HasSuffix(ref, after)
		}
		if fits && !slices.Contains(names, x.remote) {
			names = append(names, x.remote)
		}
	}
	return names
}
