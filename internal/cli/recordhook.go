package cli

import (
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/mergebrief/mergebrief/internal/local"
)

func (c *Command) recordInstall(repo *string) *cobra.Command {
	return &cobra.Command{
		Use: "install", Short: "add a hook that records after each accepted push and never blocks one",
		Example: "  mergebrief record install", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			binary, err := binaryPath()
			if err != nil {
				return err
			}
			r, err := c.openLocal(cmd.Context(), *repo)
			if err != nil {
				return err
			}
			name, err := r.Install(cmd.Context(), binary)
			if err != nil {
				return fail("add this line to the reference-transaction hook that is used, see docs/record.md: "+local.HookCommand, "the hook is not added: %w", err)
			}
			state := r.Hook(cmd.Context())
			if !state.Works {
				return fail("", "%s", state.Detail)
			}
			say(c.Stdout, "%s runs %s after each accepted push; a hook that was there goes on to run\n", name, binary)
			return nil
		},
	}
}

// binaryPath is where the program will be found later: where PATH has it, which
// stays the same through updates, else where it is. The one that go run makes is
// gone when the command ends.
func binaryPath() (string, error) {
	self, err := os.Executable()
	if err != nil {
		return "", fail("", "%w", err)
	}
	if found, err := exec.LookPath("mergebrief"); err == nil {
		if found, err = filepath.Abs(found); err == nil {
			return found, nil
		}
	}
	if strings.Contains(filepath.ToSlash(self), "/go-build") {
		return "", misuse("install it first: go install ./cmd/mergebrief, and have its folder in PATH", "this program was made by go run and is gone when it ends, so a hook cannot run it")
	}
	return self, nil
}

func (c *Command) recordUninstall(repo *string) *cobra.Command {
	return &cobra.Command{
		Use: "uninstall", Short: "remove the hook and put the one before it back",
		Example: "  mergebrief record uninstall", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			r, err := c.openLocal(cmd.Context(), *repo)
			if err != nil {
				return err
			}
			was, err := r.Uninstall(cmd.Context())
			if err != nil {
				return fail("", "the hook is not removed: %w", err)
			}
			say(c.Stdout, "%s\n", map[bool]string{true: "the hook is removed", false: "no hook of mergebrief is there"}[was])
			return nil
		},
	}
}

// recordPushed is what the hook runs.
func (c *Command) recordPushed(repo *string) *cobra.Command {
	var check bool
	var within time.Duration
	cmd := &cobra.Command{
		Use: "pushed", Short: "record what a push moved; for hooks", Hidden: true, Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if check {
				_, err := io.WriteString(unprinted(c.Stdout), local.HookAnswer+"\n")
				return err
			}
			return c.runRecordPushed(cmd.Context(), *repo, within)
		},
	}
	cmd.Flags().BoolVar(&check, "check", false, "answer, and do nothing")
	cmd.Flags().DurationVar(&within, "within", 0, "give up after this time")
	return cmd
}

// runRecordPushed records the commits that a remote accepted and sends it their
// notes. Everything that it says goes to standard error, in a line.
func (c *Command) runRecordPushed(ctx context.Context, dir string, within time.Duration) error {
	r, err := c.openLocal(ctx, dir)
	if err != nil {
		return err
	}
	moved, err := r.Moved(ctx, c.Stdin)
	if err != nil {
		return fail("mergebrief record --push REMOTE sends the notes", "%w", err)
	}
	for i := range moved {
		o := recordOptions{repo: dir, push: moved[i].Remote, quiet: true, within: within, pushed: &moved[i], repository: r}
		if err := c.runRecordWithin(ctx, o); err != nil {
			return err
		}
	}
	return nil
}
