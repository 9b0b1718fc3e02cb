package assess

import (
	"iter"
	"slices"

	"github.com/mergebrief/mergebrief/internal/classify"
	"github.com/mergebrief/mergebrief/internal/evidence"
)

// facts is the record as rules look at it, with what several of them need.
type facts struct {
	*evidence.Record
	// The record's checks and reviews, as far as anything follows from them: see
	// [limited].
	Checks  []evidence.Check
	Reviews []evidence.Review
	// The lists of GitHub's that are not whole.
	torn   []evidence.GatedList
	policy Policy
	lines  lines
	// Indexes of the sessions that speak about the change.
	joined []int
	// Commits about which nothing is recorded, by index, and the number of commits,
	// merges aside.
	silent  []int
	commits int
}

func newFacts(r *evidence.Record, p Policy) *facts {
	f := &facts{Record: r, policy: p, lines: newLines(r)}
	f.torn = tornLists(r)
	f.Checks = limited(f, evidence.GatedChecks, r.Checks, withoutPass)
	f.Reviews = limited(f, evidence.GatedReviews, r.Reviews, withoutApproval)
	for i := range r.Sessions {
		if r.Joined(&r.Sessions[i]) {
			f.joined = append(f.joined, i)
		}
	}
	f.silent, f.commits = f.silentCommits()
	return f
}

// runs yields the agent runs behind the change with their indexes. What a run did
// that nothing joins with the change says nothing about it.
func (f *facts) runs() iter.Seq2[int, *evidence.Session] {
	return func(yield func(int, *evidence.Session) bool) {
		for _, i := range f.joined {
			if !yield(i, &f.Sessions[i]) {
				return
			}
		}
	}
}

// gapsFound counts what sources looked for in vain. What nobody asked for is
// not among it.
func (f *facts) gapsFound() (n int) {
	for _, g := range f.Gaps {
		if g.Origin.Reason != evidence.NotConfigured {
			n++
		}
	}
	return n
}

// validated reports whether an observed check that tests, builds or is required, and
// that the change did not define itself, or a verified test result, shows that the
// head was validated.
func (f *facts) validated() bool {
	for _, c := range f.Checks {
		if c.Passed() && (classify.Validates(c, evidence.ClassTest) || classify.Validates(c, evidence.ClassBuild) || f.demanded(c)) {
			return true
		}
	}
	for _, s := range f.Suites {
		if s.Origin.Basis.Certain() && s.Counts.Passed > 0 && s.Counts.Bad() == 0 && len(s.Broken) == 0 {
			return true
		}
	}
	return false
}

// demanded reports whether a rule of the base branch or the policy requires a
// check.
func (f *facts) demanded(c evidence.Check) bool {
	return slices.ContainsFunc(f.policy.RequiredChecks, func(r RequiredCheck) bool { return r.is(c) }) || c.Required != nil && *c.Required
}

// softened is the level of findings about the agent's own validation: it
// matters less once the head itself is known to be validated.
func (f *facts) softened() evidence.Level {
	if f.validated() {
		return evidence.LevelNote
	}
	return ""
}

// softenedIn is the level of findings about the agent's own validation of a class:
// it matters less once a check of the head is known to have done the same, or the
// head itself is known to be validated.
func (f *facts) softenedIn(class evidence.CommandClass) evidence.Level {
	if f.passedInCI(class) {
		return evidence.LevelNote
	}
	return f.softened()
}

// passedInCI reports whether a check of the head that does the work of a class is
// known to have passed.
func (f *facts) passedInCI(class evidence.CommandClass) bool {
	return slices.ContainsFunc(f.Checks, func(c evidence.Check) bool {
		return c.Passed() && classify.Validates(c, class)
	})
}

// traced reports whether anything tells who wrote lines.
func (f *facts) traced() bool { return len(f.joined)+len(f.Claims) > 0 }
