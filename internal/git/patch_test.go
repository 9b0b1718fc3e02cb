package git_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/git"
)

// checkPatch compares the lines of the patch with what the diff says of them.
func checkPatch(t *testing.T, repo *git.Repo, base, head string, files []evidence.File) {
	t.Helper()
	type lines struct {
		Spans   []evidence.LineRange
		Deleted int
	}
	got, want := map[string]lines{}, map[string]lines{}
	for _, f := range files {
		if f.Added+f.Deleted > 0 {
			want[f.Path] = lines{f.Spans, f.Deleted}
		}
	}
	err := repo.Patch(t.Context(), base, head, func(l git.PatchLine) {
		all := got[l.Path]
		switch l.Kind {
		case git.Added:
			all.Spans = evidence.UnionRanges(append(all.Spans, evidence.LineRange{First: l.New, Last: l.New})...)
		case git.Removed:
			all.Deleted++
		}
		got[l.Path] = all
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestPatch(t *testing.T) {
	t.Parallel()
	s := newSandbox(t)
	s.write("a.go", "package a\n\nfunc one() {\n\tx()\n\ty()\n\tz()\n\tw()\n}\n")
	s.write("gone", "-- a\n")
	base := s.commit("base")
	s.write("a.go", "package a\n\nfunc one() {\n\tx()\n\ty()\n\tz()\n\tv()\r\n}")
	s.git("rm", "-q", "gone")
	s.write("b\tc", "++ b\n@@ -1 +1 @@\n")
	head := s.commit("head")
	type line struct {
		Path     string
		Kind     string
		Old, New int
		Text     string
	}
	var got []line
	repo := s.open(git.Options{})
	err := repo.Patch(t.Context(), base, head, func(l git.PatchLine) {
		got = append(got, line{l.Path, string(l.Kind), l.Old, l.New, string(l.Text)})
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []line{
		{"a.go", "@", 4, 4, "func one() {"},
		{"a.go", " ", 4, 4, "\tx()"},
		{"a.go", " ", 5, 5, "\ty()"},
		{"a.go", " ", 6, 6, "\tz()"},
		{"a.go", "-", 7, 0, "\tw()"},
		{"a.go", "-", 8, 0, "}"},
		{"a.go", "+", 0, 7, "\tv()\r"},
		{"a.go", "+", 0, 8, "}"},
		{"a.go", "\\", 0, 0, ""},
		{"b\tc", "@", 0, 1, ""},
		{"b\tc", "+", 0, 1, "++ b"},
		{"b\tc", "+", 0, 2, "@@ -1 +1 @@"},
		{"gone", "@", 1, 0, ""},
		{"gone", "-", 1, 0, "-- a"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if err := repo.Patch(t.Context(), base, strings.Repeat("1", 40), func(git.PatchLine) {}); err == nil {
		t.Error("no error for a commit that is not there")
	}
}
