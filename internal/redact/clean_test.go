package redact

import (
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"a\rb":            "a\nb",
		"a\r":             "a\n",
		"a\r\nb":          "a\nb",
		"a~ \x7fb":        "a~ b",
		"\x1b":            "",
		"a\x1b":           "a",
		"\x1bé":           "é",
		"\x1b\x7fb":       "b",
		"\x1b[@b":         "b",
		"\x1b[1~b":        "b",
		"\x1b[1\x1fb":     "1b",
		"\x1b[ ?mb":       "b",
		"\x1b[1":          "1",
		"\x1b[éb":         "éb",
		"\u009b1mb":       "b",
		"\x1b(Bb":         "b",
		"\x1b(":           "",
		"\x1bcb":          "b",
		"\x1b]0;t\ab":     "b",
		"\x1b]0;t\x1b\\b": "b",
		"\x1b]0;t\x1b[mb": "b",
		"\x1bP" + "x":     "x",
		"\x1b]" + strings.Repeat("x", maxOSC-1) + "\ab": "b",
		"\x1b]" + strings.Repeat("x", maxOSC) + "\ab":   strings.Repeat("x", maxOSC) + "b",
	} {
		if got := clean(in); got != want {
			t.Errorf("clean(%q) = %q, want %q", in, got, want)
		}
	}
}

// The common case must be one: what is plain is looked at no further.
func TestPlain(t *testing.T) {
	for c := range 256 {
		want := c == '\n' || c == '\t' || ' ' <= c && c <= '~'
		if got := plain("a" + string([]byte{byte(c)})); got != want {
			t.Errorf("%#x: %v", c, got)
		}
	}
}

func TestAtEdge(t *testing.T) {
	for s, want := range map[string]bool{
		"|": true, "-|x": true, "ta|sk": false, "0|sk": false, "_|sk": false, "é|sk": true,
		`\n|sk`: true, `\v|sk`: true, `\q|sk`: false, `n|sk`: false, `xn|sk`: false,
		`\u001b|sk`: true, `\u00e9|sk`: true, `xu001b|sk`: false, `\x001b|sk`: false, `u001b|sk`: false, `\u01b|sk`: false,
	} {
		if got := atEdge(strings.Replace(s, "|", "", 1), strings.Index(s, "|")); got != want {
			t.Errorf("%s: %v", s, got)
		}
	}
	if !atEdge("sk", -4) || !atEdge("sk", 3) {
		t.Error("outside of the text is no edge")
	}
}

func TestIsWord(t *testing.T) {
	const word = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
	for c := range 256 {
		if got := isWord(byte(c)); got != (c < 128 && strings.ContainsRune(word, rune(c))) {
			t.Errorf("%#x: %v", c, got)
		}
	}
}

func TestSecretive(t *testing.T) {
	for value, want := range map[string]bool{
		"aB3dE5fG7hJ9": true, "abcdefghijkl": false, "aB3dE!fGhJkL": true, "aBcdE_fG-hJk": false, "aB!dE!fG!hJ!kL": true,
		"a1234567890!": false, "ab0000000009": false, "ab1234567890": true, "AB1234567890": true, "aB/dE/fG/hJ/kL": false,
		"0123456789": false, "ab:cd:ef:gh": true, "ab9999": false,
		"aAbBcCdDeE9": true, "abcdefgh9": true, "zyxwvuts0": true,
		"abcdefg8": true, "abcdefgg8": false, // eight values are three bits a byte
	} {
		if got := random(value); got != want {
			t.Errorf("%s: %v, entropy %.3f", value, got, entropy(value))
		}
	}
}

func TestMixed(t *testing.T) {
	for value, want := range map[string]bool{
		"abc": false, "ABC": false, "123": false, "aBc": true, "abc1": true, "ABC1": true, "-_": false, "1-": false,
	} {
		if got := mixed(value); got != want {
			t.Errorf("%s: %v", value, got)
		}
	}
}

// A known value is found however it is escaped; the longest of several is replaced
// whole.
func TestVariants(t *testing.T) {
	if diff := cmp.Diff([]string{"a%20b-c.d~e%2Ff_g", "a b-c.d~e/f_g"}, variants([]string{"a b-c.d~e/f_g", "short"})); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"long-value-of-two", "long-value"}, variants([]string{"long-value", "long-value-of-two"})); diff != "" {
		t.Error(diff)
	}
	r := New([]string{"some-secret", "some-secret-of-two"})
	if got, _ := r.Text("x some-secret-of-two y"); got != "x [redacted:known-value] y" {
		t.Error(got)
	}
}

// Lines of something encoded, as they are counted and as they look.
func TestEncoded(t *testing.T) {
	const least = minBlockLine
	body := fake("", maxBlockLine+1)
	for name, c := range map[string]struct {
		line string
		want bool
	}{
		"as short as can be":      {body[:least], true},
		"too short":               {body[:least-1], false},
		"as long as can be":       {body[:maxBlockLine], true},
		"too long":                {body, false},
		"with plus and slash":     {"+/" + body[:least], true},
		"with an underscore":      {"_" + body[:least], false},
		"with a dot":              {"." + body[:least], false},
		"padded":                  {body[:least] + "==", true},
		"quoted, with a line end": {"\t\"" + body[:least] + `\n" +`, true},
		"small letters only":      {strings.ToLower(body[:least]), false},
		"capitals only":           {strings.ToUpper(body[:least]), false},
		"letters only":            {strings.Repeat("aB", least), false},
	} {
		if got := encoded(c.line, least); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
	line, short := body[:64], body[:8]
	for name, c := range map[string]struct {
		lines []string
		want  string
	}{
		"three and an end":     {[]string{"a", line, line, line, short, "b"}, ".####."},
		"two":                  {[]string{line, line, "b"}, "..."},
		"two, twice":           {[]string{line, line, "b", line, line, "b"}, "......"},
		"two, then three":      {[]string{line, line, "b", line, line, line}, "...###"},
		"three, twice":         {[]string{line, line, line, "b", line, line, line, "b"}, "###.###."},
		"one end only":         {[]string{line, line, line, short, short}, "####."},
		"two far from a start": {[]string{"a", "b", "c", line, line, "d"}, "......"},
		"nothing":              {nil, ""},
	} {
		got := ""
		for _, l := range withoutBlocks(c.lines) {
			got += map[bool]string{true: "#", false: "."}[l == mark(blockKind)]
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

// What overlaps is one secret, of the kind of the earlier rule; what only touches
// is two.
func TestHits(t *testing.T) {
	at := func(word, kind string) rule {
		return rule{kind: kind, keywords: []string{word}, match: func(_ string, start, _ int) (int, int, bool) { return start, start + len(word), true }}
	}
	rules := []rule{at("cde", "first"), at("abcd", "second"), at("fg", "third"), at("c", "inner")}
	r := &Redactor{rules: rules, words: newAutomaton(rules)}
	for in, want := range map[string][]hit{
		"xabcdex": {{1, 6, 0}}, "cdefg": {{0, 3, 0}, {3, 5, 2}}, "fg abcd": {{0, 2, 2}, {3, 7, 1}}, "ABCD": {{0, 4, 1}}, "cc": {{0, 1, 3}, {1, 2, 3}}, "ab": {},
	} {
		if diff := cmp.Diff(want, r.hits(in, maxDepth), cmp.AllowUnexported(hit{}), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", in, diff)
		}
	}
}

func TestExtend(t *testing.T) {
	for s, want := range map[string]int{
		"ab": 2, "ab cd": 2, "a+/=.-~%b,c": 9, "aé,": 1, "a\"": 1,
	} {
		if got := extend(s, 1); got != want {
			t.Errorf("%q: %d, want %d", s, got, want)
		}
	}
	if got := extend("aéb", 2); got != 4 {
		t.Errorf("half a character is left: %d", got)
	}
}

// A token is taken whole, however long it is and wherever its keyword stands.
func TestTextTokens(t *testing.T) {
	r := New(nil)
	for name, c := range map[string]struct{ in, want string }{
		"longer than a pattern looks":     {"x " + fake("ghp_", window+50) + " y", "x [redacted:github-token] y"},
		"begins before its keyword":       {"x " + fake("", 14) + ".atlasv1." + fake("", 60) + " y", "x [redacted:terraform-token] y"},
		"begins before it, at the start":  {fake("", 14) + ".atlasv1." + fake("", 60), "[redacted:terraform-token]"},
		"begins too far before it":        {fake("", 13) + ".atlasv1." + fake("", 60), fake("", 13) + ".atlasv1." + fake("", 60)},
		"two of them":                     {fake("", 14) + ".atlasv1." + fake("", 60) + " " + fake("", 14) + ".atlasv1." + fake("", 60), "[redacted:terraform-token] [redacted:terraform-token]"},
		"inside of a word":                {"ta" + fake("sk-", 30), "ta" + fake("sk-", 30)},
		"a quoted value":                  {`password = "` + fake("", 12) + `" x`, `password = "[redacted:password]" x`},
		"a value without quotes":          {"password=" + fake("", 12) + " x", "password=[redacted:password] x"},
		"a key cut off":                   {"a -----BEGIN " + "PRIVATE KEY-----\nMIIB\n!", "a [redacted:private-key]!"},
		"a key with an end cut off":       {"-----BEGIN " + "PRIVATE KEY-----\nMI!B\n-----END " + "PRIV!", "[redacted:private-key]!"},
		"a block of a private key":        {"-----BEGIN " + "PGP PRIVATE KEY BLOCK-----\nMIIB\n-----END " + "PGP PRIVATE KEY BLOCK-----.", "[redacted:private-key]."},
		"a public key":                    {"-----BEGIN " + "PUBLIC KEY-----\nMIIB\n-----END " + "PUBLIC KEY-----", "-----BEGIN " + "PUBLIC KEY-----\nMIIB\n-----END " + "PUBLIC KEY-----"},
		"a beginning without a title":     {"-----BEGIN " + "PRIVATE KEY", "-----BEGIN " + "PRIVATE KEY"},
		"a key whose end follows at once": {"-----BEGIN " + "PRIVATE KEY----------END " + "PRIVATE KEY-----.", "[redacted:private-key]."},
	} {
		if got, _ := r.Text(c.in); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// The keys of a map that become equal stay apart, in the order that they had.
func TestFragmentMaps(t *testing.T) {
	r := New(nil)
	type kept struct {
		Free map[string]string
		Keep string `redact:"keep"`
		Text string
	}
	id := strings.Repeat("a1b2c3d4e5", 4)
	v := kept{
		Free: map[string]string{fake("ghp_", 36): "second", fake("ghp_", 35): "first", fake("ghp_", 37): "third", "plain": fake("ghs_", 36)},
		Keep: id, Text: "x",
	}
	w := walker{r: r, counts: map[string]int{}}
	w.change = w.text
	w.value(valueOf(&v), false)
	want := map[string]string{
		"[redacted:github-token]": "first", "[redacted:github-token]~2": "second", "[redacted:github-token]~3": "third", "plain": "[redacted:github-token]",
	}
	if diff := cmp.Diff(want, v.Free); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if v.Keep != id || v.Text != "x" {
		t.Errorf("%+v", v)
	}
}

// An id is kept only where the type says that there is one: elsewhere a known value
// may look like that.
func TestFragmentKeep(t *testing.T) {
	id := strings.Repeat("a1b2c3d4e5", 4)
	v := struct {
		Keep string `redact:"keep"`
		Text string
	}{id, id}
	w := walker{r: New([]string{id}), counts: map[string]int{}}
	w.change = w.text
	w.value(valueOf(&v), false)
	if v.Keep != id || v.Text != "[redacted:known-value]" {
		t.Errorf("%+v", v)
	}
}

func valueOf[T any](v *T) reflect.Value { return reflect.ValueOf(v).Elem() }
