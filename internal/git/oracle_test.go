package git_test

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/git"
)

// sandbox is a repository made for a test by the real git.
type sandbox struct {
	t    testing.TB
	dir  string
	tick int
}

// newSandbox makes an empty repository with the branch main, without a process:
// tests make some hundred.
func newSandbox(t testing.TB) *sandbox {
	t.Helper()
	s := &sandbox{t: t, dir: t.TempDir()}
	for _, d := range []string{".git/objects", ".git/refs/heads"} {
		if err := os.MkdirAll(s.path(d), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	s.write(".git/HEAD", "ref: refs/heads/main\n")
	s.write(".git/config", "[core]\n\trepositoryFormatVersion = 0\n\tbare = false\n[gc]\n\tauto = 0\n[maintenance]\n\tauto = false\n")
	return s
}

// unsynced keeps git from waiting for the disk, for repositories that are gone
// in a second.
var unsynced = []string{"GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=core.fsync", "GIT_CONFIG_VALUE_0=none"}

// fastImport hands a stream to git fast-import.
func (s *sandbox) fastImport(stream io.Reader) {
	s.t.Helper()
	cmd := exec.Command("git", "fast-import", "--quiet")
	cmd.Dir, cmd.Stdin, cmd.Env = s.dir, stream, append(os.Environ(), unsynced...)
	if out, err := cmd.CombinedOutput(); err != nil {
		s.t.Fatalf("git fast-import: %v\n%s", err, out)
	}
}

// git runs git in the sandbox and returns what it prints. Every call is a minute
// later than the one before, so that ids are the same in every run.
func (s *sandbox) git(args ...string) string {
	s.t.Helper()
	out, err := s.try(args...)
	if err != nil {
		s.t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return out
}

func (s *sandbox) try(args ...string) (string, error) {
	s.tick++
	date := fmt.Sprintf("%d +0000", 1700000000+60*s.tick)
	cmd := exec.Command("git", args...)
	cmd.Dir = s.dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL="+os.DevNull,
		"GIT_AUTHOR_NAME=A", "GIT_AUTHOR_EMAIL=a@example.org", "GIT_AUTHOR_DATE="+date,
		"GIT_COMMITTER_NAME=C", "GIT_COMMITTER_EMAIL=c@example.org", "GIT_COMMITTER_DATE="+date)
	cmd.Env = append(cmd.Env, unsynced...)
	out, err := cmd.CombinedOutput()
	return strings.TrimSuffix(string(out), "\n"), err
}

func (s *sandbox) path(name string) string { return filepath.Join(s.dir, filepath.FromSlash(name)) }

func (s *sandbox) write(name, content string) {
	s.t.Helper()
	if err := os.MkdirAll(filepath.Dir(s.path(name)), 0o755); err != nil {
		s.t.Fatal(err)
	}
	if err := os.WriteFile(s.path(name), []byte(content), 0o644); err != nil {
		s.t.Fatal(err)
	}
}

func (s *sandbox) commit(message string) string {
	s.t.Helper()
	s.git("add", "-A")
	s.git("commit", "-q", "--allow-empty", "-m", message)
	return s.head()
}

// head returns the id of the last commit.
func (s *sandbox) head() string {
	s.t.Helper()
	at, err := os.ReadFile(s.path(".git/HEAD"))
	if branch, ok := strings.CutPrefix(string(at), "ref: refs/heads/"); err == nil && ok {
		return s.branch(strings.TrimSpace(branch))
	}
	return s.git("rev-parse", "HEAD")
}

// branch returns the id of a branch, without a process if its file has it.
func (s *sandbox) branch(name string) string {
	s.t.Helper()
	if id, err := os.ReadFile(s.path(".git/refs/heads/" + name)); err == nil {
		return strings.TrimSpace(string(id))
	}
	return s.git("rev-parse", "refs/heads/"+name)
}

// loosen makes a file of every object that fast-import packed.
func (s *sandbox) loosen() {
	s.t.Helper()
	packs, _ := filepath.Glob(s.path(".git/objects/pack/*.pack"))
	for _, p := range packs {
		moved := s.path("moved.pack")
		in, err := os.Open(p)
		if err != nil {
			s.t.Fatal(err)
		}
		defer in.Close()
		if err := os.Rename(p, moved); err != nil {
			s.t.Fatal(err)
		}
		cmd := exec.Command("git", "unpack-objects", "-q")
		cmd.Dir, cmd.Stdin = s.dir, in
		if out, err := cmd.CombinedOutput(); err != nil {
			s.t.Fatalf("git unpack-objects: %v\n%s", err, out)
		}
	}
}

// lose removes an object.
func (s *sandbox) lose(rev string) {
	s.t.Helper()
	id := s.git("rev-parse", rev)
	if err := os.Remove(s.path(".git/objects/" + id[:2] + "/" + id[2:])); err != nil {
		s.t.Fatal(err)
	}
}

func (s *sandbox) open(o git.Options) *git.Repo { return open(s.t, s.dir, o) }

func open(t testing.TB, dir string, o git.Options) *git.Repo {
	t.Helper()
	r, err := git.Open(t.Context(), dir, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
	return r
}

// lines returns the numbers from first to last, one a line.
func lines(first, last int) string {
	var b strings.Builder
	for i := first; i <= last; i++ {
		fmt.Fprintln(&b, i)
	}
	return b.String()
}

// edit returns text with line number n replaced.
func edit(text string, n int, with string) string {
	all := strings.SplitAfter(text, "\n")
	all[n-1] = with + "\n"
	return strings.Join(all, "")
}

// place is where a line comes from, as blame and as Origins have it. Lines from
// before the change are all alike.
type place struct {
	Commit, Path string
	Line         int
}

// blameRoot lists, for every added line, what git blame says.
func blameRoot(t testing.TB, dir, mergeBase, head string, files []evidence.File) map[string]place {
	t.Helper()
	all := map[string]place{}
	for _, f := range files {
		if f.Added == 0 || f.Submodule {
			continue
		}
		cmd := exec.Command("git", "blame", "--porcelain", "--root", mergeBase+".."+head, "--", f.Path)
		cmd.Dir = dir
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("git blame %s: %v", f.Path, err)
		}
		blamed := parseBlame(t, string(out))
		for _, s := range f.Spans {
			for n := s.First; n <= s.Last; n++ {
				all[fmt.Sprintf("%s:%d", f.Path, n)] = blamed[n]
			}
		}
	}
	return all
}

// parseBlame reads blame --porcelain: a line with commit and numbers, headers
// the first time a commit is named, and the content after a tab.
func parseBlame(t testing.TB, out string) map[int]place {
	t.Helper()
	type header struct {
		path     string
		boundary bool
	}
	known, lines := map[string]header{}, map[int]place{}
	var id string
	var old, final int
	for line := range strings.SplitSeq(strings.TrimSuffix(out, "\n"), "\n") {
		h := known[id]
		switch parts := strings.Fields(line); {
		case strings.HasPrefix(line, "\t"):
			if lines[final] = (place{id, h.path, old}); h.boundary {
				lines[final] = place{}
			}
			id = ""
		case id == "" && len(parts) >= 3:
			id = parts[0]
			old, _ = strconv.Atoi(parts[1])
			final, _ = strconv.Atoi(parts[2])
		case line == "boundary":
			h.boundary = true
			known[id] = h
		case strings.HasPrefix(line, "filename "):
			h.path = strings.TrimPrefix(line, "filename ")
			if strings.HasPrefix(h.path, `"`) {
				var err error
				if h.path, err = strconv.Unquote(h.path); err != nil {
					t.Fatal(err)
				}
			}
			known[id] = h
		}
	}
	return lines
}

// replayed lists, for every added line, what Origins says.
func replayed(files []evidence.File) map[string]place {
	all := map[string]place{}
	for _, f := range files {
		if f.Submodule {
			continue
		}
		for _, o := range f.Origins {
			for n := o.First; n <= o.Last; n++ {
				p := place{o.Commit, o.Path, o.Line + n - o.First}
				if p.Path == "" {
					p.Path = f.Path
				}
				if o.Commit == "" {
					p = place{}
				}
				all[fmt.Sprintf("%s:%d", f.Path, n)] = p
			}
		}
	}
	return all
}

// checkOrigins compares Origins with git blame on one range and returns the
// files.
func checkOrigins(t testing.TB, dir, base, head string) []evidence.File {
	t.Helper()
	r := open(t, dir, git.Options{})
	ctx := t.Context()
	ids := strings.Fields(gitIn(t, dir, "rev-parse", base, head))
	head = ids[1]
	bases, err := r.MergeBases(ctx, ids[0], head)
	if err != nil {
		t.Fatal(err)
	}
	files, err := r.Diff(ctx, bases[0], head, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Origins(ctx, bases[0], head, files); err != nil {
		t.Fatal(err)
	}
	want, got := blameRoot(t, dir, bases[0], head, files), replayed(files)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%d added lines; origins differ from git blame (-blame +origins):\n%s", len(want), diff)
	}
	return files
}
