package gather

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/ghapi"
	"github.com/mergebrief/mergebrief/internal/ghapi/ghtest"
)

func TestTicket(t *testing.T) {
	f, _ := gatherPull(t, hub(t), nil)
	want := []evidence.Ticket{{
		Origin: evidence.Origin{Basis: evidence.Observed, Source: "github", URI: "https://github.com/octo/demo/issues/482"},
		Key:    "#482", URL: "https://github.com/octo/demo/issues/482", FoundBy: "closing-reference", Title: "Keys are never rotated", State: "open",
		Requester: "pm", Labels: []string{"approved", "P1"}, Milestone: "Q1", Assignees: []string{"mona"}, Priority: "P1",
		Created: time.Date(2025, 12, 20, 8, 0, 0, 0, time.UTC), Edited: time.Date(2025, 12, 21, 8, 0, 0, 0, time.UTC),
		Approval: &evidence.Approval{Basis: evidence.Observed, Approved: true, By: "cto, label approved", At: time.Date(2025, 12, 22, 9, 0, 0, 0, time.UTC)},
		Criteria: []evidence.Criterion{{Text: "keys rotate", Checked: true}, {Text: "old keys verify for a day"}},
	}}
	if diff := cmp.Diff(want, f.Tickets); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Where a ticket may be named, and what becomes of it.
func TestTicketFound(t *testing.T) {
	tests := map[string]struct {
		body, branch, message string
		trackers              []Tracker
		tickets               []string
		gaps                  map[string]evidence.Reason
	}{
		"nowhere":             {branch: "topic", gaps: map[string]evidence.Reason{"ticket": evidence.NotFound}},
		"keyword":             {body: "This fixes: #9", branch: "topic", tickets: []string{"#9 keyword observed"}},
		"keyword elsewhere":   {body: "Closes octo/plans#3", branch: "topic", tickets: []string{"octo/plans#3 keyword observed"}},
		"address":             {body: "Resolves https://github.com/octo/plans/issues/3.", branch: "topic", tickets: []string{"octo/plans#3 keyword observed"}},
		"address of another":  {body: "Resolves https://example.com/octo/plans/issues/3", branch: "topic", gaps: map[string]evidence.Reason{"ticket": evidence.NotFound}},
		"named, not closed":   {body: "See #9", branch: "topic", gaps: map[string]evidence.Reason{"ticket": evidence.NotFound}},
		"in the template":     {body: "<!-- Fixes #9\n Fixes #9 -->", branch: "topic", gaps: map[string]evidence.Reason{"ticket": evidence.NotFound}},
		"in code":             {body: "```\nFixes #9\n```\nand `Fixes #9`", branch: "topic", gaps: map[string]evidence.Reason{"ticket": evidence.NotFound}},
		"part of a word":      {body: "prefixes #9 and hot-fix #9", branch: "topic", gaps: map[string]evidence.Reason{"ticket": evidence.NotFound}},
		"a pull request":      {body: "Fixes #7", branch: "topic", gaps: map[string]evidence.Reason{"ticket": evidence.NotFound}},
		"not there":           {body: "Fixes #999", branch: "topic", tickets: []string{"#999 keyword reported"}, gaps: map[string]evidence.Reason{"ticket #999": evidence.NotFound}},
		"another repository":  {body: "Fixes secret/plans#1", branch: "topic", tickets: []string{"secret/plans#1 keyword reported"}, gaps: map[string]evidence.Reason{"ticket secret/plans#1": evidence.NotFound}},
		"commit":              {message: "x\n\nCloses #9", branch: "topic", tickets: []string{"#9 commit observed"}},
		"trailer":             {message: "x\n\nTicket: octo/plans#3", branch: "topic", tickets: []string{"octo/plans#3 trailer observed"}},
		"branch":              {branch: "9-rotate-keys", tickets: []string{"#9 branch observed"}},
		"branch, issue-9":     {branch: "mona/issue-9", tickets: []string{"#9 branch observed"}},
		"branch that is none": {branch: "2024-cleanup", gaps: map[string]evidence.Reason{"ticket": evidence.NotFound}},
		"branch of a version": {branch: "release/1.9.0", gaps: map[string]evidence.Reason{"ticket": evidence.NotFound}},
		"named three times":   {body: "Fixes #9", branch: "9-rotate", message: "Fixes #9", tickets: []string{"#9 keyword observed"}},
		"tracker": {
			body: "Implements JIRA-12 and XJIRA-13, see JIRA-12.", branch: "JIRA-14-x", trackers: []Tracker{{`JIRA-[0-9]+`, "https://jira.example.com/browse/{key}"}},
			tickets: []string{"JIRA-14 pattern reported https://jira.example.com/browse/JIRA-14", "JIRA-12 pattern reported https://jira.example.com/browse/JIRA-12"},
		},
		"tracker that is wrong": {
			branch: "topic", trackers: []Tracker{{`JIRA-(`, ""}},
			gaps: map[string]evidence.Reason{"ticket": evidence.NotFound, "tickets JIRA-(": evidence.Unreadable},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			st := hub(t)
			p := st.Pulls[0]
			p.Closes, p.Body, p.Head.Ref, p.Required, p.Rules = nil, tt.body, tt.branch, nil, nil
			st.Commits[0].Message = tt.message
			st.Issues = []*ghtest.Issue{{Number: 9}, {Repository: "octo/plans", Number: 3}}
			f, _ := gatherPull(t, st, func(p *Pull) { p.Trackers = tt.trackers })
			var got []string
			for _, ticket := range f.Tickets {
				line := fmt.Sprintf("%s %s %s", ticket.Key, ticket.FoundBy, ticket.Origin.Basis)
				if ticket.FoundBy == "pattern" {
					line += " " + ticket.URL
				}
				got = append(got, line)
			}
			if diff := cmp.Diff(tt.tickets, got); diff != "" {
				t.Errorf("tickets (-want +got):\n%s", diff)
			}
			gaps := gapsOf(f)
			if tt.gaps == nil {
				tt.gaps = map[string]evidence.Reason{}
			}
			if diff := cmp.Diff(tt.gaps, gaps); diff != "" {
				t.Errorf("gaps (-want +got):\n%s", diff)
			}
		})
	}
}

func TestTicketMany(t *testing.T) {
	st := hub(t)
	st.Pulls[0].Closes = nil
	for i := range 14 {
		st.Pulls[0].Body += fmt.Sprintf("Fixes #%d\n", 100+i)
		st.Issues = append(st.Issues, &ghtest.Issue{Number: 100 + i})
	}
	f, _ := gatherPull(t, st, nil)
	if len(f.Tickets) != maxNamed || gapsOf(f)["tickets"] != evidence.Truncated {
		t.Errorf("%d tickets, %v", len(f.Tickets), gapsOf(f))
	}
}

func TestApproval(t *testing.T) {
	user := &ghapi.Account{Type: "User", Login: "cto"}
	comment := func(association, body string, author *ghapi.Account) *ghapi.IssueComment {
		return &ghapi.IssueComment{Body: body, AuthorAssociation: association, Author: author}
	}
	for name, tt := range map[string]struct {
		labels   []string
		comments []*ghapi.IssueComment
		by       string
	}{
		"nothing":                {},
		"label":                  {labels: []string{"Approved"}, by: "label Approved"},
		"other label":            {labels: []string{"not approved"}},
		"comment":                {comments: []*ghapi.IssueComment{comment("OWNER", "Approved.\nGo ahead", user)}, by: "cto, comment"},
		"command":                {comments: []*ghapi.IssueComment{comment("MEMBER", "/approve", user)}, by: "cto, comment"},
		"by anyone":              {comments: []*ghapi.IssueComment{comment("NONE", "approved", user)}},
		"by a bot":               {comments: []*ghapi.IssueComment{comment("MEMBER", "approved", &ghapi.Account{Type: "Bot", Login: "b"})}},
		"by somebody deleted":    {comments: []*ghapi.IssueComment{comment("MEMBER", "approved", nil)}},
		"a sentence about it":    {comments: []*ghapi.IssueComment{comment("OWNER", "approved? no", user)}},
		"quoted":                 {comments: []*ghapi.IssueComment{comment("OWNER", "> approved", user)}},
		"the latest of comments": {comments: []*ghapi.IssueComment{comment("OWNER", "approved", &ghapi.Account{Type: "User", Login: "a"}), comment("OWNER", "approved", user)}, by: "cto, comment"},
	} {
		t.Run(name, func(t *testing.T) {
			issue := &ghapi.Issue{Comments: ghapi.List[ghapi.IssueComment]{Nodes: tt.comments}}
			for _, l := range tt.labels {
				issue.Labels.Nodes = append(issue.Labels.Nodes, &ghapi.Label{Name: l})
			}
			a := Pull{}.approval(issue)
			if (a != nil) != (tt.by != "") || a != nil && (a.By != tt.by || !a.Approved || a.Basis != evidence.Observed) {
				t.Errorf("approval %+v", a)
			}
		})
	}
}

func TestCriteria(t *testing.T) {
	for name, tt := range map[string]struct {
		body string
		want []evidence.Criterion
	}{
		"none":             {"Please do it.\n- a list\n", nil},
		"tasks anywhere":   {"- [x] one\n* [ ] two\n3. [X] three\n", []evidence.Criterion{{Text: "one", Checked: true}, {Text: "two"}, {Text: "three", Checked: true}}},
		"section only":     {"- [x] chore\n\n## Acceptance criteria\n- [ ] one\n### Detail\n- [x] two\n## Notes\n- [ ] three\n", []evidence.Criterion{{Text: "one"}, {Text: "two", Checked: true}}},
		"without boxes":    {"# Acceptance Criteria:\r\n\r\n1. one\r\n2. two\r\n", []evidence.Criterion{{Text: "one", NoBox: true}, {Text: "two", NoBox: true}}},
		"sentences":        {"### Acceptance criteria\n\nIt works.\n\n### Other\n\nx\n", []evidence.Criterion{{Text: "It works.", NoBox: true}}},
		"in bold":          {"**Acceptance criteria**\n- [ ] one\n**Notes**\n- [ ] two\n", []evidence.Criterion{{Text: "one"}}},
		"with a colon":     {"Acceptance criteria:\n- one\n", []evidence.Criterion{{Text: "one", NoBox: true}}},
		"with an emoji":    {"## ✅ Acceptance criteria\n- [ ] one\n", []evidence.Criterion{{Text: "one"}}},
		"empty form field": {"### Acceptance criteria\n\n_No response_\n", nil},
		"in code":          {"```md\n- [x] one\n```\n- [ ] two\n", []evidence.Criterion{{Text: "two"}}},
		"in a comment":     {"<!-- - [x] one\n- [x] two -->- [ ] no\n- [ ] three", []evidence.Criterion{{Text: "no"}, {Text: "three"}}},
		"fence in comment": {"<!--\n```\n-->\n- [ ] one\n", []evidence.Criterion{{Text: "one"}}},
		"comment in fence": {"```\n<!--\n```\n- [ ] one\n", []evidence.Criterion{{Text: "one"}}},
		"not a box":        {"- [link](x)\n- [y] z\n- []\n", nil},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, criteria(tt.body)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestPriority(t *testing.T) {
	for label, want := range map[string]string{
		"P1": "P1", "p0": "p0", "priority: high": "high", "Priority/Critical": "Critical", "severity-2": "2", "prio urgent": "urgent",
		"P9": "", "high": "", "priority": "", "help wanted": "",
	} {
		if got := priority([]string{"bug", label}); got != want {
			t.Errorf("%s: %q, want %q", label, got, want)
		}
	}
}

func TestNamedRepository(t *testing.T) {
	for body, want := range map[string]string{
		"Repository: octo/other": "octo/other", "### Repository\n\nocto/other\n": "octo/other", "**x**\nTarget repository: https://github.com/octo/other.git\n": "octo/other",
		"the repository octo/other": "", "Repository: see below": "", "```\nRepository: octo/other\n```": "",
	} {
		if got := namedRepository(body); got != want {
			t.Errorf("%q: %q, want %q", body, got, want)
		}
	}
}
