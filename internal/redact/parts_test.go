package redact

import (
	"encoding/base64"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// Where what stands before the host of a URL ends, at every kind of end.
func TestUserInfo(t *testing.T) {
	long := "u:" + strings.Repeat("p", maxUserInfo-2)
	for in, want := range map[string][2]int{
		"u:p@h": {3, 1}, "u:p:q@h": {5, 1}, "u@h:80": {1, -1}, ":a:b@h": {4, 0}, "@h": {-1, -1}, "u:p@q@h": {5, 1},
		"u:p w@h": {-1, 1}, `u:p"w@h`: {-1, 1}, "u:p\\w@h": {-1, 1}, "u:p\x00@h": {-1, 1},
		"u:8080/x@h": {-1, 1}, "u:pa/ss@h": {7, 1}, "u:pa/ss@h@x": {7, 1}, "u/x:p@h": {-1, -1}, "u:/x@h": {-1, 1}, "u:p@h/x@y": {3, 1},
		"u:p?x@h": {5, 1}, "u:p#x@h": {5, 1}, "u:p@h?a=b@c": {3, 1}, "u:80?x@h": {-1, 1}, "": {-1, -1},
		long + "@h": {maxUserInfo, 1}, long + "p@h": {-1, 1},
	} {
		if at, colon := userInfo(in, 0); at != want[0] || colon != want[1] {
			t.Errorf("userInfo(%.40q) = %d, %d, want %v", in, at, colon, want)
		}
	}
	if at, colon := userInfo("x://"+long+"@h", 4); at != 4+maxUserInfo || colon != 5 {
		t.Errorf("behind a scheme: %d, %d", at, colon)
	}
}

func TestURL(t *testing.T) {
	const m = "[redacted:basic-auth-url]"
	token := fake("", minUserToken)
	for in, want := range map[string]string{
		"https:": "https:", "x:/": "x:/", "https://" + token + "@h/x": "https://" + m + "@h/x", "https://" + token[1:] + "@h/x": "https://" + token[1:] + "@h/x",
		"https://" + token + ":x-oauth-basic@h":     "https://" + m + ":x-oauth-basic@h",
		"https://" + token[1:] + ":x-oauth-basic@h": "https://" + token[1:] + ":x-oauth-basic@h",
		"https://u:***@h":                           "https://u:***@h", "https://u:$PW@h": "https://u:$PW@h", "https://" + token + ":word@h": "https://" + token + ":" + m + "@h", "https://[redacted:x]:word@h": "https://[redacted:x]:" + m + "@h",
		"https://[redacted:x]@h": "https://[redacted:x]@h", `https:\/\/u:word@h`: `https:\/\/u:` + m + `@h`,
	} {
		if got, _ := New(nil).Text(in); got != want {
			t.Errorf("Text(%q) = %q, want %q", in, got, want)
		}
	}
}

// Where a value begins and ends, as a part of the text.
func TestValueAt(t *testing.T) {
	long := strings.Repeat("v", 2*maxQuoted)
	for in, want := range map[string]struct {
		value  string
		quoted bool
	}{
		`ab"c`: {"ab", false}, `ab c`: {"ab", false}, `abc`: {"abc", false}, `"abc`: {"abc", true}, `"abc" d`: {"abc", true}, `'a"c' d`: {`a"c`, true},
		`"a\"b" c`: {`a\"b`, true}, `\"abc\" d`: {"abc", true}, `\"a\\\"b\" c`: {`a\\\"b`, true}, `\"abc\nrest\"`: {"abc", true},
		`\"abc\rrest\"`: {"abc", true}, `"abc\nrest"`: {`abc\nrest`, true}, `\"ban\" d`: {"ban", true}, `\\"a\nb\\" c`: {`a\nb`, true},
		`\abc`: {"", false}, "\"abc\ndef\"": {"abc", true}, `"` + long + `"`: {long[:maxQuoted], true}, `` + long: {long, false}, "": {"", false},
	} {
		from, to, quoted := valueAt(in, 0)
		if in[from:to] != want.value || quoted != want.quoted {
			t.Errorf("valueAt(%.40q) = %.40q, %v, want %.40q, %v", in, in[from:to], quoted, want.value, want.quoted)
		}
	}
}

// What is an assignment, and of what to what.
func TestAssignmentAt(t *testing.T) {
	blank := strings.Repeat(" ", maxBlanks)
	far := strings.Repeat("n", 2*maxName)
	type is struct{ name, tail, operator, value string }
	for in, want := range map[string]is{
		"password=v": {"password", "", "=", "v"}, `"password", "v"`: {"password", "", ",", "v"}, `password, "v"`: {}, `"password", v`: {},
		`\"password\": \"v\"`: {"password", "", ":", "v"}, `const password string = "v"`: {"password", "", "=", "v"}, `let password &str = "v"`: {"password", "", "=", "v"},
		"password" + blank + "=" + blank + "v": {"password", "", "=", "v"}, "password" + blank + " =v": {}, "password=" + blank + " v": {},
		"my.db-password_old := v": {"my.db-password_old", "_old", ":=", "v"}, "password": {}, "password=": {}, "password v": {},
		"password" + far[:maxName] + "=v": {"password" + far[:maxName], far[:maxName], "=", "v"}, "password" + far[:maxName+1] + "=v": {},
		far + "password=v": {far[:maxName] + "password", "", "=", "v"},
	} {
		at := strings.Index(in, "password")
		a, ok := assignmentAt(in, at, at+len("password"))
		if got := (is{a.name, a.tail, a.operator, a.value}); ok != (want != is{}) || ok && got != want {
			t.Errorf("assignmentAt(%.60q) = %+v, %v, want %+v", in, got, ok, want)
		}
	}
}

// What a value must be to be a secret, by the name it is given and by how.
func TestAssignmentSecret(t *testing.T) {
	prose := assignment{name: "password", word: "password", operator: ":", spaced: true, next: ' '}
	variable := assignment{name: "DB_PASSWORD", word: "password", operator: "="}
	machine := assignment{name: "API_TOKEN", word: "token", operator: "="}
	plain := assignment{name: "password", word: "password", operator: "="}
	for name, c := range map[string]struct {
		a     assignment
		value string
		want  bool
	}{
		"prose, a word":            {prose, "required", false},
		"prose, eight characters":  {prose, "hunter12", true},
		"prose, seven characters":  {prose, "hunter1", false},
		"prose, what passes":       {assignment{name: "SMTP_pass", word: "pass", operator: ":", spaced: true, next: ' '}, "hunter12", false},
		"prose, of a machine":      {assignment{name: "token", word: "token", operator: ":", spaced: true, next: ' '}, fake("", 20), true},
		"prose, an id":             {assignment{name: "token", word: "token", operator: ":", spaced: true, next: ' '}, "123e4567-e89b-42d3-a456-426614174000", false},
		"variable, two characters": {variable, "ab", true},
		"variable, one character":  {variable, "a", false},
		"variable, digits":         {variable, "1234", true},
		"variable, three digits":   {variable, "123", false},
		"variable, a limit":        {machine, "4096", false},
		"variable, a word":         {machine, "hunter", true},
		"variable, nothing":        {machine, "none", false},
		"lower case, three":        {plain, "abc", true},
		"lower case, two":          {plain, "ab", false},
		"lower case, described":    {plain, "required", false},
		"lower case, a call":       {assignment{name: "password", word: "password", operator: "=", next: '('}, "getpass", false},
		"the name again":           {plain, "db_password", false},
	} {
		c.a.value = c.value
		if got := c.a.secret(); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func TestNamed(t *testing.T) {
	for _, c := range []struct {
		word, tail string
		want       bool
	}{
		{"password", "", true},
		{"password", "2", true},
		{"password", "_12", true},
		{"password", "123", false},
		{"password", "_file", false},
		{"password", "s", false},
		{"credential", "s", true},
		{"credential", "x", false},
		{"token", "-prod", true},
	} {
		if got := (&assignment{word: c.word, tail: c.tail}).named(); got != c.want {
			t.Errorf("%s%s: %v, want %v", c.word, c.tail, got, c.want)
		}
	}
}

// What stands alone in its line is an assignment, whatever the value looks like.
func TestStandsAlone(t *testing.T) {
	const m = "[redacted:password]"
	indent := strings.Repeat(" ", maxIndent)
	for in, want := range map[string]string{
		"password: hunterx": "password: " + m, "\npassword: hunterx": "\npassword: " + m, "a\n - password: hunterx\nb": "a\n - password: " + m + "\nb",
		"the password: hunterx": "the password: hunterx", "password: hunterx y": "password: hunterx y", "password>hunterx": "password>hunterx",
		"<password>hunterx</password>": "<password>" + m + "</password>", "<password>hunterx <": "<password>hunterx <",
		`curl -H "x-password: hunterx"`: `curl -H "x-password: ` + m + `"`, "curl -H x-password: hunterx": "curl -H x-password: hunterx",
		`curl --header="x-password: hunterx"`: `curl --header="x-password: ` + m + `"`, indent + "password: hunterx": indent + "password: " + m,
	} {
		if got, _ := New(nil).Text(in); got != want {
			t.Errorf("Text(%q) = %q, want %q", in, got, want)
		}
	}
}

// Values behind an option with a telling name, and sentences about one.
func TestOptionWords(t *testing.T) {
	for in, secret := range map[string]bool{
		"tool --db-password hunterxx": true, "tool --password abcde": true, "tool --password abcd": false, "tool --password hunterx.": false,
		"tool --password should": false, "password hunterxx": false, "x-password hunterxx": false, "tool --password 'ab c'": true,
		"tool --password ab": false, "tool --password ./a/file": false, "tool --password=": false, "a --x-password-y hunterxx": false,
	} {
		if got, _ := New(nil).Text(in); strings.Contains(got, "[redacted:") != secret {
			t.Errorf("Text(%q) = %q", in, got)
		}
	}
}

// What is wrapped in base64 is found to a depth, with its padding, and whole.
func TestWrapped(t *testing.T) {
	wrap := func(s string, times int) string {
		for range times {
			s = base64.StdEncoding.EncodeToString([]byte(s))
		}
		return s
	}
	const m = "[redacted:password]"
	for name, c := range map[string]struct{ in, want string }{
		"the shortest":            {wrap("PWD=hunter12", 1), m},
		"shorter":                 {wrap("PWD=hunt", 1), wrap("PWD=hunt", 1)},
		"with padding":            {"a " + wrap("PWD=hunter123", 1) + " b", "a " + m + " b"},
		"with a character more":   {wrap("PWD=hunter12", 1) + "A.", m + "."},
		"as deep as is looked":    {wrap("PWD=hunter12", maxDepth), m},
		"deeper than is looked":   {wrap("PWD=hunter12", maxDepth+1), wrap("PWD=hunter12", maxDepth+1)},
		"in the alphabet of URLs": {base64.RawURLEncoding.EncodeToString([]byte("PWD=hunter~~~???12")), m},
	} {
		if got, _ := New(nil).Text(c.in); got != c.want {
			t.Errorf("%s: Text(%q) = %q, want %q", name, c.in, got, c.want)
		}
	}
	for text, want := range map[string]bool{"a ~\t\r\n": true, "a\x7f": false, "a\x1f": false, "\x80": false} {
		if readable([]byte(text)) != want {
			t.Errorf("readable(%q) is not %v", text, want)
		}
	}
}

// A token that is broken over lines goes as a whole, and nothing else does.
func TestBroken(t *testing.T) {
	token := fake("ghp_", 36)
	head, tail := token[:21], token[21:]
	for _, br := range []string{"\n", "\n    ", "\\\n", `" + "`, `' +` + "\n" + `'`} {
		if got, _ := New(nil).Text("a " + head + br + tail + " b"); got != "a [redacted:github-token] b" {
			t.Errorf("broken by %q: %q", br, got)
		}
	}
	space := strings.Repeat(" ", maxBreak)
	for _, c := range []struct {
		in   string
		at   int
		want int
	}{
		{"ab\n  cd", 2, 5},
		{`ab" + "cd`, 2, 7},
		{`ab" + 'cd`, 2, -1},
		{`ab""cd`, 2, -1},
		{`ab" +`, 2, -1},
		{`ab"`, 2, -1},
		{"ab\n", 2, -1},
		{"ab\n  ", 2, -1},
		{"ab\\\ncd", 2, 4},
		{`ab\cd`, 2, -1},
		{`ab\`, 2, -1},
		{`ab" + "`, 2, -1},
		{"\n" + space + "c", 0, maxBreak + 1},
		{"\n" + space + " c", 0, maxBreak + 1},
	} {
		if got := afterBreak(c.in, c.at); got != c.want {
			t.Errorf("afterBreak(%q, %d) = %d, want %d", c.in, c.at, got, c.want)
		}
	}
	for text, want := range map[string]bool{"ab3cd5ef": true, "ab3cd5e": false, "abcdefgh": false, "AB3CD5EF": false, "ab3/d5ef": false, "ab3cd5ef x": true, "ab3cd5ef:x": false} {
		if goesOn(text) != want {
			t.Errorf("goesOn(%q) is not %v", text, want)
		}
	}
	for _, c := range "-.+/=_aZ9" {
		if !tokenByte(byte(c)) {
			t.Errorf("%c is no part of a token", c)
		}
	}
}

func TestSpaced(t *testing.T) {
	for in, want := range map[string]string{
		"TestA/b_c d_e": "TestA/b c d_e", "_ TestA/b_c": "_ TestA/b c", "/ TestA/b_c": "/ TestA/b c", "a/b_ TestB": "", "TestA/bc d_e": "", "FuzzX/a_b": "FuzzX/a b", "a_b/c": "",
	} {
		if got := spaced(in); got != want {
			t.Errorf("spaced(%q) = %q, want %q", in, got, want)
		}
	}
	for _, in := range []string{"abc/def", "abc def", `abc"`, "abc_-x", "abc", "abc,"} {
		if got := wordEnd(in, 0); got != 3 {
			t.Errorf("wordEnd(%q) = %d, want 3", in, got)
		}
	}
}

func TestUnescaped(t *testing.T) {
	for in, want := range map[string]string{
		`\nab`: "\nab", `a\`: `a\`, "%41": "A", "a%zz%41": "a%zzA", "%": "", "%4": "", "a": "", `\u0041b`: "Ab", `\u00e9`: "u00e9", "a\\\nb": "a\\\nb", `\"x\t`: "\"x\t",
	} {
		if got, _ := unescaped(in); got != want {
			t.Errorf("unescaped(%q) = %q, want %q", in, got, want)
		}
	}
}

// A rule that is dear looks at a part of a text so many times and no more.
func TestAttempts(t *testing.T) {
	var a attempts
	for n := range 2 * maxAttempts {
		if got := a.another(1, 100+n); got != (n < maxAttempts) {
			t.Fatalf("attempt %d: %v", n, got)
		}
	}
	if a.another(1, 100+window) || !a.another(2, 100) || !a.another(1, 101+window) {
		t.Error("the window does not end where it should")
	}
}

func TestFind(t *testing.T) {
	at := func(pattern string, back int) *rule { return &rule{back: back, pattern: regexp.MustCompile(pattern)} }
	for name, c := range map[string]struct {
		r          *rule
		s          string
		start, end int
		from, to   int
	}{
		"begins before the keyword": {at(`c-key`, 3), "zzzzabc-key", 8, 11, 6, 11},
		"begins behind the keyword": {at(`ey`, 3), "zzzzabc-key", 8, 11, 0, 0},
		"a group at the beginning":  {at(`^(ab)c`, 0), "abc", 0, 3, 0, 2},
		"the second group":          {at(`^(?:(x)|a(b))c`, 0), "abc", 0, 3, 1, 2},
		"a group behind the start":  {at(`-(k)ey`, 2), "zzzzab-key", 7, 10, 7, 8},
		"at the end of the window":  {at(`^a+`, 0), strings.Repeat("a", window+9) + " a", 0, 1, 0, window + 9},
	} {
		if from, to, ok := c.r.find(c.s, c.start, c.end); from != c.from || to != c.to || ok != (c.to > 0) {
			t.Errorf("%s: %d, %d, %v, want %d, %d", name, from, to, ok, c.from, c.to)
		}
	}
	edged := rule{edge: true, back: 2, pattern: regexp.MustCompile(`..key`)}
	if _, _, ok := edged.find("zz abkey", 5, 8); !ok {
		t.Error("the secret begins a word, its keyword does not")
	}
	if _, _, ok := edged.find("zzzabkey", 5, 8); ok {
		t.Error("neither the secret nor its keyword begins a word")
	}
	for i, want := range map[int]bool{0: true, 1: false, 3: false, 4: true} {
		if atEdge("abc", i) != want {
			t.Errorf("atEdge at %d is not %v", i, want)
		}
	}
}

func TestPEM(t *testing.T) {
	const head, tail = "-----BEGIN " + "PRIVATE KEY-----", "-----END " + "PRIVATE KEY-----"
	for name, in := range map[string]string{
		"nothing in it": head + tail, "one line": head + "\nMIIB\n" + tail, "cut off": head + "\n+MI+IB/=", "escaped": head + `\nMIIB\n` + tail, "cut in its end": head + "\nMIIB\n-----END",
	} {
		if got, _ := New(nil).Text("a " + in + "."); got != "a [redacted:private-key]." {
			t.Errorf("%s: %q", name, got)
		}
	}
	for _, s := range []string{"-----BEGIN CERTIFICATE-----\nMIIB", "-----BEGIN PRIVATE KEY", "-----BEGIN"} {
		if got, _ := New(nil).Text(s); got != s {
			t.Errorf("%q became %q", s, got)
		}
	}
}

func TestLearned(t *testing.T) {
	known := func(kind, secret string, least int) []string {
		var l learned
		l.add(kind, secret, least)
		var all []string
		for part := range l.known {
			all = append(all, part)
		}
		slices.Sort(all)
		return all
	}
	long := fake("", maxName*8+1)
	for name, c := range map[string]struct {
		secret string
		least  int
		want   []string
	}{
		"parts":               {"abcd1 efg/h2ij,k", 4, []string{"abcd1", "abcd1 efg/h2ij,k", "h2ij"}},
		"control characters":  {"abcd1\tefgh2", 4, []string{"abcd1", "abcd1\tefgh2", "efgh2"}},
		"too short":           {"abc", 4, nil},
		"long enough":         {"abcd", 4, []string{"abcd"}},
		"as long as is kept":  {long[1:], 4, []string{long[1:]}},
		"longer than is kept": {long, 4, nil},
		"a word":              {"postgres", minTelling, nil},
		"a word, near":        {"postgres", minTelling - 1, []string{"postgres"}},
		"what is no word":     {"p0stgres", minTelling, []string{"p0stgres"}},
		"two cases":           {"aBcdefghijklmnop", minTelling, []string{"aBcdefghijklmnop"}},
		"two cases, shorter":  {"aBcdefghijklmno", minTelling, nil},
		"a mark":              {"[redacted:x-y", 4, nil},
	} {
		if diff := cmp.Diff(c.want, known("k", c.secret, c.least)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	full := learned{bytes: maxLearned - 4}
	full.add("k", "abcd", 4)
	full.add("k", "efgh", 4)
	if len(full.rules) != 1 || full.bytes != maxLearned {
		t.Errorf("%d rules with %d bytes", len(full.rules), full.bytes)
	}
}

func TestInMark(t *testing.T) {
	far := strings.Repeat("x", 2*maxName)
	for s, want := range map[string]bool{
		"[redacted:known": true, "[redacted:a] b": false, "a [redacted:known": true, "[other:known": false, far + "[redacted:known": true, far + "[redacted:a]b": false, far + "known": false,
	} {
		if inMark(s, len(s)-1) != want {
			t.Errorf("the last character of %q in a mark is not %v", s[max(0, len(s)-20):], want)
		}
	}
}

// Each time that a secret is taken out of a fact counts.
func TestFragmentDerivedCounts(t *testing.T) {
	f := evidence.Fragment{Sessions: []evidence.Session{{
		Commands:  []evidence.Command{{Line: "psql postgres://app:Hunter2Tango@db/x", Family: "psql"}},
		FilesRead: []string{"a/Hunter2Tango", "b/Hunter2Tango"},
	}}}
	New(nil).Fragment(&f)
	if len(f.Secrets) != 1 || f.Secrets[0].Count != 3 {
		t.Errorf("secrets: %+v, want one kind, 3 times; %q", f.Secrets, f.Sessions[0].FilesRead)
	}
}
