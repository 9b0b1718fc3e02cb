package results

import (
	"io"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/format/lex"
)

// DetectCTRF knows CTRF by its results with a summary and tests.
func DetectCTRF(_ string, head []byte) bool {
	head = lex.JSONStart(head)
	return lex.HasKeys(head, "reportFormat", "CTRF") ||
		lex.HasKeys(head, "results", "tool") && !lex.HasKeys(head, "runs") && (lex.HasKeys(head, "summary") || lex.HasKeys(head, "tests", "status", "duration"))
}

// DecodeCTRF reads the Common Test Report Format 1.0 and what was written before
// it. Pending tests are skipped; a status other than the known ones is one too,
// with the status as the reason: it is no pass. A test that passed and is marked
// flaky, or whose retryAttempts failed, is flaky.
func DecodeCTRF(r io.Reader) (evidence.Fragment, error) {
	d := ctrf{j: lex.NewJSON(r), tally: newTally("ctrf", r)}
	for d.j.More() {
		d.j.Object(func(member string) {
			if member != "results" {
				d.j.Skip()
				return
			}
			d.j.Object(d.results)
		})
	}
	err := d.j.Problem()
	if err == nil && !d.found {
		err = evidence.Errorf(evidence.Unreadable, "no list of tests")
	}
	if !d.found {
		return evidence.Fragment{}, err
	}
	return evidence.Fragment{Suites: []evidence.Suite{d.tally.finish(stated(d.declared))}}, err
}

type ctrf struct {
	j        *lex.JSON
	tally    *tally
	found    bool
	declared declaration
}

func (d *ctrf) results(member string) {
	switch member {
	case "tool":
		d.j.Object(func(member string) {
			if member == "name" {
				d.tally.suite.Name = lex.Name(d.j.Text())
				return
			}
			d.j.Skip()
		})
	case "summary":
		d.j.Object(d.summary)
	case "tests":
		d.found = d.j.Array(d.test) || d.found
	default:
		d.j.Skip()
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
		d.j.Skip()
	}
}

func (d *ctrf) stated(to **int) {
	if n, ok := d.j.Integer(); ok {
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
	if !d.j.Object(func(member string) { d.member(&t, member) }) || d.j.Stopped() {
		return
	}
	t.outcome = ctrfOutcome(t.status)
	switch {
	case bad(t.outcome):
		t.message, t.signed, t.record.trace = lex.JoinMessages(t.message, t.trace), headline(t.message, t.trace), lex.Joined(t.message, t.trace)
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
		t.name = d.j.Text()
	case "status":
		t.status = strings.ToLower(d.j.Word())
	case "rawStatus":
		t.raw = d.j.Text()
	case "duration":
		ms, _ := d.j.Real()
		t.millis = lex.Milliseconds(ms)
	case "suite":
		t.class = d.suite()
	case "message":
		t.message = evidence.Clip(d.j.Text(), lex.MaxCapture)
	case "trace":
		t.trace = evidence.Clip(d.j.Text(), lex.MaxCapture)
	case "filePath":
		t.file = d.j.Text()
	case "line":
		t.line, _ = d.j.Integer()
	case "flaky":
		t.flaky, _ = d.j.Truth()
	case "retries":
		t.retries, _ = d.j.Integer()
	case "retryAttempts":
		d.j.Array(func() { d.attempt(t) })
	default:
		d.j.Skip()
	}
}

// suite reads the suite: a list of names, or in old files one string.
func (d *ctrf) suite() string {
	if d.j.Peek() == '"' {
		return d.j.Text()
	}
	var parts []string
	d.j.Array(func() {
		if part := d.j.Text(); len(parts) < 20 {
			parts = append(parts, part)
		}
	})
	return strings.Join(parts, " > ")
}

func (d *ctrf) attempt(t *ctrfTest) {
	status := ""
	d.j.Object(func(member string) {
		if member == "status" {
			status = strings.ToLower(d.j.Word())
			return
		}
		d.j.Skip()
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
