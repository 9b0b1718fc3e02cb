package lex

import (
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

const (
	// MaxNameBytes bounds names, classes, rules and subjects. Parametrised
	// tests carry whole literals in their names.
	MaxNameBytes = 512
	// MaxPathBytes is Linux's PATH_MAX.
	MaxPathBytes = 4096
	// MaxMessageBytes bounds a message: about ten lines, enough to know the
	// failure again. The rest stays in the report.
	MaxMessageBytes = 1024
	// MaxCapture is how much of an output is looked at for a message. Runners
	// put banners and diffs first.
	MaxCapture = 16 << 10
	// MaxReasonBytes bounds the reason of a skip.
	MaxReasonBytes = 256
)

// Clean removes ANSI sequences and control characters other than line feeds and
// tabs, and makes s valid UTF-8.
func Clean(s string) string {
	if !dirty(s) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case c == 0x1b:
			i += escape(s[i:])
		case c == '\n' || c == '\t' || c >= ' ' && c < 0x7f:
			b.WriteByte(c)
			i++
		case c < utf8.RuneSelf:
			i++
		default:
			r, n := utf8.DecodeRuneInString(s[i:])
			if r < 0x80 || r > 0x9f {
				b.WriteRune(r)
			}
			i += n
		}
	}
	return b.String()
}

func dirty(s string) bool {
	for i := range len(s) {
		c := s[i]
		if c < ' ' && c != '\n' && c != '\t' || c == 0x7f || c == 0xc2 && i+1 < len(s) && s[i+1] < 0xa0 {
			return true
		}
	}
	return !utf8.ValidString(s)
}

// escape is the length of the ANSI sequence at the start of s: CSI, OSC or two
// characters (ECMA-48, section 5.4).
func escape(s string) int {
	if len(s) < 2 {
		return len(s)
	}
	switch s[1] {
	case '[':
		for i := 2; i < len(s); i++ {
			if s[i] >= 0x40 && s[i] <= 0x7e {
				return i + 1
			}
			if s[i] < 0x20 {
				return i
			}
		}
		return len(s)
	case ']':
		for i := 2; i < len(s); i++ {
			if s[i] == 0x07 {
				return i + 1
			}
			if s[i] == '\n' {
				return i
			}
		}
		return len(s)
	}
	return 2
}

// Name cleans and bounds a name: one line.
func Name(s string) string {
	s = Clean(s)
	if strings.ContainsAny(s, "\n\t") {
		s = strings.Join(strings.Fields(s), " ")
	}
	return evidence.Clip(strings.TrimSpace(s), MaxNameBytes)
}

// Path cleans and bounds a path as a tool writes it.
func Path(s string) string { return evidence.Clip(strings.TrimSpace(Clean(s)), MaxPathBytes) }

// Message cleans and bounds what a tool said, line structure kept.
func Message(s string) string {
	return evidence.Clip(strings.TrimSpace(Clean(evidence.Clip(s, MaxCapture))), MaxMessageBytes)
}

// firstLine is the first line of s that is not blank.
func firstLine(s string) string {
	for line := range strings.Lines(s) {
		if line = strings.TrimSpace(line); line != "" {
			return line
		}
	}
	return ""
}

// JoinMessages joins a headline and a body. Runners often repeat the headline
// in the body.
func JoinMessages(head, body string) string { return Message(Joined(head, body)) }

// Joined is what [JoinMessages] makes a message of, not bounded yet.
func Joined(head, body string) string {
	head, body = strings.TrimSpace(Clean(evidence.Clip(head, MaxCapture))), strings.TrimSpace(Clean(body))
	switch {
	case head == "", strings.Contains(body, head):
		return body
	case body == "":
		return head
	}
	return head + "\n" + body
}

// BothMessages joins two messages of which neither must be lost. Each keeps at
// least half of the room.
func BothMessages(first, second string) string {
	switch {
	case first == "":
		return second
	case strings.Contains("\n"+first+"\n", "\n"+second+"\n"):
		return first
	case strings.Contains("\n"+second+"\n", "\n"+first+"\n"):
		return second
	}
	const half = (MaxMessageBytes - 1) / 2
	first = evidence.Clip(first, max(half, MaxMessageBytes-1-len(second)))
	return first + "\n" + evidence.Clip(second, MaxMessageBytes-1-len(first))
}

// Number reads a count such as an attribute holds; 0 and false when it is none
// or negative.
func Number(s string) (int, bool) {
	n, err := strconv.ParseInt(strings.TrimSpace(s), 10, 64)
	if err != nil || n < 0 || n > math.MaxInt32 {
		return 0, false
	}
	return int(n), true
}

// LineNumber reads a line number, 0 when there is none.
func LineNumber(s string) int {
	n, _ := Number(s)
	return n
}

// maxSeconds bounds the duration of one case, so that sums do not overflow: ten
// years.
const maxSeconds = 10 * 366 * 24 * 3600

// Millis reads a duration in seconds as milliseconds. Surefire writes
// "1,234.56", other tools a decimal comma; "NaN", signs and nonsense are 0.
func Millis(s string) int64 {
	s = strings.TrimSpace(s)
	if strings.Contains(s, ",") {
		if strings.Contains(s, ".") || strings.Count(s, ",") > 1 {
			s = strings.ReplaceAll(s, ",", "")
		} else {
			s = strings.Replace(s, ",", ".", 1)
		}
	}
	seconds, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return 0
	}
	return Milliseconds(seconds * 1000)
}

// Milliseconds rounds a duration and drops impossible ones.
func Milliseconds(ms float64) int64 {
	if math.IsNaN(ms) || ms < 0 || ms > maxSeconds*1000 {
		return 0
	}
	return int64(math.Round(ms))
}

// Instant reads a time with a zone. Times without one are of nobody knows
// where, and left out.
func Instant(s string) time.Time {
	t, err := time.Parse(time.RFC3339, strings.TrimSpace(s))
	if err != nil || t.Year() < 1970 || t.Year() > 9999 {
		return time.Time{}
	}
	return t.UTC()
}
