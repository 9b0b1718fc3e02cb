package ghtest

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-github/v60/github"

	"github.com/mergebrief/mergebrief/internal/ghapi"
)

// recorder is a test whose failures are wanted.
type recorder struct {
	*testing.T
	failures []string
}

func (r *recorder) Errorf(format string, args ...any) {
	r.failures = append(r.failures, fmt.Sprintf(format, args...))
}

var head = strings.Repeat("a1", 20)

func oneState() State {
	return State{Pulls: []*Pull{{Number: 7, Head: Branch{Ref: "topic", SHA: head}}}}
}

// What GitHub would not take or does not know fails the test that sends it.
func TestNoticed(t *testing.T) {
	described := os.Getenv(CorpusVariable) != ""
	schema := os.Getenv(SchemaVariable) != ""
	tests := map[string]struct {
		request func(*github.Client) error
		want    string
		skip    bool
	}{
		"unknown path": {func(c *github.Client) error {
			_, _, err := c.Repositories.ListBranches(t.Context(), "octo", "demo", nil)
			return err
		}, "unexpected GET /repos/octo/demo/branches", false},
		"conclusion that does not exist": {func(c *github.Client) error {
			_, _, err := c.Checks.CreateCheckRun(t.Context(), "octo", "demo", github.CreateCheckRunOptions{Name: "x", HeadSHA: head, Status: github.String("completed"), Conclusion: github.String("banana")})
			return err
		}, "GitHub would not take POST /repos/octo/demo/check-runs", !described},
		"parameter of the wrong type": {func(c *github.Client) error {
			req, _ := c.NewRequest(http.MethodGet, "repos/octo/demo/issues/7/comments?per_page=many", nil)
			_, err := c.Do(t.Context(), req, nil)
			return err
		}, "GitHub would not take GET", !described},
		"field that does not exist": {func(c *github.Client) error {
			return ghapi.GraphQL(t.Context(), c, c.BaseURL.String()+"graphql", "query X { repository(owner: \"octo\", name: \"demo\") { nope } }", nil, &struct{}{})
		}, "nope", false},
		"variable of the wrong type": {func(c *github.Client) error {
			return ghapi.GraphQL(t.Context(), c, c.BaseURL.String()+"graphql", "query X($o: Int!) { repository(owner: $o, name: \"demo\") { isPrivate } }", map[string]any{"o": 1}, &struct{}{})
		}, "Int", !schema},
		"token for the storage": {func(c *github.Client) error {
			url, _, err := c.Actions.DownloadArtifact(t.Context(), "octo", "demo", 301, 0)
			if err != nil {
				return err
			}
			req, _ := http.NewRequest(http.MethodGet, url.String(), nil)
			req.Header.Set("Authorization", "Bearer x")
			_, err = http.DefaultClient.Do(req)
			return err
		}, "was shown a token", false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if tt.skip {
				t.Skip("GitHub's own description is not at hand")
			}
			r := &recorder{T: t}
			st := oneState()
			st.Runs, st.Artifacts = []*Run{{ID: 90, HeadSHA: head}}, []*Artifact{{ID: 301, Name: "a", Run: 90}}
			_ = tt.request(New(r, st).Plain())
			if !strings.Contains(strings.Join(r.failures, "\n"), tt.want) {
				t.Errorf("noticed %q", r.failures)
			}
		})
	}
}

// What GitHub refuses, with its own words.
func TestRefused(t *testing.T) {
	many := make([]*github.CheckRunAnnotation, 50)
	for i := range many {
		many[i] = &github.CheckRunAnnotation{Path: github.String("a"), StartLine: github.Int(1), EndLine: github.Int(1), AnnotationLevel: github.String("notice"), Message: github.String("m")}
	}
	comment := func(s *Server, body string) error {
		_, _, err := s.Plain().Issues.CreateComment(t.Context(), "octo", "demo", 7, &github.IssueComment{Body: &body})
		return err
	}
	check := func(s *Server, o github.CreateCheckRunOptions) error {
		o.Name, o.HeadSHA = "x", head
		_, _, err := s.Plain().Checks.CreateCheckRun(t.Context(), "octo", "demo", o)
		return err
	}
	for name, tt := range map[string]struct {
		change func(*State)
		do     func(*Server) error
		want   string
	}{
		"longest comment": {nil, func(s *Server) error { return comment(s, strings.Repeat("é", 65536)) }, ""},
		"longer comment":  {nil, func(s *Server) error { return comment(s, strings.Repeat("é", 65537)) }, "422 Validation Failed [{Resource:IssueComment Field:data Code:unprocessable Message:Body is too long (maximum is 65536 characters)}]"},
		"locked":          {func(st *State) { st.Pulls[0].Locked = true }, func(s *Server) error { return comment(s, "x") }, "403 Unable to create comment because issue is locked."},
		"read only":       {func(st *State) { st.Permissions = map[string]string{"pull-requests": "read"} }, func(s *Server) error { return comment(s, "x") }, "403 Resource not accessible by integration"},
		"issues: write":   {func(st *State) { st.Permissions = map[string]string{"issues": "write"} }, func(s *Server) error { return comment(s, "x") }, ""},
		"bad credentials": {func(st *State) { st.Token = "right" }, func(s *Server) error {
			wrong := github.NewClient(nil).WithAuthToken("wrong")
			wrong.BaseURL = s.Plain().BaseURL
			_, _, err := wrong.PullRequests.Get(t.Context(), "octo", "demo", 7)
			return err
		}, "401 Bad credentials"},
		"no conclusion": {nil, func(s *Server) error {
			return check(s, github.CreateCheckRunOptions{Status: github.String("completed")})
		}, "422 Validation Failed"},
		"fifty annotations": {nil, func(s *Server) error {
			return check(s, github.CreateCheckRunOptions{Output: &github.CheckRunOutput{Title: github.String("t"), Summary: github.String("s"), Annotations: many}})
		}, ""},
		"another repository": {nil, func(s *Server) error {
			_, _, err := s.Plain().PullRequests.Get(t.Context(), "octo", "other", 7)
			return err
		}, "404 Not Found"},
	} {
		t.Run(name, func(t *testing.T) {
			st := oneState()
			if tt.change != nil {
				tt.change(&st)
			}
			err := tt.do(New(t, st))
			if got := fmt.Sprint(err); err == nil != (tt.want == "") || !strings.Contains(got, tt.want) {
				t.Errorf("error = %v", err)
			}
		})
	}
}

// Several faults of one call come one after the other.
func TestFaultsInTurn(t *testing.T) {
	s := New(t, oneState())
	for i, status := range []int{500, 404, 502} {
		s.Fail(Fault{Name: "GET pull", After: i, Status: status})
	}
	for range 4 {
		_, _, _ = s.Plain().PullRequests.Get(t.Context(), "octo", "demo", 7)
	}
	var got []int
	for _, c := range s.Calls() {
		got = append(got, c.Status)
	}
	if diff := cmp.Diff([]int{500, 404, 502, 200}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestReport(t *testing.T) {
	s := New(t, oneState())
	if _, _, err := s.Plain().Issues.CreateComment(t.Context(), "octo", "demo", 7, &github.IssueComment{Body: github.String("hello")}); err != nil {
		t.Fatal(err)
	}
	want := "call POST comments 201\ncomment 1001 on 7 by github-actions, minimized false: 5 bytes\nhello\n"
	if diff := cmp.Diff(want, s.Report()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestFixture(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.json")
	if err := os.WriteFile(path, []byte(`{"pulls": [{"number": 1, "titel": "x"}]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Fixture(path); err == nil || !strings.Contains(err.Error(), "titel") {
		t.Errorf("error = %v", err)
	}
	if _, err := Fixture(path + "x"); err == nil {
		t.Error("no error for a file that is not there")
	}
}
