package action

import (
	"io"
	"strings"
	"unicode"

	"github.com/sethvargo/go-githubactions"
)

const (
	// maxAnnotations is how many annotations of one level the runner keeps for a
	// step (ExecutionContext.cs); it drops the rest without a word.
	maxAnnotations = 10
	// maxMessageChars is where the runner cuts a message.
	maxMessageChars = 4096
)

// Log is the output of the step. Whatever is printed, only its methods issue
// workflow commands, and nothing of it is a control of a terminal. After the first write error it stays silent: there is
// nobody left to tell.
type Log struct {
	gh     *githubactions.Action
	out    *output
	random io.Reader
	issued map[string]int
}

// NewLog returns the log of a step that writes to w, which the runner reads.
// Random is crypto/rand when nil.
func NewLog(w io.Writer, random io.Reader) *Log {
	out := &output{w: w}
	return &Log{
		gh:  githubactions.New(githubactions.WithWriter(out), githubactions.WithGetenv(func(string) string { return "" })),
		out: out, random: random, issued: map[string]int{},
	}
}

// output swallows write errors, on which githubactions panics.
type output struct {
	w   io.Writer
	err error
}

func (o *output) Write(p []byte) (int, error) {
	if o.err == nil {
		_, o.err = o.w.Write(p)
	}
	return len(p), nil
}

func (o *output) text(s string) { o.Write([]byte(s)) } //nolint:errcheck // it never fails, see Write

// Mask keeps the secret out of all further output of the job. The runner masks
// line by line.
func (l *Log) Mask(secret string) {
	for line := range strings.Lines(secret) {
		if line = strings.TrimSpace(line); line != "" {
			l.gh.AddMask(line)
		}
	}
}

// Annotation is where and what a notice, warning or error is about. All fields
// may be zero.
type Annotation struct {
	// One line above the message.
	Title string
	// File relative to the workspace, and its lines.
	Path        string
	First, Last int
}

// Notice shows a message on the page of the run. The runner keeps ten of each
// level; further ones are printed.
func (l *Log) Notice(a Annotation, message string) { l.annotate("notice", a, message) }

// Warning shows a warning, as [Log.Notice] does.
func (l *Log) Warning(a Annotation, message string) { l.annotate("warning", a, message) }

func (l *Log) annotate(level string, a Annotation, message string) {
	message = clip(seen(message))
	if l.issued[level]++; l.issued[level] > maxAnnotations {
		l.Print(level + ": " + message)
		return
	}
	l.gh.IssueCommand(&githubactions.Command{Name: level, Message: message, Properties: a.properties()})
}

func (a Annotation) properties() githubactions.CommandProperties {
	p := githubactions.CommandProperties{}
	if a.Title != "" {
		p["title"] = seen(a.Title)
	}
	if a.Path == "" {
		return p
	}
	p["file"] = seen(a.Path)
	if a.First > 0 {
		p["line"], p["endLine"] = count(a.First), count(max(a.First, a.Last))
	}
	return p
}

// clip cuts a message where the runner would, and says so.
func clip(message string) string {
	runes := 0
	for i := range message {
		if runes++; runes == maxMessageChars {
			return message[:i] + "…"
		}
	}
	return message
}

// Print prints text, which may hold anything, on lines of its own.
func (l *Log) Print(text string) {
	text = seen(strings.TrimRight(text, "\n")) + "\n"
	if !suspicious(text) {
		l.out.text(text)
		return
	}
	word, err := token(l.random)
	if err != nil {
		l.gh.Warningf("a text was left out of the log: %v", err)
		return
	}
	l.gh.IssueCommand(&githubactions.Command{Name: "stop-commands", Message: word})
	l.out.text(text)
	l.gh.IssueCommand(&githubactions.Command{Name: word})
}

// seen returns text without what a terminal obeys: controls other than line feeds and
// tabs, and the format characters, among them those that change the direction.
func seen(text string) string {
	return strings.Map(func(r rune) rune {
		if r != '\n' && r != '\t' && unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, "\ufffd"))
}

// suspicious reports whether the runner might find a command in the text. It
// takes "::" at the start of a line, white space aside, and the older "##["
// anywhere in one (ActionCommand.cs); looking for both anywhere leaves no
// question about what ends a line.
func suspicious(text string) bool {
	return strings.Contains(text, "::") || strings.Contains(text, "##[")
}
