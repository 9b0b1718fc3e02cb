package cli

import (
	"context"
	"slices"

	"github.com/mergebrief/mergebrief/internal/action"
	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/gather"
	"github.com/mergebrief/mergebrief/internal/git"
	"github.com/mergebrief/mergebrief/internal/ledger"
	"github.com/mergebrief/mergebrief/internal/pipeline"
	"github.com/mergebrief/mergebrief/internal/publish"
)

// keepers are the events whose runs write to the ledger: those on which GitHub runs
// the workflow of the base with a token of the base.
var keepers = []string{"pull_request", "pull_request_target", "push", "schedule", "workflow_dispatch", "repository_dispatch"}

// keep adds the edition to the ledger when the pull request is merged, and returns the
// receipt. That it cannot is a warning: the rest of the run is as good without.
func (s *actionRun) keep(ctx context.Context, repo *git.Repo, e *publish.Edition) string {
	merged := gather.MergedIn(s.snapshot)
	if s.settings.Ledger == "" || merged == "" {
		return ""
	}
	if !slices.Contains(keepers, s.event.Name) || s.event.Name == "pull_request" && s.event.Fork {
		s.log.Print("ledger: not written by a run of a fork or of another event; a push, a schedule or a dispatch of the base does")
		return ""
	}
	receipt, err := s.append(ctx, repo, e, merged)
	if err != nil {
		hint := "give the job that records merges contents: write, see docs/ledger.md"
		if evidence.ReasonOf(err, "") == evidence.Unreadable {
			hint = "mergebrief ledger verify says what is wrong; nothing was overwritten"
		}
		s.log.Warning(action.Annotation{Title: "mergebrief: the ledger was not written"}, err.Error()+"\nhint: "+hint)
		return ""
	}
	state := "created"
	if receipt.Known {
		state = "unchanged"
	}
	s.log.Print("ledger: " + state + ", " + receipt.String())
	return receipt.String()
}

func (s *actionRun) append(ctx context.Context, repo *git.Repo, e *publish.Edition, merged string) (ledger.Receipt, error) {
	place, err := ledger.Place(s.settings.Ledger, repo, true)
	if err != nil {
		return ledger.Receipt{}, err
	}
	entry := ledger.Entry{}
	for _, f := range e.Files {
		if f.Name == pipeline.BundleFile {
			entry.Stored = f.Data
		}
	}
	if repo != nil {
		if entry.Landed, err = ledger.Landing(ctx, repo, &e.Bundle.Record, merged); err != nil {
			s.log.Print("ledger: where the lines are since the merge is not known: " + err.Error())
		}
	}
	receipts, err := ledger.New(place).Append(ctx, entry)
	if err != nil {
		return ledger.Receipt{}, err
	}
	return receipts[0], nil
}
