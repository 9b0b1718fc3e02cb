package assess

import "github.com/mergebrief/mergebrief/internal/evidence"

func presetNames() []string { return []string{"observe", "review", "strict"} }

// preset returns the policy that a file begins with. "observe", also when none
// is named, reports and never fails. "review" fails on errors: what failed, what
// contradicts it, and a head that nothing observed has validated. "strict"
// fails on warnings, too, and asks for a ticket and a review.
func preset(name string) Policy {
	p := Policy{FailOn: failOnNone, Levels: map[string]evidence.Level{}, From: map[string]string{}}
	switch name {
	case "review":
		p.FailOn = string(evidence.LevelError)
	case "strict":
		p.FailOn = string(evidence.LevelWarning)
		for _, id := range []string{"ticket-missing", "review-missing", "agent-run-missing"} {
			p.Levels[id], p.From[id] = evidence.LevelWarning, "preset strict"
		}
	}
	if p.FailOn != failOnNone {
		p.From["fail-on"] = "preset " + name
	}
	return p
}
