package ghapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

const (
	// maxAttempts and the delays between them outlast the restart of a server,
	// not an outage.
	maxAttempts = 4
	firstDelay  = time.Second
	// limitDelay is what GitHub asks for when it does not say how long to wait
	// (docs.github.com, "Best practices for using the REST API").
	limitDelay = time.Minute
	// maxAnswerBytes bounds an answer. The largest are a hundred comments or
	// reviews of 64 KiB each.
	maxAnswerBytes = 32 << 20
)

// transport sends requests with the token to the API, and without it to anyone
// else, and repeats them where that is safe.
type transport struct {
	base       http.RoundTripper
	token      string
	api, graph *url.URL
	timeout    time.Duration
	sleep      func(context.Context, time.Duration) error
	now        func() time.Time
}

// repeatable marks the context of a request that changes nothing although its
// method is POST: a GraphQL query.
type repeatable struct{}

// safe reports whether sending the request twice is the same as sending it once.
// Replacing the text of a comment is; appending annotations to a check run by
// PATCH is not.
func safe(r *http.Request) bool {
	switch r.Method {
	case http.MethodGet, http.MethodHead:
		return true
	case http.MethodPatch:
		return strings.Contains(r.URL.Path, "/issues/comments/")
	}
	return r.Context().Value(repeatable{}) != nil
}

// ours reports whether the request is for the API.
func (t *transport) ours(r *http.Request) bool {
	u := r.URL
	if r.Context().Value(otherHost{}) != nil {
		return false
	}
	return u.Scheme == t.api.Scheme && u.Host == t.api.Host || u.Scheme == t.graph.Scheme && u.Host == t.graph.Host
}

func (t *transport) RoundTrip(req *http.Request) (*http.Response, error) {
	end := t.now().Add(requestBudget)
	if last, bounded := req.Context().Deadline(); bounded && last.Before(end) {
		end = last
	}
	delay := firstDelay
	for attempt := 1; ; attempt++ {
		resp, err := t.once(req, attempt)
		wait, again := t.verdict(req, resp, err, delay)
		if !again || attempt == maxAttempts || t.now().Add(wait).After(end) {
			return settled(resp), err
		}
		if resp != nil {
			resp.Body.Close()
		}
		if stopped := t.sleep(req.Context(), wait); stopped != nil {
			return nil, stopped
		}
		delay *= 2
	}
}

// once makes one attempt. An answer of the API is read to its end, so that one
// that breaks off is an error here and not half a list later.
func (t *transport) once(req *http.Request, attempt int) (*http.Response, error) {
	if !t.ours(req) {
		return t.base.RoundTrip(req)
	}
	ctx, cancel := context.WithTimeout(req.Context(), t.timeout)
	defer cancel()
	r := req.Clone(ctx)
	r.Header.Del("Authorization")
	if t.token != "" {
		r.Header.Set("Authorization", "Bearer "+t.token)
	}
	if attempt > 1 && req.GetBody != nil {
		body, err := req.GetBody()
		if err != nil {
			return nil, err
		}
		r.Body = body
	}
	resp, err := t.base.RoundTrip(r)
	if err != nil {
		if errors.Is(ctx.Err(), context.DeadlineExceeded) && req.Context().Err() == nil {
			err = fmt.Errorf("no answer within %s", t.timeout)
		}
		return nil, err
	}
	defer resp.Body.Close()
	return whole(r, resp)
}

// settled takes the numbers about the rate limit out of a good answer. go-github
// would go by them and refuse the next request by itself, also when there is
// time to wait for the reset.
func settled(resp *http.Response) *http.Response {
	if resp != nil && resp.StatusCode/100 == 2 {
		resp.Header.Del("X-RateLimit-Remaining")
		resp.Header.Del("X-RateLimit-Reset")
	}
	return resp
}

// errCut is what an answer that is not whole ends with.
var errCut = errors.New("the answer breaks off")

func whole(req *http.Request, resp *http.Response) (*http.Response, error) {
	data, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswerBytes+1))
	good := resp.StatusCode/100 == 2
	switch {
	case len(data) > maxAnswerBytes:
		return nil, fmt.Errorf("the answer is larger than %d bytes", maxAnswerBytes)
	case err != nil && good:
		return nil, fmt.Errorf("%w: %w", errCut, err)
	case good && resp.StatusCode != http.StatusNoContent && wantsJSON(req) && !json.Valid(data):
		// go-github takes an empty answer for a good one.
		return nil, fmt.Errorf("%w or is not JSON", errCut)
	}
	resp.Body = io.NopCloser(bytes.NewReader(data))
	return resp, nil
}

// wantsJSON reports whether the answer has to be JSON. GitHub's media types for
// files and diffs may end in "+json" all the same.
func wantsJSON(req *http.Request) bool {
	accept := req.Header.Get("Accept")
	other := strings.Contains(accept, ".raw") || strings.Contains(accept, ".diff") || strings.Contains(accept, ".patch")
	return req.Method != http.MethodHead && strings.Contains(accept, "json") && !other
}

// verdict decides whether to send the request again, and after what pause.
func (t *transport) verdict(req *http.Request, resp *http.Response, err error, delay time.Duration) (time.Duration, bool) {
	if req.Context().Err() != nil || req.Body != nil && req.GetBody == nil {
		return 0, false
	}
	if delay += time.Duration(rand.Float64() * float64(delay) / 2); err != nil {
		return delay, safe(req)
	}
	switch {
	case resp.StatusCode == http.StatusTooManyRequests,
		resp.StatusCode == http.StatusForbidden && t.ours(req) && limited(resp),
		resp.StatusCode == http.StatusOK && t.ours(req) && limitedQuery(req, resp):
		// The request was turned away, so that it can be made again whatever
		// its method.
		return t.asked(resp, limitDelay), true
	case resp.StatusCode >= 500 && resp.StatusCode != http.StatusNotImplemented:
		return max(delay, t.asked(resp, 0)), safe(req)
	}
	return 0, false
}

// limited tells a 403 because of too many requests from one because of lacking
// permission (docs.github.com, "Rate limits for the REST API").
func limited(resp *http.Response) bool {
	if resp.Header.Get("Retry-After") != "" || resp.Header.Get("X-RateLimit-Remaining") == "0" {
		return true
	}
	return bytes.Contains(bytes.ToLower(peek(resp)), []byte("secondary rate limit"))
}

// limitedQuery recognises the same of GraphQL, which answers with status 200.
func limitedQuery(req *http.Request, resp *http.Response) bool {
	if req.Method != http.MethodPost {
		return false
	}
	var answer struct {
		Data   json.RawMessage
		Errors []struct{ Type string }
	}
	data := peek(resp)
	if !bytes.Contains(data, []byte(rateLimited)) || json.Unmarshal(data, &answer) != nil || len(answer.Errors) == 0 {
		return false
	}
	return answer.Errors[0].Type == rateLimited && (len(answer.Data) == 0 || string(answer.Data) == "null")
}

// peek returns the body of an answer of the API, which was read by [whole], and
// leaves it as it was.
func peek(resp *http.Response) []byte {
	data, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswerBytes))
	if err != nil {
		return nil
	}
	resp.Body.Close()
	resp.Body = io.NopCloser(bytes.NewReader(data))
	return data
}

// asked returns how long the server asks to wait.
func (t *transport) asked(resp *http.Response, otherwise time.Duration) time.Duration {
	if seconds, err := strconv.Atoi(resp.Header.Get("Retry-After")); err == nil && seconds >= 0 {
		return time.Duration(seconds) * time.Second
	}
	if reset, err := strconv.ParseInt(resp.Header.Get("X-RateLimit-Reset"), 10, 64); err == nil && resp.Header.Get("X-RateLimit-Remaining") == "0" {
		// A second more: the clocks are not the same.
		return max(time.Unix(reset, 0).Sub(t.now())+time.Second, time.Second)
	}
	return otherwise
}
