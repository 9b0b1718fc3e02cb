package coverage

import (
	"io"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/format/lex"
)

// DetectIstanbulSummary knows Istanbul's coverage-summary.json by its totals.
func DetectIstanbulSummary(_ string, head []byte) bool {
	return lex.ShapeOf(head, "total", "statements", "pct").Has("total.lines.pct", "total.statements.pct")
}

// DecodeIstanbulSummary reads coverage-summary.json: the number of lines only,
// since it lists none.
func DecodeIstanbulSummary(r io.Reader) (evidence.Fragment, error) {
	j := lex.NewJSON(r)
	var lines, covered int
	found := false
	number := func(to *int) func() {
		return func() {
			if n, ok := j.Integer(); ok {
				*to, found = n, true
			}
		}
	}
	for j.More() {
		j.Members(map[string]func(){"total": func() {
			j.Members(map[string]func(){"lines": func() {
				j.Members(map[string]func(){"total": number(&lines), "covered": number(&covered)})
			}})
		}})
	}
	err := j.Problem()
	if !found {
		if err == nil {
			err = evidence.Errorf(evidence.Unreadable, "no total of lines")
		}
		return evidence.Fragment{}, err
	}
	c := evidence.Coverage{Format: "istanbul-summary", Lines: lines, Covered: min(covered, lines)}
	return evidence.Fragment{Coverage: []evidence.Coverage{c}}, err
}
