package assess

import (
	"fmt"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// Explain returns what a policy amounts to, as text: what fails the check, the
// level of each rule and whether the policy chose it, and what is accepted until
// when.
func Explain(p Policy) string {
	var b strings.Builder
	switch p.failOn() {
	case failOnNone:
		b.WriteString("reports only: the check is neutral\n")
	default:
		fmt.Fprintf(&b, "fails on findings of level %s\n", strings.Join(failing(p.failOn()), " or "))
	}
	for _, r := range Rules() {
		level, from := p.level(r), "default"
		if p.overrides(r) {
			from = "policy"
		}
		word := string(level)
		if level == evidence.LevelNone {
			word = "off"
		}
		fmt.Fprintf(&b, "%-8s %-28s %s\n", word, r.ID, from)
	}
	for _, a := range p.Accepted {
		state := "accepted"
		switch {
		case !a.holds(p.Today):
			state = "accepted until " + a.Expires + ", which is over"
		case a.Expires != "":
			state = "accepted until " + a.Expires
		}
		fmt.Fprintf(&b, "%s: %s: %s\n", a.ID, state, a.Reason)
	}
	return b.String()
}

func failing(failOn string) []string {
	if failOn == string(evidence.LevelWarning) {
		return []string{"warning", "error"}
	}
	return []string{failOn}
}
