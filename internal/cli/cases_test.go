package cli

import (
	"bytes"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// caseAnswer is the right answer to a case of the corpus, as parts of its outline:
// see [outline].
type caseAnswer struct {
	has, lacks []string
	// Evidence is looked for where it lies by default.
	byDefault bool
	// Why the answer is not right yet. A pending case that turns out right fails, so
	// that the reason is deleted.
	pending string
}

// caseAnswers has the cases in results/ of the corpus.
var caseAnswers = map[string]caseAnswer{
	"03-param-rows-same-name":        {has: []string{"3 tests, 2 passed, 1 failed, 0 errored, 0 skipped, 0 flaky", "verdict: 1 test failed\n"}},
	"04-scanner-same-name-two-files": {has: []string{"3 tests, 0 passed, 3 failed", "Line 11, Column 81", "Line 15, Column 81"}},
	"05-pytest-fail-plus-teardown": {
		has:   []string{"2 tests, 0 passed, 1 failed, 1 errored", "failed test_fail: assert 0", "failed on teardown", "verdict: 2 tests failed\n"},
		lacks: []string{"states 4 tests"},
	},
	"06-times": {has: []string{"6 tests, 6 passed"}},
	"08-suite-errors-no-case": {
		has:   []string{"a.xml: 1 test, 1 passed", "broken a.xml: failure-not-listed", "broken b.xml: failure-not-listed", "Cannot find module './y'", "no test ran in “c.xml”"},
		lacks: []string{"no test ran in “b.xml”"},
	},
	"09-monorepo-lcov":            {has: []string{"packages/foo/coverage/lcov.info: packages/foo/src/index.ts missed 5-5", "packages/bar/coverage/lcov.info: packages/bar/src/index.ts missed 2-2"}},
	"10-monorepo-lcov-root":       {has: []string{"lcov.info: packages/foo/src/index.ts missed 5-5"}, lacks: []string{"lcov.info: src/index.ts"}},
	"11-windows-lcov":             {has: []string{"lcov.info: Src/App/Output.cs missed 3-3"}},
	"13-cobertura-no-sources-abs": {has: []string{"coverage.cobertura.xml: src/App/X.cs missed 2-2"}},
	"14-jacoco-modules":           {has: []string{"azure/build/reports/jacoco/jacoco.xml: azure/src/main/java/acme/W.java missed", "mq/build/reports/jacoco/jacoco.xml: mq/src/main/java/acme/W.java missed"}},
	"15-sarif-no-location":        {has: []string{"2 errors"}},
	"18-sarif-subdir":             {has: []string{"web/src/index.ts:3"}},
	"20-sarif-level-from-rule":    {has: []string{"1 error"}},
	"21-trx-host-crash": {
		has:   []string{"broken a.trx: aborted: The active test run was aborted", "b-outcomes.trx: 10 tests, 4 passed, 0 failed, 4 errored, 2 skipped", "broken c-collector.trx: failure-not-listed"},
		lacks: []string{"broken c-collector.trx: aborted"},
	},
	"22-gotest-testmain": {has: []string{
		"broken goroutine-panic.json", "broken killed.json", "TestHang", "broken panic-named.json", "broken testmain-fatal.json", "cannot connect to mysql", "no test ran in “testmain-exit0.json”",
	}},
	"25-retry-in-name": {
		has:   []string{"TEST-acme.PolicyTest.xml: 1 test, 0 passed, 1 failed", "junit-py3.11-attempt2.xml: 1 test, 1 passed, 0 failed, 0 errored, 0 skipped, 1 flaky"},
		lacks: []string{"no test ran"},
	},
	"27-real-go": {has: []string{
		"TestBg did not end: panic: boom in background", "TestFatal did not end: 2026/11/30 18:31:06 cannot connect", "TestSlow did not end: panic: test timed out after 2s",
	}},
	"28-pytest-nofile":    {has: []string{"app/app_two/tests/test_util.py:14"}},
	"29-java-two-modules": {has: []string{"mq/src/test/java/acme/WTest.java:21"}},
	"31-flank-flaky-attr": {has: []string{"2 tests, 1 passed, 1 failed, 0 errored, 0 skipped, 1 flaky"}, lacks: []string{"states 2 tests"}},
	"32-android-variants": {has: []string{"verdict: 2 tests failed\n"}},
	"42-go-count3":        {has: []string{"1 test, 0 passed, 1 failed, 0 errored, 0 skipped, 0 flaky", "verdict: 1 test failed\n"}},
	"43-dup-names-other-formats": {has: []string{
		"TestResult.xml: 2 tests, 1 passed, 1 failed", "dart.json: 2 tests, 1 passed, 1 failed", "dup.tap: 2 tests, 1 passed, 1 failed",
		"mocha-samefile.json: 2 tests, 1 passed, 0 failed, 1 errored", "mocha.json: 2 tests, 1 passed, 0 failed, 1 errored",
		"rspec.json: 2 tests, 1 passed, 0 failed, 1 errored", "xunit.xml: 2 tests, 1 passed, 1 failed",
	}},
	"47-lcov-system-headers": {has: []string{"verdict: Nothing stands out in the change itself"}},
	"f-default": {byDefault: true, has: []string{
		"jest.json: parsed jest", "playwright.json: parsed playwright", "6b1c-result.json: parsed allure", "output.xml: parsed robot", "coverage-final.json: parsed istanbul",
		"trivy.json: parsed trivy", "gl-code-quality-report.json: parsed codeclimate", "mypy.txt: parsed diagnostics", "k6-summary.json: unknown  looks like k6 summary",
	}},
	"f-formats": {has: []string{
		"jest.json: parsed jest", "coverage-final.json: parsed istanbul", "bep.json: rejected  looks like Bazel build events", "`phpstan.txt` was not read",
	}},
}

// TestCases runs each case of the corpus as a user would: a repository with the
// trees before and after the change, and the evidence in the workspace.
func TestCases(t *testing.T) {
	corpus := os.Getenv("MERGEBRIEF_CORPUS")
	if corpus == "" {
		t.Skip("MERGEBRIEF_CORPUS is not set: the cases of the corpus are not tested")
	}
	dir := filepath.Join(corpus, "cases", "results")
	for _, name := range slices.Sorted(maps.Keys(caseAnswers)) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := caseAnswers[name]
			got := reportCase(t, filepath.Join(dir, name), want.byDefault)
			checkAnswer(t, want, got)
		})
	}
}

// checkAnswer compares what was said about a case with the right answer.
func checkAnswer(t *testing.T, want caseAnswer, got string) {
	t.Helper()
	var wrong []string
	for _, part := range want.has {
		if !strings.Contains(got, part) {
			wrong = append(wrong, "lacks "+part)
		}
	}
	for _, part := range want.lacks {
		if strings.Contains(got, part) {
			wrong = append(wrong, "has "+part)
		}
	}
	switch {
	case len(wrong) == 0 && want.pending != "":
		t.Errorf("right, and expected to be wrong: %s", want.pending)
	case len(wrong) > 0 && want.pending == "":
		t.Errorf("%s\nin:\n%s", strings.Join(wrong, "\n"), got)
	}
}

// reportCase makes a report about a case and returns its outline.
func reportCase(t *testing.T, dir string, byDefault bool) string {
	t.Helper()
	repo, out := t.TempDir(), t.TempDir()
	gitIn(t, repo, "init", "-q", "-b", "main")
	copyTree(t, filepath.Join(dir, "base"), repo)
	writeCaseFile(t, filepath.Join(repo, "README.md"), "a\n")
	gitIn(t, repo, "add", "-A")
	gitIn(t, repo, "commit", "-qm", "base")
	gitIn(t, repo, "checkout", "-qb", "change")
	copyTree(t, filepath.Join(dir, "head"), repo)
	writeCaseFile(t, filepath.Join(repo, "README.md"), "a\nb\n")
	gitIn(t, repo, "add", "-A")
	gitIn(t, repo, "commit", "-qm", "change")
	args := []string{"report", "--repo", repo, "--out", out}
	for _, file := range copyTree(t, filepath.Join(dir, "in"), repo) {
		if !byDefault {
			args = append(args, "--evidence", file)
		}
	}
	return outline(runReport(t, args))
}

// runReport runs the command and returns the bundle and the comment that it wrote.
func runReport(t *testing.T, args []string) (*evidence.Bundle, string) {
	t.Helper()
	var said bytes.Buffer
	c := Command{
		Stdin: strings.NewReader(""), Stdout: &said, Stderr: &said,
		Getenv: func(string) string { return "" }, Environ: os.Environ,
	}
	if status := c.Main(t.Context(), args); status != 0 {
		t.Fatalf("mergebrief %s: status %d\n%s", strings.Join(args, " "), status, &said)
	}
	out := args[slices.Index(args, "--out")+1]
	stored, err := os.ReadFile(filepath.Join(out, "evidence.json"))
	if err != nil {
		t.Fatal(err)
	}
	b, err := evidence.ParseBundle(stored)
	if err != nil {
		t.Fatal(err)
	}
	comment, err := os.ReadFile(filepath.Join(out, "comment.md"))
	if err != nil {
		t.Fatal(err)
	}
	return b, string(comment)
}

// outline puts a bundle into lines that an answer can name parts of.
func outline(b *evidence.Bundle, comment string) string {
	var s strings.Builder
	fmt.Fprintf(&s, "verdict: %s\n", b.Assessment.Verdict.Title)
	for _, x := range b.Record.Suites {
		n := x.Counts
		fmt.Fprintf(&s, "suite %s: %s, %d passed, %d failed, %d errored, %d skipped, %d flaky\n",
			x.Origin.URI, evidence.Plural(n.Total, "test"), n.Passed, n.Failed, n.Errored, n.Skipped, n.Flaky)
		for _, p := range x.Broken {
			fmt.Fprintf(&s, "broken %s: %s: %s %s\n", x.Origin.URI, p.Kind, p.Message, p.Subject)
		}
		for _, c := range x.Cases {
			fmt.Fprintf(&s, "%s %s: %s (%s:%d)\n", c.Outcome, c.Name, c.Message, c.File, c.Line)
		}
	}
	for _, x := range b.Record.Scans {
		fmt.Fprintf(&s, "scan %s: %s, %s\n", x.Origin.URI, evidence.Plural(x.Counts.Error, "error"), evidence.Plural(x.Counts.Warning, "warning"))
	}
	for _, x := range b.Assessment.Findings {
		fmt.Fprintf(&s, "%s: %s", x.Level, x.Message)
		for _, span := range x.Spans {
			fmt.Fprintf(&s, " %s:%d", span.Path, span.First)
		}
		s.WriteString("\n")
	}
	for _, x := range b.Record.Coverage {
		for _, f := range x.Files {
			fmt.Fprintf(&s, "coverage %s: %s missed", x.Origin.URI, f.Path)
			for _, r := range f.Missed {
				fmt.Fprintf(&s, " %d-%d", r.First, r.Last)
			}
			s.WriteString("\n")
		}
	}
	for _, x := range b.Record.Inputs {
		fmt.Fprintf(&s, "input %s: %s %s %s\n", x.Path, x.Status, x.Format, x.Detail)
	}
	return s.String() + comment
}

func gitIn(t *testing.T, dir string, args ...string) {
	t.Helper()
	c := exec.CommandContext(t.Context(), "git", args...)
	c.Dir = dir
	c.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1",
		"GIT_AUTHOR_NAME=Ada", "GIT_AUTHOR_EMAIL=ada@example.com", "GIT_COMMITTER_NAME=Ada", "GIT_COMMITTER_EMAIL=ada@example.com",
		"GIT_AUTHOR_DATE=2026-11-02T08:00:00Z", "GIT_COMMITTER_DATE=2026-11-02T08:00:00Z")
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

// copyTree copies a folder, which need not be there, and returns the paths of its
// files in it.
func copyTree(t *testing.T, from, to string) []string {
	t.Helper()
	var files []string
	err := filepath.WalkDir(from, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(from, p)
		if err != nil {
			return err
		}
		data, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		files = append(files, filepath.ToSlash(rel))
		writeCaseFile(t, filepath.Join(to, rel), string(data))
		return nil
	})
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return files
}

func writeCaseFile(t *testing.T, name, data string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(data), 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestLongLists: a result or failed test on a line of the change is there however
// long the list before it is, and the numbers are those of the file.
func TestLongLists(t *testing.T) {
	dir := t.TempDir()
	writeCaseFile(t, filepath.Join(dir, "base", "src", "a.go"), "package a\n")
	writeCaseFile(t, filepath.Join(dir, "head", "src", "a.go"), "package a\n\nvar x = 1\n")
	var sarif, junit strings.Builder
	sarif.WriteString(`{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"lint"}},"results":[`)
	result := `{"ruleId":"r","level":"%s","message":{"text":"%s"},"locations":[{"physicalLocation":{"artifactLocation":{"uri":"%s"},"region":{"startLine":%d}}}]}`
	for i := range 12_000 {
		fmt.Fprintf(&sarif, result+",", "error", "old", "src/old.go", i+1)
	}
	fmt.Fprintf(&sarif, result+`]}]}`, "warning", "on the new line", "/home/runner/work/src/a.go", 3)
	junit.WriteString(`<testsuite name="s" tests="3001" failures="3001">`)
	for i := range 3000 {
		fmt.Fprintf(&junit, `<testcase name="t%d" file="src/old_test.go" line="%d"><failure message="no"/></testcase>`, i, i+1)
	}
	junit.WriteString(`<testcase name="last" file="src/a.go" line="3"><failure message="of the change"/></testcase></testsuite>`)
	writeCaseFile(t, filepath.Join(dir, "in", "lint.sarif"), sarif.String())
	writeCaseFile(t, filepath.Join(dir, "in", "junit.xml"), junit.String())
	got := reportCase(t, dir, false)
	for _, part := range []string{
		"lint r: on the new line src/a.go:3", "3,001 tests, 0 passed, 3001 failed", "failed last: of the change (src/a.go:3)",
		"12,000 results of linters and scanners outside of the added lines", "“last”, “t0”, “t1” and 2998 more",
	} {
		if !strings.Contains(got, part) {
			t.Errorf("lacks %s", part)
		}
	}
	if t.Failed() {
		t.Log(got[strings.Index(got, "\nscan"):])
	}
}
