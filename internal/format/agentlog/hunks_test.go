package agentlog

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

func TestUnifiedHunks(t *testing.T) {
	hash := func(s string) evidence.LineHash {
		h, _ := evidence.HashLine([]byte(s))
		return h
	}
	line := func(mark byte, s string) evidence.EditLine { return evidence.EditLine{Mark: mark, Hash: hash(s)} }
	for _, c := range []struct {
		name, diff string
		want       []evidence.EditHunk
	}{
		{"a change", "@@ -2,3 +2,3 @@ func f\n a\n-b\n+c\n d\n", []evidence.EditHunk{{First: 2, Lines: []evidence.EditLine{line(' ', "a"), line('-', "b"), line('+', "c"), line(' ', "d")}}}},
		{"one line", "--- x\n+++ y\n@@ -7 +7 @@\n-b\n+c\n", []evidence.EditHunk{{First: 7, Lines: []evidence.EditLine{line('-', "b"), line('+', "c")}}}},
		{"an insertion", "@@ -4,0 +5,1 @@\n+c\n", []evidence.EditHunk{{First: 5, Lines: []evidence.EditLine{line('+', "c")}}}},
		{"an empty line that lost its mark", "@@ -1,2 +1,2 @@\n\n+c\n", []evidence.EditHunk{{First: 1, Lines: []evidence.EditLine{line(' ', ""), line('+', "c")}}}},
		{"no newline at the end", "@@ -1 +1 @@\n-b\n\\ No newline at end of file\n+c\n", []evidence.EditHunk{{First: 1, Lines: []evidence.EditLine{line('-', "b"), line('+', "c")}}}},
		{"without numbers", "@@ -1 +1 @@\n-b\n@@\n+c\n", nil},
		{"no hunk", "+c\n", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			if d := cmp.Diff(c.want, unifiedHunks(c.diff)); d != "" {
				t.Error(d)
			}
		})
	}
}

// TestWhole has edits of which all that the file holds is known, and such of
// which a part is.
func TestWhole(t *testing.T) {
	edits := patchEdits("*** Begin Patch\n*** Add File: a\n+x\n+\n*** Update File: b\n@@\n+x\n*** End Patch\n")
	if len(edits) != 2 || len(edits[0].Whole) != 2 || edits[1].Whole != nil {
		t.Errorf("%+v", edits)
	}
	if got := whole(strings.Repeat("x\n", maxEditLines+1)); got != nil {
		t.Errorf("%d lines of a longer file", len(got))
	}
}
