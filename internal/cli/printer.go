package cli

import (
	"bytes"
	"io"

	"github.com/spf13/cobra"

	"github.com/mergebrief/mergebrief/internal/redact"
)

// quotes are the commands that print what others wrote: paths, subjects of
// commits, messages. What they print goes through the redactor. The others print
// files as they are stored, or pass on what a command of the user prints.
var quotes = map[string]bool{"inspect": true, "attribute": true, "doctor": true, "replay": true, "report": true, "ledger": true, "why": true}

// throughPrinter lets what a command prints go through the redactor.
func (c *Command) throughPrinter(cmd *cobra.Command) {
	for _, sub := range cmd.Commands() {
		c.throughPrinter(sub)
	}
	run := cmd.RunE
	if run == nil {
		return
	}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		r := redact.New(nil)
		out, problems := &printer{to: c.Stdout, redactor: r}, &printer{to: c.Stderr, redactor: r}
		stdout, stderr := c.Stdout, c.Stderr
		c.Stdout, c.Stderr = out, problems
		defer func() { c.Stdout, c.Stderr = stdout, stderr }()
		err := run(cmd, args)
		problems.flush()
		out.flush()
		if err == nil {
			err = out.err
		}
		return err
	}
}

// printer passes whole lines on, without secrets and without characters that
// deceive a terminal.
type printer struct {
	to       io.Writer
	redactor *redact.Redactor
	held     []byte
	err      error
}

// Write implements io.Writer.
func (p *printer) Write(text []byte) (int, error) {
	p.held = append(p.held, text...)
	end := bytes.LastIndexByte(p.held, '\n') + 1
	p.pass(p.held[:end])
	p.held = append(p.held[:0], p.held[end:]...)
	return len(text), p.err
}

// unprinted returns where w writes to, past a printer: for JSON, which is made of
// redacted values and must stay JSON, and for what the runner is to mask.
func unprinted(w io.Writer) io.Writer {
	if p, ok := w.(*printer); ok {
		p.flush()
		return p.to
	}
	return w
}

func (p *printer) flush() {
	p.pass(p.held)
	p.held = nil
}

func (p *printer) pass(text []byte) {
	if len(text) == 0 || p.err != nil {
		return
	}
	clean, _ := p.redactor.Text(string(text))
	_, p.err = io.WriteString(p.to, clean)
}
