package results

import (
	"io"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/format/lex"
)

// DetectCTRF knows CTRF by its results with a summary and tests.
func DetectCTRF(_ string, head []byte) bool {
	head = jsonStart(head)
	return hasKeys(head, "reportFormat", "CTRF") ||
		hasKeys(head, "results", "tool") && !hasKeys(head, "runs") && (hasKeys(head, "summary") || hasKeys(head, "tests", "status", "duration"))
}

// DecodeCTRF reads the Common Test Report Format 1.0 and what was written before
// it. Pending tests are skipped; a status other than the known ones is one too,
// with the status as the reason: it is no pass. A test that passed and is marked
// flaky, or whose retryAttempts failed, is flaky.
func DecodeCTRF(r io.Reader) (evidence.Fragment, error) {
	d := ctrf{j: newJSONReader(r), tally: newTally("ctrf", r)}
	for d.j.more() {
		d.j.object(func(member string) {
			if member != "results" {
				d.j.skip()
				return
			}
			d.j.object(d.results)
		})
	}
	err := d.j.problem()
	if err == nil && !d.found {
		err = evidence.Errorf(evidence.Unreadable, "no list of tests")
	}
	if !d.found {
		return evidence.Fragment{}, err
	}
	return evidence.Fragment{Suites: []evidence.Suite{d.tally.finish(stated(d.declared))}}, err
}

type ctrf struct {
	j        *jsonReader
	tally    *tally
	found    bool
	declared declaration
}

func (d *ctrf) results(member string) {
	switch member {
	case "tool":
		d.j.object(func(member string) {
			if member == "name" {
				d.tally.suite.Name = lex.Name(d.j.text())
				return
			}
			d.j.skip()
		})
	case "summary":
		d.j.object(d.summary)
	case "tests":
		d.found = d.j.array(d.test) || d.found
	default:
		d.j.skip()
	}
}

func (d *ctrf) summary(member string) {
	switch member {
	case "tests":
		d.stated(&d.declared.total)
	case "failed":
		d.stated(&d.declared.failed)
	case "skipped", "pending", "other":
		d.stated(&d.declared.skipped)
	default:
		d.j.skip()
	}
}

func (d *ctrf) stated(to **int) {
	if n, ok := d.j.integer(); ok {
		sum(to, &n)
	}
}

// ctrfTest is a test as it stands in the file.
type ctrfTest struct {
	record
	status, raw, trace string
	flaky              bool
	retries            int
	attempts           []evidence.Outcome
}

func (d *ctrf) test() {
	var t ctrfTest
	if !d.j.object(func(member string) { d.member(&t, member) }) || d.j.stopped() {
		return
	}
	t.outcome = ctrfOutcome(t.status)
	switch {
	case bad(t.outcome):
		t.message, t.signed = lex.JoinMessages(t.message, t.trace), headline(t.message, t.trace)
	default:
		t.message = explain(t.outcome, t.message, ctrfReason(t.status, t.raw))
	}
	t.earlier = t.before()
	t.record.flaky = t.flaky && t.outcome == evidence.Passed
	for _, o := range t.earlier {
		t.record.flaky = t.record.flaky || bad(o) && t.outcome == evidence.Passed
	}
	if t.name != "" {
		t.id = evidence.Identify(t.class, t.name, t.file)
	}
	d.tally.add(t.record)
}

// before is the attempts before the last. Some writers list the last one among
// the retries, others do not; without a list, as many as there were retries had
// failed.
func (t *ctrfTest) before() []evidence.Outcome {
	if len(t.attempts) == 0 {
		if t.flaky || bad(t.outcome) {
			for range min(t.retries, maxAttempts) {
				t.attempts = append(t.attempts, evidence.Failed)
			}
		}
		return t.attempts
	}
	if n := len(t.attempts); n > t.retries && t.attempts[n-1] == t.outcome {
		return t.attempts[:n-1]
	}
	return t.attempts
}

func (d *ctrf) member(t *ctrfTest, member string) {
	switch member {
	case "name":
		t.name = d.j.text()
	case "status":
		t.status = strings.ToLower(d.j.word())
	case "rawStatus":
		t.raw = d.j.text()
	case "duration":
		ms, _ := d.j.real()
		t.millis = lex.Milliseconds(ms)
	case "suite":
		t.class = d.suite()
	case "message":
		t.message = evidence.Clip(d.j.text(), lex.MaxCapture)
	case "trace":
		t.trace = evidence.Clip(d.j.text(), lex.MaxCapture)
	case "filePath":
		t.file = d.j.text()
	case "line":
		t.line, _ = d.j.integer()
	case "flaky":
		t.flaky, _ = d.j.truth()
	case "retries":
		t.retries, _ = d.j.integer()
	case "retryAttempts":
		d.j.array(func() { d.attempt(t) })
	default:
		d.j.skip()
	}
}

// suite reads the suite: a list of names, or in old files one string.
func (d *ctrf) suite() string {
	if d.j.peek() == '"' {
		return d.j.text()
	}
	var parts []string
	d.j.array(func() {
		if part := d.j.text(); len(parts) < 20 {
			parts = append(parts, part)
		}
	})
	return strings.Join(parts, " > ")
}

func (d *ctrf) attempt(t *ctrfTest) {
	status := ""
	d.j.object(func(member string) {
		if member == "status" {
			status = strings.ToLower(d.j.word())
			return
		}
		d.j.skip()
	})
	if status != "" && len(t.attempts) < maxAttempts {
		t.attempts = append(t.attempts, ctrfOutcome(status))
	}
}

func ctrfOutcome(status string) evidence.Outcome {
	switch status {
	case "passed":
		return evidence.Passed
	case "failed":
		return evidence.Failed
	}
	return evidence.Skipped
}

func ctrfReason(status, raw string) string {
	if raw != "" && !strings.EqualFold(status, raw) {
		return status + " (" + raw + ")"
	}
	return status
}
