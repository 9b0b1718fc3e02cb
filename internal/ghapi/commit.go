package ghapi

import (
	"context"
	"fmt"

	"github.com/google/go-github/v60/github"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// CommitQuery is the document that [TakeCommit] sends.
func CommitQuery() string { return commitQuery + "\n" + checkFragments + "\n" + runFragment }

// TakeCommit asks GraphQL at address what was checked on a commit that is the head
// of no pull request, such as that of a merge group. What GitHub left out of it are
// the faults.
func TakeCommit(ctx context.Context, client *github.Client, address, owner, name, sha string) (*Commit, []Fault, error) {
	var answer struct {
		Repository *struct{ Object *Commit }
	}
	faults, err := askOlder(ctx, client, address, CommitQuery(), map[string]any{"owner": owner, "name": name, "oid": sha}, &answer)
	found := answer.Repository != nil && answer.Repository.Object != nil && answer.Repository.Object.Oid == sha
	partial, some := asPartial(err)
	what := fmt.Sprintf("checks of commit %s", evidence.ShortID(sha))
	switch {
	case found && some:
		return answer.Repository.Object, append(faults, partial.Faults...), nil
	case err != nil:
		return nil, nil, Explain(err, what)
	case !found:
		return nil, nil, evidence.Errorf(evidence.NotFound, "%s: GitHub shows no such commit to this token", what)
	}
	return answer.Repository.Object, faults, nil
}
