package findings

import (
	"strconv"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/format/lex"
)

// maxRules is the number of rules of a run that are kept. GitHub refuses files
// with more than 25,000.
const maxRules = 25_000

// driver is the number of the tool component that is not an extension.
const driver = -1

// sarifKey finds a rule: by component and index, or by id alone.
type sarifKey struct {
	component, index int
	id               string
}

// sarifRule is what a result takes from its rule.
type sarifRule struct {
	id       string
	level    evidence.Level
	severity evidence.Severity
}

func (r sarifRule) levelOr(level evidence.Level) evidence.Level {
	if r.level == "" {
		return level
	}
	return r.level
}

// sarifRef is how a result refers to its rule. Index is -1 when there is none.
type sarifRef struct {
	component, index int
	id               string
}

func (d *sarifRun) tool(member string) {
	switch member {
	case "driver":
		d.component(driver)
	case "extensions":
		n := 0
		d.j.Array(func() {
			d.component(n)
			n++
		})
	case "name": // before version 2.1.0
		if called := d.j.Text(); d.scan.Tool == "" {
			d.scan.Tool = lex.Name(called)
		}
	default:
		d.j.Skip()
	}
}

// component reads the driver or an extension.
func (d *sarifRun) component(number int) {
	called, version := "", ""
	d.j.Object(func(member string) {
		switch member {
		case "name":
			called = d.j.Text()
		case "version", "semanticVersion":
			if v := d.j.Text(); version == "" {
				version = v
			}
		case "rules":
			n := 0
			d.j.Array(func() {
				d.rule(number, n)
				n++
			})
		default:
			d.j.Skip()
		}
	})
	if number == driver {
		d.scan.Tool = lex.Name(strings.TrimSpace(called + " " + version))
	}
}

func (d *sarifRun) rule(component, index int) {
	var r sarifRule
	d.j.Object(func(member string) {
		switch member {
		case "id":
			r.id = evidence.Clip(d.j.Text(), lex.MaxNameBytes)
		case "defaultConfiguration":
			d.j.Object(func(member string) {
				if member != "level" {
					d.j.Skip()
					return
				}
				r.level = sarifLevel(d.j.Word())
			})
		case "properties":
			d.j.Object(func(member string) {
				if member != "security-severity" {
					d.j.Skip()
					return
				}
				r.severity = severityOf(d.j.Scalar())
			})
		default:
			d.j.Skip()
		}
	})
	if len(d.rules) >= 2*maxRules {
		return
	}
	d.rules[sarifKey{component, index, ""}] = r
	byID := sarifKey{driver, -1, r.id}
	if _, known := d.rules[byID]; !known && r.id != "" {
		d.rules[byID] = r
	}
}

// ruleOf finds the rule of a result: by index, else by id, else by the longest
// start of a hierarchical id.
func (d *sarifRun) ruleOf(ref sarifRef) sarifRule {
	if ref.index >= 0 {
		if r, ok := d.rules[sarifKey{ref.component, ref.index, ""}]; ok && r.covers(ref.id) {
			return r
		}
	}
	for id := ref.id; id != ""; {
		if r, ok := d.rules[sarifKey{driver, -1, id}]; ok {
			return r
		}
		cut := strings.LastIndexByte(id, '/')
		if cut < 0 {
			break
		}
		id = id[:cut]
	}
	return sarifRule{}
}

// covers reports whether the rule can be the one with the id: an index that
// points to another rule is wrong.
func (r sarifRule) covers(id string) bool {
	return id == "" || r.id == "" || id == r.id || strings.HasPrefix(id, r.id+"/")
}

// sarifLevel reads a level; tools write them in all cases. What is none is "".
func sarifLevel(s string) evidence.Level {
	switch s := strings.ToLower(s); s {
	case "error", "warning", "note", "none":
		return evidence.Level(s)
	}
	return ""
}

// severityOf reads a CVSS score the way GitHub code scanning does.
func severityOf(score string) evidence.Severity {
	f, err := strconv.ParseFloat(strings.TrimSpace(score), 64)
	switch {
	case err != nil || !(f > 0) || f > 10:
		return ""
	case f >= 9:
		return evidence.SeverityCritical
	case f >= 7:
		return evidence.SeverityHigh
	case f >= 4:
		return evidence.SeverityMedium
	}
	return evidence.SeverityLow
}
