// Package cli is the command line: it resolves settings, wires the stages
// together and maps what happened to an exit status.
//
// It hides which stages a subcommand needs. It promises that standard output
// carries results only and standard error everything else, that every error
// names its cause and, where there is one, what to do about it, and that the
// exit statuses are those below.
package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"runtime/debug"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/redact"
)

// Exit statuses. They are part of the interface.
const (
	// ExitOK means that the command did its work and the gate, if any, is met.
	ExitOK = 0
	// ExitGate means that the record was made and findings reach fail-on.
	ExitGate = 1
	// ExitUsage means that a flag, an input or an argument is wrong.
	ExitUsage = 2
	// ExitFailure means that the record could not be made or stored.
	ExitFailure = 3
)

// Version is the version of the program. Release builds set it at link time.
var Version = ""

// Command is the process with its edges passed in.
type Command struct {
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	Getenv         func(string) string
	Environ        func() []string

	// pause replaces the waiting between two attempts of a request in tests.
	pause func(context.Context, time.Duration) error
}

// Main runs the command and returns its exit status. Cancelling ctx makes it
// finish what it has, quickly.
func (c *Command) Main(ctx context.Context, args []string) int {
	root := c.root()
	root.SetArgs(args)
	root.SetIn(c.Stdin)
	root.SetOut(c.Stdout)
	root.SetErr(c.Stderr)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return ExitOK
	}
	failure := asFailure(err)
	if failure.err != nil {
		c.explain(failure)
	}
	return failure.status
}

// failure is an error with its exit status and a hint. Without an error inside,
// the command has said all there is to say.
type failure struct {
	status int
	err    error
	hint   string
}

func (f *failure) Error() string {
	if f.err == nil {
		return fmt.Sprintf("exit status %d", f.status)
	}
	return f.err.Error()
}

func (f *failure) Unwrap() error { return f.err }

// exit ends the command with a status and without a message.
func exit(status int) error {
	if status == ExitOK {
		return nil
	}
	return &failure{status: status}
}

// fail ends the command because the record could not be made or stored.
func fail(hint, format string, args ...any) error {
	return &failure{ExitFailure, fmt.Errorf(format, args...), hint}
}

// misuse ends the command because it was called wrongly.
func misuse(hint, format string, args ...any) error {
	return &failure{ExitUsage, fmt.Errorf(format, args...), hint}
}

// asFailure gives an error its status: what cobra itself complains of is usage.
func asFailure(err error) *failure {
	if f, ok := errors.AsType[*failure](err); ok {
		return f
	}
	return &failure{ExitUsage, err, "see mergebrief --help"}
}

func (c *Command) explain(f *failure) {
	text, _ := redact.New(nil).Text(strings.Join(linesOf(f.err), "\n")) // errors quote what was read
	say(c.Stderr, "mergebrief: %s\n", ours(strings.TrimSpace(text)))
	if f.hint != "" {
		say(c.Stderr, "hint: %s\n", f.hint)
	}
}

// root returns the command with all subcommands, in the order of the README.
func (c *Command) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "mergebrief",
		Short: "An audit trail for AI-assisted code changes",
		Long: `mergebrief gathers what is known about a change (validation results, what agents
did, who wrote which line, reviews), says of each fact how it is known, and
writes one comment, one check run and one evidence bundle.`,
		Example:       "  mergebrief demo\n  mergebrief report --repo . --base main",
		Version:       version(),
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.NoArgs,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetVersionTemplate("mergebrief {{.Version}}\n")
	root.CompletionOptions.DisableDefaultCmd = true
	root.SetHelpCommand(c.help())
	for _, sub := range c.subcommands() {
		if !passes[sub.Name()] {
			c.throughPrinter(sub)
		}
		root.AddCommand(sub)
	}
	guide(root)
	return root
}

// subcommands is the table of what mergebrief can do.
func (c *Command) subcommands() []*cobra.Command {
	return []*cobra.Command{
		c.demo(), c.report(), c.next(), c.action(), c.inspect(), c.attribute(), c.exec(), c.record(), c.doctor(), c.render(), c.verify(), c.policy(), c.replay(), c.ledger(), c.why(), c.mcp(), c.schema(), c.formats(), c.completion(), c.man(),
	}
}

// version is the linked version, else the one that the go command stamped.
func version() string {
	if Version != "" {
		return Version
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
		return info.Main.Version
	}
	return "unreleased"
}

func collector() evidence.Collector {
	return evidence.Collector{Name: "mergebrief", Version: version()}
}

// writeJSON prints a JSON text for machines.
func (c *Command) writeJSON(data []byte) error {
	_, err := unprinted(c.Stdout).Write(inertJSON(data))
	return err
}

// printJSON prints v for machines, as inert and free of secrets as a record.
func (c *Command) printJSON(v any) error {
	whole := reflect.New(reflect.TypeOf(v))
	whole.Elem().Set(reflect.ValueOf(v))
	redact.New(nil).Value(whole.Interface())
	v = whole.Elem().Interface()
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		return err
	}
	return c.writeJSON(out.Bytes())
}
