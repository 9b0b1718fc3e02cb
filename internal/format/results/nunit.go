package results

import (
	"cmp"
	"io"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/format/lex"
)

// DetectNUnit knows the results of NUnit 2 and 3 by their root element.
func DetectNUnit(_ string, head []byte) bool {
	switch xmlRoot(head) {
	case "test-run", "test-results", "test-suite":
		return true
	}
	return false
}

// DecodeNUnit reads the results of NUnit 3 (test-run, "Test Result XML Format")
// and NUnit 2 (test-results). Inconclusive, ignored and not runnable tests are
// skipped, with the label as the reason when there is no other. What NUnit 3
// calls failed is failed, also when the label is "Error".
func DecodeNUnit(r io.Reader) (evidence.Fragment, error) {
	d := nunit{x: newXMLReader(r), tally: newTally("nunit", r)}
	err := d.x.document(d.start, d.end)
	if d.found == 0 && err != nil {
		return evidence.Fragment{}, err
	}
	return evidence.Fragment{Suites: []evidence.Suite{d.tally.finish(d.verdict)}}, err
}

type nunit struct {
	x     *xmlReader
	tally *tally
	found int
	open  []nunitSuite
	// What the root says.
	verdict verdict
}

// nunitSuite is an open test-suite.
type nunitSuite struct {
	name, full, site string
	// Number of failures listed when it began, and what its own failure says.
	since  mark
	failed bool
	said   string
	// It says that it failed.
	verdict verdict
}

func (d *nunit) start(element string) error {
	x := d.x
	switch element {
	case "test-run", "test-results":
		d.found++
		d.root()
		return nil
	case "test-suite":
		d.found++
		d.suite()
		return nil
	case "results":
		return nil
	case "test-case":
		d.found++
		return d.testcase()
	case "failure":
		if len(d.open) == 0 {
			return x.skip()
		}
		said, err := d.message()
		s := &d.open[len(d.open)-1]
		s.failed, s.said = true, said
		return err
	}
	if x.depth() == 1 {
		return x.errorf(evidence.Unreadable, "the root element is <%s>, not one of NUnit", element)
	}
	return x.skip()
}

func (d *nunit) root() {
	x := d.x
	if d.tally.suite.Name == "" {
		d.tally.suite.Name = lex.Name(x.attr("name"))
	}
	d.tally.started(lex.Instant(strings.Replace(x.attr("start-time"), " ", "T", 1)))
	d.verdict = nunitVerdict(x)
	sum(&d.verdict.failed, declared(x, "failed", "failures"))
	sum(&d.verdict.errored, declared(x, "errors"))
}

// nunitVerdict is what the result of the element at hand says, which NUnit 2 calls
// success.
func nunitVerdict(x *xmlReader) (v verdict) {
	result := x.attr("result")
	if strings.EqualFold(x.attr("success"), "false") {
		result = "failure"
	}
	switch strings.ToLower(result) {
	case "failed", "failure", "error", "cancelled":
		v.red = "the result of <" + string(local(x.open())) + "> is " + lex.Name(result)
	}
	return v
}

func (d *nunit) suite() {
	x := d.x
	s := nunitSuite{name: x.attr("name"), full: x.attr("fullname"), site: x.attr("site"), since: d.tally.mark(), verdict: nunitVerdict(x)}
	if s.full == "" {
		s.full = s.name
	}
	if d.tally.suite.Name == "" {
		d.tally.suite.Name = lex.Name(s.name)
	}
	d.open = append(d.open, s)
}

// end leaves a suite. A failure of its own, as in a fixture's setup, counts when
// no case in it shows it.
func (d *nunit) end(element string) {
	if element != "test-suite" || len(d.open) == 0 {
		return
	}
	s := d.open[len(d.open)-1]
	d.open = d.open[:len(d.open)-1]
	outright := s.site == "SetUp" || s.site == "TearDown"
	if s.failed && (outright || d.tally.mark().bad == s.since.bad) {
		d.tally.broken(evidence.BreakageAborted, s.full, s.said)
	}
	d.tally.settle(s.full, s.verdict, s.since)
}

func (d *nunit) testcase() error {
	x := d.x
	r := record{name: x.attr("fullname"), class: x.attr("classname")}
	if r.name == "" {
		r.name = x.attr("name")
	}
	if r.class == "" && len(d.open) > 0 {
		r.class = d.open[len(d.open)-1].full
	}
	if r.millis = lex.Millis(x.attr("duration")); r.millis == 0 {
		r.millis = lex.Millis(x.attr("time"))
	}
	o := nunitOutcome{
		result: strings.ToLower(x.attr("result")), label: x.attr("label"),
		executed: strings.ToLower(x.attr("executed")), success: strings.ToLower(x.attr("success")),
	}
	failed, said, err := d.caseBody()
	r.outcome = o.outcome(failed)
	if err != nil && !bad(r.outcome) {
		return err
	}
	r.message = explain(r.outcome, said, o.result+" "+o.label)
	if r.name != "" {
		r.id = evidence.Identify(d.suiteName(), r.class, r.name)
	}
	d.tally.add(r)
	return err
}

func (d *nunit) suiteName() string {
	if len(d.open) == 0 {
		return ""
	}
	return d.open[len(d.open)-1].full
}

// caseBody reads the children of a case.
func (d *nunit) caseBody() (failed bool, said string, err error) {
	err = d.x.within(func(element string) error {
		var text string
		var err error
		switch element {
		case "failure", "reason":
			failed = failed || element == "failure"
			text, err = d.message()
		default:
			err = d.x.skip()
		}
		said = cmp.Or(said, text)
		return err
	})
	return failed, said, err
}

// message reads <message> and <stack-trace> of the element at hand.
func (d *nunit) message() (string, error) { return messageAndTrace(d.x, "message", "stack-trace") }

// messageAndTrace reads the element at hand, which has a message and a trace.
func messageAndTrace(x *xmlReader, messageName, traceName string) (string, error) {
	var head, trace string
	err := x.within(func(element string) (err error) {
		switch element {
		case messageName:
			head, err = x.content(lex.MaxCapture)
		case traceName:
			trace, err = x.content(lex.MaxCapture)
		default:
			err = x.skip()
		}
		return err
	})
	return lex.JoinMessages(head, trace), err
}

// nunitOutcome is what the attributes of a case say.
type nunitOutcome struct{ result, label, executed, success string }

func (o nunitOutcome) outcome(failed bool) evidence.Outcome {
	switch o.result {
	case "failed", "failure":
		return evidence.Failed
	case "error", "cancelled":
		return evidence.Errored
	case "passed", "success", "warning":
		if failed && o.result != "warning" {
			return evidence.Failed
		}
		return evidence.Passed
	case "skipped", "ignored", "inconclusive", "notrunnable":
		return evidence.Skipped
	}
	switch {
	case failed:
		return evidence.Failed
	case o.executed == "false":
		return evidence.Skipped
	case o.success == "false":
		return evidence.Failed
	}
	return evidence.Passed
}
