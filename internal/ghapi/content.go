package ghapi

import (
	"context"
	"net/http"

	"github.com/google/go-github/v60/github"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// Content returns a file of a repository at a commit. A missing file is a
// Problem with the reason not-found, one larger than limit one with truncated.
func Content(ctx context.Context, client *github.Client, owner, repo, ref, path string, limit int) ([]byte, error) {
	file, _, _, err := client.Repositories.GetContents(ctx, owner, repo, path, &github.RepositoryContentGetOptions{Ref: ref})
	switch {
	case StatusOf(err) == http.StatusNotFound:
		return nil, evidence.Errorf(evidence.NotFound, "%s: not in %s/%s at %s", path, owner, repo, ref)
	case err != nil:
		return nil, Explain(err, path)
	case file == nil:
		return nil, evidence.Errorf(evidence.Unsupported, "%s: a folder, not a file", path)
	case file.GetSize() > limit:
		return nil, evidence.Errorf(evidence.Truncated, "%s: larger than %d bytes", path, limit)
	}
	text, err := file.GetContent()
	if err != nil {
		return nil, evidence.Errorf(evidence.Unreadable, "%s: %w", path, err)
	}
	return []byte(text), nil
}
