package ledger

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/git"
)

// branch makes a repository with a branch of three commits and a main branch that
// went on meanwhile. Each line that the branch adds says which commit wrote it.
func branch(t *testing.T) string {
	t.Helper()
	dir, _ := repository(t)
	runGit(t, dir, "config", "user.name", "ada")
	runGit(t, dir, "config", "user.email", "ada@example.com")
	commit := func(subject string, files map[string]string) {
		for name, text := range files {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		runGit(t, dir, "add", "-A")
		runGit(t, dir, "commit", "-q", "-m", subject)
	}
	base := ""
	for n := range 30 {
		base += fmt.Sprintf("base %d\n", n)
	}
	commit("base", map[string]string{"a.txt": base})
	runGit(t, dir, "checkout", "-q", "-b", "pr")
	one := strings.Replace(base, "base 10\n", "base 10\nfirst 1\nfirst 2\n", 1)
	commit("first", map[string]string{"a.txt": one, "b.txt": "first 3\nfirst 4\n"})
	two := strings.Replace(one, "base 12\n", "second 1\nbase 12\nsecond 2\n", 1)
	commit("second", map[string]string{"a.txt": two})
	runGit(t, dir, "mv", "b.txt", "c.txt")
	commit("third", map[string]string{"c.txt": "third 1\nfirst 3\nthird 2\nfirst 4\n"})
	runGit(t, dir, "checkout", "-q", "main")
	commit("meanwhile", map[string]string{"a.txt": "other 1\nother 2\n" + base})
	return dir
}

// recordOf is the record of the branch, in which each line is attributed to a
// session that is called as the commit that wrote it.
func recordOf(t *testing.T, repo *git.Repo) *Record {
	t.Helper()
	ids := map[string]string{}
	for _, name := range []string{"main", "pr"} {
		id, err := repo.Resolve(t.Context(), name)
		if err != nil {
			t.Fatal(err)
		}
		ids[name] = id
	}
	head := ids["pr"]
	base, err := repo.MergeBases(t.Context(), ids["main"], head)
	if err != nil {
		t.Fatal(err)
	}
	r := &Record{}
	rec := &r.Bundle.Record
	rec.Target.Head, rec.Target.MergeBase = head, base[0]
	if rec.Commits, err = repo.Commits(t.Context(), base[0], head); err != nil {
		t.Fatal(err)
	}
	if rec.Files, err = repo.Diff(t.Context(), base[0], head, nil); err != nil {
		t.Fatal(err)
	}
	if err := repo.Origins(t.Context(), base[0], head, rec.Files); err != nil {
		t.Fatal(err)
	}
	subject := map[string]string{}
	for _, c := range rec.Commits {
		subject[c.ID] = c.Subject
	}
	for _, f := range rec.Files {
		a := evidence.FileAttribution{Path: f.Path}
		for _, o := range f.Origins {
			a.Parts = append(a.Parts, evidence.AttributedRange{
				LineRange: o.LineRange, Commit: o.Commit, OriginPath: o.Path, OriginLine: o.Line, Kind: evidence.AuthorAI, Session: subject[o.Commit],
			})
		}
		r.Bundle.Assessment.Attribution.Files = append(r.Bundle.Assessment.Attribution.Files, a)
	}
	return r
}

// TestLinesAreFound blames each line of the main branch after every kind of merge,
// and asks the record whose it is.
func TestLinesAreFound(t *testing.T) {
	pick := func(t *testing.T, dir string) { t.Helper(); runGit(t, dir, "cherry-pick", "main..pr") }
	for name, c := range map[string]struct {
		merge  func(t *testing.T, dir string)
		method evidence.MergeMethod
	}{
		"merge": {func(t *testing.T, dir string) {
			t.Helper()
			runGit(t, dir, "merge", "-q", "--no-ff", "-m", "merge", "pr")
		}, ""},
		"squash": {func(t *testing.T, dir string) {
			t.Helper()
			runGit(t, dir, "merge", "-q", "--squash", "pr")
			runGit(t, dir, "commit", "-q", "-m", "all (#7)")
		}, evidence.MergeSquash},
		"rebase": {pick, evidence.MergeRebase},
		"squash with an addition": {func(t *testing.T, dir string) {
			t.Helper()
			runGit(t, dir, "merge", "-q", "--squash", "pr")
			text, err := os.ReadFile(filepath.Join(dir, "c.txt"))
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, "c.txt"), []byte("by the merge\n"+string(text)), 0o644); err != nil {
				t.Fatal(err)
			}
			runGit(t, dir, "commit", "-q", "-a", "-m", "all (#7)")
		}, evidence.MergeSquash},
		"rebase and more commits": {func(t *testing.T, dir string) {
			t.Helper()
			pick(t, dir)
			runGit(t, dir, "tag", "merged")
			runGit(t, dir, "mv", "c.txt", "d.txt")
			runGit(t, dir, "commit", "-q", "-m", "rename")
		}, evidence.MergeRebase},
	} {
		t.Run(name, func(t *testing.T) {
			dir := branch(t)
			before := openRepo(t, dir)
			r := recordOf(t, before)
			c.merge(t, dir)
			repo := openRepo(t, dir)
			merged := "main"
			if name == "rebase and more commits" {
				merged = "merged"
			}
			landed, err := Landing(t.Context(), repo, &r.Bundle.Record, merged)
			if err != nil || landed.Method != c.method {
				t.Fatalf("method %q, %v", landed.Method, err)
			}
			r.Landed = landed
			tip, err := repo.Resolve(t.Context(), "main")
			if err != nil {
				t.Fatal(err)
			}
			found := 0
			for _, file := range strings.Fields(runGit(t, dir, "ls-tree", "--name-only", "main")) {
				blamed, err := repo.Blame(t.Context(), tip, file, evidence.LineRange{})
				if err != nil {
					t.Fatal(err)
				}
				lines := strings.Split(runGit(t, dir, "show", "main:"+file), "\n")
				for _, b := range blamed {
					for n := b.First; n <= b.Last; n++ {
						spot, ok := r.Find(b.Commit, b.Path, b.Line+n-b.First)
						want, _, _ := strings.Cut(lines[n-1], " ")
						switch {
						case want == "by":
							if !ok || !spot.Merge {
								t.Errorf("%s:%d %q: %+v, %v", file, n, lines[n-1], spot, ok)
							}
						case want == "base" || want == "other":
							if ok {
								t.Errorf("%s:%d %q: found as %+v", file, n, lines[n-1], spot)
							}
						case !ok || spot.Part.Session != want:
							t.Errorf("%s:%d %q: %+v, %v", file, n, lines[n-1], spot, ok)
						default:
							found++
						}
					}
				}
			}
			if found != 8 {
				t.Errorf("%d lines of the change were found, want 8", found)
			}
		})
	}
}
