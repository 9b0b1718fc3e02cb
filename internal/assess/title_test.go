package assess

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// The failed tests of several files are one number; those that were accepted are no
// part of it.
func TestTitleCountsTestsOfAllFiles(t *testing.T) {
	failed := func(n int) evidence.Finding {
		return evidence.Finding{Rule: testsFailed.ID, Level: evidence.LevelError, Texts: say(testsFailed.ID, asCount("failed", n))}
	}
	accepted := failed(4)
	accepted.Accepted = &evidence.Acceptance{}
	got := worst([]evidence.Finding{failed(1), accepted, failed(1), failed(3)}, false)
	if diff := cmp.Diff([]string{"5 tests failed"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
