package evidence

import (
	"bytes"
	"regexp"
)

// TestLines counts lines of a test file that a change adds or removes and that
// look like assertions, like tests being skipped, or that declare tests. Words of
// a line tell; comments and imports do not count. What the change moves, which is
// the same line or test taken out in one place and put in at another, does not
// count either. The numbers say where to look.
type TestLines struct {
	AssertionsAdded   int `json:"assertionsAdded"`
	AssertionsRemoved int `json:"assertionsRemoved"`
	SkipsAdded        int `json:"skipsAdded"`
	SkipsRemoved      int `json:"skipsRemoved"`
	// By how many tests the file grew or shrank. A test taken out and another put
	// in, in one file, is one that was renamed.
	TestsAdded   int `json:"testsAdded,omitempty"`
	TestsRemoved int `json:"testsRemoved,omitempty"`
	// Names of removed tests, the first ones; absent where others were added.
	Removed []string `json:"removed,omitempty"`
	// By how many lines that make one test many cases the file grew: subtests,
	// tables, parameters. Tests that become cases are not fewer.
	Tables int `json:"tables,omitempty"`
	// Number of lines of all kinds that were taken out here and put in
	// somewhere, here or elsewhere.
	Moved int `json:"moved,omitempty"`
	// The lines counted so far. They live until [SettleTests] has compared them.
	Lines []TestLine `json:"-"`
}

// TestLine is a line that says something about tests.
type TestLine struct {
	Kind  TestLineKind
	Added bool
	// The line, or for a test its name, which is empty where it stands on another
	// line.
	Hash LineHash
	Name string
}

// TestLineKind is what a line says.
type TestLineKind byte

// The kinds of lines.
const (
	AssertionLine TestLineKind = iota
	SkipLine
	DeclarationLine
	TableLine
)

const (
	// maxTestLine is how much of a line is looked at; longer ones are data.
	maxTestLine = 400
	// maxRemovedTests bounds the names of removed tests.
	maxRemovedTests = 20
)

// Words of assertions and of skipping, in lower case, as common test libraries
// have them: Go, testify, Gomega, pytest, unittest, Jest, Mocha, Chai, node:test,
// Playwright, JUnit, TestNG, Kotest, NUnit, xUnit, MSTest, RSpec, Minitest, Rust,
// PHPUnit, Pest, XCTest, Swift Testing, GoogleTest. A focused test skips all
// others. Only words that mean little else are here: ".skip(" alone is a method of
// queries and iterators everywhere, and "fit(" trains a model.
var (
	assertionWords = words("assert expect( expect_ expectexception require. .should should. shouldb shouldn shouldthrow shouldcontain t.error t.fatal t.fail b.fatal " +
		"xctassert xctfail xctunwrap pytest.raises should_panic refute must_ wont_ is_expected #require(")
	skipWords = words("t.skip tb.skip t().skip it.skip test.skip describe.skip context.skip suite.skip this.skip( unittest.skip pytest.skip it.only test.only describe.only context.only suite.only " +
		"test.fixme test.ignore( @disabled @skip mark.skip mark.xfail expectedfailure skiptest marktestskipped marktestincomplete xctskip gtest_skip assert.ignore( assert.inconclusive(")
	// skipOpenings begin the line.
	skipOpenings = [][]byte{
		[]byte("xit("), []byte("xit '"), []byte(`xit "`), []byte("xdescribe"), []byte("xcontext"), []byte("xtest("), []byte("xspecify"), []byte("fit("), []byte("fit '"), []byte(`fit "`),
		[]byte("fdescribe"), []byte("fcontext"), []byte("skip("), []byte("skip '"), []byte(`skip "`), []byte("pending '"), []byte(`pending "`), []byte("[ignore"), []byte("[explicit"), []byte("#[ignore"),
		[]byte("})->skip("), []byte("->skip('"), []byte("@tag :skip"), []byte("@ignore("),
	}
	// skipPhrases are written in other ways than in one word.
	skipPhrases = regexp.MustCompile(`@ignore\b|@test\(.*(?:enabled ?= ?false|\.disabled\()|\[(?:fact|theory)\b.*\bskip ?=|\.config\(enabled ?= ?false|[{,] ?skip: ?(?:true|'|")|^test\w*\(.*, ?disabled_`)
	// helperCalls are calls of functions whose names say that they assert.
	helperCalls = regexp.MustCompile(`(?:^|[^a-z0-9_.])(?:check|verify|ensure|expect|validate)[a-z0-9_]*\(`)
	// notCode are imports of test libraries; definitions declare functions.
	notCode     = regexp.MustCompile(`^(?:import|from|using|use|#include|@import)\b|^(?:(?:const|let|var) .*= ?)?require\(?['" ]|^[\w.]* ?"[^"]*"$`)
	definitions = regexp.MustCompile(`^(?:(?:async|export|default|public|private|protected|internal|static|final|override|open|suspend|pub|local) )*(?:func|function|def|fn|fun|void)\b`)
	// declarations name a test; annotations stand before one.
	declarations = regexp.MustCompile(`^func (?:\([^)]*\) )?((?:Test|Fuzz)\w*)\(|` +
		`^(?:async )?def (test\w*)|` +
		"^(?:[xf]?it|x?test|x?specify|scenario|Deno\\.test)(?:\\.\\w+)*(?: |\\( ?)['\"`]([^'\"`]+)['\"`]|" +
		`^(?:@Test )?(?:(?:public|private|final|static|override|async) )*(?:func|function) (test\w*)\(`)
	tables      = regexp.MustCompile("(?i)\\bt\\.run\\(|\\.each[(`]|parametrize\\(|@(?:csv|value|method|enum)source\\b|#\\[(?:case|values)\\b|dataprovider|\\[(?:inline|member|class)data\\b|\\barguments:|subtest\\(")
	annotations = regexp.MustCompile(`^@(?:Test|ParameterizedTest|RepeatedTest|TestFactory|Property)\b|^\[(?:Fact|Theory|Test|TestMethod|DataTestMethod|TestCase)\b|^#\[(?:\w+::)?(?:test|rstest|Test)\b`)
)

func words(list string) [][]byte { return bytes.Fields([]byte(list)) }

// Count looks at a line that the change adds or removes, and reports whether it
// says something about tests.
func (t *TestLines) Count(line []byte, added bool) bool {
	line = bytes.TrimSpace(line[:min(len(line), maxTestLine)])
	if comment(line) {
		return false
	}
	before := len(t.Lines)
	if name, ok := declared(line); ok {
		hash, _ := HashLine([]byte(name))
		t.Lines = append(t.Lines, TestLine{DeclarationLine, added, hash, name})
	}
	lower := bytes.ToLower(line)
	hash, _ := HashLine(line)
	if tables.Match(line) {
		t.Lines = append(t.Lines, TestLine{Kind: TableLine, Added: added, Hash: hash})
	}
	switch {
	case notCode.Match(lower):
	case skips(lower):
		t.Lines = append(t.Lines, TestLine{Kind: SkipLine, Added: added, Hash: hash})
	case asserts(lower):
		t.Lines = append(t.Lines, TestLine{Kind: AssertionLine, Added: added, Hash: hash})
	}
	return len(t.Lines) > before
}

// comment reports whether a line, without white space around it, is empty or
// nothing but a comment. What only looks like
// one: attributes of Rust and PHP, macros of Swift, and a constraint that keeps
// a Go file out of every build.
func comment(line []byte) bool {
	if len(line) == 0 {
		return true
	}
	has := func(p string) bool { return bytes.HasPrefix(line, []byte(p)) }
	switch line[0] {
	case '/':
		return (has("//") || has("/*")) && !has("//go:build ignore")
	case '*':
		return true
	case '#':
		return !has("#[") && !has("#expect(") && !has("#require(")
	case '-':
		return has("--")
	}
	return has("<!--")
}

func skips(lower []byte) bool {
	for _, p := range skipOpenings {
		if bytes.HasPrefix(lower, p) {
			return true
		}
	}
	return containsAny(lower, skipWords) || skipPhrases.Match(lower) || bytes.HasPrefix(lower, []byte("//go:build ignore"))
}

func asserts(lower []byte) bool {
	if definitions.Match(lower) {
		return false
	}
	return containsAny(lower, assertionWords) || helperCalls.Match(lower)
}

// declared returns the name of the test that a line declares; it is empty where
// the name stands on another line.
func declared(line []byte) (string, bool) {
	if m := declarations.FindSubmatch(line); m != nil {
		return string(bytes.Join(m[1:], nil)), true
	}
	return "", annotations.Match(line)
}

func containsAny(line []byte, all [][]byte) bool {
	for _, w := range all {
		if containsWord(line, w) {
			return true
		}
	}
	return false
}

// containsWord reports whether a line has a word that is not the end of a longer
// one: "split.skip" is no "t.skip".
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
