package format

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// realReports are the reports that .ci/real-tools makes: which of its groups of
// tools makes it, its format, and what the project dictates.
var realReports = map[string]struct {
	group, format string
	want          []string
}{
	"allure-result.json": {"python", "allure", []string{
		"1 tests: 0 passed, 0 failed, 0 errored, 1 skipped, 0 flaky",
		"skipped test_later []",
	}},
	"c8-coverage-final.json": {"js", "istanbul", []string{
		"10 of 16 lines",
		"price.js [{1 2} {5 7} {12 13}] not [{3 4} {8 11}]",
		"run.cjs [{1 3}] not []",
	}},
	"coverage.json": {"python", "coveragepy", []string{
		"4 of 7 lines",
		"price.py [{1 2} {4 4} {7 7}] not [{3 3} {8 9}]",
	}},
	"coverage.lcov": {"python", "lcov", []string{
		"4 of 7 lines",
		"price.py [{1 2} {4 4} {7 7}] not [{3 3} {8 9}]",
	}},
	"coverage.xml": {"python", "cobertura", []string{
		"4 of 7 lines",
		"price.py [{1 2} {4 4} {7 7}] not [{3 3} {8 9}]",
	}},
	"cucumber.json": {"js", "cucumber", []string{
		"7 tests: 3 passed, 2 failed, 2 errored, 0 skipped, 0 flaky",
		"failed Breaks []",
		"failed Times []",
		"errored Is not written []",
		"errored Waits []",
	}},
	"eslint.json": {"js", "eslint", []string{
		"error no rule broken.js:1",
		"error no-undef price.js:2",
		"warning no-unused-vars price.js:1",
		"1 suppressed",
	}},
	"gl-code-quality-report.json": {"python", "codeclimate", []string{
		"error F401 price.py:1",
		"error F401 price.py:2",
		"error F821 price.py:9",
	}},
	// jest-junit leaves out what is to be written and, as it is set up by default,
	// the file that cannot be loaded.
	"jest-junit.xml": {"js", "junit", []string{
		"12 tests: 7 passed, 4 failed, 0 errored, 1 skipped, 0 flaky",
		"failed price breaks []",
		"failed price works by now []",
		"failed price times 2 []",
		"failed Test execution failure: could be caused by test hooks like 'afterAll'. []",
		"skipped price later []",
	}},
	"jest.json": {"js", "jest", []string{
		"11 tests: 5 passed, 3 failed, 0 errored, 3 skipped, 1 flaky",
		"aborted hook.test.js",
		"aborted crash.test.js",
		"failed breaks [failed failed]",
		"failed works by now [failed failed]",
		"failed times 2 [failed failed]",
		"flaky passed flaps [failed passed]",
		"skipped later []",
		"skipped to be written []",
		"skipped cannot work yet []",
	}},
	// The test behind the hook is in no list of Mocha.
	"mocha.json": {"js", "mocha", []string{
		"8 tests: 3 passed, 2 failed, 1 errored, 2 skipped, 1 flaky",
		"aborted behind a hook \"before all\" hook for \"never runs\"",
		"failed price breaks []",
		"failed price times 2 []",
		"errored price crashes []",
		"flaky passed retried flaps [failed passed]",
		"skipped price later []",
		"skipped price to be written []",
	}},
	"mypy.txt": {"python", "diagnostics", []string{
		"error return-value price.py:6",
		"error arg-type price.py:9",
		"error name-defined price.py:9",
	}},
	"nyc-coverage-final.json": {"js", "istanbul", []string{
		"5 of 8 lines",
		"price.js [{2 2} {5 5} {13 13}] not [{3 3} {9 10}]",
		"run.cjs [{1 1} {3 3}] not []",
	}},
	"nyc-coverage-summary.json": {"js", "istanbul-summary", []string{
		"5 of 8 lines",
	}},
	"nyc-lcov.info": {"js", "lcov", []string{
		"5 of 8 lines",
		"price.js [{2 2} {5 5} {13 13}] not [{3 3} {9 10}]",
		"run.cjs [{1 1} {3 3}] not []",
	}},
	"playwright-broken.json": {"js", "playwright", []string{
		"0 tests: 0 passed, 0 failed, 0 errored, 0 skipped, 0 flaky",
		"aborted broken.spec.ts",
		"aborted broken",
	}},
	"playwright-browser.json": {"browser", "playwright", []string{
		"2 tests: 1 passed, 1 failed, 0 errored, 0 skipped, 0 flaky",
		"failed takes leave [failed failed]",
	}},
	"playwright.json": {"js", "playwright", []string{
		"16 tests: 6 passed, 4 failed, 1 errored, 5 skipped, 1 flaky",
		"planned-not-run 1 test",
		"failed breaks [failed failed]",
		"failed works by now [passed failed]",
		"failed times 2 [failed failed]",
		"failed first [failed failed]",
		"errored hangs [errored errored]",
		"flaky passed flaps [failed passed]",
		"skipped later []",
		"skipped known []",
		"skipped only on paper []",
		"skipped cannot work yet []",
		"skipped second []",
	}},
	// pytest-rerunfailures writes an attempt that failed as one that passed, so that
	// test_flaps is two passes.
	"pytest-junit.xml": {"python", "junit", []string{
		"13 tests: 5 passed, 3 failed, 3 errored, 2 skipped, 0 flaky",
		"failed test_breaks [passed failed]",
		"failed test_works_by_now [passed failed]",
		"failed test_times[2] [passed failed]",
		"errored test_crash []",
		"errored test_needs_a_database [passed errored]",
		"errored test_passes_before_the_teardown [passed errored]",
		"skipped test_later []",
		"skipped test_known []",
	}},
	"robot.xml": {"python", "robot", []string{
		"8 tests: 1 passed, 4 failed, 0 errored, 3 skipped, 0 flaky",
		"failed Needs The Setup []",
		"failed Breaks []",
		"failed Tears Down []",
		"failed Times []",
		"skipped Later []",
		"skipped Known []",
		"skipped Is Skipped When It Fails []",
	}},
	"ruff.txt": {"python", "diagnostics", []string{
		"error F401 price.py:1",
		"error F401 price.py:2",
		"error F821 price.py:9",
	}},
	"vitest-junit.xml": {"js", "junit", []string{
		"14 tests: 7 passed, 5 failed, 0 errored, 2 skipped, 0 flaky",
		"failed crash.test.js []",
		"failed hook.test.js []",
		"failed price > breaks []",
		"failed price > works by now []",
		"failed price > times 2 []",
		"skipped price > later []",
		"skipped price > to be written []",
	}},
	"vitest.json": {"js", "jest", []string{
		"12 tests: 7 passed, 3 failed, 0 errored, 2 skipped, 1 flaky",
		"aborted crash.test.js",
		"aborted hook.test.js",
		"failed breaks []",
		"failed works by now []",
		"failed times 2 []",
		"flaky passed flaps [failed passed]",
		"skipped later []",
		"skipped to be written []",
	}},
	"TEST-shop.CrashTest.xml": {"java", "junit", []string{
		"1 tests: 0 passed, 0 failed, 1 errored, 0 skipped, 0 flaky",
		"errored  [errored errored]",
	}},
	"TEST-shop.PriceTest.xml": {"java", "junit", []string{
		"11 tests: 6 passed, 2 failed, 1 errored, 2 skipped, 1 flaky",
		"failed breaks [failed failed]",
		"failed times(int)[2] [failed failed]",
		"errored crashes [errored errored]",
		"flaky passed flaps [failed passed]",
		"skipped assumes []",
		"skipped later []",
	}},
}

// TestRealTools reads reports that tools wrote a moment ago and compares them
// with what their projects dictate.
func TestRealTools(t *testing.T) {
	dir := os.Getenv("MERGEBRIEF_REAL_TOOLS")
	if dir == "" {
		t.Skip("MERGEBRIEF_REAL_TOOLS is not set: .ci/real-tools runs the tools")
	}
	ran := strings.Fields(os.Getenv("MERGEBRIEF_REAL_TOOLS_RAN"))
	for name, tt := range realReports {
		t.Run(name, func(t *testing.T) {
			if !slices.Contains(ran, tt.group) {
				t.Skipf("the tools of %s did not run", tt.group)
			}
			file, err := os.Open(filepath.Join(dir, name))
			if err != nil {
				t.Fatal(err)
			}
			defer file.Close()
			f := Read("files", name, file)
			if in := f.Inputs[0]; in.Format != tt.format || in.Status != evidence.Parsed {
				t.Errorf("%s %s (%s), want a parsed %s", in.Status, in.Format, in.Detail, tt.format)
			}
			if diff := gocmp.Diff(tt.want, told(f)); diff != "" {
				t.Errorf("(-dictated +read):\n%s", diff)
			}
		})
	}
}

// told is what a fragment says, without what differs from run to run.
func told(f evidence.Fragment) []string {
	var all []string
	for _, s := range f.Suites {
		c := s.Counts
		all = append(all, fmt.Sprintf("%d tests: %d passed, %d failed, %d errored, %d skipped, %d flaky", c.Total, c.Passed, c.Failed, c.Errored, c.Skipped, c.Flaky))
		for _, b := range s.Broken {
			all = append(all, strings.TrimSpace(fmt.Sprintf("%s %s", b.Kind, filepath.Base(b.Subject))))
		}
		for _, c := range s.Cases {
			flaky := ""
			if c.Flaky {
				flaky = "flaky "
			}
			all = append(all, strings.TrimSpace(fmt.Sprintf("%s%s %s %v", flaky, c.Outcome, c.Name, c.Attempts)))
		}
	}
	for _, s := range f.Scans {
		for _, r := range s.Results {
			all = append(all, fmt.Sprintf("%s %s %s:%d", r.Level, cmp.Or(r.Rule, "no rule"), filepath.Base(r.Path), r.Line))
		}
		if s.Counts.Suppressed > 0 {
			all = append(all, fmt.Sprintf("%d suppressed", s.Counts.Suppressed))
		}
	}
	for _, c := range f.Coverage {
		all = append(all, fmt.Sprintf("%d of %d lines", c.Covered, c.Lines))
		for _, f := range c.Files {
			all = append(all, fmt.Sprintf("%s %v not %v", filepath.Base(f.Path), f.Covered, f.Missed))
		}
	}
	return all
}
