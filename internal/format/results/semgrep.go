package results

import (
	"io"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/format/lex"
)

// DetectSemgrep knows the JSON of Semgrep by the rules of its results, or by
// what it scanned when there are none.
func DetectSemgrep(_ string, head []byte) bool {
	return shapeOf(head, "results", "check_id").has("results[].check_id", "results[].path") ||
		shapeOf(head, "results", "scanned").has("results", "errors", "paths.scanned")
}

// DecodeSemgrep reads the output of "semgrep --json" and of Opengrep. Results
// that a comment ignores are suppressed. An error of the level "error" means
// that the scan is not whole.
func DecodeSemgrep(r io.Reader) (evidence.Fragment, error) {
	j, s, found := newJSONReader(r), newScan("semgrep", "Semgrep", r), false
	for j.more() {
		members(j, map[string]func(){
			"version": func() { s.Tool = lex.Name("Semgrep " + j.text()) },
			"results": func() { found = j.array(func() { semgrepResult(j, s) }) || found },
			"errors":  func() { j.array(func() { semgrepError(j, s) }) },
		})
	}
	return findingsOf(s, found, j.problem())
}

func semgrepResult(j *jsonReader, s *scan) {
	var r evidence.Result
	var severity, fingerprint string
	ignored := false
	at := func(to *int) func() {
		return func() { members(j, map[string]func(){"line": func() { *to, _ = j.integer() }}) }
	}
	ok := members(j, map[string]func(){
		"check_id": func() { r.Rule = j.text() }, "path": func() { r.Path = uriSlashes(j.text()) },
		"start": at(&r.Line), "end": at(&r.EndLine),
		"extra": func() {
			members(j, map[string]func(){
				"message": func() { r.Message = evidence.Clip(j.text(), lex.MaxCapture) }, "severity": func() { severity = j.word() },
				"is_ignored": func() { ignored, _ = j.truth() }, "fingerprint": func() { fingerprint = j.text() },
			})
		},
	})
	if !ok || j.stopped() {
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

func semgrepError(j *jsonReader, s *scan) {
	var level, said string
	members(j, map[string]func(){
		"level": func() { level = j.word() }, "message": func() { said = evidence.Clip(j.text(), lex.MaxCapture) },
	})
	if level == "error" {
		s.didNotRun(said)
	}
}
