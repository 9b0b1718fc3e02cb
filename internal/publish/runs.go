package publish

import (
	"context"

	"github.com/google/go-github/v60/github"

	"github.com/mergebrief/mergebrief/internal/ghapi"
)

// Runs tells which workflow runs are ours. A text that stands somewhere names the run
// that wrote it, and whoever may edit the text can write any number there.
type Runs interface {
	// Ours reports whether the code host knows the run in this repository, as one of
	// the workflow that makes the edition, and that it was started that often.
	Ours(ctx context.Context, id, attempt int64) bool
}

// NewRuns returns the runs of a repository on GitHub that are of the workflow of the
// run own. What GitHub does not say is nothing of ours.
func NewRuns(client *github.Client, owner, repo string, own int64) Runs {
	return &runs{client: client, owner: owner, repo: repo, own: own}
}

type runs struct {
	client      *github.Client
	owner, repo string
	own         int64
}

func (r *runs) Ours(ctx context.Context, id, attempt int64) bool {
	if r.client == nil || id == 0 || r.own == 0 {
		return false
	}
	that, err := ghapi.TakeRun(ctx, r.client, r.owner, r.repo, id)
	if err != nil || attempt > int64(that.Attempts) || that.WorkflowID == 0 {
		return false
	}
	if id == r.own {
		return true
	}
	mine, err := ghapi.TakeRun(ctx, r.client, r.owner, r.repo, r.own)
	return err == nil && mine.WorkflowID == that.WorkflowID
}

// ours reports whether the run that a text names as its writer is one of ours.
func ours(ctx context.Context, known Runs, text string) bool {
	w := writerOf(text)
	return known != nil && known.Ours(ctx, w.run, w.attempt)
}
