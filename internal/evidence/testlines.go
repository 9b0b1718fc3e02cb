package evidence

import (
	"bytes"
	"path"
	"strings"
)

// TestLines counts lines of a test file that a change adds or removes and that
// look like assertions, or like tests being skipped. Words of a line tell, and
// comments count as well: the numbers say where to look.
type TestLines struct {
	AssertionsAdded   int `json:"assertionsAdded"`
	AssertionsRemoved int `json:"assertionsRemoved"`
	SkipsAdded        int `json:"skipsAdded"`
	SkipsRemoved      int `json:"skipsRemoved"`
}

// maxTestLine is how much of a line is looked at; longer ones are data.
const maxTestLine = 400

// Words of assertions and of skipping, in lower case, as common test libraries
// have them: Go, testify, Python, Jest, Mocha, JUnit, NUnit, xUnit, RSpec, Rust,
// PHPUnit, XCTest, GoogleTest. A focused test skips all others.
var (
	assertionWords = words("assert expect( expect_ require. .should should. t.error t.fatal t.fail( xct")
	skipWords      = words("t.skip .skip( xit( xdescribe( xtest( .only( fit( fdescribe( @disabled @ignore @skip mark.skip mark.xfail pytest.skip skiptest #[ignore [ignore ,skip= (skip= markskipped marktestskipped xctskip gtest_skip")
)

func words(list string) [][]byte { return bytes.Fields([]byte(list)) }

// Count adds a line that the change adds or removes.
func (t *TestLines) Count(line []byte, added bool) {
	line = bytes.ToLower(line[:min(len(line), maxTestLine)])
	has := func(all [][]byte) bool {
		for _, w := range all {
			if containsWord(line, w) {
				return true
			}
		}
		return false
	}
	if has(assertionWords) {
		*pick(added, &t.AssertionsAdded, &t.AssertionsRemoved)++
	}
	if has(skipWords) || bytes.Contains(line, []byte("skip =")) {
		*pick(added, &t.SkipsAdded, &t.SkipsRemoved)++
	}
}

// Add adds d to t.
func (t *TestLines) Add(d TestLines) {
	t.AssertionsAdded += d.AssertionsAdded
	t.AssertionsRemoved += d.AssertionsRemoved
	t.SkipsAdded += d.SkipsAdded
	t.SkipsRemoved += d.SkipsRemoved
}

// containsWord reports whether a line has a word that is not the end of a longer
// one: "exit(" is no "xit(".
func containsWord(line, word []byte) bool {
	for at := 0; ; at++ {
		i := bytes.Index(line[at:], word)
		if i < 0 {
			return false
		}
		if at += i; at == 0 || !letter(word[0]) || !letter(line[at-1]) {
			return true
		}
	}
}

func letter(c byte) bool { return 'a' <= c && c <= 'z' || '0' <= c && c <= '9' || c == '_' }

func pick(first bool, a, b *int) *int {
	if first {
		return a
	}
	return b
}

// IsTestPath reports whether a path is that of a test, by the conventions of
// common runners: folders, Go, Python, JavaScript, JVM, .NET, Ruby, Rust, PHP,
// Elixir.
func IsTestPath(name string) bool {
	dir, base := path.Split(name)
	for d := range strings.SplitSeq(strings.ToLower(dir), "/") {
		switch d {
		case "test", "tests", "__tests__", "spec", "specs", "testdata", "e2e", "__snapshots__", "cypress":
			return true
		}
	}
	stem := strings.TrimSuffix(base, path.Ext(base))
	lower := strings.ToLower(stem)
	return strings.HasSuffix(lower, "_test") || strings.HasPrefix(lower, "test_") || strings.HasSuffix(lower, "_spec") ||
		strings.HasSuffix(lower, ".test") || strings.HasSuffix(lower, ".spec") || strings.HasSuffix(stem, "Test") || strings.HasSuffix(stem, "Tests") ||
		base == "conftest.py"
}
