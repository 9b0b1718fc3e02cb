package evidence

import (
	"cmp"
	"slices"
)

// UnionRanges returns the lines of all ranges, in whatever order they come, as
// ascending, disjoint ranges that do not touch. It leaves its argument alone.
func UnionRanges(all ...LineRange) []LineRange {
	sorted := slices.SortedFunc(slices.Values(all), func(a, b LineRange) int { return cmp.Compare(a.First, b.First) })
	joined := sorted[:0]
	for _, r := range sorted {
		if n := len(joined); n > 0 && r.First <= joined[n-1].Last+1 {
			joined[n-1].Last = max(joined[n-1].Last, r.Last)
			continue
		}
		joined = append(joined, r)
	}
	return joined
}

// CountLines returns the number of lines in disjoint ranges.
func CountLines(ranges []LineRange) int {
	n := 0
	for _, r := range ranges {
		n += r.Last - r.First + 1
	}
	return n
}

// AppendLine adds a line behind all others of ascending, disjoint ranges.
func AppendLine(ranges []LineRange, line int) []LineRange {
	if n := len(ranges); n > 0 && ranges[n-1].Last == line-1 {
		ranges[n-1].Last = line
		return ranges
	}
	return append(ranges, LineRange{First: line, Last: line})
}

// IntersectRanges returns the lines that are in both a and b. Both are ascending
// and disjoint, and so is the result.
func IntersectRanges(a, b []LineRange) []LineRange {
	var both []LineRange
	for len(a) > 0 && len(b) > 0 {
		first, last := max(a[0].First, b[0].First), min(a[0].Last, b[0].Last)
		if first <= last {
			both = append(both, LineRange{First: first, Last: last})
		}
		if a[0].Last < b[0].Last {
			a = a[1:]
		} else {
			b = b[1:]
		}
	}
	return both
}

// SubtractRanges returns the lines of a that are not in b. Both are ascending and
// disjoint, and so is the result.
func SubtractRanges(a, b []LineRange) []LineRange {
	var left []LineRange
	for _, r := range a {
		for len(b) > 0 && b[0].Last < r.First {
			b = b[1:]
		}
		for _, cut := range b {
			if cut.First > r.Last {
				break
			}
			if cut.First > r.First {
				left = append(left, LineRange{First: r.First, Last: cut.First - 1})
			}
			r.First = cut.Last + 1
		}
		if r.First <= r.Last {
			left = append(left, r)
		}
	}
	return left
}
