package gather

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// As GET /repos/octo/demo/pulls/7 answers, shortened.
const pullJSON = `{"number":7,"html_url":"https://github.com/octo/demo/pull/7","title":"Expire tokens","state":"closed",
"draft":false,"user":{"login":"ada","type":"User"},"author_association":"MEMBER","created_at":"2026-11-02T09:00:00Z",
"base":{"ref":"main","sha":"1111111111111111111111111111111111111111","repo":{"name":"demo","full_name":"octo/demo","html_url":"https://github.com/octo/demo","owner":{"login":"octo"}}},
"head":{"ref":"expire","sha":"2222222222222222222222222222222222222222","repo":{"full_name":"ada/demo"}},
"labels":[{"name":"security"}],"merged":true,"merged_by":{"login":"grace","type":"User"},
"merged_at":"2026-11-03T10:00:00Z","merge_commit_sha":"3333333333333333333333333333333333333333"}`

func TestPullFile(t *testing.T) {
	for name, data := range map[string]string{
		"answer of the API":   pullJSON,
		"payload of an event": `{"action":"closed","number":7,"pull_request":` + pullJSON + `}`,
	} {
		t.Run(name, func(t *testing.T) {
			p, err := ParsePullFile("pull.json", []byte(data))
			if err != nil {
				t.Fatal(err)
			}
			f, err := p.Gather(t.Context(), evidence.Target{Head: strings.Repeat("2", 40)})
			if err != nil {
				t.Fatal(err)
			}
			want := &evidence.PullRequest{
				Origin: evidence.Origin{Basis: evidence.Reported, Source: "pull-file", URI: "pull.json"},
				Number: 7, URL: "https://github.com/octo/demo/pull/7", Title: "Expire tokens", State: evidence.StateMerged,
				Author: evidence.Account{Login: "ada", Kind: evidence.AccountUser}, Association: "member", BaseRef: "main", HeadRef: "expire",
				HeadRepository: "ada/demo", Fork: true, Head: strings.Repeat("2", 40), Labels: []string{"security"},
				Created: time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC),
				Merge: &evidence.Merge{
					By: evidence.Account{Login: "grace", Kind: evidence.AccountUser},
					At: time.Date(2026, 11, 3, 10, 0, 0, 0, time.UTC), Commit: strings.Repeat("3", 40),
				},
			}
			if diff := cmp.Diff(want, f.PullRequest); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if got := p.Repository(); got.URL() != "https://github.com/octo/demo" {
				t.Errorf("repository = %+v", got)
			}
		})
	}
}

func TestPullFileOtherHead(t *testing.T) {
	p, err := ParsePullFile("pull.json", []byte(pullJSON))
	if err != nil {
		t.Fatal(err)
	}
	f, err := p.Gather(t.Context(), evidence.Target{Head: strings.Repeat("4", 40)})
	if err != nil || len(f.Gaps) != 1 || !strings.Contains(f.Gaps[0].Detail, "222222222222") {
		t.Errorf("%v, %+v", err, f.Gaps)
	}
}

func TestParsePullFileRefuses(t *testing.T) {
	for name, data := range map[string]string{"no JSON": "{", "an issue list": "[]", "no number": `{"title":"x"}`} {
		if _, err := ParsePullFile("pull.json", []byte(data)); err == nil || !strings.Contains(err.Error(), "pull.json") {
			t.Errorf("%s: error = %v", name, err)
		}
	}
}
