package cli

import (
	"context"
	"fmt"
	"time"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/ghapi"
)

// backfill is how far a scheduled run looks back for pull requests that were
// closed: a day, and half of one in case a run was late or failed.
const backfill = 36 * time.Hour

// subject is one change that a run makes a record of.
type subject struct {
	// Number of the pull request; 0 for a merge group.
	number int
	// Full commit ids, empty for those that GitHub has to tell.
	head, base string
	// Pull requests of a merge group.
	group []int
	// Id of the workflow run whose artifacts are evidence, 0 for all runs on the
	// head, and of the repository that its head must be from, 0 for any.
	run, repository int64
	// A comment would be out of place: several pull requests are meant, or none.
	quiet bool
	// GitHub did not tell which pull request it is: comment and check run have no
	// place.
	unsure bool
}

// subjects returns what the event is about. It is empty, with a reason, when
// there is nothing to make a record of.
func (s *actionRun) subjects(ctx context.Context) (all []subject, reason string, err error) {
	e, repo := s.event, s.env.Repository
	switch {
	case e.Name == "merge_group":
		return []subject{s.group(ctx)}, "", nil
	case e.Run != nil:
		refs, err := ghapi.PullsOfSource(ctx, s.client, repo.Owner, repo.Name, ghapi.Source{
			Owner: e.Run.HeadOwner, Branch: e.HeadRef, SHA: e.Head, RepositoryID: e.HeadRepositoryID,
		})
		return s.found(refs, err, subject{run: e.Run.ID, repository: e.HeadRepositoryID})
	case e.Name == "push" && e.Number == 0:
		refs, err := ghapi.PullsOfCommit(ctx, s.client, repo.Owner, repo.Name, e.HeadRef, e.Head)
		return s.found(refs, err, subject{})
	case e.Number == 0:
		refs, err := ghapi.PullsClosedSince(ctx, s.client, repo.Owner, repo.Name, time.Now().Add(-backfill))
		if err == nil && len(refs) == 0 {
			return nil, fmt.Sprintf("no pull request was closed in the last %s", backfill), nil
		}
		return s.found(refs, err, subject{})
	case e.Name == "push" || e.Head == "":
		// Named by the input; the head of the event is that of a branch.
		return []subject{{number: e.Number}}, "", nil
	case e.Name == "pull_request_review" || e.Action == "closed":
		// What was tested was tested before, by other runs.
		return []subject{{number: e.Number, head: e.Head, base: e.Base, repository: e.HeadRepositoryID}}, "", nil
	}
	return []subject{{number: e.Number, head: e.Head, base: e.Base, run: s.env.RunID, repository: e.HeadRepositoryID}}, "", nil
}

// found makes subjects of pull requests, all like the one given. That there is
// none is no failure: the branch moved on, or the commit was pushed directly.
func (s *actionRun) found(refs []ghapi.PullRef, err error, like subject) ([]subject, string, error) {
	if evidence.ReasonOf(err, "") == evidence.NotFound && ghapi.StatusOf(err) == 0 { // not that the list is not found
		return nil, err.Error(), nil
	}
	if err != nil && s.event.Head != "" {
		// What is known is recorded, and what is not is a gap.
		s.lacks("pull request", err, "give the token pull-requests: read, and run it again")
		like.number, like.head, like.base, like.unsure = s.event.Number, s.event.Head, s.event.Base, true
		return []subject{like}, "", nil
	}
	if err != nil {
		return nil, "", fail("check that the token has pull-requests: read", "the event %s names no pull request, and GitHub does not tell: %w", s.event.Name, err)
	}
	var all []subject
	for _, r := range refs {
		if s.settings.PullRequest != 0 && s.settings.PullRequest != r.Number {
			continue
		}
		one := like
		one.number, one.head, one.base = r.Number, r.Head, r.Base
		all = append(all, one)
	}
	if len(all) == 0 {
		return nil, fmt.Sprintf("the event is not about pull request #%d", s.settings.PullRequest), nil
	}
	return all, "", nil
}

// group is the subject of a merge group: one check run on the group's commit,
// which decides for all its pull requests, and no comment.
func (s *actionRun) group(ctx context.Context) subject {
	e, repo := s.event, s.env.Repository
	numbers, err := ghapi.PullsOfGroup(ctx, s.client, s.graphQL, repo.Owner, repo.Name, e.BaseRef, e.Base, e.Head)
	if err != nil {
		s.lacks("merge group", err, "the queue of a private repository is shown to the token of a GitHub App with the permission to read merge queues")
		if e.Number != 0 {
			numbers = []int{e.Number} // the last one, by the name of the branch
		}
	}
	return subject{head: e.Head, base: e.Base, group: numbers, run: s.env.RunID, quiet: true}
}
