package commandline

import (
	"fmt"
	"strings"
	"testing"
)

// What runners print about the number of their tests, as seen in transcripts.
func TestCountTests(t *testing.T) {
	for name, tt := range map[string]struct {
		family, output string
		partial        bool
		want           string
	}{
		"go":                      {"go test", "ok  \tx\t0.1s\n", false, ""},
		"go, failed ones only":    {"go test", "--- FAIL: TestA (0.00s)\nFAIL\n", false, ""},
		"go -v":                   {"go test", "=== RUN   TestA\n--- PASS: TestA (0.00s)\n    --- PASS: TestA/b (0.00s)\n--- FAIL: TestC (0.00s)\n--- SKIP: TestD (0.00s)\nFAIL\n", false, "4: 2 passed, 1 failed, 0 errored, 1 skipped"},
		"go by a task":            {"mise run test", "--- FAIL: TestA (0.00s)\n--- FAIL: TestB (0.00s)\nFAIL\n", false, ""},
		"go -v, cut":              {"go test", "--- PASS: TestA (0.00s)\n", true, ""},
		"gotestsum":               {"gotestsum", "DONE 12 tests, 2 skipped, 1 failure in 0.3s\n", true, "12: 9 passed, 1 failed, 0 errored, 2 skipped"},
		"pytest":                  {"pytest", "==== 1 failed, 12 passed, 2 skipped, 1 xfailed, 3 warnings, 1 error in 0.52s ====\n", true, "17: 12 passed, 1 failed, 1 errored, 3 skipped"},
		"pytest -q":               {"pytest", "3 passed in 0.01s\n", false, "3: 3 passed, 0 failed, 0 errored, 0 skipped"},
		"pytest twice":            {"pytest", "3 passed in 0.01s\n4 passed in 0.02s\n", false, ""},
		"jest":                    {"jest", "Test Suites: 1 failed, 2 passed, 3 total\nTests:       1 failed, 1 todo, 213 passed, 215 total\n", false, "215: 213 passed, 1 failed, 0 errored, 1 skipped"},
		"jest, all failed":        {"npx jest", "Tests:       2 failed, 2 total\n", false, "2: 0 passed, 2 failed, 0 errored, 0 skipped"},
		"vitest by npm":           {"npm test", " Test Files  1 failed | 2 passed (3)\n      Tests  1 failed | 8 passed | 1 skipped (10)\n", false, "10: 8 passed, 1 failed, 0 errored, 1 skipped"},
		"mocha":                   {"mocha", "  12 passing (30ms)\n  1 pending\n  2 failing\n", false, "15: 12 passed, 2 failed, 0 errored, 1 skipped"},
		"mocha, the end":          {"mocha", "  2 failing\n", true, ""},
		"cargo":                   {"cargo test", "test result: ok. 5 passed; 0 failed; 1 ignored; 0 measured\ntest result: FAILED. 2 passed; 1 failed; 0 ignored; 0 measured\n", false, "9: 7 passed, 1 failed, 0 errored, 1 skipped"},
		"cargo, its last crate":   {"cargo test", "test result: ok. 5 passed; 0 failed; 1 ignored; 0 measured\n", true, ""},
		"nextest":                 {"cargo nextest", "     Summary [   0.5s] 10 tests run: 9 passed (1 slow), 1 failed, 2 skipped\n", true, "12: 9 passed, 1 failed, 0 errored, 2 skipped"},
		"maven, two modules":      {"mvn test", "[INFO] Tests run: 3, Failures: 0, Errors: 0, Skipped: 0, Time elapsed: 0.1 s -- in A\n[INFO] Tests run: 3, Failures: 0, Errors: 0, Skipped: 0\n[ERROR] Tests run: 4, Failures: 1, Errors: 1, Skipped: 1\n", false, "7: 4 passed, 1 failed, 1 errored, 1 skipped"},
		"dotnet":                  {"dotnet test", "Passed!  - Failed:     0, Passed:    12, Skipped:     1, Total:    13, Duration: 1 s\n", false, "13: 12 passed, 0 failed, 0 errored, 1 skipped"},
		"rspec":                   {"rspec", "14 examples, 2 failures, 1 pending\n", true, "14: 11 passed, 2 failed, 0 errored, 1 skipped"},
		"minitest":                {"rails test", "10 runs, 20 assertions, 1 failures, 0 errors, 2 skips\n", true, "10: 7 passed, 1 failed, 0 errored, 2 skipped"},
		"phpunit":                 {"phpunit", "OK (7 tests, 9 assertions)\n", true, "7: 7 passed, 0 failed, 0 errored, 0 skipped"},
		"ctest":                   {"ctest", "80% tests passed, 1 tests failed out of 5\n", true, "5: 4 passed, 1 failed, 0 errored, 0 skipped"},
		"none were found":         {"pytest", "no tests ran in 0.01s\n", false, ""},
		"of another tool":         {"pytest", "DONE 12 tests in 0.3s\n", false, ""},
		"too long for the search": {"go test", "--- PASS: TestA (0.00s)\n" + strings.Repeat("x\n", maxVerdictBytes), false, ""},
	} {
		t.Run(name, func(t *testing.T) {
			got := ""
			if c := CountTests(strings.TrimPrefix(tt.family, "npx "), []byte(tt.output), tt.partial); c != nil {
				got = fmt.Sprintf("%d: %d passed, %d failed, %d errored, %d skipped", c.Total, c.Passed, c.Failed, c.Errored, c.Skipped)
			}
			if got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}
