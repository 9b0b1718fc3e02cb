package workflow_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/workflow"
)

const base = `on:
  push: {branches: [main]}
  pull_request:
permissions: {contents: read}
jobs:
  test:
    runs-on: ubuntu-latest
    strategy: {matrix: {go: [1.25, 1.26]}}
    steps:
      - uses: actions/checkout@v4
      - name: Lint
        run: golangci-lint run
      - run: go test ./...
  e2e:
    uses: ./.github/workflows/e2e.yml
    secrets: inherit
`

func TestCompare(t *testing.T) {
	for name, c := range map[string]struct {
		change *strings.Replacer
		want   []string
	}{
		"nothing":             {strings.NewReplacer(), nil},
		"comments and order":  {strings.NewReplacer("on:\n  push: {branches: [main]}\n  pull_request:\n", "# which events\non: [pull_request, push]\n"), nil},
		"another version":     {strings.NewReplacer("checkout@v4", "checkout@v5"), nil},
		"an event for all":    {strings.NewReplacer("  pull_request:\n", "  pull_request:\n  pull_request_target:\n"), []string{"trigger-added  pull_request_target"}},
		"an event less":       {strings.NewReplacer("  pull_request:\n", ""), []string{"trigger-removed  pull_request"}},
		"more rights":         {strings.NewReplacer("contents: read", "contents: write, id-token: write"), []string{"permission-widened  contents: write", "permission-widened  id-token: write"}},
		"fewer rights":        {strings.NewReplacer("{contents: read}", "{}"), nil},
		"rights of one job":   {strings.NewReplacer("    runs-on", "    permissions: write-all\n    runs-on"), []string{"permission-widened  all: write"}},
		"a job less":          {strings.NewReplacer("  e2e:\n    uses: ./.github/workflows/e2e.yml\n    secrets: inherit\n", ""), []string{"job-removed e2e "}},
		"a job renamed":       {strings.NewReplacer("  e2e:", "  browser:"), nil},
		"a job more":          {strings.NewReplacer("  e2e:", "  more:\n    continue-on-error: true\n    steps: [{run: make}]\n  e2e:"), []string{"job-added more ", "failure-ignored more "}},
		"a condition":         {strings.NewReplacer("    runs-on", "    if: github.event.pull_request.head.repo.fork == false\n    runs-on"), []string{"job-conditional test github.event.pull_request.head.repo.fork == false"}},
		"a job may fail":      {strings.NewReplacer("    runs-on", "    continue-on-error: ${{ matrix.next }}\n    runs-on"), []string{"failure-ignored test "}},
		"a step less":         {strings.NewReplacer("      - name: Lint\n        run: golangci-lint run\n", ""), []string{"step-removed test Lint"}},
		"a step renamed":      {strings.NewReplacer("name: Lint", "name: Linters"), nil},
		"a step may fail":     {strings.NewReplacer("        run: golangci-lint run\n", "        run: golangci-lint run\n        continue-on-error: true\n"), []string{"failure-ignored test Lint"}},
		"a step on condition": {strings.NewReplacer("        run: golangci-lint run\n", "        run: golangci-lint run\n        if: github.actor != 'bot'\n"), []string{"step-conditional test Lint"}},
		"a step that always":  {strings.NewReplacer("        run: golangci-lint run\n", "        run: golangci-lint run\n        if: always()\n"), []string{"job-changed test "}},
		"other commands":      {strings.NewReplacer("go test ./...", "go test -short ./..."), []string{"job-changed test "}},
		"a smaller matrix":    {strings.NewReplacer("[1.25, 1.26]", "[1.26]"), []string{"job-changed test "}},
		"no secrets":          {strings.NewReplacer("    secrets: inherit\n", ""), []string{"secrets-not-inherited e2e "}},
	} {
		t.Run(name, func(t *testing.T) {
			got := workflow.Compare([]byte(base), []byte(c.change.Replace(base)))
			if got == nil || !got.Judges {
				t.Fatalf("%+v", got)
			}
			if diff := cmp.Diff(c.want, words(got)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	got := workflow.Compare([]byte(strings.Replace(base, "    secrets: inherit\n", "", 1)), []byte(base))
	if diff := cmp.Diff([]string{"secrets-inherited e2e "}, words(got)); diff != "" {
		t.Error(diff)
	}
}

func words(c *evidence.WorkflowChange) (all []string) {
	for _, e := range c.Edits {
		all = append(all, string(e.Kind)+" "+e.Job+" "+e.Subject)
	}
	return all
}

// A new workflow is told by what it may do.
func TestNew(t *testing.T) {
	got := workflow.Compare(nil, []byte("on: issues\npermissions: {issues: write, contents: read}\njobs: {triage: {steps: [{run: x}]}}\n"))
	want := &evidence.WorkflowChange{Edits: []evidence.WorkflowEdit{{Kind: evidence.TriggerAdded, Subject: "issues"}, {Kind: evidence.PermissionWidened, Subject: "issues: write"}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// What could exhaust the machine, or cannot be read, is not compared.
func TestRefused(t *testing.T) {
	for name, text := range map[string]string{
		"no YAML":    "jobs: [",
		"too deep":   "jobs: " + strings.Repeat("[", 100) + strings.Repeat("]", 100),
		"too many":   "a: &a [x]\nb: [" + strings.Repeat("*a, ", 30) + "]\njobs: {}\n",
		"too large":  "# " + strings.Repeat("x", 1<<20),
		"not a map":  "- a\n",
		"deep lists": strings.Repeat("- ", 200) + "a\n",
	} {
		if got := workflow.Compare([]byte(base), []byte(text)); got != nil {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestIs(t *testing.T) {
	for name, want := range map[string]bool{".github/workflows/ci.yml": true, ".github/workflows/a.yaml": true, ".github/workflows/x/ci.yml": false, "web/.github/workflows/ci.yml": false, ".github/workflows/README.md": false} {
		if workflow.Is(name) != want {
			t.Errorf("%s: %t", name, !want)
		}
	}
}

// Whatever a file holds, comparing it ends and does not panic; nothing differs
// from itself.
func FuzzCompare(f *testing.F) {
	f.Add([]byte(base))
	f.Add([]byte("on: [push]\njobs: {a: {steps: [{uses: x/y@v1}]}}\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if c := workflow.Compare(data, data); c != nil && len(c.Edits) > 0 {
			t.Errorf("%+v", c)
		}
		workflow.Compare([]byte(base), data)
	})
}
