package cli

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"mergebrief": func() {
			c := Command{Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Getenv: os.Getenv, Environ: os.Environ}
			ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
			status := c.Main(ctx, os.Args[1:])
			stop()
			os.Exit(status)
		},
	})
}

// TestScript runs the product as its users do: testdata/script/*.txtar.
func TestScript(t *testing.T) {
	p := &peers{t: t, of: map[string]*peer{}}
	testscript.Run(t, testscript.Params{
		Cmds:                p.scriptCommands(),
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		UpdateScripts:       *update,
		Setup: func(env *testscript.Env) error {
			env.Setenv("GIT_CONFIG_GLOBAL", os.DevNull)
			env.Setenv("GIT_CONFIG_NOSYSTEM", "1")
			for name, value := range map[string]string{"NAME": "Ada Example", "EMAIL": "ada@example.com", "DATE": "2026-11-02T08:00:00Z"} {
				env.Setenv("GIT_AUTHOR_"+name, value)
				env.Setenv("GIT_COMMITTER_"+name, value)
			}
			return nil
		},
	})
}
