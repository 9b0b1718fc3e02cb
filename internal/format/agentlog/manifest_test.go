package agentlog

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

func TestManifest(t *testing.T) {
	run := func(more string) []string {
		return []string{`{"schema":"` + ManifestSchema + `","agent":{"name":"claude-code"},` + more + `}`}
	}
	checkTranscripts(t, DecodeManifest, map[string]transcript{
		"run":                           {[]string{`{"schema":"` + ManifestSchema + `","agent":{"name":"claude-code","version":"2","models":["m","n"]},"session":"s","prompts":2,"commits":["1a2b3c4"],"pullRequests":["https://github.com/o/r/pull/1"]}`}, []string{"run s 2 m,n", "prompts 2:", "names 1a2b3c4", "names https://github.com/o/r/pull/1"}},
		"one boundary before others":    {run(`"boundary":{"approval":"a"},"boundaries":[{"approval":"b","bypass":true}]`), []string{"boundary approval=a", "boundary approval=b bypass"}},
		"command as arguments":          {run(`"commands":[{"argv":["go","vet","./..."],"exit":0,"durationMs":7}]`), []string{"command go vet ./...: lint ok explicit 0 7 ms"}},
		"status of a line may be hid":   {run(`"commands":[{"line":"go vet ./... | tail -1","exit":0}]`), []string{"command go vet ./... | tail -1: lint unknown unknown 0 hidden by pipe"}},
		"command that did not run":      {run(`"commands":[{"line":"go vet ./...","notRun":true}]`), []string{"command go vet ./...: lint not-run unknown"}},
		"command left running":          {run(`"commands":[{"line":"go vet ./...","background":true}]`), []string{"command go vet ./...: lint background unknown hidden by background"}},
		"command ended by a signal":     {run(`"commands":[{"line":"go vet ./...","signal":"killed"}]`), []string{"command go vet ./...: lint failed inferred"}},
		"context":                       {run(`"context":[{"kind":"file","name":"a.go"},{"kind":"mcp","name":"jira"},{"kind":"document","name":"plan","reason":"denied"}]`), []string{"read a.go", "used mcp jira ×1", "lacked plan: denied"}},
		"who denied is one of a few":    {run(`"denied":[{"tool":"Bash","subject":"ls","by":"user"},{"tool":"Bash","subject":"rm","by":"the moon"}]`), []string{"denied Bash ls by user", "denied Bash rm by"}},
		"a cost is reported":            {run(`"usage":{"inputTokens":1,"costUsd":0.5}`), []string{"tokens 1 in, 0 out, 0 read, 0 written, 0.50 USD reported"}},
		"a cost says how it is known":   {run(`"usage":{"inputTokens":1,"costUsd":0.5,"costBasis":"estimated"}`), []string{"tokens 1 in, 0 out, 0 read, 0 written, 0.50 USD estimated"}},
		"a cost that cannot be is none": {run(`"usage":{"inputTokens":-1,"outputTokens":2,"costUsd":-1}`), []string{"tokens 0 in, 2 out, 0 read, 0 written"}},
	})
}

// Edits stand between the commands by their times.
func TestManifestOrder(t *testing.T) {
	at := func(minute int) string { return fmt.Sprintf(`"2026-03-02T09:%02d:00Z"`, minute) }
	for name, c := range map[string]struct {
		edit int
		want evidence.Freshness
	}{"before": {1, evidence.ValidatedFresh}, "after": {3, evidence.ValidatedStale}} {
		t.Run(name, func(t *testing.T) {
			s := decodeOne(t, DecodeManifest, `{"schema":"`+ManifestSchema+`","commands":[{"line":"go vet ./...","exit":0,"started":`+at(2)+`}],"edits":[{"path":"a.go","time":`+at(c.edit)+`}]}`)
			if s.Freshness != c.want || s.Agent != "unknown" {
				t.Errorf("validated %s, agent %q", s.Freshness, s.Agent)
			}
		})
	}
}

// Repairs may name commands that are not there.
func TestManifestRepairs(t *testing.T) {
	s := decodeOne(t, DecodeManifest, `{"schema":"`+ManifestSchema+`","commands":[{"line":"go vet ./...","exit":0}],"repairs":[{"family":"go vet","firstFailure":0,"lastRun":1},{"family":"go test","firstFailure":-1}]}`)
	zero := 0
	if diff := cmp.Diff([]evidence.Repair{{Family: "go vet", FirstFailure: &zero}, {Family: "go test"}}, s.Repairs); diff != "" {
		t.Error(diff)
	}
}

func TestManifestClaims(t *testing.T) {
	f, err := DecodeManifest(strings.NewReader(`{"schema":"` + ManifestSchema + `","session":"s","agent":{"name":"claude-code","models":["m"]},"claims":[
		{"commit":"1","path":"./a.go","ranges":[{"first":5,"last":9},{"first":1,"last":6},{"first":20,"last":12}]},
		{"author":"human","name":"ada","commit":"1","path":"b.go","ranges":[{"first":1,"last":1}]},
		{"author":"human","commit":"1","path":"c.go","ranges":[{"first":1,"last":1}]},
		{"commit":"1","path":"d.go","ranges":[]},
		{"commit":"1","ranges":[{"first":1,"last":1}]}]}`))
	if err != nil {
		t.Fatal(err)
	}
	claim := func(author evidence.AuthorKind, session, agent, model, path string, last int) evidence.Claim {
		return evidence.Claim{
			Author: author, Session: session, Agent: agent, Model: model, Commit: "1", Path: path, Ranges: []evidence.LineRange{{First: 1, Last: last}},
			Method: evidence.MethodManifest, Confidence: evidence.Strong,
		}
	}
	want := []evidence.Claim{
		claim(evidence.AuthorAI, "s", "claude-code", "m", "a.go", 9), claim(evidence.AuthorHuman, "ada", "", "", "b.go", 1),
		claim(evidence.AuthorHuman, "a person", "", "", "c.go", 1),
	}
	if diff := cmp.Diff(want, f.Claims); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestManifestTickets(t *testing.T) {
	ticket := func(key, requester string, approved, by string) evidence.Ticket {
		x := evidence.Ticket{Key: key, FoundBy: evidence.FoundByManifest, Requester: requester}
		if approved != "" {
			x.Approval = &evidence.Approval{Basis: evidence.Reported, Approved: approved == "yes", By: by}
		}
		return x
	}
	for name, c := range map[string]struct {
		manifest string
		want     []evidence.Ticket
	}{
		"none":                  {`"session":"s"`, nil},
		"one and several":       {`"ticket":{"key":"A"},"tickets":[{"key":"B","requester":"ada"}],"requester":"bob"`, []evidence.Ticket{ticket("A", "bob", "", ""), ticket("B", "ada", "", "")}},
		"approval of all":       {`"tickets":[{"key":"A"},{"key":"B","approval":{"approved":false,"by":"the board"}}],"approval":{"approved":true}`, []evidence.Ticket{ticket("A", "", "yes", "the run manifest"), ticket("B", "", "no", "the board")}},
		"a request without one": {`"requester":"ada"`, []evidence.Ticket{ticket("", "ada", "", "")}},
	} {
		t.Run(name, func(t *testing.T) {
			f, err := DecodeManifest(strings.NewReader(`{"schema":"` + ManifestSchema + `",` + c.manifest + `}`))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, f.Tickets); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// A manifest about the work request alone describes no run, and what is none is
// refused with the reason.
func TestManifestIsNoRun(t *testing.T) {
	f, err := DecodeManifest(strings.NewReader(`{"schema":"` + ManifestSchema + `","ticket":{"key":"A"}}`))
	if err != nil || len(f.Sessions) != 0 {
		t.Errorf("%d sessions, %v", len(f.Sessions), err)
	}
	for text, want := range map[string]evidence.Reason{
		`{"schema":`: evidence.Unreadable,
		`{"x":` + strings.Repeat("[", 5000) + strings.Repeat("]", 5000) + `}`: evidence.Truncated,
		strings.Repeat(" ", maxLineBytes+1):                                   evidence.Truncated,
	} {
		if _, err := DecodeManifest(strings.NewReader(text)); evidence.ReasonOf(err, "") != want {
			t.Errorf("%.20q: %v, want %s", text, err, want)
		}
	}
}
