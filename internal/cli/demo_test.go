package cli

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/pipeline"
	"github.com/mergebrief/mergebrief/internal/render/brief"
	"github.com/mergebrief/mergebrief/internal/render/comment"
)

// TestDemoGolden holds the bundle of the demo and the comment made from it
// against testdata/demo at the top of the repository; -update rewrites them.
func TestDemoGolden(t *testing.T) {
	stored := demoBundle(t)
	b, err := evidence.ParseBundle(stored)
	if err != nil {
		t.Fatal(err)
	}
	comment := comment.Body(b, brief.Options{Digest: evidence.Digest(stored)})
	for name, got := range map[string]string{pipeline.BundleFile: string(stored), pipeline.CommentFile: comment} {
		golden := filepath.Join("..", "..", "testdata", "demo", name)
		if *update {
			if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", golden, diff)
		}
	}
}
