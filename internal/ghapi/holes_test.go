package ghapi_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strconv"
	"testing"

	"github.com/google/go-github/v60/github"

	"github.com/mergebrief/mergebrief/internal/ghapi"
	"github.com/mergebrief/mergebrief/internal/ghapi/ghtest"
)

// recorded passes requests on and keeps the last answer.
type recorded struct {
	to   http.RoundTripper
	last []byte
}

func (r *recorded) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := r.to.RoundTrip(req)
	if err == nil {
		r.last, err = io.ReadAll(resp.Body)
		resp.Body.Close()
		resp.Body = io.NopCloser(bytes.NewReader(r.last))
	}
	return resp, err
}

// said answers every request with the same bytes.
type said []byte

func (s said) RoundTrip(*http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(bytes.NewReader(s))}, nil
}

// place is where a value stands in an answer: names and numbers.
type place []any

func placesIn(v any, at place, all *[]place) {
	switch v := v.(type) {
	case map[string]any:
		keys := make([]string, 0, len(v))
		for k := range v {
			keys = append(keys, k)
		}
		slices.Sort(keys)
		for _, k := range keys {
			*all = append(*all, append(slices.Clone(at), k))
			placesIn(v[k], append(slices.Clone(at), k), all)
		}
	case []any:
		for i := range v {
			*all = append(*all, append(slices.Clone(at), i))
			placesIn(v[i], append(slices.Clone(at), i), all)
		}
	}
}

// lose makes a hole at a place.
func lose(v any, at place) {
	for i, step := range at {
		last := i == len(at)-1
		switch x := v.(type) {
		case map[string]any:
			if last {
				x[step.(string)] = nil
			}
			v = x[step.(string)]
		case []any:
			if last {
				x[step.(int)] = nil
			}
			v = x[step.(int)]
		default:
			return // within another hole
		}
	}
}

// answerOf is what GitHub answers about the pull request of the fixture.
func answerOf(t testing.TB, st ghtest.State) []byte {
	t.Helper()
	s := ghtest.New(t, st)
	keep := &recorded{to: http.DefaultTransport}
	client := github.NewClient(&http.Client{Transport: keep}).WithAuthToken(st.Token)
	if _, err := ghapi.TakeSnapshot(t.Context(), client, s.GraphQLURL(), "octo", "demo", 7); err != nil {
		t.Fatal(err)
	}
	return keep.last
}

// holed makes holes in an answer, with an error for each as GitHub does, and takes the
// snapshot. It complains when a list is called whole from which the failure of the
// fixture is gone.
func holed(t *testing.T, answer []byte, holes []place) {
	t.Helper()
	var doc map[string]any
	if err := json.Unmarshal(answer, &doc); err != nil {
		t.Fatal(err)
	}
	errs := []any{}
	for _, at := range holes {
		lose(doc["data"], at)
		errs = append(errs, map[string]any{"message": "Something went wrong", "path": at})
	}
	doc["errors"] = errs
	data, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	snap, err := ghapi.TakeSnapshot(t.Context(), github.NewClient(&http.Client{Transport: said(data)}), "https://api.example/graphql", "octo", "demo", 7)
	if err != nil || snap.Head() == nil {
		return // nothing is said to be known
	}
	failed := slices.ContainsFunc(snap.Head().Checks().All(), func(c *ghapi.Check) bool { return c.Name == "lint" && c.Conclusion == "FAILURE" })
	if snap.Head().Checks().Whole() && !failed {
		t.Errorf("the failed check is gone, and the checks are called whole: %v", holes)
	}
	approved := slices.ContainsFunc(snap.Pull.Reviews.All(), func(r *ghapi.Review) bool { return r.State == "APPROVED" && r.Author != nil })
	if snap.Pull.Reviews.Whole() && !approved {
		t.Errorf("a review is gone, and the reviews are called whole: %v", holes)
	}
}

// Every single value of the answer is lost in turn.
func TestThreatHoles(t *testing.T) {
	answer := answerOf(t, state(t))
	var doc map[string]any
	if err := json.Unmarshal(answer, &doc); err != nil {
		t.Fatal(err)
	}
	var all []place
	placesIn(doc["data"], nil, &all)
	if len(all) < 200 {
		t.Fatalf("only %d places", len(all))
	}
	for _, at := range all {
		holed(t, answer, []place{at})
	}
}

// Several values are lost at once.
func FuzzHoles(f *testing.F) {
	answer := answerOf(f, state(f))
	var doc map[string]any
	if err := json.Unmarshal(answer, &doc); err != nil {
		f.Fatal(err)
	}
	var all []place
	placesIn(doc["data"], nil, &all)
	f.Add("7 300")
	f.Add(strconv.Itoa(len(all) - 1))
	f.Fuzz(func(t *testing.T, picks string) {
		var holes []place
		for word := range bytes.FieldsSeq([]byte(picks)) {
			if n, err := strconv.Atoi(string(word)); err == nil && n >= 0 && len(holes) < 20 {
				holes = append(holes, all[n%len(all)])
			}
		}
		holed(t, answer, holes)
	})
}
