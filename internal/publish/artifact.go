package publish

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

const (
	// uploadBudget bounds the whole upload, pauses included: the job waits.
	uploadBudget = 3 * time.Minute
	// maxNames is how many names are tried when the wanted one is taken. Only
	// jobs that share base and key compete for one.
	maxNames = 10
)

// ArtifactConfig says where and under which name artifacts go. All values come
// from the caller; the runner provides most of them.
type ArtifactConfig struct {
	// Name of the artifact, see [ArtifactName].
	Name string
	// Values of ACTIONS_RUNTIME_TOKEN and ACTIONS_RESULTS_URL.
	Token, ResultsURL string
	// Address of the GitHub server, "owner/name" and id of the run: the address
	// of the artifact is made of them.
	Server, Repository string
	RunID              int64
	// Days to keep the artifact, 0 for the repository's own setting, and what
	// the repository allows at most (GITHUB_RETENTION_DAYS), 0 when not known.
	RetentionDays, MaxRetentionDays int
	// Mask is told every secret that is received, before it is used.
	Mask func(string)

	// Transport is http.DefaultTransport when nil.
	Transport http.RoundTripper
	// Budget bounds the upload; 0 means three minutes.
	Budget time.Duration
	// Sleep and Now replace the clock in tests.
	Sleep func(context.Context, time.Duration) error
	Now   func() time.Time
}

// Artifact returns the publisher that uploads the files of an edition as an
// artifact of the running workflow run, and fills in Links.Artifact.
//
// An artifact is never deleted or replaced. When the name is taken by other
// bytes, the next free one of name-2, name-3 … is used. A server without the
// service is refused with [evidence.Unsupported], a runner that gives no access
// with [evidence.NotConfigured], a used-up storage quota with [evidence.Denied].
func Artifact(c ArtifactConfig) Publisher { return artifact{c} }

type artifact struct{ ArtifactConfig }

func (artifact) Name() string { return "artifact" }

func (a artifact) Publish(ctx context.Context, e *Edition) (Receipt, error) {
	if !hosted(a.Server) {
		return Receipt{}, refuse(evidence.Unsupported,
			"add a step with actions/upload-artifact (v3 on such a server) for the output bundle",
			"GitHub Enterprise Server has no artifact service for actions to upload to")
	}
	if err := checkName(a.ArtifactConfig.Name); err != nil {
		return Receipt{}, err
	}
	service, err := newResults(a.ArtifactConfig)
	if err != nil {
		return Receipt{}, err
	}
	data, err := archive(e.Files)
	if err != nil {
		return Receipt{}, err
	}
	budget := a.Budget
	if budget <= 0 {
		budget = uploadBudget
	}
	ctx, cancel := context.WithTimeout(ctx, budget)
	defer cancel()
	u := upload{results: service, data: data, digest: evidence.Digest(data), expires: a.expires()}
	receipt, err := u.run(ctx, a.ArtifactConfig.Name)
	if err != nil {
		return Receipt{}, err
	}
	receipt.URL = a.address(receipt.ID)
	e.Links.Artifact = receipt.URL
	return receipt, nil
}

// hosted reports whether the server is github.com or GitHub Enterprise Cloud.
// GitHub's own client decides by the same names, and refuses all others; the
// loopback addresses are added for a service of one's own.
func hosted(server string) bool {
	u, err := url.Parse(server)
	if err != nil {
		return false
	}
	host := strings.ToLower(u.Hostname())
	ip := net.ParseIP(host)
	return host == "github.com" || strings.HasSuffix(host, ".ghe.com") ||
		host == "localhost" || strings.HasSuffix(host, ".localhost") || ip != nil && ip.IsLoopback()
}

// expires returns the time until which to keep the artifact, or "".
func (a artifact) expires() string {
	days := a.RetentionDays
	if days <= 0 {
		return ""
	}
	if a.MaxRetentionDays > 0 {
		days = min(days, a.MaxRetentionDays)
	}
	now := time.Now
	if a.Now != nil {
		now = a.Now
	}
	return now().UTC().AddDate(0, 0, days).Format("2006-01-02T15:04:05.000Z")
}

func (a artifact) address(id string) string {
	if a.Server == "" || a.Repository == "" || a.RunID == 0 || id == "" {
		return ""
	}
	return fmt.Sprintf("%s/%s/actions/runs/%d/artifacts/%s", strings.TrimRight(a.Server, "/"), a.Repository, a.RunID, id)
}

// upload is one archive on its way into the service.
type upload struct {
	*results
	data            []byte
	digest, expires string
}

func (u upload) run(ctx context.Context, wanted string) (Receipt, error) {
	name := wanted
	for n := 2; ; n++ {
		signed, err := u.create(ctx, name)
		if err == nil {
			id, err := u.fill(ctx, name, signed)
			return Receipt{State: Created, ID: id, Artifact: name, Digest: u.digest}, err
		}
		taken, ok := errors.AsType[*refusedCall](err)
		if !ok || taken.status != http.StatusConflict {
			return Receipt{}, u.explain(err)
		}
		id, err := u.find(ctx, u.call, name)
		if err != nil {
			return Receipt{}, u.explain(err)
		}
		if id != "" {
			return Receipt{State: Unchanged, ID: id, Artifact: name, Digest: u.digest}, nil
		}
		if n > maxNames {
			return Receipt{}, fmt.Errorf("the names %s to %s are all taken in this workflow run", wanted, name)
		}
		name = wanted + "-" + strconv.Itoa(n)
	}
}

func (u upload) create(ctx context.Context, name string) (signed string, err error) {
	in := fields{"name": name, "version": artifactVersion, "mime_type": mimeZip}
	if u.expires != "" {
		in["expires_at"] = u.expires
	}
	a, err := u.call(ctx, "CreateArtifact", in)
	if err != nil {
		return "", err
	}
	signed = a.text("signed_upload_url")
	if !a.truth("ok") || signed == "" {
		return "", fmt.Errorf("CreateArtifact: the artifact service did not agree")
	}
	return signed, nil
}

// fill stores the archive and tells the service that it is complete.
func (u upload) fill(ctx context.Context, name, signed string) (id string, err error) {
	if err := u.put(ctx, signed, u.data); err != nil {
		return "", err
	}
	err = u.retry.do(ctx, func(ctx context.Context) error {
		id, err = u.finalize(ctx, name)
		if err == nil {
			return nil
		}
		// The answer may have been lost after the deed, and nothing documents
		// that the call can be repeated: look before trying again.
		if found, lookErr := u.find(ctx, u.once, name); lookErr == nil && found != "" {
			id = found
			return nil
		}
		return err
	})
	return id, u.explain(err)
}

func (u upload) finalize(ctx context.Context, name string) (string, error) {
	a, err := u.once(ctx, "FinalizeArtifact", fields{
		"name": name, "size": strconv.Itoa(len(u.data)), "hash": u.digest,
	})
	if err != nil {
		return "", err
	}
	id := a.text("artifact_id")
	if _, numeric := strconv.ParseUint(id, 10, 64); !a.truth("ok") || numeric != nil {
		return "", fmt.Errorf("FinalizeArtifact: the artifact service did not agree")
	}
	return id, nil
}

// find returns the id of the run's artifact with the name and our digest, or "".
func (u upload) find(ctx context.Context, call func(context.Context, string, fields) (answer, error), name string) (string, error) {
	a, err := call(ctx, "ListArtifacts", fields{"name_filter": name})
	if err != nil {
		return "", err
	}
	var list []answer
	if raw := a.raw("artifacts"); raw != nil && json.Unmarshal(raw, &list) != nil {
		return "", fmt.Errorf("ListArtifacts: the answer holds no list")
	}
	for _, item := range list {
		id := item.text("database_id")
		if _, err := strconv.ParseUint(id, 10, 64); err == nil && item.text("name") == name && item.text("digest") == u.digest {
			return id, nil
		}
	}
	return "", nil
}

// explain turns answers that have a cause of their own into refusals.
func (u upload) explain(err error) error {
	refused, ok := errors.AsType[*refusedCall](err)
	switch {
	case !ok:
		return err
	case strings.Contains(strings.ToLower(refused.msg), "insufficient usage"):
		return refuse(evidence.Denied, "delete old artifacts or raise the spending limit for Actions storage; the quota is recounted every few hours",
			"the storage quota for artifacts is used up: %w", err)
	case refused.status == http.StatusUnauthorized || refused.status == http.StatusForbidden:
		return evidence.Errorf(evidence.Denied, "%w", err)
	}
	return err
}
