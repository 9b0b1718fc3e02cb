package findings

import (
	"cmp"
	"io"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/format/lex"
)

// DetectOSV knows the JSON of OSV-Scanner by the packages of its sources.
func DetectOSV(_ string, head []byte) bool {
	s := lex.ShapeOf(head, "results")
	return s.Has("results[].packages", "results[].source") || s.Has("results", "experimental_config")
}

// DecodeOSV reads the output of "osv-scanner --format json". The ids of one
// vulnerability in several databases are a group, which counts once.
func DecodeOSV(r io.Reader) (evidence.Fragment, error) {
	d := osv{j: lex.NewJSON(r), scan: newScan("osv-scanner", "OSV-Scanner", r)}
	found := false
	for d.j.More() {
		d.j.Members(map[string]func(){"results": func() { found = d.j.Array(d.source) || found }})
	}
	return findingsOf(d.scan, found, d.j.Problem())
}

type osv struct {
	j    *lex.JSON
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
	d.j.Members(map[string]func(){
		"source": func() {
			d.j.Members(map[string]func(){"path": func() { d.path = lex.Slashes(d.j.Text()) }})
		},
		"packages": func() { d.j.Array(d.pkg) },
	})
}

func (d *osv) pkg() {
	var called, version string
	var advisories []osvAdvisory
	var groups []osvGroup
	d.j.Members(map[string]func(){
		"package": func() {
			d.j.Members(map[string]func(){"name": func() { called = d.j.Text() }, "version": func() { version = d.j.Text() }})
		},
		"vulnerabilities": func() {
			d.j.Array(func() {
				if a := d.advisory(); len(advisories) < maxAdvisories {
					advisories = append(advisories, a)
				}
			})
		},
		"groups": func() {
			d.j.Array(func() {
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
	text := func(to *string) func() { return func() { *to = evidence.Clip(d.j.Text(), lex.MaxMessageBytes) } }
	d.j.Members(map[string]func(){
		"id": text(&a.id), "summary": text(&a.summary),
		"database_specific": func() { d.j.Members(map[string]func(){"severity": text(&a.severity)}) },
	})
	return a
}

func (d *osv) group() osvGroup {
	var g osvGroup
	d.j.Members(map[string]func(){
		"ids": func() {
			d.j.Array(func() {
				if id := d.j.Text(); len(g.ids) < 20 {
					g.ids = append(g.ids, evidence.Clip(id, lex.MaxReasonBytes))
				}
			})
		},
		"max_severity": func() { g.severity = d.j.Scalar() },
	})
	return g
}
