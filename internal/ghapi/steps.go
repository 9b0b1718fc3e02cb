package ghapi

import (
	"context"

	"github.com/google/go-github/v60/github"
)

// maxStepRuns bounds the check runs whose steps are asked for at once.
const maxStepRuns = 20

const stepsQuery = `query Steps($ids: [ID!]!) {
  nodes(ids: $ids) { __typename ... on CheckRun { id steps(first: 60) { nodes { name conclusion } } } }
}`

// FailedSteps returns the names of the failed steps of check runs, by their node
// ids, in one request. Only the first twenty are asked for. Check runs that are
// no jobs of GitHub Actions have no steps.
func FailedSteps(ctx context.Context, client *github.Client, address string, ids []string) (map[string][]string, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	var answer struct {
		Nodes []*struct {
			ID    string
			Steps List[struct{ Name, Conclusion string }]
		}
	}
	err := GraphQL(ctx, client, address, stepsQuery, map[string]any{"ids": ids[:min(len(ids), maxStepRuns)]}, &answer)
	if _, partial := asPartial(err); err != nil && !partial {
		return nil, Explain(err, "failed steps")
	}
	failed := map[string][]string{}
	for _, n := range answer.Nodes {
		if n == nil {
			continue
		}
		for _, step := range n.Steps.All() {
			switch step.Conclusion {
			case "FAILURE", "TIMED_OUT", "STARTUP_FAILURE", "ACTION_REQUIRED":
				failed[n.ID] = append(failed[n.ID], step.Name)
			}
		}
	}
	return failed, nil
}
