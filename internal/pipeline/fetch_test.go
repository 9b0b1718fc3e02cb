package pipeline

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/redact"
)

// No address that stands in evidence is asked: of tickets, sessions, entities, schemas
// and places of results.
func TestThreatT24NothingFetched(t *testing.T) {
	var asked atomic.Int64
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) }))
	defer s.Close()
	dir := t.TempDir()
	for name, content := range map[string]string{
		"junit.xml":      `<?xml version="1.0"?><!DOCTYPE x SYSTEM "URL/dtd" [<!ENTITY % e SYSTEM "URL/e"> %e; <!ENTITY x SYSTEM "URL/x">]><?xml-stylesheet href="URL/xsl"?><testsuite name="&x;" xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="URL/i"/><testcase name="a"/></testsuite>`,
		"report.sarif":   `{"$schema": "URL/schema", "version": "2.1.0", "runs": [{"tool": {"driver": {"name": "t", "informationUri": "URL/i", "rules": [{"id": "r", "helpUri": "URL/h"}]}}, "externalPropertyFileReferences": {"results": [{"location": {"uri": "URL/p"}}]}, "results": [{"ruleId": "r", "message": {"text": "m"}, "locations": [{"physicalLocation": {"artifactLocation": {"uri": "URL/a.go"}}}]}]}]}`,
		"agent-run.json": `{"schema": "https://mergebrief.github.io/agent-run/v1", "agent": {"name": "claude-code"}, "session": "s", "ticket": {"key": "#1", "url": "URL/ticket"}, "commits": []}`,
		"bom.json":       `{"bomFormat": "CycloneDX", "specVersion": "1.5", "externalReferences": [{"type": "bom", "url": "URL/bom"}], "components": [{"type": "library", "name": "a", "version": "1"}]}`,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(strings.ReplaceAll(content, "URL", s.URL)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	record := Change{Redactor: redact.New(nil), Files: &Files{Root: dir, Patterns: []string{"*"}}}.Record(t.Context())
	parsed := 0
	for _, in := range record.Inputs {
		if in.Status == evidence.Parsed || in.Status == evidence.Partial {
			parsed++
		}
	}
	if parsed < 3 || len(record.Tickets) == 0 {
		t.Errorf("only %d files were read: %+v", parsed, record.Inputs)
	}
	if n := asked.Load(); n != 0 {
		t.Errorf("%d addresses of evidence were asked", n)
	}
}
