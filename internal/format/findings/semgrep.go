package findings

import (
	"io"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/format/lex"
)

// DetectSemgrep knows the JSON of Semgrep by the rules of its results, or by
// what it scanned when there are none.
func DetectSemgrep(_ string, head []byte) bool {
	return lex.ShapeOf(head, "results", "check_id").Has("results[].check_id", "results[].path") ||
		lex.ShapeOf(head, "results", "scanned").Has("results", "errors", "paths.scanned")
}

// DecodeSemgrep reads the output of "semgrep --json" and of Opengrep. Results
// that a comment ignores are suppressed. An error of the level "error" means
// that the scan is not whole.
func DecodeSemgrep(r io.Reader) (evidence.Fragment, error) {
	j, s, found := lex.NewJSON(r), newScan("semgrep", "Semgrep", r), false
	for j.More() {
		j.Members(map[string]func(){
			"version": func() { s.Tool = lex.Name("Semgrep " + j.Text()) },
			"results": func() { found = j.Array(func() { semgrepResult(j, s) }) || found },
			"errors":  func() { j.Array(func() { semgrepError(j, s) }) },
		})
	}
	return findingsOf(s, found, j.Problem())
}

func semgrepResult(j *lex.JSON, s *scan) {
	var r evidence.Result
	var severity, fingerprint string
	ignored := false
	at := func(to *int) func() {
		return func() { j.Members(map[string]func(){"line": func() { *to, _ = j.Integer() }}) }
	}
	ok := j.Members(map[string]func(){
		"check_id": func() { r.Rule = j.Text() }, "path": func() { r.Path = lex.Slashes(j.Text()) },
		"start": at(&r.Line), "end": at(&r.EndLine),
		"extra": func() {
			j.Members(map[string]func(){
				"message": func() { r.Message = evidence.Clip(j.Text(), lex.MaxCapture) }, "severity": func() { severity = j.Word() },
				"is_ignored": func() { ignored, _ = j.Truth() }, "fingerprint": func() { fingerprint = j.Text() },
			})
		},
	})
	if !ok || j.Stopped() {
		return
	}
	if ignored {
		s.suppressed()
		return
	}
	g := semgrepWords.of(severity)
	r.Level, r.Severity = g.level, g.severity
	if fingerprint == "requires login" {
		fingerprint = ""
	}
	s.add(r, fingerprint)
}

func semgrepError(j *lex.JSON, s *scan) {
	var level, said string
	j.Members(map[string]func(){
		"level": func() { level = j.Word() }, "message": func() { said = evidence.Clip(j.Text(), lex.MaxCapture) },
	})
	if level == "error" {
		s.didNotRun(said)
	}
}
