package publish

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/ghapi"
	"github.com/mergebrief/mergebrief/internal/ghapi/ghtest"
	"github.com/mergebrief/mergebrief/internal/render/brief"
	"github.com/mergebrief/mergebrief/internal/render/comment"
)

// checkAt makes check runs with one annotation for each span of a finding,
// whatever the renderer chooses to show.
func checkAt(c CheckConfig) Publisher {
	p := Check(c).(check)
	p.render = func(b *evidence.Bundle, _ brief.Options) comment.Output {
		out := comment.Output{Title: b.Assessment.Verdict.Title, Summary: "summary"}
		for _, f := range b.Assessment.Findings {
			for _, s := range f.Spans {
				out.Annotations = append(out.Annotations, comment.Annotation{Path: s.Path, Start: s.First, End: s.Last, Level: "warning", Message: f.Message})
			}
		}
		return out
	}
	return p
}

func runURL() string { return "https://github.com/octo/demo/actions/runs/99" }

func TestCheck(t *testing.T) {
	h, client := newHub(t)
	p := checkAt(CheckConfig{REST: client, DetailsURL: runURL()})
	publish := func(e *Edition, want State) Receipt {
		t.Helper()
		r, err := p.Publish(t.Context(), e)
		if err != nil {
			t.Fatal(err)
		}
		if r.State != want {
			t.Errorf("state = %s, want %s", r.State, want)
		}
		return r
	}
	calls := func(want ...string) {
		t.Helper()
		if diff := cmp.Diff(want, h.Names()); diff != "" {
			t.Errorf("calls (-want +got):\n%s", diff)
		}
	}

	e := onHub(2)
	first := publish(e, Created)
	calls("GET checks", "POST checks", "GET checks")
	got := state(h).Checks[0]
	if got.Name != "mergebrief" || got.Conclusion != "failure" || got.DetailsURL != runURL() ||
		got.HeadSHA != e.Bundle.Record.Target.Head || got.ExternalID != "mergebrief:7:"+got.HeadSHA+":k" {
		t.Errorf("check run %+v", got)
	}
	if !strings.HasSuffix(e.Links.Check, fmt.Sprintf("/runs/%d", got.ID)) || first.URL != e.Links.Check {
		t.Errorf("link %q", e.Links.Check)
	}

	publish(onHub(2), Unchanged)
	calls("GET checks")

	// Somebody with the same token turns it green.
	h.With(func(st *ghtest.State) { st.Checks[0].Conclusion = "success" })
	publish(onHub(2), Updated)
	calls("GET checks", "GET annotations", "PATCH checks")

	changed := onHub(3)
	changed.Bundle.Assessment.Verdict.Conclusion = evidence.ConclusionNeutral
	if r := publish(changed, Updated); r.ID != first.ID {
		t.Errorf("id = %s, want %s", r.ID, first.ID)
	}
	calls("GET checks", "GET annotations", "PATCH checks")
	if n := len(got.Annotations); n != 3 || got.Conclusion != "neutral" {
		t.Errorf("%d annotations, %s", n, got.Conclusion)
	}

	if r := publish(onHub(1), Updated); !strings.Contains(r.Detail, "2 annotations of an earlier run stay") {
		t.Errorf("detail = %q", r.Detail)
	}
	calls("GET checks", "GET annotations", "PATCH checks")

	next := onHub(1)
	next.Bundle.Record.Target.Head = strings.Repeat("b2", 20)
	publish(next, Created)
	other := onHub(1)
	other.Bundle.Record.Target.PullRequest = 8
	publish(other, Created)
	keyed := onHub(1)
	keyed.Key = "other"
	publish(keyed, Created)
	if n := len(state(h).Checks); n != 4 {
		t.Errorf("%d check runs", n)
	}
}

func TestCheckBatches(t *testing.T) {
	tests := map[string]struct {
		findings int
		calls    []string
		shown    int
		detail   string
	}{
		"none":             {0, []string{"GET checks", "POST checks", "GET checks"}, 0, ""},
		"one batch":        {50, []string{"GET checks", "POST checks", "GET checks"}, 50, ""},
		"one more":         {51, []string{"GET checks", "POST checks", "GET checks", "PATCH checks"}, 51, ""},
		"more than is fit": {300, []string{"GET checks", "POST checks", "GET checks", "PATCH checks", "PATCH checks", "PATCH checks"}, 200, "200 of 300 annotations are shown"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			h, _ := newHub(t)
			r := withAnnotations(h, tt.findings)
			if _, _, err := r.publish(t.Context(), true); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.calls, h.Names()); diff != "" {
				t.Errorf("calls (-want +got):\n%s", diff)
			}
			if n := len(state(h).Checks[0].Annotations); n != tt.shown || r.remark != tt.detail {
				t.Errorf("%d annotations, %q", n, r.remark)
			}
			if _, state, err := r.publish(t.Context(), true); err != nil || state != Unchanged {
				t.Errorf("again: %s, %v", state, err)
			}
		})
	}
}

// withAnnotations is a check run with n annotations, whatever rendering allows.
func withAnnotations(h *ghtest.Server, n int) *checkRun {
	r := &checkRun{owner: "octo", repo: "demo", head: strings.Repeat("ab", 20), name: "c", externalID: "x", conclusion: "success"}
	out := comment.Output{Title: "t", Summary: "s", Text: "text"}
	for i := range n {
		out.Annotations = append(out.Annotations, comment.Annotation{Path: "a.go", Start: i + 1, End: i + 1, Level: "warning", Message: fmt.Sprint(i)})
	}
	r.fill(out)
	r.checks = h.Plain().Checks
	return r
}

// An interrupted series of annotations is completed by the next run, without
// repeating what is there.
func TestCheckInterrupted(t *testing.T) {
	for name, faults := range map[string][]int{"after the first batch": {500}, "after the second batch": {0, 500}} {
		t.Run(name, func(t *testing.T) {
			h, _ := newHub(t)
			failing(h, map[string][]int{"PATCH checks": faults})
			if _, _, err := withAnnotations(h, 130).publish(t.Context(), true); ghapi.StatusOf(err) != 500 {
				t.Fatalf("error = %v", err)
			}
			if _, state, err := withAnnotations(h, 130).publish(t.Context(), true); err != nil || state != Updated {
				t.Fatalf("%s, %v", state, err)
			}
			if list := state(h).Checks; len(list) != 1 || len(list[0].Annotations) != 130 {
				t.Errorf("%d check runs, %d annotations", len(list), len(list[0].Annotations))
			}
		})
	}
}

func TestCheckFaults(t *testing.T) {
	tests := map[string]struct {
		faults map[string][]int
		exists bool
		calls  string
		runs   int
		state  State
		reason evidence.Reason
	}{
		"may not look":                {map[string][]int{"GET checks": {403}}, false, "GET", 0, Refused, evidence.Denied},
		"may not write":               {map[string][]int{"POST checks": {403}}, false, "GET POST", 0, Refused, evidence.Denied},
		"bad credentials":             {map[string][]int{"GET checks": {401}}, false, "GET", 0, Failed, evidence.Denied},
		"not valid":                   {map[string][]int{"POST checks": {422}}, false, "GET POST", 0, Failed, evidence.Unavailable},
		"answer to POST lost":         {map[string][]int{"POST checks": {lost}}, false, "GET POST GET", 1, Created, ""},
		"POST never arrives":          {map[string][]int{"POST checks": {dropped}}, false, "GET POST GET POST GET", 1, Created, ""},
		"POST answers 502":            {map[string][]int{"POST checks": {502}}, false, "GET POST GET POST GET", 1, Created, ""},
		"POST answers 502 always":     {map[string][]int{"POST checks": {502, 502, 502}}, false, "GET POST GET POST", 0, Failed, evidence.Unavailable},
		"cannot look again":           {map[string][]int{"GET checks": {0, 500}}, false, "GET POST GET", 1, Created, ""},
		"neither POST nor look":       {map[string][]int{"POST checks": {dropped}, "GET checks": {0, 500}}, false, "GET POST GET", 0, Failed, evidence.Unavailable},
		"made by another app":         {map[string][]int{"PATCH checks": {403}}, true, "GET PATCH POST", 2, Created, ""},
		"may not write any more":      {map[string][]int{"PATCH checks": {403}, "POST checks": {403}}, true, "GET PATCH POST", 1, Refused, evidence.Denied},
		"PATCH answers 500":           {map[string][]int{"PATCH checks": {500}}, true, "GET PATCH", 1, Failed, evidence.Unavailable},
		"too many requests, as a 429": {map[string][]int{"GET checks": {429}}, true, "GET", 1, Failed, evidence.Unavailable},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			h, client := newHub(t)
			p := checkAt(CheckConfig{REST: client})
			if tt.exists {
				if _, err := p.Publish(t.Context(), onHub(0)); err != nil {
					t.Fatal(err)
				}
				h.Calls()
			}
			failing(h, tt.faults)
			e := onHub(0)
			e.Bundle.Assessment.Verdict.Title = "changed"
			receipts, err := All(t.Context(), e, []Publisher{p})
			r := receipts[0]
			if calls := calls(h, "checks"); calls != tt.calls {
				t.Errorf("calls = %s, want %s", calls, tt.calls)
			}
			if n := len(state(h).Checks); n != tt.runs || r.State != tt.state || evidence.ReasonOf(r.Err, "") != tt.reason {
				t.Errorf("%d check runs, %s, %v", n, r.State, r.Err)
			}
			if (err != nil) != (tt.state == Failed) {
				t.Errorf("joined error = %v", err)
			}
			if gap, ok := r.Gap(); ok && tt.state == Refused && gap.Hint != checkHint {
				t.Errorf("hint = %q", gap.Hint)
			}
		})
	}
}

// Two check runs with one external id, however they came about: the newest stands,
// the other says so with the same conclusion, and nothing is written twice.
func TestCheckDuplicates(t *testing.T) {
	h, client := newHub(t)
	p := checkAt(CheckConfig{REST: client})
	id := "mergebrief:7:" + strings.Repeat("a1", 20) + ":k"
	h.Before("POST checks", func(st *ghtest.State) {
		if len(st.Checks) == 0 {
			st.Checks = append(st.Checks, &ghtest.Check{
				ID: 5, Name: "mergebrief", HeadSHA: strings.Repeat("a1", 20), ExternalID: id, App: "github-actions", AppID: 15368, Status: "completed", Conclusion: "success",
			})
		}
	})
	publish := func(conclusion evidence.Conclusion, want string) {
		t.Helper()
		e := onHub(0)
		e.Bundle.Assessment.Verdict.Conclusion = conclusion
		r, err := p.Publish(t.Context(), e)
		if err != nil || r.ID == "5" {
			t.Fatalf("%+v, %v", r, err)
		}
		if calls := calls(h, "checks"); calls != want {
			t.Errorf("calls = %s, want %s", calls, want)
		}
		if list := state(h).Checks; len(list) != 2 || list[0].Title != supersededTitle || list[0].Conclusion != string(conclusion) || list[1].Conclusion != string(conclusion) {
			t.Errorf("%+v, %+v", list[0], list[1])
		}
	}
	publish(evidence.ConclusionFailure, "GET POST GET PATCH")
	publish(evidence.ConclusionFailure, "GET")
	publish(evidence.ConclusionNeutral, "GET PATCH PATCH")
	publish(evidence.ConclusionNeutral, "GET")
	h.With(func(st *ghtest.State) { st.Checks[0].App, st.Checks[0].AppID, st.Checks[0].Title = "other", 1, "" })
	if _, err := p.Publish(t.Context(), onHub(0)); err != nil || calls(h, "checks") != "GET PATCH" || state(h).Checks[0].Title != "" {
		t.Error("the check run of another app was touched", err)
	}
}

// Another run makes a newer check run at the same time: that one stands, with the
// content of the later run.
func TestCheckRace(t *testing.T) {
	for name, tt := range map[string]struct {
		run   int64
		calls string
		state State
		title string
	}{
		"ours is later": {101, "GET POST GET PATCH PATCH", Updated, "ours"},
		"ours is older": {99, "GET POST GET PATCH", Superseded, "theirs"},
	} {
		t.Run(name, func(t *testing.T) {
			h, client := newHub(t)
			theirs, ours := onHub(0), onHub(0)
			theirs.Bundle.Record.Run, ours.Bundle.Record.Run = &evidence.WorkflowRun{RunID: 100, Attempt: 1}, &evidence.WorkflowRun{RunID: tt.run, Attempt: 1}
			theirs.Bundle.Assessment.Verdict.Title, ours.Bundle.Assessment.Verdict.Title = "theirs", "ours"
			done := false
			h.Before("GET checks", func(st *ghtest.State) {
				if len(st.Checks) == 1 && !done { // after ours was made, and before we look again
					done = true
					twin := *st.Checks[0]
					other := withAnnotations(h, 0)
					other.run, other.attempt, other.conclusion = 100, 1, twin.Conclusion
					other.fill(comment.Output{Title: "theirs", Summary: "summary"})
					twin.ID, twin.Title, twin.Text = twin.ID+1, "theirs", other.settled
					st.Checks = append(st.Checks, &twin)
				}
			})
			r, err := checkAt(CheckConfig{REST: client, Runs: everyRun{}}).Publish(t.Context(), ours)
			if err != nil || r.State != tt.state {
				t.Errorf("%+v, %v", r, err)
			}
			if calls := calls(h, "checks"); calls != tt.calls {
				t.Errorf("calls = %s, want %s", calls, tt.calls)
			}
			if list := state(h).Checks; standing(h) != 1 || list[1].Title != tt.title {
				t.Errorf("%d stand, the newest says %q", standing(h), list[1].Title)
			}
		})
	}
}

// What the description of the pull request told of check runs saves a look.
func TestCheckListed(t *testing.T) {
	for name, tt := range map[string]struct {
		listed []string
		calls  string
	}{
		"not known": {nil, "GET POST GET"},
		"none":      {[]string{}, "POST GET"},
		"others":    {[]string{"mergebrief:8:" + strings.Repeat("a1", 20)}, "POST GET"},
		"ours":      {[]string{"mergebrief:7:" + strings.Repeat("a1", 20) + ":k"}, "GET POST GET"},
	} {
		h, client := newHub(t)
		if _, err := checkAt(CheckConfig{REST: client, Listed: tt.listed}).Publish(t.Context(), onHub(0)); err != nil {
			t.Fatal(err)
		}
		if calls := calls(h, "checks"); calls != tt.calls {
			t.Errorf("%s: calls = %s, want %s", name, calls, tt.calls)
		}
	}
}

// A run that was held up leaves the check run of a later one alone.
func TestCheckSuperseded(t *testing.T) {
	h, client := newHub(t)
	p := checkAt(CheckConfig{REST: client, Runs: everyRun{}})
	for _, step := range []struct {
		run     int64
		attempt int
		title   string
		want    State
	}{
		{100, 1, "later", Created}, {99, 1, "earlier", Superseded}, {99, 2, "started again", Updated}, {101, 1, "latest", Updated},
	} {
		e := onHub(0)
		e.Bundle.Record.Run = &evidence.WorkflowRun{RunID: step.run, Attempt: step.attempt}
		e.Bundle.Assessment.Verdict.Title = step.title
		r, err := p.Publish(t.Context(), e)
		if err != nil || r.State != step.want {
			t.Errorf("%s: %+v, %v", step.title, r, err)
		}
		if got := state(h).Checks[0].Title; (got == step.title) == (step.want == Superseded) {
			t.Errorf("%s: the check run says %q", step.title, got)
		}
	}
}

func TestCheckLimits(t *testing.T) {
	h, _ := newHub(t)
	r := withAnnotations(h, 0)
	long := strings.Repeat("é", 40000)
	r.fill(comment.Output{Title: long, Summary: long, Text: long, Annotations: []comment.Annotation{{Path: "a", Level: "error", Title: long, Message: long}}})
	if _, _, err := r.publish(t.Context(), true); err != nil {
		t.Fatal(err)
	}
	got := state(h).Checks[0]
	if n := len(got.Title); n > 255 {
		t.Errorf("title has %d bytes", n)
	}
	if !strings.HasSuffix(got.Text, " -->") {
		t.Error("the digest was cut off")
	}
	want := []ghtest.Annotation{{Path: "a", Start: 1, End: 1, Level: "failure", Title: evidence.Clip(long, 255), Message: evidence.Clip(long, 65535)}}
	if diff := cmp.Diff(want, got.Annotations); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
