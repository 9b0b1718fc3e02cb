package provenance

import (
	"context"

	"github.com/mergebrief/mergebrief/internal/correlate"
	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/git"
	"github.com/mergebrief/mergebrief/internal/sessionnote"
)

// Follow finds the session notes of commits that were rebased, amended or squashed in
// the commits that have their changes now: by the patch id, else by the lines.
// The lines of the result are those of the new commits. Documents with entries
// of a session that a commit has already are none of its business.
func Follow(ctx context.Context, repo *git.Repo, commits []evidence.Commit, docs []sessionnote.Document) ([]correlate.CarriedEntry, error) {
	var all []correlate.CarriedEntry
	if len(docs) == 0 {
		return nil, nil
	}
	var ids []string
	for _, c := range commits {
		if len(c.Parents) == 1 {
			ids = append(ids, c.ID)
		}
	}
	patches, err := repo.PatchIDs(ctx, ids)
	if err != nil {
		return nil, err
	}
	err = repo.CommitDiffs(ctx, ids, func(id string, files []evidence.File) error {
		at := correlate.Successor{Commit: id, Patch: patches[id], Files: files}
		all = append(all, at.Carry(docs)...)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return correlate.Strongest(all), nil
}
