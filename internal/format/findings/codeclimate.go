package findings

import (
	"bytes"
	"io"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/format/lex"
)

// DetectCodeClimate knows the issues of Code Climate and of GitLab's Code Quality
// by their check and place, in a list or one after the other.
func DetectCodeClimate(_ string, head []byte) bool {
	s := lex.ShapeOf(head, "check_name", "location")
	return s.Has("[].check_name", "[].location") || s.Has("check_name", "location") ||
		lex.ShapeOf(head, "fingerprint", "location", "severity").Has("[].fingerprint", "[].location", "[].severity", "[].description")
}

// DecodeCodeClimate reads the issues of Code Climate
// (github.com/codeclimate/platform, spec/analyzers/SPEC.md) and of GitLab's Code
// Quality: a list, or one document after the other with zero bytes between them.
// Measurements are no issues.
func DecodeCodeClimate(r io.Reader) (evidence.Fragment, error) {
	d := codeClimate{j: lex.NewJSON(zeroless{r}), scan: newScan("codeclimate", "Code Quality", r)}
	for d.j.More() {
		if d.j.Peek() == '[' {
			d.found = d.j.Array(d.issue) || d.found
			continue
		}
		d.issue()
	}
	return findingsOf(d.scan, d.found, d.j.Problem())
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
	j     *lex.JSON
	scan  *scan
	found bool
}

func (d *codeClimate) issue() {
	var r evidence.Result
	var kind, severity, fingerprint string
	at := func(to *int) func() {
		return func() {
			if d.j.Peek() == '{' {
				d.j.Members(map[string]func(){"line": func() { *to, _ = d.j.Integer() }})
				return
			}
			*to, _ = d.j.Integer()
		}
	}
	lines := func() { d.j.Members(map[string]func(){"begin": at(&r.Line), "end": at(&r.EndLine)}) }
	ok := d.j.Members(map[string]func(){
		"type": func() { kind = d.j.Word() }, "check_name": func() { r.Rule = d.j.Text() },
		"description": func() { r.Message = evidence.Clip(d.j.Text(), lex.MaxCapture) }, "severity": func() { severity = d.j.Word() },
		"fingerprint": func() { fingerprint = d.j.Text() },
		"location": func() {
			d.j.Members(map[string]func(){
				"path": func() { r.Path = lex.URIPath(d.j.Text()) }, "lines": lines, "positions": lines,
			})
		},
	})
	if !ok || d.j.Stopped() || kind != "" && kind != "issue" {
		return
	}
	d.found = true
	r.Level = codeClimateWords.of(severity).level
	d.scan.add(r, fingerprint)
}
