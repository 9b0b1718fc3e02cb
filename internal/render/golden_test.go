package render_test

import (
	"flag"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mergebrief/mergebrief/internal/assess"
	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/render/brief"
	"github.com/mergebrief/mergebrief/internal/render/comment"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func judged(s situation) *evidence.Bundle {
	return &evidence.Bundle{
		Schema: evidence.SchemaURI, Collector: evidence.Collector{Name: "mergebrief", Version: "test"},
		Record: s.record, Assessment: assess.Assess(&s.record, s.policy),
	}
}

func options(b *evidence.Bundle) brief.Options {
	o := brief.Options{Digest: "sha256:0c4f9c3ad2b1e0f7a6958473625140392817065f4e3d2c1b0a99887766554433"}
	if b.Record.Target.PullRequest != 0 {
		o.Links = brief.Links{Artifact: "https://github.com/octo/shop/actions/runs/7001/artifacts/55", Check: "https://github.com/octo/shop/runs/9001"}
	}
	return o
}

// TestGolden keeps the comments of a dozen situations. After -update, look at
// them as pictures, in light and dark at 768 pixels, with the folded sections
// open and closed: a comparison of bytes does not see what is ugly.
func TestGolden(t *testing.T) {
	for _, name := range slices.Sorted(maps.Keys(situations())) {
		t.Run(name, func(t *testing.T) {
			b := judged(situations()[name])
			golden(t, name+".md", comment.Body(b, options(b)))
			golden(t, name+".txt", comment.Headline(b)+"\n")
		})
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", "golden", name)
	if *update {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
}
