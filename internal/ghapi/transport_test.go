package ghapi_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-github/v60/github"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/ghapi"
	"github.com/mergebrief/mergebrief/internal/ghapi/ghtest"
)

const (
	secondary = `{"message":"You have exceeded a secondary rate limit","documentation_url":"https://docs.github.com/rest/overview/rate-limits-for-the-rest-api#about-secondary-rate-limits"}`
	denied    = `{"message":"Resource not accessible by integration","documentation_url":"https://docs.github.com/rest"}`
	limited   = `{"data":null,"errors":[{"type":"RATE_LIMITED","message":"API rate limit exceeded"}]}`
)

// clock is time that passes only while somebody sleeps.
type clock struct {
	now    time.Time
	sleeps []time.Duration
}

func (c *clock) sleep(ctx context.Context, d time.Duration) error {
	c.sleeps = append(c.sleeps, d)
	c.now = c.now.Add(d)
	return ctx.Err()
}

func patient(t *testing.T, s *ghtest.Server) (*github.Client, *clock) {
	t.Helper()
	c := &clock{now: time.Unix(1_800_000_000, 0)}
	cfg := s.Config()
	cfg.Sleep, cfg.Now, cfg.CallTimeout = c.sleep, func() time.Time { return c.now }, 5*time.Second
	client, err := ghapi.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return client, c
}

// What a call does when the first answers are wrong: how often it is sent, how
// long it waits at least, and how it ends.
func TestRetry(t *testing.T) {
	in := func(seconds int64) map[string]string {
		return map[string]string{"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": strconv.FormatInt(1_800_000_000+seconds, 10)}
	}
	after := func(s string) map[string]string { return map[string]string{"Retry-After": s} }
	tests := map[string]struct {
		fault  ghtest.Fault
		get    string // "calls status" of GET pull; status 0 means success
		post   string // of POST comments
		query  string // of GraphQL
		waited time.Duration
	}{
		"nothing":                       {ghtest.Fault{Name: "none"}, "1 0", "1 0", "1 0", 0},
		"500 once":                      {ghtest.Fault{Status: 500}, "2 0", "1 500", "2 0", time.Second},
		"502 for good":                  {ghtest.Fault{Status: 502, Times: 9}, "4 502", "1 502", "4 502", 7 * time.Second},
		"503 with Retry-After":          {ghtest.Fault{Status: 503, Header: after("20")}, "2 0", "1 503", "2 0", 20 * time.Second},
		"501":                           {ghtest.Fault{Status: 501}, "1 501", "1 501", "1 501", 0},
		"404":                           {ghtest.Fault{Status: 404}, "1 404", "1 404", "1 404", 0},
		"403 for lack of permission":    {ghtest.Fault{Status: 403, Body: denied}, "1 403", "1 403", "1 403", 0},
		"403 primary limit":             {ghtest.Fault{Status: 403, Header: in(30)}, "2 0", "2 0", "2 0", 31 * time.Second},
		"403 primary limit for an hour": {ghtest.Fault{Status: 403, Header: in(3600), Times: 9}, "1 429", "1 429", "1 429", 0},
		"403 secondary limit":           {ghtest.Fault{Status: 403, Body: secondary}, "2 0", "2 0", "2 0", time.Minute},
		"403 with Retry-After":          {ghtest.Fault{Status: 403, Header: after("5")}, "2 0", "2 0", "2 0", 5 * time.Second},
		"429 with Retry-After":          {ghtest.Fault{Status: 429, Header: after("7")}, "2 0", "2 0", "2 0", 7 * time.Second},
		"429 without a word":            {ghtest.Fault{Status: 429}, "2 0", "2 0", "2 0", time.Minute},
		"429 for longer than there is":  {ghtest.Fault{Status: 429, Header: after("600"), Times: 9}, "1 429", "1 429", "1 429", 0},
		"200 that is HTML":              {ghtest.Fault{Status: 200, Body: "<html>"}, "2 0", "1 0", "2 0", time.Second},
		"200 that is empty":             {ghtest.Fault{Status: 200, Body: " "}, "2 0", "1 0", "2 0", time.Second},
		"answer breaks off":             {ghtest.Fault{Truncate: true}, "2 0", "1 0", "2 0", time.Second},
		"answer is lost":                {ghtest.Fault{LoseAnswer: true}, "2 0", "1 0", "2 0", time.Second},
		"connection drops":              {ghtest.Fault{Drop: true}, "2 0", "1 0", "2 0", time.Second},
	}
	for name, tt := range tests {
		for kind, want := range map[string]string{"GET pull": tt.get, "POST comments": tt.post, "GraphQL PullRequest": tt.query} {
			t.Run(name+"/"+kind, func(t *testing.T) {
				s := ghtest.New(t, state(t))
				client, clock := patient(t, s)
				s.Fail(tt.fault)
				err := call(t.Context(), client, s, kind)
				got := strconv.Itoa(len(s.Calls())) + " " + strconv.Itoa(ghapi.StatusOf(err))
				if got != want {
					t.Errorf("got %s, want %s: %v", got, want, err)
				}
				var waited time.Duration
				for _, d := range clock.sleeps {
					waited += d
				}
				calls, _, _ := strings.Cut(want, " ")
				if calls != "1" && (waited < tt.waited || waited > tt.waited*2) {
					t.Errorf("waited %s, want %s or a bit more", waited, tt.waited)
				}
				unknown := strings.HasPrefix(name, "200") || strings.HasPrefix(name, "answer") || strings.HasPrefix(name, "connection")
				if fails := want != "2 0" && name != "nothing" && (unknown || !strings.HasSuffix(want, " 0")); (err != nil) != fails {
					t.Errorf("error = %v", err)
				}
			})
		}
	}
}

func call(ctx context.Context, client *github.Client, s *ghtest.Server, kind string) error {
	var err error
	switch kind {
	case "GET pull":
		_, _, err = client.PullRequests.Get(ctx, "octo", "demo", 7)
	case "POST comments":
		_, _, err = client.Issues.CreateComment(ctx, "octo", "demo", 7, &github.IssueComment{Body: github.String("hi")})
	default:
		_, err = ghapi.TakeSnapshot(ctx, client, s.GraphQLURL(), "octo", "demo", 7)
	}
	return err
}

func state(t testing.TB) ghtest.State {
	t.Helper()
	st, err := ghtest.Fixture("testdata/pull.json")
	if err != nil {
		t.Fatal(err)
	}
	return st
}

// A limit that GraphQL tells of with status 200.
func TestRetryLimitedQuery(t *testing.T) {
	s := ghtest.New(t, state(t))
	client, clock := patient(t, s)
	s.Fail(ghtest.Fault{Status: 200, Body: limited, Header: map[string]string{"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1800000040"}})
	if _, err := ghapi.TakeSnapshot(t.Context(), client, s.GraphQLURL(), "octo", "demo", 7); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]time.Duration{41 * time.Second}, clock.sleeps); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	s.Fail(ghtest.Fault{Status: 200, Body: limited, Times: 9})
	_, err := ghapi.TakeSnapshot(t.Context(), client, s.GraphQLURL(), "octo", "demo", 7)
	if evidence.ReasonOf(err, "") != evidence.Unavailable {
		t.Errorf("error = %v", err)
	}
}

// The last answer of an hour says that nothing is left. It is a good answer, and
// the next request may wait for the reset.
func TestRetryLastOfTheHour(t *testing.T) {
	s := ghtest.New(t, state(t))
	client, clock := patient(t, s)
	reset := map[string]string{"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1800000010"}
	s.Fail(ghtest.Fault{Status: 200, Body: `{"number":7}`, Header: reset}, ghtest.Fault{Status: 403, Header: reset})
	for range 2 {
		if _, _, err := client.PullRequests.Get(t.Context(), "octo", "demo", 7); err != nil {
			t.Fatal(err)
		}
	}
	if len(s.Calls()) != 3 || len(clock.sleeps) != 1 {
		t.Errorf("slept %v", clock.sleeps)
	}
}

// The deadline of the context is the budget.
func TestRetryDeadline(t *testing.T) {
	s := ghtest.New(t, state(t))
	client, clock := patient(t, s)
	clock.now = time.Now()
	ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
	defer cancel()
	s.Fail(ghtest.Fault{Status: 429, Header: map[string]string{"Retry-After": "60"}, Times: 3})
	err := call(ctx, client, s, "GET pull")
	if ghapi.StatusOf(err) != 429 || len(s.Calls()) != 2 || len(clock.sleeps) != 1 {
		t.Errorf("%v, slept %v", err, clock.sleeps)
	}
}

func TestCancelled(t *testing.T) {
	s := ghtest.New(t, state(t))
	client, _ := patient(t, s)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := call(ctx, client, s, "GraphQL PullRequest"); !errors.Is(err, context.Canceled) || len(s.Calls()) != 0 {
		t.Errorf("error = %v", err)
	}
}

// Files are read as they are, and are not JSON.
func TestRawContent(t *testing.T) {
	st := state(t)
	st.Contents[0].Text = "not: json"
	s := ghtest.New(t, st)
	for _, accept := range []string{"application/vnd.github.raw", "application/vnd.github.raw+json"} {
		client := s.Client()
		req, err := client.NewRequest(http.MethodGet, "repos/octo/demo/contents/.github/mergebrief.yml?ref=main", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Accept", accept)
		var got bytes.Buffer
		if _, err := client.Do(t.Context(), req, &got); err != nil || got.String() != "not: json" {
			t.Errorf("%s: %q, %v", accept, got.String(), err)
		}
	}
}

func TestSlow(t *testing.T) {
	s := ghtest.New(t, state(t))
	cfg := s.Config()
	cfg.CallTimeout = 50 * time.Millisecond
	client, err := ghapi.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	s.Fail(ghtest.Fault{Delay: time.Minute})
	if err := call(t.Context(), client, s, "GET pull"); err != nil {
		t.Fatal(err)
	}
	s.Fail(ghtest.Fault{Delay: time.Minute, Times: 9})
	if err := call(t.Context(), client, s, "POST comments"); err == nil || !strings.Contains(err.Error(), "no answer within 50ms") {
		t.Errorf("error = %v", err)
	}
}

// The token goes to the API and to nobody else, and is part of no error.
func TestToken(t *testing.T) {
	const token = "ghs_16C7e42F292c6912E7710c838347Ae178B4a"
	var elsewhere []string
	other := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		elsewhere = append(elsewhere, r.Header.Get("Authorization"))
	}))
	defer other.Close()
	st := state(t)
	st.Token = token
	s := ghtest.New(t, st)
	client := s.Client()
	if err := call(t.Context(), client, s, "GET pull"); err != nil {
		t.Fatal(err)
	}
	s.Fail(ghtest.Fault{Status: 301, Header: map[string]string{"Location": other.URL + "/repos"}})
	err := call(t.Context(), client, s, "GET pull")
	if err == nil || !strings.Contains(err.Error(), "another host") || len(elsewhere) != 0 {
		t.Errorf("followed to %v: %v", elsewhere, err)
	}
	req, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, other.URL, nil)
	if _, err := client.Client().Do(req); err != nil || !slices.Equal(elsewhere, []string{""}) {
		t.Errorf("%v, %v", elsewhere, err)
	}
	for _, f := range []ghtest.Fault{{Drop: true, Times: 9}, {Status: 500, Times: 9}, {Truncate: true, Times: 9}, {Status: 401}} {
		s.Fail(f)
		for _, kind := range []string{"GET pull", "GraphQL PullRequest"} {
			if err := call(t.Context(), client, s, kind); err != nil && strings.Contains(err.Error(), token) {
				t.Errorf("error = %v", err)
			}
		}
	}
}

func TestNewRefuses(t *testing.T) {
	for name, tt := range map[string]struct {
		config ghapi.Config
		err    string
	}{
		"line break in token": {ghapi.Config{Token: "ghs_secret\n"}, "the token has a character"},
		"no address":          {ghapi.Config{APIURL: "api.github.com"}, "GitHub's API is no web address"},
		"user in address":     {ghapi.Config{APIURL: "https://u:p@example.com"}, "neither a user nor a query"},
		"GraphQL elsewhere":   {ghapi.Config{GraphQLURL: "ftp://example.com"}, "GitHub's GraphQL is no web address"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ghapi.New(tt.config)
			if err == nil || !strings.Contains(err.Error(), tt.err) || strings.Contains(err.Error(), "ghs_") {
				t.Errorf("error = %v", err)
			}
		})
	}
}

func TestAddresses(t *testing.T) {
	for api, want := range map[string]string{
		"":                                   "https://api.github.com/graphql",
		"https://api.github.com":             "https://api.github.com/graphql",
		"https://api.octo.ghe.com/":          "https://api.octo.ghe.com/graphql",
		"https://github.example.com/api/v3":  "https://github.example.com/api/graphql",
		"https://github.example.com/api/v3/": "https://github.example.com/api/graphql",
	} {
		cfg := ghapi.Config{APIURL: api}
		client, err := ghapi.New(cfg)
		if err != nil {
			t.Fatal(err)
		}
		req, err := client.NewRequest(http.MethodGet, "repos/o/r", nil)
		if err != nil || !strings.HasSuffix(req.URL.Path, "/repos/o/r") || cfg.GraphQL() != want {
			t.Errorf("%q: GraphQL at %s, want %s (%v)", api, cfg.GraphQL(), want, err)
		}
	}
}

// huge is an answer that does not end.
type huge struct{}

func (huge) RoundTrip(r *http.Request) (*http.Response, error) {
	body := io.MultiReader(strings.NewReader(`{"title":"`), endless{})
	return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(body), Request: r}, nil
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { return copy(p, bytes.Repeat([]byte("a"), len(p))), nil }

func TestAnswerTooLarge(t *testing.T) {
	client, err := ghapi.New(ghapi.Config{Transport: huge{}, Sleep: func(context.Context, time.Duration) error { return nil }})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := client.PullRequests.Get(t.Context(), "octo", "demo", 7); err == nil || !strings.Contains(err.Error(), "larger than") {
		t.Errorf("error = %v", err)
	}
}
