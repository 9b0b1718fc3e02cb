package redact

import (
	"math"
	"regexp"
	"strings"
	"unicode/utf8"
)

const (
	// window is how far a pattern looks, counted from its keyword. Measured on
	// 6,368 planted tokens, 512 bytes found 99.9 % of them; what a pattern
	// leaves behind at the end of the window is taken along by [extend].
	window = 1024
	// maxPEM is how far the end of a private key is looked for. A 16,384-bit
	// RSA key is 13 kB; the rest is room for indentation and escapes.
	maxPEM = 32 << 10
)

// rule knows one kind of secret.
type rule struct {
	// Name for reports, kebab-case.
	kind string
	// Lower-case strings of which one occurs in every secret of the kind.
	keywords []string
	// The keyword must begin a word: "sk-" is not to match in "task-".
	edge bool
	// How many bytes before its keyword a secret can begin.
	back int
	// Matches at the keyword. The first group that took part is the secret;
	// without groups the whole match is.
	pattern *regexp.Regexp
	// Decides further whether the secret is one; nil accepts.
	accept func(secret string) bool
	// Replaces pattern where a regular expression is the wrong tool: what of s is
	// the secret to which the keyword s[start:end] belongs.
	match func(s string, start, end int) (from, to int, ok bool)
	// The secret is known by its own shape, whatever stands before it.
	shape bool
	// The shape is little more than a prefix, see [token].
	weak bool
	// The pattern looks at all of its window, which costs 0.1 ms.
	dear bool
}

// find returns the secret to which the keyword s[start:end] belongs.
func (r *rule) find(s string, start, end int) (from, to int, ok bool) {
	if r.edge && !atEdge(s, start-r.back) && !atEdge(s, start) {
		return 0, 0, false
	}
	if r.match != nil {
		return r.match(s, start, end)
	}
	first := max(0, start-r.back)
	last := min(len(s), start+window)
	loc := r.pattern.FindStringSubmatchIndex(s[first:last])
	if loc == nil || first+loc[0] > start {
		return 0, 0, false
	}
	from, to = first+loc[0], first+loc[1]
	for i := 2; i+1 < len(loc); i += 2 {
		if loc[i] >= 0 {
			from, to = first+loc[i], first+loc[i+1]
			break
		}
	}
	if to == last {
		to = extend(s, to)
	}
	secret := s[from:to]
	if isMark(secret) || r.weak && (!mixed(secret) || namesFile(s, from, to)) || r.accept != nil && !r.accept(secret) {
		return 0, 0, false
	}
	return from, to, true
}

// fileEnding is what follows the name of a file.
var fileEnding = regexp.MustCompile(`^\.[a-z][a-z0-9]{0,5}(?:$|[^A-Za-z0-9_.-])`)

// namesFile reports whether s[from:to] is a part of a path that goes on with the
// ending of a file, as of a translation that is named by a digest.
func namesFile(s string, from, to int) bool {
	return (from == 0 || s[from-1] == '/') && fileEnding.MatchString(s[to:])
}

// extend moves the end of a secret that ran out of its window to where it
// really ends, and never leaves half a character.
func extend(s string, to int) int {
	for to < len(s) && (isWord(s[to]) || strings.IndexByte("+/=.-~%", s[to]) >= 0 || !utf8.RuneStart(s[to])) {
		to++
	}
	return to
}

// atEdge reports whether a word can begin at i. A letter before i does not count
// when it belongs to an escape such as \n or \u001b, which is how a string inside
// a JSON string looks.
func atEdge(s string, i int) bool {
	if i <= 0 || i > len(s) || !isWord(s[i-1]) {
		return true
	}
	if i >= 2 && s[i-2] == '\\' && strings.IndexByte("nrtbfv0", s[i-1]) >= 0 {
		return true
	}
	return i >= 6 && s[i-6] == '\\' && s[i-5] == 'u'
}

func isWord(c byte) bool {
	return c == '_' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

// matchPEM finds the end of a private key block. The header may be wrapped
// anywhere after its first word, and line ends may be escaped; a block that was
// cut off ends where its base64 does.
func matchPEM(s string, start, head int) (from, to int, ok bool) {
	title, end := squeeze(s, head, "-----")
	if end < 0 || !strings.HasSuffix(title, "PRIVATEKEY") && !strings.HasSuffix(title, "PRIVATEKEYBLOCK") {
		return 0, 0, false
	}
	limit := min(len(s), start+maxPEM)
	if i := strings.Index(s[end:limit], "-----END"); i >= 0 {
		if _, stop := squeeze(s, end+i+len("-----END"), "-----"); stop >= 0 {
			return start, stop, true
		}
		return start, extendPEM(s, end+i+len("-----END")), true
	}
	return start, extendPEM(s, end), true
}

// squeeze returns the text from i to the delimiter, without white space and
// escaped line ends, and the offset behind the delimiter or -1.
func squeeze(s string, i int, delimiter string) (string, int) {
	const maxTitle = 128 // "ENCRYPTED PRIVATE KEY" with room for wrapping
	end := strings.Index(s[i:min(len(s), i+maxTitle)], delimiter)
	if end < 0 {
		return "", -1
	}
	text := strings.NewReplacer(`\r`, "", `\n`, "", " ", "", "\n", "", "\t", "").Replace(s[i : i+end])
	return text, i + end + len(delimiter)
}

func extendPEM(s string, i int) int {
	for i < len(s) && (isWord(s[i]) || strings.IndexByte("+/=-\\ \n\t\"',:", s[i]) >= 0) {
		i++
	}
	return i
}

// random reports whether a value behind a telling name looks like a secret
// rather than a word, a variable, a path or a time.
func random(value string) bool { return secretive(value, 3) }

// password is random with the lower demands that passwords of people need.
func password(value string) bool { return secretive(value, 2.5) }

// harmless are values that carry no secret however random they look.
var harmless = regexp.MustCompile(`(?i)^(?:[$%<{*]|sha\d+[:-]|[\w./-]+\.[a-z]{1,5}(?::\d+)*$|[\d:.tz+-]+$|https?:)`)

func secretive(value string, minEntropy float64) bool {
	var letters, digits, marks int
	for i := range len(value) {
		switch c := value[i]; {
		case '0' <= c && c <= '9':
			digits++
		case isWord(c) && c != '_':
			letters++
		case strings.IndexByte("_-./", c) < 0:
			marks++
		}
	}
	if letters < 2 || digits+marks == 0 || harmless.MatchString(value) {
		return false
	}
	return entropy(value) >= minEntropy
}

// mixed accepts values with a digit and a letter, or with letters of both cases.
func mixed(value string) bool {
	digit := strings.ContainsAny(value, "0123456789")
	lower, upper := value != strings.ToUpper(value), value != strings.ToLower(value)
	return digit && (lower || upper) || lower && upper
}

// authorizes reports whether what follows the scheme in a header is a credential,
// and no word about one.
func authorizes(value string) bool {
	word := strings.ToLower(value)
	return !reference(value) && !described[word] && !nothing[word] && !passwordNamed[word] && !strings.HasSuffix(word, "token") && word != "header"
}

// entropy is Shannon's, in bits per byte.
func entropy(s string) float64 {
	var n [256]int
	for i := range len(s) {
		n[s[i]]++
	}
	sum := 0.0
	for _, k := range n {
		if k > 0 {
			p := float64(k) / float64(len(s))
			sum -= p * math.Log2(p)
		}
	}
	return sum
}
