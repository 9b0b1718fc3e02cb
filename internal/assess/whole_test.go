package assess

import (
	"slices"
	"testing"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// A gate on a list that is not whole is shut, whatever the policy says of rules and
// whatever it accepts, and nothing in the list can be read as a pass.
func TestThreatIncompleteGate(t *testing.T) {
	off := map[string]evidence.Level{}
	var accepted []Accepted
	for _, r := range Rules() {
		off[r.ID] = evidence.LevelNone
		accepted = append(accepted, Accepted{ID: r.ID, Reason: "known"})
	}
	for name, p := range map[string]Policy{
		"error":     {FailOn: "error"},
		"warning":   {FailOn: "warning"},
		"rules off": {FailOn: "error", Levels: off},
		"accepted":  {FailOn: "error", Accepted: accepted},
	} {
		for _, lost := range evidence.GatedLists() {
			r := sound(t)
			if v := Assess(r, p).Verdict; v.Conclusion != evidence.ConclusionSuccess {
				t.Fatalf("%s, whole: %+v", name, v)
			}
			r.Whole = slices.DeleteFunc(r.Whole, func(l evidence.GatedList) bool { return l == lost })
			if v := Assess(r, p).Verdict; v.Conclusion != evidence.ConclusionFailure || v.Title == "nothing found that needs a reviewer" {
				t.Errorf("%s, without all %s: %+v", name, lost, v)
			}
			p := p
			p.FailOn = ""
			if v := Assess(r, p).Verdict; v.Conclusion != evidence.ConclusionNeutral {
				t.Errorf("%s, only reporting: %+v", name, v)
			}
		}
	}
}

func TestThreatIncompletePass(t *testing.T) {
	r := sound(t)
	r.Checks = append(r.Checks, check("lint", evidence.ConclusionFailure), check("docs", evidence.ConclusionNeutral), check("skipped", evidence.ConclusionSkipped))
	r.Whole = nil
	f := newFacts(r, Policy{})
	if f.validated() || f.passed(evidence.ClassTest) || len(f.approvals()) > 0 {
		t.Errorf("validated: %t, tested: %t, approvals: %v", f.validated(), f.passed(evidence.ClassTest), f.approvals())
	}
	for _, c := range f.Checks {
		if c.Conclusion != evidence.ConclusionFailure && c.Conclusion != notKnown {
			t.Errorf("%s is %s", c.Name, c.Conclusion)
		}
	}
	if !f.Checks[1].Failed() {
		t.Error("what failed is lost")
	}
	if r.Checks[0].Conclusion != evidence.ConclusionSuccess || r.Reviews[0].State != evidence.ReviewApproved {
		t.Error("the record itself was changed")
	}
}
