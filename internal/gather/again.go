package gather

import (
	"context"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/ghapi"
)

// again asks once more for the lists on which a gate may rest and of which something
// was lost, and notes which are whole then. What is still not whole is a gap.
func (p Pull) again(ctx context.Context, f *evidence.Fragment) {
	s := p.Snapshot
	owner, name, _ := strings.Cut(s.Repository, "/")
	ask := ghapi.Again{Client: p.Client, Owner: owner, Repo: name}
	for _, l := range []struct {
		name  evidence.GatedList
		whole func() bool
		ask   func(context.Context, *ghapi.Snapshot) error // nil where REST does not know it
	}{
		{evidence.GatedChecks, p.wholeChecks, ask.Checks},
		{evidence.GatedReviews, func() bool { return s.Pull.Reviews.Whole() }, ask.Reviews},
		{evidence.GatedThreads, func() bool { return s.Pull.ReviewThreads.Whole() }, nil},
		{evidence.GatedLabels, func() bool { return s.Pull.Labels.Whole() }, ask.Labels},
	} {
		if s.Pull.Number == 0 && l.name != evidence.GatedChecks {
			continue // a merge group has none
		}
		if !l.whole() && l.ask != nil && p.Client != nil {
			// That the token may not read it is said by what the first answer lacks.
			if err := l.ask(ctx, s); err != nil && evidence.ReasonOf(err, "") != evidence.Denied {
				f.Gaps = append(f.Gaps, evidence.MissingGap(p.Name(), "all "+string(l.name), evidence.ReasonOf(err, evidence.Unavailable), "asked once more: "+err.Error()))
			}
		}
		if l.whole() {
			f.Whole = append(f.Whole, l.name)
		}
	}
	if p.Client != nil {
		ask.Files(ctx, s)
	}
}

// wholeChecks reports whether all checks of the very head are known.
func (p Pull) wholeChecks() bool {
	head := p.Snapshot.Head()
	return head != nil && head.Oid == p.Snapshot.Pull.HeadRefOid && head.Checks().Whole()
}
