package format

import (
	"bytes"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// likeness is a kind of file that is met and not read, and what to do instead.
type likeness struct {
	// What people call it: "k6 summary".
	name string
	// What its beginning contains, all of it.
	marks []string
	// What would be read.
	instead string
}

// page is what lies beside reports that are read; nobody need be told of it unless
// somebody pointed at it.
const page = "HTML page"

// likenesses are tried in order; each has a specimen in the test.
var likenesses = []likeness{
	{"output of cargo --message-format=json", []string{`"reason":"compiler-`, `"package_id"`}, "SARIF of clippy-sarif"},
	{"Rust libtest JSON", []string{`"type": "suite"`, `"event": "started"`, `"test_count"`}, "JUnit XML of cargo nextest"},
	{"Bazel build events", []string{`"id":{"started"`, `"started":{`}, "the test.xml files below bazel-testlogs"},
	{"pytest-reportlog", []string{`"$report_type"`}, "pytest --junitxml"},
	{"pytest-json-report", []string{`"exitcode"`, `"tests"`, `"nodeid"`}, "pytest --junitxml"},
	{"k6 summary", []string{`"metrics"`, `"root_group"`}, "JUnit XML made in handleSummary"},
	{"mutation testing report", []string{`"schemaVersion"`, `"mutants"`}, "the results of the tests themselves"},
	{"PHPStan JSON", []string{`"totals"`, `"file_errors"`}, "phpstan --error-format=checkstyle"},
	{"Ruff JSON", []string{`"code"`, `"filename"`, `"end_location"`, `"noqa_row"`}, "ruff check --output-format=sarif"},
	{"Pylint JSON", []string{`"message-id"`, `"symbol"`, `"module"`}, "SARIF of pylint-sarif"},
	{"TestNG results", []string{"<testng-results"}, "the JUnit XML that TestNG writes to junitreports"},
	{"SonarQube test executions", []string{"<testExecutions"}, "JUnit XML of the same runner"},
	{"SonarQube generic coverage", []string{"<lineToCover"}, "LCOV or Cobertura of the same tool"},
	{"SonarQube generic issues", []string{`"primaryLocation"`, `"filePath"`, `"ruleId"`}, "SARIF of the same tool"},
	{"Android lint XML", []string{"<issues", "<issue", "<location"}, "lint's SARIF (sarifReport)"},
	{"Bandit JSON", []string{`"generated_at"`, `"test_id"`, `"issue_severity"`}, "bandit -f sarif"},
	{"gosec JSON", []string{`"Golang errors"`, `"Issues"`}, "gosec -fmt=sarif"},
	{"Brakeman JSON", []string{`"scan_info"`, `"brakeman_version"`}, "brakeman -f sarif"},
	{"RuboCop JSON", []string{`"rubocop_version"`, `"files"`}, "rubocop --format github, or SARIF of code-scanning-rubocop"},
	{"Stylelint JSON", []string{`"warnings"`, `"deprecations"`, `"invalidOptionWarnings"`}, "checkstyle of stylelint-checkstyle-formatter"},
	{"SwiftLint JSON", []string{`"rule_id"`, `"character"`, `"severity"`}, "swiftlint --reporter checkstyle"},
	{"ShellCheck JSON", []string{`"endLine"`, `"endColumn"`, `"code"`, `"file"`, `"fix"`}, "shellcheck -f checkstyle"},
	{"Checkov JSON", []string{`"check_type"`, `"failed_checks"`}, "checkov -o sarif"},
	{"Snyk JSON", []string{`"dependencyCount"`, `"packageManager"`}, "snyk test --sarif"},
	{"OWASP Dependency-Check", []string{`"reportSchema"`, `"scanInfo"`}, "--format SARIF"},
	{"pip-audit JSON", []string{`"dependencies"`, `"vulns"`}, "CycloneDX of pip-audit -f cyclonedx-json"},
	{"cargo audit JSON", []string{`"advisory-count"`, `"lockfile"`}, "OSV-Scanner's JSON"},
	{"govulncheck JSON", []string{`"protocol_version"`, `"scanner_name"`}, "govulncheck -format sarif"},
	{"Mochawesome JSON", []string{`"passPercent"`, `"suites"`, `"meta"`}, "mocha --reporter json"},
	{"Newman JSON", []string{`"collection"`, `"run"`, `"executions"`}, "newman --reporters junit"},
	{"GoogleTest JSON", []string{`"testsuites"`, `"testsuite"`, `"disabled"`}, "--gtest_output=xml"},
	{"PIT mutation report", []string{"<mutations", "<mutation "}, "the results of the tests themselves"},
	{"JMeter results", []string{"timeStamp,elapsed,label"}, "JUnit XML made of the .jtl"},
	{"Microsoft coverage XML", []string{"<results>", "<modules>", "block_coverage="}, "dotnet-coverage -f cobertura"},
	{"dotCover XML", []string{"DotCoverVersion="}, "Cobertura of the same run"},
	{"text of gcov", []string{"        -:    0:Source:"}, "LCOV of lcov or Cobertura of gcovr"},
	{"database of coverage.py", []string{"SQLite format 3"}, "coverage xml, json or lcov"},
	{"execution data of JaCoCo", []string{"\x01\xc0\xc0"}, "the XML report of JaCoCo"},
	{"profile of LLVM", []string{"rforpl\xff"}, "llvm-cov export -format=lcov"},
	{"text of go test", []string{"--- FAIL: "}, "go test -json"},
	{"text of go test", []string{"=== RUN "}, "go test -json"},
	{"text of pytest", []string{"= test session starts ="}, "pytest --junitxml"},
	{"text of PHPStan", []string{"[ERROR] Found", "Line"}, "phpstan --error-format=checkstyle"},
	{page, []string{"<html"}, "the report that the tool writes for machines"},
}

// likeSaid begins what is said of a file that looks like something.
const likeSaid = "looks like "

// LooksAlike reports whether a file of no known format looks like one that is met and
// not read.
func LooksAlike(in evidence.Input) bool {
	return in.Status == evidence.Unknown && strings.HasPrefix(in.Detail, likeSaid)
}

// lookAlike says what a file of no known format looks like and what would be read
// instead; empty when it looks like nothing that is met.
func lookAlike(head []byte) string {
	for _, l := range likenesses {
		if l.of(head) {
			if l.name == page {
				return l.name + ", which is not read; " + l.instead + " would be"
			}
			return likeSaid + l.name + ", which is not read; " + l.instead + " would be"
		}
	}
	return ""
}

func (l likeness) of(head []byte) bool {
	for _, mark := range l.marks {
		if !bytes.Contains(head, []byte(mark)) {
			return false
		}
	}
	return true
}
