// Package assess judges a record: what a reviewer should look at, how complete
// the record is, and whether the change meets the policy.
//
// It hides the rules, their order and how findings about one place become one.
// It promises that the judgement follows from the record and the policy alone,
// byte for byte; that every finding names the facts it rests on; that nothing
// but observed or verified facts satisfies the gate, so that no file which a
// pull request brings along can turn a verdict green; and that a fact which is
// not known is never counted as good.
package assess

import (
	"github.com/mergebrief/mergebrief/internal/classify"
	"github.com/mergebrief/mergebrief/internal/evidence"
)

// Assess judges the record under the policy.
func Assess(r *evidence.Record, p Policy) evidence.Assessment {
	f := newFacts(r, p)
	findings := arrange(f)
	a := evidence.Assessment{
		Attribution: f.inAreas(),
		Traced:      f.tracedCommits(),
		Findings:    findings,
		Focus:       focus(findings),
		Checklist:   checklist(f),
	}
	a.Verdict = verdict(f, &a)
	return a
}

// inAreas returns the attribution with the high-risk area of each file.
func (f *facts) inAreas() evidence.Attribution {
	for i := range f.lines.attribution.Files {
		if file := &f.lines.attribution.Files[i]; !classify.IsTestPath(file.Path) {
			file.Area = f.policy.area(file.Path)
		}
	}
	return f.lines.attribution
}

// verdict puts the assessment into one line. A check that only reports is
// neutral; one that gates succeeds or fails and is never anything else, since
// GitHub counts a neutral check as passed.
func verdict(f *facts, a *evidence.Assessment) evidence.Verdict {
	v := evidence.Verdict{Conclusion: evidence.ConclusionNeutral, FailOn: evidence.Level(f.policy.failOn()), Title: title(f, a.Findings)}
	if v.FailOn == failOnNone {
		return v
	}
	v.Conclusion = evidence.ConclusionSuccess
	if len(f.torn) > 0 { // whatever the policy makes of the rule about it
		v.Conclusion = evidence.ConclusionFailure
	}
	for _, x := range a.Findings {
		if x.Accepted == nil && severity(x.Level) >= severity(v.FailOn) {
			v.Conclusion = evidence.ConclusionFailure
		}
	}
	return v
}

// severity orders levels.
func severity(l evidence.Level) int {
	switch l {
	case evidence.LevelError:
		return 3
	case evidence.LevelWarning:
		return 2
	case evidence.LevelNote:
		return 1
	}
	return 0
}
