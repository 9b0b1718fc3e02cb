package gather

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

func TestTicket(t *testing.T) {
	f, _ := gatherPull(t, hub(t), nil)
	want := []evidence.Ticket{{
		Origin: evidence.Origin{Basis: evidence.Observed, Source: "github", URI: "https://github.com/octo/demo/issues/482"},
		Key:    "#482", URL: "https://github.com/octo/demo/issues/482", FoundBy: evidence.FoundByClosing, Title: "Keys are never rotated", State: evidence.StateOpen,
		Requester: "pm", Labels: []string{"approved", "P1"}, Milestone: "Q1", Assignees: []string{"mona"}, Type: "Bug", Priority: "P1", PriorityLabel: "P1",
		Created: time.Date(2025, 12, 20, 8, 0, 0, 0, time.UTC), Edited: time.Date(2025, 12, 21, 8, 0, 0, 0, time.UTC),
		Approval: &evidence.Approval{Basis: evidence.Observed, Approved: true, By: "cto, label approved", Login: "cto", At: time.Date(2025, 12, 22, 9, 0, 0, 0, time.UTC)},
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
		"trackers, side by side": {
			body: "SHOP-1 SHOP-2,SHOP-3 xSHOP-4 SHOP-5x A-SHOP-6 SHOP-7_a", branch: "topic", trackers: []Tracker{{`SHOP-[0-9]+`, ""}},
			tickets: []string{"SHOP-1 pattern reported ", "SHOP-2 pattern reported ", "SHOP-3 pattern reported "},
		},
		"tracker, branch in lower case": {
			branch: "mona/lin-45_rotate", body: "LIN-45", trackers: []Tracker{{`LIN-[0-9]+`, "https://linear.app/octo/issue/{key}"}},
			tickets: []string{"LIN-45 pattern reported https://linear.app/octo/issue/LIN-45"},
		},
		"tracker of any project": {
			branch: "release-2024-abc-1", body: "ABC-2", trackers: []Tracker{{`[A-Z]+-[0-9]+`, ""}}, tickets: []string{"ABC-2 pattern reported "},
		},
		"tracker with a number": {
			body: "AB#123", branch: "topic", trackers: []Tracker{{`AB#[0-9]+`, "https://dev.azure.com/o/_workitems/edit/{number}?k={key}"}},
			tickets: []string{"AB#123 pattern reported https://dev.azure.com/o/_workitems/edit/123?k=AB%23123"},
		},
		"branch of a day": {branch: "2026-01-cleanup", gaps: map[string]evidence.Reason{"ticket": evidence.NotFound}},
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
				if ticket.FoundBy == evidence.FoundByPattern {
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

// Trackers name a few tickets; a list of them is cut, and says so.
func TestTrackedMany(t *testing.T) {
	st := hub(t)
	for i := range 14 {
		st.Pulls[0].Body += fmt.Sprintf(" SHOP-%d", i)
	}
	f, _ := gatherPull(t, st, func(p *Pull) { p.Trackers = []Tracker{{Pattern: "SHOP-[0-9]+"}} })
	if len(f.Tickets) != 1+maxNamed || gapsOf(f)["tickets"] != evidence.Truncated {
		t.Errorf("%d tickets, %v", len(f.Tickets), gapsOf(f))
	}
}

// GitHub links an issue of another organisation and does not show it: neither a
// list that was cut nor no ticket, and no permission of the workflow helps.
func TestTicketHidden(t *testing.T) {
	st := hub(t)
	st.Pulls[0].Body, st.Pulls[0].Head.Ref, st.Commits[0].Message = "", "topic", "x"
	st.Pulls[0].Closes, st.Pulls[0].Required, st.Pulls[0].Rules = []string{"secret/plans#1"}, nil, nil
	st.Issues = []*ghtest.Issue{{Repository: "secret/plans", Number: 1, Hidden: true}}
	f, _ := gatherPull(t, st, nil)
	if diff := cmp.Diff(map[string]evidence.Reason{"ticket in another repository": evidence.Denied}, gapsOf(f)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	f, _ = gatherPull(t, st, func(p *Pull) {
		p.Snapshot.Faults = []ghapi.Fault{{Type: "FORBIDDEN", Message: "protected by SAML", Path: "repository.pullRequest.closingIssuesReferences.nodes.0"}}
	})
	if len(f.Gaps) != 1 || !strings.Contains(f.Gaps[0].Detail, "SAML") || strings.Contains(f.Gaps[0].Hint, "permissions") {
		t.Errorf("%+v", f.Gaps)
	}
}

// On a server that has no types of issues, that is a gap of a ticket, and none
// where there is no ticket.
func TestTicketOlderServer(t *testing.T) {
	older := func(p *Pull) {
		p.Snapshot.Faults = []ghapi.Fault{{Type: "undefinedField", Path: "issueType"}, {Type: "undefinedField", Path: "userContentEdits"}}
	}
	f, _ := gatherPull(t, hub(t), older)
	if gaps := gapsOf(f); gaps[typeSubject] != evidence.Unsupported || gaps[editsSubject] != evidence.Unsupported {
		t.Errorf("gaps %v", gaps)
	}
	st := hub(t)
	st.Pulls[0].Body, st.Pulls[0].Head.Ref, st.Commits[0].Message, st.Pulls[0].Closes = "", "topic", "x", nil
	if f, _ = gatherPull(t, st, older); gapsOf(f)[typeSubject] != "" || gapsOf(f)["ticket"] != evidence.NotFound {
		t.Errorf("gaps %v", gapsOf(f))
	}
}

// An approval may stand among the comments that were not looked at.
func TestApprovalUnseen(t *testing.T) {
	st := hub(t)
	st.Issues[0].Labels, st.Issues[0].Comments = nil, nil
	for range 31 {
		st.Issues[0].Comments = append(st.Issues[0].Comments, &ghtest.IssueComment{Body: "+1"})
	}
	f, _ := gatherPull(t, st, nil)
	if f.Tickets[0].Approval != nil || gapsOf(f)["approval of #482"] != evidence.Truncated {
		t.Errorf("%+v, gaps %v", f.Tickets[0].Approval, gapsOf(f))
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
		not      bool
	}{
		"nothing":                {},
		"label":                  {labels: []string{"Approved"}, by: "label Approved"},
		"other label":            {labels: []string{"not approved"}},
		"taken back":             {comments: []*ghapi.IssueComment{comment("OWNER", "approved", user), comment("OWNER", "/unapprove", user)}, by: "cto, comment", not: true},
		"rejected by anyone":     {comments: []*ghapi.IssueComment{comment("OWNER", "approved", user), comment("NONE", "not approved", user)}, by: "cto, comment"},
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
			if (a != nil) != (tt.by != "") || a != nil && (a.By != tt.by || a.Approved == tt.not || a.Basis != evidence.Observed) {
				t.Errorf("approval %+v", a)
			}
		})
	}
}

func TestPriority(t *testing.T) {
	for label, want := range map[string]string{
		"P1": "P1", "p0": "p0", "priority: high": "high", "Priority/Critical": "Critical", "severity-2": "2", "prio urgent": "urgent", "priority::low": "low",
		"P2: soon": "P2", "P3 - later": "P3", "High Priority": "High", "low-priority": "low", "pri/1": "1",
		"P9": "", "high": "", "priority": "", "help wanted": "", "P1xel": "",
	} {
		got, from := Pull{}.priority([]string{"bug", label})
		if got != want || (from == label) != (want != "") {
			t.Errorf("%s: %q from %q, want %q", label, got, from, want)
		}
	}
	p := Pull{Priorities: []Priority{{"now", []string{"Urgent", "sev 1"}}, {"soon", []string{"important"}}}}
	for labels, want := range map[string]string{"important urgent": "now urgent", "important": "soon important", "P1": " ", "": " "} {
		name, label := p.priority(strings.Fields(labels))
		if name+" "+label != want {
			t.Errorf("%s: %q from %q, want %q", labels, name, label, want)
		}
	}
}

func TestNamedRepository(t *testing.T) {
	for body, want := range map[string]string{
		"Repository: octo/other": "octo/other", "### Repository\n\nocto/other\n": "octo/other", "**x**\nTarget repository: https://github.com/octo/other.git\n": "octo/other",
		"Repositories: octo/a, https://github.com/Octo/Demo": "Octo/Demo", "Target repositories:\n\nocto/a, octo/b": "octo/a",
		"the repository octo/other": "", "Repository: see below": "", "```\nRepository: octo/other\n```": "",
	} {
		if got := (Pull{Snapshot: &ghapi.Snapshot{Repository: "octo/demo"}}).namedRepository(body); got != want {
			t.Errorf("%q: %q, want %q", body, got, want)
		}
	}
}

func TestCloses(t *testing.T) {
	for message, want := range map[string][]string{
		"fix(cleanup): keep the revert out\n\nFixes #1669\n":                            {"#1669"},
		"Closes octo/shop#7, fixes https://github.com/octo/shop/issues/8 and closes #7": {"octo/shop#7", "https://github.com/octo/shop/issues/8", "#7"},
		"resolves: #3 and resolves #3":                                                  {"#3"},
		"prefixes #9, see #10, (#11)":                                                   nil,
		"quotes `fixes #12`":                                                            nil,
	} {
		if diff := cmp.Diff(want, closes(message)); diff != "" {
			t.Errorf("%q: %s", message, diff)
		}
	}
}
