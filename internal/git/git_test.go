package git_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/cgi"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/git"
)

// wantReason fails unless err is a Problem with the reason.
func wantReason(t *testing.T, err error, want evidence.Reason) {
	t.Helper()
	if p, ok := errors.AsType[*evidence.Problem](err); !ok || p.Reason != want {
		t.Errorf("error %v, want one with the reason %s", err, want)
	}
}

func TestOpen(t *testing.T) {
	t.Parallel()
	s := newSandbox(t)
	s.write("deep/er/f", "x\n")
	head := s.commit("base")
	bare := filepath.Join(t.TempDir(), "bare.git")
	s.git("clone", "-q", "--bare", ".", bare)
	s.git("worktree", "add", "-q", "../linked")
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(s.dir, link); err != nil {
		t.Fatal(err)
	}
	for name, dir := range map[string]string{
		"top level": s.dir, "folder inside": s.path("deep/er"), "bare": bare, "linked work tree": filepath.Join(s.dir, "../linked"), "symlink": link,
	} {
		t.Run(name, func(t *testing.T) {
			got, err := open(t, dir, git.Options{}).Resolve(t.Context(), "HEAD")
			if err != nil || got != head {
				t.Errorf("HEAD is %s (%v), want %s", got, err, head)
			}
		})
	}
	_, err := git.Open(t.Context(), t.TempDir(), git.Options{})
	wantReason(t, err, evidence.NotFound)
}

func TestResolve(t *testing.T) {
	t.Parallel()
	s := newSandbox(t)
	base := s.commit("base")
	head := s.commit("head")
	s.git("tag", "-a", "-m", "t", "v1", base)
	s.git("update-ref", "refs/heads/"+head, base) // an id counts before a name
	tag, tree := s.git("rev-parse", "v1"), s.git("rev-parse", "HEAD^{tree}")
	r := s.open(git.Options{})
	for range 2 { // what is known from the first time is the same
		for rev, want := range map[string]string{
			"main": head, "HEAD~1": base, "v1": base, tag: base, head[:10]: head, head: head, strings.ToUpper(head): head, ":/base": base,
		} {
			if got, err := r.Resolve(t.Context(), rev); err != nil || got != want {
				t.Errorf("%s is %q (%v), want %s", rev, got, err, want)
			}
		}
		for _, rev := range []string{"", "--help", "-1", "nope", "main..HEAD", "HEAD\nHEAD", strings.Repeat("0", 40), "HEAD^{tree}", tree} {
			_, err := r.Resolve(t.Context(), rev)
			wantReason(t, err, evidence.NotFound)
		}
	}
	later := s.commit("later")
	for rev, want := range map[string]string{"main": later, later: later, "HEAD~2": base} {
		if got, err := r.Resolve(t.Context(), rev); err != nil || got != want {
			t.Errorf("later %s is %q (%v), want %s", rev, got, err, want)
		}
	}
	head = later
	if got, err := r.DefaultBase(t.Context()); err != nil || got != head {
		t.Errorf("default base %s (%v)", got, err)
	}
}

func TestMergeBases(t *testing.T) {
	t.Parallel()
	s := newSandbox(t)
	s.commit("base")
	for _, b := range []string{"x", "y"} {
		s.git("checkout", "-q", "-b", b, "main")
		s.commit(b)
	}
	x, y := s.git("rev-parse", "x"), s.git("rev-parse", "y")
	s.git("merge", "-q", "x", "-m", "yx")
	s.git("checkout", "-q", "x")
	s.git("merge", "-q", y, "-m", "xy")
	s.git("checkout", "-q", "--orphan", "z")
	s.commit("z")
	r := s.open(git.Options{})
	got, err := r.MergeBases(t.Context(), s.git("rev-parse", "x"), s.git("rev-parse", "y"))
	if err != nil || len(got) != 2 || !strings.Contains(x+y, got[0]) || !strings.Contains(x+y, got[1]) {
		t.Errorf("merge bases %v (%v), want %s and %s", got, err, x, y)
	}
	_, err = r.MergeBases(t.Context(), x, s.git("rev-parse", "z"))
	wantReason(t, err, evidence.NotFound)
}

func TestCommits(t *testing.T) {
	t.Parallel()
	s := newSandbox(t)
	base := s.commit("base")
	s.commit("first line\nsecond line\n\nbody with\x01odd bytes\n\nCo-authored-by: Some\n Body <b@example.org>\nTicket: A-1")
	head := s.commit("ü\n\n")
	got, err := s.open(git.Options{}).Commits(t.Context(), base, head)
	if err != nil || len(got) != 2 {
		t.Fatalf("%d commits (%v)", len(got), err)
	}
	want := []evidence.Trailer{{Key: "Co-authored-by", Value: "Some Body <b@example.org>"}, {Key: "Ticket", Value: "A-1"}}
	if diff := cmp.Diff(want, got[0].Trailers); diff != "" {
		t.Error(diff)
	}
	if got[0].Subject != "first line" || got[1].Subject != "ü" || got[1].ID != head || got[1].Parents[0] != got[0].ID {
		t.Errorf("%+v", got)
	}
	if got[0].Author.Email != "a@example.org" || got[0].Committer.Name != "C" || got[0].Authored.Year() != 2023 {
		t.Errorf("%+v", got[0])
	}
}

// The newest commits stay, in their order, and the others are counted.
func TestNewestCommits(t *testing.T) {
	t.Parallel()
	s := newSandbox(t)
	base := s.commit("base")
	for _, subject := range []string{"one", "two", "three"} {
		s.commit(subject)
	}
	head := s.commit("four")
	r := s.open(git.Options{})
	all, err := r.Commits(t.Context(), base, head)
	if err != nil {
		t.Fatal(err)
	}
	for limit, want := range map[int]int{1: 3, 3: 1, 4: 0, 5: 0} {
		got, older, err := r.NewestCommits(t.Context(), base, head, limit)
		if err != nil || older != want {
			t.Errorf("limit %d: %d older commits (%v), want %d", limit, older, err, want)
		}
		if diff := cmp.Diff(all[want:], got); diff != "" {
			t.Errorf("limit %d: %s", limit, diff)
		}
	}
}

func TestBlobAndTree(t *testing.T) {
	t.Parallel()
	s := newSandbox(t)
	s.write("d/ü", "content\n")
	s.write("top", "x\n")
	head := s.commit("base")
	r := s.open(git.Options{})
	if got, err := r.Blob(t.Context(), head, "d/ü", 100); err != nil || string(got) != "content\n" {
		t.Errorf("%q (%v)", got, err)
	}
	_, err := r.Blob(t.Context(), head, "d/ü", 3)
	wantReason(t, err, evidence.Truncated)
	_, err = r.Blob(t.Context(), head, "nope", 3)
	wantReason(t, err, evidence.NotFound)
	var paths []string
	for e, err := range r.Tree(t.Context(), head) {
		if err != nil {
			t.Fatal(err)
		}
		paths = append(paths, e.Mode+" "+e.Path)
	}
	if diff := cmp.Diff([]string{"100644 d/ü", "100644 top"}, paths); diff != "" {
		t.Error(diff)
	}
	for _, err := range r.Tree(t.Context(), strings.Repeat("1", 40)) {
		if err == nil {
			t.Error("the tree of a missing commit is empty")
		}
	}
}

func TestNotes(t *testing.T) {
	t.Parallel()
	s := newSandbox(t)
	var ids []string
	for i := range 4 {
		ids = append(ids, s.commit(fmt.Sprint(i)))
	}
	r := s.open(git.Options{})
	_, err := r.Notes(t.Context(), "refs/notes/ai", ids, 10)
	wantReason(t, err, evidence.NotFound)
	s.git("notes", "--ref=ai", "add", "-m", "one", ids[1])
	s.git("notes", "--ref=ai", "add", "-m", strings.Repeat("long", 9), ids[2])
	s.git("notes", "--ref=fan", "add", "-m", "two", ids[3])
	// Git spreads notes over directories when there are many.
	blob := s.git("rev-parse", "refs/notes/fan:"+ids[3])
	s.git("read-tree", "--empty")
	s.git("update-index", "--add", "--cacheinfo", "100644,"+blob+","+ids[3][:2]+"/"+ids[3][2:4]+"/"+ids[3][4:])
	s.git("update-ref", "refs/notes/fan", s.git("commit-tree", "-m", "x", s.git("write-tree")))
	got, err := r.Notes(t.Context(), "refs/notes/ai", ids, 10)
	if err != nil || len(got) != 2 || got[0].Commit != ids[1] || string(got[0].Data) != "one\n" {
		t.Fatalf("%+v (%v)", got, err)
	}
	wantReason(t, got[1].Err, evidence.Truncated)
	if got, err = r.Notes(t.Context(), "refs/notes/fan", ids, 10); err != nil || len(got) != 1 || string(got[0].Data) != "two\n" {
		t.Errorf("%+v (%v)", got, err)
	}
}

// TestHostileRepository plants a program in every place from which git would
// start one or let a diff be changed, and looks for its traces.
func TestHostileRepository(t *testing.T) {
	t.Parallel()
	s := newSandbox(t)
	s.write("a.go", lines(1, 20))
	base := s.commit("base")
	s.write("a.go", edit(lines(1, 20), 3, "x"))
	s.write(".gitattributes", "* diff=evil filter=evil\n*.go -diff\n")
	head := s.commit("head")
	trace := filepath.Join(t.TempDir(), "ran")
	evil := "sh -c 'touch " + trace + "' x"
	for key, value := range map[string]string{
		"diff.external": evil, "diff.evil.command": evil, "diff.evil.textconv": evil, "diff.noprefix": "true", "diff.context": "0",
		"diff.renames": "false", "diff.algorithm": "patience", "diff.orderFile": "/dev/null", "diff.suppressBlankEmpty": "true",
		"filter.evil.smudge": evil, "filter.evil.clean": evil, "core.fsmonitor": evil, "core.pager": evil, "core.sshCommand": evil,
		"core.askPass": evil, "core.editor": evil, "credential.helper": "!" + evil, "gpg.program": evil, "log.showSignature": "true",
		"uploadpack.packObjectsHook": evil, "core.alternateRefsCommand": evil, "log.follow": "true", "color.ui": "always",
		"extensions.partialClone": "origin", "remote.origin.promisor": "true", "remote.origin.uploadpack": evil, "remote.origin.url": s.dir,
		"core.quotePath": "true", "notes.displayRef": "refs/notes/*", "i18n.logOutputEncoding": "UTF-16",
	} {
		s.git("config", key, value)
	}
	for _, hook := range []string{"post-checkout", "reference-transaction", "pre-auto-gc", "post-index-change"} {
		s.write(".git/hooks/"+hook, "#!/bin/sh\ntouch "+trace+"\n")
		os.Chmod(s.path(".git/hooks/"+hook), 0o755)
	}
	s.write(".git/info/attributes", "* -diff binary\n")
	s.write(".git/info/grafts", head+"\n")
	before := snapshotOf(t, s.path(".git"))
	r := s.open(git.Options{})
	files, err := r.Diff(t.Context(), base, head, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Origins(t.Context(), base, head, files); err != nil {
		t.Fatal(err)
	}
	if f := files[1]; f.Path != "a.go" || f.Added != 1 || f.Binary || len(f.Origins) != 1 || f.Origins[0].Commit != head {
		t.Errorf("%+v", f)
	}
	if _, err := r.Commits(t.Context(), base, head); err != nil {
		t.Error(err)
	}
	r.Resolve(t.Context(), strings.Repeat("1", 40)+"^{tree}")
	r.DefaultBase(t.Context())
	if _, err := os.Stat(trace); err == nil {
		t.Error("something that the repository names was run")
	}
	if diff := cmp.Diff(before, snapshotOf(t, s.path(".git"))); diff != "" {
		t.Errorf("the repository was changed: %s", diff)
	}
}

// snapshotOf lists the files below dir with their sizes.
func snapshotOf(t *testing.T, dir string) map[string]int64 {
	t.Helper()
	all := map[string]int64{}
	err := filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		at, err := e.Info()
		all[path] = at.Size()
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestEnvironment(t *testing.T) {
	s := newSandbox(t)
	head := s.commit("base")
	t.Setenv("GIT_DIR", t.TempDir())
	t.Setenv("GIT_EXTERNAL_DIFF", "false")
	t.Setenv("GIT_CONFIG_PARAMETERS", "'core.bare'='true'")
	t.Setenv("GIT_TRACE", "2")
	if got, err := s.open(git.Options{}).Resolve(t.Context(), "HEAD"); err != nil || got != head {
		t.Errorf("HEAD is %q (%v), want %s", got, err, head)
	}
}

// TestMissingBlob removes versions of files: what depends on them is lost, and
// nothing else.
func TestMissingBlob(t *testing.T) {
	t.Parallel()
	text := lines(1, 20)
	s := newStory()
	s.files = tree{"a": text, "moved": text, "old": lines(101, 120), "same": lines(201, 220), "whole": text}
	s.commit()
	between := edit(text, 3, "between")
	s.put("a", between)
	s.put("whole", edit(text, 3, "x"))
	s.commit()
	s.put("a", edit(between, 4, "head"))
	s.drop("old", "same")
	s.put("new", edit(lines(101, 120), 9, "new"))
	s.put("same again", lines(201, 220))
	s.commit()
	s.put("a", edit(edit(between, 4, "head"), 5, "after"))
	s.put("new", edit(edit(lines(101, 120), 9, "new"), 10, "later"))
	s.put("same again", edit(lines(201, 220), 5, "edited"))
	s.commit()
	dir := newSandbox(t)
	dir.fastImport(&s.out)
	dir.loosen()
	base, head := dir.git("rev-parse", "pr~3"), dir.branch("pr")
	r := dir.open(git.Options{})
	diff := func() []evidence.File {
		files, err := r.Diff(t.Context(), base, head, nil)
		if err != nil {
			t.Fatal(err)
		}
		return files
	}
	origins := func(files []evidence.File) map[string]string {
		told := map[string]string{}
		for _, f := range files {
			for _, o := range f.Origins {
				told[f.Path] += fmt.Sprintf("%d-%d:%s ", o.First, o.Last, dir.git("rev-list", "--count", base+".."+o.Commit))
			}
		}
		return told
	}
	files := diff()
	if err := r.Origins(t.Context(), base, head, files); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"a": "3-3:1 4-4:2 5-5:3 ", "new": "9-9:2 10-10:3 ", "same again": "5-5:3 ", "whole": "3-3:1 "}
	if d := cmp.Diff(want, origins(files)); d != "" {
		t.Fatalf("with all objects: %s", d)
	}
	dir.lose(head + "~2:a")
	files = diff()
	err := r.Origins(t.Context(), base, head, files)
	if e, ok := errors.AsType[*git.LostOrigins](err); !ok || !slices.Equal(e.Paths, []string{"a"}) {
		t.Errorf("error %v, want that a has lost origins", err)
	}
	want["a"] = "5-5:3 "
	if d := cmp.Diff(want, origins(files)); d != "" {
		t.Error(d)
	}
	dir.lose(head + ":a")
	files, err = r.Diff(t.Context(), base, head, nil)
	wantReason(t, err, evidence.Unreadable)
	if files != nil {
		t.Error("there is a part of a diff")
	}
}

// server serves the repositories below root over HTTP as GitHub does, with the
// token as password.
func server(t *testing.T, root, token string) *httptest.Server {
	t.Helper()
	path, err := exec.LookPath("git")
	if err != nil {
		t.Fatal(err)
	}
	backend := &cgi.Handler{Path: path, Args: []string{"http-backend"}, Env: []string{
		"GIT_PROJECT_ROOT=" + root, "GIT_HTTP_EXPORT_ALL=1", "GIT_CONFIG_COUNT=2",
		"GIT_CONFIG_KEY_0=uploadpack.allowAnySHA1InWant", "GIT_CONFIG_VALUE_0=true",
		"GIT_CONFIG_KEY_1=safe.directory", "GIT_CONFIG_VALUE_1=*",
	}, InheritEnv: []string{"PATH"}}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if user, password, _ := req.BasicAuth(); user != "x-access-token" || password != token {
			w.Header().Set("WWW-Authenticate", `Basic realm="test"`)
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		backend.ServeHTTP(w, req)
	}))
	t.Cleanup(s.Close)
	return s
}

// TestShallow reads a change in a clone of one commit, as actions/checkout makes
// it: first it is a problem with a reason, then what is missing is fetched.
func TestShallow(t *testing.T) {
	t.Parallel()
	s := newSandbox(t)
	s.write("a", lines(1, 20))
	s.commit("before")
	base := s.commit("base")
	s.git("checkout", "-q", "-b", "pr")
	s.write("a", edit(lines(1, 20), 3, "x"))
	middle := s.commit("middle")
	s.write("a", edit(edit(lines(1, 20), 3, "x"), 9, "y"))
	head := s.commit("head")
	s.git("notes", "--ref=ai", "add", "-m", "note", middle)
	at := server(t, s.dir, "secret-token")
	clone := &sandbox{t: t, dir: t.TempDir()}
	clone.git("init", "-q", ".")
	clone.git("fetch", "-q", "--depth=1", s.dir, "pr")
	clone.git("checkout", "-q", "FETCH_HEAD")
	clone.git("remote", "add", "origin", at.URL+"/.git")

	r := clone.open(git.Options{})
	if shallow, err := r.Shallow(t.Context()); err != nil || !shallow {
		t.Errorf("shallow: %v (%v)", shallow, err)
	}
	_, err := r.MergeBases(t.Context(), base, head)
	if err == nil {
		t.Error("there is a merge base in a clone of one commit")
	}
	_, err = r.Commits(t.Context(), base, head)
	if err == nil {
		t.Error("there are commits after one that is not here")
	}
	_, err = r.Connect(t.Context(), base, head)
	wantReason(t, err, evidence.Denied)

	r = clone.open(git.Options{Token: "secret-token", Server: at.URL})
	bases, err := r.Connect(t.Context(), base, head)
	if diff := cmp.Diff([]string{base}, bases); err != nil || diff != "" {
		t.Fatalf("%v %s", err, diff)
	}
	files, err := r.Diff(t.Context(), base, head, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Origins(t.Context(), base, head, files); err != nil || len(files[0].Origins) != 2 || files[0].Origins[0].Commit != middle {
		t.Errorf("%+v (%v)", files, err)
	}
	if err := r.FetchDepth(t.Context(), 1, "+refs/notes/ai:refs/notes/ai"); err != nil {
		t.Error(err)
	}
	if notes, err := r.Notes(t.Context(), "refs/notes/ai", []string{middle}, 100); err != nil || len(notes) != 1 {
		t.Errorf("%+v (%v)", notes, err)
	}
	wantReason(t, r.Fetch(t.Context(), "refs/heads/nope"), evidence.NotFound)
	if got := clone.git("rev-list", "--all", "--count"); got != "0" && got != "1" {
		t.Errorf("the clone has %s commits now", got)
	}
}

// TestCutHistory reads a change whose history ends before its merge base.
func TestCutHistory(t *testing.T) {
	t.Parallel()
	s := newSandbox(t)
	s.write("a", lines(1, 20))
	base := s.commit("base")
	s.git("checkout", "-q", "-b", "pr")
	s.write("a", edit(lines(1, 20), 3, "x"))
	cut := s.commit("cut")
	head := s.commit("head")
	s.write(".git/shallow", cut+"\n")
	r := s.open(git.Options{})
	_, err := r.Commits(t.Context(), base, head)
	wantReason(t, err, evidence.Truncated)
	files, err := r.Diff(t.Context(), base, head, nil)
	if err != nil {
		t.Fatal(err)
	}
	wantReason(t, r.Origins(t.Context(), base, head, files), evidence.Truncated)
	_, err = r.MergeBases(t.Context(), base, head)
	wantReason(t, err, evidence.Truncated)
}

func TestSHA256(t *testing.T) {
	t.Parallel()
	s := &sandbox{t: t, dir: t.TempDir()}
	if out, err := s.try("init", "-q", "-b", "main", "--object-format=sha256", "."); err != nil {
		t.Skipf("this git has no SHA-256: %s", out)
	}
	s.write("a", lines(1, 20))
	s.commit("base")
	s.git("checkout", "-q", "-b", "pr")
	s.write("b", edit(lines(1, 20), 3, "x"))
	s.git("rm", "-q", "a")
	s.commit("pr")
	s.write("b", edit(edit(lines(1, 20), 3, "x"), 9, "y"))
	s.commit("pr")
	checkOrigins(t, s.dir, "main", "pr")
}
