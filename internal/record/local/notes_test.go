package local

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/git"
	"github.com/mergebrief/mergebrief/internal/record"
)

// clones returns the machine's repository with a bare remote, and n clones of it.
func clones(t *testing.T, n int) (m *machine, remote string, all []Notes) {
	t.Helper()
	m = newMachine(t)
	remote = filepath.Join(filepath.Dir(m.repo), "origin.git")
	m.git(m.repo, "clone", "-q", "--bare", m.repo, remote)
	for i := range n {
		dir := filepath.Join(filepath.Dir(m.repo), fmt.Sprintf("clone-%d", i))
		m.git(m.repo, "clone", "-q", remote, dir)
		repo, err := git.Open(context.Background(), dir, git.Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { repo.Close() })
		all = append(all, NewNotes(repo))
	}
	return m, remote, all
}

func oneRecord(commit, session string) map[string]record.Document {
	s := evidence.Session{Origin: evidence.Origin{Basis: evidence.Reported, Source: "record"}, ID: session, Agent: "codex"}
	return map[string]record.Document{commit: record.NewDocument(commit, "", []record.Record{{Join: record.JoinContent, Session: s}})}
}

// TestPushTogether lets four clones record the same commit and push at once, and
// expects everything of everybody on the remote, without a push by force.
func TestPushTogether(t *testing.T) {
	const writers = 4
	m, remote, all := clones(t, writers)
	commit := m.git(m.repo, "rev-parse", "main")
	var wait sync.WaitGroup
	for i, n := range all {
		wait.Go(func() {
			if _, _, err := n.Write(context.Background(), oneRecord(commit, fmt.Sprint("session ", i))); err != nil {
				t.Error(err)
			}
			if _, kept, err := n.Push(context.Background(), "origin", false); err != nil || len(kept) > 0 {
				t.Error(err, kept)
			}
		})
	}
	wait.Wait()
	d, err := record.Decode([]byte(m.git(remote, "notes", "--ref=mergebrief", "show", commit)))
	if err != nil {
		t.Fatal(err)
	}
	if len(d.Records) != writers {
		t.Errorf("%d of %d records arrived", len(d.Records), writers)
	}
}

// TestPushKeepsOtherLayouts merges with notes that git itself wrote, in a tree
// without folders, and on other commits.
func TestPushKeepsOtherLayouts(t *testing.T) {
	ctx := context.Background()
	m, remote, all := clones(t, 1)
	commit, other := m.git(m.repo, "rev-parse", "main"), m.git(m.repo, "commit-tree", "-m", "other", "main^{tree}")
	m.git(m.repo, "push", "-q", remote, other+":refs/heads/other")
	data, err := record.Encode(oneRecord(commit, "theirs")[commit])
	if err != nil {
		t.Fatal(err)
	}
	m.git(m.repo, "notes", "--ref=mergebrief", "add", "-m", strings.TrimSpace(string(data)), commit)
	m.git(m.repo, "notes", "--ref=mergebrief", "add", "-m", "words of somebody", other)
	m.git(m.repo, "push", "-q", remote, record.Ref)
	if _, _, err := all[0].Write(ctx, oneRecord(commit, "ours")); err != nil {
		t.Fatal(err)
	}
	if _, _, err := all[0].Push(ctx, "origin", false); err != nil {
		t.Fatal(err)
	}
	d, err := record.Decode([]byte(m.git(remote, "notes", "--ref=mergebrief", "show", commit)))
	if err != nil || len(d.Records) != 2 {
		t.Errorf("%d records, %v", len(d.Records), err)
	}
	if got := m.git(remote, "notes", "--ref=mergebrief", "show", other); got != "words of somebody" {
		t.Errorf("a note of somebody became %q", got)
	}
}

// TestPushToHostileRemote finds something on the remote that is no notes ref.
func TestPushToHostileRemote(t *testing.T) {
	ctx := context.Background()
	m, remote, all := clones(t, 1)
	commit := m.git(m.repo, "rev-parse", "main")
	blob := m.git(m.repo, "rev-parse", "main:README")
	m.git(remote, "update-ref", record.Ref, blob)
	if _, _, err := all[0].Write(ctx, oneRecord(commit, "ours")); err != nil {
		t.Fatal(err)
	}
	before := all[0].tip(ctx, record.Ref)
	_, _, err := all[0].Push(ctx, "origin", false)
	if err == nil || !strings.Contains(err.Error(), "is no commit; nothing of it is used and nothing is pushed") {
		t.Errorf("error is %v", err)
	}
	if m.git(remote, "rev-parse", record.Ref) != blob || all[0].tip(ctx, record.Ref) != before {
		t.Error("something was overwritten")
	}
}
