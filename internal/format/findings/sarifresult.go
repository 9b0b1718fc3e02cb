package findings

import (
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/format/lex"
)

// sarifResult is an active result whose rule is not resolved yet.
type sarifResult struct {
	evidence.Result
	ref    sarifRef
	signed string
	// Name of the folder that its path is relative to.
	base string
}

// sarifRaw is a result as it stands in the file.
type sarifRaw struct {
	sarifResult
	kind, baseline         string
	suppressions, accepted int
	located, hashed        bool
}

func (d *sarifRun) result() {
	raw := sarifRaw{}
	raw.ref = sarifRef{component: driver, index: -1}
	if !d.j.Object(func(member string) { d.resultMember(&raw, member) }) || d.j.Stopped() {
		return
	}
	d.count(raw)
}

// count decides whether the result is one, and whether it is active.
func (d *sarifRun) count(raw sarifRaw) {
	if kind := strings.ToLower(raw.kind); kind != "" && kind != "fail" {
		return
	}
	if raw.baseline == "absent" {
		return
	}
	if raw.suppressions > 0 && raw.suppressions == raw.accepted {
		d.scan.Counts.Total++
		d.scan.Counts.Suppressed++
		return
	}
	if raw.Rule == "" {
		raw.Rule = raw.ref.id
	}
	if len(d.held) < maxHeldResults || d.scan.cut.Room(raw.Path, raw.Line, raw.EndLine) {
		raw.Message = lex.Message(raw.Message)
		d.held = append(d.held, raw.sarifResult)
		return
	}
	d.omit(raw)
}

// omit counts a result that is not kept, under its rule when the level is not
// known yet.
func (d *sarifRun) omit(raw sarifRaw) {
	if raw.Level != "" {
		count(&d.scan.Counts, raw.Level)
		d.scan.ResultsOmitted++
		return
	}
	if _, known := d.later[raw.ref]; !known && len(d.later) == maxRules {
		raw.ref = sarifRef{component: driver, index: -1}
	}
	d.later[raw.ref]++
}

func (d *sarifRun) resultMember(r *sarifRaw, member string) {
	switch member {
	case "ruleId":
		r.ref.id = evidence.Clip(d.j.Word(), lex.MaxNameBytes)
	case "ruleIndex":
		if n, ok := d.j.Integer(); ok {
			r.ref.index = n
		}
	case "rule":
		d.j.Object(func(member string) { d.reference(&r.ref, member) })
	case "level":
		r.Level = sarifLevel(d.j.Word())
	case "kind":
		r.kind = d.j.Word()
	case "message":
		r.Message = d.message()
	case "locations":
		d.j.Array(func() {
			if r.located {
				d.j.Skip()
				return
			}
			d.location(r)
		})
	case "partialFingerprints":
		d.fingerprints(r)
	case "suppressions":
		d.j.Array(func() { d.suppression(r) })
	case "baselineState":
		r.baseline = d.j.Word()
	default:
		d.j.Skip()
	}
}

// reference reads a reportingDescriptorReference (3.52).
func (d *sarifRun) reference(ref *sarifRef, member string) {
	switch member {
	case "id":
		if id := d.j.Text(); ref.id == "" {
			ref.id = evidence.Clip(id, lex.MaxNameBytes)
		}
	case "index":
		if n, ok := d.j.Integer(); ok {
			ref.index = n
		}
	case "toolComponent":
		d.j.Object(func(member string) {
			if member != "index" {
				d.j.Skip()
				return
			}
			if n, ok := d.j.Integer(); ok {
				ref.component = n
			}
		})
	default:
		d.j.Skip()
	}
}

// suppression counts one. Without a status it is accepted (3.35.3); files from
// before 2.1.0 say state.
func (d *sarifRun) suppression(r *sarifRaw) {
	status := "accepted"
	d.j.Object(func(member string) {
		switch member {
		case "status", "state":
			status = d.j.Word()
		default:
			d.j.Skip()
		}
	})
	r.suppressions++
	if strings.EqualFold(status, "accepted") {
		r.accepted++
	}
}

// fingerprints prefers primaryLocationLineHash, the only one that is the same
// in every run of every tool that writes it.
func (d *sarifRun) fingerprints(r *sarifRaw) {
	d.j.Object(func(member string) {
		switch {
		case member == "primaryLocationLineHash":
			r.signed, r.hashed = d.j.Text(), true
		default:
			d.j.Skip()
		}
	})
}

func (d *sarifRun) location(r *sarifRaw) {
	d.j.Object(func(member string) {
		if member != "physicalLocation" {
			d.j.Skip()
			return
		}
		r.located = true
		d.j.Object(func(member string) {
			switch member {
			case "artifactLocation":
				d.artifact(r)
			case "region":
				d.region(r)
			default:
				d.j.Skip()
			}
		})
	})
}

func (d *sarifRun) artifact(r *sarifRaw) {
	d.j.Object(func(member string) {
		switch member {
		case "uri":
			r.Path = lex.URIPath(d.j.Text())
		case "uriBaseId":
			r.base = evidence.Clip(d.j.Word(), lex.MaxNameBytes)
		default:
			d.j.Skip()
		}
	})
}

func (d *sarifRun) region(r *sarifRaw) {
	d.j.Object(func(member string) {
		switch member {
		case "startLine":
			r.Line, _ = d.j.Integer()
		case "endLine":
			r.EndLine, _ = d.j.Integer()
		case "snippet":
			if text := d.message(); !r.hashed && r.signed == "" {
				r.signed = text
			}
		default:
			d.j.Skip()
		}
	})
	if r.EndLine < r.Line {
		r.EndLine = 0
	}
}
