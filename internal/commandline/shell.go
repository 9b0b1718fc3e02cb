// Package commandline reads shell command lines and what the commands print: which
// family of tool runs, what hides its status, what it changes, and how tests ended.
//
// It hides the shell's grammar, wrappers and the conventions of runners. It
// promises that a hidden status is never taken for a pass, and that a line which
// is no grammar still gives what can be read of it. It is pure.
package commandline

import (
	"path"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

const (
	// MaxLineBytes bounds a listed command line: a reader's width a few
	// times over. Heredocs make lines of many kilobytes.
	MaxLineBytes = 500
	// maxWordBytes bounds a word of the family of a command.
	maxWordBytes = 200
	// maxShellBytes bounds the part of a line that is parsed. What is longer
	// carries a document in a heredoc; the commands stand before it.
	maxShellBytes = 16 << 10
	// maxShellNesting bounds brackets inside brackets, on which the parser
	// recurses.
	maxShellNesting = 100
	// maxShellWrap bounds shells started by shells: bash -c "bash -c …".
	maxShellWrap = 4
	// MaxCommands bounds the commands of one line.
	MaxCommands = 500
)

// Analysis is what a command line says about itself.
type Analysis struct {
	Family string
	Class  evidence.CommandClass
	// What hides the status of what matters in the line.
	Masked evidence.Mask
	// Directory that the line changes to first, as written.
	Dir string
	// What of the code the command covers.
	Scope scope
	// The output reaches the log up to its end, so a closing verdict is in it.
	KeepsEnd bool
	// The line prints the hidden status itself, after this text.
	Echoes     bool
	EchoPrefix string
	// The line commits, or opens a pull request.
	Commits, Opens bool
	// Files that the line shows, and addresses that it opens.
	Shows []string
	Urls  []string
	// It goes around hooks: --no-verify.
	SkipsHooks bool
	// Families of the commands that may have changed files, and of all that are
	// not trivial.
	Writes   []string
	Families []string
	// Away: the command looks at code from which the line took the changes before, or
	// at another commit to which it went and from which it comes back.
	Away bool
	// The line puts changes away, or takes them back.
	Stashes, Restores bool
	// Steps are the commands of a line that checks something and does more than
	// that; none of a line with one command, or of one that is no shell grammar.
	Steps []Step
	// Files that the line writes, by name.
	Documents []Document
}

// Document is a file that a command line writes: the text of a here document, or
// the output of a command, of which the line has no text.
type Document struct {
	// Path as written, below the directory to which the line went before.
	Path string
	Text string
	// Known: Text is what goes into the file.
	Known bool
	// Append: the file keeps what it holds.
	Append bool
	// Sure: the line comes to it whatever the commands before it end with, and another
	// command can be the one that fails.
	Sure bool
}

// simple is one command of a line, without its wrappers.
type simple struct {
	argv     []string
	family   string
	class    evidence.CommandClass
	dir      string
	hidden   evidence.Mask
	filtered bool
	// cut: the end of the output does not come through.
	cut bool
	// trivial commands prepare or report; nobody runs a line for them.
	trivial bool
	// The output goes to a file.
	redirected bool
	// segment numbers the lists of the line; piped commands read or write another
	// one's output.
	segment int
	piped   bool
}

// Reader reads command lines; it is reused because the parser has buffers.
type Reader struct {
	strict *syntax.Parser
	// lenient reads what it can of a line that is no grammar.
	lenient *syntax.Parser
}

// NewReader returns a reader with parsers of its own.
func NewReader() *Reader {
	return &Reader{
		strict:  syntax.NewParser(syntax.Variant(syntax.LangBash)),
		lenient: syntax.NewParser(syntax.Variant(syntax.LangBash), syntax.RecoverErrors(4)),
	}
}

// Read analyses a command line.
func (lr *Reader) Read(line string) Analysis {
	w := &lineWalk{lr: lr}
	whole := w.parse(line, flow{}, 0)
	return w.conclude(line, whole)
}

// Argv analyses a command that was started without a shell.
func (lr *Reader) Argv(argv []string) Analysis {
	w := &lineWalk{lr: lr}
	w.call(argv, flow{}, 0)
	return w.conclude(strings.Join(argv, " "), true)
}

// lineWalk collects the commands of a line.
type lineWalk struct {
	lr     *Reader
	found  []simple
	dir    string
	err    bool // set -e is on
	pipe   bool // pipefail is on
	passes bool // the line ends by passing a saved status on
	// echoed says which kind of hidden status the line prints, echo after what.
	echoed evidence.Mask
	echo   string
	// maybe counts the conditions inside of which the walk is.
	maybe     int
	documents []Document
	// segment is the number of the list that is walked; statements of a block have
	// their own. echoSegment is that of which the status is printed.
	segment, echoSegment int
}

// flow is what happens to the status and the output of a command.
type flow struct {
	hidden   evidence.Mask
	filtered bool
	cut      bool
	// redirected output does not reach the log.
	redirected bool
	piped      bool
}

func (f flow) hide(by evidence.Mask) flow {
	if f.hidden == "" {
		f.hidden = by
	}
	return f
}

// parse walks the commands of text and reports whether all of it was grammar.
func (w *lineWalk) parse(text string, f flow, wrap int) bool {
	whole := true
	if len(text) > maxShellBytes {
		text, whole = text[:maxShellBytes], false
	}
	if nested(text) {
		return false
	}
	file, err := w.lr.strict.Parse(strings.NewReader(text), "")
	if err != nil {
		whole = false
		file, _ = w.lr.lenient.Parse(strings.NewReader(text), "") // what it can read is better than nothing
	}
	if file != nil {
		w.stmts(file.Stmts, f, wrap)
	}
	return whole
}

// nested reports whether brackets or compound commands nest too deep to parse.
func nested(text string) bool {
	depth, deepest := 0, 0
	for i := range len(text) {
		switch text[i] {
		case '(', '{', '[':
			if depth++; depth > deepest {
				deepest = depth
			}
		case ')', '}', ']':
			depth = max(0, depth-1)
		}
	}
	words := strings.Count(text, "if ") + strings.Count(text, "while ") + strings.Count(text, "until ") +
		strings.Count(text, "time ") + strings.Count(text, "case ")
	return deepest > maxShellNesting || words > 10*maxShellNesting || strings.Count(text, "`") > 2*maxShellNesting ||
		strings.Count(text, "|") > 10*maxShellNesting
}

func (w *lineWalk) stmts(list []*syntax.Stmt, f flow, wrap int) {
	for i, s := range list {
		here := f
		if i < len(list)-1 && !w.err {
			here = f.hide(evidence.MaskSequence)
		}
		if !w.err {
			w.segment++
		}
		w.stmt(s, here, wrap)
		w.reports(s, i, len(list))
	}
}

// reports notices what a line does with the status of the command before: print
// it, or end with it.
func (w *lineWalk) reports(s *syntax.Stmt, i, n int) {
	call, ok := s.Cmd.(*syntax.CallExpr)
	if !ok || len(call.Args) < 2 || i == 0 {
		return
	}
	name, rest := word(call.Args[0]), ""
	for _, a := range call.Args[1:] {
		rest += word(a) + " "
	}
	rest = strings.TrimSpace(rest)
	at := strings.Index(rest, "$?")
	if at < 0 {
		at = strings.Index(rest, "$PIPESTATUS")
	}
	switch {
	case name == "exit" && i == n-1 && strings.HasPrefix(rest, "$"):
		w.passes = true
	case (name == "echo" || name == "printf") && at >= 0 && w.echoed == "":
		// $? is the status of the filter when a pipe came between.
		w.echoed, w.echo, w.echoSegment = evidence.MaskSequence, rest[:at], w.segment-1
		if strings.HasPrefix(rest[at:], "$PIPESTATUS") {
			w.echoed = evidence.MaskPipe
		}
	}
}

func (w *lineWalk) stmt(s *syntax.Stmt, f flow, wrap int) {
	if s == nil || s.Cmd == nil {
		return
	}
	if s.Background || s.Coprocess {
		f.hidden = evidence.MaskBackground
	}
	if s.Negated {
		f = f.hide(evidence.MaskOr)
	}
	f = redirect(s, f)
	w.writes(s)
	switch cmd := s.Cmd.(type) {
	case *syntax.CallExpr:
		w.callExpr(cmd, f, wrap)
	case *syntax.BinaryCmd:
		w.binary(cmd, f, wrap)
	case *syntax.Subshell:
		dir := w.dir
		w.stmts(cmd.Stmts, f, wrap)
		w.dir = dir
	case *syntax.Block:
		w.stmts(cmd.Stmts, f, wrap)
	case *syntax.TimeClause:
		w.stmt(cmd.Stmt, f, wrap)
	case *syntax.IfClause:
		w.conditional(cmd, f, wrap)
	case *syntax.WhileClause:
		w.stmts(cmd.Cond, f.hide(evidence.MaskSequence), wrap)
		w.perhaps(cmd.Do, f.hide(evidence.MaskSequence), wrap)
	case *syntax.ForClause:
		w.perhaps(cmd.Do, f.hide(evidence.MaskSequence), wrap)
	case *syntax.CaseClause:
		for _, item := range cmd.Items {
			w.perhaps(item.Stmts, f, wrap)
		}
	}
}

// perhaps walks statements that need not run.
func (w *lineWalk) perhaps(list []*syntax.Stmt, f flow, wrap int) {
	w.maybe++
	w.stmts(list, f, wrap)
	w.maybe--
}

// redirect follows the standard output into a file.
func redirect(s *syntax.Stmt, f flow) flow {
	for _, r := range s.Redirs {
		switch r.Op {
		case syntax.RdrOut, syntax.AppOut, syntax.RdrAll, syntax.AppAll, syntax.ClbOut:
		default:
			continue
		}
		if r.N != nil && r.N.Value != "1" || r.Word == nil {
			continue
		}
		f.cut = true
		if to := word(r.Word); !strings.HasPrefix(to, "/dev/") && !strings.HasPrefix(to, "/tmp/") {
			f.redirected = true
		}
	}
	return f
}

func (w *lineWalk) conditional(c *syntax.IfClause, f flow, wrap int) {
	for ; c != nil; c = c.Else {
		w.stmts(c.Cond, f.hide(evidence.MaskSequence), wrap)
		w.perhaps(c.Then, f, wrap)
	}
}

func (w *lineWalk) binary(c *syntax.BinaryCmd, f flow, wrap int) {
	left := f
	switch c.Op {
	case syntax.OrStmt:
		if !fails(c.Y) {
			left = f.hide(evidence.MaskOr)
		}
	case syntax.Pipe, syntax.PipeAll:
		if !w.pipe && f.hidden != evidence.MaskBackground {
			left.hidden = evidence.MaskPipe
		}
		left.filtered = true
		left.piped, f.piped = true, true
		left.cut = left.cut || !keepsEnd(c.Y)
	case syntax.AndStmt: // a failure of either side is that of the line
	}
	w.stmt(c.X, left, wrap)
	right := f
	if c.Op == syntax.OrStmt && w.echoOnly(c.Y) {
		return
	}
	if c.Op == syntax.AndStmt || c.Op == syntax.OrStmt {
		w.maybe++
		defer func() { w.maybe-- }()
	}
	if c.Op == syntax.OrStmt {
		w.segment++ // it runs when the list before fails
	}
	w.stmt(c.Y, right, wrap)
}

// echoOnly reports whether s only talks: what follows "||" as a comment.
func (w *lineWalk) echoOnly(s *syntax.Stmt) bool {
	argv := literals(s)
	return len(argv) > 0 && trivial[argv[0]]
}

// fails reports whether s surely ends with a status other than 0.
func fails(s *syntax.Stmt) bool {
	if block, ok := s.Cmd.(*syntax.Block); ok && len(block.Stmts) > 0 {
		s = block.Stmts[len(block.Stmts)-1]
	}
	argv := literals(s)
	switch {
	case len(argv) == 0:
		return false
	case argv[0] == "false":
		return true
	case argv[0] == "exit" || argv[0] == "return":
		return len(argv) > 1 && argv[1] != "0"
	}
	return false
}

// keepsEnd reports whether a filter lets the end of its input through.
func keepsEnd(s *syntax.Stmt) bool {
	argv := literals(s)
	if len(argv) == 0 {
		return false
	}
	switch path.Base(argv[0]) {
	case "tail", "tee", "cat", "less", "more", "col", "ts", "nl":
		return true
	}
	return false
}

func literals(s *syntax.Stmt) []string {
	call, ok := s.Cmd.(*syntax.CallExpr)
	if !ok {
		return nil
	}
	return words(call.Args)
}

func words(list []*syntax.Word) []string {
	out := make([]string, 0, len(list))
	for _, item := range list {
		out = append(out, word(item))
	}
	return out
}

// word returns the text of a word as far as it is known before it runs.
func word(x *syntax.Word) string {
	if len(x.Parts) == 1 {
		if lit, ok := x.Parts[0].(*syntax.Lit); ok {
			return lit.Value
		}
	}
	var b strings.Builder
	for _, part := range x.Parts {
		wordPart(&b, part)
	}
	return b.String()
}

func wordPart(b *strings.Builder, part syntax.WordPart) {
	switch p := part.(type) {
	case *syntax.Lit:
		b.WriteString(p.Value)
	case *syntax.SglQuoted:
		b.WriteString(p.Value)
	case *syntax.DblQuoted:
		for _, inner := range p.Parts {
			wordPart(b, inner)
		}
	case *syntax.ParamExp:
		if p.Param != nil {
			b.WriteString("$" + p.Param.Value)
		}
	}
}

func (w *lineWalk) callExpr(c *syntax.CallExpr, f flow, wrap int) {
	if len(c.Args) == 0 {
		// out=$(go test) ends with the status of what it captures.
		f.filtered, f.cut = true, true
		for _, a := range c.Assigns {
			w.captured(a.Value, f, wrap)
		}
		return
	}
	w.call(words(c.Args), f, wrap)
}

func (w *lineWalk) captured(x *syntax.Word, f flow, wrap int) {
	if x == nil {
		return
	}
	for _, part := range x.Parts {
		switch p := part.(type) {
		case *syntax.CmdSubst:
			w.stmts(p.Stmts, f, wrap)
		case *syntax.DblQuoted:
			w.captured(&syntax.Word{Parts: p.Parts}, f, wrap)
		}
	}
}

// call notes one command.
func (w *lineWalk) call(argv []string, f flow, wrap int) {
	argv, script := unwrap(argv)
	if script != "" && wrap < maxShellWrap {
		err, pipe := w.err, w.pipe
		w.err, w.pipe = shellFlags(argv, false, false)
		w.parse(script, f, wrap+1)
		w.err, w.pipe = err, pipe
		return
	}
	if len(argv) == 0 || len(w.found) >= MaxCommands {
		return
	}
	switch argv[0] {
	case "set":
		w.err, w.pipe = shellFlags(argv, w.err, w.pipe)
	case "cd", "pushd":
		w.enter(argv)
	}
	s := simple{argv: argv, dir: w.dir, hidden: f.hidden, filtered: f.filtered, cut: f.cut, trivial: trivial[argv[0]], redirected: f.redirected, segment: w.segment, piped: f.piped}
	s.family, s.class = classify(argv)
	w.found = append(w.found, s)
}

// enter follows a cd that is written out.
func (w *lineWalk) enter(argv []string) {
	to := ""
	for _, a := range argv[1:] {
		if !strings.HasPrefix(a, "-") {
			to = a
			break
		}
	}
	switch {
	case to == "" || strings.Contains(to, "$"):
	case strings.HasPrefix(to, "/"), w.dir == "":
		w.dir = to
	default:
		w.dir = path.Join(w.dir, to)
	}
}

// shellFlags returns whether -e and pipefail are on after the flags in argv.
func shellFlags(argv []string, errexit, pipefail bool) (bool, bool) {
	for i, a := range argv {
		if i == 0 || len(a) < 2 || a[0] != '-' && a[0] != '+' {
			continue
		}
		on := a[0] == '-'
		if strings.HasPrefix(a, "--") {
			continue
		}
		if strings.Contains(a, "e") && !strings.Contains(a, "o") || strings.HasPrefix(a[1:], "e") || strings.HasPrefix(a[1:], "ue") {
			errexit = on
		}
		if strings.HasSuffix(a, "o") && i+1 < len(argv) {
			switch argv[i+1] {
			case "pipefail":
				pipefail = on
			case "errexit":
				errexit = on
			}
		}
	}
	return errexit, pipefail
}
