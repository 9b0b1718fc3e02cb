package ghapi_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/vektah/gqlparser/v2"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/ghapi"
	"github.com/mergebrief/mergebrief/internal/ghapi/ghtest"
)

func take(t *testing.T, s *ghtest.Server) (*ghapi.Snapshot, error) {
	t.Helper()
	return ghapi.TakeSnapshot(t.Context(), s.Client(), s.GraphQLURL(), "octo", "demo", 7)
}

func TestSnapshot(t *testing.T) {
	s := ghtest.New(t, state(t))
	snap, err := take(t, s)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"GraphQL PullRequest"}, s.Names()); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
	var checks []string
	for _, c := range snap.Head().Checks().All() {
		checks = append(checks, fmt.Sprintf("%s%s %s%s required %t", c.Name, c.Context, c.Conclusion, c.State, *c.IsRequired))
	}
	want := []string{
		"mergebrief NEUTRAL required false", "lint FAILURE required false", "test SUCCESS required true", "ci/legacy PENDING required false",
	}
	if diff := cmp.Diff(want, checks); diff != "" {
		t.Errorf("checks (-want +got):\n%s", diff)
	}
	issue := snap.Pull.ClosingIssuesReferences.All()[0]
	if issue.Number != 482 || issue.Author.Login != "pm" || issue.Milestone.Title != "Q1" || issue.Labels.All()[0].Name != "approved" ||
		issue.TimelineItems.All()[0].Actor.Login != "cto" || !issue.LastEditedAt.Equal(time.Date(2025, 12, 21, 8, 0, 0, 0, time.UTC)) {
		t.Errorf("issue %+v", issue)
	}
	if c := snap.Pull.Comments.All()[0]; c.FullDatabaseID != 501 || c.ID != "IC_501" || c.ViewerDidAuthor {
		t.Errorf("comment %+v", c)
	}
	if len(snap.Faults)+len(snap.Cut) != 0 {
		t.Errorf("faults %v, cut %v", snap.Faults, snap.Cut)
	}
}

// What has more than a hundred entries is read to its end.
func TestSnapshotPages(t *testing.T) {
	st := state(t)
	for i := range 230 {
		st.Checks = append(st.Checks, &ghtest.Check{Name: fmt.Sprintf("job %d", i), HeadSHA: st.Pulls[0].Head.SHA, Run: 90})
	}
	for range 150 {
		st.Pulls[0].Threads = append(st.Pulls[0].Threads, false)
	}
	s := ghtest.New(t, st)
	snap, err := take(t, s)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(snap.Head().Checks().All()); n != 234 {
		t.Errorf("%d checks", n)
	}
	if n := len(snap.Pull.ReviewThreads.All()); n != 152 || len(snap.Pull.Reviews.All()) != 2 {
		t.Errorf("%d threads, %d reviews", n, len(snap.Pull.Reviews.All()))
	}
	if n := len(s.Calls()); n != 3 {
		t.Errorf("%d calls", n)
	}

	s.Fail(ghtest.Fault{After: 1, Status: 500, Times: 9})
	if snap, err = take(t, s); err != nil || len(snap.Cut) != 1 || len(snap.Head().Checks().All()) != 100 {
		t.Errorf("second page fails: %v, %v", err, snap)
	}
}

func TestSnapshotHeadMoves(t *testing.T) {
	st := state(t)
	for range 150 {
		st.Pulls[0].Threads = append(st.Pulls[0].Threads, false)
	}
	s := ghtest.New(t, st)
	first := true
	s.Before("GraphQL PullRequest", func(st *ghtest.State) {
		if !first {
			st.Pulls[0].Head.SHA = strings.Repeat("e5", 20)
		}
		first = false
	})
	snap, err := take(t, s)
	if err != nil || len(snap.Cut) != 1 || !strings.Contains(snap.Cut[0], "the head moved") {
		t.Errorf("%v, %+v", err, snap)
	}
}

func TestSnapshotFaults(t *testing.T) {
	tests := map[string]struct {
		change func(*ghtest.State)
		fault  ghtest.Fault
		reason evidence.Reason
		err    string
	}{
		"no such pull request": {func(st *ghtest.State) { st.Pulls = nil }, ghtest.Fault{Name: "none"}, evidence.NotFound, "octo/demo#7: Could not resolve to a PullRequest"},
		"bad credentials":      {func(st *ghtest.State) { st.Token = "other" }, ghtest.Fault{Status: 401, Body: `{"message":"Bad credentials"}`}, evidence.Denied, "Bad credentials"},
		"no permission":        {nil, ghtest.Fault{Status: 403, Body: denied}, evidence.Denied, "Resource not accessible"},
		"forbidden":            {nil, ghtest.Fault{Status: 200, Body: `{"data":{"repository":null},"errors":[{"type":"FORBIDDEN","message":"SAML","path":["repository"]}]}`}, evidence.Denied, "SAML"},
		"ancient server":       {nil, ghtest.Fault{Status: 200, Times: 9, Body: unknown("pullRequest")}, evidence.Unsupported, "pullRequest"},
		"neither":              {nil, ghtest.Fault{Status: 200, Body: `{}`}, evidence.Unreadable, "neither data nor errors"},
		"other shape":          {nil, ghtest.Fault{Status: 200, Body: `{"data":{"repository":{"pullRequest":{"number":"seven"}}}}`}, evidence.Unreadable, "not as documented"},
		"unavailable":          {nil, ghtest.Fault{Status: 502, Times: 9}, evidence.Unavailable, "502"},
		"unreachable":          {nil, ghtest.Fault{Drop: true, Times: 9}, evidence.Unavailable, "127.0.0.1"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			st := state(t)
			if tt.change != nil {
				tt.change(&st)
			}
			s := ghtest.New(t, st)
			s.Fail(tt.fault)
			_, err := take(t, s)
			if err == nil || !strings.Contains(err.Error(), tt.err) || evidence.ReasonOf(err, "") != tt.reason {
				t.Errorf("%s: %v", evidence.ReasonOf(err, ""), err)
			}
		})
	}
}

// unknown is the answer of a server that does not have the fields.
func unknown(fields ...string) string {
	var list []string
	for _, f := range fields {
		list = append(list, fmt.Sprintf(`{"path":["query PullRequest","repository","pullRequest","%[1]s"],"extensions":{"code":"undefinedField","typeName":"PullRequest","fieldName":"%[1]s"},"message":"Field '%[1]s' doesn't exist on type 'PullRequest'"}`, f))
	}
	return `{"errors":[` + strings.Join(list, ",") + `]}`
}

// A server that lacks fields is asked again without them; they are faults of the
// snapshot. The query is valid without each.
func TestSnapshotOlderServer(t *testing.T) {
	for _, fields := range [][]string{
		{"mergeQueueEntry"},
		{"rules"},
		{"mergeQueueEntry", "rules", "stateReason", "autoMergeRequest"},
		{"baseRef"},
		{"isRequired"},
		{"reviewDecision"},
		{"lastEditedAt"},
		{"isMinimized", "viewerDidAuthor"},
		{"issueType"},
		{"userContentEdits", "includesCreatedEdit"},
	} {
		t.Run(strings.Join(fields, " "), func(t *testing.T) {
			s := ghtest.New(t, state(t))
			s.Fail(ghtest.Fault{Status: 200, Body: unknown(fields...)})
			snap, err := take(t, s)
			if err != nil || len(s.Calls()) != 2 || len(snap.Faults) != len(fields) || snap.Pull.Title == "" {
				t.Fatalf("%v: %+v", err, snap)
			}
			for i, f := range snap.Faults {
				if f.Path != fields[i] || f.Reason() != evidence.Unsupported {
					t.Errorf("fault %+v", f)
				}
			}
		})
	}
}

// Parts that the token may not see are missing, and nothing else is.
func TestSnapshotPartial(t *testing.T) {
	st := state(t)
	st.Permissions = map[string]string{"pull-requests": "read", "contents": "read"}
	snap, err := take(t, ghtest.New(t, st))
	if err != nil {
		t.Fatal(err)
	}
	paths := map[string]bool{}
	for _, f := range snap.Faults {
		if f.Reason() != evidence.Denied {
			t.Errorf("fault %+v", f)
		}
		paths[f.Path] = true
	}
	if !paths["repository.pullRequest.closingIssuesReferences"] || !paths["repository.pullRequest.tip.nodes.0.commit.statusCheckRollup"] {
		t.Errorf("faults at %v", paths)
	}
	if snap.Pull.Title == "" || len(snap.Pull.Reviews.All()) != 2 || len(snap.Head().Checks().All()) != 0 {
		t.Errorf("pull %+v", snap.Pull)
	}
}

func TestIssues(t *testing.T) {
	st := state(t)
	st.Issues = append(st.Issues, &ghtest.Issue{Number: 9, Title: "nine"}, &ghtest.Issue{Repository: "octo/plans", Number: 3, Hidden: true})
	s := ghtest.New(t, st)
	refs := []ghapi.IssueRef{{"octo", "demo", 9}, {"octo", "demo", 7}, {"octo", "plans", 3}, {"nobody", "nothing", 1}}
	found, faults, err := ghapi.Issues(t.Context(), s.Client(), s.GraphQLURL(), refs)
	if err != nil || len(found) != 1 || found[refs[0]].Title != "nine" {
		t.Errorf("%v, %v", found, err)
	}
	var at []string
	for _, f := range faults {
		at = append(at, f.Path+" "+string(f.Reason()))
	}
	if diff := cmp.Diff([]string{"2 not-found", "3 not-found"}, at); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if found, _, err := ghapi.Issues(t.Context(), s.Client(), s.GraphQLURL(), nil); found != nil || err != nil {
		t.Errorf("no refs: %v, %v", found, err)
	}
}

// Named issues are asked for again, too, without what the server does not know.
func TestIssuesOlderServer(t *testing.T) {
	st := state(t)
	st.Issues = append(st.Issues, &ghtest.Issue{Number: 9, Title: "nine", Type: "Bug"})
	s := ghtest.New(t, st)
	s.Fail(ghtest.Fault{Status: 200, Body: unknown("issueType")})
	ref := ghapi.IssueRef{Owner: "octo", Name: "demo", Number: 9}
	found, faults, err := ghapi.Issues(t.Context(), s.Client(), s.GraphQLURL(), []ghapi.IssueRef{ref})
	if err != nil || found[ref] == nil || found[ref].IssueType != nil || len(faults) != 1 || faults[0].Path != "issueType" {
		t.Errorf("%v: %v, %v", err, found, faults)
	}
}

// What is not known in full is not known.
func TestExternalIDs(t *testing.T) {
	head := strings.Repeat("a1", 20)
	ours := &ghtest.Check{Name: "mergebrief", HeadSHA: head, ExternalID: "mergebrief:7:" + head}
	var many []*ghtest.Check
	for i := range 41 {
		many = append(many, &ghtest.Check{Name: strconv.Itoa(i), HeadSHA: head})
	}
	for name, tt := range map[string]struct {
		checks      []*ghtest.Check
		permissions map[string]string
		commit      string
		want        []string
	}{
		"one":           {[]*ghtest.Check{ours}, nil, head, []string{ours.ExternalID}},
		"none":          {nil, nil, head, []string{}},
		"too many":      {many, nil, head, nil},
		"denied":        {[]*ghtest.Check{ours}, map[string]string{"pull-requests": "read"}, head, nil},
		"other commits": {[]*ghtest.Check{ours}, nil, strings.Repeat("f6", 20), nil},
	} {
		s := ghtest.New(t, ghtest.State{Pulls: []*ghtest.Pull{{Number: 7, Head: ghtest.Branch{SHA: head}}}, Checks: tt.checks, Permissions: tt.permissions})
		snap, err := ghapi.TakeSnapshot(t.Context(), s.Client(), s.GraphQLURL(), "octo", "demo", 7)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(tt.want, snap.ExternalIDs(tt.commit)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// A long history is followed to its beginning, and what cannot be had is said.
func TestSnapshotLongHistory(t *testing.T) {
	st := ghtest.State{Pulls: []*ghtest.Pull{{Number: 7}}}
	p := st.Pulls[0]
	for i := range 250 {
		p.Commits = append(p.Commits, fmt.Sprintf("%040x", i+1))
	}
	for i := range 70 {
		p.ForcePushes = append(p.ForcePushes, &ghtest.ForcePush{Before: fmt.Sprintf("%040x", 1000+i)})
	}
	p.Head.SHA = p.Commits[249]
	for name, tt := range map[string]struct {
		fault         ghtest.Fault
		heads, pushes int
		cut           string
	}{
		"all of it":         {ghtest.Fault{Name: "none"}, 250, 70, ""},
		"the third page":    {ghtest.Fault{Name: "GraphQL Heads", After: 2, Status: 403}, 120, 70, "checks of the commits before the latest 120: "},
		"no page of pushes": {ghtest.Fault{Name: "GraphQL ForcePushes", Status: 502, Times: 9}, 250, 10, "force-pushes before the latest 10: "},
	} {
		t.Run(name, func(t *testing.T) {
			s := ghtest.New(t, st)
			s.Fail(tt.fault)
			snap, err := ghapi.TakeSnapshot(t.Context(), s.Client(), s.GraphQLURL(), "octo", "demo", 7)
			if err != nil {
				t.Fatal(err)
			}
			heads, pushes := snap.Pull.Heads.All(), snap.Pull.ForcePushes.All()
			if len(heads) != tt.heads || len(pushes) != tt.pushes || heads[len(heads)-1].Commit.Oid != p.Head.SHA {
				t.Errorf("%d heads, %d force-pushes", len(heads), len(pushes))
			}
			for i, h := range heads {
				if want := p.Commits[250-len(heads)+i]; h.Commit.Oid != want {
					t.Fatalf("head %d is %s, want %s", i, h.Commit.Oid, want)
				}
			}
			if cut := strings.Join(snap.Cut, "\n"); !strings.HasPrefix(cut, tt.cut) || (cut == "") != (tt.cut == "") {
				t.Errorf("cut %q", cut)
			}
		})
	}
}

func TestFailedSteps(t *testing.T) {
	s := ghtest.New(t, state(t))
	got, err := ghapi.FailedSteps(t.Context(), s.Client(), s.GraphQLURL(), []string{"CR_11", "CR_12", "CR_999"})
	if diff := cmp.Diff(map[string][]string{"CR_11": {"go test"}}, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

// The documents are valid for GitHub's own schema, and a field that does not
// exist would be noticed.
func TestDocuments(t *testing.T) {
	schema, err := ghtest.Schema()
	if err != nil {
		t.Fatal(err)
	}
	if schema == nil {
		t.Skip(ghtest.SchemaVariable + " is not set; .ci/contract --install prints it")
	}
	for _, document := range append(ghapi.HeadQueries(), ghapi.SnapshotQuery(), ghapi.CommitQuery()) {
		if _, errs := gqlparser.LoadQueryWithRules(schema, document, nil); errs != nil {
			t.Error(errs)
		}
	}
	if _, errs := gqlparser.LoadQueryWithRules(schema, strings.Replace(ghapi.SnapshotQuery(), "isDraft", "isDrafft", 1), nil); errs == nil {
		t.Error("a field that does not exist went unnoticed")
	}
}
