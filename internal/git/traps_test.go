package git_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/git"
)

// TestOriginsTraps compares Origins with git blame on the histories that are
// known to go wrong. Each starts on the branch pr, beside main, with the files
// a.txt (1 to 40), b.txt (101 to 140) and c.txt (201 to 240).
func TestOriginsTraps(t *testing.T) {
	for _, c := range originTraps {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newSandbox(t)
			s.write("a.txt", trapA)
			s.write("b.txt", trapB)
			s.write("c.txt", lines(201, 240))
			s.commit("base")
			s.git("checkout", "-q", "-b", "pr")
			c.build(s)
			added := 0
			for _, f := range checkOrigins(t, s.dir, "main", "pr") {
				added += f.Added
			}
			if added != c.want && c.want >= 0 {
				t.Errorf("%d added lines, want %d", added, c.want)
			}
		})
	}
}

// What a.txt and b.txt hold before a trap.
var trapA, trapB = lines(1, 40), lines(101, 140)

var originTraps = []struct {
	name  string
	build func(s *sandbox)
	want  int // added lines
}{
	{"rename swap", func(s *sandbox) {
		s.write("a.txt", trapB+"z\n")
		s.write("b.txt", trapA)
		s.commit("swap")
	}, 81},
	{"delete and create again", func(s *sandbox) {
		s.git("rm", "-q", "a.txt")
		s.commit("rm")
		s.write("a.txt", "x\n"+lines(2, 3)+"y\n")
		s.commit("again")
	}, 2},
	{"rename with edit, quoted", func(s *sandbox) {
		s.git("mv", "a.txt", "ü \"q\\\t.txt")
		s.write("ü \"q\\\t.txt", edit(trapA, 5, "five"))
		s.commit("mv")
		s.write("ü \"q\\\t.txt", edit(edit(trapA, 5, "five"), 9, "nine"))
		s.commit("edit")
	}, 2},
	{"name ends in a space", func(s *sandbox) {
		s.git("mv", "a.txt", "end ")
		s.write("end ", edit(trapA, 5, "five"))
		s.write("new ", "x\n")
		s.commit("mv")
	}, 2},
	{"no newline at the end", func(s *sandbox) {
		s.write("a.txt", trapA+"x")
		s.commit("x")
		s.write("a.txt", trapA+"x\ny")
		s.commit("y")
	}, 2},
	{"CR LF to LF", func(s *sandbox) {
		s.write("a.txt", strings.ReplaceAll(trapA, "\n", "\r\n"))
		s.commit("crlf")
		s.write("a.txt", edit(trapA, 3, "x"))
		s.commit("lf")
	}, 1},
	{"binary to text and back", func(s *sandbox) {
		s.write("a.txt", "1\n\x00\n3\n")
		s.write("b.txt", "b\x00")
		s.commit("binary")
		s.write("a.txt", "1\n2\n3\nnew\n")
		s.commit("text")
	}, 1},
	{"symlink to file", func(s *sandbox) {
		os.Remove(s.path("a.txt"))
		os.Symlink("b.txt", s.path("a.txt"))
		s.commit("link")
		os.Remove(s.path("a.txt"))
		s.write("a.txt", edit(trapA, 2, "x"))
		s.commit("file")
	}, 1},
	{"file to symlink", func(s *sandbox) {
		os.Remove(s.path("a.txt"))
		os.Symlink("b.txt", s.path("a.txt"))
		s.commit("link")
	}, 1},
	{"phantom file header in a body", func(s *sandbox) {
		s.write("a.txt", edit(trapA, 5, "-- a"))
		s.commit("dash")
		s.write("a.txt", edit(edit(trapA, 5, "++ b"), 30, "x"))
		s.commit("plus")
	}, 2},
	{"merge from main into a renamed file", func(s *sandbox) {
		s.git("mv", "a.txt", "moved.txt")
		s.write("moved.txt", edit(trapA, 5, "five"))
		s.commit("mv")
		s.git("checkout", "-q", "main")
		s.write("a.txt", edit(trapA, 20, "main"))
		s.commit("main")
		s.git("checkout", "-q", "pr")
		s.git("merge", "-q", "main", "-m", "merge")
	}, 1},
	{"topic merged", func(s *sandbox) {
		s.write("a.txt", edit(trapA, 5, "five"))
		s.commit("pr")
		s.git("checkout", "-q", "-b", "topic", "main")
		s.write("a.txt", edit(trapA, 20, "topic"))
		s.write("b.txt", trapB+"topic\n")
		s.commit("topic")
		s.git("checkout", "-q", "pr")
		s.git("merge", "-q", "topic", "-m", "merge")
	}, 3},
	{"evil merge", func(s *sandbox) {
		s.write("a.txt", edit(trapA, 5, "pr"))
		s.commit("pr")
		s.git("checkout", "-q", "main")
		s.write("a.txt", edit(trapA, 5, "main"))
		s.commit("main")
		s.git("checkout", "-q", "pr")
		s.try("merge", "-q", "main", "-m", "merge")
		s.write("a.txt", edit(edit(trapA, 5, "both"), 33, "evil"))
		s.write("evil.txt", "new\n")
		s.commit("merge")
	}, 3},
	{"octopus", func(s *sandbox) {
		for _, name := range []string{"one", "two"} {
			s.git("checkout", "-q", "-b", name, "main")
			s.write(name+".txt", name+"\n")
			s.write("a.txt", edit(trapA, len(name)*10-(int(name[0])%7), name))
			s.commit(name)
		}
		s.git("checkout", "-q", "pr")
		s.write("b.txt", edit(trapB, 1, "pr"))
		s.commit("pr")
		s.git("merge", "-q", "one", "-m", "m1")
		s.git("merge", "-q", "two", "-s", "ours", "-m", "m2")
		s.write("two.txt", "two\n")
		s.commit("late")
		s.git("branch", "x1", "main")
		s.git("checkout", "-q", "-b", "x2", "main")
		s.write("x2.txt", "x2\n")
		s.commit("x2")
		s.git("checkout", "-q", "-b", "x3", "main")
		s.write("x3.txt", "x3\n")
		s.commit("x3")
		s.git("checkout", "-q", "pr")
		s.git("merge", "-q", "x2", "x3", "-m", "octopus")
	}, 6},
	{"revert", func(s *sandbox) {
		s.write("a.txt", edit(trapA, 5, "five"))
		s.commit("edit")
		s.git("revert", "--no-edit", "HEAD")
		s.write("a.txt", edit(trapA, 6, "six"))
		s.commit("six")
	}, 1},
	{"empty file and empty commit", func(s *sandbox) {
		s.write("empty", "")
		s.commit("file")
		s.commit("nothing")
		s.write("empty", "not any more\n")
		s.commit("line")
	}, 1},
	{"unrelated root", func(s *sandbox) {
		s.git("checkout", "-q", "--orphan", "other")
		s.git("rm", "-rfq", ".")
		s.write("other.txt", "o\n")
		s.commit("root")
		s.git("checkout", "-q", "pr")
		s.git("merge", "-q", "--allow-unrelated-histories", "other", "-m", "merge")
	}, 1},
	{"one file becomes two", func(s *sandbox) {
		s.git("rm", "-q", "a.txt")
		s.write("a1.txt", edit(trapA, 3, "x"))
		s.write("a2.txt", edit(trapA, 30, "y"))
		s.commit("split")
	}, 41},
	{"many renames with edits at once", func(s *sandbox) {
		for i := range 70 {
			s.write(fmt.Sprintf("many/%d", i), lines(1000*i, 1000*i+20))
		}
		s.commit("many")
		for i := range 70 {
			os.Remove(s.path(fmt.Sprintf("many/%d", i)))
			s.write(fmt.Sprintf("more/%d", i), edit(lines(1000*i, 1000*i+20), 5, "x"))
		}
		s.commit("rename")
	}, 70 * 21},
	{"renamed, then rewritten", func(s *sandbox) {
		s.git("mv", "a.txt", "d.txt")
		s.commit("mv")
		s.write("d.txt", lines(1, 4)+lines(500, 540))
		s.commit("rewrite")
	}, 45},
	{"executable and renamed", func(s *sandbox) {
		s.git("mv", "a.txt", "run.sh")
		os.Chmod(s.path("run.sh"), 0o755)
		s.write("run.sh", trapA+"x\n")
		s.commit("mv")
	}, 1},
	{"several merge bases", func(s *sandbox) {
		s.write("a.txt", edit(trapA, 5, "pr"))
		s.commit("pr")
		s.git("checkout", "-q", "main")
		s.write("b.txt", edit(trapB, 5, "main"))
		s.commit("main")
		s.git("branch", "was-main")
		s.git("merge", "-q", "pr", "-m", "criss")
		s.git("checkout", "-q", "pr")
		s.git("merge", "-q", "was-main", "-m", "cross")
		s.write("c.txt", "c\n")
		s.commit("c")
	}, -1},
}

// TestDiffTraps looks at what of a file stands in the record.
func TestDiffTraps(t *testing.T) {
	type file struct {
		Path, Old      string
		Status         evidence.FileStatus
		OldMode, Mode  string
		Binary, Module bool
		Added, Deleted int
	}
	long := strings.Repeat("x", 3<<20)
	for _, c := range []struct {
		name  string
		build func(s *sandbox)
		want  []file
	}{
		{"nothing", func(*sandbox) {}, nil},
		{"added and deleted", func(s *sandbox) { s.write("b", "1\n2\n"); os.Remove(s.path("a")) }, []file{
			{Path: "a", Status: evidence.FileDeleted, Deleted: 20}, {Path: "b", Status: evidence.FileAdded, Added: 2}}},
		{"empty file added", func(s *sandbox) { s.write("b", "") }, []file{{Path: "b", Status: evidence.FileAdded}}},
		{"renamed and edited", func(s *sandbox) { os.Remove(s.path("a")); s.write("z", edit(lines(1, 20), 3, "x")) }, []file{
			{Path: "z", Old: "a", Status: evidence.FileRenamed, Added: 1, Deleted: 1}}},
		{"executable", func(s *sandbox) { os.Chmod(s.path("a"), 0o755) }, []file{
			{Path: "a", Status: evidence.FileModified, OldMode: "100644", Mode: "100755"}}},
		{"binary", func(s *sandbox) { s.write("a", "\x00") }, []file{{Path: "a", Status: evidence.FileModified, Binary: true}}},
		{"binary renamed to an odd name, last in the patch", func(s *sandbox) { s.write("zz \"\n\\\a", "\x00") }, []file{
			{Path: "zz \"\n\\\a", Status: evidence.FileAdded, Binary: true}}},
		{"symlink", func(s *sandbox) { os.Symlink("a", s.path("l")) }, []file{{Path: "l", Status: evidence.FileAdded, Mode: "120000", Added: 1}}},
		{"type changed", func(s *sandbox) { os.Remove(s.path("a")); os.Symlink("x", s.path("a")) }, []file{
			{Path: "a", Status: evidence.FileTypeChanged, OldMode: "100644", Mode: "120000", Added: 1, Deleted: 20}}},
		{"submodule", func(s *sandbox) {
			s.git("update-index", "--add", "--cacheinfo", "160000,"+strings.Repeat("1", 40)+",sub")
			s.git("commit", "-q", "-m", "sub")
		}, []file{{Path: "sub", Status: evidence.FileAdded, Mode: "160000", Module: true, Added: 1}}},
		{"a line of 3 MB", func(s *sandbox) { s.write("a", lines(1, 20)+long+"\n") }, []file{{Path: "a", Status: evidence.FileModified, Added: 1}}},
		{"100,000 lines", func(s *sandbox) { s.write("a", lines(1, 100_000)) }, []file{{Path: "a", Status: evidence.FileModified, Added: 99_980}}},
		{"lines that look like a diff", func(s *sandbox) {
			s.write("a", "--- a/x\n+++ b/x\n@@ -1 +1 @@\ndiff --git a/x b/x\n\\ No newline at end of file\n"+lines(1, 20))
		}, []file{{Path: "a", Status: evidence.FileModified, Added: 5}}},
		{"names with white space, quotes and unicode", func(s *sandbox) {
			for _, n := range []string{"end ", "ta\tb", `q"q`, "ü", "sp ace/x y", "a b/a b"} {
				s.write(n, "x\n")
			}
		}, []file{
			{Path: "a b/a b", Status: evidence.FileAdded, Added: 1}, {Path: "end ", Status: evidence.FileAdded, Added: 1},
			{Path: `q"q`, Status: evidence.FileAdded, Added: 1}, {Path: "sp ace/x y", Status: evidence.FileAdded, Added: 1},
			{Path: "ta\tb", Status: evidence.FileAdded, Added: 1}, {Path: "ü", Status: evidence.FileAdded, Added: 1}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newSandbox(t)
			s.write("a", lines(1, 20))
			base := s.commit("base")
			c.build(s)
			head := s.git("rev-parse", "HEAD")
			if s.git("status", "--porcelain", "--ignore-submodules=all") != "" && head == base {
				head = s.commit("change")
			}
			files, err := s.open(git.Options{}).Diff(t.Context(), base, head)
			if err != nil {
				t.Fatal(err)
			}
			var got []file
			for _, f := range files {
				lines := 0
				for _, r := range f.Spans {
					lines += r.Last - r.First + 1
				}
				if lines != f.Added || len(f.Lines) != f.Added {
					t.Errorf("%s: %d added lines, %d in spans, %d hashes", f.Path, f.Added, lines, len(f.Lines))
				}
				got = append(got, file{f.Path, f.OldPath, f.Status, f.OldMode, f.Mode, f.Binary, f.Submodule, f.Added, f.Deleted})
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}
