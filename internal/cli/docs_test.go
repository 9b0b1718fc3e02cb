package cli

import (
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rhysd/actionlint"
)

// documents returns the Markdown files that users read.
func documents(t *testing.T) []string {
	t.Helper()
	files := []string{"../../README.md", "../../CONTRIBUTING.md"}
	for _, pattern := range []string{"../../docs/*.md", "../../docs/*/*.md"} {
		more, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, more...)
	}
	return files
}

var fence = regexp.MustCompile("(?ms)^```yaml\n(.*?)^```$")

// TestDocumentedWorkflows lints every workflow that a document shows: a fenced
// block of YAML with jobs.
func TestDocumentedWorkflows(t *testing.T) {
	linted := 0
	for _, file := range documents(t) {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range fence.FindAllSubmatch(data, -1) {
			if !regexp.MustCompile(`(?m)^jobs:`).Match(m[1]) {
				continue
			}
			linted++
			lint(t, file, m[1])
		}
	}
	if linted == 0 {
		t.Error("no document shows a workflow")
	}
}

func lint(t *testing.T, file string, workflow []byte) {
	t.Helper()
	l, err := actionlint.NewLinter(io.Discard, &actionlint.LinterOptions{})
	if err != nil {
		t.Fatal(err)
	}
	found, err := l.Lint(filepath.Base(file)+".yml", workflow, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range found {
		t.Errorf("%s: workflow line %d: %s", file, e.Line, e.Message)
	}
}

var link = regexp.MustCompile(`\]\(([^)#:\s]+)(?:#[^)]*)?\)`)

// TestDocumentLinks finds links to files that are not there.
func TestDocumentLinks(t *testing.T) {
	for _, file := range documents(t) {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range link.FindAllStringSubmatch(string(data), -1) {
			if _, err := os.Stat(filepath.Join(filepath.Dir(file), m[1])); err != nil {
				t.Errorf("%s: the link to %s leads nowhere", strings.TrimPrefix(file, "../../"), m[1])
			}
		}
	}
}
