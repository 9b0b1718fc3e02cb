package commandline

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestAway: a check that looks at other code than that on which the agent works.
func TestAway(t *testing.T) {
	for line, want := range map[string]bool{
		"go test ./...": false,
		"git stash && go test ./... ; git stash pop":                  true,
		"git stash push -m x; go test ./...":                          true,
		"git stash list; go test ./...":                               false,
		"git stash pop && go test ./...":                              false,
		"git stash && git stash pop && go test ./...":                 false,
		"git checkout main && go test ./...; git checkout -":          true,
		"git checkout main && go test ./...; git checkout feature":    true,
		"git checkout -b feature && go test ./...; git checkout -":    false,
		"git checkout -- a.go && go test ./...; git checkout -":       false,
		"git checkout feature && go test ./...":                       false,
		"go test ./... && git stash":                                  false,
		"git switch main && npx eslint . && npx jest && git switch -": true,
		"git switch -c feature && npx eslint . && npx jest; git push": false,
	} {
		a := NewReader().Read(line)
		got := a.Away
		for _, s := range a.Steps {
			if s.Validates() {
				got = s.Away
			}
		}
		if got != want {
			t.Errorf("%q: away %v", line, got)
		}
	}
}

// TestStepsOfLines: the commands that end for themselves, with the numbers of their
// lists.
func TestStepsOfLines(t *testing.T) {
	type step struct {
		Family  string
		Segment int
	}
	for line, want := range map[string][]step{
		"npm test":                           nil,
		"cd x && npm test":                   nil,
		"git add . && git push":              nil,
		"npm test | tee out":                 nil,
		"npm test && git push":               {{"npm test", 1}, {"git push", 1}},
		"npm test; git push":                 {{"npm test", 1}, {"git push", 2}},
		"npm run lint && npm test":           {{"npm run lint", 1}, {"npm test", 1}},
		"set -e\nnpm run lint\nnpm test":     {{"npm run lint", 1}, {"npm test", 1}},
		"bash -c 'npm run lint && npm test'": {{"npm run lint", 2}, {"npm test", 2}},
		"npm run lint | cat && npm test":     {{"npm run lint", 1}, {"npm test", 1}},
		"echo 'unclosed && npm test && go":   nil,
	} {
		var got []step
		for _, s := range NewReader().Read(line).Steps {
			got = append(got, step{s.Family, s.Segment})
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", line, diff)
		}
	}
}
