package gather

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/git"
)

// TestManyCommits: of more commits than are read, the newest are listed, the others
// are counted and told of by a gap.
func TestManyCommits(t *testing.T) {
	t.Parallel()
	const older = 7
	dir := t.TempDir()
	run := func(in string, args ...string) string {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), "git", args...)
		cmd.Dir, cmd.Stdin = dir, strings.NewReader(in)
		cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("git %v: %v: %s", args, err, out)
		}
		return strings.TrimSpace(string(out))
	}
	var history strings.Builder
	for i := range 1 + older + git.MaxCommits {
		fmt.Fprintf(&history, "commit refs/heads/main\nmark :%d\ncommitter A <a@example.com> %d +0000\ndata 1\nx\n", i+1, 1_700_000_000+i)
		if i > 0 {
			fmt.Fprintf(&history, "from :%d\n", i)
		}
	}
	history.WriteString("M 100644 inline f\ndata 2\nx\n\n")
	run("", "init", "--quiet", "--initial-branch=main")
	run(history.String(), "fast-import", "--quiet")
	repo, err := git.Open(t.Context(), dir, git.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { repo.Close() })
	head, base := run("", "rev-parse", "main"), run("", "rev-list", "--max-parents=0", "main")
	f, err := Change{Repo: repo}.Gather(t.Context(), evidence.Target{Base: base, MergeBase: base, Head: head})
	if err != nil {
		t.Fatal(err)
	}
	if len(f.Commits) != git.MaxCommits || f.CommitsOmitted != older || f.Commits[len(f.Commits)-1].ID != head {
		t.Errorf("%d commits, %d omitted, the last %v", len(f.Commits), f.CommitsOmitted, f.Commits[len(f.Commits)-1].ID)
	}
	if len(f.Gaps) != 1 || f.Gaps[0].Subject != "7 older commits of the change" {
		t.Errorf("gaps: %+v", f.Gaps)
	}
}
