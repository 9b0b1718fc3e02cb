package local

import (
	"context"
	"encoding/hex"
	"fmt"
	"maps"
	"net/http/cgi"
	"net/http/httptest"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/git"
	"github.com/mergebrief/mergebrief/internal/sessionnote"
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

// push pushes the notes of all commits of a clone's branches to origin.
func push(n Notes) (Sent, error) {
	ctx := context.Background()
	all, err := n.Destinations(ctx, "origin")
	if err != nil {
		return Sent{}, err
	}
	tips, err := n.Has(ctx, all[0])
	if err != nil {
		return Sent{}, err
	}
	return n.Push(ctx, all[0], tips, false)
}

func oneRecord(commit, session string) map[string]sessionnote.Document {
	s := evidence.Session{Origin: evidence.Origin{Basis: evidence.Reported, Source: "record"}, ID: session, Agent: "codex"}
	return map[string]sessionnote.Document{commit: sessionnote.NewDocument(commit, "", []sessionnote.Entry{{Join: sessionnote.JoinContent, Session: s}})}
}

// serve serves the repositories below a folder, for reading and pushing, over HTTP.
func serve(t *testing.T, root string) string {
	t.Helper()
	path, err := exec.LookPath("git")
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(&cgi.Handler{Path: path, Args: []string{"http-backend"}, Env: []string{
		"GIT_PROJECT_ROOT=" + root, "GIT_HTTP_EXPORT_ALL=1", "GIT_CONFIG_COUNT=2",
		"GIT_CONFIG_KEY_0=http.receivepack", "GIT_CONFIG_VALUE_0=true",
		"GIT_CONFIG_KEY_1=safe.directory", "GIT_CONFIG_VALUE_1=*",
	}, InheritEnv: []string{"PATH"}})
	t.Cleanup(s.Close)
	return s.URL
}

// TestPushTogether lets eight clones record the same commit and push at once, to a
// folder and to a server, and expects everything of everybody on the remote,
// without a push by force.
func TestPushTogether(t *testing.T) {
	for _, over := range []string{"folder", "HTTP"} {
		t.Run(over, func(t *testing.T) { pushTogether(t, over == "HTTP") })
	}
}

func pushTogether(t *testing.T, server bool) {
	t.Helper()
	const writers = 8
	m, remote, all := clones(t, writers)
	if server {
		url := serve(t, filepath.Dir(remote)) + "/" + filepath.Base(remote)
		for _, n := range all {
			m.git(n.Repo.Root(), "remote", "set-url", "origin", url)
		}
	}
	commit := m.git(m.repo, "rev-parse", "main")
	var wait sync.WaitGroup
	for i, n := range all {
		wait.Go(func() {
			if _, _, err := n.Write(context.Background(), oneRecord(commit, fmt.Sprint("session ", i))); err != nil {
				t.Error(err)
			}
			if sent, err := push(n); err != nil || len(sent.Kept) > 0 {
				t.Error(err, sent.Kept)
			}
		})
	}
	wait.Wait()
	d, err := sessionnote.Decode([]byte(m.git(remote, "notes", "--ref=mergebrief", "show", commit)))
	if err != nil {
		t.Fatal(err)
	}
	if len(d.Entries) != writers {
		t.Errorf("%d of %d records arrived", len(d.Entries), writers)
	}
}

// TestPushKeepsOtherLayouts merges with notes that git itself wrote, in a tree
// without folders, and on other commits.
func TestPushKeepsOtherLayouts(t *testing.T) {
	ctx := context.Background()
	m, remote, all := clones(t, 1)
	commit, other := m.git(m.repo, "rev-parse", "main"), m.git(m.repo, "commit-tree", "-m", "other", "main^{tree}")
	m.git(m.repo, "push", "-q", remote, other+":refs/heads/other")
	data, err := sessionnote.Encode(oneRecord(commit, "theirs")[commit])
	if err != nil {
		t.Fatal(err)
	}
	m.git(m.repo, "notes", "--ref=mergebrief", "add", "-m", strings.TrimSpace(string(data)), commit)
	m.git(m.repo, "notes", "--ref=mergebrief", "add", "-m", "words of somebody", other)
	m.git(m.repo, "push", "-q", remote, sessionnote.Ref)
	if _, _, err := all[0].Write(ctx, oneRecord(commit, "ours")); err != nil {
		t.Fatal(err)
	}
	if _, err := push(all[0]); err != nil {
		t.Fatal(err)
	}
	d, err := sessionnote.Decode([]byte(m.git(remote, "notes", "--ref=mergebrief", "show", commit)))
	if err != nil || len(d.Entries) != 2 {
		t.Errorf("%d records, %v", len(d.Entries), err)
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
	m.git(remote, "update-ref", sessionnote.Ref, blob)
	if _, _, err := all[0].Write(ctx, oneRecord(commit, "ours")); err != nil {
		t.Fatal(err)
	}
	before := all[0].tip(ctx, sessionnote.Ref)
	_, err := push(all[0])
	if err == nil || !strings.Contains(err.Error(), "is no commit; nothing of it is used and nothing is pushed") {
		t.Errorf("error is %v", err)
	}
	if m.git(remote, "rev-parse", sessionnote.Ref) != blob || all[0].tip(ctx, sessionnote.Ref) != before {
		t.Error("something was overwritten")
	}
}

// plant puts a ref of notes on the remote whose tree has the entries, by name, and
// n more that are no notes.
func (m *machine) plant(remote string, n int, entries map[string]string) {
	m.Helper()
	junk, err := hex.DecodeString(m.git(m.repo, "rev-parse", "main:README"))
	if err != nil {
		m.Fatal(err)
	}
	blobs := map[string]string{}
	for i := range n {
		blobs[fmt.Sprintf("%040x", i)] = string(junk)
		blobs[fmt.Sprintf("no commit %d", i)] = string(junk)
	}
	scratch := filepath.Join(m.TempDir(), "object")
	for name, text := range entries {
		m.write(scratch, text)
		id, err := hex.DecodeString(m.git(remote, "hash-object", "-w", scratch))
		if err != nil {
			m.Fatal(err)
		}
		blobs[name] = string(id)
	}
	var tree strings.Builder
	for _, name := range slices.Sorted(maps.Keys(blobs)) {
		tree.WriteString("100644 " + name + "\x00" + blobs[name])
	}
	m.write(scratch, tree.String())
	id := m.git(remote, "hash-object", "--literally", "-t", "tree", "-w", scratch)
	m.git(remote, "update-ref", sessionnote.Ref, m.git(remote, "commit-tree", "-m", "planted", id))
}

// TestPushToPlantedRemote has what others may have put under the ref. What is
// theirs stays, what is ours arrives or the reason is said, and nothing of ours is
// lost.
func TestPushToPlantedRemote(t *testing.T) {
	ctx := context.Background()
	for name, c := range map[string]struct {
		entries func(commit string) map[string]string
		crowd   int
		// The sessions on the commit afterwards; nil when the note stays as it is.
		want       []string
		kept, fail string
	}{
		"100,000 entries and a record": {
			entries: func(commit string) map[string]string {
				data, _ := sessionnote.Encode(oneRecord(commit, "theirs")[commit])
				return map[string]string{commit: string(data)}
			},
			crowd: 50_000, want: []string{"ours", "theirs"},
		},
		"a note of 20 MB": {
			entries: func(commit string) map[string]string { return map[string]string{commit: strings.Repeat(" ", 20<<20)} },
			kept:    "a blob of 20971520 bytes, more than 1048576 are not read",
		},
		"a later version": {
			entries: func(commit string) map[string]string {
				return map[string]string{commit: `{"schema":"https://mergebrief.github.io/record/v7","commit":"` + commit + `"}`}
			},
			kept: "a later mergebrief reads it",
		},
		"a record that says it is ours": {
			entries: func(commit string) map[string]string {
				d := oneRecord(commit, "theirs")[commit]
				d.Entries[0].ID = oneRecord(commit, "ours")[commit].Entries[0].ID
				data, _ := sessionnote.Encode(d)
				return map[string]string{commit: string(data)}
			},
			want: []string{"ours", "theirs"},
		},
		"a path that git refuses": {
			entries: func(string) map[string]string { return map[string]string{".git": "x"} },
			fail:    "git ",
		},
	} {
		t.Run(name, func(t *testing.T) {
			m, remote, all := clones(t, 1)
			commit := m.git(m.repo, "rev-parse", "main")
			m.plant(remote, c.crowd, c.entries(commit))
			planted := m.git(remote, "rev-parse", sessionnote.Ref)
			if _, _, err := all[0].Write(ctx, oneRecord(commit, "ours")); err != nil {
				t.Fatal(err)
			}
			sent, err := push(all[0])
			if c.fail != "" {
				if err == nil || !strings.Contains(err.Error(), c.fail) || m.git(remote, "rev-parse", sessionnote.Ref) != planted {
					t.Errorf("error is %v", err)
				}
				return
			}
			if err != nil || sent.Notes > 0 != (c.kept == "") || c.kept == "" != (len(sent.Kept) == 0) || c.kept != "" && !strings.Contains(sent.Kept[0].Error(), c.kept) {
				t.Fatalf("%+v, error %v", sent, err)
			}
			m.git(remote, "merge-base", "--is-ancestor", planted, sessionnote.Ref)
			if c.want == nil {
				if m.git(remote, "rev-parse", sessionnote.Ref+":"+commit) != m.git(remote, "rev-parse", planted+":"+commit) {
					t.Error("the note of somebody was changed")
				}
				return
			}
			d, err := sessionnote.Decode([]byte(m.git(remote, "notes", "--ref=mergebrief", "show", commit)))
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, r := range d.Entries {
				got = append(got, r.Session.ID)
			}
			slices.Sort(got)
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestPushOnlyWhatIsThere has notes on commits that the destination has, on some that
// it does not, and on one that git copied from a commit that is gone. Every byte
// that reached it is looked at.
func TestPushOnlyWhatIsThere(t *testing.T) {
	ctx := context.Background()
	m, remote, all := clones(t, 1)
	n := all[0]
	clone := n.Repo.Root()
	public := m.git(clone, "rev-parse", "HEAD")
	m.git(clone, "checkout", "-q", "-b", "private")
	m.git(clone, "commit", "-q", "--allow-empty", "-m", "private")
	private := m.git(clone, "rev-parse", "HEAD")
	m.git(clone, "commit", "-q", "--allow-empty", "--amend", "-m", "private, once more")
	amended := m.git(clone, "rev-parse", "HEAD")
	write := func(commit, session string) {
		t.Helper()
		if _, _, err := n.Write(ctx, oneRecord(commit, session)); err != nil {
			t.Fatal(err)
		}
	}
	arrived := func() string {
		t.Helper()
		var text strings.Builder
		for _, line := range strings.Split(m.git(remote, "cat-file", "--batch-all-objects", "--batch-check"), "\n") {
			if f := strings.Fields(line); f[1] != "tree" {
				text.WriteString(m.git(remote, "cat-file", f[1], f[0]))
			}
		}
		return text.String()
	}
	expect := func(sent Sent, err error, notes, held int, there, absent []string) {
		t.Helper()
		if err != nil || sent.Notes != notes || sent.Held != held {
			t.Fatalf("%+v, %v; want %d notes and %d held", sent, err, notes, held)
		}
		text := arrived()
		for _, w := range there {
			if !strings.Contains(text, w) {
				t.Errorf("%s did not arrive", w)
			}
		}
		for _, w := range absent {
			if strings.Contains(text, w) {
				t.Errorf("%s arrived", w)
			}
		}
	}
	write(private, "SECRET-PRIVATE")
	sent, err := push(n)
	expect(sent, err, 0, 1, nil, []string{"SECRET"})

	write(public, "PUBLIC-ONE")
	copied, _ := sessionnote.Encode(oneRecord(private, "SECRET-COPIED")[private])
	m.git(clone, "notes", "--ref=mergebrief", "append", "-m", strings.TrimSpace(string(copied)), public)
	sent, err = push(n)
	expect(sent, err, 1, 1, []string{"PUBLIC-ONE"}, []string{"SECRET"})

	// Nothing new is no push; the branch that arrives brings its own note.
	sent, err = push(n)
	expect(sent, err, 0, 1, nil, []string{"SECRET"})
	write(amended, "NOW-PUBLIC")
	m.git(clone, "push", "-q", "origin", "private")
	sent, err = push(n)
	expect(sent, err, 1, 1, []string{"PUBLIC-ONE", "NOW-PUBLIC"}, []string{"SECRET"})

	// Another destination begins with nothing, also under the same name.
	other := filepath.Join(filepath.Dir(m.repo), "other.git")
	m.git(m.repo, "init", "-q", "--bare", other)
	m.git(clone, "remote", "set-url", "origin", other)
	remote = other
	m.git(clone, "push", "-q", "origin", public+":refs/heads/main")
	sent, err = push(n)
	expect(sent, err, 1, 2, []string{"PUBLIC-ONE"}, []string{"SECRET", "NOW-PUBLIC"})
	if docs, bad := n.Documents(ctx, sessionnote.Ref, []string{public, private, amended}); len(docs) != 3 || len(bad) > 0 {
		t.Errorf("%d notes are here, %v", len(docs), bad)
	}
}
