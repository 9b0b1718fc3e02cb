package gather

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/mergebrief/mergebrief/internal/attribution"
	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/git"
)

func TestCarried(t *testing.T) {
	span := func(first, last int) []evidence.LineRange { return []evidence.LineRange{{First: first, Last: last}} }
	files := []evidence.File{
		{Path: "same", Added: 3, Spans: span(1, 3)},
		{Path: "edited", Added: 10, Spans: span(1, 10)},
		{Path: "gone", Added: 2, Spans: span(5, 6)},
		{Path: "moved", Added: 4, Spans: span(1, 4)},
		{Path: "shifted", Added: 4, Spans: span(11, 14)},
	}
	maps := []evidence.LineMap{
		{OldPath: "edited", Path: "edited", Hunks: []evidence.LineHunk{{OldFirst: 3, OldCount: 2, First: 3, Count: 1}}},
		{OldPath: "gone"},
		{OldPath: "moved", Path: "elsewhere", Hunks: []evidence.LineHunk{{OldFirst: 4, OldCount: 1, First: 4, Count: 0}}},
		{OldPath: "shifted", Path: "shifted", Hunks: []evidence.LineHunk{{OldFirst: 0, OldCount: 0, First: 1, Count: 5}}},
	}
	want := &evidence.CarryOver{Added: 23, Carried: 3 + 8 + 3 + 4, Files: []evidence.CarriedFile{
		{Path: "edited", Added: 10, Carried: 8}, {Path: "gone", Added: 2}, {Path: "moved", NewPath: "elsewhere", Added: 4, Carried: 3},
	}}
	if d := cmp.Diff(want, carried(files, maps), cmpopts.EquateEmpty()); d != "" {
		t.Error(d)
	}
}

// TestCarryOver merges a change in each of the ways that GitHub has, and pushes
// it again, rebased and edited.
func TestCarryOver(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	run := func(args ...string) string {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), "git", args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1",
			// No second process after each commit, no waiting for the disk.
			"GIT_CONFIG_COUNT=2", "GIT_CONFIG_KEY_0=maintenance.auto", "GIT_CONFIG_VALUE_0=false", "GIT_CONFIG_KEY_1=core.fsync", "GIT_CONFIG_VALUE_1=none",
			"GIT_AUTHOR_NAME=Ada", "GIT_AUTHOR_EMAIL=ada@example.com", "GIT_COMMITTER_NAME=Ada", "GIT_COMMITTER_EMAIL=ada@example.com")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("git %v: %v: %s", args, err, out)
		}
		return strings.TrimSpace(string(out))
	}
	commit := func(name, text string) string {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		run("add", ".")
		run("commit", "-qm", name)
		return run("rev-parse", "HEAD")
	}
	run("init", "-q", "-b", "main")
	base := commit("a", "1\n2\n3\n4\n5\n6\n7\n8\n")
	run("checkout", "-qb", "change")
	commit("a", "1\n2\nx\n3\n4\n5\n6\n7\n8\n")
	head := commit("b", "n1\nn2\nn3\n")
	run("checkout", "-qb", "moved", "main")
	moved := commit("other", "o\n")
	merges := map[string]string{}
	on := func(name string, do func()) {
		run("checkout", "-qB", "merged", moved)
		do()
		merges[name] = run("rev-parse", "HEAD")
	}
	on("merge", func() { run("merge", "-q", "--no-ff", "-m", "m", "change") })
	on("squash", func() { run("merge", "-q", "--squash", "change"); run("commit", "-qm", "s") })
	on("rebase", func() { run("cherry-pick", "change~1", "change") })
	on("squash with an edit", func() { run("merge", "-q", "--squash", "change"); commit("b", "n1\nother\nn3\n") })
	run("checkout", "-qB", "moved", moved)
	moved = commit("a", "1\n2\n3\n4\nnear\n6\n7\n8\n")
	on("squash beside an edit of the base", func() { run("merge", "-q", "--squash", "change"); run("commit", "-qm", "s") })
	on("squash beside an edit, with another", func() { run("merge", "-q", "--squash", "change"); commit("extra", "e\n") })
	run("checkout", "-qB", "merged", base)
	run("merge", "-q", "--squash", "change")
	run("commit", "-qm", "s")
	merges["squash, the base did not move"] = run("rev-parse", "HEAD")
	repo, err := git.Open(t.Context(), dir, git.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer repo.Close()
	target := evidence.Target{Base: base, Head: head, MergeBase: base}
	for name, want := range map[string]evidence.CarryOver{
		"merge":                               {SamePatch: true, SameLines: true, Added: 4, Carried: 4},
		"squash":                              {SamePatch: true, SameLines: true, Added: 4, Carried: 4},
		"rebase":                              {SamePatch: true, SameLines: true, Added: 4, Carried: 4},
		"squash with an edit":                 {Added: 4, Carried: 3, Files: []evidence.CarriedFile{{Path: "b", Added: 3, Carried: 2}}},
		"squash beside an edit of the base":   {SameLines: true, Added: 4, Carried: 4},
		"squash beside an edit, with another": {Added: 4, Carried: 4},
		"squash, the base did not move":       {SameTree: true, SamePatch: true, SameLines: true, Added: 4, Carried: 4},
	} {
		f, err := Change{Repo: repo, Merged: merges[name]}.Gather(t.Context(), target)
		if err != nil || f.CarryOver == nil {
			t.Fatalf("%s: %v (%v)", name, f.CarryOver, err)
		}
		if d := cmp.Diff(want, *f.CarryOver, cmpopts.IgnoreFields(evidence.CarryOver{}, "Origin", "Commit")); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
	f, err := Change{Repo: repo, Merged: strings.Repeat("1", 40)}.Gather(t.Context(), target)
	if err != nil || f.CarryOver != nil || len(f.Gaps) != 1 || f.Gaps[0].Origin.Reason != evidence.NotFound {
		t.Errorf("a merge that is not here: %v, gaps %v (%v)", f.CarryOver, f.Gaps, err)
	}
	// A rebase leaves out the merge by which the branch had taken in the base.
	run("checkout", "-q", "change")
	run("merge", "-q", "--no-ff", "-m", "take in the base", moved)
	target.Head, target.MergeBase = run("rev-parse", "HEAD"), moved
	run("checkout", "-q", "-B", "rebased", moved)
	run("cherry-pick", head+"~1", head)
	f, err = Change{Repo: repo, Merged: run("rev-parse", "HEAD")}.Gather(t.Context(), target)
	if err != nil || f.CarryOver == nil || !f.CarryOver.SamePatch {
		t.Errorf("rebase of a branch with a merge: %+v (%v)", f.CarryOver, err)
	}
	old := evidence.Attribution{Files: []evidence.FileAttribution{{Path: "b", Parts: []evidence.AttributedRange{{LineRange: evidence.LineRange{First: 1, Last: 3}, Kind: evidence.AuthorAI, Session: "s"}}}}}
	maps, err := repo.LineMaps(t.Context(), head, merges["squash with an edit"])
	if a := attribution.Carry(old, maps); err != nil || a.Lines.AI != 2 || a.Lines.Added != 2 {
		t.Errorf("after a force push: %+v (%v)", a.Lines, err)
	}
}
