package cli

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/pipeline"
)

// What the README says of names holds: a report under each of them is found and
// read without any configuration.
func TestUsualNamesOfREADME(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, list, _ := strings.Cut(string(readme), "<!-- begin usual names -->")
	list, _, _ = strings.Cut(list, "<!-- end usual names -->")
	root := t.TempDir()
	want := map[string]evidence.Status{}
	for _, m := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(list, -1) {
		name := strings.NewReplacer("**/", "some/where/", "*", "x", "{json,jsonl}", "jsonl").Replace(m[1])
		file := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(`<testsuite name="a"><testcase name="T"/></testsuite>`), 0o644); err != nil {
			t.Fatal(err)
		}
		want[name] = evidence.Parsed
	}
	if len(want) < 60 {
		t.Fatalf("the README lists %d names", len(want))
	}
	got := map[string]evidence.Status{}
	for _, s := range (pipeline.Files{Root: root}).Sources() {
		f, err := s.Gather(t.Context(), evidence.Target{})
		if err != nil {
			t.Fatal(err)
		}
		for _, in := range f.Inputs {
			got[in.Path] = in.Status
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("status by name (-want +got):\n%s", diff)
	}
}
