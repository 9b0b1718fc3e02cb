package assess

import (
	"slices"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// notKnown is how a check ended, or what a review decided, that is one of a list of
// which GitHub did not give every entry.
const notKnown = "not known"

// tornLists returns the lists of GitHub's on which a gate may rest and which are not
// known to be whole. A record that is about nothing on GitHub has none.
func tornLists(r *evidence.Record) []evidence.GatedList {
	if r.Run == nil && r.Target.PullRequest == 0 {
		return nil
	}
	var torn []evidence.GatedList
	for _, l := range evidence.GatedLists() {
		asked := r.Target.PullRequest != 0 || l == evidence.GatedChecks
		if asked && !slices.Contains(r.Whole, l) {
			torn = append(torn, l)
		}
	}
	return torn
}

// limited returns a list as rules may see it. That something passed or was approved
// cannot be read from one that is not whole, since the entry that says otherwise may
// be the one that is lost; that something failed can.
func limited[T any](f *facts, name evidence.GatedList, all []T, without func(T) T) []T {
	if !slices.Contains(f.torn, name) {
		return all
	}
	out := make([]T, len(all))
	for i, x := range all {
		out[i] = without(x)
	}
	return out
}

func withoutPass(c evidence.Check) evidence.Check {
	if !c.Failed() && c.Status == evidence.CheckCompleted {
		c.Conclusion = notKnown
	}
	return c
}

func withoutApproval(r evidence.Review) evidence.Review {
	if r.State != evidence.ReviewChangesRequested {
		r.State = notKnown
	}
	return r
}

// tornNames names the lists that are not whole.
func (f *facts) tornNames() string {
	words := map[evidence.GatedList]string{
		evidence.GatedChecks: "checks", evidence.GatedReviews: "reviews", evidence.GatedThreads: "review threads", evidence.GatedLabels: "labels",
	}
	var names []string
	for _, l := range f.torn {
		names = append(names, words[l])
	}
	return strings.Join(names, ", ")
}
