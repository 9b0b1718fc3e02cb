package text

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// ShortSHA is how much of a commit id people read.
const ShortSHA = 7

// Grade returns the letter of a basis, raised.
func Grade(b evidence.Basis) string { return "<sup>" + Letter(b) + "</sup>" }

// Letter returns the letter of a basis.
func Letter(b evidence.Basis) string {
	switch b {
	case evidence.Observed:
		return "O"
	case evidence.Verified:
		return "V"
	case evidence.Reported:
		return "R"
	case evidence.Missing:
		return "M"
	}
	return "?"
}

// Commit returns a commit id as people read it.
func Commit(id string) string {
	if len(id) > ShortSHA {
		id = id[:ShortSHA]
	}
	return Code(id, MaxName)
}

// LineSuffix returns what follows the path of a place: ":7", ":7-9", or nothing
// for the whole file.
func LineSuffix(s evidence.Span) string {
	switch {
	case s.First <= 0:
		return ""
	case s.Last <= s.First:
		return ":" + strconv.Itoa(s.First)
	}
	return ":" + strconv.Itoa(s.First) + "-" + strconv.Itoa(s.Last)
}

// LineFragment returns what leads to the lines at the end of an address.
func LineFragment(s evidence.Span) string {
	switch {
	case s.First <= 0:
		return ""
	case s.Last <= s.First:
		return "#L" + strconv.Itoa(s.First)
	}
	return "#L" + strconv.Itoa(s.First) + "-L" + strconv.Itoa(s.Last)
}

// Hex reports whether s is a hexadecimal number, as ids of commits are.
func Hex(s string) bool {
	return s != "" && strings.Trim(s, "0123456789abcdef") == ""
}

// EscapedPath writes a path so that it neither ends a Markdown link nor leaves
// the tree it is in.
func EscapedPath(path string) string {
	const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./"
	var b strings.Builder
	for i := range len(path) {
		if strings.IndexByte(plain, path[i]) >= 0 {
			b.WriteByte(path[i])
		} else {
			fmt.Fprintf(&b, "%%%02X", path[i])
		}
	}
	return b.String()
}

// Address returns an address that is safe inside of a Markdown link, or "".
func Address(raw string) string {
	u, err := url.Parse(raw)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil {
		return ""
	}
	const unsafe = "()<>[]\\`|*_\"' \t\n\r"
	var b strings.Builder
	for i := range len(raw) {
		if c := raw[i]; c < '!' || c > '~' || strings.IndexByte(unsafe, c) >= 0 {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

// Spaced returns a word of another's vocabulary as people read it.
func Spaced[S ~string](word S) string { return strings.ReplaceAll(string(word), "_", " ") }

// Duration writes a time span roughly.
func Duration(d time.Duration) string {
	switch {
	case d < time.Second:
		return "under 1 s"
	case d < time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%d min %d s", int(d.Minutes()), int(d.Seconds())%60)
	}
	return fmt.Sprintf("%d h %d min", int(d.Hours()), int(d.Minutes())%60)
}

// Roughly writes a time span in one unit.
func Roughly(d time.Duration) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds()))
	case d < 2*time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()+0.5))
	}
	return fmt.Sprintf("%d h", int(d.Hours()+0.5))
}

// Instant writes a point in time.
func Instant(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }
