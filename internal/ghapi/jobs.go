package ghapi

import (
	"context"
	"fmt"

	"github.com/google/go-github/v60/github"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// JobAttempts returns in which attempt of a workflow run each of its jobs ran, by
// the id of the job, which is that of its check run. GraphQL does not know it. With
// an error, the result is what was read until then.
func JobAttempts(ctx context.Context, client *github.Client, owner, repo string, run int64) (map[int64]int, error) {
	what := fmt.Sprintf("attempts of workflow run %d", run)
	attempts := map[int64]int{}
	opts := &github.ListWorkflowJobsOptions{Filter: "all", ListOptions: github.ListOptions{PerPage: perPage, Page: 1}}
	for opts.Page != 0 {
		if opts.Page > maxListPages {
			return attempts, evidence.Errorf(evidence.Truncated, "%s: more than %d jobs", what, maxListPages*perPage)
		}
		list, resp, err := client.Actions.ListWorkflowJobs(ctx, owner, repo, run, opts)
		if err != nil {
			return attempts, Explain(withoutAddress(err), what)
		}
		for _, j := range list.Jobs {
			attempts[j.GetID()] = int(j.GetRunAttempt())
		}
		opts.Page = resp.NextPage
	}
	return attempts, nil
}
