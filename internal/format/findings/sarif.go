package findings

import (
	"bytes"
	"io"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/format/lex"
)

// DetectSARIF knows SARIF by its runs and a version or schema of its own.
func DetectSARIF(path string, head []byte) bool {
	head = lex.Text(head)
	if !lex.StartsWith(head, '{') {
		return false
	}
	return bytes.Contains(head, []byte(`"runs"`)) && (bytes.Contains(head, []byte("sarif")) || bytes.Contains(head, []byte(`"driver"`)) || sarifResults(head)) ||
		lex.HasSuffix(path, ".sarif", ".sarif.json") && (bytes.Contains(head, []byte(`"version"`)) || bytes.Contains(head, []byte(`"runs"`)))
}

// sarifResults reports whether head has results as SARIF has them: the tool and the
// version may stand behind thousands.
func sarifResults(head []byte) bool {
	return lex.HasKeys(head, "results", "message") && (lex.HasKeys(head, "ruleId") || lex.HasKeys(head, "ruleIndex")) &&
		(lex.HasKeys(head, "physicalLocation") || lex.HasKeys(head, "locations"))
}

// DecodeSARIF reads SARIF 2.1.0: one scan for each run.
//
// The level of a result is its own, else the default of its rule, else "warning"
// (section 3.27.10); the rule is found by index, by toolComponent in an
// extension, by id, and by the start of a hierarchical id (3.52.4). Results of
// another kind than "fail" and those that the baseline calls absent are not
// results to act upon. A result is suppressed when it has suppressions and every
// one is accepted (3.27.23). A run whose invocation failed did not run.
func DecodeSARIF(r io.Reader) (evidence.Fragment, error) {
	d := sarif{source: r, j: lex.NewJSON(r)}
	found := false
	for d.j.More() {
		d.j.Object(func(member string) {
			if member != "runs" {
				d.j.Skip()
				return
			}
			found = d.j.Array(d.run) || found
		})
	}
	err := d.j.Problem()
	switch {
	case err == nil && !found:
		err = evidence.Errorf(evidence.Unreadable, "no list of runs")
	case err == nil && d.malformed:
		err = evidence.Errorf(evidence.Unreadable, "the results of a run are not a list")
	}
	return evidence.Fragment{Scans: d.scans}, err
}

type sarif struct {
	source    io.Reader
	j         *lex.JSON
	scans     []evidence.Scan
	malformed bool
}

func (d *sarif) run() {
	run := sarifRun{j: d.j, scan: newScan("sarif", "", d.source), later: map[sarifRef]int{}, rules: map[sarifKey]sarifRule{}, bases: map[string]sarifBase{}}
	if !d.j.Object(run.member) {
		return
	}
	// A run that breaks off before its first result says nothing.
	if d.j.Stopped() && run.scan.Tool == "" && len(run.held) == 0 {
		return
	}
	if d.j.Stopped() && !run.results {
		run.didNotRun("the file ends before the results")
	}
	d.malformed = d.malformed || run.malformed
	d.scans = append(d.scans, run.finish())
}

// sarifRun collects a run. Its members come in any order, results often before
// the rules that they refer to.
type sarifRun struct {
	j     *lex.JSON
	scan  *scan
	held  []sarifResult
	later map[sarifRef]int
	rules map[sarifKey]sarifRule
	bases map[string]sarifBase
	// The run has a member for results; it is of another type than it must be.
	results, malformed bool
}

func (d *sarifRun) member(name string) {
	switch name {
	case "tool":
		d.j.Object(d.tool)
	case "results":
		d.results = true
		switch {
		case d.j.Null():
			d.didNotRun("the run did not complete: its results are null")
		case !d.j.Array(d.result) && !d.j.Stopped():
			d.didNotRun("the results are not a list")
			d.malformed = true
		}
	case "invocations":
		d.j.Array(d.invocation)
	case "originalUriBaseIds":
		d.j.Object(d.base)
	default:
		d.j.Skip()
	}
}

// didNotRun notes that the zero of the run is none. The first reason stays.
func (d *sarifRun) didNotRun(said string) {
	d.scan.DidNotRun = true
	if d.scan.Message == "" {
		d.scan.Message = lex.Message(said)
	}
}

func (d *sarifRun) invocation() {
	failed, said := false, ""
	d.j.Object(func(member string) {
		switch member {
		case "executionSuccessful":
			ok, is := d.j.Truth()
			failed = is && !ok
		case "toolExecutionNotifications", "toolConfigurationNotifications":
			d.j.Array(func() { d.notification(&said) })
		case "exitCodeDescription", "processStartFailureMessage", "exitSignalName":
			if text := d.j.Text(); said == "" {
				said = text
			}
		default:
			d.j.Skip()
		}
	})
	if failed {
		d.didNotRun(said)
		d.scan.Failed = true
	}
}

// notification keeps the first message of the level error, else the first.
func (d *sarifRun) notification(said *string) {
	var text, level string
	d.j.Object(func(member string) {
		switch member {
		case "message":
			text = d.message()
		case "level":
			level = d.j.Word()
		default:
			d.j.Skip()
		}
	})
	if *said == "" || level == "error" {
		*said = text
	}
}

// finish resolves the levels, now that all rules are known. A run without a
// member for results was not asked for any, or broke off (3.14.23).
func (d *sarifRun) finish() evidence.Scan {
	if !d.results {
		d.didNotRun("the run states no results")
	}
	d.scan.chosen = true
	for _, r := range d.held {
		rule := d.ruleOf(r.ref)
		if r.Level == "" {
			r.Level = rule.levelOr(evidence.LevelWarning)
		}
		r.Severity = rule.severity
		if r.Rule == "" {
			r.Rule = rule.id
		}
		if !lex.Rooted(r.Path) {
			r.Base = d.folder(r.base)
		}
		d.scan.add(r.Result, r.signed)
	}
	for ref, n := range d.later {
		level := d.ruleOf(ref).levelOr(evidence.LevelWarning)
		for range n {
			count(&d.scan.Counts, level)
		}
		d.scan.ResultsOmitted += n
	}
	return d.scan.finish()
}

// message reads a message object: text, else Markdown, else the id.
func (d *sarifRun) message() string {
	var text, other string
	if d.j.Peek() == '"' {
		return d.j.Text()
	}
	d.j.Object(func(member string) {
		switch member {
		case "text":
			text = d.j.Text()
		case "markdown", "id":
			if s := d.j.Text(); other == "" {
				other = s
			}
		default:
			d.j.Skip()
		}
	})
	if text == "" {
		return other
	}
	return text
}

const (
	// maxBases is the number of folders that paths may be relative to. Tools write two
	// or three.
	maxBases = 100
	// maxBaseDepth is how many of them may be relative to one another.
	maxBaseDepth = 4
)

// sarifBase is a folder that paths are relative to (3.14.14).
type sarifBase struct{ uri, base string }

func (d *sarifRun) base(name string) {
	var b sarifBase
	d.j.Object(func(member string) {
		switch member {
		case "uri":
			b.uri = lex.Path(lex.URIPath(d.j.Text()))
		case "uriBaseId":
			b.base = d.j.Word()
		default:
			d.j.Skip()
		}
	})
	if len(d.bases) < maxBases {
		d.bases[name] = b
	}
}

// folder is the path of a folder by its name, with a slash at its end; "" when the
// run does not say where it is.
func (d *sarifRun) folder(name string) string {
	path := ""
	for range maxBaseDepth {
		b, known := d.bases[name]
		if !known || b.uri == "" {
			break
		}
		path = strings.TrimSuffix(b.uri, "/") + "/" + path
		if lex.Rooted(path) {
			break
		}
		name = b.base
	}
	return path
}
