package publish

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-github/v60/github"
	"github.com/vektah/gqlparser/v2"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/ghapi/ghtest"
)

// graph answers GraphQL requests with what answer returns for their variables.
func graph(t *testing.T, answer func(document string, vars map[string]any) string) (*github.Client, string) {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var in struct {
			Query     string
			Variables map[string]any
		}
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil || r.Method != http.MethodPost || r.URL.Path != "/api/graphql" {
			t.Errorf("%s %s: %v", r.Method, r.URL, err)
		}
		fmt.Fprint(w, answer(in.Query, in.Variables))
	}))
	t.Cleanup(s.Close)
	return github.NewClient(nil), s.URL + "/api/graphql"
}

func commentPage(next string, nodes ...string) string {
	return fmt.Sprintf(`{"data":{"repository":{"pullRequest":{"comments":{"pageInfo":{"hasNextPage":%t,"endCursor":%q},"nodes":[%s]}}}}}`,
		next != "", next, strings.Join(nodes, ","))
}

func TestConversationList(t *testing.T) {
	client, address := graph(t, func(document string, vars map[string]any) string {
		if document != commentsQuery || vars["owner"] != "octo" || vars["name"] != "demo" || vars["number"] != 7.0 {
			t.Errorf("asked %v", vars)
		}
		if vars["after"] == nil {
			return commentPage("two", `{"id":"IC_1","fullDatabaseId":"3500000001","body":"a","isMinimized":true,"viewerDidAuthor":true,"url":"u1"}`)
		}
		return commentPage("", `{"id":"IC_2","fullDatabaseId":"3500000002","body":"b","isMinimized":false,"viewerDidAuthor":false,"url":"u2"}`)
	})
	want := []Posted{
		{ID: 3500000001, Node: "IC_1", Body: "a", URL: "u1", Mine: true, Minimised: true},
		{ID: 3500000002, Node: "IC_2", Body: "b", URL: "u2"},
	}
	earlier := []Posted{{ID: 1}}
	for name, tt := range map[string]struct {
		earlier []Posted
		now     bool
		want    []Posted
	}{
		"nothing known":     {nil, false, want},
		"as it was":         {earlier, false, earlier},
		"as it is":          {earlier, true, want},
		"none there before": {[]Posted{}, false, []Posted{}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := NewConversation(client, address, "octo", "demo", 7, tt.earlier).List(t.Context(), tt.now)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestConversationErrors(t *testing.T) {
	for name, tt := range map[string]struct {
		answer string
		reason evidence.Reason
		err    string
	}{
		"forbidden":     {`{"errors":[{"type":"FORBIDDEN","message":"Resource not accessible by integration"}]}`, evidence.Denied, "Resource not accessible"},
		"other error":   {`{"data":null,"errors":[{"message":"one"},{"message":"two"}]}`, evidence.Unavailable, "one; two"},
		"no end":        {commentPage("again"), evidence.Truncated, "more than 50 pages"},
		"not a number":  {commentPage("", `{"fullDatabaseId":"x"}`), evidence.Unreadable, "comments: "},
		"nothing there": {`{"data":{"repository":null}}`, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			client, address := graph(t, func(string, map[string]any) string { return tt.answer })
			_, err := NewConversation(client, address, "octo", "demo", 7, nil).List(t.Context(), true)
			checkError(t, err, tt.err)
			if got := evidence.ReasonOf(err, ""); got != tt.reason {
				t.Errorf("reason = %q", got)
			}
		})
	}
}

func TestConversationHide(t *testing.T) {
	client, address := graph(t, func(document string, vars map[string]any) string {
		if document != hideMutation || vars["id"] != "IC_1" {
			return `{"errors":[{"message":"unexpected"}]}`
		}
		return `{"data":{"minimizeComment":{"minimizedComment":{"isMinimized":true}}}}`
	})
	if err := NewConversation(client, address, "octo", "demo", 7, nil).Hide(t.Context(), "IC_1"); err != nil {
		t.Error(err)
	}
}

// The documents are valid for GitHub's own schema.
func TestConversationSchema(t *testing.T) {
	schema, err := ghtest.Schema()
	if err != nil {
		t.Fatal(err)
	}
	if schema == nil {
		t.Skip(ghtest.SchemaVariable + " is not set; .ci/contract --install prints it")
	}
	for _, document := range []string{commentsQuery, hideMutation} {
		if _, errs := gqlparser.LoadQueryWithRules(schema, document, nil); errs != nil {
			t.Errorf("%v in %s", errs, document)
		}
	}
	if _, errs := gqlparser.LoadQueryWithRules(schema, strings.Replace(commentsQuery, "isMinimized", "isMinimised", 1), nil); errs == nil {
		t.Error("a field that does not exist went unnoticed")
	}
}
