package cli

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	namedTest   = regexp.MustCompile("`(Test[A-Za-z0-9]+|[a-z_0-9]+\\.txtar)`")
	threatTest  = regexp.MustCompile(`(?m)^func (TestThreat[A-Za-z0-9]*)\(`)
	anyTest     = regexp.MustCompile(`(?m)^func (Test[A-Za-z0-9]+)\(`)
	threatCount = 24
)

// SECURITY.md has a row for every threat, every test that it names exists, and every
// test of a threat is named.
func TestThreatsAreHeld(t *testing.T) {
	page, err := os.ReadFile("../../SECURITY.md")
	if err != nil {
		t.Fatal(err)
	}
	exists, threats := map[string]bool{}, map[string]bool{}
	err = filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if strings.HasSuffix(path, ".txtar") && strings.HasSuffix(filepath.Dir(path), filepath.Join("testdata", "script")) {
			exists[d.Name()] = true
			threats[d.Name()] = strings.HasPrefix(d.Name(), "threat_")
		}
		if !strings.HasSuffix(path, "_test.go") {
			return nil
		}
		code, err := os.ReadFile(path)
		for _, m := range anyTest.FindAllStringSubmatch(string(code), -1) {
			exists[m[1]] = true
		}
		for _, m := range threatTest.FindAllStringSubmatch(string(code), -1) {
			threats[m[1]] = m[1] != "TestThreatsAreHeld"
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	named := map[string]bool{}
	for n := range threatCount {
		start := fmt.Sprintf("\n| T%d | ", n+1)
		_, row, found := strings.Cut(string(page), start)
		row, _, _ = strings.Cut(row, "\n")
		tests := namedTest.FindAllStringSubmatch(row, -1)
		if !found || len(tests) == 0 || strings.Count(row, " | ") != 3 {
			t.Errorf("T%d has no row with tests: %q", n+1, row)
		}
		for _, m := range tests {
			if named[m[1]] = true; !exists[m[1]] {
				t.Errorf("T%d names %s, which does not exist", n+1, m[1])
			}
		}
	}
	for name, threat := range threats {
		if threat && !named[name] {
			t.Errorf("SECURITY.md does not name %s", name)
		}
	}
}
