package ghapi

import (
	"context"
	_ "embed"
	"fmt"
	"maps"

	"github.com/google/go-github/v60/github"
)

// maxHeadPages bounds how far the heads of a long history are followed, of fifty at
// a time. GitHub lists 250 commits of a pull request, so that no commit is out of
// reach.
const maxHeadPages = 5

var (
	//go:embed heads.graphql
	headsQuery string
	//go:embed pushes.graphql
	pushesQuery string
)

// headQuery completes a document about heads that the one query has no room for:
// 50 commits or force-pushes with all that was checked on them. By GitHub's
// formula each page costs 11 points of the 1,000 that a repository has in an
// hour.
func headQuery(document string) string { return document + "\n" + checkFragments }

// olderHeads adds the commits and force-pushes before the latest ones. What cannot
// be had is cut.
func (s *Snapshot) olderHeads(ctx context.Context, client *github.Client, address string, vars map[string]any) {
	pull := &s.Pull
	if err := older(ctx, client, address, headsQuery, vars, &pull.Heads); err != nil {
		s.Cut = append(s.Cut, fmt.Sprintf("checks of the commits before the latest %d: %s", len(pull.Heads.Nodes), err))
	}
	if err := older(ctx, client, address, pushesQuery, vars, &pull.ForcePushes); err != nil {
		s.Cut = append(s.Cut, fmt.Sprintf("force-pushes before the latest %d: %s", len(pull.ForcePushes.Nodes), err))
	}
}

// older puts the pages before the one of a list at its front.
func older[T any](ctx context.Context, client *github.Client, address, document string, vars map[string]any, l *List[T]) error {
	vars = maps.Clone(vars)
	for range maxHeadPages {
		if !l.PageInfo.HasPreviousPage || l.PageInfo.StartCursor == "" {
			return nil
		}
		vars["before"] = l.PageInfo.StartCursor
		var answer struct {
			Repository struct{ PullRequest struct{ Older List[T] } }
		}
		_, err := askOlder(ctx, client, address, headQuery(document), vars, &answer)
		if _, partial := asPartial(err); err != nil && !partial {
			return err
		}
		page := answer.Repository.PullRequest.Older
		l.Nodes, l.PageInfo = append(page.Nodes, l.Nodes...), page.PageInfo
		if err != nil {
			return err
		}
	}
	return nil
}
