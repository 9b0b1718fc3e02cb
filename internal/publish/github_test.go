package publish

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-github/v60/github"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// hub is GitHub as far as these tests need it to misbehave: check runs and
// comments of one repository, octo/demo, with the limits that GitHub documents.
type hub struct {
	t *testing.T

	mu       sync.Mutex
	checks   []*github.CheckRun
	notes    map[int64][]*github.CheckRunAnnotation
	comments []*Posted
	nextID   int64
	log      []string
	// Answers instead of the next ones, by "METHOD kind"; status -1 does the
	// work and loses the answer, -2 drops the connection.
	faults map[string][]int
	// Runs before the answer to "METHOD kind" is made.
	before map[string]func()
}

func newHub(t *testing.T) (*hub, *github.Client) {
	t.Helper()
	h := &hub{t: t, notes: map[int64][]*github.CheckRunAnnotation{}, nextID: 100, faults: map[string][]int{}, before: map[string]func(){}}
	return h, h.client(t)
}

func (h *hub) id() int64 { h.nextID++; return h.nextID }

func (h *hub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.mu.Lock()
	defer h.mu.Unlock()
	path, ok := strings.CutPrefix(r.URL.Path, "/repos/octo/demo/")
	part := strings.Split(path, "/")
	kind := "checks"
	if part[0] == "issues" {
		kind = "comments"
	}
	if len(part) == 3 && part[2] == "annotations" {
		kind = "annotations"
	}
	what := r.Method + " " + kind
	h.log = append(h.log, what)
	if f := h.before[what]; f != nil {
		f()
	}
	fault := 0
	if list := h.faults[what]; len(list) > 0 {
		fault, h.faults[what] = list[0], list[1:]
	}
	switch {
	case !ok:
		http.NotFound(w, r)
	case fault > 0:
		w.WriteHeader(fault)
		fmt.Fprintf(w, `{"message":"fault %d"}`, fault)
	case fault == -2:
		panic(http.ErrAbortHandler)
	default:
		status, body := h.serve(r, kind, part)
		if fault == -1 {
			panic(http.ErrAbortHandler)
		}
		w.WriteHeader(status)
		json.NewEncoder(w).Encode(body)
	}
}

type object = map[string]any

func (h *hub) serve(r *http.Request, kind string, part []string) (int, any) {
	var id int64
	fmt.Sscan(part[len(part)-1], &id)
	switch r.Method + " " + kind {
	case "GET annotations":
		fmt.Sscan(part[1], &id)
		return 200, h.notes[id]
	case "GET checks":
		q := r.URL.Query()
		var list []*github.CheckRun
		for _, c := range h.checks {
			if c.GetName() == q.Get("check_name") && c.GetHeadSHA() == part[1] {
				list = append(list, c)
			}
		}
		return 200, object{"total_count": len(list), "check_runs": list}
	case "POST checks", "PATCH checks":
		return h.writeCheck(r, id)
	case "POST comments", "PATCH comments":
		return h.writeComment(r, id)
	}
	h.t.Errorf("unexpected %s %s", r.Method, r.URL.Path)
	return 500, nil
}

func (h *hub) writeCheck(r *http.Request, id int64) (int, any) {
	var in github.CheckRun
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		h.t.Error(err)
	}
	if n := len(in.Output.Annotations); n > 50 {
		return 422, object{"message": fmt.Sprintf("%d annotations", n)}
	}
	if in.GetStatus() != "completed" || in.GetConclusion() == "" || len(in.Output.GetText()) > 65535 || len(in.Output.GetSummary()) > 65535 {
		return 422, object{"message": "Validation Failed"}
	}
	i := slices.IndexFunc(h.checks, func(c *github.CheckRun) bool { return c.GetID() == id })
	if r.Method == http.MethodPost {
		i, id = len(h.checks), h.id()
		h.checks = append(h.checks, &github.CheckRun{HeadSHA: in.HeadSHA})
	}
	if i < 0 {
		return 404, object{"message": "Not Found"}
	}
	h.notes[id] = append(h.notes[id], in.Output.Annotations...)
	in.HeadSHA, in.ID = h.checks[i].HeadSHA, &id
	in.HTMLURL = github.String(fmt.Sprintf("https://github.com/octo/demo/runs/%d", id))
	in.Output.Annotations, in.Output.AnnotationsCount = nil, github.Int(len(h.notes[id]))
	h.checks[i] = &in
	return 200, in
}

func (h *hub) writeComment(r *http.Request, id int64) (int, any) {
	var in github.IssueComment
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		h.t.Error(err)
	}
	if len(in.GetBody()) > 65536 {
		return 422, object{"message": "Validation Failed"}
	}
	var p *Posted
	for _, c := range h.comments {
		if c.ID == id && r.Method == http.MethodPatch {
			p = c
		}
	}
	if r.Method == http.MethodPost {
		p = h.add(true, "")
	}
	if p == nil {
		return 404, object{"message": "Not Found"}
	}
	p.Body = in.GetBody()
	return 200, object{"id": p.ID, "node_id": p.Node, "html_url": p.URL, "body": p.Body}
}

func (h *hub) add(mine bool, body string) *Posted {
	id := h.id()
	p := &Posted{ID: id, Node: fmt.Sprintf("IC_%d", id), URL: fmt.Sprintf("https://github.com/octo/demo/pull/7#issuecomment-%d", id), Body: body, Mine: mine}
	h.comments = append(h.comments, p)
	return p
}

// talk is the conversation in hub; what is not asked for now is as it was.
type talk struct {
	hub     *hub
	earlier []Posted
	hideErr error
}

func (c *talk) List(_ context.Context, now bool) ([]Posted, error) {
	c.hub.mu.Lock()
	defer c.hub.mu.Unlock()
	if !now {
		return c.earlier, nil
	}
	c.hub.log = append(c.hub.log, "LIST")
	var out []Posted
	for _, p := range c.hub.comments {
		out = append(out, *p)
	}
	return out, nil
}

func (c *talk) Hide(_ context.Context, node string) error {
	c.hub.mu.Lock()
	defer c.hub.mu.Unlock()
	c.hub.log = append(c.hub.log, "HIDE "+node)
	for _, p := range c.hub.comments {
		if p.Node == node {
			p.Minimised = c.hideErr == nil
		}
	}
	return c.hideErr
}

// onHub is an edition for pull request 7 with n findings, each on one line.
func onHub(n int) *Edition {
	b := &evidence.Bundle{}
	b.Record.Target = evidence.Target{
		Repository:  evidence.Repository{Server: "https://github.com", Owner: "octo", Name: "demo"},
		PullRequest: 7, Head: strings.Repeat("a1", 20),
	}
	b.Assessment.Verdict = evidence.Verdict{Conclusion: "failure", Title: "2 things need a reviewer", FailOn: "error"}
	for i := range n {
		b.Assessment.Findings = append(b.Assessment.Findings, evidence.Finding{
			Rule: "rule", Level: evidence.LevelWarning, Message: fmt.Sprintf("finding %d", i), Basis: evidence.Observed,
			Spans: []evidence.Span{{Path: "a.go", First: i + 1, Last: i + 1}},
		})
		b.Assessment.Focus = append(b.Assessment.Focus, i)
	}
	return &Edition{Bundle: b, Key: "k", Digest: evidence.Digest([]byte{byte(n)})}
}

func (h *hub) client(t *testing.T) *github.Client {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	client := github.NewClient(nil)
	client.BaseURL, _ = url.Parse(s.URL + "/")
	return client
}
