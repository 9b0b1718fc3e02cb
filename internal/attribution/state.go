package attribution

import (
	"slices"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

const (
	// maxStateLines bounds a file that is replayed: beyond the longest that
	// people edit.
	maxStateLines = 1 << 20
	// maxStateMoves bounds how many lines are moved in all to make room for
	// edits: about a second.
	maxStateMoves = 1 << 30
)

// A State is what is known of a file while the edits of transcripts are repeated
// on it, one after the other, whichever session made them.
//
// At first no line is known. An edit says what lines it saw and what it made of
// them, with their numbers. When it saw others than are known, somebody or
// something else changed the file in between: that is a gap, and everything
// before it is forgotten.
type State struct {
	// The lines from the first on; what lies behind them is not known.
	lines []stateLine
	moves int
	// Edits that what is known rests on.
	edits []*evidence.Edit
}

// stateLine is a line of the file, if it is known, and the session that wrote
// it: 0 for none.
type stateLine struct {
	hash   evidence.LineHash
	known  bool
	writer int
}

// Apply repeats an edit of a session, whose number is above 0. It reports whether
// the state follows from all edits before it; otherwise there was a gap. An edit
// that cannot be repeated is a gap for those after it.
func (s *State) Apply(e *evidence.Edit, session int) bool {
	if len(e.Whole) > 0 {
		s.overwrite(e.Whole, session)
		s.edits = append(s.edits, e)
		return true
	}
	if len(e.Hunks) == 0 || !s.within(e) {
		s.forget()
		return false
	}
	follows := true
	if !s.saw(e.Hunks) {
		s.forget()
		follows = false
	}
	// From the last on, so that the numbers of those before hold.
	for _, h := range slices.Backward(e.Hunks) {
		s.patch(h, session)
	}
	s.edits = append(s.edits, e)
	return follows
}

// Repeated returns the edits that the state rests on.
func (s *State) Repeated() []*evidence.Edit { return s.edits }

func (s *State) forget() { s.lines, s.edits = nil, nil }

// within reports whether the hunks ascend and the file stays within its limits.
func (s *State) within(e *evidence.Edit) bool {
	at, size := 1, len(s.lines)
	for _, h := range e.Hunks {
		if h.First < at || h.First > maxStateLines {
			return false
		}
		at = h.First + before(h)
		size += len(h.Lines)
	}
	s.moves += max(at, size)
	return max(at, size) <= maxStateLines && s.moves <= maxStateMoves
}

// before is the number of lines that the hunk saw.
func before(h evidence.EditHunk) int {
	n := 0
	for _, l := range h.Lines {
		if l.Mark != '+' {
			n++
		}
	}
	return n
}

// saw reports whether what is known is what the hunks saw.
func (s *State) saw(hunks []evidence.EditHunk) bool {
	for _, h := range hunks {
		at := h.First - 1
		for _, l := range h.Lines {
			if l.Mark == '+' {
				continue
			}
			if at < len(s.lines) && s.lines[at].known && s.lines[at].hash != l.Hash {
				return false
			}
			at++
		}
	}
	return true
}

func (s *State) patch(h evidence.EditHunk, session int) {
	old := before(h)
	if end := h.First - 1 + old; end > len(s.lines) {
		s.lines = append(s.lines, make([]stateLine, end-len(s.lines))...)
	}
	at := h.First - 1
	made := make([]stateLine, 0, len(h.Lines))
	for _, l := range h.Lines {
		switch l.Mark {
		case '+':
			made = append(made, stateLine{l.Hash, true, session})
		case '-':
			at++
		default:
			kept := s.lines[at]
			kept.hash, kept.known = l.Hash, true
			made = append(made, kept)
			at++
		}
	}
	tail := s.lines[h.First-1+old:]
	s.lines = append(s.lines[:h.First-1:h.First-1], append(made, tail...)...)
}

// overwrite replaces the whole file. Lines that it keeps stay whose they were.
func (s *State) overwrite(content []evidence.LineHash, session int) {
	old := s.lines
	made := make([]stateLine, len(content))
	for i, hash := range content {
		made[i] = stateLine{hash, true, session}
	}
	for _, m := range NewIndex(content).Align(hashesOf(old)) {
		made[m.New].writer = old[m.Old].writer
	}
	s.lines = made
}

// Survivors returns the added lines of f that sessions wrote, by the number of
// the session. F is the file as it became after the edits, and whatever came
// later: its lines are taken for those of the state that have the same number
// if all agree, else for those that have the same content in the same order.
func (s *State) Survivors(f *evidence.File) map[int][]evidence.LineRange {
	var numbers []int
	for _, span := range f.Spans {
		for n := span.First; n <= span.Last && len(numbers) < len(f.Lines); n++ {
			numbers = append(numbers, n)
		}
	}
	found := map[int][]evidence.LineRange{}
	add := func(line stateLine, n int) {
		if line.writer == 0 {
			return
		}
		of := found[line.writer]
		if k := len(of); k > 0 && of[k-1].Last == n-1 {
			of[k-1].Last = n
		} else {
			found[line.writer] = append(of, evidence.LineRange{First: n, Last: n})
		}
	}
	if s.agrees(numbers, f.Lines) {
		for _, n := range numbers {
			if n <= len(s.lines) {
				add(s.lines[n-1], n)
			}
		}
		return found
	}
	for _, m := range NewIndex(f.Lines).Align(hashesOf(s.lines)) {
		add(s.lines[m.Old], numbers[m.New])
	}
	return found
}

// agrees reports whether the lines with these numbers are what the state has
// there, and all that a session wrote is among them.
func (s *State) agrees(numbers []int, hashes []evidence.LineHash) bool {
	written := 0
	for i, n := range numbers {
		if n > len(s.lines) {
			break
		}
		l := s.lines[n-1]
		if l.known && l.hash != hashes[i] {
			return false
		}
		if l.writer != 0 {
			written++
		}
	}
	for _, l := range s.lines {
		if l.writer != 0 {
			written--
		}
	}
	return written == 0
}

func hashesOf(lines []stateLine) []evidence.LineHash {
	hashes := make([]evidence.LineHash, len(lines))
	for i, l := range lines {
		if hashes[i] = l.hash; !l.known {
			hashes[i] = unknownLine
		}
	}
	return hashes
}
