package findings

import (
	"bytes"
	"io"
	"slices"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/format/lex"
)

// DetectRDJSON knows the Reviewdog Diagnostic Format by its diagnostics, or by
// lines that each are one.
func DetectRDJSON(path string, head []byte) bool {
	head = lex.Text(head)
	if !lex.StartsWith(head, '{') {
		return false
	}
	if lex.HasKeys(head, "diagnostics") && (lex.HasKeys(head, "message", "location") || lex.HasSuffix(path, ".rdjson")) {
		return true
	}
	first, _, _ := bytes.Cut(bytes.TrimSpace(head), []byte("\n"))
	return lex.HasKeys(first, "message", "location", "path") || lex.HasSuffix(path, ".rdjsonl") && lex.HasKeys(first, "message")
}

// DecodeRDJSON reads rdjson and rdjsonl (reviewdog/proto/rdf): one object with
// diagnostics, or one diagnostic after the other. There is a scan for each
// source; a diagnostic without severity has that of the whole.
func DecodeRDJSON(r io.Reader) (evidence.Fragment, error) {
	d := rdjson{source: r, j: lex.NewJSON(r), byTool: map[string]*scan{}}
	found := false
	for d.j.More() {
		found = d.document() || found
	}
	err := d.j.Problem()
	if err == nil && !found {
		err = evidence.Errorf(evidence.Unreadable, "no diagnostic")
	}
	if len(d.scans) == 0 && err != nil {
		return evidence.Fragment{}, err
	}
	var f evidence.Fragment
	for _, s := range d.scans {
		f.Scans = append(f.Scans, s.finish())
	}
	return f, err
}

// maxSources is the number of sources that get a scan of their own.
const maxSources = 100

type rdjson struct {
	source io.Reader
	j      *lex.JSON
	scans  []*scan
	byTool map[string]*scan
}

// diagnostic is one diagnostic, or a document that holds several.
type diagnostic struct {
	evidence.Result
	tool, severity, signed string
	message, whole         bool
	held                   []diagnostic
}

// document reads one document. Diagnostics are held until its source and
// severity are known.
func (d *rdjson) document() bool {
	var whole diagnostic
	d.j.Object(func(member string) {
		if member != "diagnostics" {
			d.member(&whole, member)
			return
		}
		whole.whole = d.j.Array(func() {
			var one diagnostic
			if !d.j.Object(func(member string) { d.member(&one, member) }) || d.j.Stopped() {
				return
			}
			if len(whole.held) < maxHeldResults {
				whole.held = append(whole.held, one)
				return
			}
			d.add(one, whole)
		}) || whole.whole
	})
	for _, one := range whole.held {
		d.add(one, whole)
	}
	if whole.whole {
		d.scan(whole.tool)
		return true
	}
	if whole.message && !d.j.Stopped() {
		d.add(whole, diagnostic{})
	}
	return whole.message
}

// scan is the scan of a tool.
func (d *rdjson) scan(tool string) *scan {
	if s := d.byTool[tool]; s != nil {
		return s
	}
	if len(d.scans) == maxSources {
		return d.scans[maxSources-1]
	}
	s := newScan("rdjson", tool, d.source)
	d.byTool[tool] = s
	d.scans = append(d.scans, s)
	return s
}

func (d *rdjson) add(one, whole diagnostic) {
	tool := one.tool
	if tool == "" {
		tool = whole.tool
	}
	severity := one.severity
	if rdLevel(severity) == "" {
		severity = whole.severity
	}
	if one.Level = rdLevel(severity); one.Level == "" {
		one.Level = evidence.LevelWarning
	}
	d.scan(tool).add(one.Result, one.signed)
}

func (d *rdjson) member(r *diagnostic, member string) {
	switch member {
	case "message":
		r.Message, r.message = evidence.Clip(d.j.Text(), lex.MaxCapture), true
	case "severity":
		r.severity = d.j.Scalar()
	case "source":
		d.named(&r.tool, "name")
	case "code":
		d.named(&r.Rule, "value")
	case "location":
		d.j.Object(func(member string) { d.location(r, member) })
	default:
		d.j.Skip()
	}
}

// named reads one member of an object.
func (d *rdjson) named(to *string, want string) {
	d.j.Object(func(member string) {
		if member == want {
			*to = evidence.Clip(d.j.Scalar(), lex.MaxNameBytes)
			return
		}
		d.j.Skip()
	})
}

func (d *rdjson) location(r *diagnostic, member string) {
	switch member {
	case "path":
		r.Path = lex.URIPath(d.j.Text())
	case "range":
		d.j.Object(func(member string) {
			at := &r.Line
			if member == "end" {
				at = &r.EndLine
			}
			d.j.Object(func(member string) {
				if member == "line" {
					*at, _ = d.j.Integer()
					return
				}
				d.j.Skip()
			})
		})
	default:
		d.j.Skip()
	}
}

// rdLevel reads a severity: a name of the enumeration, or its number. What is
// neither is "".
func rdLevel(severity string) evidence.Level {
	levels := []string{"", "ERROR", "WARNING", "INFO"}
	if n, ok := lex.Number(severity); ok && n < len(levels) {
		severity = levels[n]
	}
	switch i := slices.Index(levels, strings.ToUpper(severity)); i {
	case 1:
		return evidence.LevelError
	case 2:
		return evidence.LevelWarning
	case 3:
		return evidence.LevelNote
	}
	return ""
}
