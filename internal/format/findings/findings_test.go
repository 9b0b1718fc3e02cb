package findings

import (
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// scanned is what a test looks at.
type scanned struct {
	Counts evidence.LevelCounts
	// "level/severity rule path:first-last message" of the results.
	Results []string
	// Message of the scan that did not run.
	DidNotRun string
	Reason    evidence.Reason
}

func scanOf(t *testing.T, read func(io.Reader) (evidence.Fragment, error), in string) scanned {
	t.Helper()
	f, err := read(strings.NewReader(in))
	var s scanned
	for _, scan := range f.Scans {
		s.Counts.Total += scan.Counts.Total
		s.Counts.Error += scan.Counts.Error
		s.Counts.Warning += scan.Counts.Warning
		s.Counts.Note += scan.Counts.Note
		s.Counts.Suppressed += scan.Counts.Suppressed
		for _, r := range scan.Results {
			place := r.Path
			if r.Line > 0 {
				place += ":" + string(rune('0'+r.Line))
			}
			text := []string{string(r.Level), string(r.Severity), r.Rule, place, r.Message}
			s.Results = append(s.Results, strings.Join(strings.Fields(strings.Join(text, " ")), " "))
		}
		if scan.DidNotRun {
			s.DidNotRun = scan.Message
		}
	}
	if err != nil {
		s.Reason = evidence.ReasonOf(err, "none")
	}
	return s
}

func TestSARIF(t *testing.T) {
	run := func(rest string) string { return `{"version":"2.1.0","runs":[{` + rest + `}]}` }
	const rules = `"tool":{"driver":{"name":"x","rules":[{"id":"a","defaultConfiguration":{"level":"error"},"properties":{"security-severity":"9.1"}},{"id":"b"}]},"extensions":[{"name":"e","rules":[{"id":"c","defaultConfiguration":{"level":"note"}}]}]}`
	tests := map[string]struct {
		in   string
		want scanned
	}{
		"level of the rule by id": {
			run(rules + `,"results":[{"ruleId":"a"}]`),
			scanned{Counts: evidence.LevelCounts{Total: 1, Error: 1}, Results: []string{"error critical a"}},
		},
		"level of the rule that stands behind": {
			run(`"results":[{"ruleId":"a"}],` + rules),
			scanned{Counts: evidence.LevelCounts{Total: 1, Error: 1}, Results: []string{"error critical a"}},
		},
		"level of the rule by index": {
			run(rules + `,"results":[{"ruleIndex":0}]`),
			scanned{Counts: evidence.LevelCounts{Total: 1, Error: 1}, Results: []string{"error critical a"}},
		},
		"level of a rule of an extension": {
			run(rules + `,"results":[{"rule":{"index":0,"toolComponent":{"index":0}}}]`),
			scanned{Counts: evidence.LevelCounts{Total: 1, Note: 1}, Results: []string{"note c"}},
		},
		"level of a rule of an extension by id": {
			run(rules + `,"results":[{"ruleId":"c"}]`),
			scanned{Counts: evidence.LevelCounts{Total: 1, Note: 1}, Results: []string{"note c"}},
		},
		"hierarchical id": {
			run(rules + `,"results":[{"ruleId":"a/sub"}]`),
			scanned{Counts: evidence.LevelCounts{Total: 1, Error: 1}, Results: []string{"error critical a/sub"}},
		},
		"an index that points to another rule": {
			run(rules + `,"results":[{"ruleId":"a","ruleIndex":1}]`),
			scanned{Counts: evidence.LevelCounts{Total: 1, Error: 1}, Results: []string{"error critical a"}},
		},
		"a level of its own goes first": {
			run(rules + `,"results":[{"ruleId":"a","level":"note"}]`),
			scanned{Counts: evidence.LevelCounts{Total: 1, Note: 1}, Results: []string{"note critical a"}},
		},
		"no level anywhere": {
			run(rules + `,"results":[{"ruleId":"b"},{"ruleId":"unknown"}]`),
			scanned{Counts: evidence.LevelCounts{Total: 2, Warning: 2}, Results: []string{"warning b", "warning unknown"}},
		},
		"level none": {
			run(`"results":[{"level":"none"}]`),
			scanned{Counts: evidence.LevelCounts{Total: 1}, Results: []string{"none"}},
		},
		"only fail is a result": {
			run(`"results":[{"kind":"pass"},{"kind":"FAIL"},{"kind":"notApplicable"},{"kind":"fail"}]`),
			scanned{Counts: evidence.LevelCounts{Total: 2, Warning: 2}, Results: []string{"warning", "warning"}},
		},
		"absent is fixed": {
			run(`"results":[{"baselineState":"absent"},{"baselineState":"unchanged"}]`),
			scanned{Counts: evidence.LevelCounts{Total: 1, Warning: 1}, Results: []string{"warning"}},
		},
		"suppressions": {
			run(`"results":[{"suppressions":[{"kind":"inSource"}]},{"suppressions":[{"status":"accepted"},{"status":"underReview"}]},{"suppressions":[{"state":"rejected"}]},{"suppressions":[]}]`),
			scanned{Counts: evidence.LevelCounts{Total: 4, Warning: 3, Suppressed: 1}, Results: []string{"warning", "warning", "warning"}},
		},
		"failed invocation": {
			run(`"invocations":[{"executionSuccessful":false,"toolExecutionNotifications":[{"message":{"text":"started"},"level":"note"},{"message":{"text":"no memory"},"level":"error"}]}],"results":[]`),
			scanned{DidNotRun: "no memory"},
		},
		"results are null":        {run(`"results":null`), scanned{DidNotRun: "the run did not complete: its results are null"}},
		"no results":              {run(rules), scanned{DidNotRun: "the run states no results"}},
		"results are no list":     {run(`"results":42`), scanned{DidNotRun: "the results are not a list", Reason: evidence.Unreadable}},
		"runs are no list":        {`{"version":"2.1.0","runs":{}}`, scanned{Reason: evidence.Unreadable}},
		"byte order mark":         {"\xef\xbb\xbf" + run(`"results":[]`), scanned{}},
		"members of other types":  {run(`"tool":7,"results":[{"level":3,"message":"text","locations":{},"ruleIndex":-1.5},null,[]]`), scanned{Counts: evidence.LevelCounts{Total: 1, Warning: 1}, Results: []string{"warning text"}}},
		"cut between two results": {run(`"results":[{"level":"error"},{"level":"er`)[:65], scanned{Counts: evidence.LevelCounts{Total: 1, Error: 1}, Results: []string{"error"}, Reason: evidence.Truncated}},
		"cut before the results":  {`{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"x"`, scanned{DidNotRun: "the file ends before the results", Reason: evidence.Truncated}},
		"paths": {
			run(`"results":[{"locations":[{"physicalLocation":{"artifactLocation":{"uri":"file:///C:/a%20b.cs"},"region":{"startLine":3}}},{"physicalLocation":{"artifactLocation":{"uri":"other"}}}]},{"locations":[{"physicalLocation":{"artifactLocation":{"uri":"./src\\a.go"}}}]}]`),
			scanned{Counts: evidence.LevelCounts{Total: 2, Warning: 2}, Results: []string{"warning C:/a b.cs:3", "warning src/a.go"}},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, scanOf(t, DecodeSARIF, tt.in)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestSARIFBeyondKept resolves the levels of results that are only counted.
func TestSARIFBeyondKept(t *testing.T) {
	var b strings.Builder
	b.WriteString(`{"version":"2.1.0","runs":[{"results":[{"ruleId":"a"}`)
	for range maxHeldResults + 99 {
		b.WriteString(`,{"ruleId":"a"}`)
	}
	b.WriteString(`],"tool":{"driver":{"name":"x","rules":[{"id":"a","defaultConfiguration":{"level":"error"}}]}}}]}`)
	f, err := DecodeSARIF(strings.NewReader(b.String()))
	if err != nil {
		t.Fatal(err)
	}
	s := f.Scans[0]
	if want := maxHeldResults + 100; s.Counts.Error != want || s.Counts.Total != want || len(s.Results) != maxResults || s.ResultsOmitted != want-maxResults {
		t.Errorf("%+v, %d listed, %d omitted", s.Counts, len(s.Results), s.ResultsOmitted)
	}
}

func TestLinters(t *testing.T) {
	tests := map[string]struct {
		read func(io.Reader) (evidence.Fragment, error)
		in   string
		want scanned
	}{
		"checkstyle": {
			DecodeCheckstyle, `<checkstyle><file name="a\b.c"><error line="3" severity="warning" message="m" source="r"/><error message="n"/><error severity="ignore"/><error severity="info"/></file></checkstyle>`,
			scanned{Counts: evidence.LevelCounts{Total: 4, Error: 1, Warning: 1, Note: 1}, Results: []string{"error a/b.c n", "warning r a/b.c:3 m", "note a/b.c", "none a/b.c"}},
		},
		"checkstyle that could not read a file": {
			DecodeCheckstyle, `<checkstyle><file name="a"><exception>no parser</exception></file></checkstyle>`,
			scanned{DidNotRun: "no parser"},
		},
		"eslint": {
			DecodeESLint, `[{"messages":[{"ruleId":"r","severity":2,"message":"m","line":1},{"ruleId":null,"fatal":true,"severity":2,"message":"p"},{"severity":1}],"suppressedMessages":[{}],"filePath":"/a/b.js"}]`,
			scanned{Counts: evidence.LevelCounts{Total: 4, Error: 2, Warning: 1, Suppressed: 1}, Results: []string{"error r /a/b.js:1 m", "error /a/b.js p", "warning /a/b.js"}},
		},
		"eslint without files": {DecodeESLint, `[]`, scanned{}},
		"eslint cut":           {DecodeESLint, `[{"filePath":"a","messages":[{"severity":2}`, scanned{Counts: evidence.LevelCounts{Total: 1, Error: 1}, Results: []string{"error a"}, Reason: evidence.Truncated}},
		"rdjson": {
			DecodeRDJSON, `{"diagnostics":[{"message":"m","location":{"path":"a","range":{"start":{"line":4}}},"code":{"value":"r"}},{"message":"n","severity":2},{"message":"o","severity":"ERROR"}],"severity":"INFO","source":{"name":"s"}}`,
			scanned{Counts: evidence.LevelCounts{Total: 3, Error: 1, Warning: 1, Note: 1}, Results: []string{"error o", "warning n", "note r a:4 m"}},
		},
		"rdjson without diagnostics": {DecodeRDJSON, `{"source":{"name":"s"},"diagnostics":[]}`, scanned{}},
		"rdjsonl":                    {DecodeRDJSON, `{"message":"m","severity":1}` + "\n" + `{"message":"n"}` + "\n", scanned{Counts: evidence.LevelCounts{Total: 2, Error: 1, Warning: 1}, Results: []string{"error m", "warning n"}}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, scanOf(t, tt.read, tt.in)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
