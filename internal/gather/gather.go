// Package gather collects the facts about a change from wherever they are:
// files of the workspace, artifacts of workflow runs, the git repository, GitHub.
//
// It hides how each source is reached and how facts of several sources are
// joined: sessions that two files tell of, lines that a transcript says were
// written. It promises that every fact went through the redactor, that a source
// that fails leaves a gap and never ends the run, and that the same inputs give
// the same record however long each source took.
package gather

import (
	"context"
	"errors"
	"sync"

	"github.com/mergebrief/mergebrief/internal/correlate"
	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/redact"
)

// Source is a place where evidence is found.
type Source interface {
	// Name names the source in gaps and origins, in a word.
	Name() string
	// Class says where the source reads, and so who could have written what it finds.
	// Facts that it reads elsewhere have a class of their own.
	Class() evidence.Class
	// Gather returns what it found about the target, also when it returns an
	// error besides. The error, which may carry an [evidence.Reason], becomes a
	// gap; what the source itself explained as gaps needs no error.
	Gather(ctx context.Context, t evidence.Target) (evidence.Fragment, error)
}

// Record asks all sources at once and returns the record of the target: their
// facts in the order of the sources, joined and redacted by r.
func Record(ctx context.Context, t evidence.Target, r *redact.Redactor, sources []Source) *evidence.Record {
	found := make([]evidence.Fragment, len(sources))
	var all, changes sync.WaitGroup // not workers.Map: sources wait for others, not for a core
	ctx, change := withAnnouncement(ctx)
	for i, s := range sources {
		done := func() {}
		if s.Name() == (Change{}).Name() {
			changes.Add(1)
			done = changes.Done
		}
		all.Go(func() {
			defer done()
			f, err := s.Gather(ctx, t)
			if err != nil {
				f.Gaps = append(f.Gaps, gap(ctx, s.Name(), err))
			}
			f.ReadFrom(s.Class())
			found[i] = f
		})
	}
	changes.Wait()
	change.announce(nil) // nothing announced it: its lines cannot be known
	all.Wait()
	rec := &evidence.Record{Target: t}
	for i, f := range found {
		if n := f.Normalise(); n > 0 {
			f.Gaps = append(f.Gaps, evidence.MissingGap(sources[i].Name(), "entries of "+sources[i].Name(), evidence.Unsupported,
				evidence.Count(n)+" entries use words that this version does not know and were left out"))
		}
		rec.Add(f)
	}
	correlate.Join(rec)
	r.Fragment(&rec.Fragment)
	rec.Forget()
	return rec
}

func gap(ctx context.Context, source string, err error) evidence.Gap {
	reason := evidence.ReasonOf(err, evidence.Unavailable)
	g := evidence.MissingGap(source, source, reason, err.Error())
	if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		g.Hint = "the run was cancelled or ran out of time; run it again"
	}
	return g
}
