package findings

import (
	"io"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/format/lex"
)

// DetectGolangci knows the JSON of golangci-lint by its issues and its report.
func DetectGolangci(_ string, head []byte) bool {
	s := lex.ShapeOf(head, "Issues")
	return s.Has("Issues[].FromLinter") || s.Has("Issues", "Report")
}

// DecodeGolangci reads the JSON output of golangci-lint. A rule is the linter
// that found the issue. Without a list, there are no issues.
func DecodeGolangci(r io.Reader) (evidence.Fragment, error) {
	j, s, found := lex.NewJSON(r), newScan("golangci", "golangci-lint", r), false
	for j.More() {
		j.Members(map[string]func(){
			"Issues": func() {
				found = true
				j.Array(func() { golangciIssue(j, s) })
			},
			"Report": func() {
				j.Members(map[string]func(){"Error": func() {
					if said := j.Text(); said != "" {
						s.didNotRun(said)
						s.Failed = true
					}
				}})
			},
		})
	}
	return findingsOf(s, found, j.Problem())
}

func golangciIssue(j *lex.JSON, s *scan) {
	var r evidence.Result
	severity := ""
	ok := j.Members(map[string]func(){
		"FromLinter": func() { r.Rule = j.Text() }, "Text": func() { r.Message = evidence.Clip(j.Text(), lex.MaxCapture) },
		"Severity": func() { severity = j.Word() },
		"Pos": func() {
			j.Members(map[string]func(){
				"Filename": func() { r.Path = lex.Slashes(j.Text()) }, "Line": func() { r.Line, _ = j.Integer() },
			})
		},
		"LineRange": func() { j.Members(map[string]func(){"To": func() { r.EndLine, _ = j.Integer() }}) },
	})
	if !ok || j.Stopped() {
		return
	}
	r.Level = golangciWords.of(severity).level
	if r.EndLine < r.Line {
		r.EndLine = 0
	}
	s.add(r, "")
}
