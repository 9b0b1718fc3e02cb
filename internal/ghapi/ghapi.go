// Package ghapi reaches GitHub: it builds the one REST client, asks the one
// GraphQL question about a pull request, and turns what goes wrong into errors
// that know their reason.
//
// It hides where the server is (github.com, ghe.com, GitHub Enterprise Server),
// who may see the token, how long to wait when there were too many requests, and
// which requests may be sent twice. It promises that the token goes to the API
// and nowhere else, that no credential and no signed URL is part of an error,
// that an answer is whole or an error, and that a request which may have taken
// effect is never repeated blindly.
package ghapi

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/google/go-github/v60/github"
)

const (
	// DefaultAPIURL is the address of GitHub's REST interface (GITHUB_API_URL).
	DefaultAPIURL = "https://api.github.com"
	// callTimeout bounds one request with its answer. GitHub itself gives up
	// after ten seconds.
	callTimeout = 30 * time.Second
	// requestBudget bounds a request with all its repetitions, so that one limit
	// does not use up the time of the run.
	requestBudget    = 2 * time.Minute
	defaultUserAgent = "mergebrief"
)

// Config says where GitHub is and how to talk to it. The caller takes the values
// from the runner; nothing is read from the environment but the proxy settings.
type Config struct {
	// Token of the run; without one only public data can be read.
	Token string
	// Addresses of the REST and GraphQL interfaces (GITHUB_API_URL and
	// GITHUB_GRAPHQL_URL). They default to github.com and to what belongs to
	// APIURL.
	APIURL, GraphQLURL string
	// UserAgent is "mergebrief" when empty.
	UserAgent string

	// Transport carries the requests; nil means one of our own that honours the
	// proxy settings of the environment.
	Transport http.RoundTripper
	// CallTimeout bounds one request; 0 means 30 seconds.
	CallTimeout time.Duration
	// Sleep and Now replace the clock in tests.
	Sleep func(context.Context, time.Duration) error
	Now   func() time.Time
}

// New returns a client for the REST interface that [GraphQL] and the other
// functions of this package take too. Requests that are safe to repeat are
// repeated while the deadline of their context, and two minutes in any case, leave
// room for the pause that GitHub asks for.
func New(c Config) (*github.Client, error) {
	api, err := address("API", cmp.Or(c.APIURL, DefaultAPIURL))
	if err != nil {
		return nil, err
	}
	graph, err := address("GraphQL", c.GraphQL())
	if err != nil {
		return nil, err
	}
	if strings.ContainsFunc(c.Token, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return nil, fmt.Errorf("the token has a character that no token has; is it a secret that was pasted with a line break?")
	}
	t := &transport{
		base: c.Transport, token: c.Token, api: api, graph: graph,
		timeout: cmp.Or(c.CallTimeout, callTimeout), sleep: c.Sleep, now: c.Now,
	}
	if t.base == nil {
		t.base = ownTransport()
	}
	if t.sleep == nil {
		t.sleep = pause
	}
	if t.now == nil {
		t.now = time.Now
	}
	client := github.NewClient(&http.Client{Transport: t, CheckRedirect: stayHome})
	client.BaseURL = api
	client.UserAgent = cmp.Or(c.UserAgent, defaultUserAgent)
	return client, nil
}

// GraphQL returns the address of the GraphQL interface: the one configured, or
// the one that GitHub documents for the server at APIURL. GitHub Enterprise
// Server has it at /api/graphql, beside /api/v3.
func (c Config) GraphQL() string {
	if c.GraphQLURL != "" {
		return c.GraphQLURL
	}
	api := strings.TrimRight(cmp.Or(c.APIURL, DefaultAPIURL), "/")
	if server, ok := strings.CutSuffix(api, "/api/v3"); ok {
		return server + "/api/graphql"
	}
	return api + "/graphql"
}

// address parses a configured address; relative references need it to end with
// a slash.
func address(what, text string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimRight(text, "/") + "/")
	if err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") {
		return nil, fmt.Errorf("the address of GitHub's %s is no web address", what)
	}
	if u.User != nil || u.RawQuery != "" {
		return nil, fmt.Errorf("the address of GitHub's %s may hold neither a user nor a query", what)
	}
	return u, nil
}

// stayHome follows GitHub's redirects for renamed repositories, and none that
// lead to another host: what comes from there is no answer of GitHub.
func stayHome(req *http.Request, via []*http.Request) error {
	if len(via) >= 5 {
		return fmt.Errorf("redirected %d times", len(via))
	}
	if req.URL.Host != via[0].URL.Host || req.URL.Scheme != via[0].URL.Scheme {
		return fmt.Errorf("redirected to another host")
	}
	return nil
}

// ownTransport does not share connections or settings with the rest of the
// program. A runner behind a proxy hands its settings down by environment.
func ownTransport() http.RoundTripper {
	return &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		ForceAttemptHTTP2:     true,
		MaxIdleConnsPerHost:   4,
		IdleConnTimeout:       90 * time.Second,
		TLSHandshakeTimeout:   10 * time.Second,
		ResponseHeaderTimeout: callTimeout,
	}
}

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
