package findings

import (
	"bytes"
	"io"
	"regexp"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/format/lex"
)

// The lines of compilers and checkers, as the problem matchers of editors know
// them. A path has no space and no colon but that of a drive.
var (
	// gcc, clang, mypy, pyright and many others: path:line[:column]: error: text.
	colonLine = regexp.MustCompile(`^((?:[A-Za-z]:)?[^\s:()]+):(\d+)(?::(\d+))?(?::\d+)*(?::| -) (fatal error|error|warning|note|info|remark)(?::| (TS\d+|[A-Z]+\d+):) (.*)$`)
	// tsc, MSVC, csc: path(line[,column]): error CODE: text.
	parenLine = regexp.MustCompile(`^((?:[A-Za-z]:)?[^\s:()]+)\((\d+)(?:,(\d+))?(?:,\d+,\d+)?\)\s?: (fatal error|error|warning|note|info|message) ?([A-Z]+\d+)?: (.*)$`)
	// ruff, flake8, pylint: path:line:column: CODE text.
	codeLine = regexp.MustCompile(`^((?:[A-Za-z]:)?[^\s:()]+):(\d+):(\d+): ([A-Z]{1,6}\d{2,5}):? (?:\[\*\] )?(.*)$`)
	// A tool or a file without a line: collect2: error: text.
	bareLine = regexp.MustCompile(`^([^\s:()]+): (fatal error|error): (.*)$`)
	// The code that mypy and gcc put at the end.
	codeAtEnd = regexp.MustCompile(`\s+\[([A-Za-z0-9_=+.,-]+)\]$`)
	// What they say of the whole.
	foundLine = regexp.MustCompile(`^(?:Found (\d+) errors?|(?:\d+ warnings? and )?(\d+) errors? generated)\b`)
	cleanLine = regexp.MustCompile(`^(Success: no issues found in \d+ source files?|All checks passed!)$`)
	// pylint's codes are a letter that is the level, and four digits.
	pylintCode = regexp.MustCompile(`^[CRIWEF]\d{4}$`)
)

// diagnosticShare is how many lines there may be for each diagnostic: a build log
// with a warning somewhere is no list of them. Indented lines are context.
const diagnosticShare = 10

// DetectDiagnostics knows the text of compilers and checkers by lines that are
// diagnostics, or by one that says that there are none.
func DetectDiagnostics(_ string, head []byte) bool {
	head = lex.Text(head)
	if lex.StartsWith(head, '{') || lex.StartsWith(head, '[') || lex.StartsWith(head, '<') {
		return false
	}
	lines, found := 0, 0
	for l := range bytes.Lines(head) {
		l = bytes.TrimRight(l, "\r\n")
		if len(l) == 0 || l[0] == ' ' || l[0] == '\t' || len(l) > lex.MaxMessageBytes {
			continue
		}
		lines++
		text := lex.Clean(string(l))
		if _, ok := parseDiagnostic(text); ok || cleanLine.MatchString(text) {
			found++
		}
	}
	return found > 0 && found*diagnosticShare >= lines
}

// DecodeDiagnostics reads what compilers and checkers print: tsc, mypy, gcc,
// clang, ruff, flake8 and others of the same shape. Notes explain the line before
// them and do not count.
func DecodeDiagnostics(r io.Reader) (evidence.Fragment, error) {
	d := diagnostics{in: lex.NewLines(r), scan: newScan("diagnostics", "", r)}
	for {
		l, ok := d.in.Next()
		if !ok {
			break
		}
		d.line(lex.Clean(evidence.Clip(string(l), lex.MaxCapture)))
	}
	d.scan.Tool = d.tool
	if d.tool == "" {
		d.scan.Tool = "compiler or checker"
	}
	if d.stated > 0 && d.scan.Counts.Error == 0 {
		d.scan.didNotRun("the output counts " + evidence.Plural(d.stated, "error") + " and lists none")
	}
	return findingsOf(d.scan, d.found, d.in.Failed())
}

type diagnostics struct {
	in     *lex.Lines
	scan   *scan
	tool   string
	found  bool
	stated int
}

// finding is a line that was understood.
type finding struct {
	evidence.Result
	tool string
	note bool
}

func (d *diagnostics) line(text string) {
	if f, ok := parseDiagnostic(text); ok {
		d.found = true
		if d.tool == "" {
			d.tool = f.tool
		}
		if !f.note {
			d.scan.add(f.Result, "")
		}
		return
	}
	if m := foundLine.FindStringSubmatch(text); m != nil {
		d.stated += lex.LineNumber(m[1]) + lex.LineNumber(m[2])
	}
	d.found = d.found || cleanLine.MatchString(text)
	switch {
	case strings.HasPrefix(text, "Success: no issues found in "), strings.Contains(text, "(checked "):
		d.tool = "mypy"
	case text == "All checks passed!", strings.HasPrefix(text, "[*] "):
		d.tool = "ruff"
	}
}

// parseDiagnostic reads one line.
func parseDiagnostic(text string) (finding, bool) {
	if m := parenLine.FindStringSubmatch(text); m != nil {
		return newFinding(m[1], m[2], m[4], m[5], m[6]), true
	}
	if m := colonLine.FindStringSubmatch(text); m != nil {
		return newFinding(m[1], m[2], m[4], m[5], m[6]), true
	}
	if m := codeLine.FindStringSubmatch(text); m != nil {
		return newFinding(m[1], m[2], codeLevel(m[4]), m[4], m[5]), true
	}
	if m := bareLine.FindStringSubmatch(text); m != nil {
		f := newFinding(m[1], "", m[2], "", m[3])
		if !strings.ContainsAny(m[1], "./") {
			f.Path, f.Message = "", m[1]+": "+m[3]
		}
		return f, true
	}
	return finding{}, false
}

// codeLevel is the word for the level of a code. Linters fail the run for each of
// their findings.
func codeLevel(code string) string {
	if !pylintCode.MatchString(code) {
		return "error"
	}
	switch code[0] {
	case 'E', 'F':
		return "error"
	case 'W':
		return "warning"
	}
	return "info"
}

func newFinding(file, at, word, code, said string) finding {
	f := finding{Result: evidence.Result{Path: lex.Slashes(file), Line: lex.LineNumber(at), Rule: code, Message: said, Level: compilerWords.of(word).level}}
	f.note = word == "note" || word == "remark" || word == "message"
	if m := codeAtEnd.FindStringSubmatchIndex(said); m != nil && code == "" {
		f.Rule, f.Message = said[m[2]:m[3]], said[:m[0]]
	}
	switch {
	case strings.HasPrefix(f.Rule, "TS"):
		f.tool = "tsc"
	case strings.HasPrefix(f.Rule, "-W"), word == "fatal error":
		f.tool = "compiler"
	case pylintCode.MatchString(code):
		f.tool = "pylint"
	}
	return f
}
