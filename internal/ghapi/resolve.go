package ghapi

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/go-github/v60/github"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// PullRef is a pull request that belongs to an event which does not name one.
type PullRef struct {
	Number int
	// Full ids of the head and of the base branch, and the base branch.
	Head, Base, BaseRef string
	Open, Merged        bool
	// Commit that the merge left on the base branch; empty unless merged.
	MergeCommit string
}

// Source says where a workflow run took its code from, as GitHub says in the
// event workflow_run or about the run.
type Source struct {
	// Owner of the head repository, branch in it, and full id of the commit.
	Owner, Branch, SHA string
	// Id of the head repository; 0 when not known.
	RepositoryID int64
}

// PullsOfSource returns the pull requests of a repository whose head is the
// source of a workflow run, open ones first. For runs of forks this is the only
// way: their events name no pull request, and a number in an artifact is whatever
// the fork wrote. A pull request counts only while its head is the very commit
// that the run was for.
func PullsOfSource(ctx context.Context, client *github.Client, owner, repo string, s Source) ([]PullRef, error) {
	what := fmt.Sprintf("pull requests of %s:%s", s.Owner, s.Branch)
	if s.Owner == "" || s.Branch == "" || s.SHA == "" {
		return nil, evidence.Errorf(evidence.NotFound, "%s: the run does not say where its code is from", what)
	}
	list, err := all(func(page int) ([]*github.PullRequest, *github.Response, error) {
		return client.PullRequests.List(ctx, owner, repo, &github.PullRequestListOptions{
			State: "all", Head: s.Owner + ":" + s.Branch, ListOptions: github.ListOptions{PerPage: perPage, Page: page},
		})
	})
	if err != nil {
		return nil, Explain(err, what)
	}
	var found []PullRef
	var moved []string
	for _, p := range list {
		switch {
		// GitHub ignores a filter that it does not understand.
		case !strings.EqualFold(p.GetHead().GetUser().GetLogin(), s.Owner), p.GetHead().GetRef() != s.Branch,
			!strings.EqualFold(p.GetBase().GetRepo().GetFullName(), owner+"/"+repo),
			s.RepositoryID != 0 && p.GetHead().GetRepo().GetID() != s.RepositoryID:
		case p.GetHead().GetSHA() != s.SHA:
			moved = append(moved, fmt.Sprintf("#%d is at %s", p.GetNumber(), evidence.ShortID(p.GetHead().GetSHA())))
		default:
			found = append(found, refOf(p))
		}
	}
	if len(found) == 0 {
		detail := "there is none"
		if len(moved) > 0 {
			detail = "none is at " + evidence.ShortID(s.SHA) + " any more: " + strings.Join(moved[:min(len(moved), 5)], ", ")
		}
		return nil, evidence.Errorf(evidence.NotFound, "%s: %s", what, detail)
	}
	slices.SortStableFunc(found, func(a, b PullRef) int {
		if a.Open != b.Open {
			return map[bool]int{true: -1, false: 1}[a.Open]
		}
		return cmp.Compare(a.Number, b.Number)
	})
	return found, nil
}

func refOf(p *github.PullRequest) PullRef {
	r := PullRef{
		Number: p.GetNumber(), Head: p.GetHead().GetSHA(), Base: p.GetBase().GetSHA(), BaseRef: p.GetBase().GetRef(),
		Open: p.GetState() == "open", Merged: p.GetMerged() || p.MergedAt != nil,
	}
	if r.Merged {
		// Until then it is a trial merge, which says nothing.
		r.MergeCommit = p.GetMergeCommitSHA()
	}
	return r
}

// PullsOfCommit returns the pull requests by which a commit came to a branch,
// the ones whose merge made the very commit first. It is for pushes to the
// default branch.
func PullsOfCommit(ctx context.Context, client *github.Client, owner, repo, branch, sha string) ([]PullRef, error) {
	what := "pull requests of commit " + evidence.ShortID(sha)
	list, err := all(func(page int) ([]*github.PullRequest, *github.Response, error) {
		return client.PullRequests.ListPullRequestsWithCommit(ctx, owner, repo, sha, &github.ListOptions{PerPage: perPage, Page: page})
	})
	if err != nil {
		return nil, Explain(err, what)
	}
	var found []PullRef
	for _, p := range list {
		ref := refOf(p)
		if ref.Merged && ref.BaseRef == branch && strings.EqualFold(p.GetBase().GetRepo().GetFullName(), owner+"/"+repo) {
			found = append(found, ref)
		}
	}
	if len(found) == 0 {
		return nil, evidence.Errorf(evidence.NotFound, "%s: none was merged into %s; it may have been pushed directly", what, branch)
	}
	slices.SortStableFunc(found, func(a, b PullRef) int {
		if (a.MergeCommit == sha) != (b.MergeCommit == sha) {
			return map[bool]int{true: -1, false: 1}[a.MergeCommit == sha]
		}
		return cmp.Compare(a.Number, b.Number)
	})
	return found, nil
}

// PullsClosedSince returns the pull requests of a repository that were closed or
// merged at or after a time, the latest changed first: what a scheduled run may
// have missed.
func PullsClosedSince(ctx context.Context, client *github.Client, owner, repo string, since time.Time) ([]PullRef, error) {
	var found []PullRef
	_, err := all(func(page int) ([]*github.PullRequest, *github.Response, error) {
		list, resp, err := client.PullRequests.List(ctx, owner, repo, &github.PullRequestListOptions{
			State: "closed", Sort: "updated", Direction: "desc", ListOptions: github.ListOptions{PerPage: perPage, Page: page},
		})
		for _, p := range list {
			if p.GetUpdatedAt().Before(since) {
				resp.NextPage = 0 // all that follow are older
			} else if !p.GetClosedAt().Before(since) {
				found = append(found, refOf(p))
			}
		}
		return list, resp, err
	})
	if err != nil {
		return found, Explain(err, "closed pull requests")
	}
	return found, nil
}

const queueQuery = `query Queue($owner: String!, $name: String!, $branch: String!, $after: String) {
  repository(owner: $owner, name: $name) {
    mergeQueue(branch: $branch) {
      entries(first: 100, after: $after) {
        totalCount
        pageInfo { hasNextPage endCursor }
        nodes { position baseCommit { oid } headCommit { oid } pullRequest { number } }
      }
    }
  }
}`

// queueEntry is a pull request in a merge queue, tested as HeadCommit on top of
// BaseCommit.
type queueEntry struct {
	Position               int
	BaseCommit, HeadCommit *Object
	PullRequest            *struct{ Number int }
}

// PullsOfGroup returns the numbers of the pull requests in a merge group, the
// one to be merged first first: those whose commits in the queue of the branch
// lead from base to head. The name of the group's branch tells only the last one.
func PullsOfGroup(ctx context.Context, client *github.Client, address, owner, repo, branch, base, head string) ([]int, error) {
	what := "merge queue of " + branch
	var entries []*queueEntry
	vars := map[string]any{"owner": owner, "name": repo, "branch": branch}
	for range maxListPages {
		var answer struct {
			Repository *struct {
				MergeQueue *struct{ Entries List[queueEntry] }
			}
		}
		if err := GraphQL(ctx, client, address, queueQuery, vars, &answer); err != nil {
			return nil, Explain(err, what)
		}
		if answer.Repository == nil || answer.Repository.MergeQueue == nil {
			return nil, evidence.Errorf(evidence.NotFound, "%s: there is none", what)
		}
		list := answer.Repository.MergeQueue.Entries
		entries = append(entries, list.All()...)
		if !list.PageInfo.HasNextPage {
			break
		}
		vars["after"] = list.PageInfo.EndCursor
	}
	return groupOf(entries, what, base, head)
}

// groupOf follows the entries from head down to base. An entry that was merged
// or removed since then breaks the chain.
func groupOf(entries []*queueEntry, what, base, head string) ([]int, error) {
	var numbers []int
	for at := head; at != base; {
		i := slices.IndexFunc(entries, func(e *queueEntry) bool {
			return e.HeadCommit != nil && e.HeadCommit.Oid == at && e.BaseCommit != nil && e.PullRequest != nil
		})
		if i < 0 || len(numbers) > len(entries) {
			return numbers, evidence.Errorf(evidence.NotFound, "%s: no entry for %s; the group may have changed", what, evidence.ShortID(at))
		}
		numbers = append([]int{entries[i].PullRequest.Number}, numbers...)
		at = entries[i].BaseCommit.Oid
	}
	return numbers, nil
}
