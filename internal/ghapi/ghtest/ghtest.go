// Package ghtest is GitHub for tests: the part of its REST and GraphQL
// interfaces that mergebrief uses, over one repository held in memory.
//
// A test makes a [State], from Go or from a JSON fixture, and starts a server
// with [New]; the product reaches it by the variables that a runner sets,
// GITHUB_API_URL ([Server.URL]) and GITHUB_GRAPHQL_URL ([Server.GraphQLURL]).
//
// It behaves as GitHub documents and as the real service was seen to behave:
// pages, permissions, limits on lengths and batches, signed addresses for
// artifacts on another host. A request it does not know fails the test. With
// MERGEBRIEF_CORPUS naming a folder that has github/subset.json.gz, every request
// and answer is held against GitHub's own OpenAPI description, and with
// MERGEBRIEF_GRAPHQL_SCHEMA naming GitHub's schema every query and answer against
// that; without them it says so once. It can be told to fail in the ways a
// network and a busy service do. Never part of the product.
package ghtest

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/google/go-github/v60/github"

	"github.com/mergebrief/mergebrief/internal/ghapi"
)

// T is what a server needs of a test; *testing.T has it.
type T interface {
	Helper()
	Logf(format string, args ...any)
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
	Cleanup(func())
}

// Call is one request that was received.
type Call struct {
	// Method and thing, such as "POST comments"; "GraphQL PullRequest" for the
	// query of that name.
	Name  string
	Path  string
	Query string
	// Status of the answer; 0 when there was none.
	Status int
}

// Fault is one way to answer wrongly. It applies to the calls of its Name, or to
// any when that is empty.
type Fault struct {
	Name string
	// Number of calls that it lets pass first.
	After int
	// Number of calls to spoil; 0 means one.
	Times int
	// Answer with this status, headers and body, instead of doing anything.
	Status int
	Header map[string]string
	Body   string
	// Of an answer of GraphQL, the path of a value that GitHub lost, with an error
	// about it beside the others: "repository.pullRequest.reviews.nodes.0".
	Hole string
	// Do what was asked, then close the connection without an answer.
	LoseAnswer bool
	// Close the connection without doing anything.
	Drop bool
	// Do what was asked and break the answer off in the middle.
	Truncate bool
	// Wait before doing anything.
	Delay time.Duration
	// Wait before doing anything until this returns. The context ends with the
	// request; other calls are answered meanwhile.
	Until func(context.Context)
}

// Server is a GitHub server with one repository.
type Server struct {
	t     T
	api   *httptest.Server
	blobs *httptest.Server
	rules *rules

	mu     sync.Mutex
	state  State
	faults []*Fault
	calls  []Call
	before map[string]func(*State)
}

// New starts a server with the state, which it takes over. It ends with the test.
func New(t T, state State) *Server {
	t.Helper()
	state.settle()
	s := &Server{t: t, state: state, before: map[string]func(*State){}, rules: loadRules(t)}
	s.api = httptest.NewServer(http.HandlerFunc(s.dispatch))
	s.blobs = httptest.NewServer(http.HandlerFunc(s.blob))
	t.Cleanup(s.blobs.Close)
	t.Cleanup(s.api.Close)
	return s
}

// URL is the address of the REST interface, as in GITHUB_API_URL.
func (s *Server) URL() string { return s.api.URL }

// GraphQLURL is the address of the GraphQL interface.
func (s *Server) GraphQLURL() string { return s.api.URL + "/graphql" }

// Client returns a client for the server that does not sleep.
func (s *Server) Client() *github.Client {
	s.t.Helper()
	client, err := ghapi.New(s.Config())
	if err != nil {
		s.t.Fatalf("ghtest: %v", err)
	}
	return client
}

// Plain returns a client that repeats nothing.
func (s *Server) Plain() *github.Client {
	client := github.NewClient(nil)
	if s.state.Token != "" {
		client = client.WithAuthToken(s.state.Token)
	}
	client.BaseURL, _ = client.BaseURL.Parse(s.api.URL + "/") // parsed by httptest already
	return client
}

// With gives access to the state, which no request changes meanwhile.
func (s *Server) With(f func(*State)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f(&s.state)
}

// Fail makes coming calls fail.
func (s *Server) Fail(faults ...Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range faults {
		f.Times = max(f.Times, 1)
		s.faults = append(s.faults, &f)
	}
}

// Before runs f before each call of the name is answered.
func (s *Server) Before(name string, f func(*State)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.before[name] = f
}

// Calls returns the requests that were received since the last time.
func (s *Server) Calls() []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	calls := s.calls
	s.calls = nil
	return calls
}

// Names returns the names of [Server.Calls].
func (s *Server) Names() []string {
	var names []string
	for _, c := range s.Calls() {
		names = append(names, c.Name)
	}
	return names
}

// Report tells in lines what was asked since the last time, and what stands now:
// for scripts to compare and search.
func (s *Server) Report() string {
	var b strings.Builder
	for _, c := range s.Calls() {
		fmt.Fprintf(&b, "call %s %d\n", c.Name, c.Status)
	}
	s.With(func(st *State) {
		for _, c := range st.Checks {
			fmt.Fprintf(&b, "check %s on %s: %s %s, %d annotations: %s\n", c.Name, c.HeadSHA, c.Status, c.Conclusion, len(c.Annotations), c.Title)
		}
		for _, c := range st.Comments {
			fmt.Fprintf(&b, "comment %d on %d by %s, minimized %t: %d bytes\n%s\n", c.ID, c.Pull, c.Author.Login, c.Minimized, len(c.Body), c.Body)
		}
	})
	return b.String()
}

// answer is a status with what is encoded as its body.
type answer struct {
	status int
	body   any
	header map[string]string
}

type object = map[string]any

func ok(body any) answer { return answer{status: http.StatusOK, body: body} }

func refuse(status int, message string) answer {
	return answer{status: status, body: object{"message": message, "documentation_url": "https://docs.github.com/rest", "status": strconv.Itoa(status)}}
}

func notFound() answer { return refuse(http.StatusNotFound, "Not Found") }

// dispatch finds the route of a request. http.ServeMux refuses two of GitHub's
// paths as ambiguous.
func (s *Server) dispatch(w http.ResponseWriter, r *http.Request) {
	for _, rt := range s.routes() {
		if r.Method == rt.method && matches(rt.path, r) {
			s.serve(rt, w, r)
			return
		}
	}
	s.t.Errorf("ghtest: unexpected %s %s", r.Method, r.URL)
	http.Error(w, `{"message":"Not Found"}`, http.StatusNotFound)
}

// matches reports whether the path of a request has the pattern's shape, and
// sets the values of its wildcards.
func matches(pattern string, r *http.Request) bool {
	have := strings.Split(r.URL.EscapedPath(), "/")
	want := strings.Split(pattern, "/")
	values := map[string]string{}
	for i, w := range want {
		if i >= len(have) {
			return false
		}
		name, wild := strings.CutPrefix(w, "{")
		value, err := url.PathUnescape(have[i])
		switch {
		case strings.HasSuffix(name, "...}"):
			value, err = url.PathUnescape(strings.Join(have[i:], "/"))
			values[strings.TrimSuffix(name, "...}")], have = value, want
		case wild && value != "":
			values[strings.TrimSuffix(name, "}")] = value
		case w != have[i]:
			return false
		}
		if err != nil {
			return false
		}
	}
	if len(have) != len(want) {
		return false
	}
	for name, value := range values {
		r.SetPathValue(name, value)
	}
	return true
}

// serve answers one kind of request.
func (s *Server) serve(rt route, w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		s.t.Errorf("ghtest: %s %s: %v", r.Method, r.URL, err)
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	name := rt.name
	if name == "GraphQL" {
		name += " " + operationOf(body)
	}
	f := s.note(name, r)
	if f != nil && f.Delay > 0 {
		select {
		case <-time.After(f.Delay):
		case <-r.Context().Done():
		}
	}
	if f != nil && f.Until != nil {
		f.Until(r.Context())
	}
	if f != nil && f.Drop {
		panic(http.ErrAbortHandler)
	}
	s.rules.request(s.t, r, body)
	var a answer
	if f != nil && f.Status != 0 {
		a = answer{status: f.Status, body: raw(cmp.Or(f.Body, fmt.Sprintf(`{"message":"fault %d"}`, f.Status))), header: f.Header}
	} else {
		a = s.do(rt, name, r, body)
		s.rules.answer(s.t, r, a)
		if f != nil && f.Hole != "" {
			s.tear(a.body, f.Hole)
		}
	}
	s.send(w, name, a, f)
}

// tear loses a value of an answer of GraphQL.
func (s *Server) tear(body any, path string) {
	whole, _ := body.(object)
	var steps []any
	at := whole["data"]
	words := strings.Split(path, ".")
	for i, word := range words {
		last := i == len(words)-1
		switch v := at.(type) {
		case object:
			steps = append(steps, word)
			if at = v[word]; last {
				v[word] = nil
			}
		case []any:
			n, err := strconv.Atoi(word)
			if err != nil || n >= len(v) {
				s.t.Fatalf("ghtest: the answer has no %s", path)
			}
			steps = append(steps, n)
			if at = v[n]; last {
				v[n] = nil
			}
		default:
			s.t.Fatalf("ghtest: the answer has no %s", path)
		}
	}
	errs, _ := whole["errors"].([]object)
	whole["errors"] = append(errs, object{"message": "Something went wrong while executing your query.", "path": steps})
}

// note logs a call and returns the fault that applies to it.
func (s *Server) note(name string, r *http.Request) *Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = append(s.calls, Call{Name: name, Path: r.URL.Path, Query: r.URL.RawQuery})
	return s.fault(name)
}

func (s *Server) fault(name string) *Fault {
	var hit *Fault
	for _, f := range s.faults {
		switch {
		case f.Name != "" && f.Name != name:
		case f.After > 0:
			f.After--
		case hit == nil:
			hit = f
		}
	}
	if hit == nil {
		return nil
	}
	if hit.Times--; hit.Times == 0 {
		s.faults = slices.DeleteFunc(s.faults, func(f *Fault) bool { return f == hit })
	}
	return hit
}

func (s *Server) do(rt route, name string, r *http.Request, body []byte) answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	if f := s.before[name]; f != nil {
		f(&s.state)
	}
	switch {
	case s.state.Token != "" && r.Header.Get("Authorization") != "Bearer "+s.state.Token:
		return refuse(http.StatusUnauthorized, "Bad credentials")
	case r.PathValue("owner") != "" && (r.PathValue("owner") != s.state.Repository.Owner || r.PathValue("repo") != s.state.Repository.Name):
		return notFound()
	case !s.state.may(rt.permission, rt.level):
		return refuse(http.StatusForbidden, "Resource not accessible by integration")
	}
	return rt.handle(r, body)
}

func (s *Server) send(w http.ResponseWriter, name string, a answer, f *Fault) {
	if f != nil && f.LoseAnswer {
		panic(http.ErrAbortHandler)
	}
	s.mu.Lock()
	if i := slices.IndexFunc(s.calls, func(c Call) bool { return c.Name == name && c.Status == 0 }); i >= 0 {
		s.calls[i].Status = a.status
	}
	s.mu.Unlock()
	data, isRaw := a.body.(raw)
	if !isRaw && a.body != nil {
		encoded, err := json.Marshal(a.body)
		if err != nil {
			s.t.Errorf("ghtest: %s: %v", name, err)
		}
		data = encoded
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
	}
	for k, v := range a.header {
		w.Header().Set(k, v)
	}
	if f != nil && f.Truncate {
		w.Header().Set("Content-Length", strconv.Itoa(len(data)+1))
		w.WriteHeader(a.status)
		_, _ = w.Write(data[:len(data)/2])
		panic(http.ErrAbortHandler)
	}
	w.WriteHeader(a.status)
	_, _ = w.Write(data) // whoever hung up does not want it
}

// raw is a body that is not JSON.
type raw []byte

// page cuts a list to the page that the request asks for, and links to the next.
func page[T any](s *Server, r *http.Request, list []T) ([]T, map[string]string) {
	q := r.URL.Query()
	size, _ := strconv.Atoi(q.Get("per_page"))
	number, _ := strconv.Atoi(q.Get("page"))
	if size <= 0 {
		size = 30
	}
	size, number = min(size, 100), max(number, 1)
	from := min((number-1)*size, len(list))
	to := min(from+size, len(list))
	header := map[string]string{}
	if to < len(list) {
		next := *r.URL
		q.Set("page", strconv.Itoa(number+1))
		next.RawQuery = q.Encode()
		header["Link"] = fmt.Sprintf(`<%s%s>; rel="next"`, s.api.URL, next.RequestURI())
	}
	return list[from:to:to], header
}

func number(r *http.Request, name string) int64 {
	n, err := strconv.ParseInt(r.PathValue(name), 10, 64)
	if err != nil {
		return -1
	}
	return n
}

func operationOf(body []byte) string {
	var in struct{ Query string }
	if json.Unmarshal(body, &in) != nil {
		return ""
	}
	words := strings.FieldsFunc(in.Query, func(r rune) bool { return strings.ContainsRune(" ({\n", r) })
	if len(words) < 2 {
		return ""
	}
	return words[1]
}
