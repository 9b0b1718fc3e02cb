package local

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/git"
	"github.com/mergebrief/mergebrief/internal/sessionnote"
)

const (
	// maxNotes bounds the notes of a ref that is merged: a megabyte of notes is
	// the history of a large repository.
	maxNotes = 1 << 20
	// maxPushes is how often a push is tried while others push too. Of eight
	// that began at once the last one needs eight.
	maxPushes = 12
)

// Notes is the notes ref of a repository.
type Notes struct {
	Repo *git.Repo
	git  gitRunner
}

// NewNotes returns the notes of the repository of r.
func NewNotes(repo *git.Repo) Notes { return Notes{Repo: repo, git: gitRunner{dir: repo.Root()}} }

// Documents returns what the notes of a revision of the notes ref, "" for none, on
// the commits hold. A note that is none of ours is left out and an error of its
// own.
func (n Notes) Documents(ctx context.Context, rev string, commits []string) (map[string]sessionnote.Note, []error) {
	docs := map[string]sessionnote.Note{}
	if rev == "" || len(commits) == 0 {
		return docs, nil
	}
	notes, err := n.Repo.Notes(ctx, rev, commits, sessionnote.MaxBytes)
	if err != nil {
		if evidence.ReasonOf(err, "") == evidence.NotFound {
			return docs, nil
		}
		return docs, []error{err}
	}
	var bad []error
	for _, note := range notes {
		d, err := sessionnote.Note{}, note.Err
		if err == nil {
			d, err = sessionnote.DecodeNote(note.Data, note.Commit)
		}
		if err != nil {
			bad = append(bad, fmt.Errorf("note on %.12s: %w", note.Commit, err))
			continue
		}
		docs[note.Commit] = d
	}
	return docs, bad
}

// Write adds the documents to the notes ref, as a union with what is there, and
// returns the commits whose note changed, and why notes that are none of ours were
// left as they are. Another process that writes at the same time is waited for.
func (n Notes) Write(ctx context.Context, docs map[string]sessionnote.Document) (changed []string, kept []error, err error) {
	for attempt := 0; ; attempt++ {
		changed, kept, err := n.write(ctx, docs)
		if err == nil || attempt == maxPushes || evidence.ReasonOf(err, "") != evidence.Denied {
			return changed, kept, err
		}
		if err := pause(ctx, attempt); err != nil {
			return nil, nil, err
		}
	}
}

func (n Notes) write(ctx context.Context, docs map[string]sessionnote.Document) (changed []string, kept []error, err error) {
	commits := slices.Sorted(maps.Keys(docs))
	tip := n.tip(ctx, sessionnote.Ref)
	var have map[string]sessionnote.Note
	var others map[string]string
	if tip != "" {
		have, kept = n.Documents(ctx, tip, commits)
		if len(kept) > 0 {
			if others, err = n.list(ctx, tip); err != nil {
				return nil, kept, err
			}
		}
	}
	fresh := map[string][]byte{}
	for _, c := range commits {
		d := docs[c]
		old, known := have[c]
		if !known && others[c] != "" {
			continue // a note that is none of ours
		}
		if old.Commit != "" {
			d = sessionnote.Union(old.Document, d)
		}
		data, err := sessionnote.Encode(d)
		if err != nil {
			return nil, kept, err
		}
		// Copies by git that fit the commit are among the entries by now.
		if before, _ := sessionnote.EncodeNote(old); !known || !bytes.Equal(before, data) {
			fresh[c] = data
		}
	}
	if len(fresh) == 0 {
		return nil, kept, nil
	}
	var parents []string
	if tip != "" {
		parents = []string{tip}
	}
	id, err := n.commit(ctx, tip, edition{texts: fresh}, parents)
	if err != nil {
		return nil, kept, err
	}
	return slices.Sorted(maps.Keys(fresh)), kept, n.move(ctx, id, tip)
}

// tip returns the commit of a ref, or "".
func (n Notes) tip(ctx context.Context, ref string) string {
	out, err := n.git.run(ctx, nil, "rev-parse", "--verify", "--quiet", ref+"^{commit}")
	if err != nil {
		return ""
	}
	return strings.TrimSpace(out)
}

// edition is the notes that a commit of the ref has other than the one before it,
// by the commit that they are on: new texts, and objects that are there already.
type edition struct {
	texts map[string][]byte
	blobs map[string]string
}

// commit writes a commit for the notes ref: the tree of base with the notes
// replaced. No ref moves.
func (n Notes) commit(ctx context.Context, base string, e edition, parents []string) (string, error) {
	dir, err := os.MkdirTemp("", "mergebrief-notes-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	blobs, err := n.blobs(ctx, dir, e.texts)
	if err != nil {
		return "", err
	}
	maps.Copy(blobs, e.blobs)
	staged := gitRunner{dir: n.git.dir, env: append(slices.Clone(identity), "GIT_INDEX_FILE="+filepath.Join(dir, "index"), "GIT_AUTHOR_DATE=@0 +0000", "GIT_COMMITTER_DATE=@0 +0000")}
	read := []string{"read-tree", "--empty"}
	if base != "" {
		read = []string{"read-tree", base}
	}
	if _, err := staged.run(ctx, nil, read...); err != nil {
		return "", err
	}
	var changes bytes.Buffer
	for _, c := range slices.Sorted(maps.Keys(blobs)) {
		for _, name := range []string{c, c[:2] + "/" + c[2:], c[:2] + "/" + c[2:4] + "/" + c[4:]} {
			fmt.Fprintf(&changes, "0 %s\t%s\x00", strings.Repeat("0", len(c)), name)
		}
		fmt.Fprintf(&changes, "100644 %s\t%s\x00", blobs[c], c[:2]+"/"+c[2:])
	}
	if _, err := staged.run(ctx, changes.Bytes(), "update-index", "-z", "--index-info"); err != nil {
		return "", err
	}
	tree, err := staged.run(ctx, nil, "write-tree")
	if err != nil {
		return "", err
	}
	args := []string{"commit-tree", "-m", "Notes added by mergebrief record"}
	for _, p := range parents {
		args = append(args, "-p", p)
	}
	id, err := staged.run(ctx, nil, append(args, strings.TrimSpace(tree))...)
	if err != nil {
		return "", err
	}
	return strings.TrimSpace(id), nil
}

// blobs stores the notes as objects, in one process.
func (n Notes) blobs(ctx context.Context, dir string, notes map[string][]byte) (map[string]string, error) {
	commits := slices.Sorted(maps.Keys(notes))
	var paths bytes.Buffer
	for _, c := range commits {
		name := filepath.Join(dir, c)
		if err := os.WriteFile(name, notes[c], 0o600); err != nil {
			return nil, err
		}
		fmt.Fprintln(&paths, name)
	}
	out, err := n.git.run(ctx, paths.Bytes(), "hash-object", "-w", "--no-filters", "--stdin-paths")
	if err != nil {
		return nil, err
	}
	ids := strings.Fields(out)
	if len(ids) != len(commits) {
		return nil, evidence.Errorf(evidence.Unreadable, "git hash-object: %d answers for %d notes", len(ids), len(commits))
	}
	blobs := map[string]string{}
	for i, c := range commits {
		blobs[c] = ids[i]
	}
	return blobs, nil
}

// move sets the notes ref if it still is at old, "" when there was none.
func (n Notes) move(ctx context.Context, id, old string) error {
	if old == "" {
		old = strings.Repeat("0", len(id))
	}
	_, err := n.git.run(ctx, nil, "update-ref", "-m", "mergebrief record", sessionnote.Ref, id, old)
	return err
}

// contains reports whether the history of a has b.
func (n Notes) contains(ctx context.Context, a, b string) bool {
	if a == "" || b == "" {
		return false
	}
	_, err := n.git.run(ctx, nil, "merge-base", "--is-ancestor", b, a)
	return err == nil
}

// list returns the blobs of the notes by commit.
func (n Notes) list(ctx context.Context, rev string) (map[string]string, error) {
	all := map[string]string{}
	for e, err := range n.Repo.Tree(ctx, rev) {
		if err != nil {
			return nil, err
		}
		if c := strings.ReplaceAll(e.Path, "/", ""); isID(c) {
			all[c] = e.Blob
		}
		if len(all) > maxNotes {
			return nil, evidence.Errorf(evidence.Truncated, "%s has more than %d notes; they are not merged and nothing is pushed", sessionnote.Ref, maxNotes)
		}
	}
	return all, nil
}

func isID(s string) bool {
	return (len(s) == 40 || len(s) == 64) && strings.Trim(s, "0123456789abcdef") == ""
}

// union is a merge of the notes of two commits.
type union struct {
	// The commits; theirs is "" when there is none.
	ours, theirs string
	// The blobs of theirs, by the commit that the note is on.
	blobs map[string]string
	// Leave out documents about other commits, which git copied to the note: the
	// notes go where these commits may be unknown.
	alone bool
}

// unite returns the notes to put on top of theirs: ours where they have none, the
// union where both have one and it has more than theirs. A note of theirs that
// cannot be read stays as it is.
func (n Notes) unite(ctx context.Context, u union, commits []string) (map[string][]byte, []error, error) {
	ours, bad := n.Documents(ctx, u.ours, commits)
	var both []string
	for _, c := range commits {
		if u.blobs[c] != "" {
			both = append(both, c)
		}
	}
	read := map[string]sessionnote.Note{}
	if len(both) > 0 {
		var unread []error
		read, unread = n.Documents(ctx, u.theirs, both)
		bad = append(bad, unread...)
	}
	notes := map[string][]byte{}
	for c, d := range ours {
		if u.alone {
			d.Copied = nil
		}
		var before []byte
		if u.blobs[c] != "" {
			other, readable := read[c]
			if !readable {
				continue
			}
			before, _ = sessionnote.EncodeNote(other)
			d = sessionnote.UnionNote(d, other, c)
		}
		data, err := sessionnote.EncodeNote(d)
		if err != nil {
			return nil, nil, err
		}
		if len(data) > 0 && !bytes.Equal(data, before) {
			notes[c] = data
		}
	}
	return notes, bad, nil
}

// pause waits a little longer each time, and not as long as somebody else who
// began at the same time.
func pause(ctx context.Context, attempt int) error {
	const step = 40 * time.Millisecond
	wait := step<<min(attempt, 4) + rand.N(step) //nolint:gosec // nothing depends on it but who comes first
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(cmp.Or(wait, step)):
		return nil
	}
}
