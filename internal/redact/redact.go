// Package redact is the one door through which gathered evidence enters the
// record: secrets go out and hostile text is made inert.
//
// It hides how secrets are recognised (exact known values, the shapes that issuers
// give their tokens, the names that values are assigned to, the options and places
// in which programs take secrets; all of them also when wrapped, escaped or broken
// over lines) and which characters can deceive a reader. It promises that what comes out holds
// no control, ANSI, bidirectional or zero-width characters, is valid UTF-8, is
// bounded, and stays the same when it goes through again. Commit ids and
// digests that stand on their own survive. No value, nor a digest of one, is
// kept: only how often each kind was replaced. The package does no I/O.
package redact

import (
	"encoding/json"
	"slices"
	"strings"
)

const (
	// minKnown is the length from which an exact value is removed. Shorter
	// ones, such as "true", occur by chance and would riddle the text.
	minKnown = 8
	// maxRounds bounds how often a string is scanned again after a
	// replacement. One replacement can lay bare the start of the next token;
	// two rounds were the most that 30 s of fuzzing needed.
	maxRounds = 4
	// knownKind is the kind of exact values, which match no rule.
	knownKind = "known-value"
)

// Redactor removes secrets and hostile characters. It is not changed after
// [New] and may be shared.
type Redactor struct {
	known []string
	rules []rule
	words automaton
}

// New returns a redactor that also removes the known values, such as the token
// of the run itself, wherever they occur, also when escaped for JSON or
// a URL. Values shorter than 8 bytes are ignored.
func New(known []string) *Redactor {
	rules := allRules()
	return &Redactor{known: variants(known), rules: rules, words: newAutomaton(rules)}
}

// variants returns the values as they may be written, longest first, so that a
// value that contains another is replaced whole.
func variants(known []string) []string {
	var all []string
	for _, value := range known {
		value = strings.TrimSpace(clean(value))
		if len(value) < minKnown {
			continue
		}
		quoted, _ := json.Marshal(value) // a string always marshals
		all = append(all, value, strings.Trim(string(quoted), `"`), percent(value))
	}
	slices.SortFunc(all, func(a, b string) int {
		if len(a) != len(b) {
			return len(b) - len(a)
		}
		return strings.Compare(a, b)
	})
	return slices.Compact(all)
}

// percent escapes everything that is not unreserved in RFC 3986.
func percent(s string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(s) {
		if c := s[i]; isWord(c) || c == '-' || c == '.' || c == '~' {
			b.WriteByte(c)
		} else {
			b.Write([]byte{'%', hex[c>>4], hex[c&15]})
		}
	}
	return b.String()
}

// Text returns s without hostile characters and with "[redacted:kind]" in the
// place of each secret, and the numbers of replacements by kind, nil when there
// were none. It does not shorten s.
func (r *Redactor) Text(s string) (string, map[string]int) {
	var counts map[string]int
	count := func(kind string, n int) {
		if counts == nil {
			counts = map[string]int{}
		}
		counts[kind] += n
	}
	return r.text(s, count), counts
}

// Lines is [Redactor.Text] for lines that belong together, such as those of a
// hunk: it returns as many, and of a secret that spans several of them nothing
// stays in any. Blocks of encoded lines are replaced too: of a key, a hunk may
// have the middle only. A line break inside of a line becomes a space.
func (r *Redactor) Lines(lines []string) []string {
	if len(lines) == 0 {
		return nil
	}
	all := make([]string, 0, len(lines))
	for _, l := range lines {
		all = append(all, strings.ReplaceAll(clean(l), "\n", " "))
	}
	s := r.replaced(strings.Join(all, "\n"), func(kind, secret string) string {
		return mark(kind) + strings.Repeat("\n"+mark(kind), strings.Count(secret, "\n"))
	})
	return withoutBlocks(strings.Split(s, "\n"))
}

func (r *Redactor) text(s string, count func(kind string, n int)) string {
	return r.replaced(clean(s), func(kind, _ string) string {
		count(kind, 1)
		return mark(kind)
	})
}

// replaced returns s, which is clean, with what put makes of each secret in its
// place.
func (r *Redactor) replaced(s string, put func(kind, secret string) string) string {
	for _, value := range r.known {
		if !strings.Contains(s, value) {
			continue
		}
		parts := strings.Split(s, value)
		for i := range parts[1:] {
			parts[i] += put(knownKind, value)
		}
		s = strings.Join(parts, "")
	}
	for range maxRounds {
		hits := r.hits(s, 0)
		if len(hits) == 0 {
			return s
		}
		s = r.replace(s, hits, put)
	}
	return s
}

// hit is a secret in a string, as byte offsets, and the rule that knew it.
type hit struct {
	from, to int
	rule     int
}

// hits returns the secrets in s, ascending and disjoint, also those that are
// only seen when s is read another way, which a text inside of another may be
// depth times over. Where two overlap they become one, of the kind of the earlier
// rule in the table.
func (r *Redactor) hits(s string, depth int) []hit {
	found := r.scan(s)
	if depth < maxDepth {
		found = r.otherwise(found, s, depth)
	}
	slices.SortFunc(found, func(a, b hit) int { return a.from - b.from })
	merged := found[:0]
	for _, h := range found {
		if n := len(merged); n > 0 && h.from < merged[n-1].to {
			merged[n-1].to = max(merged[n-1].to, h.to)
			merged[n-1].rule = min(merged[n-1].rule, h.rule)
			continue
		}
		merged = append(merged, h)
	}
	return merged
}

// scan returns the secrets in s as it stands, in no order.
func (r *Redactor) scan(s string) []hit {
	var found []hit
	var tried attempts
	r.words.each(s, func(start, end, rule int) {
		if r.rules[rule].dear && !tried.another(rule, start) {
			return
		}
		if from, to, ok := r.rules[rule].find(s, start, end); ok && from < to {
			found = append(found, hit{from, to, rule})
		}
	})
	return found
}

// attempts counts how often rules that are dear looked at a part of a text.
type attempts struct {
	of map[int]attempt
}

type attempt struct{ from, n int }

// maxAttempts is how often a program may be named within one window: a text with
// more of the same name is made to cost time.
const maxAttempts = 16

// another reports whether a rule may look at the text from start on.
func (a *attempts) another(rule, start int) bool {
	at, known := a.of[rule]
	if !known || start-at.from > window {
		at = attempt{from: start}
	}
	at.n++
	if a.of == nil {
		a.of = map[int]attempt{}
	}
	a.of[rule] = at
	return at.n <= maxAttempts
}

func (r *Redactor) replace(s string, hits []hit, put func(kind, secret string) string) string {
	var b strings.Builder
	at := 0
	for _, h := range hits {
		b.WriteString(s[at:h.from])
		b.WriteString(put(r.rules[h.rule].kind, s[h.from:h.to]))
		at = h.to
	}
	b.WriteString(s[at:])
	return b.String()
}

func mark(kind string) string { return "[redacted:" + kind + "]" }

// isMark reports whether s is what an earlier round left behind.
func isMark(s string) bool {
	return strings.HasPrefix(s, "[redacted:")
}
