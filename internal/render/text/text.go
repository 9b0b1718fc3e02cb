// Package text writes words that others chose so that they are shown and do nothing
// else: as prose, as code spans, as addresses, or as plain text for a terminal.
//
// It hides what GitHub's Markdown links, hides or turns around. It promises that no
// mention, reference, address or markup in such words comes to life, and that
// nothing in them is hidden.
package text

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

const (
	// MaxName bounds names of tests, files and commands, in bytes: two lines of
	// a comment at 768 pixels.
	MaxName = 140
	// MaxSentence bounds sentences, in bytes.
	MaxSentence = 360
	// MaxMarks is the number of combining marks in a row that a script needs.
	MaxMarks = 3
)

// Text returns prose that others wrote as Markdown that shows it and does
// nothing else. A word that could mean anything to GitHub (a mention, a
// reference, an address, a commit id, HTML, an emoji code, markup) becomes a
// code span, in which none of that works; nothing is hidden or inserted. The
// result is at most a few times limit bytes long and fits in a table cell.
func Text[S ~string](word S, limit int) string {
	return prose(evidence.ClipMiddle(Clean(string(word)), limit))
}

// prose is text for a string that is clean, spaces at its ends included.
func prose(s string) string {
	words := strings.Split(s, " ")
	for i, w := range words {
		if w != "" && (!harmless(w) || i == 0 && opensBlock.MatchString(w)) {
			words[i] = Code(w, len(w))
		}
	}
	return strings.Join(words, " ")
}

// beside appends Markdown to a line. Two code spans that touch would be one.
func beside(line, s string) string {
	if strings.HasSuffix(line, "`") && strings.HasPrefix(s, "`") {
		return line + " " + s
	}
	return line + s
}

// Code returns a name that others chose as a code span. GitHub looks for
// mentions, references and addresses outside of code only (html-pipeline,
// MentionFilter and others, "ignored ancestors").
func Code[S ~string](name S, limit int) string {
	s := evidence.ClipMiddle(Clean(string(name)), limit)
	switch {
	case s == "":
		return "_(empty)_"
	case strings.ContainsAny(s, "`|$[]"):
		// A bracket may end the label of a link definition before code is looked
		// for. A pipe ends a table cell even in a code span; inside of an element,
		// entities are text and nothing but text (CommonMark 0.31, 2.5). A dollar
		// and a back quote open a formula.
		return "<code>" + entities(s) + "</code>"
	}
	return "`" + s + "`"
}

// entities writes every character of s that could mean something as a numeric
// entity.
func entities(s string) string {
	const digits = "0123456789"
	var b strings.Builder
	for _, r := range s {
		if r >= utf8.RuneSelf || r == ' ' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' {
			b.WriteRune(r)
			continue
		}
		b.WriteString("&#")
		if r >= 100 {
			b.WriteByte(digits[r/100])
		}
		b.WriteByte(digits[r/10%10])
		b.WriteByte(digits[r%10])
		b.WriteByte(';')
	}
	return b.String()
}

var (
	// meaningful matches what GitHub links although it consists of harmless
	// characters: commit ids, "GH-1" and the keys of custom trackers, and "www.".
	meaningful = regexp.MustCompile(`(?i)[0-9a-f]{7}|[a-z]-[0-9]|www\.`)
	// opensBlock matches words that open a list, a rule or a heading at the start
	// of a line.
	opensBlock = regexp.MustCompile(`^(?:[0-9]+[.)]|[-+=]+)$`)
)

// harmless reports whether a word of prose means nothing to Markdown or GitHub
// wherever it stands.
func harmless(w string) bool {
	for i, r := range w {
		switch {
		case unicode.IsLetter(r), unicode.IsDigit(r), unicode.IsMark(r), r >= utf8.RuneSelf:
		case r == ':' && i == len(w)-1:
		case strings.ContainsRune(`,;.?!%'"()-+=/`, r):
		default:
			return false
		}
	}
	return !meaningful.MatchString(w)
}

// Clean returns s as one line of what is seen: white space becomes single
// spaces, and controls, format characters (among them those that change the
// direction of text), private characters, blank letters and excess combining
// marks are left out.
func Clean(s string) string {
	if printable(s) {
		return s
	}
	var b strings.Builder
	space, marks := false, 0
	for _, r := range s {
		if unicode.IsMark(r) {
			marks++
		} else {
			marks = 0
		}
		switch {
		case unicode.IsSpace(r) || r == '\u2800' || r == '\u3164' || r == '\uffa0' || r == '\u115f' || r == '\u1160':
			space = true
		case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Zl, unicode.Zp) || r == '\u034f' || marks > MaxMarks:
		default:
			if space && b.Len() > 0 {
				b.WriteByte(' ')
			}
			space = false
			b.WriteRune(r)
		}
	}
	return b.String()
}

// printable reports whether s is ASCII without controls and without double or
// outer spaces: the common case.
func printable(s string) bool {
	before := byte(' ')
	for i := range len(s) {
		c := s[i]
		if c < ' ' || c > '~' || c == ' ' && before == ' ' {
			return false
		}
		before = c
	}
	return s == "" || before != ' '
}
