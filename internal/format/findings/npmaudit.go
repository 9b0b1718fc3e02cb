package findings

import (
	"cmp"
	"io"
	pathpkg "path"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/format/lex"
)

// DetectNPMAudit knows the JSON of npm audit by its version, that of npm 6, pnpm
// and Yarn by its advisories, and that of a failed run by the error of the
// registry.
func DetectNPMAudit(_ string, head []byte) bool {
	return lex.ShapeOf(head, "auditReportVersion").Has("auditReportVersion") ||
		lex.ShapeOf(head, "advisories", "metadata").Has("advisories", "metadata") ||
		lex.ShapeOf(head, "error", "summary").Has("error.summary", "error.detail")
}

// DecodeNPMAudit reads the output of "npm audit --json", one result for each
// package as npm counts them, and what npm 6 and pnpm write, one for each
// advisory. An error in its place means that nothing was audited.
func DecodeNPMAudit(r io.Reader) (evidence.Fragment, error) {
	d := npmAudit{j: lex.NewJSON(r), scan: newScan("npm-audit", "npm audit", r)}
	list := func() { d.found = d.j.Object(func(string) { d.one() }) || d.found }
	for d.j.More() {
		d.j.Members(map[string]func(){"vulnerabilities": list, "advisories": list, "error": d.failed, "message": func() { d.said = evidence.Clip(d.j.Text(), lex.MaxMessageBytes) }})
	}
	return findingsOf(d.scan, d.found, d.j.Problem())
}

type npmAudit struct {
	j     *lex.JSON
	scan  *scan
	found bool
	// What the client says of an answer of the registry.
	said string
}

func (d *npmAudit) failed() {
	var code, said string
	d.j.Members(map[string]func(){
		"code": func() { code = d.j.Scalar() }, "summary": func() { said = d.j.Text() },
	})
	d.scan.Failed = true
	d.scan.didNotRun("nothing was audited: " + cmp.Or(lex.JoinMessages(code, said), d.said))
}

// one reads a package, or an advisory of npm 6.
func (d *npmAudit) one() {
	var called, severity, spread, title, rule, fixed string
	text := func(to *string) func() { return func() { *to = evidence.Clip(d.j.Scalar(), lex.MaxMessageBytes) } }
	ok := d.j.Members(map[string]func(){
		"name": text(&called), "module_name": text(&called), "severity": text(&severity), "range": text(&spread),
		"vulnerable_versions": text(&spread), "patched_versions": text(&fixed), "title": text(&title), "url": text(&rule),
		"via": func() {
			d.j.Array(func() {
				var t, u string
				if d.j.Peek() == '"' {
					t = "through " + d.j.Text()
				} else {
					d.j.Members(map[string]func(){"title": text(&t), "url": text(&u)})
				}
				title, rule = cmp.Or(title, t), cmp.Or(rule, u)
			})
		},
	})
	if !ok || d.j.Stopped() {
		return
	}
	g := vulnerabilityWords.of(severity)
	rule = pathpkg.Base("/" + rule)
	if rule == "/" {
		rule = called
	}
	d.scan.add(evidence.Result{
		Rule: rule, Level: g.level, Severity: g.severity, Message: packageMessage(called, spread, fixed, title),
	}, called)
}
