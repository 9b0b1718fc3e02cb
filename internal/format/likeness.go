package format

import "bytes"

// likeness is a kind of file that is met and not read, and what to do instead.
type likeness struct {
	// What people call it: "k6 summary".
	name string
	// What its beginning contains, all of it.
	marks []string
	// What would be read.
	instead string
}

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
	{"HTML page", []string{"<html"}, "the report that the tool writes for machines"},
}

// lookAlike says what a file of no known format looks like and what would be read
// instead; empty when it looks like nothing that is met.
func lookAlike(head []byte) string {
	for _, l := range likenesses {
		if l.of(head) {
			return "looks like " + l.name + ", which is not read; " + l.instead + " would be"
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
