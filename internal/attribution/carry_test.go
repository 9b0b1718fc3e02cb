package attribution_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mergebrief/mergebrief/internal/attribution"
	"github.com/mergebrief/mergebrief/internal/evidence"
)

func TestCarry(t *testing.T) {
	lines := func(first, last, origin int) evidence.AttributedRange {
		return evidence.AttributedRange{LineRange: span(first, last), Commit: "c", OriginPath: "f", OriginLine: origin, Kind: evidence.AuthorAI}
	}
	for _, c := range []struct {
		name string
		maps []evidence.LineMap
		path string
		want []evidence.AttributedRange
	}{
		{"same blob", nil, "f", []evidence.AttributedRange{lines(10, 19, 1)}},
		{"renamed", []evidence.LineMap{{OldPath: "f", Path: "g"}}, "g", []evidence.AttributedRange{lines(10, 19, 1)}},
		{"gone", []evidence.LineMap{{OldPath: "f"}}, "", nil},
		{"lines before", []evidence.LineMap{{OldPath: "f", Path: "f", Hunks: []evidence.LineHunk{{OldFirst: 2, OldCount: 1, First: 2, Count: 4}}}}, "f", []evidence.AttributedRange{lines(13, 22, 1)}},
		{
			"a line replaced",
			[]evidence.LineMap{{OldPath: "f", Path: "f", Hunks: []evidence.LineHunk{{OldFirst: 12, OldCount: 1, First: 12, Count: 2}}}},
			"f",
			[]evidence.AttributedRange{lines(10, 11, 1), lines(14, 20, 4)},
		},
		{
			"an insertion",
			[]evidence.LineMap{{OldPath: "f", Path: "f", Hunks: []evidence.LineHunk{{OldFirst: 12, First: 13, Count: 1}}}},
			"f",
			[]evidence.AttributedRange{lines(10, 12, 1), lines(14, 20, 4)},
		},
		{"the beginning deleted", []evidence.LineMap{{OldPath: "f", Path: "f", Hunks: []evidence.LineHunk{{OldFirst: 5, OldCount: 8, First: 4}}}}, "f", []evidence.AttributedRange{lines(5, 11, 4)}},
		{"the end deleted", []evidence.LineMap{{OldPath: "f", Path: "f", Hunks: []evidence.LineHunk{{OldFirst: 18, OldCount: 9, First: 17}}}}, "f", []evidence.AttributedRange{lines(10, 17, 1)}},
		{"all but the first line replaced", []evidence.LineMap{{OldPath: "f", Path: "f", Hunks: []evidence.LineHunk{{OldFirst: 11, OldCount: 9, First: 11, Count: 1}}}}, "f", []evidence.AttributedRange{lines(10, 10, 1)}},
		{"all lines replaced", []evidence.LineMap{{OldPath: "f", Path: "f", Hunks: []evidence.LineHunk{{OldFirst: 10, OldCount: 10, First: 10, Count: 10}}}}, "", nil},
		{"lines behind", []evidence.LineMap{{OldPath: "f", Path: "f", Hunks: []evidence.LineHunk{{OldFirst: 19, First: 20, Count: 3}}}}, "f", []evidence.AttributedRange{lines(10, 19, 1)}},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := evidence.Attribution{Files: []evidence.FileAttribution{{Path: "f", Parts: []evidence.AttributedRange{lines(10, 19, 1)}}}}
			got := attribution.Carry(a, c.maps)
			if c.want == nil {
				if len(got.Files) != 0 || got.Lines.Added != 0 {
					t.Errorf("%+v", got)
				}
				return
			}
			if diff := cmp.Diff(c.want, got.Files[0].Parts); diff != "" || got.Files[0].Path != c.path {
				t.Errorf("%s %s", got.Files[0].Path, diff)
			}
		})
	}
}

func TestCarryUnknownOrigin(t *testing.T) {
	a := evidence.Attribution{Files: []evidence.FileAttribution{{Path: "f", Parts: []evidence.AttributedRange{{LineRange: span(1, 3)}}}}}
	got := attribution.Carry(a, []evidence.LineMap{{OldPath: "f", Path: "f", Hunks: []evidence.LineHunk{{OldFirst: 1, OldCount: 1, First: 1, Count: 1}}}})
	if p := got.Files[0].Parts[0]; p.LineRange != span(2, 3) || p.OriginLine != 0 {
		t.Errorf("%+v", p)
	}
}
