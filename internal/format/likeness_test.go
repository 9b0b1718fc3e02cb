package format

import (
	"strings"
	"testing"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// A file of a kind that is met and not read says what it is and what would be
// read; one of any other kind says that no format is known.
func TestLookAlike(t *testing.T) {
	for content, want := range map[string]string{
		`{"reason":"compiler-message","package_id":"x 0.1.0"}`:                                                                "cargo",
		`{ "type": "suite", "event": "started", "test_count": 2 }`:                                                            "nextest",
		`{"id":{"started":{}},"children":[],"started":{"uuid":"u"}}`:                                                          "bazel-testlogs",
		`{"pytest_version": "8.0", "$report_type": "SessionStart"}`:                                                           "--junitxml",
		`{"metrics":{"http_reqs":{}},"root_group":{"checks":[]}}`:                                                             "k6",
		`{"totals":{"errors":0,"file_errors":1},"files":{}}`:                                                                  "phpstan",
		`<testng-results skipped="0" failed="1"><suite/></testng-results>`:                                                    "junitreports",
		`<testExecutions version="1"></testExecutions>`:                                                                       "JUnit XML",
		`<!doctype html><html><body>report</body></html>`:                                                                     "HTML",
		`{"errors":[],"generated_at":"x","results":[{"issue_severity":"LOW","test_id":"B101"}]}`:                              "bandit -f sarif",
		`{"Golang errors":{},"Issues":[]}`:                                                                                    "gosec -fmt=sarif",
		`{"scan_info":{"brakeman_version":"6"},"warnings":[]}`:                                                                "brakeman -f sarif",
		`{"metadata":{"rubocop_version":"1.6"},"files":[]}`:                                                                   "RuboCop",
		`[{"source":"a.css","deprecations":[],"invalidOptionWarnings":[],"warnings":[]}]`:                                     "Stylelint",
		`[{"character":1,"file":"a.swift","line":1,"rule_id":"x","severity":"Warning"}]`:                                      "swiftlint",
		`[{"file":"a.sh","line":1,"endLine":1,"column":1,"endColumn":2,"level":"info","code":2086,"message":"m","fix":null}]`: "shellcheck",
		`{"check_type":"terraform","results":{"failed_checks":[]}}`:                                                           "checkov",
		`{"vulnerabilities":[],"ok":true,"dependencyCount":1,"packageManager":"npm"}`:                                         "snyk",
		`{"reportSchema":"1.1","scanInfo":{},"dependencies":[]}`:                                                              "Dependency-Check",
		`{"dependencies":[{"name":"a","version":"1","vulns":[]}],"fixes":[]}`:                                                 "pip-audit",
		`{"database":{"advisory-count":1},"lockfile":{"dependency-count":1}}`:                                                 "cargo audit",
		`{"config":{"protocol_version":"v1.0.0","scanner_name":"govulncheck"}}`:                                               "govulncheck",
		`{"stats":{"passPercent":50},"results":[{"suites":[]}],"meta":{}}`:                                                    "mocha --reporter json",
		`{"collection":{},"run":{"executions":[]}}`:                                                                           "newman",
		`{"tests":1,"failures":0,"disabled":0,"testsuites":[{"testsuite":[]}]}`:                                               "--gtest_output=xml",
		`<mutations><mutation detected='true'/></mutations>`:                                                                  "PIT",
		"timeStamp,elapsed,label,responseCode\n1,2,a,200\n":                                                                   "JMeter",
		`<results><modules><module block_coverage="1"/></modules></results>`:                                                  "cobertura",
		`<Root DotCoverVersion="1"></Root>`:                                                                                   "dotCover",
		"        -:    0:Source:a.c\n        1:    1:int f\n":                                                                 "gcov",
		"SQLite format 3\x00":                                          "coverage xml",
		"\x01\xc0\xc0\x10\x07":                                         "JaCoCo",
		"\x81rforpl\xff":                                               "llvm-cov",
		"--- FAIL: TestA (0.00s)\nFAIL\n":                              "go test -json",
		"=== RUN   TestA\n--- PASS: TestA (0.00s)\nPASS\n":             "go test -json",
		"===== test session starts =====\n1 passed\n":                  "--junitxml",
		" ------ \n  Line   a.php\n ------ \n [ERROR] Found 1 error\n": "phpstan",
		`{"name":"shop","version":"1.0.0"}`:                            "no known format",
	} {
		in := Read("test", "x", strings.NewReader(content)).Inputs[0]
		if in.Status != evidence.Unknown || !strings.Contains(in.Detail, want) {
			t.Errorf("%s: %s: %q does not say %q", content, in.Status, in.Detail, want)
		}
	}
}
