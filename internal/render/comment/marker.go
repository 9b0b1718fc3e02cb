package comment

import (
	"fmt"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/render/text"
)

// MarkerPrefix returns how the first line of the comment for a pull request and
// key begins. No other pull request or key begins like it.
func MarkerPrefix(pr int, key string) string {
	return fmt.Sprintf("<!-- mergebrief:v1 pr=%d key=%s ", pr, token(key))
}

// marker returns the first line of a comment, which is invisible: the next run
// reads from it which run wrote the comment, for which head. Where heads had
// failures a second one follows, in which the next run finds those that GitHub
// has forgotten by then.
func marker(r *evidence.Record, key string) string {
	state := "head=" + token(r.Target.Head)
	if r.Run != nil && r.Run.RunID > 0 {
		state += fmt.Sprintf(" run=%d.%d", r.Run.RunID, r.Run.Attempt)
	}
	line := MarkerPrefix(r.Target.PullRequest, key) + state + " -->"
	if ledger := evidence.EncodeLedger(r.Target.PullRequest, r.Heads); ledger != "" {
		line += "\n" + ledger
	}
	return line
}

// token returns s as a word that can neither end the marker nor begin another
// entry of it; different words stay different.
func token(s string) string {
	if s == "" {
		return "default"
	}
	var b strings.Builder
	for _, r := range evidence.ClipMiddle(s, text.MaxName) {
		switch {
		case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9', r == '.', r == '/', r == '-':
			b.WriteRune(r)
		default:
			fmt.Fprintf(&b, "_%x_", r)
		}
	}
	return b.String()
}
