package git_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/git"
)

// TestOriginsTraps compares Origins with git blame on the histories that are
// known to go wrong.
func TestOriginsTraps(t *testing.T) {
	t.Parallel()
	for _, c := range originTraps {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newStory()
			c.build(s)
			dir := newSandbox(t)
			dir.fastImport(&s.out)
			added := 0
			for _, f := range checkOrigins(t, dir.dir, "main", "pr") {
				added += f.Added
			}
			if added != c.want && c.want >= 0 {
				t.Errorf("%d added lines, want %d", added, c.want)
			}
		})
	}
}

// story tells the history of a trap: files are put and dropped on one branch,
// then committed. Histories are written at once, since git commands would take
// most of the time of the tests.
type story struct {
	*historian
	branch string
	files  tree
}

// newStory starts on the branch pr, beside main, with the files a.txt (1 to 40),
// b.txt (101 to 140) and c.txt (201 to 240).
func newStory() *story {
	s := &story{historian: &historian{heads: map[string]int{}, trees: map[int]tree{}, modes: map[string]string{}}}
	s.branch, s.files = "main", tree{"a.txt": trapA, "b.txt": trapB, "c.txt": lines(201, 240)}
	s.commit()
	s.start("pr", "main")
	return s
}

// start begins a branch at another one; nothing begins it at a root.
func (s *story) start(branch, from string) {
	s.heads[branch] = s.heads[from]
	s.on(branch)
}

// on goes on with a branch.
func (s *story) on(branch string) {
	s.branch, s.files = branch, maps.Clone(s.trees[s.heads[branch]])
	if s.files == nil {
		s.files = tree{}
	}
}

// put writes a file. A mode makes it another than an ordinary one.
func (s *story) put(name, text string, mode ...string) {
	s.files[name] = text
	delete(s.modes, name)
	if len(mode) > 0 {
		s.modes[name] = mode[0]
	}
}

func (s *story) drop(names ...string) {
	for _, name := range names {
		delete(s.files, name)
	}
}

// commit commits the files, as a merge of the other branches when some are named.
func (s *story) commit(merged ...string) {
	var marks []int
	for _, branch := range merged {
		marks = append(marks, s.heads[branch])
	}
	s.historian.commit(s.branch, maps.Clone(s.files), marks...)
}

const (
	symlink    = "120000"
	executable = "100755"
	submodule  = "160000"
)

// What a.txt and b.txt hold before a trap.
var trapA, trapB = lines(1, 40), lines(101, 140)

var originTraps = []struct {
	name  string
	build func(s *story)
	want  int // added lines
}{
	{"rename swap", func(s *story) {
		s.put("a.txt", trapB+"z\n")
		s.put("b.txt", trapA)
		s.commit()
	}, 81},
	{"delete and create again", func(s *story) {
		s.drop("a.txt")
		s.commit()
		s.put("a.txt", "x\n"+lines(2, 3)+"y\n")
		s.commit()
	}, 2},
	{"rename with edit, quoted", func(s *story) {
		const name = "ü \"q\\\t.txt"
		s.drop("a.txt")
		s.put(name, edit(trapA, 5, "five"))
		s.commit()
		s.put(name, edit(edit(trapA, 5, "five"), 9, "nine"))
		s.commit()
	}, 2},
	{"name ends in a space", func(s *story) {
		s.drop("a.txt")
		s.put("end ", edit(trapA, 5, "five"))
		s.put("new ", "x\n")
		s.commit()
	}, 2},
	{"no newline at the end", func(s *story) {
		s.put("a.txt", trapA+"x")
		s.commit()
		s.put("a.txt", trapA+"x\ny")
		s.commit()
	}, 2},
	{"CR LF to LF", func(s *story) {
		s.put("a.txt", strings.ReplaceAll(trapA, "\n", "\r\n"))
		s.commit()
		s.put("a.txt", edit(trapA, 3, "x"))
		s.commit()
	}, 1},
	{"binary to text and back", func(s *story) {
		s.put("a.txt", "1\n\x00\n3\n")
		s.put("b.txt", "b\x00")
		s.commit()
		s.put("a.txt", "1\n2\n3\nnew\n")
		s.commit()
	}, 1},
	{"symlink to file", func(s *story) {
		s.put("a.txt", "b.txt", symlink)
		s.commit()
		s.put("a.txt", edit(trapA, 2, "x"))
		s.commit()
	}, 1},
	{"file to symlink", func(s *story) {
		s.put("a.txt", "b.txt", symlink)
		s.commit()
	}, 1},
	{"phantom file header in a body", func(s *story) {
		s.put("a.txt", edit(trapA, 5, "-- a"))
		s.commit()
		s.put("a.txt", edit(edit(trapA, 5, "++ b"), 30, "x"))
		s.commit()
	}, 2},
	{"merge from main into a renamed file", func(s *story) {
		s.drop("a.txt")
		s.put("moved.txt", edit(trapA, 5, "five"))
		s.commit()
		s.on("main")
		s.put("a.txt", edit(trapA, 20, "main"))
		s.commit()
		s.on("pr")
		s.put("moved.txt", edit(edit(trapA, 5, "five"), 20, "main"))
		s.commit("main")
	}, 1},
	{"topic merged", func(s *story) {
		s.put("a.txt", edit(trapA, 5, "five"))
		s.commit()
		s.start("topic", "main")
		s.put("a.txt", edit(trapA, 20, "topic"))
		s.put("b.txt", trapB+"topic\n")
		s.commit()
		s.on("pr")
		s.put("a.txt", edit(edit(trapA, 5, "five"), 20, "topic"))
		s.put("b.txt", trapB+"topic\n")
		s.commit("topic")
	}, 3},
	{"evil merge", func(s *story) {
		s.put("a.txt", edit(trapA, 5, "pr"))
		s.commit()
		s.on("main")
		s.put("a.txt", edit(trapA, 5, "main"))
		s.commit()
		s.on("pr")
		s.put("a.txt", edit(edit(trapA, 5, "both"), 33, "evil"))
		s.put("evil.txt", "new\n")
		s.commit("main")
	}, 3},
	{"octopus", func(s *story) {
		s.put("b.txt", edit(trapB, 1, "pr"))
		s.commit()
		for i, name := range []string{"one", "two", "three"} {
			s.start(name, "main")
			s.put(name+".txt", name+"\n")
			s.put("a.txt", edit(trapA, 10*(i+1), name))
			s.commit()
		}
		s.on("pr")
		for _, name := range []string{"one", "two", "three"} {
			s.put(name+".txt", name+"\n")
		}
		s.put("a.txt", edit(edit(edit(trapA, 10, "one"), 20, "two"), 30, "three"))
		s.commit("one", "two", "three")
	}, 7},
	{"merge that keeps nothing of the other side", func(s *story) {
		s.start("topic", "main")
		s.put("topic.txt", "topic\n")
		s.put("a.txt", edit(trapA, 5, "topic"))
		s.commit()
		s.on("pr")
		s.put("a.txt", edit(trapA, 5, "pr"))
		s.commit()
		s.commit("topic")
		s.put("topic.txt", "topic\n")
		s.commit()
	}, 2},
	{"revert", func(s *story) {
		s.put("a.txt", edit(trapA, 5, "five"))
		s.commit()
		s.put("a.txt", trapA)
		s.commit()
		s.put("a.txt", edit(trapA, 6, "six"))
		s.commit()
	}, 1},
	{"empty file and empty commit", func(s *story) {
		s.put("empty", "")
		s.commit()
		s.commit()
		s.put("empty", "not any more\n")
		s.commit()
	}, 1},
	{"unrelated root", func(s *story) {
		s.start("other", "nothing")
		s.put("other.txt", "o\n")
		s.commit()
		s.on("pr")
		s.put("other.txt", "o\n")
		s.commit("other")
	}, 1},
	{"one file becomes two", func(s *story) {
		s.drop("a.txt")
		s.put("a1.txt", edit(trapA, 3, "x"))
		s.put("a2.txt", edit(trapA, 30, "y"))
		s.commit()
	}, 41},
	{"many renames with edits at once", func(s *story) {
		for i := range 65 {
			s.put(fmt.Sprintf("many/%d", i), lines(1000*i, 1000*i+20))
		}
		s.commit()
		for i := range 65 {
			s.drop(fmt.Sprintf("many/%d", i))
			s.put(fmt.Sprintf("more/%d", i), edit(lines(1000*i, 1000*i+20), 5, "x"))
		}
		s.commit()
	}, 65 * 21},
	{"renamed, then rewritten", func(s *story) {
		s.drop("a.txt")
		s.put("d.txt", trapA)
		s.commit()
		s.put("d.txt", lines(1, 4)+lines(500, 540))
		s.commit()
	}, 45},
	{"executable and renamed", func(s *story) {
		s.drop("a.txt")
		s.put("run.sh", trapA+"x\n", executable)
		s.commit()
	}, 1},
	{"several merge bases", func(s *story) {
		s.put("a.txt", edit(trapA, 5, "pr"))
		s.commit()
		s.on("main")
		s.put("b.txt", edit(trapB, 5, "main"))
		s.commit()
		s.start("was-main", "main")
		s.on("main")
		s.put("a.txt", edit(trapA, 5, "pr"))
		s.commit("pr")
		s.on("pr")
		s.put("b.txt", edit(trapB, 5, "main"))
		s.commit("was-main")
		s.put("c.txt", "c\n")
		s.commit()
	}, -1},
}

// TestDiffTraps looks at what of a file stands in the record.
func TestDiffTraps(t *testing.T) {
	t.Parallel()
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
		build func(s *story)
		want  []file
	}{
		{"nothing", func(*story) {}, nil},
		{"added and deleted", func(s *story) { s.put("b", "1\n2\n"); s.drop("a") }, []file{
			{Path: "a", Status: evidence.FileDeleted, Deleted: 20}, {Path: "b", Status: evidence.FileAdded, Added: 2},
		}},
		{"empty file added", func(s *story) { s.put("b", "") }, []file{{Path: "b", Status: evidence.FileAdded}}},
		{"renamed and edited", func(s *story) { s.drop("a"); s.put("z", edit(lines(1, 20), 3, "x")) }, []file{
			{Path: "z", Old: "a", Status: evidence.FileRenamed, Added: 1, Deleted: 1},
		}},
		{"executable", func(s *story) { s.put("a", lines(1, 20), executable) }, []file{
			{Path: "a", Status: evidence.FileModified, OldMode: "100644", Mode: "100755"},
		}},
		{"binary", func(s *story) { s.put("a", "\x00") }, []file{{Path: "a", Status: evidence.FileModified, Binary: true}}},
		{"binary renamed to an odd name, last in the patch", func(s *story) { s.put("zz \"\n\\\a", "\x00") }, []file{
			{Path: "zz \"\n\\\a", Status: evidence.FileAdded, Binary: true},
		}},
		{"symlink", func(s *story) { s.put("l", "a", symlink) }, []file{{Path: "l", Status: evidence.FileAdded, Mode: "120000", Added: 1}}},
		{"type changed", func(s *story) { s.put("a", "x", symlink) }, []file{
			{Path: "a", Status: evidence.FileTypeChanged, OldMode: "100644", Mode: "120000", Added: 1, Deleted: 20},
		}},
		{"submodule", func(s *story) { s.put("sub", strings.Repeat("1", 40), submodule) }, []file{{Path: "sub", Status: evidence.FileAdded, Mode: "160000", Module: true, Added: 1}}},
		{"a line of 3 MB", func(s *story) { s.put("a", lines(1, 20)+long+"\n") }, []file{{Path: "a", Status: evidence.FileModified, Added: 1}}},
		{"100,000 lines", func(s *story) { s.put("a", lines(1, 100_000)) }, []file{{Path: "a", Status: evidence.FileModified, Added: 99_980}}},
		{"lines that look like a diff", func(s *story) {
			s.put("a", "--- a/x\n+++ b/x\n@@ -1 +1 @@\ndiff --git a/x b/x\n\\ No newline at end of file\n"+lines(1, 20))
		}, []file{{Path: "a", Status: evidence.FileModified, Added: 5}}},
		{"names with white space, quotes and unicode", func(s *story) {
			for _, n := range []string{"end ", "ta\tb", `q"q`, "ü", "sp ace/x y", "a b/a b"} {
				s.put(n, "x\n")
			}
		}, []file{
			{Path: "a b/a b", Status: evidence.FileAdded, Added: 1},
			{Path: "end ", Status: evidence.FileAdded, Added: 1},
			{Path: `q"q`, Status: evidence.FileAdded, Added: 1},
			{Path: "sp ace/x y", Status: evidence.FileAdded, Added: 1},
			{Path: "ta\tb", Status: evidence.FileAdded, Added: 1},
			{Path: "ü", Status: evidence.FileAdded, Added: 1},
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newStory()
			s.files = tree{"a": lines(1, 20)}
			s.commit()
			s.start("changed", "pr")
			c.build(s)
			s.commit()
			dir := newSandbox(t)
			dir.fastImport(&s.out)
			files, err := dir.open(git.Options{}).Diff(t.Context(), dir.branch("pr"), dir.branch("changed"), nil)
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
			checkPatch(t, dir.open(git.Options{}), dir.branch("pr"), dir.branch("changed"), files)
		})
	}
}
