package results

import (
	"io"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/format/lex"
)

// DetectGrype knows the JSON of Grype by its matches.
func DetectGrype(_ string, head []byte) bool {
	s := shapeOf(head, "matches")
	return s.has("matches[].vulnerability", "matches[].artifact") || s.has("matches", "descriptor", "source")
}

// DecodeGrype reads the output of "grype -o json". Ignored matches are counted as
// suppressed.
func DecodeGrype(r io.Reader) (evidence.Fragment, error) {
	j, s, found := newJSONReader(r), newScan("grype", "Grype", r), false
	for j.more() {
		members(j, map[string]func(){
			"matches": func() { found = j.array(func() { grypeMatch(j, s) }) || found },
			"ignoredMatches": func() {
				j.array(func() {
					j.skip()
					s.suppressed()
				})
			},
		})
	}
	return findingsOf(s, found, j.problem())
}

func grypeMatch(j *jsonReader, s *scan) {
	var id, said, severity, pkg, version, where string
	var fixed []string
	text := func(to *string) func() { return func() { *to = evidence.Clip(j.text(), lex.MaxCapture) } }
	ok := members(j, map[string]func(){
		"vulnerability": func() {
			members(j, map[string]func(){
				"id": text(&id), "description": text(&said), "severity": text(&severity),
				"fix": func() {
					members(j, map[string]func(){"versions": func() {
						j.array(func() {
							if v := j.text(); len(fixed) < 5 {
								fixed = append(fixed, v)
							}
						})
					}})
				},
			})
		},
		"artifact": func() {
			members(j, map[string]func(){
				"name": text(&pkg), "version": text(&version),
				"locations": func() {
					j.array(func() {
						first := where == ""
						members(j, map[string]func(){"path": func() {
							if p := j.text(); first {
								where = p
							}
						}})
					})
				},
			})
		},
	})
	if !ok || j.stopped() {
		return
	}
	g := vulnerabilityWords.of(severity)
	s.add(evidence.Result{
		Rule: id, Level: g.level, Severity: g.severity, Path: uriSlashes(where),
		Message: packageMessage(pkg, version, strings.Join(fixed, ", "), said),
	}, pkg+" "+version)
}
