package results

import (
	"io"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/format/lex"
)

// DetectRobot knows the output of Robot Framework by its root element.
func DetectRobot(_ string, head []byte) bool { return lex.XMLRoot(head) == "robot" }

// DecodeRobot reads output.xml of Robot Framework (robot.xsd). The status of
// a test is the one that stands directly in it. A teardown of a suite that failed
// fails its tests, although they are written as passed: it is a broken part. A
// test that rebot --merge ran again is flaky when it passed at last.
func DecodeRobot(r io.Reader) (evidence.Fragment, error) {
	d := robot{x: lex.NewXML(r), tally: newTally("robot", r)}
	err := d.x.Document(d.start, d.end)
	if !d.found {
		return evidence.Fragment{}, err
	}
	return evidence.Fragment{Suites: []evidence.Suite{d.tally.finish(d.verdict())}}, err
}

// verdict is what the statistics say about all tests.
func (d *robot) verdict() verdict {
	v := verdict{declaration: declaration{failed: d.fail, skipped: d.skip}, together: true}
	if d.pass != nil && d.fail != nil {
		for _, n := range []*int{d.pass, d.fail, d.skip} {
			if n != nil {
				m := *n
				sum(&v.total, &m)
			}
		}
	}
	return v
}

type robot struct {
	x     *lex.XML
	tally *tally
	found bool
	open  []robotSuite
	// What the statistics say about all tests.
	pass, fail, skip *int
}

// robotSuite is an open suite, with what was listed when it began.
type robotSuite struct {
	name, source string
	since        mark
}

func (d *robot) start(element string) error {
	x := d.x
	switch element {
	case "robot":
		d.found = true
	case "suite":
		s := robotSuite{name: lex.Name(x.Attr("name")), source: lex.Slashes(x.Attr("source")), since: d.tally.mark()}
		if len(d.open) == 0 && d.tally.suite.Name == "" {
			d.tally.suite.Name = s.name
		}
		d.open = append(d.open, s)
	case "test", "task":
		return d.test()
	case "status":
		return d.suiteStatus()
	case "statistics", "total":
	case "stat":
		return d.stat()
	default:
		if x.Depth() == 1 {
			return x.Errorf(evidence.Unreadable, "the root element is <%s>, not <robot>", element)
		}
		return x.Skip()
	}
	return nil
}

func (d *robot) end(element string) {
	if element == "suite" && len(d.open) > 0 {
		d.open = d.open[:len(d.open)-1]
	}
}

// suiteStatus reads what a suite came to.
func (d *robot) suiteStatus() error {
	status := d.x.Attr("status")
	said, err := d.x.Content(lex.MaxCapture)
	if len(d.open) == 0 || !strings.EqualFold(status, "FAIL") {
		return err
	}
	s := d.open[len(d.open)-1]
	if strings.HasPrefix(strings.TrimSpace(said), "Suite teardown failed") {
		d.tally.broken(evidence.BreakageAborted, s.name, said)
	}
	d.tally.settle(s.name, verdict{red: "the suite failed", said: said}, s.since)
	return err
}

func (d *robot) test() error {
	x := d.x
	r := record{name: x.Attr("name"), line: lex.LineNumber(x.Attr("line"))}
	var suites []string
	for _, s := range d.open {
		suites = append(suites, s.name)
		r.file = s.source
	}
	r.class = evidence.Clip(strings.Join(suites, "."), lex.MaxNameBytes)
	r.id = evidence.Identify(r.class, r.name)
	status, said, known := "", "", false
	err := x.Within(func(element string) (err error) {
		if element != "status" {
			return x.Skip()
		}
		status, known = strings.ToUpper(x.Attr("status")), true
		r.millis = lex.Millis(x.Attr("elapsed"))
		said, err = x.Content(lex.MaxCapture)
		return err
	})
	if err != nil && status != "FAIL" {
		return err
	}
	switch {
	case status == "PASS":
		r.outcome = evidence.Passed
		if robotMerged(said) {
			r.flaky, r.earlier, r.message = true, []evidence.Outcome{evidence.Failed}, lex.Message(said)
		}
	case status == "FAIL":
		r.outcome, r.message, r.signed = evidence.Failed, lex.Message(said), said
	case status == "SKIP", status == "NOT RUN", status == "NOT_RUN":
		r.outcome, r.message = evidence.Skipped, explain(evidence.Skipped, said, status)
	case !known:
		r.outcome, r.message = evidence.Errored, "the output states no status of the test"
	default:
		r.outcome, r.message = evidence.Errored, "the output calls the result "+lex.Name(status)
	}
	d.tally.add(r)
	return err
}

// robotMerged reports whether the message is that of a test that was run again
// after it had failed.
func robotMerged(said string) bool {
	if !strings.Contains(said, "re-executed and results merged") {
		return false
	}
	_, old, _ := strings.Cut(said, "Old status:")
	return strings.Contains(old[:min(len(old), 80)], "FAIL")
}

// stat reads the statistics about all tests.
func (d *robot) stat() error {
	pass, fail, skip := declared(d.x, "pass"), declared(d.x, "fail"), declared(d.x, "skip")
	text, err := d.x.Content(lex.MaxNameBytes)
	if text = strings.TrimSpace(text); text == "All Tests" || text == "All Tasks" {
		d.pass, d.fail, d.skip = pass, fail, skip
	}
	return err
}
