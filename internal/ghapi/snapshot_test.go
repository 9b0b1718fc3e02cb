package ghapi_test

import (
	"testing"

	"github.com/mergebrief/mergebrief/internal/ghapi"
	"github.com/mergebrief/mergebrief/internal/ghapi/ghtest"
)

func TestX(t *testing.T) {
	st, err := ghtest.Fixture("testdata/pull.json")
	if err != nil {
		t.Fatal(err)
	}
	s := ghtest.New(t, st)
	snap, err := ghapi.TakeSnapshot(t.Context(), s.Client(), s.GraphQLURL(), "octo", "demo", 7)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%+v", snap)
	for _, p := range []string{"repos/octo/demo/pulls/7", "repos/octo/demo/pulls?state=all&head=octo:482-rotate", "repos/octo/demo/commits/a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1/check-runs?filter=all&per_page=1", "repos/octo/demo/issues/7/comments", "repos/octo/demo/actions/runs", "repos/octo/demo/actions/runs/90", "repos/octo/demo/actions/runs/90/jobs?filter=all", "repos/octo/demo/actions/runs/90/artifacts", "repos/octo/demo", "repos/octo/demo/contents/.github/mergebrief.yml?ref=main", "repos/octo/demo/commits/a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1/pulls"} {
		c := s.Client()
		req, _ := c.NewRequest("GET", p, nil)
		var v any
		_, err := c.Do(t.Context(), req, &v)
		if err != nil {
			t.Error(p, err)
		}
	}
}
