package attribution

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

func hashes(text string) []evidence.LineHash {
	var all []evidence.LineHash
	for line := range strings.Lines(text) {
		hash, _ := evidence.HashLine([]byte(line))
		all = append(all, hash)
	}
	return all
}

// hunkAt writes a hunk as a diff does: marks and words, one a line.
func hunkAt(first int, text string) evidence.EditHunk {
	h := evidence.EditHunk{First: first}
	for line := range strings.Lines(text) {
		h.Lines = append(h.Lines, evidence.EditLine{Mark: line[0], Hash: hashes(line[1:])[0]})
	}
	return h
}

func hunks(list ...evidence.EditHunk) *evidence.Edit { return &evidence.Edit{Hunks: list} }

func content(text string) *evidence.Edit { return &evidence.Edit{Whole: hashes(text)} }

// added is a file all of whose lines from first on are added.
func added(first int, text string) *evidence.File {
	lines := hashes(text)
	return &evidence.File{Lines: lines, Spans: []evidence.LineRange{{First: first, Last: first + len(lines) - 1}}}
}

func TestState(t *testing.T) {
	at := func(n ...int) []evidence.LineRange {
		var all []evidence.LineRange
		for i := 0; i < len(n); i += 2 {
			all = append(all, evidence.LineRange{First: n[i], Last: n[i+1]})
		}
		return all
	}
	type step struct {
		session int
		edit    *evidence.Edit
		gap     bool
	}
	alike := strings.Repeat("}\n", maxAlike+1)
	cut := added(1, "a\nb\n")
	cut.Spans[0].Last = 9
	for _, c := range []struct {
		name  string
		steps []step
		file  *evidence.File
		want  map[int][]evidence.LineRange
	}{
		{"a new file", []step{{session: 1, edit: content("a\n\nb\n")}}, added(1, "a\n\nb\n"), map[int][]evidence.LineRange{1: at(1, 3)}},
		{
			"another session's edit of it",
			[]step{{session: 1, edit: content("a\nb\nc\n")}, {session: 2, edit: hunks(hunkAt(1, " a\n-b\n+x\n+y\n c\n"))}},
			added(1, "a\nx\ny\nc\n"),
			map[int][]evidence.LineRange{1: at(1, 1, 4, 4), 2: at(2, 3)},
		},
		{
			"lines that the session took back are not claimed where somebody wrote them again",
			[]step{{session: 1, edit: hunks(hunkAt(5, " e\n+x\n f\n"))}, {session: 1, edit: hunks(hunkAt(5, " e\n-x\n f\n"))}},
			added(6, "x\n"),
			map[int][]evidence.LineRange{},
		},
		{"what it only saw is not its", []step{{session: 1, edit: hunks(hunkAt(5, " e\n+x\n f\n"))}}, added(5, "e\nx\nf\n"), map[int][]evidence.LineRange{1: at(6, 6)}},
		{"two hunks", []step{{session: 1, edit: hunks(hunkAt(1, "+new\n a\n"), hunkAt(9, " i\n+x\n"))}}, added(1, "new\na\nb\nc\nd\ne\nf\ng\nh\ni\nx\n"), map[int][]evidence.LineRange{1: at(1, 1, 11, 11)}},
		{
			"a gap forgets what was before it",
			[]step{{session: 1, edit: content("a\nb\n")}, {session: 1, edit: hunks(hunkAt(1, " a\n other\n+x\n")), gap: true}},
			added(1, "a\nother\nx\n"),
			map[int][]evidence.LineRange{1: at(3, 3)},
		},
		{
			"an edit without numbers is a gap",
			[]step{{session: 1, edit: content("a\n")}, {session: 1, edit: &evidence.Edit{Lines: hashes("b\n")}, gap: true}},
			added(1, "a\n"),
			map[int][]evidence.LineRange{},
		},
		{"lines moved by a later hand", []step{{session: 1, edit: content("a\nb\nc\n")}}, added(1, "header\na\nb\nedited\nc\n"), map[int][]evidence.LineRange{1: at(2, 3, 5, 5)}},
		{"lines moved behind what is known", []step{{session: 1, edit: hunks(hunkAt(5, " e\n+x\n f\n"))}}, added(16, "x\n"), map[int][]evidence.LineRange{1: at(16, 16)}},
		{
			"a file written again keeps whose its lines were",
			[]step{{session: 1, edit: content("a\nb\nc\n")}, {session: 2, edit: content("a\nx\nc\n")}},
			added(1, "a\nx\nc\n"),
			map[int][]evidence.LineRange{1: at(1, 1, 3, 3), 2: at(2, 2)},
		},
		{"hunks that do not ascend", []step{{session: 1, edit: hunks(hunkAt(9, "+x\n"), hunkAt(2, "+y\n")), gap: true}}, added(1, "x\n"), map[int][]evidence.LineRange{}},
		{"hunks that overlap", []step{{session: 1, edit: hunks(hunkAt(1, " a\n b\n c\n"), hunkAt(2, " b\n+y\n")), gap: true}}, added(1, "y\n"), map[int][]evidence.LineRange{}},
		{"hunks side by side", []step{{session: 1, edit: hunks(hunkAt(1, " a\n+x\n"), hunkAt(2, " b\n+y\n"))}}, added(1, "a\nx\nb\ny\n"), map[int][]evidence.LineRange{1: at(2, 2, 4, 4)}},
		{"lines that are found by their number alone", []step{{session: 1, edit: content(alike)}}, added(1, alike), map[int][]evidence.LineRange{1: at(1, maxAlike+1)}},
		{"a line moved to where nothing is known", []step{{session: 1, edit: hunks(hunkAt(5, " e\n+x\n f\n"))}}, added(2, "x\n"), map[int][]evidence.LineRange{1: at(2, 2)}},
		{"a file of which not all lines are known", []step{{session: 1, edit: content("a\nb\nc\n")}}, cut, map[int][]evidence.LineRange{1: at(1, 2)}},
		{"a hunk as far behind as can be", []step{{session: 1, edit: hunks(hunkAt(maxStateLines, "+x\n"))}}, added(maxStateLines, "x\n"), map[int][]evidence.LineRange{1: at(maxStateLines, maxStateLines)}},
		{"a hunk far behind", []step{{session: 1, edit: hunks(hunkAt(maxStateLines+1, "+x\n")), gap: true}}, added(1, "x\n"), map[int][]evidence.LineRange{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := &State{}
			for i, step := range c.steps {
				if follows := s.Apply(step.edit, step.session); follows == step.gap {
					t.Errorf("edit %d follows: %v", i, follows)
				}
			}
			if d := cmp.Diff(c.want, s.Survivors(c.file)); d != "" {
				t.Error(d)
			}
		})
	}
}

// The work that one file may make is bounded, and its lines are no more than the
// edits showed.
func TestStateLimits(t *testing.T) {
	s := &State{moves: maxStateMoves - 1}
	if !s.Apply(hunks(hunkAt(1, "+x\n")), 1) {
		t.Error("an edit within the limit is a gap")
	}
	if s.Apply(hunks(hunkAt(1, "+y\n")), 1) {
		t.Error("an edit beyond the limit is repeated")
	}
	s = &State{}
	s.Apply(hunks(hunkAt(3, " c\n-d\n+x\n")), 1)
	if len(s.lines) != 4 {
		t.Errorf("%d lines, the edit showed 4", len(s.lines))
	}
	s.Apply(hunks(hunkAt(6, " f\n")), 1)
	if len(s.lines) != 6 {
		t.Errorf("%d lines, the edits showed 6", len(s.lines))
	}
}

// TestStateRandom repeats random edits of two sessions, of which the hunks show
// as much around them as they like, and compares with what really became of each
// line.
func TestStateRandom(t *testing.T) {
	seed := rand.Uint64()
	rnd := rand.New(rand.NewPCG(seed, 1))
	type line struct {
		hash   evidence.LineHash
		writer int
	}
	for range 300 {
		var file []line
		next := evidence.LineHash(1)
		fresh := func(n, writer int) []line {
			made := make([]line, n)
			for i := range made {
				made[i] = line{next, writer}
				next++
			}
			return made
		}
		file = fresh(20, 0)
		s := &State{}
		for range 1 + rnd.IntN(8) {
			session := 1 + rnd.IntN(2)
			first := rnd.IntN(len(file))
			end := first + rnd.IntN(min(6, len(file)-first)+1)
			from, to := max(0, first-rnd.IntN(3)), min(len(file), end+rnd.IntN(3))
			h := evidence.EditHunk{First: from + 1}
			show := func(mark byte, lines []line) {
				for _, l := range lines {
					h.Lines = append(h.Lines, evidence.EditLine{Mark: mark, Hash: l.hash})
				}
			}
			made := fresh(rnd.IntN(5), session)
			show(' ', file[from:first])
			show('-', file[first:end])
			show('+', made)
			show(' ', file[end:to])
			if !s.Apply(&evidence.Edit{Hunks: []evidence.EditHunk{h}}, session) {
				t.Fatalf("seed %d: a gap where there is none", seed)
			}
			file = slices.Concat(file[:first], made, file[end:])
			if len(file) == 0 {
				file = fresh(1, 0)
				break
			}
		}
		f := &evidence.File{Spans: []evidence.LineRange{{First: 1, Last: len(file)}}}
		want := map[int]int{}
		for _, l := range file {
			f.Lines = append(f.Lines, l.hash)
			if l.writer > 0 {
				want[l.writer]++
			}
		}
		got := map[int]int{}
		for writer, ranges := range s.Survivors(f) {
			for _, r := range ranges {
				for n := r.First; n <= r.Last; n++ {
					got[writer]++
					if file[n-1].writer != writer {
						t.Fatalf("seed %d: line %d is claimed for %d, %d wrote it", seed, n, writer, file[n-1].writer)
					}
				}
			}
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Fatalf("seed %d: %s", seed, d)
		}
	}
}

func FuzzState(f *testing.F) {
	f.Add([]byte("\x01+a\x03 b-c\x00+d"))
	f.Fuzz(func(t *testing.T, data []byte) {
		s := &State{}
		var h evidence.EditHunk
		for i, b := range data {
			switch {
			case b < 32:
				s.Apply(&evidence.Edit{Hunks: []evidence.EditHunk{h, {First: int(b) + i}}}, 1)
				h = evidence.EditHunk{First: int(b)}
			case b == '+' || b == '-' || b == ' ':
				h.Lines = append(h.Lines, evidence.EditLine{Mark: b, Hash: evidence.LineHash(i % 7)})
			case b > 200:
				s.Apply(&evidence.Edit{Whole: []evidence.LineHash{evidence.LineHash(b), 3, 4}}, 2)
			}
		}
		file := added(2, "a\nb\n")
		for _, ranges := range s.Survivors(file) {
			for _, r := range ranges {
				if r.First < 2 || r.Last > 3 {
					t.Errorf("%v is not added", r)
				}
			}
		}
	})
}
