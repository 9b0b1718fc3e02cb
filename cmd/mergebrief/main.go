// Command mergebrief is an audit trail for AI-assisted code changes.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/mergebrief/mergebrief/internal/cli"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	c := cli.Command{Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Getenv: os.Getenv, Environ: os.Environ}
	status := c.Main(ctx, os.Args[1:])
	stop()
	os.Exit(status)
}
