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

// corpusDir is the folder of validation files of the corpus.
func corpusDir(t testing.TB) string {
	dir := os.Getenv("MERGEBRIEF_CORPUS")
	if dir == "" {
		t.Skip("MERGEBRIEF_CORPUS is not set: the corpus of real files is not tested")
	}
	return filepath.Join(dir, "validation")
}

// expected is an entry of EXPECTED.json.
type expected struct {
	Format      string         `json:"format"`
	Verified    bool           `json:"verified"`
	Independent map[string]any `json:"independent"`
	Peers       map[string]any `json:"peers"`
	Why         string         `json:"why"`
}

// count returns a number of the independent count; absent is not ok.
func (e expected) count(name string) (int, bool) {
	f, ok := e.Independent[name].(float64)
	return int(f), ok
}

func (e expected) group(name string) map[string]any {
	m, _ := e.Independent[name].(map[string]any)
	return m
}

// sums are the numbers that inspect shows for a file.
type sums struct {
	tests    evidence.Counts
	findings evidence.LevelCounts
	coverage evidence.Coverage
	// Records behind the cases: each attempt is one in the count of the corpus.
	records evidence.Counts
}

func sumsOf(f evidence.Fragment) sums {
	var s sums
	for _, suite := range f.Suites {
		s.tests.Add(suite.Counts)
		s.records.Add(suite.Counts)
		for _, c := range suite.Cases {
			for i, o := range c.Attempts {
				if i < len(c.Attempts)-1 {
					s.records.Count(o, false)
				}
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
	return s
}

func TestCorpusDump(t *testing.T) {
	dir := corpusDir(t)
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
	for _, path := range slices.Sorted(maps.Keys(all.Files)) {
		if os.Getenv("ONLY") != "" && !strings.HasPrefix(path, os.Getenv("ONLY")) {
			continue
		}
		r, err := os.Open(filepath.Join(dir, path))
		if err != nil {
			t.Fatal(err)
		}
		f := Read("files", path, r)
		r.Close()
		in, s := f.Inputs[0], sumsOf(f)
		ind, _ := json.Marshal(all.Files[path].Independent)
		fmt.Println(path, in.Status, in.Format, in.Detail, s.tests, s.findings, s.coverage.Lines, s.coverage.Covered, "IND", string(ind))
	}
}
