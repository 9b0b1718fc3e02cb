package ghapi

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/google/go-github/v60/github"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

const (
	perPage = 100
	// maxListPages bounds how far lists are followed: a job may make 500
	// artifacts, and a run has a few jobs.
	maxListPages = 20
)

// Artifact is an artifact of a workflow run. go-github's type lacks the digest.
type Artifact struct {
	ID      int64     `json:"id"`
	Name    string    `json:"name"`
	Size    int64     `json:"size_in_bytes"`
	Expired bool      `json:"expired"`
	Digest  string    `json:"digest"` // of the archive, "sha256:<hex>"; empty for old ones
	Created time.Time `json:"created_at"`
	Run     struct {
		ID               int64  `json:"id"`
		HeadSHA          string `json:"head_sha"`
		HeadBranch       string `json:"head_branch"`
		HeadRepositoryID int64  `json:"head_repository_id"`
		RepositoryID     int64  `json:"repository_id"`
	} `json:"workflow_run"`
}

// Artifacts lists the artifacts of a workflow run. With an error, the list is
// what was read until then.
func Artifacts(ctx context.Context, client *github.Client, owner, repo string, run int64) ([]Artifact, error) {
	var all []Artifact
	what := fmt.Sprintf("artifacts of run %d", run)
	for page := 1; page != 0; {
		if page > maxListPages {
			return all, evidence.Errorf(evidence.Truncated, "%s: more than %d", what, maxListPages*perPage)
		}
		req, err := client.NewRequest(http.MethodGet, fmt.Sprintf("repos/%s/%s/actions/runs/%d/artifacts?per_page=%d&page=%d", url.PathEscape(owner), url.PathEscape(repo), run, perPage, page), nil)
		if err != nil {
			return all, err
		}
		var list struct {
			Artifacts []Artifact `json:"artifacts"`
		}
		resp, err := client.Do(ctx, req, &list)
		if err != nil {
			return all, Explain(withoutAddress(err), what)
		}
		all = append(all, list.Artifacts...)
		page = resp.NextPage
	}
	return all, nil
}

// ArtifactsNamed lists the latest artifacts of a name, of whatever run of the
// repository, the newest first.
func ArtifactsNamed(ctx context.Context, client *github.Client, owner, repo, name string) ([]Artifact, error) {
	req, err := client.NewRequest(http.MethodGet, fmt.Sprintf("repos/%s/%s/actions/artifacts?name=%s&per_page=%d", url.PathEscape(owner), url.PathEscape(repo), url.QueryEscape(name), perPage), nil)
	if err != nil {
		return nil, err
	}
	var list struct {
		Artifacts []Artifact `json:"artifacts"`
	}
	if _, err := client.Do(ctx, req, &list); err != nil {
		return nil, Explain(withoutAddress(err), "artifacts named "+name)
	}
	return list.Artifacts, nil
}

// otherHost marks the context of a request that must not carry the token,
// whatever its host.
type otherHost struct{}

// Download opens the archive of an artifact. GitHub answers with a signed address
// of its storage, which is valid for a minute, is asked without the token, and is
// part of no error.
func Download(ctx context.Context, client *github.Client, owner, repo string, id int64) (io.ReadCloser, error) {
	what := fmt.Sprintf("artifact %d", id)
	req, err := client.NewRequest(http.MethodGet, fmt.Sprintf("repos/%s/%s/actions/artifacts/%d/zip", url.PathEscape(owner), url.PathEscape(repo), id), nil)
	if err != nil {
		return nil, err
	}
	bare := client.Client()
	bare.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	resp, err := bare.Do(req.WithContext(ctx))
	if err != nil {
		return nil, Explain(withoutAddress(err), what)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusFound {
		if err := github.CheckResponse(resp); err != nil {
			return nil, Explain(err, what)
		}
		return nil, evidence.Errorf(evidence.Unavailable, "%s: GitHub gave no address for it", what)
	}
	signed, err := url.Parse(resp.Header.Get("Location"))
	if err != nil || signed.Host == "" || signed.Scheme != "https" && signed.Scheme != req.URL.Scheme {
		return nil, evidence.Errorf(evidence.Unavailable, "%s: GitHub gave no usable address for it", what)
	}
	return fetch(ctx, bare, signed, what)
}

func fetch(ctx context.Context, bare *http.Client, signed *url.URL, what string) (io.ReadCloser, error) {
	req, err := http.NewRequestWithContext(context.WithValue(ctx, otherHost{}, true), http.MethodGet, signed.String(), nil)
	if err != nil {
		return nil, evidence.Errorf(evidence.Unavailable, "%s: GitHub gave no usable address for it", what)
	}
	resp, err := bare.Do(req)
	if err != nil {
		return nil, evidence.Errorf(evidence.Unavailable, "%s: %w", what, withoutAddress(err))
	}
	if resp.StatusCode != http.StatusOK {
		resp.Body.Close()
		return nil, evidence.Errorf(evidence.Unavailable, "%s: the storage answered with HTTP status %d", what, resp.StatusCode)
	}
	return resp.Body, nil
}
