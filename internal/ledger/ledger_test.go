package ledger

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/git"
)

// commitID is a commit that is nowhere.
func commitID(n int) string { return fmt.Sprintf("%040x", n+1) }

// bundle is that of a merged pull request, as it would be published.
func bundle(t testing.TB, pull, n int) []byte {
	t.Helper()
	b := evidence.Bundle{Schema: evidence.SchemaURI}
	b.Record.Target = evidence.Target{PullRequest: pull, Head: commitID(n), Base: commitID(n + 1<<20)}
	b.Record.Run = &evidence.WorkflowRun{RunID: int64(n + 1), Attempt: 1}
	b.Record.Tickets = []evidence.Ticket{{Key: fmt.Sprintf("SHOP-%d", n)}}
	b.Record.Sessions = []evidence.Session{{ID: fmt.Sprintf("session-%d", n), Agent: "codex", Prompts: evidence.Prompts{Count: 1, Texts: []string{"zebra"}}}}
	path := fmt.Sprintf("pkg/f%d.go", n%7)
	b.Record.Files = []evidence.File{{Path: path, Status: evidence.FileAdded, Added: 3}}
	b.Assessment.Attribution.Files = []evidence.FileAttribution{{Path: path, Parts: []evidence.AttributedRange{{
		LineRange: evidence.LineRange{First: 1, Last: 3}, Commit: commitID(n), OriginLine: 1, Kind: evidence.AuthorAI, Session: fmt.Sprintf("session-%d", n),
	}}}}
	data, err := b.Canonical()
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// repository is an empty one with a ledger under the default ref.
func repository(t testing.TB) (string, *git.Repo) {
	t.Helper()
	dir := t.TempDir()
	runGit(t, dir, "init", "-q", "-b", "main")
	runGit(t, dir, "config", "uploadpack.allowFilter", "true")
	runGit(t, dir, "config", "uploadpack.allowAnySHA1InWant", "true")
	return dir, openRepo(t, dir)
}

func openRepo(t testing.TB, dir string) *git.Repo {
	t.Helper()
	repo, err := git.Open(t.Context(), dir, git.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { repo.Close() })
	return repo
}

func runGit(t testing.TB, dir string, args ...string) string {
	t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("git %v: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

// stores returns an empty store of each kind. The one of origin is read and written
// through a clone.
func stores(t *testing.T) map[string]func() Store {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "ledger")
	here, _ := repository(t)
	far, _ := repository(t)
	clone := t.TempDir()
	runGit(t, clone, "clone", "-q", "file://"+far, ".")
	return map[string]func() Store{
		"folder": func() Store { return Folder{folder} },
		"git":    func() Store { return GitRef{Repo: openRepo(t, here), Ref: DefaultRef} },
		"origin": func() Store { return GitRef{Repo: openRepo(t, clone), Ref: DefaultRef, Origin: true} },
	}
}

func add(t testing.TB, l *Ledger, entries ...Entry) []Receipt {
	t.Helper()
	receipts, err := l.Append(t.Context(), entries...)
	if err != nil {
		t.Fatal(err)
	}
	return receipts
}

func numbers(found []*Record) (all []int64) {
	for _, r := range found {
		all = append(all, r.Sequence)
	}
	return all
}

func TestAppendAndFind(t *testing.T) {
	for name, open := range stores(t) {
		t.Run(name, func(t *testing.T) {
			var receipts []Receipt
			for n := range 5 {
				receipts = append(receipts, add(t, New(open()), Entry{Stored: bundle(t, n%2+1, n), Landed: Landed{Commit: commitID(n + 100)}})...)
			}
			receipts = append(receipts, add(t, New(open()), Entry{Stored: bundle(t, 3, 5)}, Entry{Stored: bundle(t, 3, 6)}, Entry{Stored: bundle(t, 3, 6)})...)
			l := New(open())
			for _, c := range []struct {
				kind  Kind
				value string
				want  []int64
			}{
				{ByPull, "1", []int64{4, 2, 0}},
				{ByPull, "3", []int64{6, 5}},
				{ByCommit, commitID(3), []int64{3}},
				{ByCommit, commitID(103), []int64{3}},
				{BySession, "session-2", []int64{2}},
				{ByTicket, "SHOP-4", []int64{4}},
				{ByPath, "pkg/f1.go", []int64{1}},
				{ByTicket, "SHOP-99", nil},
			} {
				found, omitted, err := l.Find(t.Context(), c.kind, c.value)
				if err != nil || omitted != 0 {
					t.Fatalf("%s %s: %d omitted, %v", c.kind, c.value, omitted, err)
				}
				if diff := cmp.Diff(c.want, numbers(found)); diff != "" {
					t.Errorf("%s %s: %s", c.kind, c.value, diff)
				}
			}
			if last := receipts[7]; !last.Known || last.Sequence != 6 {
				t.Errorf("the same record again: %+v", last)
			}
			known, err := l.Known(t.Context(), ByCommit, []string{commitID(2), commitID(104), commitID(999)})
			if diff := cmp.Diff(map[string]int64{commitID(2): 2, commitID(104): 4}, known); diff != "" || err != nil {
				t.Errorf("%s, %v", diff, err)
			}
			v, err := l.Verify(t.Context(), receipts[:7])
			if err != nil || len(v.Faults) > 0 || v.Records != 7 || v.Root != receipts[6].Root {
				t.Errorf("%+v, %v", v, err)
			}
		})
	}
}

// TestWritersAtOnce has eight writers, that add five records each to a folder and
// one to refs, which takes longer. Nothing is lost and nothing is there twice.
func TestWritersAtOnce(t *testing.T) {
	for name, open := range stores(t) {
		t.Run(name, func(t *testing.T) {
			each := 1
			if name == "folder" {
				each = 5
			}
			var group sync.WaitGroup
			for writer := range 8 {
				s := open()
				group.Go(func() {
					for k := range each {
						if _, err := New(s).Append(t.Context(), Entry{Stored: bundle(t, writer+1, writer*10+k)}); err != nil {
							t.Errorf("writer %d: %v", writer, err)
						}
					}
				})
			}
			group.Wait()
			v, err := New(open()).Verify(t.Context(), nil)
			if err != nil || v.Records != int64(8*each) || len(v.Faults) > 0 {
				t.Errorf("%+v, %v", v, err)
			}
		})
	}
}

// altered is a folder with some records of which a file is another.
func altered(t *testing.T, change func(dir string)) (Verification, error) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "ledger")
	l := New(Folder{dir})
	var receipts []Receipt
	for n := range 6 {
		receipts = append(receipts, add(t, l, Entry{Stored: bundle(t, n%2+1, n)})...)
	}
	change(dir)
	return l.Verify(t.Context(), ParseReceipts(fmt.Sprint(receipts[3], "\n", receipts[5])))
}

func rewrite(t *testing.T, name string, f func([]byte) []byte) {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, f(data), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestVerifyFindsWhatWasChanged(t *testing.T) {
	copied := func(t *testing.T, dir string, from, to int64) {
		t.Helper()
		data, err := os.ReadFile(filepath.Join(dir, recordFile(from)))
		if err != nil {
			t.Fatal(err)
		}
		rewrite(t, filepath.Join(dir, recordFile(to)), func([]byte) []byte { return data })
	}
	for name, c := range map[string]struct {
		change func(t *testing.T, dir string)
		want   string
	}{
		"nothing": {func(*testing.T, string) {}, ""},
		"a byte": {func(t *testing.T, dir string) {
			t.Helper()
			rewrite(t, filepath.Join(dir, recordFile(2)), func(b []byte) []byte { b[len(b)/2] ^= 1; return b })
		}, "record 2"},
		"a middle":      {func(_ *testing.T, dir string) { os.Remove(filepath.Join(dir, recordFile(2))) }, "record 2 is missing"},
		"another order": {func(t *testing.T, dir string) { t.Helper(); copied(t, dir, 3, 2) }, "record 2 says that it is record 3"},
		"the index":     {func(t *testing.T, dir string) { t.Helper(); os.RemoveAll(filepath.Join(dir, "index")) }, "lacks"},
		"one more":      {func(t *testing.T, dir string) { t.Helper(); rewriteHead(t, dir, 5) }, "its end was removed"},
		"the end": {func(t *testing.T, dir string) {
			t.Helper()
			rewriteHead(t, dir, 4)
			os.Remove(filepath.Join(dir, recordFile(4)))
			os.Remove(filepath.Join(dir, recordFile(5)))
		}, "its end was removed"},
		"another ledger": {func(t *testing.T, dir string) { t.Helper(); os.RemoveAll(dir); forked(t, dir) }, "a check run has record 3 with"},
	} {
		t.Run(name, func(t *testing.T) {
			v, err := altered(t, func(dir string) { c.change(t, dir) })
			if err != nil {
				t.Fatal(err)
			}
			faults := strings.Join(v.Faults, "\n")
			if (c.want == "") != (faults == "") || !strings.Contains(faults, c.want) {
				t.Errorf("faults %q, want %q", faults, c.want)
			}
		})
	}
}

// rewriteHead makes the head that of the first n records, as somebody does who cuts
// off the end.
func rewriteHead(t *testing.T, dir string, n int64) {
	t.Helper()
	short, err := decodeHead(nil, Folder{dir})
	if err != nil {
		t.Fatal(err)
	}
	for short.size < n {
		data, err := os.ReadFile(filepath.Join(dir, recordFile(short.size)))
		if err != nil {
			t.Fatal(err)
		}
		if err := short.add(data); err != nil {
			t.Fatal(err)
		}
	}
	rewrite(t, filepath.Join(dir, headFile), func([]byte) []byte { return short.encode() })
}

// forked is a whole and good ledger with other records from the fourth on.
func forked(t *testing.T, dir string) {
	t.Helper()
	for n := range 6 {
		if n >= 3 {
			n += 50
		}
		add(t, New(Folder{dir}), Entry{Stored: bundle(t, n%2+1, n)})
	}
}

func TestReindex(t *testing.T) {
	dir := t.TempDir()
	l := New(Folder{dir})
	for n := range 4 {
		add(t, l, Entry{Stored: bundle(t, 1, n)})
	}
	if err := os.RemoveAll(filepath.Join(dir, "index")); err != nil {
		t.Fatal(err)
	}
	if found, _, err := l.Find(t.Context(), ByPull, "1"); err != nil || len(found) > 0 {
		t.Fatalf("%d records without an index, %v", len(found), err)
	}
	if n, err := l.Reindex(t.Context()); err != nil || n == 0 {
		t.Fatalf("%d files, %v", n, err)
	}
	found, _, err := l.Find(t.Context(), ByPull, "1")
	if diff := cmp.Diff([]int64{3, 2, 1, 0}, numbers(found)); diff != "" || err != nil {
		t.Errorf("%s, %v", diff, err)
	}
}

// TestForeign has what may lie where a ledger is expected. Nothing of it is
// overwritten.
func TestForeign(t *testing.T) {
	for name, c := range map[string]struct{ head, want string }{
		"other JSON":      {`{"schema":"https://example.com/"}`, "is no ledger of mergebrief"},
		"no JSON":         {"hello", "is no ledger of mergebrief"},
		"a later version": {`{"schema":"https://mergebrief.github.io/ledger/v9","records":3}`, "a later mergebrief reads it"},
		"cut off":         {`{"schema":"https://mergebrief.github.io/ledger/v1","records":3,"root":"sha256:00"}`, "0 subtrees for 3 records"},
		"another root":    {`{"schema":"https://mergebrief.github.io/ledger/v1","records":0,"root":"sha256:00"}`, "not that of its subtrees"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, headFile), []byte(c.head), 0o644); err != nil {
				t.Fatal(err)
			}
			_, err := New(Folder{dir}).Append(t.Context(), Entry{Stored: bundle(t, 1, 1)})
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want %q", err, c.want)
			}
			if data, _ := os.ReadFile(filepath.Join(dir, headFile)); string(data) != c.head {
				t.Errorf("overwritten with %q", data)
			}
		})
	}
	t.Run("a branch", func(t *testing.T) {
		dir, _ := repository(t)
		runGit(t, dir, "-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "--allow-empty", "-m", "x")
		before := runGit(t, dir, "rev-parse", "main")
		_, err := New(GitRef{Repo: openRepo(t, dir), Ref: "refs/heads/main"}).Append(t.Context(), Entry{Stored: bundle(t, 1, 1)})
		if err == nil || !strings.Contains(err.Error(), "is no ledger of mergebrief") || runGit(t, dir, "rev-parse", "main") != before {
			t.Errorf("error %v", err)
		}
	})
}

func TestSameRunAnotherBundle(t *testing.T) {
	l := New(Folder{t.TempDir()})
	add(t, l, Entry{Stored: bundle(t, 1, 1)})
	other := []byte(strings.Replace(string(bundle(t, 1, 1)), "SHOP-1", "SHOP-2", 1))
	if _, err := l.Append(t.Context(), Entry{Stored: other}); err == nil || !strings.Contains(err.Error(), "never replaced") {
		t.Errorf("error %v", err)
	}
}

// failing is a store that somebody else writes to each time.
type failing struct {
	Folder
	times int
	fault error
}

func (f *failing) Replace(ctx context.Context, old Files, changed map[string][]byte) error {
	if f.times--; f.times >= 0 {
		return f.fault
	}
	return f.Folder.Replace(ctx, old, changed)
}

func TestRetries(t *testing.T) {
	broken := errors.New("broken")
	for name, c := range map[string]struct {
		store *failing
		want  error
	}{
		"moved a few times": {&failing{times: 3, fault: ErrMoved}, nil},
		"moved for ever":    {&failing{times: 1 << 30, fault: ErrMoved}, ErrMoved},
		"broken":            {&failing{times: 1, fault: broken}, broken},
	} {
		t.Run(name, func(t *testing.T) {
			c.store.Folder = Folder{t.TempDir()}
			l := &Ledger{Store: c.store, pause: func(context.Context, int) error { return nil }}
			_, err := l.Append(t.Context(), Entry{Stored: bundle(t, 1, 1)})
			size, _, sizeErr := New(c.store).Size(t.Context())
			want := map[bool]int64{true: 1}[c.want == nil]
			if !errors.Is(err, c.want) || sizeErr != nil || size != want {
				t.Errorf("error %v, %d records, %v", err, size, sizeErr)
			}
		})
	}
}

// TestNothingPrivate looks for what must not be kept in any part of a record.
func TestNothingPrivate(t *testing.T) {
	var b evidence.Bundle
	if err := json.Unmarshal(bundle(t, 1, 1), &b); err != nil {
		t.Fatal(err)
	}
	b.Record.Sessions[0].Commands = []evidence.Command{
		{Line: "cat > a.go <<E\nzebra\nE", Family: "cat", Class: evidence.ClassOther, Outcome: evidence.CommandOK},
		{Line: "TOKEN=zebra go test ./pkg/f1.go", Family: "go test", Class: evidence.ClassTest, Outcome: evidence.CommandFailed, Summary: "zebra"},
	}
	b.Record.Suites = []evidence.Suite{{
		Cases:  []evidence.Case{{Name: "TestA", Outcome: evidence.Failed, Message: "zebra"}},
		Broken: []evidence.Breakage{{Kind: "build-failed", Subject: "pkg", Message: "zebra"}},
	}}
	b.Record.Scans = []evidence.Scan{{Tool: "lint", Message: "zebra", Results: []evidence.Result{{Rule: "R1", Level: evidence.LevelError, Message: "zebra"}}}}
	b.Record.Checks = []evidence.Check{{Name: "ci", Conclusion: evidence.ConclusionFailure, Detail: "zebra"}}
	stored, err := b.Canonical()
	if err != nil {
		t.Fatal(err)
	}
	l := New(Folder{t.TempDir()})
	add(t, l, Entry{Stored: stored})
	r, err := l.Read(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(r)
	if err != nil || strings.Contains(string(text), "zebra") {
		t.Errorf("%v, %s", err, text)
	}
	for _, want := range []string{"TestA", "R1", "go test", "build-failed", `"ci"`} {
		if !strings.Contains(string(text), want) {
			t.Errorf("%q is not in %s", want, text)
		}
	}
}

// TestBudget has a bundle that is far too large. What may never be dropped is there
// in the end.
func TestBudget(t *testing.T) {
	var b evidence.Bundle
	if err := json.Unmarshal(bundle(t, 1, 1), &b); err != nil {
		t.Fatal(err)
	}
	for n := range 20_000 {
		b.Record.Inputs = append(b.Record.Inputs, evidence.Input{Path: fmt.Sprintf("out/%x.xml", n*n*7919), Status: evidence.Parsed, Origin: evidence.Origin{Digest: evidence.Digest([]byte{byte(n), byte(n >> 8)})}})
	}
	b.Record.Inputs = append(b.Record.Inputs, evidence.Input{Path: "bad.xml", Status: evidence.Rejected})
	b.Record.Gaps = []evidence.Gap{evidence.MissingGap("x", "something", evidence.NotFound, "")}
	b.Record.Suites = []evidence.Suite{{Cases: []evidence.Case{{Name: "TestA", Outcome: evidence.Failed}}}}
	stored, err := b.Canonical()
	if err != nil {
		t.Fatal(err)
	}
	l := New(Folder{t.TempDir()})
	add(t, l, Entry{Stored: stored})
	r, err := l.Read(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	rec := &r.Bundle.Record
	if len(rec.Inputs) != 1 || len(rec.Gaps) != 1 || len(rec.Suites[0].Cases) != 1 || len(r.Bundle.Assessment.Attribution.Files) != 1 {
		t.Errorf("%d inputs, %d gaps, %d cases, %d files", len(rec.Inputs), len(rec.Gaps), len(rec.Suites[0].Cases), len(r.Bundle.Assessment.Attribution.Files))
	}
	if diff := cmp.Diff([]string{details()[0].name}, r.Dropped); diff != "" {
		t.Error(diff)
	}
}

func TestPlace(t *testing.T) {
	_, repo := repository(t)
	got := map[string]string{}
	for _, setting := range []string{"git", "git:refs/heads/evidence", "git:main", "git:refs/a..b/c", "s3://bucket", "", "some/folder"} {
		if s, err := Place(setting, repo, false); err != nil {
			got[setting] = "error"
		} else {
			got[setting] = s.String()
		}
	}
	want := map[string]string{
		"git": DefaultRef, "git:refs/heads/evidence": "refs/heads/evidence", "git:main": "error", "git:refs/a..b/c": "error", "s3://bucket": "error", "": "error",
		"some/folder": "the folder some/folder",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if _, err := Place("git", nil, false); err == nil {
		t.Errorf("a ref without a repository, settings %v", slices.Sorted(maps.Keys(got)))
	}
}

// TestRefusedPush has an origin that takes no push. Nothing is tried again and
// nothing is half written.
func TestRefusedPush(t *testing.T) {
	far, _ := repository(t)
	hook := filepath.Join(far, ".git", "hooks", "pre-receive")
	if err := os.MkdirAll(filepath.Dir(hook), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(hook, []byte("#!/bin/sh\necho no evidence here >&2\nexit 1\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	clone := t.TempDir()
	runGit(t, clone, "clone", "-q", "file://"+far, ".")
	store := GitRef{Repo: openRepo(t, clone), Ref: DefaultRef, Origin: true}
	tries := 0
	l := &Ledger{Store: store, pause: func(context.Context, int) error { tries++; return nil }}
	_, err := l.Append(t.Context(), Entry{Stored: bundle(t, 1, 1)})
	if err == nil || !strings.Contains(err.Error(), "cannot be written") || !strings.Contains(err.Error(), "no evidence here") || tries > 0 {
		t.Errorf("error %v after %d more tries", err, tries)
	}
	if size, _, err := New(store).Size(t.Context()); size != 0 || err != nil {
		t.Errorf("%d records, %v", size, err)
	}
}

// TestUnchanged has a later run that found the same, and one that found more.
func TestUnchanged(t *testing.T) {
	l := New(Folder{t.TempDir()})
	first := add(t, l, Entry{Stored: bundle(t, 1, 1)})[0]
	again := []byte(strings.Replace(string(bundle(t, 1, 1)), `"runId": 2`, `"runId": 77`, 1))
	second := add(t, l, Entry{Stored: again})[0]
	if !second.Known || second.Digest != first.Digest || second.Root != first.Root {
		t.Errorf("%+v, before %+v", second, first)
	}
	more := []byte(strings.Replace(string(again), "SHOP-1", "SHOP-2", 1))
	if third := add(t, l, Entry{Stored: more})[0]; third.Known || third.Sequence != 1 {
		t.Errorf("%+v", third)
	}
}

// TestHostileRecords has what somebody who may write the ref can put in the place of a
// record. None of it is believed, and none takes the memory that it asks for.
func TestHostileRecords(t *testing.T) {
	pack := func(text []byte) []byte {
		w, err := packer()
		if err != nil {
			t.Fatal(err)
		}
		return w.EncodeAll(text, nil)
	}
	for name, c := range map[string]struct {
		stored []byte
		want   string
	}{
		"no zstd":           {[]byte("hello"), "record 0: "},
		"nothing":           {[]byte{}, "record 0: "},
		"a bomb":            {pack(make([]byte, maxRecordBytes+1)), "record 0: "},
		"too large":         {make([]byte, maxStoredBytes+1), "more than 1048576 are not read"},
		"no JSON":           {pack([]byte("hello")), "record 0: "},
		"another document":  {pack([]byte(`{"schema":"https://example.com"}`)), "is no record of mergebrief"},
		"a later version":   {pack([]byte(`{"schema":"https://mergebrief.github.io/ledger/v2"}`)), "a later mergebrief reads it"},
		"another's number":  {pack([]byte(`{"schema":"` + Schema + `","sequence":7}`)), "says that it is record 7"},
		"a later bundle":    {pack([]byte(`{"schema":"` + Schema + `","bundle":{"schema":"https://mergebrief.github.io/evidence/v9"}}`)), "a bundle of version"},
		"a negative number": {pack([]byte(`{"schema":"` + Schema + `","sequence":-1}`)), "says that it is record -1"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			l := New(Folder{dir})
			add(t, l, Entry{Stored: bundle(t, 1, 1)})
			rewrite(t, filepath.Join(dir, recordFile(0)), func([]byte) []byte { return c.stored })
			if _, err := l.Read(t.Context(), 0); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("read: %v, want %q", err, c.want)
			}
			v, err := l.Verify(t.Context(), nil)
			if err != nil || len(v.Faults) == 0 {
				t.Errorf("verify: %+v, %v", v, err)
			}
			before, _ := os.ReadFile(filepath.Join(dir, recordFile(0)))
			_, _ = l.Append(t.Context(), Entry{Stored: bundle(t, 1, 2)})
			if after, _ := os.ReadFile(filepath.Join(dir, recordFile(0))); string(after) != string(before) {
				t.Error("the record was overwritten")
			}
		})
	}
}
