package attribution

import (
	"slices"
	"sort"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// maxAlike is how many lines of a file may be alike for one of them to be found
// by its content alone. Closing brackets and the like are found next to another
// line only.
const maxAlike = 8

// unknownLine stands for a line that is not known. It is equal to no other.
const unknownLine evidence.LineHash = 0

// Pair is a line of one list and the line of another that it became.
type Pair struct{ Old, New int }

// An Index finds lines of one list in another.
type Index struct {
	text  []evidence.LineHash
	where map[evidence.LineHash][]int
}

// NewIndex returns the index of text.
func NewIndex(text []evidence.LineHash) *Index {
	x := &Index{text: text, where: map[evidence.LineHash][]int{}}
	for j, hash := range text {
		x.where[hash] = append(x.where[hash], j)
	}
	return x
}

// Align finds the lines of old in the text, where they are in the same order and
// each stands for one. Lines that are found by their content form the longest
// such list; from each of them the match goes on to its neighbours as long as
// these are alike.
func (x *Index) Align(old []evidence.LineHash) []Pair {
	equal := func(i, j int) bool { return old[i] == x.text[j] && old[i] != unknownLine }
	var pairs []Pair
	anchors := x.chain(old)
	if len(anchors) == 0 {
		return nil
	}
	at := Pair{} // the lines before are dealt with
	for _, anchor := range append(anchors, Pair{len(old), len(x.text)}) {
		for len(pairs) > 0 && at.Old < anchor.Old && at.New < anchor.New && equal(at.Old, at.New) {
			pairs = append(pairs, at)
			at = Pair{at.Old + 1, at.New + 1}
		}
		if anchor.Old == len(old) {
			break
		}
		back := anchor
		for back.Old > at.Old && back.New > at.New && equal(back.Old-1, back.New-1) {
			back = Pair{back.Old - 1, back.New - 1}
		}
		for ; back.Old <= anchor.Old; back = (Pair{back.Old + 1, back.New + 1}) {
			pairs = append(pairs, back)
		}
		at = back
	}
	return pairs
}

// chain returns the longest list of pairs that ascends in both lists, among lines
// that are not too common (the algorithm of Hunt and Szymanski).
func (x *Index) chain(old []evidence.LineHash) []Pair {
	type link struct {
		Pair
		before *link
	}
	var ends []*link // ends[k] ends the chain of length k+1 that ends earliest in text
	for i, hash := range old {
		same := x.where[hash]
		if len(same) > maxAlike || hash == unknownLine {
			continue
		}
		// Backwards, so that one line enters a chain once.
		for _, j := range slices.Backward(same) {
			k := sort.Search(len(ends), func(k int) bool { return ends[k].New >= j })
			l := &link{Pair: Pair{i, j}}
			if k > 0 {
				l.before = ends[k-1]
			}
			if k == len(ends) {
				ends = append(ends, l)
			} else {
				ends[k] = l
			}
		}
	}
	if len(ends) == 0 {
		return nil
	}
	var pairs []Pair
	for l := ends[len(ends)-1]; l != nil; l = l.before {
		pairs = append(pairs, l.Pair)
	}
	slices.Reverse(pairs)
	return pairs
}
