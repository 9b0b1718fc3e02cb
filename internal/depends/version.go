package depends

import (
	"cmp"
	"regexp"
	"strconv"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

var (
	numbers = regexp.MustCompile(`\d+`)
	// bare is a version without an operator. A commit id and a digest are the most
	// exact of all.
	bare = regexp.MustCompile(`^(?:==|=)?\s*v?\d+(?:\.\d+){1,3}(?:[-+.][\w.+-]+)?$|[0-9a-f]{40}`)
	// preview matches the marks of versions that are not released, as semantic
	// versioning, Python, Maven and NuGet write them.
	preview = regexp.MustCompile(`(?i)\d[-._]?(?:alpha|beta|rc|pre|preview|next|canary|dev|snapshot|nightly|m\d)|\d(?:a|b)\d+$`)
)

// compareVersions orders versions by their numbers; those without any by their
// text. It is no more than a guess where tools have an order of their own.
func compareVersions(a, b string) int { return cmp.Or(compareNumbers(a, b), strings.Compare(a, b)) }

// compareNumbers is 0 for versions that differ in something that is no number.
func compareNumbers(a, b string) int {
	x, y := numbers.FindAllString(release(a), -1), numbers.FindAllString(release(b), -1)
	for i := range max(len(x), len(y)) {
		if c := cmp.Compare(numberAt(x, i), numberAt(y, i)); c != 0 {
			return c
		}
	}
	return cmp.Compare(boolToInt(prerelease(b)), boolToInt(prerelease(a)))
}

// release is a version without what follows its release number.
func release(v string) string {
	v = ids.ReplaceAllString(v, "")
	if at := strings.IndexByte(v, '@'); at > 0 {
		v = v[:at]
	}
	v, _, _ = strings.Cut(v, " features ")
	v, _, _ = strings.Cut(v, "+")
	return v
}

func numberAt(all []string, i int) int {
	if i >= len(all) {
		return 0
	}
	n, err := strconv.Atoi(all[i])
	if err != nil { // longer than any release number
		return 0
	}
	return n
}

func boolToInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// direction tells up from down where both versions have numbers.
func direction(from, to string) evidence.DependencyChange {
	if !ordered(from) || !ordered(to) {
		return evidence.DependencyChanged
	}
	switch c := compareNumbers(from, to); {
	case c < 0:
		return evidence.DependencyUpgraded
	case c > 0:
		return evidence.DependencyDowngraded
	}
	return evidence.DependencyChanged
}

// ordered reports whether a version is one that has an order: a commit id has none.
func ordered(v string) bool {
	return numbers.MatchString(v) && !commitID.MatchString(v)
}

var commitID = regexp.MustCompile(`^[0-9a-f]{7,64}$`)

// exact reports whether nothing but one version fits.
func exact(v string) bool { return bare.MatchString(v) }

// floating reports whether any later version fits, whatever it is.
func floating(v string) bool {
	switch strings.ToLower(strings.TrimSpace(v)) {
	case "*", "latest", "x", "main", "master", "head", "nightly", "stable":
		return true
	}
	return strings.HasSuffix(v, ":latest")
}

// pinnable reports whether a version could have been written exactly: what comes
// from the same repository has none.
func pinnable(v string) bool {
	for _, local := range []string{"workspace:", "file:", "link:", "path ", "catalog:"} {
		if strings.HasPrefix(v, local) {
			return false
		}
	}
	return true
}

func prerelease(v string) bool { return preview.MatchString(ids.ReplaceAllString(v, "")) }

// major is the first number of a version; "" where it has none.
func major(v string) string { return numbers.FindString(ids.ReplaceAllString(v, "")) }
