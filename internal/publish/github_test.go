package publish

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-github/v60/github"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/ghapi/ghtest"
)

// newHub returns GitHub with two pull requests of one head, and a client that
// repeats nothing, so that each fault shows.
func newHub(t *testing.T) (*ghtest.Server, *github.Client) {
	t.Helper()
	head := ghtest.Branch{Ref: "topic", SHA: strings.Repeat("a1", 20)}
	h := ghtest.New(t, ghtest.State{Pulls: []*ghtest.Pull{{Number: 7, Head: head}, {Number: 8, Head: head}}})
	return h, h.Plain()
}

// Statuses in lists of faults that are none.
const (
	lost    = -1 // the work is done, and the answer is lost
	dropped = -2 // the request never arrives
)

// failing makes the calls of each name fail with the statuses in turn; 0 lets
// one pass.
func failing(h *ghtest.Server, faults map[string][]int) {
	for name, list := range faults {
		for i, status := range list {
			f := ghtest.Fault{Name: name, After: i, LoseAnswer: status == lost, Drop: status == dropped, Status: max(status, 0)}
			if status != 0 {
				h.Fail(f)
			}
		}
	}
}

// everyRun takes every workflow run for one of ours.
type everyRun struct{}

func (everyRun) Ours(context.Context, int64, int64) bool { return true }

// calls are the names of the requests since the last time, without their things.
func calls(h *ghtest.Server, thing string) string {
	short := strings.NewReplacer(" "+thing, "", "GET comment", "GET", "GraphQL Comments", "LIST", "GraphQL Hide", "HIDE")
	return short.Replace(strings.Join(h.Names(), " "))
}

// state is what the server knows now.
func state(h *ghtest.Server) (now ghtest.State) {
	h.With(func(st *ghtest.State) { now = *st })
	return now
}

// talk is the conversation under pull request 7, known as it is now.
func talk(t *testing.T, h *ghtest.Server) Conversation {
	t.Helper()
	known, err := NewConversation(h.Plain(), h.GraphQLURL(), "octo", "demo", 7, nil).List(t.Context(), true)
	if err != nil {
		t.Fatal(err)
	}
	h.Calls()
	return NewConversation(h.Plain(), h.GraphQLURL(), "octo", "demo", 7, append([]Posted{}, known...))
}

// said puts a comment under pull request 7.
func said(h *ghtest.Server, mine bool, body string) (id int64) {
	h.With(func(st *ghtest.State) {
		st.NextID++
		id = st.NextID
		author := &ghtest.Account{Login: "somebody"}
		if mine {
			author = &st.Viewer
		}
		st.Comments = append(st.Comments, &ghtest.Comment{ID: id, Pull: 7, Author: author, Body: body})
	})
	return id
}

// onHub is an edition for pull request 7 with n findings, each on one line.
func onHub(n int) *Edition {
	b := &evidence.Bundle{}
	b.Record.Target = evidence.Target{
		Repository:  evidence.Repository{Server: "https://github.com", Owner: "octo", Name: "demo"},
		PullRequest: 7, Head: strings.Repeat("a1", 20),
	}
	b.Assessment.Verdict = evidence.Verdict{Conclusion: evidence.ConclusionFailure, Title: "2 things need a reviewer", FailOn: evidence.LevelError}
	for i := range n {
		b.Assessment.Findings = append(b.Assessment.Findings, evidence.Finding{
			Rule: "rule", Level: evidence.LevelWarning, Message: fmt.Sprintf("finding %d", i), Basis: evidence.Observed,
			Spans: []evidence.Span{{Path: "a.go", First: i + 1, Last: i + 1}},
		})
		b.Assessment.Focus = append(b.Assessment.Focus, i)
	}
	return &Edition{Bundle: b, Key: "k", Digest: evidence.Digest([]byte{byte(n)})}
}
