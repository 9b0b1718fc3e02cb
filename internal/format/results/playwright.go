package results

import (
	"io"
	"strconv"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/format/lex"
)

// DetectPlaywright knows the output of Playwright's JSON reporter by the folder
// of its tests and its suites or statistics.
func DetectPlaywright(_ string, head []byte) bool {
	s := lex.ShapeOf(head, "config", "rootDir")
	return s.Has("config.rootDir") && (s.Any("suites", "stats.unexpected") || s.Has("config.projects", "config.workers"))
}

// DecodePlaywright reads the output of Playwright's JSON reporter
// (packages/playwright/types/testReporter.d.ts, JSONReport). A test has a result
// for each attempt, and the status says what Playwright makes of them: a test is
// flaky when Playwright calls it so. One that was expected to fail and did is
// skipped with that reason, one that passed all the same has failed, as
// Playwright says. Errors outside of tests are broken parts.
func DecodePlaywright(r io.Reader) (evidence.Fragment, error) {
	d := playwright{j: lex.NewJSON(r), tally: newTally("playwright", r)}
	for d.j.More() {
		d.j.Object(d.member)
	}
	err := d.j.Problem()
	if err == nil && !d.found {
		err = evidence.Errorf(evidence.Unreadable, "no list of suites")
	}
	if !d.found && len(d.tally.suite.Broken) == 0 {
		return evidence.Fragment{}, err
	}
	return evidence.Fragment{Suites: []evidence.Suite{d.tally.finish(d.verdict())}}, err
}

type playwright struct {
	j     *lex.JSON
	tally *tally
	found bool
	root  string
	// Titles of the open suites.
	titles []string
	// Tests that were not run although nobody skipped them.
	notRun int
	// Tests that failed as expected.
	expected int
	stats    struct{ expected, unexpected, flaky, skipped *int }
	// A flaky test fails the run.
	strict bool
}

func (d *playwright) member(name string) {
	switch name {
	case "config":
		d.j.Object(d.config)
	case "suites":
		d.found = d.j.Array(d.suite) || d.found
	case "errors":
		d.j.Array(func() {
			e := d.thrown()
			d.tally.broken(evidence.BreakageAborted, lex.JoinPath(d.root, e.file), e.said)
		})
	case "stats":
		d.j.Object(d.stat)
	default:
		d.j.Skip()
	}
}

func (d *playwright) config(member string) {
	switch member {
	case "rootDir":
		d.root = strings.TrimSuffix(lex.Slashes(d.j.Text()), "/")
	case "failOnFlakyTests":
		d.strict, _ = d.j.Truth()
	default:
		d.j.Skip()
	}
}

func (d *playwright) stat(member string) {
	to := map[string]**int{
		"expected": &d.stats.expected, "unexpected": &d.stats.unexpected, "flaky": &d.stats.flaky, "skipped": &d.stats.skipped,
	}[member]
	switch {
	case member == "startTime":
		d.tally.started(lex.Instant(d.j.Text()))
	case to == nil:
		d.j.Skip()
	default:
		if n, ok := d.j.Integer(); ok {
			*to = &n
		}
	}
}

// suite reads a file or a group in it.
func (d *playwright) suite() {
	d.titles = append(d.titles, "")
	d.j.Object(func(member string) {
		switch member {
		case "title":
			d.titles[len(d.titles)-1] = lex.Name(d.j.Text())
		case "suites":
			d.j.Array(d.suite)
		case "specs":
			d.j.Array(d.spec)
		default:
			d.j.Skip()
		}
	})
	d.titles = d.titles[:len(d.titles)-1]
}

// playwrightTest is a test of one project, with its attempts.
type playwrightTest struct {
	project, status, expected, reason string
	outcomes                          []evidence.Outcome
	results                           int
	// What the last attempt that was not as expected says.
	said   string
	millis int64
}

// maxProjects is the number of runs of one test that are held until its place is
// known, one for each project and repetition.
const maxProjects = 10_000

// spec reads a test with its runs, one for each project. The place may stand
// behind them.
func (d *playwright) spec() {
	var title, file string
	var at int
	var tests []playwrightTest
	flush := func() {
		for _, t := range tests {
			d.add(t, record{name: title, file: lex.JoinPath(d.root, file), line: at})
		}
		tests = nil
	}
	d.j.Object(func(member string) {
		switch member {
		case "title":
			title = d.j.Text()
		case "file":
			file = lex.Slashes(d.j.Text())
		case "line":
			at, _ = d.j.Integer()
		case "tests":
			d.j.Array(func() {
				if t, ok := d.test(); ok && !d.j.Stopped() {
					tests = append(tests, t)
				}
				if len(tests) == maxProjects {
					flush()
				}
			})
		default:
			d.j.Skip()
		}
	})
	flush()
}

func (d *playwright) test() (playwrightTest, bool) {
	var t playwrightTest
	ok := d.j.Object(func(member string) {
		switch member {
		case "projectName":
			t.project = lex.Name(d.j.Text())
		case "status":
			t.status = d.j.Word()
		case "expectedStatus":
			t.expected = d.j.Word()
		case "annotations":
			d.j.Array(func() { d.annotation(&t) })
		case "results":
			d.j.Array(func() { d.result(&t) })
		default:
			d.j.Skip()
		}
	})
	return t, ok
}

// annotation keeps why a test is skipped or expected to fail.
func (d *playwright) annotation(t *playwrightTest) {
	var kind, description string
	d.j.Object(func(member string) {
		switch member {
		case "type":
			kind = d.j.Word()
		case "description":
			description = d.j.Text()
		default:
			d.j.Skip()
		}
	})
	if kind == "skip" || kind == "fixme" || kind == "fail" {
		t.reason = evidence.Clip(description, lex.MaxReasonBytes)
		if t.reason == "" {
			t.reason = kind
		}
	}
}

func (d *playwright) result(t *playwrightTest) {
	var status, said string
	d.j.Object(func(member string) {
		switch member {
		case "status":
			status = d.j.Word()
		case "duration":
			ms, _ := d.j.Real()
			t.millis += lex.Milliseconds(ms)
		case "error":
			said = d.thrown().said
		default:
			d.j.Skip()
		}
	})
	if status == "" {
		return
	}
	t.results++
	if len(t.outcomes) < maxAttempts {
		t.outcomes = append(t.outcomes, playwrightOutcome(status))
	}
	if said != "" {
		t.said = said
	}
}

// playwrightOutcome is the outcome of one attempt.
func playwrightOutcome(status string) evidence.Outcome {
	switch status {
	case "passed":
		return evidence.Passed
	case "failed":
		return evidence.Failed
	case "skipped":
		return evidence.Skipped
	}
	return evidence.Errored // timedOut, interrupted
}

// playwrightError is an error and where it was thrown.
type playwrightError struct{ said, file string }

func (d *playwright) thrown() playwrightError {
	var e playwrightError
	var text, stack string
	d.j.Object(func(member string) {
		switch member {
		case "message", "value":
			text = evidence.Clip(d.j.Text(), lex.MaxCapture)
		case "stack":
			stack = evidence.Clip(d.j.Text(), lex.MaxCapture)
		case "location":
			d.j.Object(func(member string) {
				if member == "file" {
					e.file = lex.Slashes(d.j.Text())
					return
				}
				d.j.Skip()
			})
		default:
			d.j.Skip()
		}
	})
	e.said = lex.JoinMessages(text, stack)
	return e
}

// add counts a test by what Playwright makes of its attempts.
func (d *playwright) add(t playwrightTest, r record) {
	r.class = d.class(t.project)
	r.id = evidence.Identify(r.class, r.name, r.file)
	r.millis, r.message, r.signed = t.millis, t.said, t.said
	last := evidence.Failed
	if n := len(t.outcomes); n > 0 {
		r.earlier, last = t.outcomes[:n-1], t.outcomes[n-1]
	}
	switch {
	case t.status == "skipped":
		d.skipped(t, &r)
	case t.status == "flaky":
		r.outcome, r.flaky = evidence.Passed, true
	case t.status == "expected" && t.expected != "passed" && bad(last):
		d.expected++
		r.outcome, r.earlier = evidence.Skipped, nil
		r.message = explain(evidence.Skipped, t.reason, "")
		r.message = strings.TrimSuffix("failed, as expected: "+r.message, ": ")
	case t.status == "expected" && !bad(last):
		r.outcome, r.earlier, r.message = evidence.Passed, nil, ""
	case len(t.outcomes) > 0 && bad(last):
		r.outcome = last
	default:
		r.outcome, r.message = evidence.Failed, "passed, although it is expected to fail"
		if t.expected == "" || t.expected == "passed" {
			r.message = "the report calls the result " + strconv.Quote(lex.Name(t.status))
		}
		r.signed = r.message
	}
	d.tally.add(r)
}

// skipped tells a test that somebody skipped from one that did not get its turn.
func (d *playwright) skipped(t playwrightTest, r *record) {
	r.outcome, r.earlier = evidence.Skipped, nil
	r.message = explain(evidence.Skipped, t.reason, "skipped")
	if t.results == 0 && t.expected != "skipped" || t.expected == "passed" && t.reason == "" {
		d.notRun++
		r.message = "did not run"
	}
}

// class is the project and the titles of the open suites.
func (d *playwright) class(project string) string {
	var parts []string
	for _, title := range append([]string{project}, d.titles...) {
		if title != "" {
			parts = append(parts, title)
		}
	}
	return evidence.Clip(strings.Join(parts, " › "), lex.MaxNameBytes)
}

// verdict is what the report states about itself.
func (d *playwright) verdict() verdict {
	if d.notRun > 0 {
		d.tally.broken(evidence.BreakagePlannedNotRun, evidence.Plural(d.notRun, "test"), "")
	}
	s := &d.stats
	if s.unexpected == nil {
		return silent()
	}
	skipped := &d.expected
	sum(&skipped, s.skipped)
	var all *int
	for _, n := range []*int{s.expected, s.unexpected, s.flaky, s.skipped} {
		if n != nil {
			m := *n
			sum(&all, &m)
		}
	}
	v := verdict{declaration: declaration{total: all, failed: s.unexpected, skipped: skipped}, together: true}
	if d.strict && s.flaky != nil && *s.flaky > 0 {
		v.red = "flaky tests fail this run: failOnFlakyTests is set"
	}
	return v
}
