package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/mergebrief/mergebrief/internal/redact"
	"github.com/mergebrief/mergebrief/internal/render/text"
)

// passes are the commands whose output is no text of ours with names of others in it.
// What all others print goes through the redactor. The output of the program that exec
// runs is that program's own and reaches the terminal as it would without exec. Render
// writes a file that is inert where it was made, schema, formats and completion print
// what is ours, and action writes the log of a step, see [action.Log].
var passes = map[string]bool{"exec": true, "render": true, "schema": true, "formats": true, "completion": true, "action": true}

// say prints a text of ours with what others wrote put into it. That is shown as one
// line of what is seen: a name with line breaks makes no line of its own, and none
// reaches the terminal's controls. Nothing else in this package prints text.
func say(w io.Writer, format string, args ...any) {
	inert := make([]any, len(args))
	for i, a := range args {
		inert[i] = shown(a)
	}
	fmt.Fprintf(w, format, inert...)
}

// ours is text that was made by this program, of names that are inert, and may have
// several lines.
type ours string

func shown(a any) any {
	switch a := a.(type) {
	case ours:
		return string(a)
	case error:
		return strings.Join(linesOf(a), "\n")
	case fmt.Stringer:
		return text.Clean(a.String())
	}
	if v := reflect.ValueOf(a); v.Kind() == reflect.String {
		return text.Clean(v.String())
	}
	return a
}

// linesOf returns the messages of an error, one for each of several that were joined.
func linesOf(err error) []string {
	if all, ok := err.(interface{ Unwrap() []error }); ok {
		var lines []string
		for _, e := range all.Unwrap() {
			lines = append(lines, linesOf(e)...)
		}
		if joined := errors.Join(all.Unwrap()...); joined != nil && joined.Error() == err.Error() {
			return lines
		}
	}
	if inner := errors.Unwrap(err); inner != nil && inner.Error() == err.Error() {
		return linesOf(inner)
	}
	return []string{text.Clean(err.Error())}
}

// inertJSON returns a JSON text in which what a terminal would obey is escaped. It
// means the same.
func inertJSON(data []byte) []byte {
	out := make([]byte, 0, len(data))
	for len(data) > 0 {
		r, n := utf8.DecodeRune(data)
		switch {
		case r == utf8.RuneError && n == 1:
			out = append(out, `\ufffd`...)
		case r != '\n' && unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Zl, unicode.Zp):
			for _, unit := range utf16.Encode([]rune{r}) {
				out = fmt.Appendf(out, `\u%04x`, unit)
			}
		default:
			out = append(out, data[:n]...)
		}
		data = data[n:]
	}
	return out
}

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

func (p *printer) pass(lines []byte) {
	if len(lines) == 0 || p.err != nil {
		return
	}
	clean, _ := p.redactor.Text(string(lines))
	_, p.err = io.WriteString(p.to, clean)
}
