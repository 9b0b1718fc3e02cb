package publish

import (
	"fmt"
	"strings"
	"unicode"
)

// What names of artifacts, and of files in them, may not contain: they have to
// be file names on every system (actions/toolkit,
// packages/artifact/src/internal/upload/path-and-artifact-name-validation.ts).
const (
	forbiddenInPath = "\":<>|*?\r\n\\"
	forbiddenInName = forbiddenInPath + "/"
)

const (
	// DefaultArtifactBase is the beginning of an artifact's name unless
	// configured otherwise.
	DefaultArtifactBase = "mergebrief"
	// maxNameBytes keeps names well under the 255 bytes of a file name, with
	// ".zip" and a suffix.
	maxNameBytes = 200
)

// ArtifactName returns the name of the artifact of a run, such as
// "mergebrief-pr7-linux-a2". A name can exist once in a workflow run, so it
// tells apart what may run twice in one: base (default [DefaultArtifactBase]),
// the number of the pull request (0: none), key for the jobs of a matrix, and
// the attempt of the run, from 1. Characters that a name may not hold are
// replaced by "-".
func ArtifactName(base string, pr int, key string, attempt int) string {
	if base = sanitise(base); base == "" {
		base = DefaultArtifactBase
	}
	if key = sanitise(key); key != "" {
		base, key = cut(base, maxNameBytes/2), "-"+key
	}
	pull := ""
	if pr > 0 {
		pull = fmt.Sprintf("-pr%d", pr)
	}
	tail := fmt.Sprintf("-a%d", max(attempt, 1))
	return cut(base+pull+key, maxNameBytes-len(tail)) + tail
}

func sanitise(s string) string {
	s = strings.Map(func(r rune) rune {
		if r == unicode.ReplacementChar || !unicode.IsPrint(r) || strings.ContainsRune(forbiddenInName, r) {
			return '-'
		}
		return r
	}, s)
	return strings.Trim(s, " .")
}

// cut returns at most n bytes of s and never half a character.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "")
}

func checkName(name string) error {
	switch {
	case name == "":
		return fmt.Errorf("the artifact has no name")
	case len(name) > maxNameBytes:
		return fmt.Errorf("the name of the artifact has %d bytes, more than %d", len(name), maxNameBytes)
	case name != sanitise(name):
		return fmt.Errorf("%q is no name for an artifact: it may not contain %q or control characters, or begin or end with a space or dot", name, forbiddenInName)
	}
	return nil
}
