package findings

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
	return lex.ShapeOf(head, "SchemaVersion", "ArtifactName").Has("SchemaVersion", "ArtifactName") ||
		lex.ShapeOf(head, "Target").Any("[].Target", "Results[].Target") || lex.ShapeOf(head, "ClusterName").Any("Resources", "Findings")
}

// DecodeTrivy reads the output of "trivy --format json": vulnerabilities, failed
// misconfigurations, secrets and licences. Those that are ignored are counted as
// suppressed. The packages of an operating system have no path.
func DecodeTrivy(r io.Reader) (evidence.Fragment, error) {
	d := trivy{j: lex.NewJSON(r), scan: newScan("trivy", "Trivy", r)}
	for d.j.More() {
		if d.j.Peek() == '[' {
			d.found = d.j.Array(d.target) || d.found
			continue
		}
		d.j.Object(d.member)
	}
	return findingsOf(d.scan, d.found, d.j.Problem())
}

type trivy struct {
	j     *lex.JSON
	scan  *scan
	found bool
}

func (d *trivy) member(name string) {
	switch name {
	case "SchemaVersion":
		// A clean report has no results.
		d.found = true
		d.j.Skip()
	case "Results":
		d.found = true
		d.j.Array(d.target)
	case "Resources", "Findings":
		d.found = true
		d.j.Array(func() { d.j.Members(map[string]func(){"Results": func() { d.j.Array(d.target) }}) })
	default:
		d.j.Skip()
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
	d.j.Object(func(member string) {
		switch member {
		case "Target":
			target = d.j.Text()
		case "Class":
			class = d.j.Word()
		case "Vulnerabilities", "Misconfigurations", "Secrets", "Licenses":
			d.j.Array(one)
		case "ExperimentalModifiedFindings":
			d.j.Array(func() {
				d.j.Skip()
				d.scan.suppressed()
			})
		default:
			d.j.Skip()
		}
	})
}

func (d *trivy) finding(target, class string) {
	var f trivyFinding
	if !d.j.Object(func(member string) { d.findingMember(&f, member) }) || d.j.Stopped() {
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
		r.Path = lex.Slashes(target)
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
		if text := evidence.Clip(d.j.Text(), lex.MaxCapture); text != "" {
			*to = text
		}
	case member == "Name" && f.id == "":
		f.id = d.j.Text()
	case member == "StartLine":
		f.line, _ = d.j.Integer()
	case member == "EndLine":
		f.end, _ = d.j.Integer()
	case member == "CauseMetadata":
		d.j.Object(func(member string) {
			if member == "StartLine" || member == "EndLine" {
				d.findingMember(f, member)
				return
			}
			d.j.Skip()
		})
	default:
		d.j.Skip()
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
