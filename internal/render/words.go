package render

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// shortSHA is how much of a commit id people read.
const shortSHA = 7

// grade returns the letter of a basis, raised.
func grade(b evidence.Basis) string { return "<sup>" + letter(b) + "</sup>" }

// letter returns the letter of a basis.
func letter(b evidence.Basis) string {
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

// commit returns a commit id as people read it.
func commit(id string) string {
	if len(id) > shortSHA {
		id = id[:shortSHA]
	}
	return code(id, maxName)
}

// span returns a place in a file, linked to the head where the repository is
// known.
func (v *view) span(s evidence.Span) string {
	return v.place(s.Path, lineSuffix(s), lineFragment(s))
}

// lineSuffix returns what follows the path of a place: ":7", ":7-9", or nothing
// for the whole file.
func lineSuffix(s evidence.Span) string {
	switch {
	case s.First <= 0:
		return ""
	case s.Last <= s.First:
		return ":" + strconv.Itoa(s.First)
	}
	return ":" + strconv.Itoa(s.First) + "-" + strconv.Itoa(s.Last)
}

// place returns a path with what follows it, which is never cut. Only files of
// the change are linked: other paths need not exist.
func (v *view) place(path, suffix, fragment string) string {
	shown := code(evidence.ClipMiddle(clean(path), maxName-len(suffix))+suffix, maxName)
	f := v.files[path]
	if f == nil || f.Status == evidence.FileDeleted {
		return shown
	}
	if url := v.blob(path, fragment); url != "" {
		return "[" + shown + "](" + url + ")"
	}
	return shown
}

// blob returns the address of a file at the head, or "" where that is not known
// or the path leads elsewhere.
func (v *view) blob(path, fragment string) string {
	base := address(v.record.Target.Repository.URL())
	if base == "" || !hex(v.record.Target.Head) || len(path) > 4*maxName || strings.Contains("/"+path+"/", "/../") {
		return ""
	}
	return base + "/blob/" + v.record.Target.Head + "/" + escapedPath(path) + fragment
}

// lineFragment returns what leads to the lines at the end of an address.
func lineFragment(s evidence.Span) string {
	switch {
	case s.First <= 0:
		return ""
	case s.Last <= s.First:
		return "#L" + strconv.Itoa(s.First)
	}
	return "#L" + strconv.Itoa(s.First) + "-L" + strconv.Itoa(s.Last)
}

func hex(s string) bool {
	return s != "" && strings.Trim(s, "0123456789abcdef") == ""
}

// escapedPath writes a path so that it neither ends a Markdown link nor leaves
// the tree it is in.
func escapedPath(path string) string {
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

// address returns an address that is safe inside of a Markdown link, or "".
func address(raw string) string {
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

// linked returns shown, linked to an address on the repository's own server. A
// fact that is merely reported is not linked: anyone could have chosen where to.
func (v *view) linked(shown, raw string, o evidence.Origin) string {
	server := v.record.Target.Repository.Server
	url := address(raw)
	if url == "" || server == "" || !strings.HasPrefix(raw, server+"/") || !o.Basis.Certain() {
		return shown
	}
	return "[" + shown + "](" + url + ")"
}

// spaced returns a word of another's vocabulary as people read it.
func spaced[S ~string](word S) string { return strings.ReplaceAll(string(word), "_", " ") }

// duration writes a time span roughly.
func duration(d time.Duration) string {
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

// instant writes a point in time.
func instant(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }
