package format

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// corpusDir is the folder of real files with known numbers.
func corpusDir(tb testing.TB) string {
	tb.Helper()
	dir := os.Getenv("MERGEBRIEF_CORPUS")
	if dir == "" {
		tb.Skip("MERGEBRIEF_CORPUS is not set: the corpus of real files is not tested")
	}
	return filepath.Join(dir, "validation")
}

// expected is an entry of EXPECTED.json: the numbers of an independent count,
// verified when another parser agrees and none dissents.
type expected struct {
	Format      string         `json:"format"`
	Verified    bool           `json:"verified"`
	Independent map[string]any `json:"independent"`
	Peers       map[string]any `json:"peers"`
}

// count returns a number of the independent count; it is not ok when absent.
func (e expected) count(names ...string) (int, bool) {
	v := any(e.Independent)
	for _, name := range names {
		m, _ := v.(map[string]any)
		v = m[name]
	}
	f, ok := v.(float64)
	return int(f), ok
}

// sum adds up the members of a group of the independent count.
func (e expected) sum(group string, names ...string) int {
	n := 0
	for _, name := range names {
		v, _ := e.count(group, name)
		n += v
	}
	return n
}

func readExpected(t *testing.T, dir string) map[string]expected {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, "EXPECTED.json"))
	if err != nil {
		t.Fatal(err)
	}
	var all struct {
		Files map[string]expected `json:"files"`
	}
	if err := json.Unmarshal(data, &all); err != nil {
		t.Fatal(err)
	}
	return all.Files
}

// sums are the numbers that inspect shows for a file.
type sums struct {
	tests    evidence.Counts
	findings evidence.LevelCounts
	coverage evidence.Coverage
	// Records behind the cases: the corpus counts each attempt that is an
	// element of its own.
	records evidence.Counts
	// Components and vulnerabilities.
	components, vulnerabilities int
}

func sumsOf(f evidence.Fragment) sums {
	var s sums
	for _, suite := range f.Suites {
		s.tests.Add(suite.Counts)
		s.records.Add(suite.Counts)
		for _, c := range suite.Cases {
			for i := range max(0, len(c.Attempts)-1) {
				s.records.Count(c.Attempts[i], false)
			}
		}
	}
	for _, scan := range f.Scans {
		s.findings.Total += scan.Counts.Total
		s.findings.Error += scan.Counts.Error
		s.findings.Warning += scan.Counts.Warning
		s.findings.Note += scan.Counts.Note
		s.findings.Suppressed += scan.Counts.Suppressed
	}
	for _, c := range f.Coverage {
		s.coverage.Lines += c.Lines
		s.coverage.Covered += c.Covered
	}
	for _, i := range f.Inventories {
		s.components += i.Components
		s.vulnerabilities += i.Vulnerabilities
	}
	return s
}

// comparison is one field that both sides define.
type comparison struct {
	field     string
	got, want int
}

// comparer collects the fields that both the corpus and mergebrief define.
type comparer struct {
	e   expected
	all []comparison
}

func (c *comparer) field(name string, got, want int, ok bool) {
	if ok {
		c.all = append(c.all, comparison{name, got, want})
	}
}

// count compares with a number of the independent count.
func (c *comparer) count(field string, got int, names ...string) {
	want, ok := c.e.count(names...)
	c.field(field, got, want, ok)
}

func compare(e expected, f evidence.Fragment) []comparison {
	c := comparer{e: e}
	s := sumsOf(f)
	switch e.Format {
	case "junit":
		c.junit(s)
	case "tap":
		c.tap(s, len(f.Suites) > 0)
	case "sarif":
		c.sarif(s.findings)
	case "mocha-json", "dart-json", "rspec-json":
		c.peer(s.tests)
	case "gotest-json", "nunit", "xunit", "trx", "ctrf":
		c.tests(s.tests)
	case "checkstyle", "eslint", "rdjson":
		c.findings(s.findings)
	case "sbom":
		c.count("components", s.components, "components")
		c.count("vulnerabilities", s.vulnerabilities, "vulnerabilities")
	default:
		c.count("lines", s.coverage.Lines, "lines")
		c.count("lines", s.coverage.Lines, "statements")
		c.count("covered", s.coverage.Covered, "covered")
	}
	return c.all
}

// junit compares cases; where identities repeat, records, because the corpus
// counts elements.
func (c *comparer) junit(s sums) {
	got := s.tests
	if repeated, _ := c.e.count("repeated_identities"); repeated > 0 {
		got = s.records
	} else {
		c.count("flaky", got.Flaky, "flaky")
	}
	c.count("total", got.Total, "tests")
	c.count("passed", got.Passed, "passed")
	c.count("failed", got.Failed, "failed")
	c.count("errored", got.Errored, "errors")
	c.count("skipped", got.Skipped, "skipped")
}

// tap compares what does not depend on how directives are counted.
func (c *comparer) tap(s sums, read bool) {
	ok, _ := c.e.count("ok")
	notOK, _ := c.e.count("not_ok")
	c.field("total", s.tests.Total, ok+notOK, read)
	if todo, _ := c.e.count("todo"); todo == 0 && read {
		c.count("failed", s.tests.Failed, "not_ok")
		c.count("skipped", s.tests.Skipped, "skip")
	}
}

// sarif compares levels only where no result is suppressed or of another kind,
// which the corpus counts under its level all the same.
func (c *comparer) sarif(got evidence.LevelCounts) {
	want, _ := c.e.count("findings_kind_fail")
	results, listed := c.e.count("results")
	c.field("total", got.Total, want, listed)
	c.count("suppressed", got.Suppressed, "suppressed_active")
	if suppressed, _ := c.e.count("suppressed"); suppressed == 0 && results == want {
		c.count("error", got.Error, "levels_resolved", "error")
		c.count("warning", got.Warning, "levels_resolved", "warning")
		c.count("note", got.Note, "levels_resolved", "note")
	}
}

// peer compares with the run of another reporter, which knows no errors.
func (c *comparer) peer(got evidence.Counts) {
	run, _ := c.e.Peers["dorny_run"].(map[string]any)
	peer := comparer{e: expected{Independent: run}}
	peer.count("total", got.Total, "tests")
	peer.count("passed", got.Passed, "passed")
	peer.count("failed and errored", got.Bad(), "failed")
	peer.count("skipped", got.Skipped, "skipped")
	c.all = append(c.all, peer.all...)
}

func (c *comparer) tests(got evidence.Counts) {
	switch c.e.Format {
	case "gotest-json":
		c.count("total", got.Total, "distinct_tests")
		c.count("passed", got.Passed, "final_pass")
		c.count("failed", got.Failed, "final_fail")
		c.count("skipped", got.Skipped, "final_skip")
		c.count("flaky", got.Flaky, "flaky_fail_then_pass")
	case "nunit":
		c.count("total", got.Total, "test_cases")
		c.count("passed", got.Passed, "results", "Passed")
		c.count("failed", got.Failed, "results", "Failed")
		c.count("failed", got.Failed, "results", "Failure")
		c.count("errored", got.Errored, "results", "Error")
	case "xunit":
		c.count("total", got.Total, "tests")
		c.count("passed", got.Passed, "results", "Pass")
		c.count("failed", got.Failed, "results", "Fail")
		c.count("skipped", got.Skipped, "results", "Skip")
	case "trx":
		c.count("total", got.Total, "results")
		c.count("passed", got.Passed, "outcomes", "Passed")
		c.count("failed", got.Failed, "outcomes", "Failed")
		c.field("skipped", got.Skipped, c.e.sum("outcomes", "NotExecuted", "NotRunnable", "Inconclusive"), true)
	case "ctrf":
		c.count("total", got.Total, "tests")
		c.count("passed", got.Passed, "statuses", "passed")
		c.count("failed", got.Failed, "statuses", "failed")
		c.count("flaky", got.Flaky, "flaky")
	}
}

func (c *comparer) findings(got evidence.LevelCounts) {
	switch c.e.Format {
	case "checkstyle":
		c.count("total", got.Total, "errors")
		c.count("error", got.Error, "severities", "error")
		c.count("warning", got.Warning, "severities", "warning")
	case "eslint":
		c.count("total", got.Total-got.Suppressed, "messages")
		c.count("error", got.Error, "errors")
		c.count("warning", got.Warning, "warnings")
		c.count("suppressed", got.Suppressed, "suppressed")
	case "rdjson":
		c.count("total", got.Total, "diagnostics")
	}
}

// dissent explains where mergebrief and an entry differ.
var dissent = map[string]string{
	"eslint/jenkinsci__eslint-with-metadata.json":               "two messages without a severity are warnings here, and neither errors nor warnings there",
	"gotest-json/local__gt_count2.json":                         "-count=2: a test that failed in one of two repetitions of a run failed, as go says; the independent count takes the last one",
	"coverage-cobertura/jenkinsci__cobertura-same-filename.xml": "the lines stand in methods only; the independent count looks at the classes",
}

// TestCorpus compares with all numbers that EXPECTED.json and mergebrief both
// define, and logs the agreement by format.
func TestCorpus(t *testing.T) {
	dir := corpusDir(t)
	files := readExpected(t, dir)
	type agreement struct{ files, verified, agreed, fields, dissenting int }
	byFormat := map[string]*agreement{}
	explained := map[string]bool{}
	for _, path := range slices.Sorted(maps.Keys(files)) {
		e := files[path]
		a := byFormat[e.Format]
		if a == nil {
			a = &agreement{}
			byFormat[e.Format] = a
		}
		a.files++
		var wrong []string
		for _, c := range compare(e, readCorpus(t, dir, path)) {
			a.fields++
			if c.got != c.want {
				wrong = append(wrong, fmt.Sprintf("%s: %d, expected %d", c.field, c.got, c.want))
			}
		}
		if e.Verified {
			a.verified++
		}
		switch {
		case len(wrong) == 0 && e.Verified:
			a.agreed++
		case len(wrong) == 0:
		case e.Verified && dissent[path] == "":
			t.Errorf("%s: %s", path, strings.Join(wrong, "; "))
		case dissent[path] == "":
			t.Errorf("%s (unverified, unexplained): %s", path, strings.Join(wrong, "; "))
		default:
			a.dissenting++
			explained[path] = true
			t.Logf("%s: %s; %s", path, strings.Join(wrong, "; "), dissent[path])
		}
	}
	for path := range dissent {
		if !explained[path] {
			t.Errorf("%s: explained and not dissenting", path)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(byFormat)) {
		a := byFormat[name]
		t.Logf("%-18s %3d files, %3d of %3d verified agree, %4d fields, %d explained", name, a.files, a.agreed, a.verified, a.fields, a.dissenting)
	}
}

func readCorpus(t *testing.T, dir, path string) evidence.Fragment {
	t.Helper()
	r, err := os.Open(filepath.Join(dir, path))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	f := Read("files", path, r)
	data, err := os.ReadFile(filepath.Join(dir, path))
	if err != nil {
		t.Fatal(err)
	}
	checkAccounted(t, f, data)
	return f
}
