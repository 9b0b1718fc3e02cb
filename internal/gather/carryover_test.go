package gather

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

func TestCarried(t *testing.T) {
	span := func(first, last int) []evidence.LineRange { return []evidence.LineRange{{First: first, Last: last}} }
	files := []evidence.File{
		{Path: "same", Added: 3, Spans: span(1, 3)},
		{Path: "edited", Added: 10, Spans: span(1, 10)},
		{Path: "gone", Added: 2, Spans: span(5, 6)},
		{Path: "moved", Added: 4, Spans: span(1, 4)},
		{Path: "shifted", Added: 4, Spans: span(11, 14)},
	}
	maps := []evidence.LineMap{
		{OldPath: "edited", Path: "edited", Hunks: []evidence.LineHunk{{OldFirst: 3, OldCount: 2, First: 3, Count: 1}}},
		{OldPath: "gone"},
		{OldPath: "moved", Path: "elsewhere", Hunks: []evidence.LineHunk{{OldFirst: 4, OldCount: 1, First: 4, Count: 0}}},
		{OldPath: "shifted", Path: "shifted", Hunks: []evidence.LineHunk{{OldFirst: 0, OldCount: 0, First: 1, Count: 5}}},
	}
	want := &evidence.CarryOver{Added: 23, Carried: 3 + 8 + 3 + 4, Files: []evidence.CarriedFile{
		{Path: "edited", Added: 10, Carried: 8}, {Path: "gone", Added: 2}, {Path: "moved", NewPath: "elsewhere", Added: 4, Carried: 3},
	}}
	if d := cmp.Diff(want, carried(files, maps), cmpopts.EquateEmpty()); d != "" {
		t.Error(d)
	}
}
