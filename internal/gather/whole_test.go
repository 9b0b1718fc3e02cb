package gather

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/ghapi"
	"github.com/mergebrief/mergebrief/internal/ghapi/ghtest"
)

// answered are the facts of a pull request, of which GitHub spoils some answers.
func answered(t *testing.T, st ghtest.State, faults ...ghtest.Fault) evidence.Fragment {
	t.Helper()
	s := ghtest.New(t, st)
	s.Fail(faults...)
	client := s.Client()
	snap, err := ghapi.TakeSnapshot(t.Context(), client, s.GraphQLURL(), "octo", "demo", 7)
	if err != nil {
		t.Fatal(err)
	}
	f, err := Pull{Snapshot: snap, Client: client, GraphQL: s.GraphQLURL(), CheckName: "mergebrief"}.Gather(t.Context(), pullTarget())
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// crowded is the fixture with two pages of everything on which a gate rests, of
// which the entries that count are on either page.
func crowded(t *testing.T) ghtest.State {
	t.Helper()
	st := hub(t)
	p := st.Pulls[0]
	for i := range 103 {
		st.Checks = append(st.Checks, &ghtest.Check{ID: int64(5000 + i), Name: fmt.Sprintf("job %d", i), HeadSHA: headSHA, Run: 90})
		p.Reviews = append(p.Reviews, &ghtest.Review{Author: &ghtest.Account{Login: fmt.Sprintf("user%d", i)}, State: "COMMENTED", Commit: headSHA})
		p.Threads = append(p.Threads, true)
	}
	for _, at := range []int{0, 101} {
		st.Checks = append(st.Checks, &ghtest.Check{ID: int64(9000 + at), Name: fmt.Sprintf("red %d", at), HeadSHA: headSHA, Run: 90, Conclusion: "failure"})
		p.Reviews[at].State = "CHANGES_REQUESTED"
	}
	return st
}

const (
	pullPath = "repository.pullRequest"
	tipPath  = pullPath + ".tip.nodes.0.commit.statusCheckRollup"
)

// Whatever GitHub loses of a list on which a gate rests, on whatever page and in
// whatever way, the list is either made whole by asking again or not called so.
// What failed is not lost.
func TestThreatIncompleteLists(t *testing.T) {
	lists := []struct {
		name  evidence.GatedList
		paths []string // of what GitHub loses
		rest  string   // the call that makes the list whole; empty where there is none
		// Of the whole list, what failed.
		failed func(evidence.Fragment) []string
	}{
		{evidence.GatedChecks, []string{tipPath, tipPath + ".contexts", tipPath + ".contexts.nodes", tipPath + ".contexts.nodes.1", tipPath + ".contexts.nodes.1.conclusion", pullPath + ".tip", pullPath + ".tip.nodes.0"}, "GET checks", failedChecks},
		{evidence.GatedReviews, []string{pullPath + ".reviews", pullPath + ".reviews.nodes", pullPath + ".reviews.nodes.2", pullPath + ".reviews.nodes.2.author"}, "GET reviews", refusals},
		{evidence.GatedThreads, []string{pullPath + ".reviewThreads", pullPath + ".reviewThreads.nodes.3", pullPath + ".reviewThreads.nodes"}, "", nil},
		{evidence.GatedLabels, []string{pullPath + ".labels", pullPath + ".labels.nodes.0"}, "GET pull", nil},
	}
	whole := answered(t, crowded(t))
	if diff := cmp.Diff(evidence.GatedLists(), whole.Whole); diff != "" {
		t.Fatalf("nothing is lost (-want +got):\n%s", diff)
	}
	for _, l := range lists {
		for page := range 2 {
			for _, path := range l.paths {
				if page == 1 && l.name == evidence.GatedLabels {
					continue // they come with the first page
				}
				hole := ghtest.Fault{Name: "GraphQL PullRequest", After: page, Hole: path}
				t.Run(fmt.Sprintf("%s page %d %s", l.name, page+1, strings.TrimPrefix(path, pullPath+".")), func(t *testing.T) {
					f := answered(t, crowded(t), hole)
					// Without the head there is nothing to ask about.
					restored := l.rest != "" && !strings.HasPrefix(path, pullPath+".tip") || strings.HasPrefix(path, tipPath) || page == 1 && l.name == evidence.GatedChecks
					if got := slices.Contains(f.Whole, l.name); got != restored {
						t.Errorf("whole: %t, want %t; gaps %v", got, restored, f.Gaps)
					}
					if restored && l.failed != nil {
						if diff := cmp.Diff(l.failed(whole), l.failed(f)); diff != "" {
							t.Errorf("what failed (-want +got):\n%s", diff)
						}
					}
				})
				if l.rest == "" || page == 1 || path != l.paths[0] {
					continue // how the second answer fails does not depend on the first
				}
				for _, status := range []int{403, 404, 429, 502} {
					t.Run(fmt.Sprintf("%s page %d %s, then %d", l.name, page+1, strings.TrimPrefix(path, pullPath+"."), status), func(t *testing.T) {
						f := answered(t, crowded(t), hole, ghtest.Fault{Name: l.rest, Status: status, Times: 9})
						if slices.Contains(f.Whole, l.name) {
							t.Error("it is called whole")
						}
					})
				}
			}
		}
	}
}

// The second page is an error: of rights, of limits, of the service.
func TestThreatIncompletePages(t *testing.T) {
	whole := answered(t, crowded(t))
	for _, status := range []int{403, 429, 502} {
		for _, fault := range []ghtest.Fault{
			{Name: "GraphQL PullRequest", After: 1, Status: status, Times: 9},
			{Name: "GraphQL PullRequest", After: 1, Status: 200, Times: 9, Body: `{"data":null,"errors":[{"type":"RATE_LIMITED","message":"API rate limit exceeded"}]}`},
			{Name: "GraphQL PullRequest", After: 1, Drop: true, Times: 9},
			{Name: "GraphQL PullRequest", After: 1, Truncate: true, Times: 9},
		} {
			f := answered(t, crowded(t), fault)
			if diff := cmp.Diff([]evidence.GatedList{evidence.GatedChecks, evidence.GatedReviews, evidence.GatedLabels}, f.Whole); diff != "" {
				t.Errorf("%d: (-want +got):\n%s", status, diff)
			}
			if diff := cmp.Diff(failedChecks(whole), failedChecks(f)); diff != "" {
				t.Errorf("%d: checks that failed (-want +got):\n%s", status, diff)
			}
			if diff := cmp.Diff(refusals(whole), refusals(f)); diff != "" {
				t.Errorf("%d: reviews (-want +got):\n%s", status, diff)
			}
			if status != 403 {
				break // the others are the same whatever the status
			}
			// A page of the second answer is missing as well.
			f = answered(t, crowded(t), fault, ghtest.Fault{Name: "GET checks", After: 1, Status: status, Times: 9}, ghtest.Fault{Name: "GET reviews", After: 1, Status: status, Times: 9})
			if diff := cmp.Diff([]evidence.GatedList{evidence.GatedLabels}, f.Whole); diff != "" {
				t.Errorf("%d, twice: (-want +got):\n%s", status, diff)
			}
		}
	}
}

// A merge group has checks and nothing else.
func TestThreatIncompleteMergeGroup(t *testing.T) {
	const rollup = "repository.object.statusCheckRollup"
	group := func(faults ...ghtest.Fault) evidence.Fragment {
		st := crowded(t)
		st.Commits = append(st.Commits, &ghtest.Commit{SHA: headSHA})
		s := ghtest.New(t, st)
		s.Fail(faults...)
		g := GroupChecks{Client: s.Client(), GraphQL: s.GraphQLURL(), Owner: "octo", Repository: "demo", URL: "https://github.com/octo/demo"}
		f, err := g.Gather(t.Context(), evidence.Target{Head: headSHA})
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	want := failedChecks(group())
	if len(want) < 2 {
		t.Fatalf("only %v failed", want)
	}
	for _, path := range []string{rollup, rollup + ".contexts", rollup + ".contexts.nodes.0", rollup + ".contexts.nodes.0.conclusion"} {
		hole := ghtest.Fault{Name: "GraphQL Commit", Hole: path}
		f := group(hole)
		if diff := cmp.Diff([]evidence.GatedList{evidence.GatedChecks}, f.Whole); diff != "" {
			t.Errorf("%s: (-want +got):\n%s", path, diff)
		}
		if diff := cmp.Diff(want, failedChecks(f)); diff != "" {
			t.Errorf("%s: checks that failed (-want +got):\n%s", path, diff)
		}
		for _, call := range []string{"GET checks", "GET status"} {
			if f := group(hole, ghtest.Fault{Name: call, Status: 502, Times: 9}); len(f.Whole) > 0 {
				t.Errorf("%s and no %s: whole %v", path, call, f.Whole)
			}
		}
	}
}

func failedChecks(f evidence.Fragment) []string {
	var names []string
	for _, c := range f.Checks {
		if c.Failed() {
			names = append(names, c.Name+" by "+c.App+" in "+c.Workflow)
		}
	}
	return names
}

func refusals(f evidence.Fragment) []string {
	var names []string
	for _, r := range f.Reviews {
		if r.State == evidence.ReviewChangesRequested {
			names = append(names, r.Reviewer.Login)
		}
	}
	slices.Sort(names)
	return names
}
