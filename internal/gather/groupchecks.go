package gather

import (
	"context"

	"github.com/google/go-github/v60/github"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/ghapi"
)

// GroupChecks is the source of what was checked on the commit of a merge group,
// which is the head of no pull request.
type GroupChecks struct {
	Client      *github.Client
	GraphQL     string // its address
	Owner, Repo string
	// Address of the repository.
	URL string
}

// Name returns "github".
func (GroupChecks) Name() string { return Pull{}.Name() }

// Gather asks for the checks of the head.
func (g GroupChecks) Gather(ctx context.Context, t evidence.Target) (evidence.Fragment, error) {
	var f evidence.Fragment
	commit, faults, err := ghapi.TakeCommit(ctx, g.Client, g.GraphQL, g.Owner, g.Repo, t.Head)
	if err != nil {
		return f, err
	}
	node := struct{ Commit ghapi.Commit }{*commit}
	s := &ghapi.Snapshot{Repository: g.Owner + "/" + g.Repo, Faults: faults}
	s.Pull.URL, s.Pull.HeadRefOid = g.URL+"/pull/", t.Head
	s.Pull.Tip.Nodes = append(s.Pull.Tip.Nodes, &node)
	s.Pull.Heads.Nodes = append(s.Pull.Heads.Nodes, &node)
	if list := commit.Checks(); list.TotalCount > len(list.All()) {
		s.Cut = []string{"checks after the first hundred"}
	}
	p := Pull{Snapshot: s, Client: g.Client, GraphQL: g.GraphQL}
	f.Checks = p.checks()
	p.heads(ctx, &f)
	f.Gaps = append(f.Gaps, p.faults(true)...)
	return f, nil
}
