package git_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/git"
)

// TestCommitDiffs compares what one process tells of many commits with what one
// process each tells: renames, modes, binary files, changes of type, files whose
// text looks like a header, and nothing at all.
func TestCommitDiffs(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	tr := newSandbox(t)
	tr.write("a.txt", "one\ntwo\nthree\nfour\nfive\n")
	tr.write("b.txt", "b\n")
	tr.commit("base")
	var ids []string
	step := func(message string) {
		ids = append(ids, tr.commit(message))
	}
	tr.write("a.txt", "one\ntwo\nthree\nfour\nfive\nsix")
	tr.write("c.bin", "\x00\x01")
	step("edit and binary")
	tr.git("mv", "a.txt", "with space.txt")
	step("rename")
	step("empty")
	tr.write("b.txt", strings.Repeat("0123456789abcdef", 2)+"01234567\x00\n"+strings.Repeat("a", 40)+"\n")
	step("looks like a header")
	tr.git("rm", "-q", "c.bin")
	tr.git("update-index", "--chmod=+x", "b.txt")
	step("delete and mode")
	repo := tr.open(git.Options{})
	var got []string
	err := repo.CommitDiffs(ctx, ids, func(id string, files []evidence.File) error {
		got = append(got, id)
		want, err := repo.Diff(ctx, id+"^", id, nil)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, files); diff != "" {
			t.Errorf("%s: %s", id, diff)
		}
		return nil
	})
	if diff := cmp.Diff(ids, got); diff != "" || err != nil {
		t.Error(err, diff)
	}
	patches, err := repo.PatchIDs(ctx, ids)
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range ids {
		if want, err := repo.PatchID(ctx, id+"^", id); err != nil || patches[id] != want {
			t.Errorf("%s: patch %q, want %q, %v", id, patches[id], want, err)
		}
	}
	stop := errors.New("enough")
	if err := repo.CommitDiffs(ctx, ids, func(string, []evidence.File) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("error is %v", err)
	}
	if err := repo.CommitDiffs(ctx, []string{"HEAD"}, nil); err == nil {
		t.Error("a name was taken for an id")
	}
}
