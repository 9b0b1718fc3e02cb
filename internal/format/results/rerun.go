package results

import (
	"maps"
	"slices"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// JoinReruns joins what several files say about the same tests: the files of
// a runner's reruns, or of the attempts of one job. The suites come oldest
// first, and all of one job; what ran in another environment is another test.
//
// The last record of a case wins and keeps the outcomes before it as attempts,
// so that a failure followed by a pass is flaky and a pass followed by a failure
// failed. A skip does not replace anything. Each suite keeps its origin and its
// own cases; what a later suite replaces is taken out of the counts of the
// earlier one. Cases that a suite counts and does not list stay as they are.
func JoinReruns(suites []evidence.Suite) []evidence.Suite {
	j := joiner{suites: slices.Clone(suites), last: map[evidence.CaseID]bag{}}
	for i := range j.suites {
		s := &j.suites[i]
		s.Cases, s.Passing = slices.Clone(s.Cases), slices.Clone(s.Passing)
	}
	for i := range j.suites {
		bags := j.bags(i)
		for _, id := range slices.Sorted(maps.Keys(bags)) {
			now := bags[id]
			before, known := j.last[id]
			switch {
			case !known:
				j.last[id] = now
			case j.onlySkips(now):
				j.remove(now, id)
			default:
				j.last[id] = j.replace(before, now, id)
			}
		}
	}
	for i := range j.suites {
		j.sweep(i)
	}
	return j.suites
}

type joiner struct {
	suites []evidence.Suite
	last   map[evidence.CaseID]bag
}

// bag is all that a suite says about one identity: tests may share a name.
type bag struct {
	suite  int
	passes int
	cases  []int
}

// removed marks a case that a later suite replaced.
const removed evidence.Outcome = "removed"

func (j *joiner) bags(i int) map[evidence.CaseID]bag {
	all := map[evidence.CaseID]bag{}
	for _, id := range j.suites[i].Passing {
		b := all[id]
		b.suite = i
		b.passes++
		all[id] = b
	}
	for at, c := range j.suites[i].Cases {
		if c.ID == 0 {
			continue
		}
		b := all[c.ID]
		b.suite = i
		b.cases = append(b.cases, at)
		all[c.ID] = b
	}
	return all
}

func (j *joiner) onlySkips(b bag) bool {
	if b.passes > 0 {
		return false
	}
	for _, at := range b.cases {
		if j.suites[b.suite].Cases[at].Outcome != evidence.Skipped {
			return false
		}
	}
	return true
}

// replace takes the earlier records out, lets the later ones remember them, and
// returns the later bag as it then is.
func (j *joiner) replace(before, now bag, id evidence.CaseID) bag {
	worst, attempts := j.history(before)
	j.remove(before, id)
	s := &j.suites[now.suite]
	for _, at := range now.cases {
		c := &s.Cases[at]
		own := c.Attempts
		if len(own) == 0 {
			own = []evidence.Outcome{c.Outcome}
		}
		c.Attempts = limitAttempts(append(slices.Clone(attempts), own...))
	}
	if worst == nil || now.passes == 0 {
		return now
	}
	// It passed at last: it is no longer a simple pass.
	c := *worst
	c.Outcome, c.Flaky = evidence.Passed, true
	c.Attempts = limitAttempts(append(slices.Clone(attempts), evidence.Passed))
	now.passes, now.cases = now.passes-1, append(now.cases, len(s.Cases))
	s.Cases = append(s.Cases, c)
	s.Counts.Flaky++
	if at := slices.Index(s.Passing, id); at >= 0 {
		s.Passing = slices.Delete(s.Passing, at, at+1)
	}
	return now
}

// history is the outcomes of a bag, and the case in it that did not simply pass
// or was skipped, nil when there is none.
func (j *joiner) history(b bag) (worst *evidence.Case, attempts []evidence.Outcome) {
	if b.passes > 0 {
		attempts = append(attempts, evidence.Passed)
	}
	for _, at := range b.cases {
		c := j.suites[b.suite].Cases[at]
		if len(c.Attempts) > 0 {
			attempts = append(attempts, c.Attempts...)
		} else {
			attempts = append(attempts, c.Outcome)
		}
		if c.Outcome != evidence.Skipped {
			worst = &c
		}
	}
	return worst, attempts
}

// remove takes the records of a bag out of their suite.
func (j *joiner) remove(b bag, id evidence.CaseID) {
	s := &j.suites[b.suite]
	s.Replaced += b.passes + len(b.cases)
	for _, at := range b.cases {
		c := &s.Cases[at]
		s.Counts.Remove(c.Outcome, c.Flaky)
		c.Outcome = removed
	}
	for range b.passes {
		s.Counts.Remove(evidence.Passed, false)
	}
	if b.passes > 0 {
		s.Passing = slices.DeleteFunc(s.Passing, func(other evidence.CaseID) bool { return other == id })
	}
}

// sweep drops the removed cases and sorts the rest.
func (j *joiner) sweep(i int) {
	s := &j.suites[i]
	s.Cases = slices.DeleteFunc(s.Cases, func(c evidence.Case) bool { return c.Outcome == removed })
	slices.SortStableFunc(s.Cases, compareCases)
}
