package results

import (
	"io"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// DetectIstanbulSummary knows Istanbul's coverage-summary.json by its totals.
func DetectIstanbulSummary(_ string, head []byte) bool {
	return shapeOf(head, "total", "statements", "pct").has("total.lines.pct", "total.statements.pct")
}

// DecodeIstanbulSummary reads coverage-summary.json: the number of lines only,
// since it lists none.
func DecodeIstanbulSummary(r io.Reader) (evidence.Fragment, error) {
	j := newJSONReader(r)
	var lines, covered int
	found := false
	number := func(to *int) func() {
		return func() {
			if n, ok := j.integer(); ok {
				*to, found = n, true
			}
		}
	}
	for j.more() {
		members(j, map[string]func(){"total": func() {
			members(j, map[string]func(){"lines": func() {
				members(j, map[string]func(){"total": number(&lines), "covered": number(&covered)})
			}})
		}})
	}
	err := j.problem()
	if !found {
		if err == nil {
			err = evidence.Errorf(evidence.Unreadable, "no total of lines")
		}
		return evidence.Fragment{}, err
	}
	c := evidence.Coverage{Format: "istanbul-summary", Lines: lines, Covered: min(covered, lines)}
	return evidence.Fragment{Coverage: []evidence.Coverage{c}}, err
}

// members reads an object: what a name has in the table, and skips the others.
func members(j *jsonReader, read map[string]func()) bool {
	return j.object(func(member string) {
		if f := read[member]; f != nil {
			f()
			return
		}
		j.skip()
	})
}
