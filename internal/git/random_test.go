package git_test

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestRandomHistories compares Origins with git blame on histories of random
// edits, renames, swaps, deletions and merges, of which many are evil.
// MERGEBRIEF_SEED replays one of them, MERGEBRIEF_HISTORIES sets their number.
func TestRandomHistories(t *testing.T) {
	t.Parallel()
	seeds := make([]uint64, numberFrom(t, "MERGEBRIEF_HISTORIES", 4))
	for i := range seeds {
		seeds[i] = rand.Uint64()
	}
	if s := os.Getenv("MERGEBRIEF_SEED"); s != "" {
		n, err := strconv.ParseUint(s, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		seeds = []uint64{n}
	}
	for _, seed := range seeds {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			t.Logf("MERGEBRIEF_SEED=%d", seed)
			dir := randomHistory(t, rand.New(rand.NewPCG(seed, 1)), 60)
			added := 0
			for _, f := range checkOrigins(t, dir, "main", "pr") {
				added += f.Added
			}
			if added == 0 {
				t.Error("the history adds no lines")
			}
		})
	}
}

// numberFrom returns the number in an environment variable, or another one.
func numberFrom(t *testing.T, variable string, otherwise int) int {
	t.Helper()
	value := os.Getenv(variable)
	if value == "" {
		return otherwise
	}
	n, err := strconv.Atoi(value)
	if err != nil {
		t.Fatalf("%s: %v", variable, err)
	}
	return n
}

// tree is the files of a commit.
type tree map[string]string

func (t tree) names() []string { return slices.Sorted(maps.Keys(t)) }

// historian writes commits on the branches main, pr and topic as a stream for
// git fast-import.
type historian struct {
	*rand.Rand
	out   bytes.Buffer
	heads map[string]int // marks
	trees map[int]tree
	mark  int
	next  int // number of the next line or file, so that few are alike
	// Modes of the files that are not ordinary ones, as of the next commit.
	modes map[string]string
}

// randomHistory makes a repository with the given number of commits.
func randomHistory(t testing.TB, rnd *rand.Rand, commits int) string {
	t.Helper()
	h := &historian{Rand: rnd, heads: map[string]int{}, trees: map[int]tree{}}
	base := tree{}
	for range 8 {
		base[h.name()] = h.text(1 + h.IntN(40))
	}
	h.commit("main", base)
	h.heads["pr"], h.heads["topic"] = 1, 1
	if h.IntN(4) == 0 {
		delete(h.heads, "topic") // topic begins anew, related to nothing
	}
	for range commits {
		branch := []string{"pr", "pr", "pr", "topic", "main"}[h.IntN(5)]
		others := slices.DeleteFunc([]string{"main", "pr", "topic"}, func(b string) bool {
			return b == branch || h.heads[b] == 0 || branch == "main" && b == "pr"
		})
		h.Shuffle(len(others), func(i, j int) { others[i], others[j] = others[j], others[i] })
		if h.heads[branch] != 0 && len(others) > 0 && h.IntN(4) == 0 {
			h.merge(branch, others[:1+h.IntN(len(others))])
			continue
		}
		work := maps.Clone(h.trees[h.heads[branch]])
		if work == nil {
			work = tree{}
		}
		for range 1 + h.IntN(4) {
			h.change(work)
		}
		h.commit(branch, work)
	}
	last := maps.Clone(h.trees[h.heads["pr"]])
	last[h.name()] = h.text(9)
	h.commit("pr", last)
	s := newSandbox(t)
	s.fastImport(&h.out)
	return s.dir
}

func (h *historian) commit(branch string, files tree, merged ...int) {
	h.mark++
	fmt.Fprintf(&h.out, "commit refs/heads/%s\nmark :%d\ncommitter C <c@example.org> %d +0000\ndata 1\nx\n", branch, h.mark, 1700000000+60*h.mark)
	if from := h.heads[branch]; from != 0 {
		fmt.Fprintf(&h.out, "from :%d\n", from)
	}
	for _, m := range merged {
		fmt.Fprintf(&h.out, "merge :%d\n", m)
	}
	fmt.Fprintln(&h.out, "deleteall")
	for _, name := range files.names() {
		mode := cmp.Or(h.modes[name], "100644")
		if mode == submodule {
			fmt.Fprintf(&h.out, "M %s %s %s\n", mode, files[name], quoted(name))
			continue
		}
		fmt.Fprintf(&h.out, "M %s inline %s\ndata %d\n%s\n", mode, quoted(name), len(files[name]), files[name])
	}
	h.heads[branch], h.trees[h.mark] = h.mark, files
}

// quoted writes a name as git fast-import reads it.
func quoted(name string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(name) + `"`
}

// merge takes every file from one of the sides, or mixes the sides, or edits
// what it took.
func (h *historian) merge(branch string, others []string) {
	sides := []tree{h.trees[h.heads[branch]]}
	var marks []int
	for _, o := range others {
		sides, marks = append(sides, h.trees[h.heads[o]]), append(marks, h.heads[o])
	}
	merged := tree{}
	for k, side := range sides {
		for _, name := range side.names() {
			mine, taken := merged[name]
			switch {
			case !taken && (k == 0 || h.IntN(3) > 0):
				merged[name] = side[name]
			case taken && mine != side[name]:
				merged[name] = h.mix(mine, side[name])
			}
		}
	}
	for range h.IntN(3) {
		h.change(merged)
	}
	h.commit(branch, merged, marks...)
}

// mix settles a conflict in one of the ways that people do.
func (h *historian) mix(a, b string) string {
	all, other := strings.SplitAfter(a, "\n"), strings.SplitAfter(b, "\n")
	switch h.IntN(4) {
	case 0:
		return a
	case 1:
		return b
	case 2:
		return strings.Join(append(all[:len(all)/2:len(all)/2], other[len(other)/2:]...), "")
	default:
		return h.mutate(strings.Join(append(all[:len(all)/2:len(all)/2], other[len(other)/2:]...), ""))
	}
}

func (h *historian) change(work tree) {
	names := work.names()
	if len(names) < 3 {
		work[h.name()] = h.text(20)
		return
	}
	name, other := names[h.IntN(len(names))], names[h.IntN(len(names))]
	switch h.IntN(14) {
	case 0:
		work[h.name()] = h.text(1 + h.IntN(40))
	case 1: // a rename
		h.move(work, name)
	case 2: // two change places
		work[name], work[other] = work[other], work[name]
	case 3:
		delete(work, name)
	case 4: // one file becomes two
		text := work[name]
		delete(work, name)
		work[h.name()] = h.mutate(text)
		work[h.name()] = h.mutate(text)
	case 5: // a rename with an edit
		to := h.move(work, name)
		work[to] = h.mutate(work[to])
	case 6: // a copy over another file
		work[other] = work[name]
	case 7: // two files become one
		if name != other {
			work[name] += work[other]
			delete(work, other)
		}
	default:
		work[name] = h.mutate(work[name])
	}
}

func (h *historian) move(work tree, from string) string {
	to, text := h.name(), work[from]
	delete(work, from)
	work[to] = text
	return to
}

// name makes names that git quotes, that differ by directory only, and that
// come back after a deletion. No file is named like a directory.
func (h *historian) name() string {
	dir := []string{"", "a/", "b/", "a/c/", `q"u/`, "ü /"}[h.IntN(6)]
	return fmt.Sprintf("%sf%d ", dir, h.IntN(12))
}

func (h *historian) text(lines int) string {
	var b strings.Builder
	for range lines {
		b.WriteString(h.line())
	}
	return b.String()
}

// line is mostly of its own, sometimes one of the few that every file has.
func (h *historian) line() string {
	h.next++
	if h.IntN(8) == 0 {
		return []string{"\n", "}\n", "-- a\n", "++ b\n", "\treturn\r\n", "+++ b/x\n", "--- a/x\n", "@@ -1 +1 @@\n"}[h.IntN(8)]
	}
	return fmt.Sprintf("line %d\n", h.next)
}

func (h *historian) mutate(text string) string {
	all := strings.SplitAfter(text, "\n")
	for range 1 + h.IntN(3) {
		at := h.IntN(len(all))
		switch h.IntN(5) {
		case 0:
			all = slices.Insert(all, at, h.line(), h.line())
		case 1:
			all[at] = h.line()
		case 2:
			all = slices.Delete(all, at, min(len(all), at+1+h.IntN(4)))
			all = append(all, h.line())
		case 3: // a block moves
			block := slices.Clone(all[at:min(len(all), at+5)])
			all = append(slices.Delete(all, at, at+len(block)), block...)
		case 4: // the end of the file loses its newline
			all[len(all)-1] = "end"
		}
	}
	return strings.Join(all, "")
}
