package publish

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/ghapi/ghtest"
	"github.com/mergebrief/mergebrief/internal/render/comment"
)

// What stands under the pull request, what is done, and what stands there then.
func TestComment(t *testing.T) {
	e := onHub(0)
	prefix, body := comment.MarkerPrefix(7, "k"), comment.Body(e.Bundle, e.options())
	type line struct {
		mine, hidden bool
		body         string
	}
	old := prefix + "x -->\nold\n"
	tests := map[string]struct {
		before []line
		calls  string
		state  State
		after  []line
	}{
		"nothing there":     {nil, "POST LIST", Created, []line{{true, false, body}}},
		"older text":        {[]line{{true, false, old}}, "GET PATCH", Updated, []line{{true, false, body}}},
		"same text":         {[]line{{true, false, body}}, "", Unchanged, []line{{true, false, body}}},
		"same, CR LF":       {[]line{{true, false, strings.ReplaceAll(strings.TrimSpace(body), "\n", "\r\n")}}, "", Unchanged, nil},
		"planted marker":    {[]line{{false, false, body}}, "POST LIST", Created, []line{{false, false, body}, {true, false, body}}},
		"quoted":            {[]line{{true, false, "> " + old}}, "POST LIST", Created, nil},
		"marker further on": {[]line{{true, false, "hello\n" + old}}, "POST LIST", Created, nil},
		"other key":         {[]line{{true, false, comment.MarkerPrefix(7, "other") + "-->\n"}}, "POST LIST", Created, nil},
		"key that begins":   {[]line{{true, false, comment.MarkerPrefix(7, "k2") + "-->\n"}}, "POST LIST", Created, nil},
		"other number":      {[]line{{true, false, comment.MarkerPrefix(8, "k") + "-->\n"}}, "POST LIST", Created, nil},
		"folded away":       {[]line{{true, true, old}}, "POST LIST", Created, []line{{true, true, old}, {true, false, body}}},
		"three of them": {
			[]line{{true, false, old}, {false, false, "hi"}, {true, false, old}, {true, false, body}},
			"HIDE HIDE GET PATCH", Updated,
			[]line{{true, false, body}, {false, false, "hi"}, {true, true, old}, {true, true, body}},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			h, client := newHub(t)
			for i, l := range tt.before {
				said(h, l.mine, l.body)
				h.With(func(st *ghtest.State) { st.Comments[i].Minimized = l.hidden })
			}
			e := onHub(0)
			r, err := Comment(CommentConfig{REST: client, Conversation: talk(t, h)}).Publish(t.Context(), e)
			if err != nil {
				t.Fatal(err)
			}
			if calls := calls(h, "comments"); calls != tt.calls || r.State != tt.state {
				t.Errorf("%s: %s, want %s: %s", r.State, calls, tt.state, tt.calls)
			}
			if r.URL == "" || e.Links.Comment != r.URL {
				t.Errorf("link %q, receipt %q", e.Links.Comment, r.URL)
			}
			var after []line
			for _, c := range state(h).Comments {
				after = append(after, line{c.Author.Login != "somebody", c.Minimized, c.Body})
			}
			if diff := cmp.Diff(tt.after, after, cmp.AllowUnexported(line{})); tt.after != nil && diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestCommentFaults(t *testing.T) {
	tests := map[string]struct {
		faults map[string][]int
		exists bool // it was there when the run began
		calls  string
		count  int
		state  State
		reason evidence.Reason
	}{
		"locked":                 {map[string][]int{"POST comments": {403}}, false, "POST", 0, Refused, evidence.Denied},
		"locked later":           {map[string][]int{"PATCH comments": {403}}, true, "GET PATCH", 1, Refused, evidence.Denied},
		"deleted meanwhile":      {nil, true, "GET POST LIST", 1, Created, ""},
		"answer to POST lost":    {map[string][]int{"POST comments": {lost}}, false, "POST LIST", 1, Created, ""},
		"POST never arrives":     {map[string][]int{"POST comments": {dropped}}, false, "POST LIST POST LIST", 1, Created, ""},
		"POST answers 500 twice": {map[string][]int{"POST comments": {500, 500}}, false, "POST LIST POST", 0, Failed, evidence.Unavailable},
		"POST not valid":         {map[string][]int{"POST comments": {422}}, false, "POST", 0, Failed, evidence.Unavailable},
		"not to be read again":   {map[string][]int{"GET comment": {500}}, true, "GET", 1, Failed, evidence.Unavailable},
		"PATCH answers 500":      {map[string][]int{"PATCH comments": {500}}, true, "GET PATCH", 1, Failed, evidence.Unavailable},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			h, client := newHub(t)
			if tt.exists {
				said(h, true, comment.MarkerPrefix(7, "k")+"x -->\nold\n")
			}
			c := talk(t, h)
			if name == "deleted meanwhile" {
				h.With(func(st *ghtest.State) { st.Comments = nil })
			}
			failing(h, tt.faults)
			receipts, err := All(t.Context(), onHub(0), []Publisher{Comment(CommentConfig{REST: client, Conversation: c})})
			r := receipts[0]
			if calls := calls(h, "comments"); calls != tt.calls {
				t.Errorf("calls = %s, want %s", calls, tt.calls)
			}
			if n := len(state(h).Comments); n != tt.count || r.State != tt.state || evidence.ReasonOf(r.Err, "") != tt.reason {
				t.Errorf("%d comments, %s, %v", n, r.State, r.Err)
			}
			if (err != nil) != (tt.state == Failed) {
				t.Errorf("joined error = %v", err)
			}
		})
	}
}

// Another run posts between our look and our POST: the older comment stays and
// gets our text, ours is folded away.
func TestCommentRace(t *testing.T) {
	h, client := newHub(t)
	var first int64
	h.Before("POST comments", func(st *ghtest.State) {
		st.NextID++
		first = st.NextID
		st.Comments = append(st.Comments, &ghtest.Comment{ID: first, Pull: 7, Author: &st.Viewer, Body: comment.MarkerPrefix(7, "k") + "x -->\nother run\n"})
	})
	e := onHub(0)
	r, err := Comment(CommentConfig{REST: client, Conversation: talk(t, h)}).Publish(t.Context(), e)
	if err != nil {
		t.Fatal(err)
	}
	if got := calls(h, "comments"); got != "POST LIST HIDE GET PATCH" {
		t.Errorf("calls = %s", got)
	}
	there := state(h).Comments
	if r.ID != fmt.Sprint(first) || there[0].Body != comment.Body(e.Bundle, onHub(0).options()) || there[0].Minimized || !there[1].Minimized {
		t.Errorf("receipt %+v", r)
	}
}

func TestCommentHideFails(t *testing.T) {
	h, client := newHub(t)
	for range 2 {
		said(h, true, comment.MarkerPrefix(7, "k")+"x -->\nold\n")
	}
	c := talk(t, h)
	failing(h, map[string][]int{"GraphQL Hide": {500}})
	r, err := Comment(CommentConfig{REST: client, Conversation: c}).Publish(t.Context(), onHub(0))
	if err != nil || r.State != Updated || !strings.Contains(r.Detail, "could not be folded away") {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestCommentLocked(t *testing.T) {
	h, client := newHub(t)
	h.With(func(st *ghtest.State) { st.Pulls[0].Locked = true })
	receipts, err := All(t.Context(), onHub(0), []Publisher{Comment(CommentConfig{REST: client, Conversation: talk(t, h)})})
	if gap, _ := receipts[0].Gap(); err != nil || receipts[0].State != Refused || gap.Hint != commentHint || !strings.Contains(gap.Detail, "locked") {
		t.Errorf("%v, %+v", err, receipts[0])
	}
}

func TestCommentTooLong(t *testing.T) {
	h, client := newHub(t)
	s := &sticky{
		commenter: commenter{CommentConfig{REST: client, Conversation: talk(t, h), Runs: everyRun{}}}, owner: "octo", repo: "demo", number: 7, prefix: "<!-- m ",
		body: "<!-- m -->\n<details><summary>x</summary>\n\n```\n" + strings.Repeat("line\n", 20000) + "```\n</details>\n",
	}
	if _, state, err := s.publish(t.Context()); err != nil || state != Created {
		t.Fatalf("%s, %v", state, err)
	}
	got := state(h).Comments[0].Body
	if len(got) > maxFallbackBytes+200 || !strings.HasSuffix(got, "line\n```\n\n</details>\n\n_Cut here: the rest did not fit. The summary of the job has it all._\n") {
		t.Errorf("%d bytes, ends %q", len(got), got[len(got)-150:])
	}
}

func TestCommentSuperseded(t *testing.T) {
	now, before := strings.Repeat("a1", 20), strings.Repeat("b2", 20)
	tests := map[string]struct {
		there, ours string
		want        State
	}{
		"earlier run":              {"run=99.1", "run=100.1", Updated},
		"later run":                {"run=100.1", "run=99.1", Superseded},
		"later run, ours again":    {"run=100.1", "run=99.2", Updated},
		"earlier attempt":          {"run=99.1", "run=99.2", Updated},
		"later attempt":            {"run=99.2", "run=99.1", Superseded},
		"no attempt":               {"run=100", "run=99", Superseded},
		"no run there":             {"", "run=99.1", Updated},
		"no run here":              {"run=100.1", "", Updated},
		"part of a word":           {"xrun=100.1", "run=99.1", Updated},
		"more than a line":         {"-->\nrun=100.1", "run=99.1", Updated},
		"number too long":          {"run=1000000000000000000000", "run=99.1", Updated},
		"same run, changed":        {"run=99.1", "run=99.1 x", Updated},
		"current head there":       {"head=" + now + " run=99.1", "head=" + before + " run=100.1", Superseded},
		"current head there again": {"head=" + now + " run=99.1", "head=" + before + " run=98.2", Superseded},
		"current head here":        {"head=" + before + " run=100.1", "head=" + now + " run=99.1", Updated},
		"two old heads":            {"head=" + before + " run=100.1", "head=" + strings.Repeat("c3", 20) + " run=99.2", Superseded},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			h, client := newHub(t)
			said(h, true, "<!-- m "+tt.there+" -->\nthere\n")
			s := &sticky{
				commenter: commenter{CommentConfig{REST: client, Conversation: talk(t, h), Runs: everyRun{}}}, owner: "octo", repo: "demo", number: 7, head: now,
				prefix: "<!-- m ", body: "<!-- m " + tt.ours + " -->\nours\n",
			}
			if _, state, err := s.publish(t.Context()); err != nil || state != tt.want {
				t.Errorf("%s, %v, want %s", state, err, tt.want)
			}
			if body := state(h).Comments[0].Body; strings.HasSuffix(body, "there\n") != (tt.want == Superseded) {
				t.Errorf("there is now %q", body)
			}
		})
	}
}

// Another run writes between our first look and our writing: what it wrote is
// looked at again, and stays when it is newer.
func TestCommentWrittenMeanwhile(t *testing.T) {
	for name, tt := range map[string]struct {
		meanwhile string
		want      State
	}{
		"by a later run":    {"run=100.1 -->\nnewer\n", Superseded},
		"by an earlier run": {"run=98.1 -->\nolder\n", Updated},
		"the same":          {"run=99.1 -->\nours\n", Unchanged},
	} {
		t.Run(name, func(t *testing.T) {
			h, client := newHub(t)
			said(h, true, "<!-- m run=97.1 -->\nthere\n")
			s := &sticky{
				commenter: commenter{CommentConfig{REST: client, Conversation: talk(t, h), Runs: everyRun{}}}, owner: "octo", repo: "demo", number: 7,
				prefix: "<!-- m ", body: "<!-- m run=99.1 -->\nours\n",
			}
			h.Before("GET comment", func(st *ghtest.State) { st.Comments[0].Body = "<!-- m " + tt.meanwhile })
			if _, state, err := s.publish(t.Context()); err != nil || state != tt.want {
				t.Errorf("%s, %v, want %s", state, err, tt.want)
			}
			if body := state(h).Comments[0].Body; strings.Contains(body, "newer") != (tt.want == Superseded) {
				t.Errorf("there is now %q", body)
			}
		})
	}
}

func TestCommentNotReadable(t *testing.T) {
	h, client := newHub(t)
	h.Fail(ghtest.Fault{Name: "GraphQL Comments", Status: 200, Body: `{"errors":[{"type":"FORBIDDEN","message":"Resource not accessible by integration"}]}`})
	c := NewConversation(client, h.GraphQLURL(), "octo", "demo", 7, nil)
	receipts, err := All(t.Context(), onHub(0), []Publisher{Comment(CommentConfig{REST: client, Conversation: c})})
	gap, _ := receipts[0].Gap()
	if err != nil || receipts[0].State != Refused || gap.Origin.Reason != evidence.Denied || gap.Hint != commentHint {
		t.Errorf("%v, %+v", err, gap)
	}
}

// A token that may only read: both places are refused, each with what it lacks.
func TestReadOnly(t *testing.T) {
	h, client := newHub(t)
	h.With(func(st *ghtest.State) { st.Permissions = map[string]string{"checks": "read", "pull-requests": "read"} })
	receipts, err := All(t.Context(), onHub(0), []Publisher{
		Check(CheckConfig{REST: client}), Comment(CommentConfig{REST: client, Conversation: talk(t, h)}),
	})
	if err != nil || receipts[0].State != Refused || receipts[1].State != Refused {
		t.Errorf("%v: %+v", err, receipts)
	}
	if n := len(state(h).Checks) + len(state(h).Comments); n != 0 {
		t.Errorf("%d things were written", n)
	}
}

// Publishing the same again and again writes nothing after the first time.
func TestUnchanged(t *testing.T) {
	h, client := newHub(t)
	var written []string
	for range 25 {
		receipts, err := All(t.Context(), onHub(3), []Publisher{
			Check(CheckConfig{REST: client, DetailsURL: runURL()}), Comment(CommentConfig{REST: client, Conversation: talk(t, h)}),
		})
		if err != nil {
			t.Fatal(receipts, err)
		}
		for _, name := range h.Names() {
			if strings.HasPrefix(name, "POST") || strings.HasPrefix(name, "PATCH") {
				written = append(written, name)
			}
		}
	}
	if diff := cmp.Diff([]string{"POST checks", "POST comments"}, written); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Two runs at once end with one comment and one check run.
func TestConcurrent(t *testing.T) {
	h, _ := newHub(t)
	for _, call := range []string{"POST checks", "POST comments"} { // both have looked by then
		h.Fail(ghtest.Fault{Name: call, Times: 2, Delay: 200 * time.Millisecond})
	}
	var all sync.WaitGroup
	for range 2 {
		c := talk(t, h)
		all.Go(func() {
			client := h.Plain()
			if receipts, err := All(t.Context(), onHub(0), []Publisher{Check(CheckConfig{REST: client}), Comment(CommentConfig{REST: client, Conversation: c})}); err != nil {
				t.Error(receipts, err)
			}
		})
	}
	all.Wait()
	shown := 0
	for _, c := range state(h).Comments {
		if !c.Minimized {
			shown++
		}
	}
	if n := standing(h); n != 1 || shown != 1 {
		t.Errorf("%d comments and %d check runs stand", shown, n)
	}
}

// standing counts the check runs that do not say that another one stands.
func standing(h *ghtest.Server) (n int) {
	for _, c := range state(h).Checks {
		if c.Title != supersededTitle {
			n++
		}
	}
	return n
}

// Every call fails once, in turn, in each way; the next run finds one comment and
// one check run, or makes them, and leaves one of each.
func TestEveryCallFailsOnce(t *testing.T) {
	publishers := func(h *ghtest.Server) []Publisher {
		client := h.Client()
		return []Publisher{
			checkAt(CheckConfig{REST: client, DetailsURL: runURL()}),
			Comment(CommentConfig{REST: client, Conversation: NewConversation(client, h.GraphQLURL(), "octo", "demo", 7, nil)}),
		}
	}
	for _, exists := range []bool{false, true} {
		for n := range 8 {
			for name, fault := range map[string]ghtest.Fault{
				"500": {Status: 500}, "429": {Status: 429}, "403": {Status: 403}, "404": {Status: 404}, "422": {Status: 422}, "drop": {Drop: true},
				"lost": {LoseAnswer: true}, "truncated": {Truncate: true}, "empty": {Status: 200, Body: " "},
				"something else": {Status: 200, Body: `{"message":"moved"}`},
			} {
				t.Run(fmt.Sprintf("exists %t, call %d, %s", exists, n, name), func(t *testing.T) {
					h, _ := newHub(t)
					if exists {
						if receipts, err := All(t.Context(), onHub(1), publishers(h)); err != nil {
							t.Fatal(receipts, err)
						}
					}
					fault.After = n
					h.Fail(fault)
					_, _ = All(t.Context(), onHub(2), publishers(h)) // whatever becomes of it
					for range 6 {                                    // the fault may still wait for its call
						if receipts, err := All(t.Context(), onHub(2), publishers(h)); err != nil {
							t.Log(receipts, err)
						}
					}
					shown := 0
					for _, c := range state(h).Comments {
						if !c.Minimized {
							shown++
						}
					}
					checks, _, err := h.Plain().Checks.ListCheckRunsForRef(t.Context(), "octo", "demo", onHub(0).Bundle.Record.Target.Head, nil)
					if err != nil || shown != 1 || checks.GetTotal() != 1 || checks.CheckRuns[0].GetOutput().GetAnnotationsCount() != 2 {
						t.Errorf("%d comments and %d check runs are shown, %v", shown, checks.GetTotal(), err)
					}
				})
			}
		}
	}
}
