package cli

import (
	"bytes"
	"context"
	"embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/spf13/cobra"
)

// demoFiles are the example: the states of a small Go repository before and
// after its commits, the transcript of the run that wrote one of them, the
// manifest of that run, and what
//
//	go test -count=1 -json -coverprofile=coverage.out ./... >go-test.json
//
// printed in the last state.
//
//go:embed demo
var demoFiles embed.FS

// demoCommits are the commits of the example. The dates are fixed, so that the
// ids are the ones that the transcript names.
var demoCommits = []struct{ branch, files, author, date, message string }{
	{"main", "base.txtar", "Ada Example <ada@example.com>", "2026-11-02T08:00:00Z", "token: sign and check session tokens"},
	{
		"expire-tokens", "agent.txtar", "Ada Example <ada@example.com>", "2026-11-02T09:21:40Z",
		"token: let tokens expire after twelve hours\n\nCo-Authored-By: Claude <noreply@anthropic.com>",
	},
	{"expire-tokens", "human.txtar", "Grace Example <grace@example.com>", "2026-11-02T10:05:00Z", "token: read the secret from the environment"},
}

// demoEvidence are the files that lie in the workspace when the report is made.
var demoEvidence = map[string]string{
	"go-test.json":     "results/go-test.json",
	"coverage.out":     "results/coverage.out",
	"transcript.jsonl": ".mergebrief/transcript.jsonl",
	"agent-run.json":   ".mergebrief/agent-run.json",
}

func (c *Command) demo() *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "build a small repository with an agent run, and report on it",
		Long: `Builds a git repository with a change that an agent made and a person went on
with: a test failed, was repaired, and one commit has no record. Then it runs
mergebrief report on it. Nothing is sent anywhere.`,
		Example: "  mergebrief demo\n  mergebrief demo --dir /tmp/demo",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return c.runDemo(cmd.Context(), dir)
		},
	}
	cmd.Flags().StringVar(&dir, "dir", "", "new folder for the repository (default: one in the folder for temporary files)")
	return cmd
}

func (c *Command) runDemo(ctx context.Context, dir string) error {
	dir, err := emptyFolder(dir)
	if err != nil {
		return misuse("name a folder that does not exist with --dir", "%w", err)
	}
	repo := filepath.Join(dir, "session")
	if err := buildDemo(ctx, repo); err != nil {
		return fail("git 2.31 or later must be installed", "the example cannot be built: %w", err)
	}
	say(c.Stdout, "The example repository is %s\n\n", repo)
	return c.runReport(ctx, reportOptions{
		repo: repo, base: "main", head: "expire-tokens", out: filepath.Join(dir, defaultOut),
	})
}

// emptyFolder makes the folder, or one of its own choice when dir is empty.
func emptyFolder(dir string) (string, error) {
	if dir == "" {
		return os.MkdirTemp("", "mergebrief-demo-")
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	return dir, os.Mkdir(dir, 0o755)
}

// buildDemo makes the repository in a new folder.
func buildDemo(ctx context.Context, repo string) error {
	if err := os.Mkdir(repo, 0o755); err != nil {
		return err
	}
	if err := demoGit(ctx, repo, nil, "init", "--quiet", "--initial-branch=main"); err != nil {
		return err
	}
	for i, commit := range demoCommits {
		if i > 0 && commit.branch != demoCommits[i-1].branch {
			if err := demoGit(ctx, repo, nil, "checkout", "--quiet", "-b", commit.branch); err != nil {
				return err
			}
		}
		if err := unpackDemo(repo, commit.files); err != nil {
			return err
		}
		if err := demoGit(ctx, repo, nil, "add", "--all"); err != nil {
			return err
		}
		dates := []string{"GIT_AUTHOR_DATE=" + commit.date, "GIT_COMMITTER_DATE=" + commit.date}
		if err := demoGit(ctx, repo, dates, "commit", "--quiet", "--author", commit.author, "--message", commit.message); err != nil {
			return err
		}
	}
	return addDemoEvidence(repo)
}

func unpackDemo(repo, name string) error {
	data, err := demoFiles.ReadFile("demo/" + name)
	if err != nil {
		return err
	}
	for _, f := range txtar.Parse(data).Files {
		if err := writeFile(filepath.Join(repo, filepath.FromSlash(f.Name)), f.Data); err != nil {
			return err
		}
	}
	return nil
}

func addDemoEvidence(repo string) error {
	for from, to := range demoEvidence {
		data, err := demoFiles.ReadFile("demo/" + from)
		if err != nil {
			return err
		}
		if err := writeFile(filepath.Join(repo, filepath.FromSlash(to)), data); err != nil {
			return err
		}
	}
	return nil
}

func writeFile(name string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	return os.WriteFile(name, data, 0o644)
}

// demoGit runs git without the user's own settings, which could sign commits,
// run hooks or change line ends, and so the ids.
func demoGit(ctx context.Context, repo string, env []string, args ...string) error {
	cmd := exec.CommandContext(ctx, "git", append([]string{
		"-C", repo, "-c", "user.name=Ada Example", "-c", "user.email=ada@example.com", "-c", "core.autocrlf=false",
	}, args...)...)
	cmd.Env = append(cmd.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1", "GIT_DIR="+filepath.Join(repo, ".git"), "GIT_WORK_TREE="+repo)
	cmd.Env = append(cmd.Env, env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("git %s: %w: %s", args[0], err, bytes.TrimSpace(out))
	}
	return nil
}
