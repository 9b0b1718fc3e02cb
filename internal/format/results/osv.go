package results

import (
	"cmp"
	"io"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/format/lex"
)

// DetectOSV knows the JSON of OSV-Scanner by the packages of its sources.
func DetectOSV(_ string, head []byte) bool {
	s := shapeOf(head, "results")
	return s.has("results[].packages", "results[].source") || s.has("results", "experimental_config")
}

// DecodeOSV reads the output of "osv-scanner --format json". The ids of one
// vulnerability in several databases are a group, which counts once.
func DecodeOSV(r io.Reader) (evidence.Fragment, error) {
	d := osv{j: newJSONReader(r), scan: newScan("osv-scanner", "OSV-Scanner", r)}
	found := false
	for d.j.more() {
		members(d.j, map[string]func(){"results": func() { found = d.j.array(d.source) || found }})
	}
	return findingsOf(d.scan, found, d.j.problem())
}

type osv struct {
	j    *jsonReader
	scan *scan
	path string
}

// maxAdvisories is the number of vulnerabilities of one package whose summaries
// are kept.
const maxAdvisories = 10_000

// osvAdvisory is a vulnerability of a package.
type osvAdvisory struct {
	id, summary, severity string
	grouped               bool
}

// osvGroup is what several databases call the same.
type osvGroup struct {
	ids      []string
	severity string
}

// source reads what was found in one file. Its path comes first.
func (d *osv) source() {
	d.path = ""
	members(d.j, map[string]func(){
		"source": func() {
			members(d.j, map[string]func(){"path": func() { d.path = uriSlashes(d.j.text()) }})
		},
		"packages": func() { d.j.array(d.pkg) },
	})
}

func (d *osv) pkg() {
	var called, version string
	var advisories []osvAdvisory
	var groups []osvGroup
	members(d.j, map[string]func(){
		"package": func() {
			members(d.j, map[string]func(){"name": func() { called = d.j.text() }, "version": func() { version = d.j.text() }})
		},
		"vulnerabilities": func() {
			d.j.array(func() {
				if a := d.advisory(); len(advisories) < maxAdvisories {
					advisories = append(advisories, a)
				}
			})
		},
		"groups": func() {
			d.j.array(func() {
				if g := d.group(); len(g.ids) > 0 && len(groups) < maxAdvisories {
					groups = append(groups, g)
				}
			})
		},
	})
	known := map[string]*osvAdvisory{}
	for i := range advisories {
		known[advisories[i].id] = &advisories[i]
	}
	add := func(id, score string, a osvAdvisory) {
		g := gravityOfScore(score)
		if score == "" {
			g = vulnerabilityWords.of(a.severity)
		}
		if strings.HasPrefix(id, "MAL-") {
			g = vulnerabilityWords.of("critical") // a malicious package has no score
		}
		d.scan.add(evidence.Result{
			Rule: id, Level: g.level, Severity: g.severity, Path: d.path,
			Message: packageMessage(called, version, "", a.summary),
		}, called+" "+version)
	}
	for _, g := range groups {
		var first osvAdvisory
		for _, id := range g.ids {
			if a := known[id]; a != nil {
				a.grouped = true
				first.summary, first.severity = cmp.Or(first.summary, a.summary), cmp.Or(first.severity, a.severity)
			}
		}
		add(g.ids[0], g.severity, first)
	}
	for _, a := range advisories {
		if !a.grouped && a.id != "" {
			add(a.id, "", a)
		}
	}
}

func (d *osv) advisory() osvAdvisory {
	var a osvAdvisory
	text := func(to *string) func() { return func() { *to = evidence.Clip(d.j.text(), lex.MaxMessageBytes) } }
	members(d.j, map[string]func(){
		"id": text(&a.id), "summary": text(&a.summary),
		"database_specific": func() { members(d.j, map[string]func(){"severity": text(&a.severity)}) },
	})
	return a
}

func (d *osv) group() osvGroup {
	var g osvGroup
	members(d.j, map[string]func(){
		"ids": func() {
			d.j.array(func() {
				if id := d.j.text(); len(g.ids) < 20 {
					g.ids = append(g.ids, evidence.Clip(id, lex.MaxReasonBytes))
				}
			})
		},
		"max_severity": func() { g.severity = d.j.scalar() },
	})
	return g
}
