package ghapi_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/ghapi"
	"github.com/mergebrief/mergebrief/internal/ghapi/ghtest"
)

var (
	head = strings.Repeat("a1", 20)
	old  = strings.Repeat("c2", 20)
)

func numbers(list []ghapi.PullRef) string {
	var out []string
	for _, p := range list {
		out = append(out, fmt.Sprint(p.Number))
	}
	return strings.Join(out, " ")
}

// A run of a fork says where its code is from, and GitHub says which pull
// requests have that very head. Nothing else counts.
func TestPullsOfSource(t *testing.T) {
	fork := func(number int, repository, ref, sha, state string) *ghtest.Pull {
		return &ghtest.Pull{Number: number, State: state, Head: ghtest.Branch{Ref: ref, SHA: sha, Repository: repository, RepositoryID: int64(len(repository))}}
	}
	st := ghtest.State{Pulls: []*ghtest.Pull{
		fork(1, "mona/demo", "topic", old, "CLOSED"), fork(2, "mona/demo", "topic", head, "CLOSED"), fork(3, "mona/demo", "topic", head, "OPEN"),
		fork(4, "evil/demo", "topic", head, "OPEN"), fork(5, "mona/demo", "other", head, "OPEN"), fork(6, "mona/demo-2", "topic", head, "OPEN"),
		fork(7, "mona/demo", "moved", old, "OPEN"),
	}}
	tests := map[string]struct {
		source ghapi.Source
		want   string
		err    string
	}{
		"the head":           {ghapi.Source{Owner: "mona", Branch: "topic", SHA: head, RepositoryID: 9}, "3 2", ""},
		"any repository":     {ghapi.Source{Owner: "mona", Branch: "topic", SHA: head}, "3 6 2", ""},
		"the head moved":     {ghapi.Source{Owner: "mona", Branch: "moved", SHA: head}, "", "none is at a1a1a1a1a1a1 any more: #7 is at c2c2c2c2c2c2"},
		"no pull request":    {ghapi.Source{Owner: "mona", Branch: "nothing", SHA: head}, "", "there is none"},
		"another repository": {ghapi.Source{Owner: "mona", Branch: "topic", SHA: head, RepositoryID: 666}, "", "there is none"},
		"says nothing":       {ghapi.Source{}, "", "does not say where"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := ghtest.New(t, st)
			got, err := ghapi.PullsOfSource(t.Context(), s.Client(), "octo", "demo", tt.source)
			if numbers(got) != tt.want || (err == nil) != (tt.err == "") {
				t.Errorf("%s, %v", numbers(got), err)
			}
			if err != nil && (!strings.Contains(err.Error(), tt.err) || evidence.ReasonOf(err, "") != evidence.NotFound) {
				t.Errorf("error = %v", err)
			}
		})
	}
}

func TestPullsOfCommit(t *testing.T) {
	merged := func(number int, base, commit string, commits ...string) *ghtest.Pull {
		return &ghtest.Pull{Number: number, State: "MERGED", MergedAt: "2026-01-02T00:00:00Z", MergeCommit: commit, Base: ghtest.Branch{Ref: base}, Head: ghtest.Branch{SHA: old}, Commits: commits}
	}
	s := ghtest.New(t, ghtest.State{Pulls: []*ghtest.Pull{
		merged(1, "main", old, head), merged(2, "main", head, old), merged(3, "release", head),
		{Number: 4, Head: ghtest.Branch{SHA: head}},
		merged(5, "main", strings.Repeat("e5", 20)),
	}})
	got, err := ghapi.PullsOfCommit(t.Context(), s.Client(), "octo", "demo", "main", head)
	if err != nil || numbers(got) != "2 1" || got[0].MergeCommit != head {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := ghapi.PullsOfCommit(t.Context(), s.Client(), "octo", "demo", "main", strings.Repeat("77", 20)); evidence.ReasonOf(err, "") != evidence.NotFound {
		t.Errorf("error = %v", err)
	}
}

func TestPullsOfGroup(t *testing.T) {
	sha := func(n int) string { return strings.Repeat(fmt.Sprintf("%02d", n), 20) }
	entry := func(pull, base, head int) *ghtest.QueueEntry {
		return &ghtest.QueueEntry{Branch: "main", Pull: pull, Base: sha(base), Head: sha(head)}
	}
	s := ghtest.New(t, ghtest.State{Queue: []*ghtest.QueueEntry{entry(11, 0, 1), entry(12, 1, 2), entry(13, 2, 3)}})
	for name, tt := range map[string]struct {
		branch     string
		base, head int
		want       []int
		fails      bool
	}{
		"one":           {"main", 0, 1, []int{11}, false},
		"all":           {"main", 0, 3, []int{11, 12, 13}, false},
		"upper part":    {"main", 1, 3, []int{12, 13}, false},
		"head is gone":  {"main", 0, 9, nil, true},
		"base is gone":  {"main", 9, 3, []int{11, 12, 13}, true},
		"without queue": {"release", 0, 1, nil, true},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := ghapi.PullsOfGroup(t.Context(), s.Client(), s.GraphQLURL(), "octo", "demo", tt.branch, sha(tt.base), sha(tt.head))
			if diff := cmp.Diff(tt.want, got); diff != "" || (err != nil) != tt.fails {
				t.Errorf("%v (-want +got):\n%s", err, diff)
			}
		})
	}
}

func TestPullsClosedSince(t *testing.T) {
	closed := func(number int, at, updated string) *ghtest.Pull {
		return &ghtest.Pull{Number: number, State: "CLOSED", ClosedAt: at, UpdatedAt: updated, Head: ghtest.Branch{SHA: head}}
	}
	st := ghtest.State{Pulls: []*ghtest.Pull{
		closed(1, "2026-01-01T00:00:00Z", "2026-03-01T00:00:00Z"), closed(2, "2026-02-02T00:00:00Z", "2026-02-03T00:00:00Z"),
		closed(3, "2026-02-01T00:00:00Z", "2026-02-01T00:00:00Z"),
		{Number: 4, Head: ghtest.Branch{SHA: head}},
	}}
	for n := range 120 {
		st.Pulls = append(st.Pulls, closed(100+n, "2025-01-01T00:00:00Z", "2025-01-02T00:00:00Z"))
	}
	s := ghtest.New(t, st)
	got, err := ghapi.PullsClosedSince(t.Context(), s.Client(), "octo", "demo", time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC))
	if err != nil || numbers(got) != "2 3" || len(s.Calls()) != 1 {
		t.Errorf("%s, %v", numbers(got), err)
	}
}

// Every call fails once, in each way: what may pass is waited for, what may not
// has its reason.
func TestResolveFaults(t *testing.T) {
	st := ghtest.State{
		Pulls: []*ghtest.Pull{{Number: 2, State: "MERGED", MergedAt: "2026-01-02T00:00:00Z", MergeCommit: head, Head: ghtest.Branch{Ref: "topic", SHA: head}}},
		Queue: []*ghtest.QueueEntry{{Branch: "main", Pull: 2, Base: old, Head: head}},
	}
	asks := map[string]func(*ghtest.Server) error{
		"source": func(s *ghtest.Server) error {
			_, err := ghapi.PullsOfSource(t.Context(), s.Client(), "octo", "demo", ghapi.Source{Owner: "octo", Branch: "topic", SHA: head})
			return err
		},
		"commit": func(s *ghtest.Server) error {
			_, err := ghapi.PullsOfCommit(t.Context(), s.Client(), "octo", "demo", "main", head)
			return err
		},
		"group": func(s *ghtest.Server) error {
			_, err := ghapi.PullsOfGroup(t.Context(), s.Client(), s.GraphQLURL(), "octo", "demo", "main", old, head)
			return err
		},
	}
	for name, tt := range map[string]struct {
		fault  ghtest.Fault
		reason evidence.Reason
	}{
		"500": {ghtest.Fault{Status: 500}, ""}, "dropped": {ghtest.Fault{Drop: true}, ""}, "lost": {ghtest.Fault{LoseAnswer: true}, ""},
		"truncated": {ghtest.Fault{Truncate: true}, ""}, "429": {ghtest.Fault{Status: 429}, ""}, "secondary": {ghtest.Fault{Status: 403, Body: secondary}, ""},
		"403": {ghtest.Fault{Status: 403, Body: denied}, evidence.Denied}, "401": {ghtest.Fault{Status: 401}, evidence.Denied},
		"404": {ghtest.Fault{Status: 404}, evidence.NotFound}, "for good": {ghtest.Fault{Status: 503, Times: 9}, evidence.Unavailable},
	} {
		for kind, ask := range asks {
			t.Run(kind+" "+name, func(t *testing.T) {
				s := ghtest.New(t, st)
				s.Fail(tt.fault)
				if err := ask(s); (err == nil) != (tt.reason == "") || evidence.ReasonOf(err, "") != tt.reason {
					t.Errorf("error = %v", err)
				}
			})
		}
	}
}
