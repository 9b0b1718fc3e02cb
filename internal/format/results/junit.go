package results

import (
	"io"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// DetectJUnit knows JUnit XML by its root element.
func DetectJUnit(_ string, head []byte) bool {
	root := xmlRoot(head)
	return root == "testsuites" || root == "testsuite"
}

// DecodeJUnit reads JUnit XML. There is no specification: it follows what
// Surefire, Gradle, pytest, jest-junit, gotestsum, nextest, PHPUnit, Bazel and
// others write, nested suites included.
//
// A case has failed when it has a failure, errored when it has an error, whatever
// its status attribute says. flakyFailure and flakyError are failed attempts of
// a case that passed, rerunFailure and rerunError further failed attempts of one
// that did not (Maven Surefire, surefire-test-report.xsd).
func DecodeJUnit(r io.Reader) (evidence.Fragment, error) {
	d := junit{x: newXMLReader(r), tally: newTally("junit")}
	err := d.x.document(d.start, d.end)
	suite := d.finish()
	if d.found == 0 && err != nil {
		return evidence.Fragment{}, err
	}
	return evidence.Fragment{Suites: []evidence.Suite{suite}}, err
}

// junitSuite is an open suite: its name, the identity that has across files, and
// its number in the file, which tells suites of one name apart.
type junitSuite struct {
	name   string
	id     evidence.CaseID
	number evidence.CaseID
}

type junit struct {
	x     *xmlReader
	tally *tally
	// The open suites.
	suites []junitSuite
	// Class of the last case, which most often is that of the next.
	class string
	// Number of suites so far, and of elements that are known.
	numbered, found int
	declared        declaration
}

// start handles an element outside of a case.
func (d *junit) start(element string) error {
	switch element {
	case "testsuites":
		d.found++
		d.root()
		return nil
	case "testsuite":
		d.found++
		d.suite()
		return nil
	case "testcase":
		d.found++
		return d.testcase()
	case "error", "failure":
		return d.suiteFailure()
	}
	if d.x.depth() == 1 {
		return d.x.errorf(evidence.Unreadable, "the root element is <%s>, not <testsuites> or <testsuite>", element)
	}
	return d.x.skip()
}

func (d *junit) root() {
	if d.tally.suite.Name == "" {
		d.tally.suite.Name = name(d.x.attr("name"))
	}
	d.tally.started(instant(d.x.attr("timestamp")))
	d.declared.root(d.x)
}

func (d *junit) suite() {
	d.numbered++
	called := name(d.x.attr("name"))
	if len(d.suites) == 0 {
		d.declared.add(d.x)
		if d.tally.suite.Name == "" {
			d.tally.suite.Name = called
		}
	}
	d.tally.started(instant(d.x.attr("timestamp")))
	d.suites = append(d.suites, junitSuite{called, evidence.Identify(called), evidence.CaseID(d.numbered)})
}

// suiteFailure notes a failure of a suite itself, outside of any case, as
// Surefire and Karma write when the suite cannot start.
func (d *junit) suiteFailure() error {
	head := d.x.attr("message")
	body, err := d.x.content(maxCapture)
	d.tally.broken(evidence.BreakageAborted, d.innermost().name, joinMessages(head, body))
	return err
}

// innermost is the suite at hand: the file itself outside of any.
func (d *junit) innermost() junitSuite {
	if len(d.suites) == 0 {
		return junitSuite{name: d.tally.suite.Name}
	}
	return d.suites[len(d.suites)-1]
}

// testcase reads one case to its end. A case that the document breaks off in
// counts only if it had failed by then.
func (d *junit) testcase() error {
	x := d.x
	c := junitCase{status: strings.ToLower(x.attr("status")), result: strings.ToLower(x.attr("result"))}
	c.record = record{
		name: x.attr("name"), class: d.className(), file: x.attr("file"),
		line: line(x.attr("line")), millis: millis(x.attr("time")),
	}
	if c.class == "" {
		c.class = x.attr("class")
	}
	suite := d.innermost()
	if x.has("line") && suite.name == "pytest" {
		c.line++ // pytest counts lines from 0
	}
	if c.name != "" {
		bare := evidence.Identify(c.class, c.name, c.file)
		c.id, c.key = bare.In(suite.id), bare.In(suite.number)
	}
	err := x.within(func(element string) error { return c.child(x, element) })
	if r, ok := c.outcomeRecord(err != nil); ok {
		d.tally.add(r)
	}
	return err
}

// className is the class of the case at hand.
func (d *junit) className() string {
	if raw := d.x.raw("classname"); string(raw) != d.class {
		d.class = string(raw)
	}
	return d.class
}

// end leaves a suite.
func (d *junit) end(element string) {
	if element == "testsuite" && len(d.suites) > 0 {
		d.suites = d.suites[:len(d.suites)-1]
	}
}

// finish compares with what the file declares and returns the suite.
func (d *junit) finish() evidence.Suite {
	n := &d.declared
	d.tally.declare(n.total, n.failed, n.errored, n.skipped)
	return d.tally.finish()
}

// junitCase collects the children of a case.
type junitCase struct {
	record
	status, result          string
	failed, errored         bool
	skipped                 bool
	head, body, skip, signs string
	reruns                  []evidence.Outcome
	flakes                  []evidence.Outcome
}

// child reads what a case has inside.
func (c *junitCase) child(x *xmlReader, element string) error {
	switch element {
	case "failure":
		c.failed = true
		return c.said(x)
	case "error":
		c.errored = true
		return c.said(x)
	case "skipped", "ignored", "disabled":
		c.skipped = true
		head := x.attr("message")
		body, err := x.content(maxReasonBytes)
		if c.skip == "" {
			c.skip = joinMessages(head, body)
		}
		return err
	case "flakyFailure":
		return c.attempt(x, &c.flakes, evidence.Failed)
	case "flakyError":
		return c.attempt(x, &c.flakes, evidence.Errored)
	case "rerunFailure":
		return c.attempt(x, &c.reruns, evidence.Failed)
	case "rerunError":
		return c.attempt(x, &c.reruns, evidence.Errored)
	}
	return x.skip()
}

// said keeps what the first failure of the case says.
func (c *junitCase) said(x *xmlReader) error {
	if c.head != "" || c.body != "" {
		return x.skip()
	}
	c.head = x.attr("message")
	kind := x.attr("type")
	body, err := x.content(maxCapture)
	c.body = body
	if c.head == "" && strings.TrimSpace(body) == "" {
		c.head = kind
	}
	return err
}

// attempt notes a failed attempt that is not the last.
func (c *junitCase) attempt(x *xmlReader, to *[]evidence.Outcome, o evidence.Outcome) error {
	if len(*to) < maxAttempts {
		*to = append(*to, o)
	}
	head := x.attr("message")
	body, err := x.contentBut(maxCapture, "system-out", "system-err")
	if c.signs == "" {
		c.signs = joinMessages(head, body)
	}
	return err
}

// outcomeRecord decides what the case came to. It is not ok when the document
// breaks off before the case shows that.
func (c *junitCase) outcomeRecord(broken bool) (record, bool) {
	r := c.record
	switch {
	case c.errored:
		r.outcome = evidence.Errored
	case c.failed:
		r.outcome = evidence.Failed
	case broken:
		return r, false
	case c.skipped, notRun(c.status), notRun(c.result):
		r.outcome = evidence.Skipped
	case saysFailed(c.status), saysFailed(c.result):
		r.outcome = evidence.Failed
		r.message = "the report says so in an attribute, without a message"
	default:
		r.outcome = evidence.Passed
	}
	c.describe(&r)
	return r, true
}

func (c *junitCase) describe(r *record) {
	switch r.outcome {
	case evidence.Skipped:
		r.message = evidence.Clip(goPlain(c.skip), maxReasonBytes)
		if r.message == "" && !c.skipped {
			r.message = "status: " + name(c.status+c.result)
		}
	case evidence.Passed:
		r.earlier, r.flaky = c.flakes, len(c.flakes) > 0
		if r.flaky {
			r.message, r.signed = c.signs, c.signs
		}
	default:
		if r.message == "" {
			r.message = joinMessages(c.head, goPlain(c.body))
		}
		r.signed = headline(c.head, c.body)
		r.earlier = append(c.reruns, c.flakes...)
		if notRun(c.status) || notRun(c.result) {
			r.message = message("(disabled) " + r.message)
		}
	}
}

// headline is the text whose first line tells failures apart. A head that says
// no more than that something failed gives way to the body.
func headline(head, body string) string {
	switch strings.ToLower(strings.TrimSpace(head)) {
	case "", "failed", "failure", "error", "test failed":
		return goFailure(body)
	}
	return head
}

// notRun reports whether a status or result attribute says that the case was not
// run, in the words of GoogleTest, CTest, tst and others.
func notRun(status string) bool {
	switch status {
	case "disabled", "ignored", "notrun", "skipped", "suppressed":
		return true
	}
	return false
}

func saysFailed(status string) bool {
	switch status {
	case "failed", "failure", "fail", "error", "errored":
		return true
	}
	return false
}
