package local

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/mergebrief/mergebrief/internal/correlate"
	"github.com/mergebrief/mergebrief/internal/git"
	"github.com/mergebrief/mergebrief/internal/provenance"
	"github.com/mergebrief/mergebrief/internal/sessionnote"
)

// maxLost bounds the commits that are looked at for session notes: those that rebases
// and amendments of some weeks left behind.
const maxLost = 5000

// Follow carries the session notes of commits that were rebased, amended or squashed
// away to the commits that have their changes now: by the patch id, else by the
// lines. It looks at commits that this clone remembers and no ref leads to, and
// at notes that git itself copied to the commits. Documents that were made anew
// for a commit stay as they are. What finds no commit is listed in Lost.
func (out *Collection) Follow(ctx context.Context, repo *git.Repo, notes Notes) error {
	tip := notes.tip(ctx, sessionnote.Ref)
	if tip == "" {
		return nil
	}
	old, err := out.earlier(ctx, notes, tip)
	if err != nil || len(old) == 0 {
		return err
	}
	carried, err := provenance.Follow(ctx, repo, out.Commits, old)
	if err != nil {
		return err
	}
	found := map[string]bool{}
	for _, c := range carried {
		found[c.Of] = true
		out.carry(c)
	}
	if err := out.keep(ctx, notes); err != nil {
		return err
	}
	for _, d := range old {
		if !found[d.Commit] && !out.recordedAnew(d) && !slices.Contains(out.Lost, d.Commit) {
			out.Lost = append(out.Lost, d.Commit)
		}
	}
	return nil
}

// earlier returns the documents about commits that are gone.
func (out *Collection) earlier(ctx context.Context, notes Notes, tip string) ([]sessionnote.Document, error) {
	lost, err := notes.lost(ctx)
	if err != nil {
		return nil, err
	}
	var old []sessionnote.Document
	gone, _ := notes.Documents(ctx, tip, lost) // what is no session note cannot be carried
	for _, id := range slices.Sorted(maps.Keys(gone)) {
		if gone[id].Commit != "" {
			old = append(old, gone[id].Document)
		}
	}
	var ids []string
	for _, c := range out.Commits {
		ids = append(ids, c.ID)
	}
	out.here, _ = notes.Documents(ctx, tip, ids)
	for _, id := range ids {
		for _, d := range out.here[id].Copied {
			if !slices.ContainsFunc(old, func(o sessionnote.Document) bool { return o.Commit == d.Commit }) {
				old = append(old, d)
			}
		}
	}
	return old, nil
}

// lost returns the commits that this clone remembers and no ref leads to.
func (n Notes) lost(ctx context.Context) ([]string, error) {
	out, err := n.git.run(ctx, nil, "rev-list", "--reflog", fmt.Sprintf("--max-count=%d", maxLost), "--not", "--branches", "--tags", "--remotes", "HEAD")
	return strings.Fields(out), err
}

// recordedAnew reports whether all sessions of a document are in documents of the
// commits, or where another tool holds them.
func (out *Collection) recordedAnew(d sessionnote.Document) bool {
	return !slices.ContainsFunc(d.Entries, func(r sessionnote.Entry) bool {
		if r.SessionIn != "" {
			return false
		}
		for _, have := range out.Documents {
			if slices.ContainsFunc(have.Entries, r.Same) {
				return false
			}
		}
		for _, have := range out.here {
			if slices.ContainsFunc(have.Entries, r.Same) {
				return false
			}
		}
		return true
	})
}

// carry adds a carried entry unless the document of the commit has the session.
func (out *Collection) carry(c correlate.CarriedEntry) {
	d := out.Documents[c.Commit]
	if slices.ContainsFunc(d.Entries, c.Same) || slices.ContainsFunc(out.here[c.Commit].Entries, c.Same) {
		return
	}
	out.Documents[c.Commit] = sessionnote.NewDocument(c.Commit, c.Patch, append(slices.Clip(d.Entries), c.Entry))
	if out.carried == nil {
		out.carried = map[string]sessionnote.Document{}
	}
	out.carried[c.Commit] = out.Documents[c.Commit]
}

// keep writes the documents to which something was carried.
func (out *Collection) keep(ctx context.Context, notes Notes) error {
	if !out.resuming || len(out.carried) == 0 {
		return nil
	}
	changed, kept, err := notes.Write(ctx, out.carried)
	out.changed(changed)
	out.Left = append(out.Left, kept...)
	return err
}
