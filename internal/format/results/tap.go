package results

import (
	"bytes"
	"io"
	"regexp"
	"strconv"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/format/lex"
)

var (
	tapPoint   = regexp.MustCompile(`^(not )?ok(?:[ \t]+(\d+)\b)?(|[ \t{-].*)$`)
	tapPlan    = regexp.MustCompile(`^(\d+)\.\.(\d+)(?:[ \t]*#[ \t]*(.*))?$`)
	tapVersion = regexp.MustCompile(`(?i)^TAP version \d+\s*$`)
	// The summary of node:test, node-tap and tape.
	tapFailed = regexp.MustCompile(`^# (?:fail|failed|cancelled)\s+[1-9]\d*\s*$`)
	tapTodo   = regexp.MustCompile(`(?i)^(todo|skip)\S*[ \t]*(.*)$`)
)

// DetectTAP knows the Test Anything Protocol by its version, by a plan and test
// points, or by several numbered points: "ok" alone begins the lines of go test,
// too. Otherwise the name decides.
func DetectTAP(path string, head []byte) bool {
	head = lex.Text(head)
	if lex.StartsWith(head, '{') || lex.StartsWith(head, '<') {
		return false
	}
	points, numbered, plans := 0, 0, 0
	for line := range bytes.Lines(head) {
		line = bytes.TrimRight(line, "\r\n")
		switch {
		case tapVersion.Match(line):
			return true
		case tapPlan.Match(line):
			plans++
		case bytes.HasPrefix(line, []byte("Bail out!")):
			points++
		default:
			if m := tapPoint.FindSubmatch(line); m != nil {
				points++
				numbered += min(1, len(m[2]))
			}
		}
		if plans > 0 && points > 0 || numbered > 3 {
			return true
		}
	}
	return lex.HasSuffix(path, ".tap") && (points > 0 || plans > 0 || lex.StartsWith(head, '#'))
}

// DecodeTAP reads TAP 12, 13 and 14. The test points of the outermost level are
// the cases: a subtest is summed up by the point behind it, and what it says is
// kept as its message. A failed point that is marked as to do is skipped, one
// that passed has passed. Points that were planned and are not there are not
// counted and stated as such, as is a run that bailed out or has no plan.
func DecodeTAP(r io.Reader) (evidence.Fragment, error) {
	d := tap{in: lex.NewLines(r), tally: newTally("tap", r), planned: -1}
	d.lines()
	err := d.in.Failed()
	if d.points == 0 && d.planned < 0 && !d.version && d.bailed == "" && !d.comment {
		if err == nil {
			err = evidence.Errorf(evidence.Unreadable, "no test point")
		}
		return evidence.Fragment{}, err
	}
	d.flush()
	d.judge()
	return evidence.Fragment{Suites: []evidence.Suite{d.tally.finish(d.verdict)}}, err
}

type tap struct {
	in    *lex.Lines
	tally *tally
	// Number of planned points; -1 when there is no plan.
	planned, first int
	points, beyond int
	version        bool
	comment        bool
	bailed         string
	// The last point, whose diagnostics may follow.
	last    *record
	said    strings.Builder
	inYAML  bool
	inner   strings.Builder
	skipAll string
	// What the summary behind the points says.
	verdict verdict
}

func (d *tap) lines() {
	for {
		line, ok := d.in.Next()
		if !ok || d.bailed != "" {
			return
		}
		if line := string(line); strings.HasPrefix(line, " ") || strings.HasPrefix(line, "\t") {
			d.indented(line)
		} else {
			d.line(line)
		}
	}
}

// maxYAMLIndent is how far the YAML block of an outermost point is indented. That
// of a subtest's is four further.
const maxYAMLIndent = 3

// indented is a line of a subtest or of the YAML block of a point.
func (d *tap) indented(line string) {
	text := strings.TrimSpace(line)
	shallow := len(line)-len(strings.TrimLeft(line, " ")) <= maxYAMLIndent
	switch {
	case text == "---" && d.last != nil && shallow:
		d.inYAML = true
	case text == "..." && d.inYAML && shallow:
		d.inYAML = false
	case d.inYAML:
		appendLine(&d.said, line)
	case strings.HasPrefix(text, "not ok"):
		appendLine(&d.inner, text)
	}
}

func (d *tap) line(line string) {
	d.inYAML = false
	if m := tapPoint.FindStringSubmatch(line); m != nil {
		d.point(m[1] != "", m[2], m[3])
		return
	}
	if m := tapPlan.FindStringSubmatch(line); m != nil && d.planned < 0 {
		d.plan(m[1], m[2], m[3])
		return
	}
	switch {
	case tapVersion.MatchString(line):
		d.document()
	case len(line) >= 9 && strings.EqualFold(line[:9], "bail out!"):
		d.bailed = "bailed out: " + strings.TrimSpace(line[9:])
	case strings.HasPrefix(line, "#"):
		d.comment = true
		if m := tapFailed.FindStringSubmatch(line); m != nil {
			d.verdict.red = lex.Name(line[1:])
		}
		if d.last != nil && !strings.HasPrefix(line, "# Subtest") {
			appendLine(&d.said, strings.TrimSpace(line[1:]))
		}
	}
}

// document begins a document. Harnesses concatenate several.
func (d *tap) document() {
	if d.points > 0 || d.planned >= 0 {
		d.flush()
		d.judge()
		d.points, d.beyond, d.planned, d.first, d.skipAll = 0, 0, -1, 0, ""
	}
	d.version = true
}

// appendLine adds a line while there is room for it.
func appendLine(b *strings.Builder, line string) {
	if b.Len() < lex.MaxMessageBytes {
		b.WriteString(evidence.Clip(line, lex.MaxMessageBytes))
		b.WriteByte('\n')
	}
}

func (d *tap) plan(from, to, comment string) {
	first, _ := lex.Number(from)
	last, ok := lex.Number(to)
	if !ok {
		return
	}
	d.flush()
	d.first, d.planned = first, max(0, last-first+1)
	if m := tapTodo.FindStringSubmatch(comment); m != nil {
		d.skipAll = m[2]
	} else {
		d.skipAll = comment
	}
}

func (d *tap) point(failed bool, number, rest string) {
	d.flush()
	d.points++
	if n, err := strconv.Atoi(number); number == "" || err != nil {
		number = strconv.Itoa(d.points)
	} else if d.planned >= 0 && (n < d.first || n >= d.first+d.planned) {
		d.beyond++
	}
	text, directive, reason := tapDirective(rest)
	// What failed in a subtest stands before the point that sums it up.
	r := &record{name: text, outcome: evidence.Passed, message: d.inner.String()}
	d.inner.Reset()
	if r.name == "" {
		r.name = "test " + number
	}
	switch {
	case directive == "skip":
		r.outcome, r.message = evidence.Skipped, explain(evidence.Skipped, reason, "SKIP")
	case directive == "todo" && failed:
		r.outcome, r.message = evidence.Skipped, explain(evidence.Skipped, "TODO "+reason, "TODO")
	case failed:
		r.outcome = evidence.Failed
	}
	r.id = evidence.Identify(r.name)
	d.last = r
}

// flush counts the last point, now that what is said about it is known.
func (d *tap) flush() {
	if d.last == nil {
		return
	}
	r := d.last
	switch r.outcome {
	case evidence.Passed:
		r.message = ""
	case evidence.Failed:
		r.message = lex.JoinMessages(r.message, tapMessage(d.said.String()))
		r.signed = r.message
		r.file, r.line = tapPlace(d.said.String())
	}
	d.tally.add(*r)
	d.last = nil
	d.said.Reset()
}

// judge compares the plan with what came.
func (d *tap) judge() {
	missing := d.planned - d.points
	switch {
	case d.bailed != "":
		d.tally.broken(evidence.BreakageAborted, "", d.bailed)
	case d.planned < 0:
		d.tally.broken(evidence.BreakageAborted, "", "there is no plan: the run may have ended early")
	}
	if d.planned >= 0 && missing > 0 {
		d.tally.broken(evidence.BreakagePlannedNotRun, evidence.Plural(missing, "test"), "")
	}
	if d.planned == 0 && d.points == 0 && d.skipAll != "" {
		d.tally.broken(evidence.BreakagePlannedNotRun, "all tests", "skipped: "+d.skipAll)
	}
	if d.planned >= 0 && (missing < 0 || d.beyond > 0) {
		d.tally.broken(evidence.BreakageAborted, evidence.Plural(max(-missing, d.beyond), "test"), "outside of the plan, of "+evidence.Plural(d.planned, "test"))
	}
}

// tapDirective splits a description from its directive. A hash after
// a backslash is part of the description.
func tapDirective(rest string) (text, directive, reason string) {
	for at := 0; at < len(rest); at++ {
		if rest[at] == '\\' {
			at++
			continue
		}
		if rest[at] != '#' {
			continue
		}
		if m := tapTodo.FindStringSubmatch(strings.TrimSpace(rest[at+1:])); m != nil {
			rest, directive, reason = rest[:at], strings.ToLower(m[1]), m[2]
			break
		}
	}
	rest = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(rest), "-"))
	rest = strings.TrimSpace(strings.TrimSuffix(rest, "{"))
	return strings.NewReplacer(`\#`, "#", `\\`, `\`).Replace(rest), directive, reason
}

// tapMessage puts what a YAML block calls the error before the rest.
func tapMessage(said string) string {
	for line := range strings.Lines(said) {
		key, value, ok := strings.Cut(strings.TrimSpace(line), ":")
		if key = strings.ToLower(key); !ok || key != "message" && key != "error" {
			continue
		}
		if value = strings.Trim(strings.TrimSpace(value), `"'`); value != "" && value != "|-" && value != "|" && value != ">" && value != ">-" {
			return value + "\n" + said
		}
	}
	return said
}

// tapAt is how node --test and node-tap say where a test stands.
var tapAt = regexp.MustCompile(`(?m)^\s*(?:location|at): ['"]?([^'"\n]+?):(\d+):\d+['"]?\s*$`)

func tapPlace(said string) (string, int) {
	m := tapAt.FindStringSubmatch(said)
	if m == nil {
		return "", 0
	}
	return m[1], lex.LineNumber(m[2])
}
