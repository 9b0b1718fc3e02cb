package agentlog

import (
	"fmt"
	"strings"
	"testing"
)

func TestCountedTests(t *testing.T) {
	for sentence, want := range map[string]string{
		"All 340 tests pass":                              "tests-pass 340 all",
		"all 1,204 unit tests pass":                       "tests-pass 1204 all",
		"12 tests pass":                                   "tests-pass 12",
		"12/12 tests passed":                              "tests-pass 12 all",
		"12 of 14 tests passed":                           "tests-pass 12",
		"All tests pass (340 passed, 3 skipped)":          "tests-pass 340",
		"2 test files and 3 test suites, 45 tests passed": "tests-pass 45",
		"Updated 3 files and all tests pass":              "tests-pass 0, files-changed 3",
		"Backend: 12 tests pass, frontend: 30 tests pass": "tests-pass 0",
		"I added 5 new tests":                             "tests-added 5",
		"Added tests for 3 packages":                      "tests-added 0",
		"All tests pass in 12 seconds":                    "tests-pass 0",
		"100% of tests pass":                              "tests-pass 0",
		"All 340 tests should pass":                       "",
	} {
		var got []string
		for _, s := range assurances(sentence) {
			line := fmt.Sprintf("%s %d", s.Kind, s.Count)
			if s.All {
				line += " all"
			}
			got = append(got, line)
		}
		if s := strings.Join(got, ", "); s != want {
			t.Errorf("%q: %q, want %q", sentence, s, want)
		}
	}
}
