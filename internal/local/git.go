package local

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

const (
	// maxComplaint bounds what is kept of git's words.
	maxComplaint = 4 << 10
	// exitGrace is how long a cancelled git may keep its output open.
	exitGrace = 200 * time.Millisecond
	// maxReach bounds one push or fetch: notes of some kilobytes, or all that
	// others ever pushed.
	maxReach = time.Minute
)

// gitRunner runs git in the user's own repository, for what internal/git does
// not do: writing a ref and pushing it.
type gitRunner struct {
	dir string
	env []string
}

// settings apply to every call: no hook of the repository or the user runs, and
// nothing but what was asked for is done.
var settings = []string{
	"core.hooksPath=" + os.DevNull, "core.fsmonitor=false", "gc.auto=0", "maintenance.auto=false",
	"fetch.recurseSubmodules=false", "push.recurseSubmodules=no", "push.gpgSign=false", "commit.gpgSign=false",
	"fetch.writeCommitGraph=false", "push.followTags=false",
}

// identity is who commits to the notes ref. What the notes say does not become
// truer by a name.
var identity = []string{
	"GIT_AUTHOR_NAME=mergebrief", "GIT_AUTHOR_EMAIL=mergebrief@localhost",
	"GIT_COMMITTER_NAME=mergebrief", "GIT_COMMITTER_EMAIL=mergebrief@localhost",
}

// run returns the output of a git command that reads or writes objects and refs
// of this repository.
func (g gitRunner) run(ctx context.Context, stdin []byte, args ...string) (string, error) {
	return g.call(ctx, stdin, []string{"GIT_ALLOW_PROTOCOL=none"}, args)
}

// reach is run for commands that talk to a remote: with the user's credentials,
// and without asking for any.
func (g gitRunner) reach(ctx context.Context, args ...string) (string, error) {
	within, done := context.WithTimeout(ctx, maxReach)
	defer done()
	out, err := g.call(within, nil, []string{"GIT_TERMINAL_PROMPT=0", "SSH_ASKPASS_REQUIRE=never", "GIT_ALLOW_PROTOCOL=https:http:ssh:git:file"}, args)
	if err != nil && within.Err() != nil && ctx.Err() == nil {
		return "", evidence.Errorf(evidence.Unavailable, "git %s: the remote took longer than %s", args[0], maxReach)
	}
	return out, err
}

// environment is the user's without the variables by which git hands a hook the
// place of the repository; settings that say how to reach a server stay.
func (g gitRunner) environment(inherited, extra []string) []string {
	var env []string
	for _, e := range inherited {
		name, _, _ := strings.Cut(e, "=")
		switch name {
		case "GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM", "GIT_SSH", "GIT_SSH_COMMAND", "GIT_SSH_VARIANT", "GIT_SSL_CAINFO", "GIT_SSL_CAPATH", "GIT_SSL_NO_VERIFY", "GIT_ASKPASS":
		default:
			if strings.HasPrefix(name, "GIT_") {
				continue
			}
		}
		env = append(env, e)
	}
	env = append(env, "LC_ALL=C", "GIT_OPTIONAL_LOCKS=0", fmt.Sprintf("GIT_CONFIG_COUNT=%d", len(settings)))
	for i, s := range settings {
		key, value, _ := strings.Cut(s, "=")
		env = append(env, fmt.Sprintf("GIT_CONFIG_KEY_%d=%s", i, key), fmt.Sprintf("GIT_CONFIG_VALUE_%d=%s", i, value))
	}
	return append(append(env, extra...), g.env...)
}

func (g gitRunner) call(ctx context.Context, stdin []byte, extra, args []string) (string, error) {
	cmd := exec.CommandContext(ctx, "git", args...)
	cmd.Dir = g.dir
	cmd.Env = g.environment(cmd.Environ(), extra)
	cmd.Stdin = bytes.NewReader(stdin)
	cmd.WaitDelay = exitGrace
	apart(cmd)
	var out, said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &said
	if err := cmd.Run(); err != nil {
		if ctx.Err() != nil {
			return "", fmt.Errorf("git %s: %w", args[0], ctx.Err())
		}
		words := said.String()
		return "", evidence.Errorf(reasonOf(words), "git %s: %s (%w)", args[0], complaint(words), err)
	}
	return out.String(), nil
}

// maxComplaints is how many lines of git and of the server are repeated.
const maxComplaints = 3

// complaint is what git and the server said, without their explanations and hints.
func complaint(words string) string {
	var lines []string
	for line := range strings.Lines(words[:min(len(words), maxComplaint)]) {
		line = strings.Join(strings.Fields(line), " ")
		if line == "" || strings.HasPrefix(line, "hint:") || line == "remote:" || strings.HasPrefix(line, "To ") {
			continue
		}
		if lines = append(lines, line); len(lines) == maxComplaints {
			break
		}
	}
	return strings.Join(lines, "; ")
}

// reasonOf reads git's words, which are English by LC_ALL=C.
func reasonOf(words string) evidence.Reason {
	switch {
	case strings.Contains(words, "couldn't find remote ref"):
		return evidence.NotFound
	case strings.Contains(words, "[rejected]"), strings.Contains(words, "[remote rejected]"), strings.Contains(words, "failed to push some refs"),
		strings.Contains(words, "cannot lock ref"), strings.Contains(words, "fetch first"):
		return evidence.Denied
	}
	return evidence.Unavailable
}
