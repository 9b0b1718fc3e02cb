package results

import (
	"cmp"
	"io"
	"strings"
	"time"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/format/lex"
)

// DetectAllure knows a result of Allure by its identity and status.
func DetectAllure(_ string, head []byte) bool {
	s := shapeOf(head, "uuid", "status")
	return s.has("uuid", "name", "status") && s.any("historyId", "testCaseId", "fullName")
}

// DecodeAllure reads one *-result.json of allure-results: a test in a file of its
// own. A broken test is errored; so is one whose status is unknown.
func DecodeAllure(r io.Reader) (evidence.Fragment, error) {
	d := allure{j: newJSONReader(r), tally: newTally("allure", r)}
	for d.j.more() {
		d.result()
	}
	err := d.j.problem()
	if d.tally.raw.Total == 0 {
		return evidence.Fragment{}, cmp.Or(err, evidence.Errorf(evidence.Unreadable, "no status"))
	}
	return evidence.Fragment{Suites: []evidence.Suite{d.tally.finish(silent())}}, err
}

type allure struct {
	j     *jsonReader
	tally *tally
}

func (d *allure) result() {
	var r record
	var status, said, trace, full, history string
	var labels []string
	var start, stop float64
	d.j.object(func(member string) {
		switch member {
		case "name":
			r.name = d.j.text()
		case "fullName":
			full = d.j.text()
		case "historyId":
			history = d.j.text()
		case "status":
			status = d.j.word()
		case "statusDetails":
			members(d.j, map[string]func(){
				"message": func() { said = evidence.Clip(d.j.text(), lex.MaxCapture) }, "trace": func() { trace = evidence.Clip(d.j.text(), lex.MaxCapture) },
			})
		case "labels":
			d.j.array(func() { labels = append(labels, d.label()...) })
		case "start":
			start, _ = d.j.real()
		case "stop":
			stop, _ = d.j.real()
		default:
			d.j.skip()
		}
	})
	r.outcome = allureOutcome(status)
	if status == "" || d.j.stopped() && !bad(r.outcome) {
		return
	}
	r.class, r.millis = strings.Join(labels[:min(len(labels), 5)], " > "), lex.Milliseconds(stop-start)
	if d.tally.suite.Name == "" {
		d.tally.suite.Name = lex.Name(r.class)
	}
	r.message = explain(r.outcome, said, status)
	if bad(r.outcome) {
		r.message, r.signed = lex.JoinMessages(cmp.Or(said, "status: "+status), trace), headline(said, trace)
	}
	if start > 0 && start < maxUnixMillis {
		d.tally.started(time.UnixMilli(int64(start)).UTC())
	}
	r.id = evidence.Identify(history, full, r.name)
	d.tally.add(r)
}

// label is the value of a label that names a suite.
func (d *allure) label() []string {
	var key, value string
	members(d.j, map[string]func(){"name": func() { key = d.j.word() }, "value": func() { value = d.j.text() }})
	if value == "" || key != "parentSuite" && key != "suite" && key != "subSuite" {
		return nil
	}
	return []string{lex.Name(value)}
}

func allureOutcome(status string) evidence.Outcome {
	switch strings.ToLower(status) {
	case "passed":
		return evidence.Passed
	case "failed":
		return evidence.Failed
	case "skipped":
		return evidence.Skipped
	}
	return evidence.Errored // broken, unknown
}
