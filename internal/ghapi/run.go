package ghapi

import (
	"context"
	"fmt"

	"github.com/google/go-github/v60/github"
)

// WorkflowRunOf is what GitHub says of one workflow run.
type WorkflowRunOf struct {
	WorkflowID int64
	// How often it was started.
	Attempts int
}

// TakeRun asks for a workflow run of the repository. One that is not there, or of
// another repository, is a Problem with the reason not-found.
func TakeRun(ctx context.Context, client *github.Client, owner, repo string, id int64) (WorkflowRunOf, error) {
	run, _, err := client.Actions.GetWorkflowRunByID(ctx, owner, repo, id)
	if err != nil {
		return WorkflowRunOf{}, Explain(withoutAddress(err), fmt.Sprintf("workflow run %d", id))
	}
	return WorkflowRunOf{run.GetWorkflowID(), run.GetRunAttempt()}, nil
}
