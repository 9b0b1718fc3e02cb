// Package provenance reads what tools keep in a repository about who made its
// commits: git notes, checkpoints, traces, and the session notes of mergebrief itself.
//
// It hides where each store lies, how much of it is fetched, and how a session
// note is found again after a rebase, an amendment or a squash. It promises that a store
// that is not there is no gap, that whatever a store says is reported, and that
// nothing but the objects of the change is fetched.
package provenance

import (
	"context"
	"sync"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/git"
)

// Keeper is a store of what tools say about commits.
type Keeper interface {
	// Name names the store in gaps and origins, in a word.
	Name() string
	// Class says who can write the store.
	Class() evidence.Class
	// Of returns what the store says about the change, also when it returns an
	// error besides.
	Of(ctx context.Context, c Change) (evidence.Fragment, error)
}

// Change is what a store is asked about.
type Change struct {
	Target evidence.Target
	// The commits from the merge base to the head, the oldest first; none when
	// they cannot be read, which the source of the change itself reports.
	Commits []evidence.Commit
}

// Source asks one keeper about the change of a target.
type Source struct {
	Keeper
	history *history
}

// Sources returns the keepers as sources of evidence, which read the commits of
// the change together once.
func Sources(repo *git.Repo, keepers ...Keeper) []Source {
	all := make([]Source, len(keepers))
	shared := &history{repo: repo}
	for i, k := range keepers {
		all[i] = Source{k, shared}
	}
	return all
}

// Gather returns what the keeper says about the target.
func (s Source) Gather(ctx context.Context, t evidence.Target) (evidence.Fragment, error) {
	return s.Of(ctx, Change{t, s.history.of(ctx, t)})
}

// history is the commits of one change, read when the first keeper asks.
type history struct {
	repo    *git.Repo
	once    sync.Once
	commits []evidence.Commit
}

func (h *history) of(ctx context.Context, t evidence.Target) []evidence.Commit {
	h.once.Do(func() {
		if t.MergeBase != "" {
			h.commits, _, _ = h.repo.NewestCommits(ctx, t.MergeBase, t.Head, git.MaxCommits) // the change source says what is wrong
		}
	})
	return h.commits
}
