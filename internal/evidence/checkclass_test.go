package evidence

import "testing"

func TestValidates(t *testing.T) {
	for name, c := range map[string]struct {
		check Check
		class CommandClass
		want  bool
	}{
		"by name":                     {Check{Name: "unit tests"}, ClassTest, true},
		"camel case":                  {Check{Name: "UnitTests (windows)"}, ClassTest, true},
		"another class":               {Check{Name: "lint", Workflow: "Tests"}, ClassTest, false},
		"platform in a workflow":      {Check{Name: "ubuntu-latest (3.12)", Workflow: "Tests"}, ClassTest, true},
		"version in a workflow":       {Check{Name: "py311", Workflow: "pytest"}, ClassTest, true},
		"node version":                {Check{Name: "node v20.x", Workflow: "Lint"}, ClassLint, true},
		"platform in another":         {Check{Name: "macos-14", Workflow: "Release"}, ClassTest, false},
		"a chore of a test workflow":  {Check{Name: "changes", Workflow: "Tests"}, ClassTest, false},
		"a label of a test workflow":  {Check{Name: "notify", Workflow: "Unit tests"}, ClassTest, false},
		"no workflow":                 {Check{Name: "ubuntu-latest"}, ClassTest, false},
		"nothing known":               {Check{}, ClassTest, false},
		"platform, the build at work": {Check{Name: "linux (arm64)", Workflow: "build"}, ClassBuild, true},
	} {
		if got := c.check.Validates(c.class); got != c.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}

func TestFailedAt(t *testing.T) {
	for name, c := range map[string]struct {
		job   string
		steps []string
		class CommandClass
		want  bool
	}{
		"no steps":             {"test", nil, ClassTest, true},
		"at the tests":         {"ci", []string{"Run go test ./..."}, ClassTest, true},
		"at the linter":        {"test", []string{"golangci-lint"}, ClassTest, false},
		"at the linter, asked": {"test", []string{"golangci-lint"}, ClassLint, true},
		"at the upload":        {"test", []string{"Upload coverage"}, ClassTest, false},
		"at something unknown": {"test", []string{"make check"}, ClassTest, true},
		"at both":              {"ci", []string{"Lint", "Unit tests"}, ClassTest, true},
		"unknown job and step": {"verify-all", []string{"make"}, ClassTest, false},
	} {
		if got := (Check{Name: c.job, Conclusion: "failure"}).FailedAt(c.class, c.steps); got != c.want {
			t.Errorf("%s: %t", name, got)
		}
		if (Check{Name: c.job, Conclusion: "success"}).FailedAt(c.class, c.steps) {
			t.Errorf("%s: failed with a pass", name)
		}
	}
	head := Check{Name: "test", App: "github-actions", Workflow: "CI", RunID: 7, Conclusion: "failure"}
	rec := &Record{Target: Target{Head: "h"}, Fragment: Fragment{Heads: []Head{
		{Commit: "old", Results: []CheckResult{{Check: head, FailedSteps: []string{"old"}}}},
		{Commit: "h", Results: []CheckResult{{Check: head, FailedSteps: []string{"first"}}, {Check: head, FailedSteps: []string{"second"}}}},
	}}}
	if got := rec.FailedSteps(head); len(got) != 1 || got[0] != "second" {
		t.Errorf("steps: %v", got)
	}
}
