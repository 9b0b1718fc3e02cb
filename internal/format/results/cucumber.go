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
	s := lex.ShapeOf(head, "elements", "keyword")
	return s.Has("[].elements", "[].keyword") && s.Any("[].uri", "[].location", "[].elements[].steps")
}

// DecodeCucumber reads the JSON of Cucumber and Behave. A scenario has failed
// when one of its steps, hooks or those of the background before it has; one with
// an undefined, ambiguous or pending step is errored: Cucumber fails such a run.
// Each element counts: what stands twice, as rows of an outline do, is two.
func DecodeCucumber(r io.Reader) (evidence.Fragment, error) {
	d := cucumber{j: lex.NewJSON(r), tally: newTally("cucumber", r)}
	for d.j.More() {
		d.found = d.j.Array(d.feature) || d.found
	}
	err := d.j.Problem()
	if !d.found {
		return evidence.Fragment{}, cmp.Or(err, evidence.Errorf(evidence.Unreadable, "no list of features"))
	}
	return evidence.Fragment{Suites: []evidence.Suite{d.tally.finish(silent())}}, err
}

type cucumber struct {
	j     *lex.JSON
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
	d.j.Object(func(member string) {
		switch member {
		case "name":
			f.name = d.j.Text()
		case "uri":
			f.file = lex.URIPath(d.j.Text())
		case "location":
			f.file, _ = place(d.j.Text())
		case "elements":
			d.j.Array(func() { d.element(&f) })
		default:
			d.j.Skip()
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
			return lex.URIPath(at[:i]), lex.LineNumber(at[i+1:])
		}
	}
	return lex.URIPath(at), 0
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
	d.j.Object(func(member string) {
		switch member {
		case "name":
			r.name = d.j.Text()
		case "type":
			kind = d.j.Word()
		case "id":
			id = d.j.Text()
		case "line":
			r.line, _ = d.j.Integer()
		case "location":
			_, r.line = place(d.j.Text())
		case "status":
			status = d.j.Word()
		case "before", "after", "steps":
			d.j.Array(func() { state.take(d.step()) })
		default:
			d.j.Skip()
		}
	})
	if kind == "background" {
		d.background = state
		return
	}
	// What breaks off is not known to have passed.
	if d.j.Stopped() && !bad(state.outcome()) {
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
	d.j.Object(func(member string) {
		switch member {
		case "name":
			s.step = d.j.Text()
		case "before", "after":
			d.j.Array(func() { around.take(d.step()) })
		case "result":
			d.result(&s)
		default:
			d.j.Skip()
		}
	})
	s.take(around)
	return s
}

func (d *cucumber) result(s *cucumberState) {
	d.j.Object(func(member string) {
		switch member {
		case "status":
			s.status = d.j.Word()
		case "duration":
			s.nanos, _ = d.j.Real()
		case "error_message":
			if d.j.Peek() == '[' {
				s.said = evidence.Clip(d.j.Joined("\n"), lex.MaxCapture)
				return
			}
			s.said = evidence.Clip(d.j.Text(), lex.MaxCapture)
		default:
			d.j.Skip()
		}
	})
}
