package results

import (
	"bytes"
	"io"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/format/lex"
)

// DetectCodeClimate knows the issues of Code Climate and of GitLab's Code Quality
// by their check and place, in a list or one after the other.
func DetectCodeClimate(_ string, head []byte) bool {
	s := shapeOf(head, "check_name", "location")
	return s.has("[].check_name", "[].location") || s.has("check_name", "location") ||
		shapeOf(head, "fingerprint", "location", "severity").has("[].fingerprint", "[].location", "[].severity", "[].description")
}

// DecodeCodeClimate reads the issues of Code Climate
// (github.com/codeclimate/platform, spec/analyzers/SPEC.md) and of GitLab's Code
// Quality: a list, or one document after the other with zero bytes between them.
// Measurements are no issues.
func DecodeCodeClimate(r io.Reader) (evidence.Fragment, error) {
	d := codeClimate{j: newJSONReader(zeroless{r}), scan: newScan("codeclimate", "Code Quality", r)}
	for d.j.more() {
		if d.j.peek() == '[' {
			d.found = d.j.array(d.issue) || d.found
			continue
		}
		d.issue()
	}
	return findingsOf(d.scan, d.found, d.j.problem())
}

// zeroless turns the zero bytes between documents into white space.
type zeroless struct{ r io.Reader }

func (z zeroless) Read(p []byte) (int, error) {
	n, err := z.r.Read(p)
	for rest := p[:n]; ; {
		i := bytes.IndexByte(rest, 0)
		if i < 0 {
			return n, err
		}
		rest[i] = '\n'
		rest = rest[i+1:]
	}
}

type codeClimate struct {
	j     *jsonReader
	scan  *scan
	found bool
}

func (d *codeClimate) issue() {
	var r evidence.Result
	var kind, severity, fingerprint string
	at := func(to *int) func() {
		return func() {
			if d.j.peek() == '{' {
				members(d.j, map[string]func(){"line": func() { *to, _ = d.j.integer() }})
				return
			}
			*to, _ = d.j.integer()
		}
	}
	lines := func() { members(d.j, map[string]func(){"begin": at(&r.Line), "end": at(&r.EndLine)}) }
	ok := members(d.j, map[string]func(){
		"type": func() { kind = d.j.word() }, "check_name": func() { r.Rule = d.j.text() },
		"description": func() { r.Message = evidence.Clip(d.j.text(), lex.MaxCapture) }, "severity": func() { severity = d.j.word() },
		"fingerprint": func() { fingerprint = d.j.text() },
		"location": func() {
			members(d.j, map[string]func(){
				"path": func() { r.Path = uriPath(d.j.text()) }, "lines": lines, "positions": lines,
			})
		},
	})
	if !ok || d.j.stopped() || kind != "" && kind != "issue" {
		return
	}
	d.found = true
	r.Level = codeClimateWords.of(severity).level
	d.scan.add(r, fingerprint)
}
