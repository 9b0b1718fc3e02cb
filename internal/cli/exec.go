package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/mergebrief/mergebrief/internal/format/agentlog"
	"github.com/mergebrief/mergebrief/internal/redact"
)

const (
	// commandLog is where records of commands go, relative to the repository.
	commandLog = ".mergebrief/commands.jsonl"
	// exitNotStarted is what shells return for a command that is not there.
	exitNotStarted = 127
	// exitSignal is added to the number of a signal, as shells do.
	exitSignal = 128
)

func (c *Command) exec() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "exec -- COMMAND [ARGUMENT...]",
		Short: "run a command and record how it ended",
		Long: `Runs a command, shows its output as it comes, and ends with its exit status. A
record of it (the command line, the status, times, size and digest of the output;
secrets replaced) is appended to ` + commandLog + ` in the repository, where
report and action find it and git leaves it alone. Unlike a line in a transcript, its status cannot be
hidden by a pipe.`,
		Example: "  mergebrief exec -- go test ./...\n  mergebrief exec -- npm test | tail -n 20",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.runExec(cmd.Context(), args)
		},
	}
	cmd.Flags().SetInterspersed(false)
	return cmd
}

func (c *Command) runExec(ctx context.Context, argv []string) error {
	root, dir := workingFolders()
	out := &outputDigest{}
	started := time.Now().UTC()
	status, record := c.watch(ctx, argv, out)
	record.Kind, record.Argv, record.Dir = agentlog.CommandRecordKind, argv, dir
	record.Started, record.DurationMs = started, time.Since(started).Milliseconds()
	record.OutputBytes, record.OutputDigest = out.size, out.sum()
	if err := appendRecord(filepath.Join(root, filepath.FromSlash(commandLog)), record); err != nil {
		// The command did its work; what it returned matters more than the record.
		say(c.Stderr, "mergebrief: the command is not recorded: %v\n", err)
	}
	return exit(status)
}

// workingFolders returns the top level of the repository, or the working
// directory outside of one, and the working directory relative to it.
func workingFolders() (root, dir string) {
	wd, err := os.Getwd()
	if err != nil {
		return ".", ""
	}
	for d := wd; ; d = filepath.Dir(d) {
		if _, err := os.Lstat(filepath.Join(d, ".git")); err == nil {
			rel, _ := filepath.Rel(d, wd) // both are absolute
			if rel == "." {
				rel = ""
			}
			return d, filepath.ToSlash(rel)
		}
		if d == filepath.Dir(d) {
			return wd, ""
		}
	}
}

// watch runs the command and returns its exit status, and the part of the record
// that says how it ended. An interrupt reaches the command, which decides; the
// record is written afterwards all the same.
func (c *Command) watch(ctx context.Context, argv []string, out *outputDigest) (int, agentlog.CommandRecord) {
	var record agentlog.CommandRecord
	cmd := exec.CommandContext(context.WithoutCancel(ctx), argv[0], argv[1:]...) //nolint:gosec // running it is what exec is for
	cmd.Stdin = c.Stdin
	cmd.Stdout, cmd.Stderr = io.MultiWriter(c.Stdout, out), io.MultiWriter(c.Stderr, out)
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	defer signal.Stop(signals)
	if err := cmd.Start(); err != nil {
		say(c.Stderr, "mergebrief: %v\n", err)
		record.NotRun = true
		return exitNotStarted, record
	}
	ended := make(chan struct{})
	go forward(cmd.Process, signals, ended)
	err := cmd.Wait()
	close(ended)
	state, ok := cmd.ProcessState.Sys().(syscall.WaitStatus)
	if ok && state.Signaled() {
		record.Signal = state.Signal().String()
		return exitSignal + int(state.Signal()), record
	}
	if _, failed := errors.AsType[*exec.ExitError](err); err != nil && !failed {
		say(c.Stderr, "mergebrief: %v\n", err) // its output could not be passed on
	}
	status := cmd.ProcessState.ExitCode()
	record.Exit = &status
	return status, record
}

// forward passes signals on to the process until it ended.
func forward(p *os.Process, signals <-chan os.Signal, ended <-chan struct{}) {
	for {
		select {
		case s := <-signals:
			_ = p.Signal(s) // it may have ended meanwhile
		case <-ended:
			return
		}
	}
}

// appendRecord adds a line to the log. The line goes in one write, so that
// commands that run side by side do not mix theirs.
func appendRecord(name string, record agentlog.CommandRecord) error {
	if err := ignoredFolder(filepath.Dir(name)); err != nil {
		return err
	}
	r := redact.New(nil)
	record.Argv = r.Args(record.Argv)
	var line bytes.Buffer
	enc := json.NewEncoder(&line)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(record); err != nil {
		return err
	}
	file, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	if _, err := file.Write(line.Bytes()); err != nil {
		file.Close()
		return err
	}
	return file.Close()
}

// ignoredFolder makes a folder that git leaves alone, so that git add -A does not
// commit what is in it. A folder that is there already is the user's.
func ignoredFolder(dir string) error {
	if _, err := os.Stat(dir); err == nil {
		return nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, ".gitignore"), []byte("*\n"), 0o644)
}
