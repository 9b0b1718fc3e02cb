package brief

import (
	"cmp"
	"regexp"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// Gap is what was looked for in vain for one cause.
type Gap struct {
	// What was looked for, and the cause with what to do about it.
	Subjects    []string
	Cause, Hint string
	Origin      evidence.Origin
}

// Gaps returns what was looked for in vain, grouped by cause. What nobody asked for
// is not among it.
func (v *View) Gaps() []Gap {
	type key struct{ cause, hint string }
	at := map[key]int{}
	var all []Gap
	for _, g := range v.Record.Gaps {
		if g.Origin.Reason == evidence.NotConfigured {
			continue
		}
		k := key{cause(cmp.Or(g.Detail, string(g.Origin.Reason))), g.Hint}
		i, seen := at[k]
		if !seen {
			i, at[k] = len(all), len(all)
			all = append(all, Gap{Cause: k.cause, Hint: k.hint, Origin: g.Origin})
		}
		all[i].Subjects = append(all[i].Subjects, g.Subject)
	}
	return all
}

// fromGit matches what a git command printed about itself.
var fromGit = regexp.MustCompile(`(?:: )?\bgit [a-z-]+: (?:fatal|error):.*$|(?:: )?\b(?:fatal|error): .*\(exit status \d+\)$`)

// cause is a reason without what only git's authors need.
func cause(detail string) string {
	short := strings.TrimSpace(fromGit.ReplaceAllString(detail, ""))
	if short == detail {
		return detail
	}
	if short == "" {
		return "not in this copy of the repository"
	}
	return short + ": not in this copy of the repository"
}
