package results

import (
	"bytes"
	"io"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/format/lex"
)

// DetectJUnit knows JUnit XML by its root element.
func DetectJUnit(_ string, head []byte) bool {
	root := lex.XMLRoot(head)
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
	d := junit{x: lex.NewXML(r), tally: newTally("junit", r)}
	err := d.x.Document(d.start, d.end)
	suite := d.finish()
	if d.found == 0 && err != nil {
		return evidence.Fragment{}, err
	}
	return evidence.Fragment{Suites: []evidence.Suite{suite}}, err
}

// junitSuite is an open suite.
type junitSuite struct {
	name string
	// Identity of the name across files, and the number of the suite in the file,
	// which tells suites of one name apart.
	id, number evidence.CaseID
	// What two records of one name in it are.
	repeats repetition
	// What it states of itself, the number of failures listed when it began, and
	// what it said outside of cases.
	declared declaration
	since    mark
	said     string
}

type junit struct {
	x     *lex.XML
	tally *tally
	// The open suites.
	suites []junitSuite
	// Class of the last case, which most often is that of the next.
	class string
	// Number of suites so far, and of elements that are known.
	numbered, found int
	declared        declaration
	// The report was written by Surefire, by pytest.
	surefire, pytest bool
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
	case "properties":
		return nil
	case "property":
		d.property()
	case "system-err", "system-out":
		return d.suiteOutput(element)
	}
	if d.x.Depth() == 1 {
		return d.x.Errorf(evidence.Unreadable, "the root element is <%s>, not <testsuites> or <testsuite>", element)
	}
	return d.x.Skip()
}

func (d *junit) root() {
	if d.tally.suite.Name == "" {
		d.tally.suite.Name = lex.Name(d.x.Attr("name"))
	}
	d.tally.started(lex.Instant(d.x.Attr("timestamp")))
	d.declared.root(d.x)
}

func (d *junit) suite() {
	d.numbered++
	s := junitSuite{name: lex.Name(d.x.Attr("name")), number: evidence.CaseID(d.numbered), since: d.tally.mark()}
	s.id = evidence.Identify(s.name)
	if len(d.suites) == 0 {
		d.declared.add(d.x)
		if d.tally.suite.Name == "" {
			d.tally.suite.Name = s.name
		}
	}
	s.declared.add(d.x)
	d.tally.started(lex.Instant(d.x.Attr("timestamp")))
	s.repeats = d.writer(&s)
	d.suites = append(d.suites, s)
	d.tally.repeats = s.repeats
}

// writer tells by what a suite is what two records of one name in it are. There
// is no pass in it that a name could make of a failure that is counted.
func (d *junit) writer(s *junitSuite) repetition {
	d.surefire = d.surefire || bytes.Contains(d.x.Raw("noNamespaceSchemaLocation"), []byte("surefire-test-report"))
	failed, errored := s.declared.failed, s.declared.errored
	if failed == nil && errored == nil {
		failed, errored = d.declared.failed, d.declared.errored
	}
	switch {
	case d.surefire:
		return apart // attempts stand inside of the case
	case s.name == "pytest":
		d.pytest = true
		return worstCounts
	case failed != nil && *failed == 0 && (errored == nil || *errored == 0):
		return passCounts // the writer took the failures for attempts
	}
	return unsaid
}

// property looks for the mark of gotestsum, which writes a record for each
// attempt, and counts each.
func (d *junit) property() {
	if n := len(d.suites); n > 0 && d.suites[n-1].repeats == unsaid && string(d.x.Raw("name")) == "go.version" {
		d.suites[n-1].repeats, d.tally.repeats = passCountsOnce, passCountsOnce
	}
}

// suiteOutput keeps what a suite says outside of cases, for a failure that no case
// explains.
func (d *junit) suiteOutput(element string) error {
	n := len(d.suites)
	if n == 0 || d.suites[n-1].said != "" && element == "system-out" {
		return d.x.Skip()
	}
	said, err := d.x.Content(lex.MaxMessageBytes)
	d.suites[n-1].said = said
	return err
}

// suiteFailure notes a failure of a suite itself, outside of any case, as
// Surefire and Karma write when the suite cannot start.
func (d *junit) suiteFailure() error {
	head := d.x.Attr("message")
	body, err := d.x.Content(lex.MaxCapture)
	d.tally.broken(evidence.BreakageAborted, d.innermost().name, lex.JoinMessages(head, body))
	return err
}

// innermost is the suite at hand: the file itself outside of any.
func (d *junit) innermost() *junitSuite {
	if len(d.suites) == 0 {
		return &junitSuite{name: d.tally.suite.Name}
	}
	return &d.suites[len(d.suites)-1]
}

// testcase reads one case to its end. A case that the document breaks off in
// counts only if it had failed by then.
func (d *junit) testcase() error {
	x := d.x
	c := junitCase{status: strings.ToLower(x.Attr("status")), result: strings.ToLower(x.Attr("result"))}
	c.record = record{
		name: x.Attr("name"), class: d.className(), file: x.Attr("file"),
		line: lex.LineNumber(x.Attr("line")), millis: lex.Millis(x.Attr("time")),
	}
	if c.class == "" {
		c.class = x.Attr("class")
	}
	suite := d.innermost()
	if x.Has("line") && suite.name == "pytest" {
		c.line++ // pytest counts lines from 0
	}
	c.flaky = x.Attr("flaky") == "true"
	c.part = suite.repeats == worstCounts
	if c.name != "" {
		bare := evidence.Identify(c.class, c.name, c.file)
		c.id, c.key = bare.In(suite.id), bare.In(suite.number)
	}
	err := x.Within(func(element string) error { return c.child(x, element) })
	if r, ok := c.outcomeRecord(err != nil); ok {
		d.tally.add(r)
	}
	return err
}

// className is the class of the case at hand.
func (d *junit) className() string {
	if raw := d.x.Raw("classname"); string(raw) != d.class {
		d.class = string(raw)
	}
	return d.class
}

// end leaves a suite.
func (d *junit) end(element string) {
	n := len(d.suites) - 1
	if element != "testsuite" || n < 0 {
		return
	}
	s := d.suites[n]
	d.suites = d.suites[:n]
	d.tally.endSuite()
	d.tally.settle(s.name, verdict{declaration: s.declared, said: s.said}, s.since)
	d.tally.repeats = unsaid
	if n > 0 {
		d.tally.repeats = d.suites[n-1].repeats
	}
}

// finish compares with what the file declares and returns the suite.
func (d *junit) finish() evidence.Suite {
	for range d.suites { // the document breaks off
		d.end("testsuite")
	}
	d.teardowns()
	return d.tally.finish(stated(d.declared))
}

// teardowns forgives pytest that it counts a test and the error of its teardown
// as two tests in its total (pytest-dev/pytest#3850), and lists them as one.
func (d *junit) teardowns() {
	n, listed := &d.declared, d.tally.raw
	same := func(stated *int, listed int) bool { return stated != nil && *stated == listed }
	if n.total != nil && *n.total > listed.Total && *n.total <= listed.Total+listed.Errored && d.pytest &&
		same(n.failed, listed.Failed) && same(n.errored, listed.Errored) && same(n.skipped, listed.Skipped) {
		n.total = &listed.Total
	}
}

// junitCase collects the children of a case.
type junitCase struct {
	record
	status, result          string
	failed, errored         bool
	skipped                 bool
	head, body, skip, signs string
	// What failures behind the first one say.
	more   string
	reruns []evidence.Outcome
	flakes []evidence.Outcome
}

// child reads what a case has inside.
func (c *junitCase) child(x *lex.XML, element string) error {
	switch element {
	case "failure":
		c.failed = true
		c.failures++
		return c.said(x)
	case "error":
		c.errored = true
		c.failures++
		return c.said(x)
	case "skipped", "ignored", "disabled":
		c.skipped = true
		head := x.Attr("message")
		body, err := x.Content(lex.MaxReasonBytes)
		if c.skip == "" {
			c.skip = lex.JoinMessages(head, body)
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
	return x.Skip()
}

// said keeps what the failures of the case say.
func (c *junitCase) said(x *lex.XML) error {
	head, kind := x.Attr("message"), x.Attr("type")
	body, err := x.Content(lex.MaxCapture)
	if head == "" && strings.TrimSpace(body) == "" {
		head = kind
	}
	if c.failures > 1 && c.head+c.body != "" {
		c.more = lex.BothMessages(c.more, lex.JoinMessages(head, goPlain(body)))
		return err
	}
	c.head, c.body = head, body
	return err
}

// attempt notes a failed attempt that is not the last.
func (c *junitCase) attempt(x *lex.XML, to *[]evidence.Outcome, o evidence.Outcome) error {
	if len(*to) < maxAttempts {
		*to = append(*to, o)
	}
	head := x.Attr("message")
	body, err := x.ContentBut(lex.MaxCapture, "system-out", "system-err")
	if c.signs == "" {
		c.signs = lex.JoinMessages(head, body)
	}
	return err
}

// outcomeRecord decides what the case came to. It is not ok when the document
// breaks off before the case shows that.
func (c *junitCase) outcomeRecord(broken bool) (record, bool) {
	r := c.record
	r.part = r.part && strings.HasPrefix(c.head, "failed on teardown")
	r.flaky = false
	switch {
	case c.flaky && (c.errored || c.failed):
		// Flank's mark of a case that passed on a retry and shows why it had failed.
		r.outcome, r.marked = evidence.Passed, true
		c.flakes, c.signs = append(c.flakes, evidence.Failed), lex.JoinMessages(c.head, c.body)
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
		r.message = evidence.Clip(goPlain(c.skip), lex.MaxReasonBytes)
		if r.message == "" && !c.skipped {
			r.message = "status: " + lex.Name(c.status+c.result)
		}
	case evidence.Passed:
		r.earlier, r.flaky = c.flakes, len(c.flakes) > 0
		if r.flaky {
			r.message, r.signed = c.signs, c.signs
		}
	default:
		if r.message == "" {
			r.message = lex.JoinMessages(c.head, goPlain(c.body))
		}
		if c.more != "" {
			r.message = lex.BothMessages(r.message, c.more)
		}
		r.signed, r.trace = headline(c.head, c.body), c.head+"\n"+c.body+"\n"+c.more
		r.earlier = append(c.reruns, c.flakes...)
		if notRun(c.status) || notRun(c.result) {
			r.message = lex.Message("(disabled) " + r.message)
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
