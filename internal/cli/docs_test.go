package cli

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/format"
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

// TestDocumentedManifest reads the example of the page about run manifests, and
// finds in it what the page says.
func TestDocumentedManifest(t *testing.T) {
	data, err := os.ReadFile("../../docs/run-manifest.md")
	if err != nil {
		t.Fatal(err)
	}
	_, example, _ := strings.Cut(string(data), "```json\n")
	example, _, _ = strings.Cut(example, "```")
	f := format.Read("files", "agent-run.json", strings.NewReader(example))
	if in := f.Inputs[0]; in.Status != evidence.Parsed || in.Format != "agent-run" {
		t.Fatalf("%+v", in)
	}
	s := f.Sessions[0]
	if len(s.Commands) != 2 || s.CommandCounts.Failed != 1 || len(s.Repairs) != 1 || len(s.Unavailable) != 1 || len(s.FilesRead) != 1 ||
		len(f.Tickets) != 1 || !f.Tickets[0].Approval.Approved || len(f.Claims) != 1 || *s.Usage.CostUSD != 0.42 {
		t.Errorf("session %+v\nticket %+v\nclaims %+v", s, f.Tickets, f.Claims)
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

var (
	treePath   = regexp.MustCompile("`(internal/[^`]+)`")
	tableLines = regexp.MustCompile("(?s)```go\n(.*?)```")
)

// The worked examples of CONTRIBUTING.md name files that are there, and lines that
// stand in the file named last before them.
func TestWorkedExamples(t *testing.T) {
	data, err := os.ReadFile("../../CONTRIBUTING.md")
	if err != nil {
		t.Fatal(err)
	}
	_, examples, _ := strings.Cut(string(data), "## Adding something\n")
	examples, _, _ = strings.Cut(examples, "\n## ")
	paths := treePath.FindAllStringSubmatchIndex(examples, -1)
	lines := tableLines.FindAllStringSubmatchIndex(examples, -1)
	if len(paths) == 0 || len(lines) == 0 {
		t.Fatalf("%d paths and %d lines of tables", len(paths), len(lines))
	}
	for _, at := range lines {
		file := ""
		for _, p := range paths {
			if p[0] < at[0] {
				file = examples[p[2]:p[3]]
			}
		}
		code, err := os.ReadFile("../../" + file)
		if line := strings.TrimSpace(examples[at[2]:at[3]]); err != nil || !strings.Contains(string(code), line) {
			t.Errorf("%s does not have the line %q (%v)", file, line, err)
		}
	}
	for _, p := range paths {
		if _, err := os.Stat("../../" + examples[p[2]:p[3]]); err != nil {
			t.Errorf("an example names a file that is not there: %v", err)
		}
	}
}
