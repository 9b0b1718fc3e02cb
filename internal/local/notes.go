package local

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
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
	// maxPushes is how often a push is tried while others push too.
	maxPushes = 8
)

// Notes is the notes ref of a repository.
type Notes struct {
	Repo *git.Repo
	git  gitRunner
}

// NewNotes returns the notes of the repository of r.
func NewNotes(repo *git.Repo) Notes { return Notes{Repo: repo, git: gitRunner{dir: repo.Root()}} }

// Documents returns what the notes on the commits hold. A note that is none of ours
// is left out and an error of its own.
func (n Notes) Documents(ctx context.Context, rev string, commits []string) (map[string]sessionnote.Note, []error) {
	docs := map[string]sessionnote.Note{}
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
	_, err = n.commit(ctx, tip, fresh, parents, tip)
	return slices.Sorted(maps.Keys(fresh)), kept, err
}

// tip returns the commit of a ref, or "".
func (n Notes) tip(ctx context.Context, ref string) string {
	out, err := n.git.run(ctx, nil, "rev-parse", "--verify", "--quiet", ref+"^{commit}")
	if err != nil {
		return ""
	}
	return strings.TrimSpace(out)
}

// commit writes a commit of the notes ref: the tree of base with the notes
// replaced. The ref moves only if it still is at old.
func (n Notes) commit(ctx context.Context, base string, notes map[string][]byte, parents []string, old string) (string, error) {
	dir, err := os.MkdirTemp("", "mergebrief-notes-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	blobs, err := n.blobs(ctx, dir, notes)
	if err != nil {
		return "", err
	}
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
	return strings.TrimSpace(id), n.move(ctx, strings.TrimSpace(id), old)
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

// move sets the ref if it still is at old, "" when there was none.
func (n Notes) move(ctx context.Context, id, old string) error {
	if old == "" {
		old = strings.Repeat("0", len(id))
	}
	_, err := n.git.run(ctx, nil, "update-ref", "-m", "mergebrief record", sessionnote.Ref, id, old)
	return err
}

// Push pushes the ref, and nothing else. It returns whether anything was pushed,
// and what could not be merged. Nothing is ever forced: when the remote has notes
// that are not here, they are merged and the push is tried again. With trust, a
// remote that got the notes as they are is not asked again.
func (n Notes) Push(ctx context.Context, remote string, trust bool) (bool, []error, error) {
	if strings.HasPrefix(remote, "-") || remote == "" {
		return false, nil, evidence.Errorf(evidence.NotFound, "%q is no remote", remote)
	}
	var kept []error
	for attempt := 0; ; attempt++ {
		tip := n.tip(ctx, sessionnote.Ref)
		if tip == "" || trust && tip == n.tip(ctx, sentRef(remote)) {
			return false, kept, nil
		}
		pushed, err := n.send(ctx, remote, tip)
		if err == nil || attempt == maxPushes || evidence.ReasonOf(err, "") != evidence.Denied {
			return pushed, kept, err
		}
		if attempt > 0 {
			if err := pause(ctx, attempt); err != nil {
				return false, kept, err
			}
		}
		incoming, failed := n.fetch(ctx, remote)
		if failed != nil {
			return false, kept, failed
		}
		if incoming == "" {
			return false, kept, err // it refuses, and not because of what it has
		}
		if _, kept, err = n.merge(ctx, tip, incoming); err != nil {
			return false, kept, err
		}
	}
}

// send pushes the ref once and returns whether the remote did not have it.
func (n Notes) send(ctx context.Context, remote, tip string) (bool, error) {
	out, err := n.git.reach(ctx, "push", "--porcelain", "--no-verify", "--end-of-options", remote, tip+":"+sessionnote.Ref)
	if err != nil {
		return false, err
	}
	_, err = n.git.run(ctx, nil, "update-ref", sentRef(remote), tip)
	return !strings.Contains(out, "\n=\t"), err
}

// sentRef is where is kept what a remote got last. A URL is no name of a ref.
func sentRef(remote string) string {
	sum := sha256.Sum256([]byte(remote))
	return "refs/mergebrief/sent/" + hex.EncodeToString(sum[:8])
}

// fetch gets the remote's notes and returns their commit, or "" when it has
// none. They lie under a ref of their own for that long.
func (n Notes) fetch(ctx context.Context, remote string) (string, error) {
	ref := fmt.Sprintf("refs/mergebrief/incoming-%d", os.Getpid())
	_, err := n.git.reach(ctx, "fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--end-of-options", remote, "+"+sessionnote.Ref+":"+ref)
	if evidence.ReasonOf(err, "") == evidence.NotFound {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	tip := n.tip(ctx, ref)
	if _, err := n.git.run(ctx, nil, "update-ref", "-d", ref); err != nil {
		return "", err
	}
	if tip == "" {
		return "", evidence.Errorf(evidence.Unreadable, "%s of %s is no commit; nothing of it is used and nothing is pushed", sessionnote.Ref, remote)
	}
	return tip, nil
}

// merge makes the local ref contain the incoming notes and returns its new tip.
func (n Notes) merge(ctx context.Context, tip, incoming string) (string, []error, error) {
	if tip == incoming || n.contains(ctx, tip, incoming) {
		return tip, nil, nil
	}
	if tip == "" || n.contains(ctx, incoming, tip) {
		return incoming, nil, n.move(ctx, incoming, tip)
	}
	ours, err := n.list(ctx, tip)
	if err != nil {
		return tip, nil, err
	}
	theirs, err := n.list(ctx, incoming)
	if err != nil {
		return tip, nil, err
	}
	var differ []string
	for c, blob := range ours {
		if theirs[c] != blob {
			differ = append(differ, c)
		}
	}
	slices.Sort(differ)
	notes, kept, err := n.unite(ctx, tip, incoming, differ, theirs)
	if err != nil {
		return tip, nil, err
	}
	id, err := n.commit(ctx, incoming, notes, []string{incoming, tip}, tip)
	return id, kept, err
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

// unite returns the notes to put on top of the incoming ones: ours where they
// have none, the union where both have one. A note of theirs that cannot be read
// stays as it is.
func (n Notes) unite(ctx context.Context, tip, incoming string, commits []string, theirs map[string]string) (map[string][]byte, []error, error) {
	ours, bad := n.Documents(ctx, tip, commits)
	var both []string
	for _, c := range commits {
		if theirs[c] != "" {
			both = append(both, c)
		}
	}
	read, unread := n.Documents(ctx, incoming, both)
	bad = append(bad, unread...)
	notes := map[string][]byte{}
	for c, d := range ours {
		if theirs[c] != "" {
			other, readable := read[c]
			if !readable {
				continue
			}
			d = sessionnote.UnionNote(d, other, c)
		}
		data, err := sessionnote.EncodeNote(d)
		if err != nil {
			return nil, nil, err
		}
		notes[c] = data
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
