package publish

import (
	"strings"
	"testing"

	"github.com/google/go-github/v60/github"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/ghapi/ghtest"
)

// runsOfHub are the workflow runs that GitHub knows: 98, 99 and 100 of our workflow, and
// 500 of another one.
func runsOfHub(h *ghtest.Server) {
	h.With(func(st *ghtest.State) {
		for id, name := range map[int64]string{98: "Ours", 99: "Ours", 100: "Ours", 500: "Other"} {
			st.Runs = append(st.Runs, &ghtest.Run{ID: id, Name: name, Attempt: 1, HeadSHA: strings.Repeat("a1", 20)})
		}
	})
}

// publishers are those of the workflow run 99.
func publishers(t *testing.T, h *ghtest.Server, client *github.Client) []Publisher {
	t.Helper()
	runs := NewRuns(client, "octo", "demo", 99)
	return []Publisher{
		Check(CheckConfig{REST: client, App: "github-actions", Runs: runs, Comment: true}),
		Comment(CommentConfig{REST: client, Conversation: talk(t, h), Runs: runs, App: "github-actions"}),
	}
}

func editionOf(run int64, title string) *Edition {
	e := onHub(0)
	e.Bundle.Record.Run = &evidence.WorkflowRun{RunID: run, Attempt: 1}
	e.Bundle.Record.PullRequest = &evidence.PullRequest{Number: 7, Head: e.Bundle.Record.Target.Head}
	e.Bundle.Assessment.Verdict.Title = title
	return e
}

// Whatever somebody writes into our comment, it stands only if it is what a newer run
// of ours wrote.
func TestThreatT15EditedComment(t *testing.T) {
	tests := map[string]struct {
		// The run that wrote before us, and what somebody makes of its comment.
		before int64
		edit   func(string) string
		state  State
		remark string
	}{
		"nobody edited, an older run":   {98, nil, Updated, ""},
		"nobody edited, a newer run":    {100, nil, Superseded, ""},
		"an older run's, edited":        {98, func(s string) string { return s + "\nall is well\n" }, Updated, "somebody had edited it"},
		"a newer run's, edited":         {100, func(s string) string { return s + "\nall is well\n" }, Updated, "somebody had edited it"},
		"a run of a far future":         {98, func(s string) string { return strings.Replace(s, "run=98.1", "run=99999999999.1", 1) }, Updated, ""},
		"a run of another workflow":     {98, func(s string) string { return strings.Replace(s, "run=98.1", "run=500.1", 1) }, Updated, ""},
		"an attempt that never was":     {98, func(s string) string { return strings.Replace(s, "run=98.1", "run=99.7", 1) }, Updated, ""},
		"a newer run of ours, and text": {98, func(s string) string { return strings.Replace(s, "run=98.1", "run=100.1", 1) + "all is well\n" }, Updated, "somebody had edited it"},
		"the head changed":              {98, func(s string) string { return strings.Replace(s, "head=a1", "head=b1", 1) }, Updated, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			h, client := newHub(t)
			runsOfHub(h)
			if _, err := All(t.Context(), editionOf(tt.before, "before"), publishers(t, h, client)); err != nil {
				t.Fatal(err)
			}
			if tt.edit != nil {
				h.With(func(st *ghtest.State) { st.Comments[0].Body = tt.edit(st.Comments[0].Body) })
			}
			receipts, err := All(t.Context(), editionOf(99, "ours"), publishers(t, h, client))
			if err != nil || receipts[1].State != tt.state || receipts[1].Foreign || !strings.Contains(receipts[1].Detail, tt.remark) || tt.remark == "" && strings.Contains(receipts[1].Detail, "edited") && tt.edit == nil {
				t.Errorf("%v, %+v, want %s %q", err, receipts[1], tt.state, tt.remark)
			}
			body := state(h).Comments[0].Body
			if strings.Contains(body, "all is well") || strings.Contains(body, "99999") {
				t.Errorf("what somebody wrote stands:\n%s", body)
			}
			// Once more, with nothing new: it is ours and stays.
			receipts, err = All(t.Context(), editionOf(tt.before+2, "ours"), publishers(t, h, client))
			if again := receipts[1]; err != nil || again.Foreign || tt.state == Updated && again.State != Unchanged {
				t.Errorf("again: %v, %+v", err, again)
			}
		})
	}
}

// A run about an older head overwrites nothing, and does not call what stands published.
func TestThreatT17OlderHead(t *testing.T) {
	h, client := newHub(t)
	said(h, true, "<!-- mergebrief:v1 pr=7 key=k head="+strings.Repeat("c3", 20)+" run=99999999999.1 -->\nall is well\n")
	runsOfHub(h)
	e := editionOf(99, "ours")
	e.Bundle.Record.PullRequest.Head = strings.Repeat("c3", 20)
	receipts, err := All(t.Context(), e, publishers(t, h, client))
	if r := receipts[1]; err != nil || r.State != Superseded || !r.Foreign || r.Detail == "" {
		t.Errorf("%v, %+v", err, r)
	}
}

// A check run with our name and our external id is ours only if our app made it, and
// what its mark says of a run counts only if GitHub knows the run as ours.
func TestThreatT8ForgedCheckRun(t *testing.T) {
	mark := func(run string) string {
		return "<!-- mergebrief:check run=" + run + " " + evidence.Digest(nil) + " -->"
	}
	tests := map[string]struct {
		check ghtest.Check
		want  State
	}{
		"of another app":            {ghtest.Check{App: "acme", AppID: 6, Text: mark("100.1")}, Created},
		"a job of a workflow":       {ghtest.Check{Run: 100, Text: mark("100.1")}, Created},
		"a run of a far future":     {ghtest.Check{Text: mark("99999999999.1")}, Updated},
		"a run of another workflow": {ghtest.Check{Text: mark("500.1")}, Updated},
		"a newer run of ours":       {ghtest.Check{Text: mark("100.1")}, Superseded},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			h, client := newHub(t)
			runsOfHub(h)
			e := editionOf(99, "ours")
			h.With(func(st *ghtest.State) {
				c := tt.check
				c.ID, c.Name, c.HeadSHA, c.ExternalID, c.Status, c.Conclusion, c.Title = 900, "mergebrief", e.Bundle.Record.Target.Head, externalID(e.Bundle.Record.Target, e.Key), "completed", "success", "all is well"
				if c.App == "" {
					c.App, c.AppID = "github-actions", 15368
				}
				st.Checks = append(st.Checks, &c)
			})
			receipts, err := All(t.Context(), e, publishers(t, h, client)[:1])
			if err != nil || receipts[0].State != tt.want {
				t.Errorf("%v, %+v, want %s", err, receipts[0], tt.want)
			}
		})
	}
}

// A check run that has our digest and another title is not the one that we made.
func TestThreatForgedTitle(t *testing.T) {
	h, client := newHub(t)
	runsOfHub(h)
	if _, err := All(t.Context(), editionOf(98, "ours"), publishers(t, h, client)[:1]); err != nil {
		t.Fatal(err)
	}
	h.With(func(st *ghtest.State) { st.Checks[0].Title = "all is well" })
	receipts, err := All(t.Context(), editionOf(99, "ours"), publishers(t, h, client)[:1])
	if err != nil || receipts[0].State != Updated || state(h).Checks[0].Title != "ours" {
		t.Errorf("%v, %+v, %q", err, receipts[0], state(h).Checks[0].Title)
	}
}
