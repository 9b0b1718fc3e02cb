package ghapi

import (
	"context"

	"github.com/google/go-github/v60/github"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// HeadRun is a workflow run on a commit.
type HeadRun struct {
	ID, WorkflowID int64
	// Branch that the run was for, and the repository that the branch is in; that
	// one is "" when it was deleted.
	Branch, Repository string
}

// RunsOfCommit returns the workflow runs on a commit, the newest first. There are a
// hundred at most: with an error that says so, there are more.
func RunsOfCommit(ctx context.Context, client *github.Client, owner, repo, sha string) ([]HeadRun, error) {
	what := "workflow runs of commit " + evidence.ShortID(sha)
	list, _, err := client.Actions.ListRepositoryWorkflowRuns(ctx, owner, repo, &github.ListWorkflowRunsOptions{
		HeadSHA: sha, ListOptions: github.ListOptions{PerPage: perPage},
	})
	if err != nil {
		return nil, Explain(withoutAddress(err), what)
	}
	var runs []HeadRun
	for _, r := range list.WorkflowRuns {
		// GitHub ignores a filter that it does not understand.
		if r.GetHeadSHA() == sha {
			runs = append(runs, HeadRun{r.GetID(), r.GetWorkflowID(), r.GetHeadBranch(), r.GetHeadRepository().GetFullName()})
		}
	}
	if list.GetTotalCount() > len(list.WorkflowRuns) {
		return runs, evidence.Errorf(evidence.Truncated, "%s: of %d only the latest %d were looked at", what, list.GetTotalCount(), len(list.WorkflowRuns))
	}
	return runs, nil
}
