package action

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func specimen(t *testing.T, file string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "events", file))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestParseEvent(t *testing.T) {
	opened := Event{
		Name: "pull_request", Action: "opened", Repository: "Codertocat/Hello-World", Number: 2,
		Head: "ec26c3e57ca3a959ca5aad62de7213c562f8c821", HeadRef: "changes", HeadRepository: "Codertocat/Hello-World", HeadRepositoryID: 186853002,
		Base: "f95f852bd8fca8fcc58a9a2d6c842781e32a215e", BaseRef: "master",
	}
	with := func(name, action string) Event {
		e := opened
		e.Name, e.Action = name, action
		return e
	}
	tests := []struct {
		file string
		want Event
	}{
		{"pull_request.opened.json", opened},
		{"pull_request.synchronize.json", with("pull_request", "synchronize")},
		{"pull_request.reopened.json", with("pull_request", "reopened")},
		{"pull_request.ready_for_review.json", with("pull_request", "ready_for_review")},
		{"pull_request.closed.json", with("pull_request", "closed")},
		{"pull_request_review.submitted.json", with("pull_request_review", "submitted")},
		{"pull_request_review.dismissed.json", with("pull_request_review", "dismissed")},
		{"merge_group.checks_requested.json", Event{
			Name: "merge_group", Action: "checks_requested", Repository: "octo-org/octo-repo", Number: 104,
			Head:    "2ffea6db159f6b6c47a24e778fb9ef40cf6b1c7d",
			HeadRef: "gh-readonly-queue/main/pr-104-929f8209d40f77f4abc622a499c93a83babdbe64", HeadRepository: "octo-org/octo-repo",
			Base: "380387fbc80638b734a49e1be1c4dfec1c01b33c", BaseRef: "main",
		}},
		{"workflow_run.completed.json", Event{
			Name: "workflow_run", Action: "completed", Repository: "Codertocat/Hello-World",
			Head: "5779607b49aab1200488439f02372c57b4f75444", HeadRef: "main", HeadRepository: "octo-org/octo-repo", HeadRepositoryID: 396980812, Fork: true,
			Run: &TriggeringRun{ID: 1589141559, Attempt: 1, Workflow: "Manually triggered workflow", Event: "workflow_dispatch", HeadOwner: "octo-org"},
		}},
		{"workflow_dispatch.json", Event{Name: "workflow_dispatch", Repository: "octo-org/octo-repo"}},
	}
	for _, tt := range tests {
		t.Run(tt.file, func(t *testing.T) {
			name, _, _ := strings.Cut(tt.file, ".")
			got, err := ParseEvent(name, specimen(t, tt.file))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("event (-want +got):\n%s", diff)
			}
		})
	}
}

// The same payload under the event that delivers it in the base repository.
func TestParseEventTarget(t *testing.T) {
	e, err := ParseEvent("pull_request_target", specimen(t, "pull_request.opened.json"))
	if err != nil || e.Number != 2 || e.Name != "pull_request_target" {
		t.Errorf("event %+v, error %v", e, err)
	}
}

const (
	idA = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	idB = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
)

func TestParseEventSituations(t *testing.T) {
	tests := map[string]struct {
		event, payload string
		want           Event
	}{
		"merged": {
			"pull_request", `{"action":"closed","pull_request":{"number":7,"merged":true,"merge_commit_sha":"` + idB + `",
			"head":{"sha":"` + idA + `","repo":{"id":1,"full_name":"o/r"}},"base":{"sha":"` + idB + `","repo":{"id":1,"full_name":"o/r"}}}}`,
			Event{Name: "pull_request", Action: "closed", Number: 7, Head: idA, HeadRepository: "o/r", HeadRepositoryID: 1, Base: idB, Merged: true, MergeCommit: idB},
		},
		"from a fork": {
			"pull_request", `{"pull_request":{"number":7,
			"head":{"sha":"` + idA + `","repo":{"id":2,"full_name":"f/r"}},"base":{"sha":"` + idB + `","repo":{"id":1,"full_name":"o/r"}}}}`,
			Event{Name: "pull_request", Number: 7, Head: idA, HeadRepository: "f/r", HeadRepositoryID: 2, Base: idB, Fork: true},
		},
		"from a deleted fork": {
			"pull_request", `{"pull_request":{"number":7,
			"head":{"sha":"` + idA + `","repo":null},"base":{"sha":"` + idB + `","repo":{"id":1,"full_name":"o/r"}}}}`,
			Event{Name: "pull_request", Number: 7, Head: idA, Base: idB, Fork: true},
		},
		"in a repository that is a fork": {
			"pull_request", `{"pull_request":{"number":7,
			"head":{"sha":"` + idA + `","repo":{"id":2,"full_name":"f/r","fork":true}},"base":{"sha":"` + idB + `","repo":{"id":2,"full_name":"f/r","fork":true}}}}`,
			Event{Name: "pull_request", Number: 7, Head: idA, HeadRepository: "f/r", HeadRepositoryID: 2, Base: idB},
		},
		"fields of other types": {
			"pull_request", `{"sender":7,"enterprise":"x","pull_request":{"number":7,"created_at":{},"labels":"none",
			"head":{"sha":"` + idA + `"},"base":{"sha":"` + idB + `"}}}`,
			Event{Name: "pull_request", Number: 7, Head: idA, Base: idB, Fork: true},
		},
		"SHA-256 repository": {
			"pull_request", `{"pull_request":{"number":7,"head":{"sha":"` + idA + idA[:24] + `"},"base":{"sha":"` + idB + idB[:24] + `"}}}`,
			Event{Name: "pull_request", Number: 7, Head: idA + idA[:24], Base: idB + idB[:24], Fork: true},
		},
		"dispatched with text":     {"workflow_dispatch", `{"inputs":{"pull-request":" #482 "}}`, Event{Name: "workflow_dispatch", Number: 482}},
		"dispatched with a number": {"workflow_dispatch", `{"inputs":{"pull-request":482}}`, Event{Name: "workflow_dispatch", Number: 482}},
		"dispatched without":       {"workflow_dispatch", `{"inputs":{"pull-request":""}}`, Event{Name: "workflow_dispatch"}},
		"dispatched, no inputs":    {"workflow_dispatch", `{"inputs":null}`, Event{Name: "workflow_dispatch"}},
		"scheduled":                {"schedule", `{"schedule":"0 4 * * *"}`, Event{Name: "schedule"}},
		"run of one pull request": {
			"workflow_run", `{"repository":{"id":1,"full_name":"o/r"},"workflow_run":{"id":9,"run_attempt":3,"name":"CI","event":"pull_request","conclusion":"failure","head_sha":"` + idA + `","head_repository":{"id":1,"full_name":"o/r","owner":{"login":"o"}},
			"pull_requests":[{"number":7,"head":{"sha":"` + idA + `"},"base":{"sha":"` + idB + `","ref":"main","repo":{"id":1}}}]}}`,
			Event{Name: "workflow_run", Repository: "o/r", Number: 7, Head: idA, HeadRepository: "o/r", HeadRepositoryID: 1, Base: idB, BaseRef: "main", Run: &TriggeringRun{ID: 9, Attempt: 3, Workflow: "CI", Event: "pull_request", Conclusion: "failure", HeadOwner: "o"}},
		},
		"run of an older head": {
			"workflow_run", `{"repository":{"id":1,"full_name":"o/r"},"workflow_run":{"id":9,"head_sha":"` + idA + `","head_repository":{"id":1,"full_name":"o/r"},
			"pull_requests":[{"number":7,"head":{"sha":"` + idB + `"},"base":{"sha":"` + idB + `","repo":{"id":1}}}]}}`,
			Event{Name: "workflow_run", Repository: "o/r", Head: idA, HeadRepository: "o/r", HeadRepositoryID: 1, Run: &TriggeringRun{ID: 9}},
		},
		"run of a pull request elsewhere": {
			"workflow_run", `{"repository":{"id":1,"full_name":"o/r"},"workflow_run":{"id":9,"head_sha":"` + idA + `","head_repository":{"id":1,"full_name":"o/r"},
			"pull_requests":[{"number":7,"head":{"sha":"` + idA + `"},"base":{"sha":"` + idB + `","repo":{"id":2}}}]}}`,
			Event{Name: "workflow_run", Repository: "o/r", Head: idA, HeadRepository: "o/r", HeadRepositoryID: 1, Run: &TriggeringRun{ID: 9}},
		},
		"run of two pull requests": {
			"workflow_run", `{"repository":{"id":1,"full_name":"o/r"},"workflow_run":{"id":9,"head_sha":"` + idA + `","head_repository":{"id":1,"full_name":"o/r"},
			"pull_requests":[{"number":7,"head":{"sha":"` + idA + `"},"base":{"sha":"` + idB + `","repo":{"id":1}}},{"number":8,"head":{"sha":"` + idA + `"},"base":{"sha":"` + idB + `","repo":{"id":1}}}]}}`,
			Event{Name: "workflow_run", Repository: "o/r", Head: idA, HeadRepository: "o/r", HeadRepositoryID: 1, Run: &TriggeringRun{ID: 9}},
		},
		"pushed": {
			"push", `{"repository":{"full_name":"o/r"},"ref":"refs/heads/main","before":"` + idA + `","after":"` + idB + `"}`,
			Event{Name: "push", Repository: "o/r", Head: idB, HeadRef: "main", HeadRepository: "o/r", Base: idA, BaseRef: "main"},
		},
		"pushed a new branch": {
			"push", `{"repository":{"full_name":"o/r"},"ref":"refs/heads/x/y","before":"` + strings.Repeat("0", 40) + `","after":"` + idB + `"}`,
			Event{Name: "push", Repository: "o/r", Head: idB, HeadRef: "x/y", HeadRepository: "o/r", BaseRef: "x/y"},
		},
		"group without a number": {
			"merge_group", `{"merge_group":{"head_sha":"` + idA + `","head_ref":"refs/heads/other","base_sha":"` + idB + `","base_ref":"refs/heads/main"}}`,
			Event{Name: "merge_group", Head: idA, HeadRef: "other", Base: idB, BaseRef: "main"},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := ParseEvent(tt.event, []byte(tt.payload))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("event (-want +got):\n%s", diff)
			}
		})
	}
}

func TestParseEventErrors(t *testing.T) {
	tests := map[string]struct{ event, payload, want string }{
		"other event":        {"issue_comment", `{}`, `event "issue_comment" is not supported; run on pull_request, pull_request_target, `},
		"no event":           {"", `{}`, `event "" is not supported`},
		"not JSON":           {"pull_request", `{`, "the payload cannot be read: unexpected end"},
		"number is text":     {"pull_request", `{"pull_request":{"number":"7"}}`, "cannot unmarshal string"},
		"no pull request":    {"pull_request", `{}`, "the payload names no pull request"},
		"negative number":    {"pull_request", `{"pull_request":{"number":-7}}`, "the payload names no pull request"},
		"head is a name":     {"pull_request", `{"pull_request":{"number":7,"head":{"sha":"--upload-pack=x"},"base":{"sha":"` + idB + `"}}}`, `pull_request.head.sha is "--upload-pack=x", which is no commit id`},
		"head is short":      {"pull_request", `{"pull_request":{"number":7,"head":{"sha":"abc1234"},"base":{"sha":"` + idB + `"}}}`, "is no commit id"},
		"head is zeros":      {"pull_request", `{"pull_request":{"number":7,"head":{"sha":"` + strings.Repeat("0", 40) + `"},"base":{"sha":"` + idB + `"}}}`, "is no commit id"},
		"head has a newline": {"pull_request", `{"pull_request":{"number":7,"head":{"sha":"` + idA + `\n"},"base":{"sha":"` + idB + `"}}}`, "is no commit id"},
		"no base":            {"pull_request", `{"pull_request":{"number":7,"head":{"sha":"` + idA + `"}}}`, `pull_request.base.sha is ""`},
		"no group":           {"merge_group", `{}`, "no merge_group"},
		"giant number":       {"merge_group", `{"merge_group":{"head_ref":"refs/heads/gh-readonly-queue/main/pr-99999999999-` + idA + `"}}`, "names no pull request"},
		"no run":             {"workflow_run", `{"workflow_run":{}}`, "no workflow_run"},
		"deleted branch":     {"push", `{"ref":"refs/heads/x","deleted":true}`, "refs/heads/x was deleted"},
		"tag":                {"push", string(must(os.ReadFile("testdata/events/push.json"))), `"refs/tags/simple-tag" is no branch`},
		"dispatched for 0":   {"workflow_dispatch", `{"inputs":{"pull-request":"0"}}`, `input pull-request: "0" is not allowed (allowed: the number of a pull request, such as 482)`},
		"dispatched for []":  {"workflow_dispatch", `{"inputs":{"pull-request":[7]}}`, "input pull-request:"},
		"too large":          {"push", strings.Repeat(" ", maxEventBytes+1), "more than 33554432"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := ParseEvent(tt.event, []byte(tt.payload))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want %q in it", err, tt.want)
			}
		})
	}
}

func must(data []byte, err error) []byte {
	if err != nil {
		panic(err)
	}
	return data
}

func TestForPull(t *testing.T) {
	tests := map[string]struct {
		event  Event
		number int
		want   int
		err    string
	}{
		"event alone":             {Event{Name: "pull_request", Number: 7}, 0, 7, ""},
		"input alone":             {Event{Name: "workflow_dispatch"}, 8, 8, ""},
		"both agree":              {Event{Name: "pull_request", Number: 7}, 7, 7, ""},
		"both differ":             {Event{Name: "pull_request", Number: 7}, 8, 0, "input pull-request: 8 is not allowed: the event pull_request is about pull request 7"},
		"neither":                 {Event{Name: "workflow_dispatch"}, 0, 0, "event workflow_dispatch: no pull request: name it by the input pull-request"},
		"run, to be found by API": {Event{Name: "workflow_run", Run: &TriggeringRun{}}, 0, 0, ""},
		"push, same":              {Event{Name: "push"}, 0, 0, ""},
		"schedule, same":          {Event{Name: "schedule"}, 0, 0, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := tt.event.ForPull(tt.number)
			if tt.err != "" {
				if err == nil || err.Error() != tt.err {
					t.Errorf("error %v, want %q", err, tt.err)
				}
				return
			}
			if err != nil || got.Number != tt.want {
				t.Errorf("number %d, error %v, want %d", got.Number, err, tt.want)
			}
		})
	}
	if _, err := (Event{Name: "workflow_dispatch"}).ForPull(0); !errors.Is(err, ErrNoPullRequest) {
		t.Errorf("error %v is not ErrNoPullRequest", err)
	}
}

// Whatever the payload, there is no panic, and a number comes with checked ids.
func FuzzParseEvent(f *testing.F) {
	files, err := filepath.Glob("testdata/events/*.json")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		name, _, _ := strings.Cut(filepath.Base(file), ".")
		f.Add(name, must(os.ReadFile(file)))
	}
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		e, err := ParseEvent(name, data)
		if err != nil {
			return
		}
		if e.Number < 0 {
			t.Errorf("number %d", e.Number)
		}
		if e.Head != "" && !commitID.MatchString(e.Head) {
			t.Errorf("head %q", e.Head)
		}
	})
}
