package assess_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mergebrief/mergebrief/internal/assess"
	"github.com/mergebrief/mergebrief/internal/evidence"
)

// The area of a file does not depend on who wrote it.
func TestAreas(t *testing.T) {
	r := &evidence.Record{}
	for _, path := range []string{"internal/auth/token.go", "internal/auth/token_test.go", "README.md", "billing/run.go"} {
		r.Files = append(r.Files, evidence.File{Path: path, Added: 1, Spans: []evidence.LineRange{{First: 1, Last: 1}}})
	}
	for name, c := range map[string]struct {
		policy assess.Policy
		want   map[string]string
	}{
		"by name": {
			assess.Policy{},
			map[string]string{"internal/auth/token.go": "authentication", "billing/run.go": "payments"},
		},
		"as the policy says": {
			assess.Policy{Areas: []assess.Area{{Name: "money", Paths: []string{"billing/**"}}}},
			map[string]string{"billing/run.go": "money"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			got := map[string]string{}
			for _, f := range assess.Assess(r, c.policy).Attribution.Files {
				if f.Area != "" {
					got[f.Path] = f.Area
				}
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}
