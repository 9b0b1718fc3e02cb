package git

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

const (
	// maxMessageBytes is how much of git's complaint is kept.
	maxMessageBytes = 4 << 10
	// maxAnswerBytes bounds answers that are read whole: ids and names, of which
	// even a list of every ref is far smaller.
	maxAnswerBytes = 64 << 20
	// streamBuffer is large enough that git seldom waits for the reader.
	streamBuffer = 256 << 10
	// exitGrace is how long a cancelled git may take to close its output.
	exitGrace = 5 * time.Second
)

// kept are the variables that git may inherit: where programs and temporary
// files are. Every GIT_ variable of the caller would point git elsewhere.
var kept = []string{"PATH", "HOME", "TMPDIR", "TEMP", "TMP", "SYSTEMROOT", "USER", "LOGNAME"}

// keptForFetch are the variables that a fetch may need on top: how to reach the
// server and whom to trust there.
var keptForFetch = []string{
	"http_proxy", "https_proxy", "no_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY",
	"SSL_CERT_FILE", "SSL_CERT_DIR", "CURL_CA_BUNDLE", "GIT_SSL_CAINFO", "GIT_SSL_CAPATH", "GIT_SSL_NO_VERIFY",
	"SSH_AUTH_SOCK", "GIT_SSH", "GIT_SSH_COMMAND", "XDG_CONFIG_HOME",
}

// setting is one entry of git configuration, passed by environment.
type setting struct{ key, value string }

// environment is what every git process runs with.
func environment(settings []setting, extra ...string) []string {
	env := inherit(kept)
	env = append(env,
		"LC_ALL=C", "GIT_TERMINAL_PROMPT=0", "GIT_ASKPASS=", "GIT_PAGER=cat", "GIT_EDITOR=false",
		"GIT_OPTIONAL_LOCKS=0", "GIT_NO_LAZY_FETCH=1", "GIT_NO_REPLACE_OBJECTS=1", "GIT_ATTR_NOSYSTEM=1",
		fmt.Sprintf("GIT_CONFIG_COUNT=%d", len(settings)),
	)
	for i, s := range settings {
		env = append(env, fmt.Sprintf("GIT_CONFIG_KEY_%d=%s", i, s.key), fmt.Sprintf("GIT_CONFIG_VALUE_%d=%s", i, s.value))
	}
	return append(env, extra...)
}

func inherit(names []string) []string {
	var env []string
	for _, name := range names {
		if v, ok := os.LookupEnv(name); ok { //nolint:forbidigo // what git needs to reach a server passes through, and nothing else is read
			env = append(env, name+"="+v)
		}
	}
	return env
}

// sealed are the variables that keep git off the machine's configuration and
// off every transport. A partial clone would otherwise fetch what it lacks, by a
// command that its configuration names.
func sealed() []string {
	return []string{
		"GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_SYSTEM=" + os.DevNull, "GIT_CONFIG_GLOBAL=" + os.DevNull,
		"GIT_ALLOW_PROTOCOL=none", "GIT_PROTOCOL_FROM_USER=0",
	}
}

// runner runs git: in the examined repository for what only that can tell, and
// in the package's own for everything else.
type runner struct {
	options Options
	// Top level of the examined work tree, or the directory of a bare repository.
	root string
	// The package's own repository, which borrows the objects.
	own   string
	empty string // id of the empty tree, which tells the hash function
}

// outside runs git in the examined repository, for what only its refs and
// configuration can tell.
func (r *runner) outside(ctx context.Context, args ...string) (string, error) {
	return r.answer(ctx, r.outsideCommand(ctx, args...))
}

// outsideCommand returns a git process that works in the examined repository, without
// its hooks, helpers and transports.
func (r *runner) outsideCommand(ctx context.Context, args ...string) *exec.Cmd {
	settings := []setting{
		{"core.hooksPath", os.DevNull},
		{"core.fsmonitor", "false"},
		{"core.attributesFile", os.DevNull},
		{"credential.helper", ""},
		{"protocol.allow", "never"},
	}
	for _, d := range r.trusted() {
		settings = append(settings, setting{"safe.directory", d})
	}
	cmd := exec.CommandContext(ctx, "git", args...)
	cmd.Dir = r.root
	cmd.Env = environment(settings, append(sealed(), "GIT_CEILING_DIRECTORIES="+filepath.Dir(r.root))...)
	return cmd
}

// trusted are the names under which git may know the examined repository, which
// in a container belongs to another user.
func (r *runner) trusted() []string {
	dirs := []string{r.root, filepath.Join(r.root, ".git")}
	if real, err := filepath.EvalSymlinks(r.root); err == nil && real != r.root {
		dirs = append(dirs, real, filepath.Join(real, ".git"))
	}
	return dirs
}

// command returns a git process that works in the package's own repository.
func (r *runner) command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "git", args...)
	cmd.Dir = r.own
	cmd.Env = environment(nil, append(sealed(), "GIT_DIR="+r.own, "GIT_ATTR_SOURCE="+r.empty)...)
	return cmd
}

// ask returns the whole output of a git command.
func (r *runner) ask(ctx context.Context, args ...string) (string, error) {
	return r.answer(ctx, r.command(ctx, args...))
}

func (r *runner) answer(ctx context.Context, cmd *exec.Cmd) (string, error) {
	var out []byte
	err := r.pipe(ctx, cmd, nil, func(in *bufio.Reader) (err error) {
		out, err = io.ReadAll(io.LimitReader(in, maxAnswerBytes+1))
		if len(out) > maxAnswerBytes {
			return evidence.Errorf(evidence.Truncated, "answer exceeds %d bytes", maxAnswerBytes)
		}
		return err
	})
	return string(out), err
}

// stream runs a git command and hands its output to read, which reads to the
// end. What feed writes goes to the command's standard input.
func (r *runner) stream(ctx context.Context, feed func(io.Writer) error, read func(*bufio.Reader) error, args ...string) error {
	return r.pipe(ctx, r.command(ctx, args...), feed, read)
}

// errUnread marks output that nobody asked for; it means that git and this
// package understand each other differently.
var errUnread = errors.New("unexpected output")

func (r *runner) pipe(ctx context.Context, cmd *exec.Cmd, feed func(io.Writer) error, read func(*bufio.Reader) error) error {
	name := "git " + cmd.Args[1]
	said := &complaint{}
	cmd.Stderr, cmd.WaitDelay = said, exitGrace
	out, err := cmd.StdoutPipe()
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	fed, err := startFed(cmd, feed)
	if err != nil {
		return r.explain(name, err, "")
	}
	in := bufio.NewReaderSize(out, streamBuffer)
	readErr := read(in)
	if readErr == nil {
		if _, err := in.ReadByte(); !errors.Is(err, io.EOF) {
			readErr = errUnread
		}
	}
	broken := readErr != nil && !errors.Is(readErr, io.ErrUnexpectedEOF) && !errors.Is(readErr, io.EOF)
	if broken {
		_ = cmd.Process.Kill() // nobody reads the rest
	}
	feedErr, waitErr := <-fed, cmd.Wait()
	switch {
	case ctx.Err() != nil && (readErr != nil || waitErr != nil):
		return fmt.Errorf("%s: %w", name, ctx.Err())
	case broken:
		return fmt.Errorf("%s: %w", name, readErr)
	case waitErr != nil:
		return r.explain(name, waitErr, said.String())
	case readErr != nil:
		return evidence.Errorf(evidence.Truncated, "%s: output ends early: %w", name, readErr)
	case feedErr != nil:
		return fmt.Errorf("%s: standard input: %w", name, feedErr)
	}
	return nil
}

// startFed starts cmd with feed writing to its standard input; the channel
// yields feed's error once.
func startFed(cmd *exec.Cmd, feed func(io.Writer) error) (<-chan error, error) {
	fed := make(chan error, 1)
	if feed == nil {
		fed <- nil
		return fed, cmd.Start()
	}
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		w := bufio.NewWriter(stdin)
		err := feed(w)
		fed <- errors.Join(err, w.Flush(), stdin.Close())
	}()
	return fed, nil
}

// explain turns the failure of a git process into a Problem that says what git
// said, without the paths of this machine and without the token.
func (r *runner) explain(name string, err error, stderr string) error {
	if errors.Is(err, exec.ErrNotFound) {
		return evidence.Errorf(evidence.Unavailable, "%s: git is not installed or not in PATH", name)
	}
	message := strings.TrimSpace(stderr)
	for secret, word := range map[string]string{r.own: "<objects>", r.options.Token: "***"} {
		if secret != "" {
			message = strings.ReplaceAll(message, secret, word)
		}
	}
	if message == "" {
		return evidence.Errorf(evidence.Unreadable, "%s: %w", name, err)
	}
	return evidence.Errorf(reasonOf(message), "%s: %s (%w)", name, message, err)
}

// reasonOf reads the reason from git's words, which are English by LC_ALL=C.
func reasonOf(message string) evidence.Reason {
	for _, known := range []struct {
		words  string
		reason evidence.Reason
	}{
		{"dubious ownership", evidence.Denied},
		{"Authentication failed", evidence.Denied},
		{"could not read Username", evidence.Denied},
		{"The requested URL returned error: 403", evidence.Denied},
		{"Permission denied", evidence.Denied},
		{"Could not resolve host", evidence.Unavailable},
		{"Failed to connect", evidence.Unavailable},
		{"not a git repository", evidence.NotFound},
		{"couldn't find remote ref", evidence.NotFound},
		{"unknown revision", evidence.NotFound},
		{"Needed a single revision", evidence.NotFound},
		{"does not exist in", evidence.NotFound},
		{"Not a valid object name", evidence.NotFound},
		{"not our ref", evidence.NotFound},
	} {
		if strings.Contains(message, known.words) {
			return known.reason
		}
	}
	return evidence.Unreadable
}

// complaint keeps the beginning of what is written to it, and never fails.
type complaint struct{ buf bytes.Buffer }

func (c *complaint) Write(p []byte) (int, error) {
	c.buf.Write(p[:min(len(p), max(0, maxMessageBytes-c.buf.Len()))])
	return len(p), nil
}

func (c *complaint) String() string { return c.buf.String() }

// exitStatus returns the status with which a git process ended, or -1.
func exitStatus(err error) int {
	if e, ok := errors.AsType[*exec.ExitError](err); ok {
		return e.ExitCode()
	}
	return -1
}
