package git_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/git"
)

// TestRewrites has a file that the change adds under one name and that later
// commits edit, one of them on a merged branch, under another.
func TestRewrites(t *testing.T) {
	t.Parallel()
	s := newSandbox(t)
	s.write("old.txt", lines(1, 5))
	base := s.commit("base")
	s.write("new.txt", lines(100, 120))
	s.write("old.txt", edit(lines(1, 5), 2, "x"))
	c1 := s.commit("c1")
	s.git("checkout", "-q", "-b", "topic")
	s.git("mv", "new.txt", "moved.txt")
	text := edit(lines(100, 120), 3, "replaced")
	s.write("moved.txt", text)
	c2 := s.commit("c2")
	s.git("checkout", "-q", "main")
	s.write("old.txt", edit(lines(1, 5), 2, "y"))
	c3 := s.commit("c3")
	s.git("merge", "-q", "topic", "-m", "merge")
	s.write("moved.txt", lines(100, 101)+"replaced\n"+lines(103, 104)+"inserted\n"+lines(105, 106)+lines(110, 120)+"end\n")
	head := s.commit("c4")
	c := map[string]string{c1: "c1", c2: "c2", c3: "c3", head: "c4"}
	r := s.open(git.Options{})
	files, err := r.Diff(t.Context(), base, head, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Origins(t.Context(), base, head, files); err != nil {
		t.Fatal(err)
	}
	got := map[string][]evidence.Rewrite{}
	for _, f := range files {
		for _, x := range f.Rewrites {
			x.Commit = c[x.Commit]
			for i := range x.Removed {
				x.Removed[i].Commit = c[x.Removed[i].Commit]
			}
			for _, w := range []*evidence.WrittenLines{x.Above, x.Below} {
				if w != nil {
					w.Commit = c[w.Commit]
				}
			}
			got[f.Path] = append(got[f.Path], x)
		}
	}
	at := func(line, count int) evidence.WrittenLines {
		return evidence.WrittenLines{Commit: "c1", Path: "new.txt", Line: line, Count: count}
	}
	above, below, last, behind := at(5, 1), at(6, 1), at(21, 1), at(22, 1)
	want := map[string][]evidence.Rewrite{
		"moved.txt": {
			{Commit: "c2", Path: "moved.txt", First: 3, Count: 1, Removed: []evidence.WrittenLines{at(3, 1)}},
			{Commit: "c4", Path: "moved.txt", First: 6, Count: 1, Above: &above, Below: &below},
			{Commit: "c4", Path: "moved.txt", First: 8, Count: 0, Removed: []evidence.WrittenLines{at(8, 3)}},
			// Nothing tells how long the file was: below the end is a line
			// that there is not.
			{Commit: "c4", Path: "moved.txt", First: 20, Count: 1, Above: &last, Below: &behind},
		},
		"old.txt": {{Commit: "c3", Path: "old.txt", First: 2, Count: 1, Removed: []evidence.WrittenLines{{Commit: "c1", Path: "old.txt", Line: 2, Count: 1}}}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
