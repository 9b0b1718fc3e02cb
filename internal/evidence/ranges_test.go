package evidence

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// TestRanges compares the arithmetic on ranges with sets of lines.
func TestRanges(t *testing.T) {
	const highest = 50
	r := rand.New(rand.NewPCG(1, 2))
	random := func() map[int]bool {
		set := map[int]bool{}
		for range r.IntN(40) {
			set[1+r.IntN(highest)] = true
		}
		return set
	}
	// of returns the lines that are in it.
	of := func(in func(line int) bool) (ranges []LineRange, lines int) {
		for n := 1; n <= highest; n++ {
			if in(n) {
				ranges = AppendLine(ranges, n)
				lines++
			}
		}
		return ranges, lines
	}
	for range 2000 {
		a, b := random(), random()
		ra, _ := of(func(n int) bool { return a[n] })
		rb, _ := of(func(n int) bool { return b[n] })
		shuffled := slices.Concat(rb, ra)
		r.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		for name, tt := range map[string]struct {
			got []LineRange
			in  func(n int) bool
		}{
			"union":        {UnionRanges(shuffled...), func(n int) bool { return a[n] || b[n] }},
			"difference":   {SubtractRanges(ra, rb), func(n int) bool { return a[n] && !b[n] }},
			"intersection": {IntersectRanges(ra, rb), func(n int) bool { return a[n] && b[n] }},
		} {
			want, lines := of(tt.in)
			if !slices.Equal(want, tt.got) {
				t.Fatalf("%s of %v and %v: %v, want %v", name, ra, rb, tt.got, want)
			}
			if n := CountLines(tt.got); n != lines {
				t.Fatalf("%v has %d lines, counted %d", tt.got, lines, n)
			}
		}
	}
}
