package results

import (
	"cmp"
	"io"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/format/lex"
)

// DetectTrivy knows the JSON of Trivy by its artifact, its cluster, or, before
// the second version of its schema, by the list of targets.
func DetectTrivy(_ string, head []byte) bool {
	return shapeOf(head, "SchemaVersion", "ArtifactName").has("SchemaVersion", "ArtifactName") ||
		shapeOf(head, "Target").any("[].Target", "Results[].Target") || shapeOf(head, "ClusterName").any("Resources", "Findings")
}

// DecodeTrivy reads the output of "trivy --format json": vulnerabilities, failed
// misconfigurations, secrets and licences. Those that are ignored are counted as
// suppressed. The packages of an operating system have no path.
func DecodeTrivy(r io.Reader) (evidence.Fragment, error) {
	d := trivy{j: newJSONReader(r), scan: newScan("trivy", "Trivy", r)}
	for d.j.more() {
		if d.j.peek() == '[' {
			d.found = d.j.array(d.target) || d.found
			continue
		}
		d.j.object(d.member)
	}
	return findingsOf(d.scan, d.found, d.j.problem())
}

type trivy struct {
	j     *jsonReader
	scan  *scan
	found bool
}

func (d *trivy) member(name string) {
	switch name {
	case "SchemaVersion":
		// A clean report has no results.
		d.found = true
		d.j.skip()
	case "Results":
		d.found = true
		d.j.array(d.target)
	case "Resources", "Findings":
		d.found = true
		d.j.array(func() { members(d.j, map[string]func(){"Results": func() { d.j.array(d.target) }}) })
	default:
		d.j.skip()
	}
}

// trivyFinding is a result as it stands in the report.
type trivyFinding struct {
	id, pkg, version, fixed, title, message, severity, status, path string
	line, end                                                       int
}

func (d *trivy) target() {
	var target, class string
	d.found = true
	one := func() { d.finding(target, class) }
	d.j.object(func(member string) {
		switch member {
		case "Target":
			target = d.j.text()
		case "Class":
			class = d.j.word()
		case "Vulnerabilities", "Misconfigurations", "Secrets", "Licenses":
			d.j.array(one)
		case "ExperimentalModifiedFindings":
			d.j.array(func() {
				d.j.skip()
				d.scan.suppressed()
			})
		default:
			d.j.skip()
		}
	})
}

func (d *trivy) finding(target, class string) {
	var f trivyFinding
	if !d.j.object(func(member string) { d.findingMember(&f, member) }) || d.j.stopped() {
		return
	}
	switch strings.ToUpper(f.status) {
	case "PASS", "SUCCESSFUL":
		return
	case "EXCEPTION":
		d.scan.suppressed()
		return
	}
	g := vulnerabilityWords.of(f.severity)
	r := evidence.Result{Rule: f.id, Level: g.level, Severity: g.severity, Path: f.path, Line: f.line, EndLine: f.end}
	if r.Path == "" && class != "os-pkgs" {
		r.Path = uriSlashes(target)
	}
	r.Message = packageMessage(f.pkg, f.version, f.fixed, cmp.Or(f.message, f.title))
	d.scan.add(r, "")
}

func (d *trivy) findingMember(f *trivyFinding, member string) {
	to := map[string]*string{
		"VulnerabilityID": &f.id, "ID": &f.id, "RuleID": &f.id, "PkgName": &f.pkg, "InstalledVersion": &f.version, "FixedVersion": &f.fixed,
		"Title": &f.title, "Message": &f.message, "Severity": &f.severity, "Status": &f.status, "PkgPath": &f.path, "FilePath": &f.path,
	}[member]
	switch {
	case to != nil:
		if text := evidence.Clip(d.j.text(), lex.MaxCapture); text != "" {
			*to = text
		}
	case member == "Name" && f.id == "":
		f.id = d.j.text()
	case member == "StartLine":
		f.line, _ = d.j.integer()
	case member == "EndLine":
		f.end, _ = d.j.integer()
	case member == "CauseMetadata":
		d.j.object(func(member string) {
			if member == "StartLine" || member == "EndLine" {
				d.findingMember(f, member)
				return
			}
			d.j.skip()
		})
	default:
		d.j.skip()
	}
}

// packageMessage says which package has a vulnerability.
func packageMessage(pkg, version, fixed, said string) string {
	about := strings.TrimSpace(pkg + " " + version)
	if fixed != "" {
		about += ", fixed in " + fixed
	}
	if about == "" || said == "" {
		return about + said
	}
	return about + ": " + said
}
