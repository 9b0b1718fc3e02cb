package results

import (
	"io"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/format/lex"
)

// DetectGolangci knows the JSON of golangci-lint by its issues and its report.
func DetectGolangci(_ string, head []byte) bool {
	s := shapeOf(head, "Issues")
	return s.has("Issues[].FromLinter") || s.has("Issues", "Report")
}

// DecodeGolangci reads the JSON output of golangci-lint. A rule is the linter
// that found the issue. Without a list, there are no issues.
func DecodeGolangci(r io.Reader) (evidence.Fragment, error) {
	j, s, found := newJSONReader(r), newScan("golangci", "golangci-lint", r), false
	for j.more() {
		members(j, map[string]func(){
			"Issues": func() {
				found = true
				j.array(func() { golangciIssue(j, s) })
			},
			"Report": func() {
				members(j, map[string]func(){"Error": func() {
					if said := j.text(); said != "" {
						s.didNotRun(said)
					}
				}})
			},
		})
	}
	return findingsOf(s, found, j.problem())
}

func golangciIssue(j *jsonReader, s *scan) {
	var r evidence.Result
	severity := ""
	ok := members(j, map[string]func(){
		"FromLinter": func() { r.Rule = j.text() }, "Text": func() { r.Message = evidence.Clip(j.text(), lex.MaxCapture) },
		"Severity": func() { severity = j.word() },
		"Pos": func() {
			members(j, map[string]func(){
				"Filename": func() { r.Path = uriSlashes(j.text()) }, "Line": func() { r.Line, _ = j.integer() },
			})
		},
		"LineRange": func() { members(j, map[string]func(){"To": func() { r.EndLine, _ = j.integer() }}) },
	})
	if !ok || j.stopped() {
		return
	}
	r.Level = golangciWords.of(severity).level
	if r.EndLine < r.Line {
		r.EndLine = 0
	}
	s.add(r, "")
}
