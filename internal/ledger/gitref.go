package ledger

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/git"
)

// DefaultRef is where a ledger is in a repository: a ref that no clone fetches, no
// page lists and no push to starts a workflow.
const DefaultRef = "refs/mergebrief/ledger"

// GitRef keeps a ledger under a ref of a repository.
type GitRef struct {
	Repo *git.Repo
	Ref  string
	// Read and write the ref of origin, not that of the repository itself.
	Origin bool
}

// String names the ref.
func (g GitRef) String() string {
	if g.Origin {
		return g.Ref + " of origin"
	}
	return g.Ref
}

// refFiles is the files of a commit of the ref; without a commit there are none.
type refFiles struct {
	GitRef
	commit string
}

// Open finds out where the ref is.
func (g GitRef) Open(ctx context.Context) (Files, error) {
	find := g.Repo.Tip
	if g.Origin {
		find = g.Repo.FetchTip
	}
	commit, err := find(ctx, g.Ref)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", g, err)
	}
	return refFiles{g, commit}, nil
}

// Read returns the contents of files, fetched one by one where the ref is that of
// origin.
func (f refFiles) Read(ctx context.Context, names ...string) ([][]byte, error) {
	if f.commit == "" {
		return make([][]byte, len(names)), nil
	}
	out, err := f.Repo.Files(ctx, f.commit, names, maxFileBytes, f.Origin)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.GitRef, err)
	}
	if len(names) == 1 && names[0] == headFile && out[0] == nil {
		return nil, errNotOurs(f.GitRef)
	}
	return out, nil
}

// Replace commits the files and moves the ref, if it still is where old has it.
func (g GitRef) Replace(ctx context.Context, old Files, changed map[string][]byte) error {
	before, ok := old.(refFiles)
	if !ok {
		return fmt.Errorf("%s: files of another store", g)
	}
	const message = "Records added by mergebrief\n"
	write := func() error { return g.Repo.WriteRef(ctx, g.Ref, before.commit, changed, message) }
	if g.Origin {
		write = func() error { return g.push(ctx, before, changed, message) }
	}
	switch err := write(); {
	case errors.Is(err, git.ErrMoved):
		return ErrMoved
	case err != nil:
		return evidence.Errorf(evidence.ReasonOf(err, evidence.Unavailable), "%s cannot be written: %w", g, err)
	}
	return nil
}

// push makes the commit here and pushes it.
func (g GitRef) push(ctx context.Context, before refFiles, changed map[string][]byte, message string) error {
	if before.commit != "" {
		// The directories that the files go to have to be here.
		if _, err := before.Read(ctx, slices.Sorted(maps.Keys(changed))...); err != nil {
			return err
		}
	}
	id, err := g.Repo.WriteFiles(ctx, before.commit, changed, message)
	if err != nil {
		return err
	}
	return g.Repo.PushRef(ctx, g.Ref, id, before.commit)
}
