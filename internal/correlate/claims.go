package correlate

import (
	"maps"
	"slices"

	"github.com/mergebrief/mergebrief/internal/attribution"
	"github.com/mergebrief/mergebrief/internal/evidence"
)

// TranscriptClaims returns which of the added lines of files the edits of sessions
// explain, as of the commit head. Where the edits of a file are
// recorded with line numbers or whole contents, they are repeated and the lines
// that are left are claimed. All other edits claim by content: an added line that
// an edit of a session wrote to the same file, white space aside, in the order in
// which the edit has it. The lines of an edit that are not in the change any more
// claim nothing. Later sessions come later.
func TranscriptClaims(sessions []evidence.Session, files []evidence.File, head string) []evidence.Claim {
	order := make([]*evidence.Session, len(sessions))
	for i := range sessions {
		order[i] = &sessions[i]
	}
	slices.SortStableFunc(order, func(a, b *evidence.Session) int { return a.Started.Compare(b.Started) })
	targets := map[string][]*target{}
	for i := range files {
		if f := &files[i]; len(f.Lines) > 0 {
			t := newTarget(f)
			for _, path := range f.Names() {
				targets[path] = append(targets[path], t)
			}
		}
	}
	all, repeated := replayClaims(order, targets, head)
	for _, s := range order {
		all = append(all, sessionClaims(s, targets, repeated, head)...)
	}
	return all
}

// sessionEdit is an edit and the number of its session, from 1.
type sessionEdit struct {
	*evidence.Edit
	session int
}

// replayClaims repeats the edits of each file and returns what they claim, and
// which edits were repeated.
func replayClaims(order []*evidence.Session, targets map[string][]*target, head string) ([]evidence.Claim, map[*evidence.Edit]bool) {
	edits := map[string][]sessionEdit{}
	for i, s := range order {
		for k := range s.Edits {
			if e := &s.Edits[k]; targets[e.Path] != nil {
				edits[e.Path] = append(edits[e.Path], sessionEdit{e, i + 1})
			}
		}
	}
	var all []evidence.Claim
	repeated := map[*evidence.Edit]bool{}
	for _, path := range slices.Sorted(maps.Keys(edits)) {
		state := repeat(edits[path])
		for _, e := range state.Repeated() {
			repeated[e] = true
		}
		for _, t := range targets[path] {
			found := state.Survivors(t.file)
			for _, session := range slices.Sorted(maps.Keys(found)) {
				all = append(all, claimOf(order[session-1], t, found[session], head, evidence.MethodReplay, evidence.Strong))
			}
		}
	}
	return all, repeated
}

// repeat repeats the edits of one file, in the order of time if all of them have
// one.
func repeat(edits []sessionEdit) *attribution.State {
	if !slices.ContainsFunc(edits, func(e sessionEdit) bool { return e.Time.IsZero() }) {
		slices.SortStableFunc(edits, func(a, b sessionEdit) int { return a.Time.Compare(b.Time) })
	}
	state := &attribution.State{}
	for _, e := range edits {
		state.Apply(e.Edit, e.session)
	}
	return state
}

func claimOf(s *evidence.Session, t *target, ranges []evidence.LineRange, head string, m evidence.Method, c evidence.Confidence) evidence.Claim {
	return evidence.Claim{
		Origin: s.Origin, Author: evidence.AuthorAI, Session: s.ID, Agent: s.Agent,
		Commit: head, Path: t.file.Path, Ranges: ranges, Method: m, Confidence: c,
	}
}

func sessionClaims(s *evidence.Session, targets map[string][]*target, repeated map[*evidence.Edit]bool, head string) []evidence.Claim {
	var touched []*target
	marks := map[*target][]bool{}
	for i := range s.Edits {
		e := &s.Edits[i]
		if repeated[e] {
			continue
		}
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
			all = append(all, claimOf(s, t, ranges, head, evidence.MethodContent, evidence.Likely))
		}
	}
	return all
}

// target is the added lines of a file, as edits are looked up in them.
type target struct {
	file *evidence.File
	// Line numbers and hashes of the lines that are not blank.
	numbers []int
	hashes  []evidence.LineHash
	index   *attribution.Index // of hashes
	// Numbers of the added lines that are blank.
	blank map[int]bool
}

// blankHash is what [evidence.File] has for blank lines, which edits leave out.
var blankHash, _ = evidence.HashLine(nil)

func newTarget(f *evidence.File) *target {
	t := &target{file: f, blank: map[int]bool{}}
	next := 0
	for _, s := range f.Spans {
		for n := s.First; n <= s.Last && next < len(f.Lines); n++ {
			hash := f.Lines[next]
			next++
			if hash == blankHash {
				t.blank[n] = true
				continue
			}
			t.numbers, t.hashes = append(t.numbers, n), append(t.hashes, hash)
		}
	}
	t.index = attribution.NewIndex(t.hashes)
	return t
}

// mark marks the lines that stand for lines of an edit.
func (t *target) mark(edit []evidence.LineHash, marks []bool) {
	for _, m := range t.index.Align(edit) {
		marks[m.New] = true
	}
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
		if k := len(out); i > 0 && marks[i-1] && t.onlyBlank(out[k-1].Last+1, n) {
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
