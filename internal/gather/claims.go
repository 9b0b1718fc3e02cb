package gather

import (
	"slices"
	"sort"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// maxAlike is how many added lines of a file may be alike for one of them to be
// found by its content alone. Closing brackets and the like are found next to
// another line only.
const maxAlike = 8

// contentClaims returns what transcripts claim by content: an added line that
// an edit of a session wrote to the same file, white space aside, in the order
// in which the edit has it. The lines of an edit that are not in the change any
// more claim nothing. Later sessions come later.
func contentClaims(sessions []evidence.Session, files []evidence.File, head string) []evidence.Claim {
	order := make([]*evidence.Session, len(sessions))
	for i := range sessions {
		order[i] = &sessions[i]
	}
	slices.SortStableFunc(order, func(a, b *evidence.Session) int { return a.Started.Compare(b.Started) })
	targets := map[string][]*target{}
	for i := range files {
		if f := &files[i]; len(f.Lines) > 0 {
			t := newTarget(f)
			for _, path := range pathsOf(f) {
				targets[path] = append(targets[path], t)
			}
		}
	}
	var all []evidence.Claim
	for _, s := range order {
		all = append(all, sessionClaims(s, targets, head)...)
	}
	return all
}

// pathsOf lists the names under which an agent may have known the file.
func pathsOf(f *evidence.File) []string {
	paths := []string{f.Path}
	for _, o := range f.Origins {
		if o.Path != "" && o.Commit != "" {
			paths = append(paths, o.Path)
		}
	}
	if f.OldPath != "" {
		paths = append(paths, f.OldPath)
	}
	slices.Sort(paths)
	return slices.Compact(paths)
}

func sessionClaims(s *evidence.Session, targets map[string][]*target, head string) []evidence.Claim {
	var touched []*target
	marks := map[*target][]bool{}
	for _, e := range s.Edits {
		for _, t := range targets[e.Path] {
			if marks[t] == nil {
				marks[t] = make([]bool, len(t.numbers))
				touched = append(touched, t)
			}
			t.mark(e.Lines, marks[t])
		}
	}
	var all []evidence.Claim
	for _, t := range touched {
		if ranges := t.ranges(marks[t]); len(ranges) > 0 {
			all = append(all, evidence.Claim{
				Origin: s.Origin, Author: evidence.AuthorAI, Session: s.ID, Agent: s.Agent,
				Commit: head, Path: t.path, Ranges: ranges,
				Method: evidence.MethodContent, Confidence: evidence.Likely,
			})
		}
	}
	return all
}

// target is the added lines of a file, as edits are looked up in them.
type target struct {
	path string
	// Line numbers and hashes of the lines that are not blank.
	numbers []int
	hashes  []evidence.LineHash
	// Indexes of the lines with a hash, ascending.
	at map[evidence.LineHash][]int
	// Numbers of the added lines that are blank.
	blank map[int]bool
}

// blankHash is what [evidence.File] has for blank lines, which edits leave out.
var blankHash, _ = evidence.HashLine(nil)

func newTarget(f *evidence.File) *target {
	t := &target{path: f.Path, at: map[evidence.LineHash][]int{}, blank: map[int]bool{}}
	next := 0
	for _, s := range f.Spans {
		for n := s.First; n <= s.Last && next < len(f.Lines); n++ {
			hash := f.Lines[next]
			next++
			if hash == blankHash {
				t.blank[n] = true
				continue
			}
			t.at[hash] = append(t.at[hash], len(t.numbers))
			t.numbers, t.hashes = append(t.numbers, n), append(t.hashes, hash)
		}
	}
	return t
}

// mark marks the lines that stand for lines of an edit. Lines that are found by
// their content form the longest ascending chain; from each of them the match
// goes on to its neighbours as long as these are alike.
func (t *target) mark(edit []evidence.LineHash, marks []bool) {
	for _, m := range t.chain(edit) {
		for i, j := m.edit, m.file; i < len(edit) && j < len(t.hashes) && edit[i] == t.hashes[j]; i, j = i+1, j+1 {
			marks[j] = true
		}
		for i, j := m.edit, m.file; i >= 0 && j >= 0 && edit[i] == t.hashes[j]; i, j = i-1, j-1 {
			marks[j] = true
		}
	}
}

// match is a line of an edit and the index of a line of the file with the same
// hash.
type match struct{ edit, file int }

// chain returns the longest list of matches that ascends in edit and file (the
// algorithm of Hunt and Szymanski).
func (t *target) chain(edit []evidence.LineHash) []match {
	type link struct {
		match
		before *link
	}
	var ends []*link // ends[k] ends the chain of length k+1 that ends earliest in the file
	for i, hash := range edit {
		same := t.at[hash]
		if len(same) > maxAlike {
			continue
		}
		// Backwards, so that one line of the edit enters a chain once.
		for _, j := range slices.Backward(same) {
			k := sort.Search(len(ends), func(k int) bool { return ends[k].file >= j })
			l := &link{match: match{i, j}}
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
	var chain []match
	for l := ends[len(ends)-1]; l != nil; l = l.before {
		chain = append(chain, l.match)
	}
	return chain
}

// ranges returns the marked lines, with the blank ones that lie between two of
// them.
func (t *target) ranges(marks []bool) []evidence.LineRange {
	var out []evidence.LineRange
	for i, marked := range marks {
		if !marked {
			continue
		}
		n := t.numbers[i]
		if k := len(out); k > 0 && i > 0 && marks[i-1] && t.onlyBlank(out[k-1].Last+1, n) {
			out[k-1].Last = n
			continue
		}
		out = append(out, evidence.LineRange{First: n, Last: n})
	}
	return out
}

// onlyBlank reports whether all lines from first to before last are blank added
// ones.
func (t *target) onlyBlank(first, last int) bool {
	for n := first; n < last; n++ {
		if !t.blank[n] {
			return false
		}
	}
	return true
}
