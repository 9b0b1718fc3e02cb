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
	s := lex.ShapeOf(head, "uuid", "status")
	return s.Has("uuid", "name", "status") && s.Any("historyId", "testCaseId", "fullName")
}

// DecodeAllure reads one *-result.json of allure-results: a test in a file of its
// own. A broken test is errored; so is one whose status is unknown.
func DecodeAllure(r io.Reader) (evidence.Fragment, error) {
	d := allure{j: lex.NewJSON(r), tally: newTally("allure", r)}
	for d.j.More() {
		d.result()
	}
	err := d.j.Problem()
	if d.tally.raw.Total == 0 {
		return evidence.Fragment{}, cmp.Or(err, evidence.Errorf(evidence.Unreadable, "no status"))
	}
	return evidence.Fragment{Suites: []evidence.Suite{d.tally.finish(silent())}}, err
}

type allure struct {
	j     *lex.JSON
	tally *tally
}

func (d *allure) result() {
	var r record
	var status, said, trace, full, history string
	var labels []string
	var start, stop float64
	d.j.Object(func(member string) {
		switch member {
		case "name":
			r.name = d.j.Text()
		case "fullName":
			full = d.j.Text()
		case "historyId":
			history = d.j.Text()
		case "status":
			status = d.j.Word()
		case "statusDetails":
			d.j.Members(map[string]func(){
				"message": func() { said = evidence.Clip(d.j.Text(), lex.MaxCapture) }, "trace": func() { trace = evidence.Clip(d.j.Text(), lex.MaxCapture) },
			})
		case "labels":
			d.j.Array(func() { labels = append(labels, d.label()...) })
		case "start":
			start, _ = d.j.Real()
		case "stop":
			stop, _ = d.j.Real()
		default:
			d.j.Skip()
		}
	})
	r.outcome = allureOutcome(status)
	if status == "" || d.j.Stopped() && !bad(r.outcome) {
		return
	}
	r.class, r.millis = strings.Join(labels[:min(len(labels), 5)], " > "), lex.Milliseconds(stop-start)
	if d.tally.suite.Name == "" {
		d.tally.suite.Name = lex.Name(r.class)
	}
	r.message = explain(r.outcome, said, status)
	if bad(r.outcome) {
		r.message, r.signed = lex.JoinMessages(cmp.Or(said, "status: "+status), trace), headline(said, trace)
		r.trace = trace
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
	d.j.Members(map[string]func(){"name": func() { key = d.j.Word() }, "value": func() { value = d.j.Text() }})
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
