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
		`{"reason":"compiler-message","package_id":"x 0.1.0"}`:             "cargo",
		`{ "type": "suite", "event": "started", "test_count": 2 }`:         "nextest",
		`{"id":{"started":{}},"children":[],"started":{"uuid":"u"}}`:       "bazel-testlogs",
		`{"pytest_version": "8.0", "$report_type": "SessionStart"}`:        "--junitxml",
		`{"metrics":{"http_reqs":{}},"root_group":{"checks":[]}}`:          "k6",
		`{"totals":{"errors":0,"file_errors":1},"files":{}}`:               "phpstan",
		`<testng-results skipped="0" failed="1"><suite/></testng-results>`: "junitreports",
		`<testExecutions version="1"></testExecutions>`:                    "JUnit XML",
		`<!doctype html><html><body>report</body></html>`:                  "HTML",
		`{"name":"shop","version":"1.0.0"}`:                                "no known format",
	} {
		in := Read("test", "x", strings.NewReader(content)).Inputs[0]
		if in.Status != evidence.Unknown || !strings.Contains(in.Detail, want) {
			t.Errorf("%s: %s: %q does not say %q", content, in.Status, in.Detail, want)
		}
	}
}
