package git_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/git"
)

// TestLineMaps checks on random edits that a line that the map keeps is the same
// line on both sides, and that it keeps all that git does.
func TestLineMaps(t *testing.T) {
	t.Parallel()
	rnd := rand.New(rand.NewPCG(3, 4))
	s := newSandbox(t)
	h := &historian{Rand: rnd}
	old := tree{"same": "x\n", "gone": "x\n", "typed": h.text(5)}
	for i := range 20 {
		old[fmt.Sprintf("f%d", i)] = h.text(1 + rnd.IntN(40))
	}
	for name, text := range old {
		s.write(name, text)
	}
	from := s.commit("from")
	changed := tree{"same": "x\n", "added": "new\n"}
	for i := range 20 {
		name := fmt.Sprintf("f%d", i)
		changed[name] = h.mutate(old[name])
		s.write(name, changed[name])
	}
	s.git("mv", "f3", "moved")
	changed["moved"] = changed["f3"]
	for _, name := range []string{"gone", "typed"} {
		os.Remove(s.path(name))
	}
	os.Symlink("same", s.path("typed"))
	s.write("added", changed["added"])
	to := s.commit("to")
	maps, err := s.open(git.Options{}).LineMaps(t.Context(), from, to)
	if err != nil {
		t.Fatal(err)
	}
	gone := 0
	for _, m := range maps {
		if m.Path == "" {
			gone++
			continue
		}
		checkMap(t, m, old[m.OldPath], changed[m.Path])
	}
	if gone != 2 {
		t.Errorf("%d files are gone, want gone and typed", gone)
	}
}

func checkMap(t *testing.T, m evidence.LineMap, old, text string) {
	t.Helper()
	split := func(text string) []string {
		return slices.DeleteFunc(strings.SplitAfter(text, "\n"), func(l string) bool { return l == "" })
	}
	before, after := split(old), split(text)
	at, shift := 0, 0
	same := func(upTo int) {
		for ; at < upTo && at < len(before); at++ {
			if at+shift >= len(after) || before[at] != after[at+shift] {
				t.Fatalf("%s: line %d is not line %d of %s", m.OldPath, at+1, at+shift+1, m.Path)
			}
		}
	}
	for _, h := range m.Hunks {
		kept := h.OldFirst - 1
		if h.OldCount == 0 {
			kept = h.OldFirst
		}
		same(kept)
		at = kept + h.OldCount
		shift += h.Count - h.OldCount
	}
	same(len(before))
	if len(before)+shift != len(after) {
		t.Errorf("%s: %d lines become %d, the map says %d", m.OldPath, len(before), len(after), len(before)+shift)
	}
}

func TestPatchID(t *testing.T) {
	t.Parallel()
	s := newSandbox(t)
	s.write("a", lines(1, 40))
	base := s.commit("base")
	s.write("a", edit(lines(1, 40), 5, "x"))
	s.commit("one")
	s.write("a", edit(edit(lines(1, 40), 5, "x"), 6, "y"))
	head := s.commit("two")
	s.git("checkout", "-q", "-b", "squashed", base)
	s.write("b", "elsewhere\n")
	moved := s.commit("main moved")
	s.write("a", edit(edit(lines(1, 40), 5, "x"), 6, "y"))
	squash := s.commit("squash")
	r := s.open(git.Options{})
	id := func(from, to string) string {
		got, err := r.PatchID(t.Context(), from, to)
		if err != nil {
			t.Error(err)
		}
		return got
	}
	s.git("checkout", "-q", "-b", "near", base)
	s.write("a", edit(lines(1, 40), 8, "near"))
	near := s.commit("main changed a line beside")
	s.write("a", edit(edit(edit(lines(1, 40), 8, "near"), 5, "x"), 6, "y"))
	beside := s.commit("squash beside")
	linesOf := func(from, to string) string {
		got, err := r.LinesID(t.Context(), from, to)
		if err != nil {
			t.Error(err)
		}
		return got
	}
	if id(base, head) == id(near, beside) || linesOf(base, head) != linesOf(near, beside) || linesOf(base, head) == linesOf(base, moved) {
		t.Errorf("patch %q, lines %q and %q", id(near, beside), linesOf(base, head), linesOf(near, beside))
	}
	if change := id(base, head); change == "" || change != id(moved, squash) || change == id(base, moved) || id(base, base) != "" {
		t.Errorf("change %q, squash %q, other %q, nothing %q", change, id(moved, squash), id(base, moved), id(base, base))
	}
}
