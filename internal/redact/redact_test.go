package redact

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// fake makes a value of the shape of a token that no scanner takes for one:
// prefix and body meet only at run time.
func fake(prefix string, n int) string {
	const body = "aB3dE5fG7hJ9kL2mN4pQ6rS8tU0vW1xY"
	return prefix + strings.Repeat(body, n/len(body)+1)[:n]
}

func TestTextReplaces(t *testing.T) {
	r := New([]string{"s3cr3t-of-the-run", "short"})
	for name, c := range map[string]struct{ in, want, kind string }{
		"token":               {"push with " + fake("ghs_", 36) + " failed", "push with [redacted:github-token] failed", "github-token"},
		"token in JSON":       {`{"t":"` + fake("ghp_", 36) + `"}`, `{"t":"[redacted:github-token]"}`, "github-token"},
		"token in colour":     {"\x1b[31m" + fake("ghp_", 36) + "\x1b[0m", "[redacted:github-token]", "github-token"},
		"split by zero width": {fake("ghp_", 10) + "\u200b" + fake("", 30), "[redacted:github-token]", "github-token"},
		"known value":         {"x s3cr3t-of-the-run y", "x [redacted:known-value] y", "known-value"},
		"known value in a URL": {
			"https://h/?t=s3cr3t%2Dof-the-run", "https://h/?t=s3cr3t%2Dof-the-run", "",
		},
		"password in a URL":  {"https://u:hunter2@example.com/x", "https://u:[redacted:basic-auth-url]@example.com/x", "basic-auth-url"},
		"named secret":       {`API_TOKEN="` + fake("", 24) + `"`, `API_TOKEN="[redacted:named-secret]"`, "named-secret"},
		"private key":        {"-----BEGIN " + "RSA PRIVATE KEY-----\nMIIB\n-----END " + "RSA PRIVATE KEY-----", "[redacted:private-key]", "private-key"},
		"option":             {"curl -u admin:" + fake("", 12) + " http://h", "curl -u admin:[redacted:user-option] http://h", "user-option"},
		"known value, short": {"a short word", "a short word", ""},
		"known value, twice": {"s3cr3t-of-the-run s3cr3t-of-the-run", "[redacted:known-value] [redacted:known-value]", ""},
	} {
		t.Run(name, func(t *testing.T) {
			got, counts := r.Text(c.in)
			if got != c.want {
				t.Errorf("Text(%q) = %q, want %q", c.in, got, c.want)
			}
			if c.kind != "" && counts[c.kind] != 1 {
				t.Errorf("counts = %v, want one %s", counts, c.kind)
			}
		})
	}
}

// A value that occurs in what replaces it is replaced once.
func TestTextKnownInMark(t *testing.T) {
	if got, counts := New([]string{"redacted"}).Text("redacted, redacted"); got != "[redacted:known-value], [redacted:known-value]" || counts["known-value"] != 2 {
		t.Errorf("%q, %v", got, counts)
	}
}

// As many lines come out as go in, whatever spans them.
func TestLines(t *testing.T) {
	r := New([]string{"line one of it\nline two of it"})
	key := []string{"+ -----BEGIN " + "RSA PRIVATE KEY-----", fake("", 64), fake("", 30) + "==", "-----END " + "RSA PRIVATE KEY-----", "after"}
	const block = "encoded-block"
	// key64 puts 64 encoded characters in the place of each single letter.
	key64 := func(lines ...string) []string {
		for i, l := range lines {
			if n := strings.IndexAny(l, "abcd"); n >= 0 {
				lines[i] = l[:n] + fake("", 64) + l[n+1:]
			}
		}
		return lines
	}
	m := func(kind string) string { return "[redacted:" + kind + "]" }
	for name, c := range map[string]struct{ in, want []string }{
		"none":                {nil, nil},
		"plain":               {[]string{"", "a", ""}, []string{"", "a", ""}},
		"key":                 {key, []string{"+ " + m("private-key"), m("private-key"), m("private-key"), m("private-key"), "after"}},
		"key without an end":  {key[:3], []string{"+ " + m("private-key"), m("private-key"), m("private-key")}},
		"known, of two lines": {[]string{"x line one of it", "line two of it y"}, []string{"x " + m("known-value"), m("known-value") + " y"}},
		"middle of a key":     {key64("a", "b", "c", "d"), []string{m(block), m(block), m(block), m(block)}},
		"end of a key":        {append(key64("x = 1", "b", "c", "d"), "Zm9vYmFyMQ==", "}"), []string{"x = 1", m(block), m(block), m(block), m(block), "}"}},
		"in quotes":           {key64(`"b\n" +`, `"c\n" +`, `"d\n"`), []string{m(block), m(block), m(block)}},
		"two lines are none":  {key64("a", "b", "x = 1"), key64("a", "b", "x = 1")},
		"digests":             {slices.Repeat([]string{strings.Repeat("0a1b2c3d", 8)}, 5), slices.Repeat([]string{strings.Repeat("0a1b2c3d", 8)}, 5)},
		"long names":          {slices.Repeat([]string{strings.Repeat("aVeryLongName", 5) + "()"}, 5), slices.Repeat([]string{strings.Repeat("aVeryLongName", 5) + "()"}, 5)},
		"breaks inside":       {[]string{"a\rb\u2028c", fake("ghp_", 36)}, []string{"a b c", m("github-token")}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, r.Lines(c.in)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// What people need to read must survive.
func TestTextKeeps(t *testing.T) {
	r := New(nil)
	for _, s := range []string{
		"", "plain text", "go test ./... -run TestToken", "token_test.go:88: token = 42",
		"2c26b46b68ffc68ff99b453c1d30413413422d70", "sha256:" + strings.Repeat("ab12", 16),
		"password: required", "secret := os.Getenv(\"SECRET_KEY\")", "the token expired at 2026-11-02T09:00:00Z",
		"internal/auth/token.go", "https://github.com/octo/demo/pull/7", "ünïcödé 漢字 🙂",
		"npm_config_registry=default", "AKIA is a prefix", "user@example.com",
	} {
		if got, counts := r.Text(s); got != s {
			t.Errorf("Text(%q) = %q (%v)", s, got, counts)
		}
	}
}

func TestTextMakesInert(t *testing.T) {
	r := New(nil)
	for name, c := range map[string]struct{ in, want string }{
		"bidirectional":       {"a\u202eb\u2066c", "abc"},
		"zero width and tags": {"a\u200bb\ufeffc\U000e0041d", "abcd"},
		"terminal colour":     {"\x1b[1;31mred\x1b[0m", "red"},
		"terminal link":       {"\x1b]8;;http://evil\x1b\\text\x1b]8;;\x1b\\", "text"},
		"unfinished sequence": {"\x1b]0;title\nnext", "\nnext"},
		"carriage return":     {"safe\revil\r\nend", "safe\nevil\nend"},
		"separators":          {"a\u2028b", "a\nb"},
		"controls":            {"a\x00b\x07c\td", "abc\td"},
		"invalid UTF-8":       {"a\xffb", "a\ufffdb"},
	} {
		if got, _ := r.Text(c.in); got != c.want {
			t.Errorf("%s: Text(%q) = %q, want %q", name, c.in, got, c.want)
		}
	}
}

func TestFragment(t *testing.T) {
	secret, id := fake("ghp_", 36), strings.Repeat("a1b2c3d4e5", 4)
	exit := 1
	f := evidence.Fragment{
		Commits: []evidence.Commit{
			{ID: id, Subject: "use " + secret, Trailers: []evidence.Trailer{{Key: "X", Value: secret}}},
			{ID: secret, Subject: strings.Repeat("é", 4000)},
		},
		Sessions: []evidence.Session{{Commands: []evidence.Command{{Line: "echo " + secret, Exit: &exit}}}},
		Files:    []evidence.File{{Path: "a\u202e.go", Lines: []evidence.LineHash{1, 2}}},
	}
	New(nil).Fragment(&f)
	out, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(out), secret) {
		t.Errorf("the secret is still there: %s", out)
	}
	want := []evidence.Secret{{Origin: evidence.Origin{Basis: evidence.Observed, Source: "redact"}, Kind: "github-token", Count: 4}}
	if diff := cmp.Diff(want, f.Secrets); diff != "" {
		t.Errorf("secrets (-want +got):\n%s", diff)
	}
	if f.Commits[0].ID != id || f.Files[0].Path != "a.go" || *f.Sessions[0].Commands[0].Exit != 1 || f.Files[0].Lines[1] != 2 {
		t.Errorf("what was to stay did not: %s", out)
	}
	long := f.Commits[1].Subject
	if len(long) > maxString || !strings.Contains(long, "…") || !utf8.ValidString(long) {
		t.Errorf("the long subject has %d bytes", len(long))
	}
}

// What is cut out of a text that holds a secret loses what tells that it is one.
func TestFragmentDerived(t *testing.T) {
	f := evidence.Fragment{Sessions: []evidence.Session{{
		Commands: []evidence.Command{
			{Line: "env redis://:hunter@cache:6379 go test", Family: ":hunter@cache:6379"},
			{Line: "mongodump mongodb+srv://root:Hunter2Tango@db/x", Family: "mongodump"},
			{Line: "hunter --version", Family: "hunter"},
		},
		FilesRead:   []string{"srv/root:Hunter2Tango@db", "docs/Hunter2TangoFoxtrot.md"},
		Unavailable: []evidence.MissingContext{{Name: "postgres:/app:w0rd@db"}},
	}}}
	New(nil).Fragment(&f)
	s := f.Sessions[0]
	got := []string{s.Commands[0].Family, s.Commands[2].Family, s.FilesRead[0], s.FilesRead[1], s.Unavailable[0].Name}
	const m = "[redacted:basic-auth-url]"
	want := []string{":" + m + "@cache:6379", "hunter", "srv/root:" + m + "@db", "docs/Hunter2TangoFoxtrot.md", "postgres:/app:" + m + "@db"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// The promises of the package comment, for any text.
func FuzzText(f *testing.F) {
	for _, s := range []string{
		"", fake("ghp_", 36), "password=" + fake("", 20), "\x1b[31m" + fake("glpat-", 24), "://u:p@h", "a\u202eb\xff",
		"Authorization: Bearer " + fake("", 40), "token: " + fake("sk-ant-", 40), "-----BEGIN " + "PRIVATE KEY-----",
		"Authorization: Bearer x" + strings.Repeat("é", window),
	} {
		f.Add(s)
	}
	r := New([]string{"s3cr3t-of-the-run"})
	f.Fuzz(func(t *testing.T, s string) {
		once, _ := r.Text(s)
		if twice, _ := r.Text(once); twice != once {
			t.Errorf("not stable:\n%q\n%q\n%q", s, once, twice)
		}
		if !utf8.ValidString(once) || strings.Contains(once, "s3cr3t-of-the-run") {
			t.Errorf("Text(%q) = %q", s, once)
		}
		lines := strings.Split(s, "\n")
		if got := r.Lines(lines); len(got) != len(lines) {
			t.Errorf("%d lines of %d: %q", len(got), len(lines), got)
		}
		for _, c := range once {
			if c != '\n' && c != '\t' && unicode.In(c, unicode.Cc, unicode.Cf) {
				t.Errorf("Text(%q) holds %U", s, c)
			}
		}
	})
}

// The floor is a copy of the text: redaction is to stay within sight of it on
// text without secrets, which nearly all text is.
func BenchmarkText(b *testing.B) {
	text := strings.Repeat("--- PASS: TestTokenExpires (0.01s)\n    token_test.go:88: ok, the user signed in\n", 12_000)
	r := New(nil)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if got, _ := r.Text(text); len(got) != len(text) {
			b.Fatal("changed")
		}
	}
}

func TestArgs(t *testing.T) {
	const m = "[redacted:secret-option]"
	for _, c := range []struct{ in, want []string }{
		{nil, []string{}},
		{[]string{"go", "test", "./..."}, []string{"go", "test", "./..."}},
		{[]string{"mysql", "-u", "root", "-phunter", "app"}, []string{"mysql", "-u", "root", "-p" + m, "app"}},
		{[]string{"docker", "login", "-p", "correct horse", "ghcr.io"}, []string{"docker", "login", "-p", m, "ghcr.io"}},
		{[]string{"x", "--token", fake("", 20)}, []string{"x", "--token", m}},
		{[]string{"sh", "-c", "redis-cli -a hunter ping"}, []string{"sh", "-c", "redis-cli -a " + m + " ping"}},
	} {
		if diff := cmp.Diff(c.want, New(nil).Args(c.in)); diff != "" {
			t.Errorf("%q: %s", c.in, diff)
		}
	}
}
