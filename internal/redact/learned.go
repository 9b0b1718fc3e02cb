package redact

import (
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

const (
	// minLearned is the length from which a secret is looked for in the facts
	// beside the one that held it.
	minLearned = 4
	// minTelling is the length from which what surely is no word is looked for in
	// all facts. A password like "postgres" is left where it names a database.
	minTelling = 8
	// maxLearned bounds the bytes of all values that are looked for, which are the
	// states of the automaton.
	maxLearned = 48 << 10
)

// learned are secrets that were found in facts, to be taken out of others that
// were cut out of the same text without what told that it is one: the name of a
// program, a host, the path of a file. Nothing of it outlives the redaction.
type learned struct {
	rules []rule
	known map[string]bool
	bytes int
}

// add notes the parts of a secret that may stand alone elsewhere.
func (l *learned) add(kind, secret string, least int) {
	parts := strings.FieldsFunc(secret, func(r rune) bool { return r <= ' ' || strings.ContainsRune(`/"'<>\;|,&`, r) })
	for _, part := range append(parts, secret) {
		if len(part) < least || len(part) > maxName*8 || l.known[part] || l.bytes+len(part) > maxLearned || isMark(part) || least >= minTelling && !telling(part) {
			continue
		}
		if l.known == nil {
			l.known = map[string]bool{}
		}
		l.known[part] = true
		l.bytes += len(part)
		l.rules = append(l.rules, rule{kind: kind, keywords: []string{strings.ToLower(part)}, match: exactly(part)})
	}
}

// telling reports whether a secret is no word: one that also means something
// else must not vanish from where it does.
func telling(secret string) bool {
	return strings.ContainsAny(secret, "0123456789") && strings.Trim(secret, "0123456789.:-") != "" && !harmless.MatchString(secret) && !id.MatchString(secret) ||
		len(secret) >= 2*minTelling && mixed(secret)
}

// exactly matches a value where it is not a part of a longer word.
func exactly(value string) func(s string, start, end int) (from, to int, ok bool) {
	return func(s string, start, end int) (from, to int, ok bool) {
		return start, end, s[start:end] == value && atEdge(s, start) && (end == len(s) || !isWord(s[end])) && !inMark(s, start)
	}
}

// inMark reports whether i is inside of what an earlier round left behind.
func inMark(s string, i int) bool {
	open := strings.LastIndexByte(s[max(0, i-maxName):i], '[')
	return open >= 0 && isMark(s[max(0, i-maxName):][open:]) && !strings.Contains(s[max(0, i-maxName)+open:i], "]")
}

// redactor returns one that knows nothing but what was learned; nil for nothing.
func (l *learned) redactor() *Redactor {
	if len(l.rules) == 0 {
		return nil
	}
	return &Redactor{rules: l.rules, words: newAutomaton(l.rules)}
}

// forget takes what was learned out of s, which is redacted already.
func (w *walker) forget(s string, keep bool) string {
	if keep && id.MatchString(s) {
		return s
	}
	hits := w.r.hits(s, maxDepth)
	if len(hits) == 0 {
		return s
	}
	s = w.r.replace(s, hits, func(kind, _ string) string {
		w.counts[kind]++
		return mark(kind)
	})
	return evidence.ClipMiddle(s, maxString)
}
