package results

import (
	"cmp"
	"io"
	"strconv"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/format/lex"
)

// DetectCucumber knows Cucumber's JSON by the elements of a feature.
func DetectCucumber(_ string, head []byte) bool {
	s := shapeOf(head, "elements", "keyword")
	return s.has("[].elements", "[].keyword") && s.any("[].uri", "[].location", "[].elements[].steps")
}

// DecodeCucumber reads the JSON of Cucumber and Behave. A scenario has failed
// when one of its steps, hooks or those of the background before it has; one with
// an undefined, ambiguous or pending step is errored: Cucumber fails such a run.
// Each element counts: what stands twice, as rows of an outline do, is two.
func DecodeCucumber(r io.Reader) (evidence.Fragment, error) {
	d := cucumber{j: newJSONReader(r), tally: newTally("cucumber", r)}
	for d.j.more() {
		d.found = d.j.array(d.feature) || d.found
	}
	err := d.j.problem()
	if !d.found {
		return evidence.Fragment{}, cmp.Or(err, evidence.Errorf(evidence.Unreadable, "no list of features"))
	}
	return evidence.Fragment{Suites: []evidence.Suite{d.tally.finish(silent())}}, err
}

type cucumber struct {
	j     *jsonReader
	tally *tally
	found bool
	// The background that stands before the scenario at hand.
	background cucumberState
}

// cucumberState is what the steps so far came to.
type cucumberState struct {
	status, step, said string
	nanos              float64
}

// cucumberRanks order the states of steps by how much they matter.
var cucumberRanks = map[string]int{
	"": 0, "passed": 1, "untested": 2, "skipped": 2, "pending": 3, "undefined": 4, "ambiguous": 5, "error": 6, "hook_error": 6, "cleanup_error": 6, "failed": 7,
}

// take keeps the graver state. What is not known is as grave as ambiguous.
func (c *cucumberState) take(o cucumberState) {
	rank := func(status string) int {
		if n, ok := cucumberRanks[status]; ok {
			return n
		}
		return cucumberRanks["ambiguous"]
	}
	nanos := c.nanos + o.nanos
	if rank(o.status) > rank(c.status) {
		*c = o
	}
	c.nanos = nanos
}

func (c *cucumberState) outcome() evidence.Outcome {
	switch c.status {
	case "", "passed":
		return evidence.Passed
	case "skipped", "untested":
		return evidence.Skipped
	case "failed":
		return evidence.Failed
	}
	return evidence.Errored
}

// cucumberFeature is what is known of a feature while its elements are read.
type cucumberFeature struct {
	name, file string
	held       []record
}

func (d *cucumber) feature() {
	var f cucumberFeature
	d.background = cucumberState{}
	d.j.object(func(member string) {
		switch member {
		case "name":
			f.name = d.j.text()
		case "uri":
			f.file = uriPath(d.j.text())
		case "location":
			f.file, _ = place(d.j.text())
		case "elements":
			d.j.array(func() { d.element(&f) })
		default:
			d.j.skip()
		}
	})
	for _, r := range f.held {
		d.add(r, f)
	}
	if bad(d.background.outcome()) {
		d.tally.broken(evidence.BreakageAborted, cmp.Or(f.file, f.name), d.background.message())
	}
}

// place splits "path:line".
func place(at string) (string, int) {
	for i := len(at) - 1; i > 0; i-- {
		if at[i] == ':' {
			return uriPath(at[:i]), lex.LineNumber(at[i+1:])
		}
	}
	return uriPath(at), 0
}

func (c *cucumberState) message() string {
	said := lex.JoinMessages("", c.said)
	if c.status != "failed" && bad(c.outcome()) {
		said = lex.JoinMessages(c.status+": "+c.step, c.said)
	}
	return said
}

func (d *cucumber) element(f *cucumberFeature) {
	var r record
	var kind, id, status string
	var state cucumberState
	d.j.object(func(member string) {
		switch member {
		case "name":
			r.name = d.j.text()
		case "type":
			kind = d.j.word()
		case "id":
			id = d.j.text()
		case "line":
			r.line, _ = d.j.integer()
		case "location":
			_, r.line = place(d.j.text())
		case "status":
			status = d.j.word()
		case "before", "after", "steps":
			d.j.array(func() { state.take(d.step()) })
		default:
			d.j.skip()
		}
	})
	if kind == "background" {
		d.background = state
		return
	}
	// What breaks off is not known to have passed.
	if d.j.stopped() && !bad(state.outcome()) {
		return
	}
	state.take(d.background)
	state.take(cucumberState{status: status})
	d.background = cucumberState{}
	r.outcome, r.millis = state.outcome(), lex.Milliseconds(state.nanos/1e6)
	r.message = explain(r.outcome, state.message(), state.status)
	if bad(r.outcome) {
		r.message, r.signed = state.message(), state.message()
	}
	r.id = evidence.Identify(id, strconv.Itoa(r.line))
	if f.file == "" && len(f.held) < maxHeldCases {
		f.held = append(f.held, r.bounded())
		return
	}
	d.add(r, *f)
}

func (d *cucumber) add(r record, f cucumberFeature) {
	r.class, r.file = f.name, f.file
	r.id = evidence.Identify(f.file, f.name, r.name).In(r.id)
	d.tally.add(r)
}

// step reads a step or hook, with the hooks around it.
func (d *cucumber) step() cucumberState {
	var s cucumberState
	var around cucumberState
	d.j.object(func(member string) {
		switch member {
		case "name":
			s.step = d.j.text()
		case "before", "after":
			d.j.array(func() { around.take(d.step()) })
		case "result":
			d.result(&s)
		default:
			d.j.skip()
		}
	})
	s.take(around)
	return s
}

func (d *cucumber) result(s *cucumberState) {
	d.j.object(func(member string) {
		switch member {
		case "status":
			s.status = d.j.word()
		case "duration":
			s.nanos, _ = d.j.real()
		case "error_message":
			if d.j.peek() == '[' {
				s.said = evidence.Clip(d.j.joined("\n"), lex.MaxCapture)
				return
			}
			s.said = evidence.Clip(d.j.text(), lex.MaxCapture)
		default:
			d.j.skip()
		}
	})
}
