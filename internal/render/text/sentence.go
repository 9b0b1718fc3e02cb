package text

import (
	"slices"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/wording"
)

// minShown is how many bytes of a name in a sentence are shown, however many
// there are.
const minShown = 24

// Sentence returns a sentence of a finding, in which each name is one code span.
// It is at most a few times MaxSentence bytes long.
func Sentence(parts []wording.Part) string {
	line, words := "", ""
	for _, p := range shortened(parts) {
		if p.Kind == wording.Name {
			line, words = beside(beside(line, prose(words)), Code(p.Text, MaxName)), ""
			continue
		}
		words += p.Text
	}
	return beside(line, prose(strings.TrimRight(words, " ")))
}

// shortened returns the parts of a sentence in about MaxSentence bytes, with what
// others wrote made clean. Of that the middle goes, of the longest parts first;
// where there is too much all the same, the end of the sentence goes.
func shortened(parts []wording.Part) []wording.Part {
	all, room := make([]wording.Part, 0, len(parts)), MaxSentence
	var sizes []int
	for _, p := range parts {
		switch p.Kind {
		case wording.Prose:
			room -= len(p.Text)
		case wording.Name:
			p.Text = evidence.ClipMiddle(Clean(p.Text), MaxName)
			sizes = append(sizes, len(p.Text))
		default:
			p.Text = Clean(p.Text)
			sizes = append(sizes, len(p.Text))
		}
		all = append(all, p)
	}
	most, total := share(sizes, room), 0
	for i := range all {
		if all[i].Kind != wording.Prose {
			all[i].Text = evidence.ClipMiddle(all[i].Text, most)
		}
		if total += len(all[i].Text); total > 2*MaxSentence {
			return append(all[:i], wording.Part{Kind: wording.Prose, Text: " …"})
		}
	}
	return all
}

// share returns how many bytes each part of some sizes may have so that together
// they have at most room, or so that each of them still tells something.
func share(sizes []int, room int) int {
	slices.Sort(sizes)
	for i, n := range sizes {
		if each := room / (len(sizes) - i); n > each {
			return max(each, minShown)
		}
		room -= n
	}
	return MaxSentence
}
