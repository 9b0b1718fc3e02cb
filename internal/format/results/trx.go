package results

import (
	"cmp"
	"io"
	"regexp"
	"strconv"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/format/lex"
)

// DetectTRX knows TRX by its root element.
func DetectTRX(_ string, head []byte) bool { return lex.XMLRoot(head) == "TestRun" }

// DecodeTRX reads the results of MSTest and "dotnet test --logger trx"
// (vstst.xsd). The rows of a data-driven test are the cases, not the test around
// them. A test that was aborted, timed out or never reported is errored: the
// run has no word on it that is not bad.
func DecodeTRX(r io.Reader) (evidence.Fragment, error) {
	d := trx{x: lex.NewXML(r), tally: newTally("trx", r), waiting: map[string][]int{}, classes: map[string]string{}}
	err := d.x.Document(d.start, nil)
	if d.found == 0 && err != nil {
		return evidence.Fragment{}, err
	}
	return evidence.Fragment{Suites: []evidence.Suite{d.tally.finish(d.verdict)}}, err
}

type trx struct {
	x     *lex.XML
	tally *tally
	found int
	// Indexes of listed cases by the id of their test, whose class may stand
	// behind the results, and the classes that stood before them.
	waiting map[string][]int
	classes map[string]string
	// What the summary says.
	verdict verdict
}

// maxClasses is the number of tests whose class is kept for the results behind.
const maxClasses = 1 << 17

func (d *trx) start(element string) error {
	x := d.x
	switch element {
	case "TestRun":
		d.found++
		if d.tally.suite.Name == "" {
			d.tally.suite.Name = lex.Name(x.Attr("name"))
		}
		return nil
	case "Results", "TestDefinitions", "RunInfos":
		return nil
	case "ResultSummary":
		d.summary()
		return nil
	case "Times":
		d.tally.started(lex.Instant(x.Attr("start")))
	case "Counters":
		d.counters()
	case "RunInfo":
		return d.runInfo()
	case "UnitTest":
		return d.definition()
	default:
		if x.Has("outcome") && x.Has("testName") || strings.HasSuffix(element, "TestResult") {
			d.found++
			_, err := d.result()
			return err
		}
		if x.Depth() == 1 {
			return x.Errorf(evidence.Unreadable, "the root element is <%s>, not <TestRun>", element)
		}
	}
	return x.Skip()
}

// summary notes an outcome of the whole run that is not good, in the words of
// TestOutcome.
func (d *trx) summary() {
	switch outcome := d.x.Attr("outcome"); strings.ToLower(outcome) {
	case "failed", "error", "aborted", "timeout", "disconnected", "notrunnable", "blocked":
		d.verdict.red = "the outcome of the run is " + lex.Name(outcome)
	}
}

// counters reads the numbers of the summary.
func (d *trx) counters() {
	sum(&d.verdict.total, declared(d.x, "total"))
	sum(&d.verdict.failed, declared(d.x, "failed"))
	for _, word := range []string{"error", "timeout", "aborted", "disconnected"} {
		if n := declared(d.x, word); n != nil && *n > 0 && d.verdict.red == "" {
			d.verdict.red = "the summary counts " + evidence.Plural(*n, "test") + " as " + word
		}
	}
}

// runInfo notes what went wrong with the run as a whole. A host that crashed
// aborted it; a data collector that failed did not.
func (d *trx) runInfo() error {
	outcome := strings.ToLower(d.x.Attr("outcome"))
	text, err := d.x.Content(lex.MaxCapture)
	if outcome == "error" || outcome == "failed" || outcome == "aborted" {
		if text = strings.TrimSpace(text); trxNotAborted.MatchString(text) {
			d.verdict.said = lex.BothMessages(d.verdict.said, lex.Message(text))
			d.verdict.red = cmp.Or(d.verdict.red, "the summary has an error")
		} else {
			d.tally.broken(evidence.BreakageAborted, "", text)
		}
	}
	return err
}

// trxNotAborted are the errors of a run that came to its end: of a data collector,
// and the line of xUnit.net for each failed test.
var trxNotAborted = regexp.MustCompile(`(?i)data ?collector|^\[xUnit\.net [^]]*\].*\[FAIL\]$`)

// result reads one result and reports how many cases it counted.
func (d *trx) result() (int, error) {
	x := d.x
	test := x.Attr("testId")
	r := record{name: x.Attr("testName"), class: d.classes[test], millis: clock(x.Attr("duration")), outcome: trxOutcome(x.Attr("outcome"))}
	outcome := x.Attr("outcome")
	inner, said, err := d.body()
	if inner > 0 || err != nil && !bad(r.outcome) {
		return inner, err
	}
	r.trace = said
	r.message = explain(r.outcome, said, outcome)
	if r.name != "" {
		r.id = evidence.Identify(test, r.name)
	}
	before := len(d.tally.suite.Cases)
	d.tally.add(r)
	if len(d.tally.suite.Cases) > before {
		d.waiting[test] = append(d.waiting[test], before)
	}
	return 1, err
}

// body reads the children of a result: rows, and what it says.
func (d *trx) body() (inner int, said string, err error) {
	err = d.x.Within(func(element string) (err error) {
		switch {
		case element == "InnerResults", element == "Output":
		case element == "ErrorInfo":
			said, err = messageAndTrace(d.x, "Message", "StackTrace")
		case strings.HasSuffix(element, "TestResult"):
			var n int
			n, err = d.result()
			inner += n
		default:
			err = d.x.Skip()
		}
		return err
	})
	return inner, said, err
}

// definition gives the listed cases of a test their class.
func (d *trx) definition() error {
	id := d.x.Attr("id")
	return d.x.Within(func(element string) error {
		if element != "TestMethod" {
			return nil
		}
		class, _, _ := strings.Cut(d.x.Attr("className"), ",")
		if len(d.classes) < maxClasses {
			d.classes[id] = evidence.Clip(class, lex.MaxNameBytes)
		}
		for _, at := range d.waiting[id] {
			d.tally.suite.Cases[at].Class = lex.Name(class)
		}
		return nil
	})
}

// trxOutcome follows TestOutcome of the test platform. A result without outcome
// is an error there.
func trxOutcome(s string) evidence.Outcome {
	switch strings.ToLower(s) {
	case "passed", "passedbutrunaborted", "warning", "completed":
		return evidence.Passed
	case "failed":
		return evidence.Failed
	case "notexecuted", "notrunnable", "inconclusive", "pending", "none":
		return evidence.Skipped
	}
	return evidence.Errored
}

// clock reads a duration such as "00:01:02.345" in milliseconds.
func clock(s string) int64 {
	var ms float64
	for part := range strings.SplitSeq(s, ":") {
		f, err := strconv.ParseFloat(part, 64)
		if err != nil {
			return 0
		}
		ms = ms*60 + f*1000
	}
	return lex.Milliseconds(ms)
}
