package results

import (
	"bytes"
	"cmp"
	"io"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/format/lex"
)

// DetectCTest knows Test.xml of CTest by its root element and the tests in it:
// builds and coverage have the same root.
func DetectCTest(_ string, head []byte) bool {
	return lex.XMLRoot(head) == "Site" && bytes.Contains(lex.Text(head), []byte("<Testing"))
}

// DecodeCTest reads Test.xml of "ctest -T Test". A test that did not run is
// skipped when it is disabled or skipped itself, and errored otherwise, as CTest
// fails the run then. What crashed or took too long is errored, too.
func DecodeCTest(r io.Reader) (evidence.Fragment, error) {
	d := ctest{x: lex.NewXML(r), tally: newTally("ctest", r)}
	err := d.x.Document(d.start, nil)
	if !d.found {
		return evidence.Fragment{}, cmp.Or(err, evidence.Errorf(evidence.Unreadable, "no tests"))
	}
	if missing := d.planned - d.tally.raw.Total; missing > 0 {
		d.tally.broken(evidence.BreakagePlannedNotRun, evidence.Plural(missing, "test"), "")
	}
	return evidence.Fragment{Suites: []evidence.Suite{d.tally.finish(silent())}}, err
}

type ctest struct {
	x       *lex.XML
	tally   *tally
	found   bool
	planned int
}

func (d *ctest) start(element string) error {
	x := d.x
	switch element {
	case "Site":
		d.tally.suite.Name = lex.Name(x.Attr("BuildName"))
	case "Testing":
		d.found = true
	case "TestList":
		return x.Within(func(string) error {
			d.planned++
			return x.Skip()
		})
	case "Test":
		return d.test()
	default:
		if x.Depth() == 1 {
			return x.Errorf(evidence.Unreadable, "the root element is <%s>, not <Site>", element)
		}
		return x.Skip()
	}
	return nil
}

// ctestCase is what a test says of itself.
type ctestCase struct {
	status, completion, exit, output string
	record
}

func (d *ctest) test() error {
	x := d.x
	c := ctestCase{status: strings.ToLower(x.Attr("Status"))}
	err := x.Within(func(element string) (err error) {
		switch element {
		case "Name":
			c.name, err = x.Content(lex.MaxNameBytes)
		case "Path":
			c.class, err = x.Content(lex.MaxPathBytes)
		case "Results":
			return nil
		case "NamedMeasurement":
			return d.measurement(&c)
		case "Measurement":
			c.output, err = d.value()
		default:
			err = x.Skip()
		}
		return err
	})
	r := c.judge()
	if err != nil && !bad(r.outcome) {
		return err
	}
	r.id = evidence.Identify(r.class, r.name)
	d.tally.add(r)
	return err
}

// measurement reads a named number or text of a test.
func (d *ctest) measurement(c *ctestCase) error {
	called := d.x.Attr("name")
	text, err := d.value()
	switch called {
	case "Completion Status":
		c.completion = text
	case "Exit Code":
		c.exit = text
	case "Execution Time":
		c.millis = lex.Millis(text)
	}
	return err
}

// value reads the value of a measurement. Compressed output is left aside.
func (d *ctest) value() (string, error) {
	text := ""
	err := d.x.Within(func(element string) (err error) {
		if element != "Value" || d.x.Has("compression") || d.x.Has("encoding") {
			return d.x.Skip()
		}
		text, err = d.x.Content(lex.MaxCapture)
		return err
	})
	return strings.TrimSpace(text), err
}

func (c *ctestCase) judge() record {
	r := c.record
	switch {
	case c.status == "passed":
		r.outcome = evidence.Passed
		return r
	case c.status == "notrun" && (c.completion == "Disabled" || strings.HasPrefix(c.completion, "SKIP_")):
		r.outcome, r.message = evidence.Skipped, explain(evidence.Skipped, c.completion, "not run")
		return r
	case c.status == "failed" && (c.exit == "" || c.exit == "Failed"):
		r.outcome = evidence.Failed
	default:
		r.outcome = evidence.Errored
	}
	head := c.exit
	if c.status == "notrun" {
		head = "not run: " + c.completion
	}
	if head == "Failed" {
		head = ""
	}
	r.message = lex.JoinMessages(head, c.output)
	r.signed = headline(head, c.output)
	return r
}
