package cli

import (
	"context"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// withoutPauses is the variable with which mergebrief in a script repeats requests
// without waiting in between. How long it waits is tested with the clients.
const withoutPauses = "TEST_WITHOUT_PAUSES"

// quietGit is a configuration that keeps git from waiting for the disk, and from
// starting another process to look after a repository, for repositories that are
// gone in a second.
const quietGit = "[maintenance]\n\tauto = false\n[gc]\n\tauto = 0\n[core]\n\tfsync = none\n"

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"mergebrief": func() {
			c := Command{Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Getenv: os.Getenv, Environ: os.Environ}
			if os.Getenv(withoutPauses) != "" {
				c.pause = func(ctx context.Context, _ time.Duration) error { return ctx.Err() }
			}
			ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
			status := c.Main(ctx, os.Args[1:])
			stop()
			os.Exit(status)
		},
	})
}

// TestScript runs the product as its users do: testdata/script/*.txtar.
func TestScript(t *testing.T) {
	config := filepath.Join(t.TempDir(), "gitconfig")
	if err := os.WriteFile(config, []byte(quietGit), 0o644); err != nil {
		t.Fatal(err)
	}
	p := &peers{t: t, of: map[string]*peer{}, example: newExample(t)}
	schema := strictSchema(t)
	testscript.Run(t, testscript.Params{
		Cmds:                p.scriptCommands(),
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		UpdateScripts:       *update,
		Setup: func(env *testscript.Env) error {
			env.Setenv("GIT_CONFIG_GLOBAL", config)
			env.Setenv("GIT_CONFIG_NOSYSTEM", "1")
			for name, value := range map[string]string{"NAME": "Ada Example", "EMAIL": "ada@example.com", "DATE": "2026-11-02T08:00:00Z"} {
				env.Setenv("GIT_AUTHOR_"+name, value)
				env.Setenv("GIT_COMMITTER_"+name, value)
			}
			env.Defer(func() { bundlesFollow(t, schema, env.WorkDir) })
			return nil
		},
	})
}
