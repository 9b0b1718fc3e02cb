package gather

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/git"
)

// TestOutdatedRules compares instruction files at the base with those that the
// change started from.
func TestOutdatedRules(t *testing.T) {
	dir := t.TempDir()
	run := func(args ...string) {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), "git", args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1",
			// No second process after each commit, no waiting for the disk.
			"GIT_CONFIG_COUNT=2", "GIT_CONFIG_KEY_0=maintenance.auto", "GIT_CONFIG_VALUE_0=false", "GIT_CONFIG_KEY_1=core.fsync", "GIT_CONFIG_VALUE_1=none",
			"GIT_AUTHOR_NAME=Ada", "GIT_AUTHOR_EMAIL=ada@example.com", "GIT_COMMITTER_NAME=Ada", "GIT_COMMITTER_EMAIL=ada@example.com")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v: %s", args, err, out)
		}
	}
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	run("init", "-q", "-b", "main")
	for _, name := range []string{"AGENTS.md", "CLAUDE.md", "GEMINI.md"} {
		write(name, "one\n")
	}
	run("add", ".")
	run("commit", "-qm", "start")
	run("checkout", "-qb", "change")
	write("SKILL.md", "new\n")
	run("add", ".")
	run("commit", "-qm", "change")
	run("checkout", "-q", "main")
	write("AGENTS.md", "two\n")
	run("rm", "-q", "GEMINI.md")
	run("commit", "-qam", "other rules")

	repo, err := git.Open(t.Context(), dir, git.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer repo.Close()
	resolve := func(rev string) string {
		t.Helper()
		id, err := repo.Resolve(t.Context(), rev)
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	target := evidence.Target{Base: resolve("main"), Head: resolve("change"), MergeBase: resolve("main~1")}
	f, err := Change{Repo: repo}.Gather(t.Context(), target)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]bool{}
	for _, r := range f.Rules {
		got[r.Path] = r.Outdated
	}
	want := map[string]bool{"AGENTS.md": true, "CLAUDE.md": false, "GEMINI.md": true, "SKILL.md": false}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
