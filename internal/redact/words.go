package redact

import "strings"

// automaton finds every keyword of every rule in one pass over a string, letter
// case aside (Aho and Corasick, 1975). Text without a keyword costs one table
// look-up per byte and nothing else.
type automaton struct {
	// Column of each byte; bytes that occur in no keyword share column 0.
	class [256]uint8
	width int
	next  []uint16
	// Keywords that end in a state.
	out [][]keyword
}

type keyword struct{ length, rule int }

func newAutomaton(rules []rule) automaton {
	var a automaton
	a.width = 1
	for _, r := range rules {
		for _, word := range r.keywords {
			a.classify(word)
		}
	}
	a.addState()
	for i, r := range rules {
		for _, word := range r.keywords {
			a.insert(word, i)
		}
	}
	a.link()
	return a
}

// classify gives each byte of a lower-case word a column, upper case included.
func (a *automaton) classify(word string) {
	for i := range len(word) {
		c := word[i]
		if a.class[c] != 0 {
			continue
		}
		a.class[c] = uint8(a.width)
		a.class[strings.ToUpper(word[i : i+1])[0]] = uint8(a.width)
		a.width++
	}
}

func (a *automaton) addState() uint16 {
	a.next = append(a.next, make([]uint16, a.width)...)
	a.out = append(a.out, nil)
	return uint16(len(a.out) - 1)
}

func (a *automaton) insert(word string, rule int) {
	state := 0
	for i := range len(word) {
		at := state*a.width + int(a.class[word[i]])
		if a.next[at] == 0 {
			fresh := a.addState() // may move a.next
			a.next[at] = fresh
		}
		state = int(a.next[at])
	}
	a.out[state] = append(a.out[state], keyword{len(word), rule})
}

// link turns the trie into an automaton that never steps back: a missing edge
// leads to where the longest proper suffix would lead.
func (a *automaton) link() {
	fail := make([]uint16, len(a.out))
	var queue []int
	for c := range a.width {
		if s := a.next[c]; s != 0 {
			queue = append(queue, int(s))
		}
	}
	for ; len(queue) > 0; queue = queue[1:] {
		state := queue[0]
		suffix := int(fail[state])
		a.out[state] = append(a.out[state], a.out[suffix]...)
		for c := range a.width {
			to, other := a.next[state*a.width+c], a.next[suffix*a.width+c]
			if to == 0 {
				a.next[state*a.width+c] = other
				continue
			}
			fail[to] = other
			queue = append(queue, int(to))
		}
	}
}

// each calls f with where each keyword in s begins and ends, and the index of its
// rule.
func (a *automaton) each(s string, f func(start, end, rule int)) {
	state := 0
	for i := range len(s) {
		state = int(a.next[state*a.width+int(a.class[s[i]])])
		for _, k := range a.out[state] {
			f(i+1-k.length, i+1, k.rule)
		}
	}
}
