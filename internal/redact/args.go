package redact

import (
	"slices"
	"strings"
)

// Args is [Redactor.Text] for the arguments of one command, which only together
// tell what is a secret: in "-p", "word" neither does. It returns as many.
func (r *Redactor) Args(argv []string) []string {
	out := make([]string, len(argv))
	starts := make([]int, len(argv))
	var line strings.Builder
	for i, arg := range argv {
		out[i], _ = r.Text(arg)
		starts[i] = line.Len() + btoi(i > 0)
		if i > 0 {
			line.WriteByte(' ')
		}
		line.WriteString(out[i])
	}
	hits := r.hits(line.String(), 0)
	for _, h := range slices.Backward(hits) { // what stands before stays where it is
		for n := len(out) - 1; n >= 0; n-- {
			from, to := h.from-starts[n], h.to-starts[n]
			if from >= len(out[n]) || to <= 0 {
				continue
			}
			from, to = max(0, from), min(to, len(out[n]))
			if from == 0 || strings.HasPrefix(out[n], "-") {
				to = len(out[n]) // blanks in an argument end none
			}
			out[n] = out[n][:from] + mark(r.rules[h.rule].kind) + out[n][to:]
		}
	}
	return out
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}
