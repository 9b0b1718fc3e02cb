package git_test

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/mergebrief/mergebrief/internal/git"
)

// gitIn runs git in a directory that is no sandbox.
func gitIn(t testing.TB, dir string, args ...string) string {
	t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = dir
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("git %s: %v", strings.Join(args, " "), err)
	}
	return strings.TrimSpace(string(out))
}

// TestOriginsElsewhere compares Origins with git blame in the repository that
// MERGEBRIEF_REPO names: on MERGEBRIEF_RANGE, written base..head, or on the last
// merges of its current branch, MERGEBRIEF_MERGES of them.
func TestOriginsElsewhere(t *testing.T) {
	dir := os.Getenv("MERGEBRIEF_REPO")
	if dir == "" {
		t.Skip("MERGEBRIEF_REPO names no repository")
	}
	if span := os.Getenv("MERGEBRIEF_RANGE"); span != "" {
		base, head, _ := strings.Cut(span, "..")
		checkOrigins(t, dir, base, head)
		return
	}
	n := numberFrom(t, "MERGEBRIEF_MERGES", 10)
	for _, m := range strings.Fields(gitIn(t, dir, "log", "--merges", "--format=%H", fmt.Sprintf("-%d", n))) {
		t.Run(m[:8], func(t *testing.T) { checkOrigins(t, dir, m+"^1", m+"^2") })
	}
}

// TestOriginsHere compares Origins with git blame on the last commits of this
// project, MERGEBRIEF_COMMITS of them.
func TestOriginsHere(t *testing.T) {
	t.Parallel()
	r, err := git.Open(t.Context(), ".", git.Options{})
	if err != nil {
		t.Skipf("not in a repository: %v", err)
	}
	defer r.Close()
	if shallow, err := r.Shallow(t.Context()); err != nil || shallow {
		t.Skip("the clone is shallow")
	}
	base := fmt.Sprintf("HEAD~%d", numberFrom(t, "MERGEBRIEF_COMMITS", 4))
	if _, err := r.Resolve(t.Context(), base); err != nil {
		t.Skipf("%s: there are not as many commits", base)
	}
	checkOrigins(t, r.Root(), base, "HEAD")
}
