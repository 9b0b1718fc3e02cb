package provenance

import (
	"bytes"
	"context"
	"fmt"
	"path"
	"slices"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/format"
	"github.com/mergebrief/mergebrief/internal/git"
)

const (
	// traceDir is where the reference writer of Agent Trace keeps its records.
	traceDir = ".agent-trace"
	// maxTraceFiles bounds the files of traces of one commit.
	maxTraceFiles = 1000
	// maxTraceBytes bounds one of them: a record for each edit makes some
	// megabytes in a year.
	maxTraceBytes = 32 << 20
)

// Traces is the source of the Agent Trace records that are committed at the head
// of the change, also where no work tree is at hand.
type Traces struct {
	Repo *git.Repo
}

// Name returns "traces".
func (Traces) Name() string { return "traces" }

// Class returns the class of files at the head.
func (Traces) Class() evidence.Class { return evidence.FromChange }

// Of reads the records below .agent-trace that are about commits of the
// change.
func (s Traces) Of(ctx context.Context, change Change) (evidence.Fragment, error) {
	var out evidence.Fragment
	t := change.Target
	// A record may name the commit before the one that it is about.
	about := map[string]bool{"": true, t.MergeBase: true}
	for _, c := range change.Commits {
		about[c.ID] = true
	}
	n := 0
	for e, err := range s.Repo.Tree(ctx, t.Head+":"+traceDir) {
		if err != nil {
			if evidence.ReasonOf(err, evidence.Unreadable) == evidence.NotFound {
				return out, nil
			}
			return out, err
		}
		if ext := path.Ext(e.Path); ext != ".json" && ext != ".jsonl" {
			continue
		}
		if n++; n > maxTraceFiles {
			return out, evidence.Errorf(evidence.Truncated, "more than %d files of traces below %s", maxTraceFiles, traceDir)
		}
		name := path.Join(traceDir, e.Path)
		data, err := s.Repo.Blob(ctx, t.Head, name, maxTraceBytes)
		if err != nil {
			out.Gaps = append(out.Gaps, evidence.MissingGap(s.Name(), name, evidence.ReasonOf(err, evidence.Unreadable), err.Error()))
			continue
		}
		f := format.Read(s.Name(), evidence.ShortID(t.Head)+":"+name, bytes.NewReader(data))
		all := len(f.ClaimSources)
		f.ClaimSources = slices.DeleteFunc(f.ClaimSources, func(c evidence.ClaimSource) bool { return !about[c.Commit] })
		f.Claims = slices.DeleteFunc(f.Claims, func(c evidence.Claim) bool { return !about[c.Commit] })
		if others := all - len(f.ClaimSources); others > 0 && f.Inputs[0].Detail == "" {
			f.Inputs[0].Detail = fmt.Sprintf("%d of %d records are about other commits and were left out", others, all)
		}
		out.Add(f)
	}
	return out, nil
}
