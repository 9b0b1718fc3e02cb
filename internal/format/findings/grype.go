package findings

import (
	"io"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/format/lex"
)

// DetectGrype knows the JSON of Grype by its matches.
func DetectGrype(_ string, head []byte) bool {
	s := lex.ShapeOf(head, "matches")
	return s.Has("matches[].vulnerability", "matches[].artifact") || s.Has("matches", "descriptor", "source")
}

// DecodeGrype reads the output of "grype -o json". Ignored matches are counted as
// suppressed.
func DecodeGrype(r io.Reader) (evidence.Fragment, error) {
	j, s, found := lex.NewJSON(r), newScan("grype", "Grype", r), false
	for j.More() {
		j.Members(map[string]func(){
			"matches": func() { found = j.Array(func() { grypeMatch(j, s) }) || found },
			"ignoredMatches": func() {
				j.Array(func() {
					j.Skip()
					s.suppressed()
				})
			},
		})
	}
	return findingsOf(s, found, j.Problem())
}

func grypeMatch(j *lex.JSON, s *scan) {
	var id, said, severity, pkg, version, where string
	var fixed []string
	text := func(to *string) func() { return func() { *to = evidence.Clip(j.Text(), lex.MaxCapture) } }
	ok := j.Members(map[string]func(){
		"vulnerability": func() {
			j.Members(map[string]func(){
				"id": text(&id), "description": text(&said), "severity": text(&severity),
				"fix": func() {
					j.Members(map[string]func(){"versions": func() {
						j.Array(func() {
							if v := j.Text(); len(fixed) < 5 {
								fixed = append(fixed, v)
							}
						})
					}})
				},
			})
		},
		"artifact": func() {
			j.Members(map[string]func(){
				"name": text(&pkg), "version": text(&version),
				"locations": func() {
					j.Array(func() {
						first := where == ""
						j.Members(map[string]func(){"path": func() {
							if p := j.Text(); first {
								where = p
							}
						}})
					})
				},
			})
		},
	})
	if !ok || j.Stopped() {
		return
	}
	g := vulnerabilityWords.of(severity)
	s.add(evidence.Result{
		Rule: id, Level: g.level, Severity: g.severity, Path: lex.Slashes(where),
		Message: packageMessage(pkg, version, strings.Join(fixed, ", "), said),
	}, pkg+" "+version)
}
