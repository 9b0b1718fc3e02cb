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
	switch lex.XMLRoot(head) {
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
	d := nunit{x: lex.NewXML(r), tally: newTally("nunit", r)}
	err := d.x.Document(d.start, d.end)
	if d.found == 0 && err != nil {
		return evidence.Fragment{}, err
	}
	return evidence.Fragment{Suites: []evidence.Suite{d.tally.finish(d.verdict)}}, err
}

type nunit struct {
	x     *lex.XML
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
			return x.Skip()
		}
		said, err := d.message()
		s := &d.open[len(d.open)-1]
		s.failed, s.said = true, said
		return err
	}
	if x.Depth() == 1 {
		return x.Errorf(evidence.Unreadable, "the root element is <%s>, not one of NUnit", element)
	}
	return x.Skip()
}

func (d *nunit) root() {
	x := d.x
	if d.tally.suite.Name == "" {
		d.tally.suite.Name = lex.Name(x.Attr("name"))
	}
	d.tally.started(lex.Instant(strings.Replace(x.Attr("start-time"), " ", "T", 1)))
	d.verdict = nunitVerdict(x)
	sum(&d.verdict.failed, declared(x, "failed", "failures"))
	sum(&d.verdict.errored, declared(x, "errors"))
}

// nunitVerdict is what the result of the element at hand says, which NUnit 2 calls
// success.
func nunitVerdict(x *lex.XML) (v verdict) {
	result := x.Attr("result")
	if strings.EqualFold(x.Attr("success"), "false") {
		result = "failure"
	}
	switch strings.ToLower(result) {
	case "failed", "failure", "error", "cancelled":
		v.red = "the result of <" + string(lex.Local(x.Open())) + "> is " + lex.Name(result)
	}
	return v
}

func (d *nunit) suite() {
	x := d.x
	s := nunitSuite{name: x.Attr("name"), full: x.Attr("fullname"), site: x.Attr("site"), since: d.tally.mark(), verdict: nunitVerdict(x)}
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
	r := record{name: x.Attr("fullname"), class: x.Attr("classname")}
	if r.name == "" {
		r.name = x.Attr("name")
	}
	if r.class == "" && len(d.open) > 0 {
		r.class = d.open[len(d.open)-1].full
	}
	if r.millis = lex.Millis(x.Attr("duration")); r.millis == 0 {
		r.millis = lex.Millis(x.Attr("time"))
	}
	o := nunitOutcome{
		result: strings.ToLower(x.Attr("result")), label: x.Attr("label"),
		executed: strings.ToLower(x.Attr("executed")), success: strings.ToLower(x.Attr("success")),
	}
	failed, said, err := d.caseBody()
	r.outcome = o.outcome(failed)
	if err != nil && !bad(r.outcome) {
		return err
	}
	r.trace = said
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
	err = d.x.Within(func(element string) error {
		var text string
		var err error
		switch element {
		case "failure", "reason":
			failed = failed || element == "failure"
			text, err = d.message()
		default:
			err = d.x.Skip()
		}
		said = cmp.Or(said, text)
		return err
	})
	return failed, said, err
}

// message reads <message> and <stack-trace> of the element at hand.
func (d *nunit) message() (string, error) { return messageAndTrace(d.x, "message", "stack-trace") }

// messageAndTrace reads the element at hand, which has a message and a trace. What
// it returns is not bounded yet.
func messageAndTrace(x *lex.XML, messageName, traceName string) (string, error) {
	var head, trace string
	err := x.Within(func(element string) (err error) {
		switch element {
		case messageName:
			head, err = x.Content(lex.MaxCapture)
		case traceName:
			trace, err = x.Content(lex.MaxCapture)
		default:
			err = x.Skip()
		}
		return err
	})
	return lex.Joined(head, trace), err
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
