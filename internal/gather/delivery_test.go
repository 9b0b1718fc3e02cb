package gather

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/ghapi"
	"github.com/mergebrief/mergebrief/internal/ghapi/ghtest"
)

// delivery gathers everything that comes from GitHub.
func delivery(t *testing.T, s *ghtest.Server) (f evidence.Fragment, errs []error) {
	t.Helper()
	client := s.Client()
	add := func(part evidence.Fragment, err error) {
		f.Add(part)
		if err != nil {
			errs = append(errs, err)
		}
	}
	snap, err := ghapi.TakeSnapshot(t.Context(), client, s.GraphQLURL(), "octo", "demo", 7)
	if err != nil {
		return f, []error{err}
	}
	add(Pull{Snapshot: snap, Client: client, GraphQL: s.GraphQLURL(), CheckName: "mergebrief"}.Gather(t.Context(), pullTarget()))
	add(Artifacts{Client: client, Owner: "octo", Repo: "demo", RunID: 90, Patterns: []string{"*"}, Temp: t.TempDir()}.Gather(t.Context(), pullTarget()))
	return f, errs
}

// Every call fails once, in turn, in each way. What passes by itself leaves no
// trace; everything else leaves a gap or an error, and never takes a failure out
// of the record without one.
func TestEveryCallFailsOnce(t *testing.T) {
	st := func() ghtest.State {
		st := hub(t)
		st.Pulls[0].Body = "Fixes #482 and closes #9"
		st.Issues = append(st.Issues, &ghtest.Issue{Number: 9})
		st.Artifacts[0].Files = map[string]string{"junit.xml": junit}
		return st
	}
	s := ghtest.New(t, st())
	want, errs := delivery(t, s)
	calls := s.Names()
	if len(errs) > 0 || len(calls) != 7 {
		t.Fatalf("%v: %v", errs, calls)
	}
	passing := map[string]ghtest.Fault{
		"500": {Status: 500}, "502 twice": {Status: 502, Times: 2}, "429": {Status: 429}, "drop": {Drop: true}, "lost": {LoseAnswer: true}, "truncated": {Truncate: true},
		"primary limit":   {Status: 403, Header: map[string]string{"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1"}},
		"secondary limit": {Status: 403, Header: map[string]string{"Retry-After": "1"}, Body: `{"message":"You have exceeded a secondary rate limit"}`},
	}
	lasting := map[string]ghtest.Fault{
		"401": {Status: 401}, "403": {Status: 403, Body: `{"message":"Resource not accessible by integration"}`}, "404": {Status: 404}, "410": {Status: 410},
		"422": {Status: 422}, "503 for good": {Status: 503, Times: 99},
	}
	for n, call := range calls {
		for name, fault := range passing {
			if call == "GET blob" && name == "secondary limit" || call == "GET blob" && name == "primary limit" {
				continue // the storage has no such limits
			}
			t.Run(call+" "+name, func(t *testing.T) {
				s := ghtest.New(t, st())
				fault.After = n
				s.Fail(fault)
				got, errs := delivery(t, s)
				if diff := cmp.Diff(want, got); diff != "" || len(errs) > 0 {
					t.Errorf("%v (-want +got):\n%s", errs, diff)
				}
			})
		}
		for name, fault := range lasting {
			t.Run(call+" "+name, func(t *testing.T) {
				s := ghtest.New(t, st())
				fault.After = n
				s.Fail(fault)
				got, errs := delivery(t, s)
				// A download that fails is made once more.
				if diff := cmp.Diff(want, got); diff != "" && len(errs) == 0 && len(got.Gaps) <= len(want.Gaps) {
					t.Errorf("nothing tells of it (-want +got):\n%s", diff)
				}
				if n > 0 && (len(got.Checks) != len(want.Checks) || len(got.Heads) != len(want.Heads) || len(got.Reviews) != len(want.Reviews)) {
					t.Errorf("%d checks, %d heads, %d reviews", len(got.Checks), len(got.Heads), len(got.Reviews))
				}
			})
		}
	}
}
