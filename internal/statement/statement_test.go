package statement

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

const head = "2c26b46b68ffc68ff99b453c1d30413413422d70"

func stored(t *testing.T, target evidence.Target) []byte {
	t.Helper()
	b := evidence.Bundle{Schema: evidence.SchemaURI, Record: evidence.Record{Target: target}}
	b.Assessment.Verdict.Title = "<nothing> & nobody"
	data, err := b.Canonical()
	if err != nil {
		t.Fatal(err)
	}
	return data
}

var pull = evidence.Target{
	Repository: evidence.Repository{Server: "https://github.com", Owner: "octo", Name: "demo"}, PullRequest: 7, Head: head,
}

func TestNew(t *testing.T) {
	data := stored(t, pull)
	_, sum, _ := strings.Cut(evidence.Digest(data), ":")
	long := strings.Repeat("ab", 32)
	for name, c := range map[string]struct {
		target evidence.Target
		want   Subject
	}{
		"pull request": {pull, Subject{"git+https://github.com/octo/demo@refs/pull/7/head", map[string]string{"gitCommit": head, "sha1": head}}},
		"no remote":    {evidence.Target{Head: head}, Subject{"git", map[string]string{"gitCommit": head, "sha1": head}}},
		"no number":    {evidence.Target{Repository: pull.Repository, Head: long}, Subject{"git+https://github.com/octo/demo", map[string]string{"gitCommit": long}}},
	} {
		t.Run(name, func(t *testing.T) {
			raw, err := New(stored(t, c.target))
			if err != nil {
				t.Fatal(err)
			}
			var s Statement
			if err := json.Unmarshal(raw, &s); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, s.Subject[0]); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	raw, err := New(data)
	if err != nil {
		t.Fatal(err)
	}
	var s Statement
	if err := json.Unmarshal(raw, &s); err != nil {
		t.Fatal(err)
	}
	if s.Type != Type || s.PredicateType != evidence.SchemaURI || s.Subject[1].Digest["sha256"] != sum {
		t.Errorf("%+v", s)
	}
}

func TestVerify(t *testing.T) {
	data := stored(t, pull)
	good, err := New(data)
	if err != nil {
		t.Fatal(err)
	}
	other := pull
	other.PullRequest = 8
	var short Statement
	if err := json.Unmarshal(good, &short); err != nil {
		t.Fatal(err)
	}
	short.Subject = short.Subject[:1]
	withoutBundle, err := json.Marshal(short)
	if err != nil {
		t.Fatal(err)
	}
	compact := strings.ReplaceAll(string(good), "\n ", "\n")
	for name, c := range map[string]struct {
		statement string
		bundle    []byte
		want      string
	}{
		"untouched":                 {string(good), data, ""},
		"other spacing":             {compact, data, ""},
		"other bundle":              {string(good), stored(t, other), "digest"},
		"other head":                {strings.Replace(string(good), head, strings.Repeat("0", 40), 1), data, "digest"},
		"no subject for the bundle": {string(withoutBundle), data, "digest"},
		"other verdict":             {strings.Replace(string(good), "nobody", "somebody", 1), data, "predicate"},
		"other predicate":           {strings.Replace(string(good), `"predicateType": "`, `"predicateType": "x`, 1), data, "want"},
		"no JSON":                   {"{", data, "statement"},
		"no bundle":                 {string(good), []byte("{}"), "schema"},
	} {
		t.Run(name, func(t *testing.T) {
			err := Verify([]byte(c.statement), c.bundle)
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("error = %v, want %q", err, c.want)
			}
		})
	}
}
