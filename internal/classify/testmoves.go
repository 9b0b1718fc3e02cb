package classify

import "github.com/mergebrief/mergebrief/internal/evidence"

// settleTests turns the lines counted in the test files of a change into numbers;
// other files are nil. What is taken out in one place and put in at another is
// moved and does not count; and where lines moved from one file to another, what
// else the one lost and the other gained is taken for the rest of the move.
func settleTests(files []*testLines) {
	moved := movedLines(files)
	for _, t := range files {
		if t != nil {
			t.settle()
		}
	}
	for _, m := range moved {
		from, to := files[m.from], files[m.to]
		offset(&from.AssertionsRemoved, &from.AssertionsAdded, &to.AssertionsAdded, &to.AssertionsRemoved)
		if n := offset(&from.TestsRemoved, &from.TestsAdded, &to.TestsAdded, &to.TestsRemoved); n > 0 {
			from.Removed = nil // some of them were renamed
		}
	}
}

// offset takes from both what one file lost in the net and another gained.
func offset(lost, kept, gained, left *int) int {
	n := min(*lost-*kept, *gained-*left)
	if n > 0 {
		*lost, *gained = *lost-n, *gained-n
	}
	return n
}

// move is a pair of files between which lines moved.
type move struct{ from, to int }

// movedLines drops the lines that are both taken out and put in, and returns the
// files between which they moved, each pair once, in order.
func movedLines(files []*testLines) []move {
	type key struct {
		kind testLineKind
		hash evidence.LineHash
	}
	type lineAt struct{ file, line int }
	added := map[key][]lineAt{}
	for i := range files {
		if t := files[i]; t != nil {
			for k, l := range t.lines {
				if l.added {
					added[key{l.kind, l.hash}] = append(added[key{l.kind, l.hash}], lineAt{i, k})
				}
			}
		}
	}
	gone := map[lineAt]bool{}
	var moves []move
	seen := map[move]bool{}
	for i := range files {
		if files[i] == nil {
			continue
		}
		for k, l := range files[i].lines {
			to := added[key{l.kind, l.hash}]
			if l.added || len(to) == 0 {
				continue
			}
			gone[lineAt{i, k}], gone[to[0]] = true, true
			files[i].Moved++
			added[key{l.kind, l.hash}] = to[1:]
			if m := (move{i, to[0].file}); m.from != m.to && !seen[m] {
				seen[m] = true
				moves = append(moves, m)
			}
		}
	}
	for i := range files {
		if t := files[i]; t != nil {
			kept := t.lines[:0]
			for k, l := range t.lines {
				if !gone[lineAt{i, k}] {
					kept = append(kept, l)
				}
			}
			t.lines = kept
		}
	}
	return moves
}

// settle counts the lines of a file.
func (t *testLines) settle() {
	for _, l := range t.lines {
		switch l.kind {
		case assertionLine:
			*pick(l.added, &t.AssertionsAdded, &t.AssertionsRemoved) += l.weight
		case skipLine:
			*pick(l.added, &t.SkipsAdded, &t.SkipsRemoved)++
		case tableLine:
			t.Tables += map[bool]int{true: 1, false: -1}[l.added]
		case declarationLine:
			*pick(l.added, &t.TestsAdded, &t.TestsRemoved)++
			if !l.added && l.name != "" && len(t.Removed) < maxRemovedTests {
				t.Removed = append(t.Removed, l.name)
			}
		}
	}
	t.Tables = max(t.Tables, 0)
	if t.TestsAdded > 0 {
		t.Removed = nil
	}
	renamed := min(t.TestsAdded, t.TestsRemoved)
	t.TestsAdded, t.TestsRemoved, t.lines = t.TestsAdded-renamed, t.TestsRemoved-renamed, nil
}

func (t *testLines) empty() bool {
	return t.AssertionsAdded+t.AssertionsRemoved+t.SkipsAdded+t.SkipsRemoved+t.TestsAdded+t.TestsRemoved+t.Tables+t.Moved == 0
}

func pick(first bool, a, b *int) *int {
	if first {
		return a
	}
	return b
}
