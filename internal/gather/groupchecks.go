package gather

import (
	"context"

	"github.com/google/go-github/v60/github"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/ghapi"
	"github.com/mergebrief/mergebrief/internal/git"
)

// GroupChecks is the source of what was checked on the commit of a merge group,
// which is the head of no pull request.
type GroupChecks struct {
	Client            *github.Client
	GraphQL           string // its address
	Owner, Repository string
	// Address of the repository.
	URL string
	// As of [Pull].
	Repo *git.Repo
}

// Name returns "github".
func (GroupChecks) Name() string { return Pull{}.Name() }

// Class returns the class of GitHub's answers.
func (GroupChecks) Class() evidence.Class { return evidence.FromService }

// Gather asks for the checks of the head.
func (g GroupChecks) Gather(ctx context.Context, t evidence.Target) (evidence.Fragment, error) {
	var f evidence.Fragment
	s, err := ghapi.TakeCommit(ctx, g.Client, g.GraphQL, g.Owner, g.Repository, t.Head)
	if err != nil {
		return f, err
	}
	s.Pull.URL = g.URL + "/pull/"
	p := Pull{Snapshot: s, Client: g.Client, GraphQL: g.GraphQL, Repo: g.Repo}
	p.again(ctx, &f)
	f.Checks, f.OwnChecks = p.checks(ctx, t)
	p.heads(ctx, &f)
	f.Gaps = append(f.Gaps, p.faults(true)...)
	return f, nil
}
