package results

import (
	"io"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/format/lex"
)

// DetectRSpec knows the output of RSpec's JSON formatter by its examples.
func DetectRSpec(_ string, head []byte) bool {
	head = lex.JSONStart(head)
	return lex.HasKeys(head, "examples") && (lex.HasKeys(head, "full_description") || lex.HasKeys(head, "example_count") || lex.HasKeys(head, "summary_line"))
}

// DecodeRSpec reads the output of "rspec --format json". Errors outside of
// examples are a broken part: RSpec does not run a file that it cannot load.
func DecodeRSpec(r io.Reader) (evidence.Fragment, error) {
	d := rspec{j: lex.NewJSON(r), tally: newTally("rspec", r)}
	for d.j.More() {
		since := d.tally.mark()
		d.declared, d.outside, d.messages = declaration{}, 0, ""
		d.j.Object(d.member)
		if d.outside > 0 {
			d.tally.broken(evidence.BreakageAborted, evidence.Plural(d.outside, "error")+" outside of examples", d.messages)
		}
		d.tally.settle("", stated(d.declared), since)
		d.document++
	}
	err := d.j.Problem()
	if err == nil && !d.found {
		err = evidence.Errorf(evidence.Unreadable, "no list of examples")
	}
	if !d.found {
		return evidence.Fragment{}, err
	}
	return evidence.Fragment{Suites: []evidence.Suite{d.tally.finish(silent())}}, err // each document was settled
}

type rspec struct {
	j        *lex.JSON
	tally    *tally
	found    bool
	outside  int
	messages string
	// Number of documents before this one, and what it states.
	document int32
	declared declaration
}

func (d *rspec) member(name string) {
	switch name {
	case "examples":
		d.found = d.j.Array(d.example) || d.found
	case "messages":
		d.j.Array(func() {
			if text := d.j.Text(); len(d.messages) < lex.MaxMessageBytes {
				d.messages += evidence.Clip(text, lex.MaxMessageBytes) + "\n"
			}
		})
	case "summary":
		d.j.Object(func(member string) {
			switch member {
			case "errors_outside_of_examples_count":
				d.outside, _ = d.j.Integer()
			case "failure_count":
				if n, ok := d.j.Integer(); ok {
					d.declared.failed = &n
				}
			default:
				d.j.Skip()
			}
		})
	default:
		d.j.Skip()
	}
}

func (d *rspec) example() {
	var r record
	var id, short, status, pending, kind, said string
	ok := d.j.Object(func(member string) {
		switch member {
		case "id":
			id = d.j.Text()
		case "description":
			short = d.j.Text()
		case "full_description":
			r.name = d.j.Text()
		case "status":
			status = d.j.Word()
		case "file_path":
			r.file = lex.URIPath(d.j.Text())
		case "line_number":
			r.line, _ = d.j.Integer()
		case "run_time":
			seconds, _ := d.j.Real()
			r.millis = lex.Milliseconds(seconds * 1000)
		case "pending_message":
			pending = d.j.Text()
		case "exception":
			kind, said = d.exception()
		default:
			d.j.Skip()
		}
	})
	if !ok || d.j.Stopped() {
		return
	}
	if r.name == "" {
		r.name = short
	}
	r.class = r.file
	r.outcome = rspecOutcome(status, kind)
	if bad(r.outcome) {
		r.message, r.signed = lex.JoinMessages(said, ""), said
	} else {
		r.message = explain(r.outcome, pending, status)
	}
	// The id tells examples of one name apart.
	r.id, r.run = evidence.Identify(r.file, id, r.name), d.document
	if id != "" {
		r.key = r.id
	}
	d.tally.add(r)
}

func (d *rspec) exception() (kind, said string) {
	d.j.Object(func(member string) {
		switch member {
		case "class":
			kind = d.j.Text()
		case "message":
			said = evidence.Clip(d.j.Text(), lex.MaxCapture)
		default:
			d.j.Skip()
		}
	})
	return kind, said
}

// rspecOutcome takes a failure for an error when no expectation raised it.
func rspecOutcome(status, kind string) evidence.Outcome {
	switch {
	case status == "passed":
		return evidence.Passed
	case status == "pending":
		return evidence.Skipped
	case status == "failed" && kind != "" && !rspecExpectation(kind):
		return evidence.Errored
	}
	return evidence.Failed
}

func rspecExpectation(kind string) bool {
	switch kind {
	case "RSpec::Expectations::ExpectationNotMetError", "RSpec::Expectations::MultipleExpectationsNotMetError",
		"RSpec::Mocks::MockExpectationError", "RSpec::Core::MultipleExceptionError",
		"RSpec::Core::Pending::PendingExampleFixedError", "Minitest::Assertion", "Test::Unit::AssertionFailedError":
		return true
	}
	return false
}
