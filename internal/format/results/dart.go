package results

import (
	"bytes"
	"io"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/format/lex"
)

// maxDartOpen bounds the tests and files that are followed at a time.
const maxDartOpen = 1 << 17

// DetectDart knows the output of Dart's JSON reporter by its first event, or by
// the start of a test where the first line is missing.
func DetectDart(_ string, head []byte) bool {
	head = lex.Text(head)
	return lex.HasKeys(head, "protocolVersion", "runnerVersion") || lex.HasKeys(head, "testStart", "suiteID")
}

// DecodeDart reads the output of "dart test --reporter json" and "flutter test
// --machine": one event per line (pkgs/test/doc/json_reporter.md). Hidden tests,
// which load files, do not count unless they fail.
func DecodeDart(r io.Reader) (evidence.Fragment, error) {
	d := dart{in: lex.NewLines(r), tally: newTally("dart", r), suites: map[int]string{}, tests: map[int]*dartTest{}}
	err := d.lines()
	if d.events == 0 {
		if err == nil {
			err = evidence.Errorf(evidence.Unreadable, "no event of the Dart test runner")
		}
		return evidence.Fragment{}, err
	}
	if !d.done {
		if err == nil {
			err = d.in.Errorf(evidence.Truncated, "the output ends before the run is done")
		}
		d.tally.broken(evidence.BreakageAborted, evidence.Plural(len(d.tests), "test"), "still running when the output ends")
	}
	return evidence.Fragment{Suites: []evidence.Suite{d.tally.finish(d.verdict)}}, err
}

type dart struct {
	in     *lex.Lines
	tally  *tally
	suites map[int]string
	tests  map[int]*dartTest
	events int
	done   bool
	// What the runner says at the end.
	verdict verdict
}

// dartTest is a test that has begun.
type dartTest struct {
	name, file, reason string
	line               int
	start              float64
	said, trace        string
}

// dartEvent is an event with the members that matter.
type dartEvent struct {
	kind           string
	time           float64
	id, suite      int
	result         string
	hidden, skip   bool
	message, trace string
	failure        bool
	success        bool
	successKnown   bool
	test           dartTest
	path           string
}

func (d *dart) lines() error {
	for {
		line, ok := d.in.Next()
		if !ok {
			return d.in.Failed()
		}
		line = bytes.TrimSpace(line)
		if len(line) == 0 || line[0] != '{' {
			continue
		}
		e, err := parseDart(line)
		switch {
		case err == nil && e.kind != "":
			d.events++
			d.event(e)
		case err != nil && !d.in.Whole:
			return d.in.Errorf(evidence.Truncated, "the file ends inside an event")
		}
	}
}

func parseDart(line []byte) (dartEvent, error) {
	j := lex.NewJSON(bytes.NewReader(line))
	e := dartEvent{id: -1}
	j.Object(func(member string) { e.member(j, member) })
	return e, j.Problem()
}

func (e *dartEvent) member(j *lex.JSON, member string) {
	switch member {
	case "type":
		e.kind = j.Word()
	case "time":
		e.time, _ = j.Real()
	case "testID":
		e.id, _ = j.Integer()
	case "result":
		e.result = j.Word()
	case "hidden":
		e.hidden, _ = j.Truth()
	case "skipped":
		e.skip, _ = j.Truth()
	case "error":
		e.message = j.Text()
	case "stackTrace":
		e.trace = j.Text()
	case "isFailure":
		e.failure, _ = j.Truth()
	case "success":
		e.success, e.successKnown = j.Truth()
	case "suite":
		j.Object(func(member string) { e.suiteMember(j, member) })
	case "test":
		j.Object(func(member string) { e.testMember(j, member) })
	default:
		j.Skip()
	}
}

func (e *dartEvent) suiteMember(j *lex.JSON, member string) {
	switch member {
	case "id":
		e.suite, _ = j.Integer()
	case "path":
		e.path = lex.URIPath(j.Text())
	default:
		j.Skip()
	}
}

func (e *dartEvent) testMember(j *lex.JSON, member string) {
	switch member {
	case "id":
		e.id, _ = j.Integer()
	case "name":
		e.test.name = j.Text()
	case "suiteID":
		e.suite, _ = j.Integer()
	case "line":
		if n, ok := j.Integer(); ok && e.test.line == 0 {
			e.test.line = n
		}
	case "root_line":
		if n, ok := j.Integer(); ok {
			e.test.line = n
		}
	case "metadata":
		j.Object(func(member string) {
			if member == "skipReason" {
				e.test.reason = j.Text()
				return
			}
			j.Skip()
		})
	default:
		j.Skip()
	}
}

func (d *dart) event(e dartEvent) {
	switch e.kind {
	case "suite":
		if len(d.suites) < maxDartOpen {
			d.suites[e.suite] = e.path
		}
	case "testStart":
		if len(d.tests) < maxDartOpen {
			t := e.test
			t.file, t.start = d.suites[e.suite], e.time
			d.tests[e.id] = &t
		}
	case "error":
		if t := d.tests[e.id]; t != nil && t.said == "" {
			t.said, t.trace = evidence.Clip(e.message, lex.MaxMessageBytes), evidence.Clip(e.trace, lex.MaxMessageBytes)
		}
	case "testDone":
		d.ended(e)
	case "done":
		d.done = true
		if e.successKnown && !e.success {
			d.verdict.red = "the runner says that the run did not succeed"
		}
	}
}

func (d *dart) ended(e dartEvent) {
	t := d.tests[e.id]
	if t == nil {
		t = &dartTest{name: "test of an unknown name"}
	}
	delete(d.tests, e.id)
	r := record{
		name: t.name, class: t.file, file: t.file, line: t.line,
		millis: lex.Milliseconds(e.time - t.start), outcome: dartOutcome(e),
	}
	if e.hidden && !bad(r.outcome) {
		return
	}
	r.message = explain(r.outcome, lex.JoinMessages(t.said, t.trace), t.reason)
	r.signed, r.trace = headline(t.said, t.trace), t.trace
	r.id = evidence.Identify(t.file, t.name)
	d.tally.add(r)
}

func dartOutcome(e dartEvent) evidence.Outcome {
	switch {
	case e.result == "failure":
		return evidence.Failed
	case e.result == "error":
		return evidence.Errored
	case e.skip:
		return evidence.Skipped
	case strings.EqualFold(e.result, "success"):
		return evidence.Passed
	}
	return evidence.Errored
}
