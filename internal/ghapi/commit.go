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
// of no pull request, such as that of a merge group. The snapshot has nothing but
// that commit.
func TakeCommit(ctx context.Context, client *github.Client, address, owner, name, sha string) (*Snapshot, error) {
	var answer struct {
		Viewer     *Viewer
		Repository *struct{ Object *Commit }
	}
	faults, err := askOlder(ctx, client, address, CommitQuery(), map[string]any{"owner": owner, "name": name, "oid": sha}, &answer)
	found := answer.Repository != nil && answer.Repository.Object != nil && answer.Repository.Object.Oid == sha
	partial, some := asPartial(err)
	what := fmt.Sprintf("checks of commit %s", evidence.ShortID(sha))
	switch {
	case found && some:
		faults = append(faults, partial.Faults...)
	case err != nil:
		return nil, Explain(err, what)
	case !found:
		return nil, evidence.Errorf(evidence.NotFound, "%s: GitHub shows no such commit to this token", what)
	}
	answer.Repository.Object.flaw(faults)
	s := &Snapshot{Repository: owner + "/" + name, Faults: faults, App: answer.Viewer.app()}
	node := struct{ Commit Commit }{*answer.Repository.Object}
	s.Pull.HeadRefOid = sha
	s.Pull.Tip.Nodes, s.Pull.Heads.Nodes = append(s.Pull.Tip.Nodes, &node), append(s.Pull.Heads.Nodes, &node)
	return s, nil
}
