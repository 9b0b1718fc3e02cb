package git_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/git"
)

// TestFiles writes files, reads them by both ways, and moves a ref only from where it
// was.
func TestFiles(t *testing.T) {
	s := newSandbox(t)
	repo := open(t, s.dir, git.Options{})
	ctx := t.Context()
	first, err := repo.WriteFiles(ctx, "", map[string][]byte{"a/b.txt": []byte("one\n"), "c": {}}, "first")
	if err != nil {
		t.Fatal(err)
	}
	second, err := repo.WriteFiles(ctx, first, map[string][]byte{"a/b.txt": []byte("two\n"), "a/d": []byte("\x00\xff")}, "second")
	if err != nil {
		t.Fatal(err)
	}
	names := []string{"a/b.txt", "none", "a", "c", "a/d", "c/x"}
	got, err := repo.Files(ctx, second, names, 100, false)
	want := [][]byte{[]byte("two\n"), nil, nil, {}, []byte("\x00\xff"), nil}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%s, %v", diff, err)
	}
	if got, err := repo.Files(ctx, first, []string{"a/b.txt"}, 100, false); err != nil || string(got[0]) != "one\n" {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := repo.Files(ctx, second, []string{"a/b.txt"}, 3, false); evidence.ReasonOf(err, "") != evidence.Truncated {
		t.Errorf("too large: %v", err)
	}
	if _, err := repo.WriteFiles(ctx, first, map[string][]byte{"../x": nil}, "bad"); err == nil {
		t.Error("a name outside of the tree was written")
	}
	const ref = "refs/mergebrief/test"
	write := func(base, text string) error {
		return repo.WriteRef(ctx, ref, base, map[string][]byte{"a/b.txt": []byte(text)}, "commit")
	}
	if err := write("", "one\n"); err != nil {
		t.Fatal(err)
	}
	tip, err := repo.Tip(ctx, ref)
	if err != nil {
		t.Fatal(err)
	}
	if err := write("", "two\n"); !errors.Is(err, git.ErrMoved) {
		t.Errorf("a ref that was thought not to be there: %v", err)
	}
	if err := write(tip, "two\n"); err != nil {
		t.Error(err)
	}
	if err := write(tip, "three\n"); !errors.Is(err, git.ErrMoved) {
		t.Errorf("a ref that has moved: %v", err)
	}
	next, err := repo.Tip(ctx, ref)
	if err != nil || next == tip {
		t.Errorf("the ref is at %s, %v", next, err)
	}
	if got, err := repo.Files(ctx, next, []string{"a/b.txt"}, 100, false); err != nil || string(got[0]) != "two\n" {
		t.Errorf("%q, %v", got, err)
	}
	if tip, err := repo.Tip(ctx, ref+"s"); tip != "" || err != nil {
		t.Errorf("no ref is at %s, %v", tip, err)
	}
	if out := s.git("status", "--porcelain"); strings.TrimSpace(out) != "" {
		t.Errorf("the work tree changed: %s", out)
	}
}
