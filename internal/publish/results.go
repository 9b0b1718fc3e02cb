package publish

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// The artifact service of GitHub Actions speaks Twirp: JSON posted to
// {origin}/twirp/{service}/{method}. What it expects is documented by its
// official client alone, github.com/actions/toolkit, packages/artifact.
const (
	twirpPath = "/twirp/github.actions.results.api.v1.ArtifactService/"
	// Version 7 came with client 6 and the field mime_type.
	artifactVersion = 7
	mimeZip         = "application/zip"
	// The oldest storage protocol that takes up to 5000 MiB in one Put Blob is
	// 2019-12-12; this one was tried.
	storageVersion = "2024-11-04"
	userAgent      = "mergebrief"

	callTimeout   = 30 * time.Second
	uploadTimeout = 2 * time.Minute
	// maxAnswerBytes bounds an answer; a list is filtered by name and short.
	maxAnswerBytes = 1 << 20
	// maxMessage bounds how much of the service's words an error repeats.
	maxMessage = 200
)

// results is a client of the artifact service for one workflow run.
type results struct {
	origin   *url.URL
	token    string
	run, job string // ids of the run and job in the service
	http     *http.Client
	retry    retry
	mask     func(string)
	// The token and parts of signed URLs, none of which may appear in an error.
	secrets []string
}

// newResults reads the two values that the runner hands to actions.
func newResults(c ArtifactConfig) (*results, error) {
	if c.Token == "" || c.ResultsURL == "" {
		return nil, refuse(evidence.NotConfigured,
			"run mergebrief as a container action, or upload the output bundle with actions/upload-artifact: run steps do not get the runtime token",
			"the runner gave no access to the artifact service")
	}
	u, err := url.Parse(c.ResultsURL)
	if err != nil || u.Host == "" || u.User != nil || (u.Scheme != "https" && u.Scheme != "http") {
		return nil, evidence.Errorf(evidence.Unreadable, "the address of the artifact service is no web address")
	}
	run, job, err := backendIDs(c.Token)
	if err != nil {
		return nil, err
	}
	mask := c.Mask
	if mask == nil {
		mask = func(string) {}
	}
	return &results{
		origin: &url.URL{Scheme: u.Scheme, Host: u.Host}, token: c.Token, run: run, job: job,
		// A redirect would carry the token or the bundle to somewhere else.
		http:  &http.Client{Transport: c.Transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }},
		retry: newRetry(c.Sleep), mask: mask, secrets: []string{c.Token},
	}, nil
}

// backendIDs takes the service's ids of run and job from the token's claim
// "scp", where they follow "Actions.Results". The token is not verified: that is
// the service's business.
func backendIDs(token string) (run, job string, err error) {
	unreadable := func(what string) error {
		return evidence.Errorf(evidence.Unreadable, "the runtime token %s", what)
	}
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return "", "", unreadable("is no JSON web token")
	}
	payload, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(parts[1], "="))
	if err != nil {
		return "", "", unreadable("is not base64url")
	}
	var claims struct {
		Scope string `json:"scp"`
	}
	if json.Unmarshal(payload, &claims) != nil {
		return "", "", unreadable("holds no claims")
	}
	for _, scope := range strings.Fields(claims.Scope) {
		if ids := strings.Split(scope, ":"); len(ids) == 3 && ids[0] == "Actions.Results" && ids[1] != "" && ids[2] != "" {
			return ids[1], ids[2], nil
		}
	}
	return "", "", unreadable("names no run in its scopes")
}

// fields is a JSON object in the service's own field names.
type fields map[string]any

// answer is a decoded answer. The service may name a field artifact_id or
// artifactId, as protobuf's JSON mapping allows, and write a 64-bit number as a
// string or a number.
type answer map[string]json.RawMessage

func (a answer) raw(name string) json.RawMessage {
	if v, ok := a[name]; ok {
		return v
	}
	words := strings.Split(name, "_")
	for i, w := range words[1:] {
		words[i+1] = strings.ToUpper(w[:1]) + w[1:]
	}
	return a[strings.Join(words, "")]
}

func (a answer) text(name string) string {
	raw := a.raw(name)
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return s
	}
	var n json.Number
	if json.Unmarshal(raw, &n) == nil {
		return n.String()
	}
	return ""
}

func (a answer) truth(name string) bool { return string(a.raw(name)) == "true" }

// refusedCall is an answer of the service that is an error.
type refusedCall struct {
	method    string
	status    int
	code, msg string
}

func (e *refusedCall) Error() string {
	return strings.TrimSpace(fmt.Sprintf("%s: HTTP status %d %s %s", e.method, e.status, e.code, e.msg))
}

// once makes one call. Errors that may pass are [transient].
func (c *results) once(ctx context.Context, method string, in fields) (answer, error) {
	in["workflow_run_backend_id"], in["workflow_job_run_backend_id"] = c.run, c.job
	body, err := json.Marshal(in)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.origin.JoinPath(twirpPath, method).String(), bytes.NewReader(body))
	if err != nil {
		return nil, c.scrub(method, err)
	}
	req.Header.Set("Authorization", "Bearer "+c.token)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", userAgent)
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, &transient{err: c.scrub(method, err)}
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswerBytes))
	if err != nil {
		return nil, &transient{err: c.scrub(method, err)}
	}
	return c.read(method, resp, data)
}

func (c *results) read(method string, resp *http.Response, data []byte) (answer, error) {
	var a answer
	unreadable := json.Unmarshal(data, &a) != nil || a == nil
	good := resp.StatusCode/100 == 2
	if good && !unreadable {
		return a, nil
	}
	err := error(&refusedCall{method: method, status: resp.StatusCode, code: c.words(a.text("code")), msg: c.words(a.text("msg"))})
	if good {
		err = fmt.Errorf("%s: the answer is not JSON", method)
	}
	// A gateway in front of the service answers in HTML; that too may pass. A
	// redirect or what is refused with a status of its own will not.
	if passing(resp.StatusCode) || unreadable && (good || resp.StatusCode > 500) {
		return nil, &transient{err: err, after: retryAfter(resp)}
	}
	return nil, err
}

func passing(status int) bool {
	switch status {
	case http.StatusTooManyRequests, http.StatusInternalServerError, http.StatusBadGateway,
		http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return false
}

func retryAfter(resp *http.Response) time.Duration {
	seconds, err := strconv.Atoi(resp.Header.Get("Retry-After"))
	if err != nil || seconds < 0 || seconds > int(time.Hour/time.Second) {
		return 0
	}
	return time.Duration(seconds) * time.Second
}

// call repeats once while that may help.
func (c *results) call(ctx context.Context, method string, in fields) (a answer, err error) {
	err = c.retry.do(ctx, func(ctx context.Context) error {
		a, err = c.once(ctx, method, in)
		return err
	})
	return a, err
}

// put stores data under a signed URL, in a single Put Blob.
func (c *results) put(ctx context.Context, signed string, data []byte) error {
	target, err := c.accept(signed)
	if err != nil {
		return err
	}
	return c.retry.do(ctx, func(ctx context.Context) error {
		ctx, cancel := context.WithTimeout(ctx, uploadTimeout)
		defer cancel()
		req, err := http.NewRequestWithContext(ctx, http.MethodPut, target, bytes.NewReader(data))
		if err != nil {
			return c.scrub("upload", err)
		}
		req.Header.Set("x-ms-blob-type", "BlockBlob")
		req.Header.Set("x-ms-version", storageVersion)
		req.Header.Set("x-ms-blob-content-type", mimeZip)
		req.Header.Set("Content-Type", mimeZip)
		req.Header.Set("User-Agent", userAgent)
		resp, err := c.http.Do(req)
		if err != nil {
			return &transient{err: c.scrub("upload", err)}
		}
		defer resp.Body.Close()
		if resp.StatusCode == http.StatusCreated {
			return nil
		}
		// The body of a refusal quotes what was signed; the code is enough.
		refused := &refusedCall{method: "upload", status: resp.StatusCode, code: c.words(resp.Header.Get("x-ms-error-code"))}
		if passing(resp.StatusCode) {
			return &transient{err: refused, after: retryAfter(resp)}
		}
		return refused
	})
}

// accept makes sure that a signed URL is never shown, and leads to no weaker
// transport than the service itself.
func (c *results) accept(signed string) (string, error) {
	u, err := url.Parse(signed)
	if err != nil || u.Host == "" {
		return "", fmt.Errorf("the artifact service gave no address to upload to")
	}
	sig := u.Query().Get("sig")
	for _, secret := range []string{signed, u.RawQuery, sig, url.QueryEscape(sig)} {
		if secret != "" {
			c.secrets = append(c.secrets, secret)
		}
	}
	if sig != "" {
		c.mask(sig)
		c.mask(url.QueryEscape(sig))
	}
	if u.Scheme != "https" && u.Scheme != c.origin.Scheme {
		return "", fmt.Errorf("the artifact service gave an address to upload to that is not encrypted")
	}
	// The text as it came, not u.String(): the signature covers its encoding.
	return signed, nil
}

// scrub returns err without the address that net/http puts into it.
func (c *results) scrub(what string, err error) error {
	host := c.origin.Host
	for {
		wrapped, ok := errors.AsType[*url.Error](err)
		if !ok {
			break
		}
		if u, parseErr := url.Parse(wrapped.URL); parseErr == nil && u.Host != "" {
			host = u.Host
		}
		err = wrapped.Err
	}
	if name, _, splitErr := net.SplitHostPort(host); splitErr == nil {
		host = name
	}
	if text := err.Error(); c.conceal(text) != text {
		err = fmt.Errorf("%s", c.conceal(text))
	}
	return fmt.Errorf("%s: %s: %w", what, host, err)
}

func (c *results) conceal(text string) string {
	for _, secret := range c.secrets {
		text = strings.ReplaceAll(text, secret, "***")
	}
	return text
}

// words makes what the service says fit for an error: one short line.
func (c *results) words(s string) string {
	unprintable := func(r rune) bool { return r == ' ' || !unicode.IsPrint(r) }
	return cut(strings.Join(strings.FieldsFunc(c.conceal(s), unprintable), " "), maxMessage)
}
