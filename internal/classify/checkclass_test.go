package classify

import (
	"testing"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

func TestValidates(t *testing.T) {
	for name, c := range map[string]struct {
		check evidence.Check
		class evidence.CommandClass
		want  bool
	}{
		"by name":                     {evidence.Check{Name: "unit tests"}, evidence.ClassTest, true},
		"camel case":                  {evidence.Check{Name: "UnitTests (windows)"}, evidence.ClassTest, true},
		"another class":               {evidence.Check{Name: "lint", Workflow: "Tests"}, evidence.ClassTest, false},
		"platform in a workflow":      {evidence.Check{Name: "ubuntu-latest (3.12)", Workflow: "Tests"}, evidence.ClassTest, true},
		"version in a workflow":       {evidence.Check{Name: "py311", Workflow: "pytest"}, evidence.ClassTest, true},
		"node version":                {evidence.Check{Name: "node v20.x", Workflow: "Lint"}, evidence.ClassLint, true},
		"platform in another":         {evidence.Check{Name: "macos-14", Workflow: "Release"}, evidence.ClassTest, false},
		"a chore of a test workflow":  {evidence.Check{Name: "changes", Workflow: "Tests"}, evidence.ClassTest, false},
		"a label of a test workflow":  {evidence.Check{Name: "notify", Workflow: "Unit tests"}, evidence.ClassTest, false},
		"no workflow":                 {evidence.Check{Name: "ubuntu-latest"}, evidence.ClassTest, false},
		"no name in a workflow":       {evidence.Check{Workflow: "Tests"}, evidence.ClassTest, false},
		"nothing known":               {evidence.Check{}, evidence.ClassTest, false},
		"platform, the build at work": {evidence.Check{Name: "linux (arm64)", Workflow: "build"}, evidence.ClassBuild, true},
	} {
		if got := Validates(c.check, c.class); got != c.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}

func TestFailedAt(t *testing.T) {
	for name, c := range map[string]struct {
		job   string
		steps []string
		class evidence.CommandClass
		want  bool
	}{
		"no steps":             {"test", nil, evidence.ClassTest, true},
		"at the tests":         {"ci", []string{"Run go test ./..."}, evidence.ClassTest, true},
		"at the linter":        {"test", []string{"golangci-lint"}, evidence.ClassTest, false},
		"at the linter, asked": {"test", []string{"golangci-lint"}, evidence.ClassLint, true},
		"at the upload":        {"test", []string{"Upload coverage"}, evidence.ClassTest, false},
		"at something unknown": {"test", []string{"make check"}, evidence.ClassTest, true},
		"at both":              {"ci", []string{"Lint", "Unit tests"}, evidence.ClassTest, true},
		"unknown job and step": {"verify-all", []string{"make"}, evidence.ClassTest, false},
	} {
		if got := FailedAt(evidence.Check{Name: c.job, Conclusion: evidence.ConclusionFailure}, c.class, c.steps); got != c.want {
			t.Errorf("%s: %t", name, got)
		}
		if FailedAt(evidence.Check{Name: c.job, Conclusion: evidence.ConclusionSuccess}, c.class, c.steps) {
			t.Errorf("%s: failed with a pass", name)
		}
	}
	head := evidence.Check{Name: "test", App: "github-actions", Workflow: "CI", RunID: 7, Conclusion: evidence.ConclusionFailure}
	rec := &evidence.Record{Target: evidence.Target{Head: "h"}, Fragment: evidence.Fragment{Heads: []evidence.Head{
		{Commit: "old", Results: []evidence.CheckResult{{Check: head, FailedSteps: []string{"old"}}}},
		{Commit: "h", Results: []evidence.CheckResult{{Check: head, FailedSteps: []string{"first"}}, {Check: head, FailedSteps: []string{"second"}}}},
	}}}
	if got := rec.FailedSteps(head); len(got) != 1 || got[0] != "second" {
		t.Errorf("steps: %v", got)
	}
}
