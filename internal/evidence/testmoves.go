package evidence

// SettleTests turns the lines counted in the test files of a change into numbers.
// What is taken out in one place and put in at another is moved and does not
// count; and where lines moved from one file to another, what else the one lost
// and the other gained is taken for the rest of the move.
func SettleTests(files []File) {
	moved := movedLines(files)
	for i := range files {
		if t := files[i].Tests; t != nil {
			t.settle()
		}
	}
	for _, m := range moved {
		from, to := files[m.from].Tests, files[m.to].Tests
		offset(&from.AssertionsRemoved, &from.AssertionsAdded, &to.AssertionsAdded, &to.AssertionsRemoved)
		if n := offset(&from.TestsRemoved, &from.TestsAdded, &to.TestsAdded, &to.TestsRemoved); n > 0 {
			from.Removed = nil // some of them were renamed
		}
	}
	for i := range files {
		if t := files[i].Tests; t != nil && t.empty() {
			files[i].Tests = nil
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
func movedLines(files []File) []move {
	type key struct {
		kind TestLineKind
		hash LineHash
	}
	type place struct{ file, line int }
	added := map[key][]place{}
	for i := range files {
		if t := files[i].Tests; t != nil {
			for k, l := range t.Lines {
				if l.Added {
					added[key{l.Kind, l.Hash}] = append(added[key{l.Kind, l.Hash}], place{i, k})
				}
			}
		}
	}
	gone := map[place]bool{}
	var moves []move
	seen := map[move]bool{}
	for i := range files {
		if files[i].Tests == nil {
			continue
		}
		for k, l := range files[i].Tests.Lines {
			to := added[key{l.Kind, l.Hash}]
			if l.Added || len(to) == 0 {
				continue
			}
			gone[place{i, k}], gone[to[0]] = true, true
			files[i].Tests.Moved++
			added[key{l.Kind, l.Hash}] = to[1:]
			if m := (move{i, to[0].file}); m.from != m.to && !seen[m] {
				seen[m] = true
				moves = append(moves, m)
			}
		}
	}
	for i := range files {
		if t := files[i].Tests; t != nil {
			kept := t.Lines[:0]
			for k, l := range t.Lines {
				if !gone[place{i, k}] {
					kept = append(kept, l)
				}
			}
			t.Lines = kept
		}
	}
	return moves
}

// settle counts the lines of a file.
func (t *TestLines) settle() {
	for _, l := range t.Lines {
		switch l.Kind {
		case AssertionLine:
			*pick(l.Added, &t.AssertionsAdded, &t.AssertionsRemoved)++
		case SkipLine:
			*pick(l.Added, &t.SkipsAdded, &t.SkipsRemoved)++
		case TableLine:
			t.Tables += map[bool]int{true: 1, false: -1}[l.Added]
		case DeclarationLine:
			*pick(l.Added, &t.TestsAdded, &t.TestsRemoved)++
			if !l.Added && l.Name != "" && len(t.Removed) < maxRemovedTests {
				t.Removed = append(t.Removed, l.Name)
			}
		}
	}
	t.Tables = max(t.Tables, 0)
	if t.TestsAdded > 0 {
		t.Removed = nil
	}
	renamed := min(t.TestsAdded, t.TestsRemoved)
	t.TestsAdded, t.TestsRemoved, t.Lines = t.TestsAdded-renamed, t.TestsRemoved-renamed, nil
}

func (t *TestLines) empty() bool {
	return t.AssertionsAdded+t.AssertionsRemoved+t.SkipsAdded+t.SkipsRemoved+t.TestsAdded+t.TestsRemoved+t.Tables+t.Moved == 0
}

func pick(first bool, a, b *int) *int {
	if first {
		return a
	}
	return b
}
