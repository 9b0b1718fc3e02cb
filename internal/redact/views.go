package redact

import (
	"encoding/base64"
	"strings"
)

const (
	// maxDepth is how often a text is unwrapped: a command in a JSON in a JSON, or
	// an address in base64 in an address, is the deepest that is met.
	maxDepth = 3
	// minWrapped is the length from which a run of base64 is unwrapped. The
	// shortest secret worth wrapping, a user and a password, has 12 bytes.
	minWrapped = 16
	// maxWrapped bounds how much of a run is unwrapped: a private key.
	maxWrapped = 64 << 10
	// maxBreak is how many blanks may stand where a word is broken: an indentation.
	maxBreak = 64
	// minRest is the length from which the start of a line is taken for the rest
	// of what the line before broke off.
	minRest = 8
)

// otherwise adds the secrets that are seen when s is read another way: without
// the escapes of a URL or of a quotation, unwrapped from base64, with the lines joined that were
// broken in the middle of a word, and with the blanks that the go command wrote
// as underscores into the name of a test.
func (r *Redactor) otherwise(found []hit, s string, depth int) []hit {
	if text, at := unescaped(s); text != "" {
		for _, h := range r.hits(text, depth+1) {
			found = append(found, hit{at[h.from], at[h.to], h.rule})
		}
	}
	found = r.unwrapped(found, s, depth)
	if text, at := joined(s); text != "" {
		for _, h := range r.scan(text) {
			if r.rules[h.rule].shape && at[h.to-1]-at[h.from] >= h.to-h.from {
				found = append(found, hit{at[h.from], at[h.to-1] + 1, h.rule})
			}
		}
	}
	if text := spaced(s); text != "" {
		for _, h := range r.scan(text) {
			if !r.rules[h.rule].shape {
				found = append(found, hit{h.from, wordEnd(s, h.to), h.rule})
			}
		}
	}
	return found
}

// unescaped returns s without the escapes of a URL and of a quotation in JSON,
// program text or the shell, and where each of its bytes, and its end, stand in s;
// nothing when s has none.
func unescaped(s string) (string, []int) {
	if strings.IndexByte(s, '\\') < 0 && !escaped(s) {
		return "", nil
	}
	var b strings.Builder
	at := make([]int, 0, len(s)+1)
	for i := 0; i < len(s); {
		at = append(at, i)
		c, n := escape(s, i)
		b.WriteByte(c)
		i += n
	}
	return b.String(), append(at, len(s))
}

// escaped reports whether s has a byte that is written as in a URL.
func escaped(s string) bool {
	for i := strings.IndexByte(s, '%'); i >= 0; {
		if escapeAt(s, i) {
			return true
		}
		next := strings.IndexByte(s[i+1:], '%')
		if next < 0 {
			return false
		}
		i += 1 + next
	}
	return false
}

// escape returns the byte that is written at i, and the length of how it is
// written. A backslash at the end of a line stays: it joins two lines.
func escape(s string, i int) (byte, int) {
	if escapeAt(s, i) {
		return nibble(s[i+1])<<4 | nibble(s[i+2]), 3
	}
	if s[i] != '\\' || i+1 == len(s) || s[i+1] == '\n' {
		return s[i], 1
	}
	switch c := s[i+1]; {
	case c == 'n' || c == 'r':
		return '\n', 2
	case c == 't':
		return '\t', 2
	case c == 'u' && i+5 < len(s) && s[i+2] == '0' && s[i+3] == '0' && nibble(s[i+4]) < 8 && nibble(s[i+5]) < 16:
		return nibble(s[i+4])<<4 | nibble(s[i+5]), 6
	default:
		return c, 2
	}
}

func escapeAt(s string, i int) bool {
	return s[i] == '%' && i+2 < len(s) && nibble(s[i+1]) < 16 && nibble(s[i+2]) < 16
}

// nibble is the value of a hexadecimal digit, 16 for what is none.
func nibble(c byte) byte {
	switch {
	case '0' <= c && c <= '9':
		return c - '0'
	case 'a' <= c|0x20 && c|0x20 <= 'f':
		return c | 0x20 - 'a' + 10
	}
	return 16
}

// unwrapped adds the runs of base64 in s that hold a secret, whole. A run of that
// length is looked for at every place that one cannot do without.
func (r *Redactor) unwrapped(found []hit, s string, depth int) []hit {
	for i := minWrapped - 1; i < len(s); i += minWrapped {
		if !base64Byte(s[i]) {
			continue
		}
		from, to := i, i+1
		for from > 0 && base64Byte(s[from-1]) {
			from--
		}
		for to < len(s) && base64Byte(s[to]) {
			to++
		}
		i = to
		if to-from < minWrapped {
			continue
		}
		text := unwrap(s[from:min(to, from+maxWrapped)])
		if text == "" {
			continue
		}
		if hits := r.hits(text, depth+1); len(hits) > 0 {
			for to < len(s) && s[to] == '=' {
				to++
			}
			found = append(found, hit{from, to, hits[0].rule})
		}
	}
	return found
}

func base64Byte(c byte) bool {
	return isWord(c) || c == '+' || c == '/' || c == '-'
}

// unwrap returns the text that is wrapped in a run of base64, of either alphabet;
// nothing when it is none, as with pictures, digests and paths.
func unwrap(run string) string {
	encoding := base64.RawStdEncoding
	if strings.ContainsAny(run, "-_") {
		encoding = base64.RawURLEncoding
	}
	if head, err := encoding.DecodeString(run[:minWrapped]); err != nil || !readable(head) {
		return ""
	}
	if len(run)%4 == 1 { // no text has that length: one character too many was taken
		run = run[:len(run)-1]
	}
	text, err := encoding.DecodeString(run)
	if err != nil || !readable(text) {
		return ""
	}
	return string(text)
}

func readable(text []byte) bool {
	for _, c := range text {
		if c-0x20 > 0x5e && c != '\n' && c != '\t' && c != '\r' {
			return false
		}
	}
	return true
}

// joined returns s with the lines joined that a terminal, a quote or a backslash
// broke in the middle of a word, and where its bytes stand in s; nothing when
// there are none. A word goes on where the next line begins with letters and
// digits that make no word.
func joined(s string) (string, []int) {
	if strings.IndexByte(s, '\n') < 0 && !strings.Contains(s, `" +`) && !strings.Contains(s, `' +`) {
		return "", nil
	}
	var b strings.Builder
	var at []int
	copied := 0
	for i := 1; i < len(s); i++ {
		if s[i] != '\n' && s[i] != '"' && s[i] != '\'' && s[i] != '\\' {
			continue
		}
		next := afterBreak(s, i)
		if next < 0 || !breaksOff(s[:i]) || !goesOn(s[next:]) {
			continue
		}
		for ; copied < i; copied++ {
			b.WriteByte(s[copied])
			at = append(at, copied)
		}
		copied, i = next, next
	}
	if copied == 0 {
		return "", nil
	}
	for ; copied < len(s); copied++ {
		b.WriteByte(s[copied])
		at = append(at, copied)
	}
	return b.String(), at
}

// afterBreak returns where the text goes on that is broken at i: by the end of
// the line, with a backslash before it, or by quotes around an operator; -1 when
// it is not.
func afterBreak(s string, i int) int {
	quote := s[i] == '"' || s[i] == '\''
	j := i + 1
	if s[i] == '\\' && (j == len(s) || s[j] != '\n') {
		return -1
	}
	for j < len(s) && j-i <= maxBreak && strings.IndexByte(" \t\n+.\\", s[j]) >= 0 {
		j++
	}
	if quote {
		if j == i+1 || j == len(s) || s[j] != s[i] {
			return -1
		}
		j++
	}
	if j == len(s) {
		return -1
	}
	return j
}

func tokenByte(c byte) bool { return isWord(c) || strings.IndexByte("-.+/=", c) >= 0 }

// breaksOff reports whether a text ends with what may be the start of a token.
func breaksOff(text string) bool {
	n := 0
	for n < len(text) && n < minRest && tokenByte(text[len(text)-1-n]) {
		n++
	}
	return n == minRest && strings.ContainsAny(text[len(text)-n:], "0123456789")
}

// goesOn reports whether a text begins with what is no word of its own.
func goesOn(rest string) bool {
	n := 0
	for n < len(rest) && tokenByte(rest[n]) {
		n++
	}
	run := rest[:n]
	return n >= minRest && strings.ContainsAny(run, "0123456789") && run != strings.ToUpper(run) && !strings.ContainsAny(run, "/") &&
		(n == len(rest) || strings.IndexByte("\n\"'\\ ,;", rest[n]) >= 0)
}

// spaced returns s with blanks in the place of underscores in what go test made
// of the names of subtests; nothing when there is none.
func spaced(s string) string {
	if strings.IndexByte(s, '_') < 0 || strings.IndexByte(s, '/') < 0 {
		return ""
	}
	var out []byte
	for _, word := range [...]string{"Test", "Benchmark", "Fuzz", "Example"} {
		for from := 0; ; {
			i := strings.Index(s[from:], word)
			if i < 0 {
				break
			}
			i += from
			for i < len(s) && isWord(s[i]) {
				i++
			}
			from = i
			if i == len(s) || s[i] != '/' {
				continue
			}
			for from < len(s) && s[from] > ' ' {
				from++
			}
			if !strings.Contains(s[i:from], "_") {
				continue
			}
			if out == nil {
				out = []byte(s)
			}
			for ; i < from; i++ {
				if out[i] == '_' {
					out[i] = ' '
				}
			}
		}
	}
	return string(out)
}

// wordEnd returns where what follows a secret in the name of a subtest is surely
// no part of it: an underscore in it may be its own.
func wordEnd(s string, to int) int {
	for to < len(s) && s[to] > ' ' && s[to] != '/' && !strings.HasPrefix(s[to:], "_-") && strings.IndexByte("\"'`,;&|<>()[]{}", s[to]) < 0 {
		to++
	}
	return to
}
