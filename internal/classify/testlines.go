package classify

import (
	"bytes"
	"regexp"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// testLines is what is known of a test file while its lines are read.
type testLines struct {
	evidence.TestLines
	lines []testLine
}

// testLine is a line that says something about tests.
type testLine struct {
	kind  testLineKind
	added bool
	// The line, or for a test its name, which is empty where it stands on another
	// line.
	hash evidence.LineHash
	name string
	// How many things an assertion asserts.
	weight int
}

// testLineKind is what a line says.
type testLineKind byte

// The kinds of lines.
const (
	assertionLine testLineKind = iota
	skipLine
	declarationLine
	tableLine
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

// count looks at a line that the change adds or removes, and reports whether it
// says something about tests.
func (t *testLines) count(line []byte, added bool) bool {
	line = bytes.TrimSpace(line[:min(len(line), maxTestLine)])
	if comment(line) {
		return false
	}
	before := len(t.lines)
	if name, ok := declared(line); ok {
		hash, _ := evidence.HashLine([]byte(name))
		t.lines = append(t.lines, testLine{kind: declarationLine, added: added, hash: hash, name: name})
	}
	lower := bytes.ToLower(line)
	hash, _ := evidence.HashLine(line)
	if tables.Match(line) {
		t.lines = append(t.lines, testLine{kind: tableLine, added: added, hash: hash})
	}
	switch {
	case notCode.Match(lower):
	case skips(lower):
		t.lines = append(t.lines, testLine{kind: skipLine, added: added, hash: hash})
	case asserts(lower):
		t.lines = append(t.lines, testLine{kind: assertionLine, added: added, hash: hash, weight: asserted(lower)})
	}
	return len(t.lines) > before
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

// conjunctions join conditions; chains are comparisons of one value with two others.
var (
	conjunctions = regexp.MustCompile(`&&| and `)
	chains       = regexp.MustCompile(`(?:<=?|==) ?[\w.\[\]()]+ ?(?:<=?|==)`)
)

// asserted is how many things a line asserts: two assertions merged into one are
// not fewer. Words in a message are none, as far as quotes tell.
func asserted(lower []byte) int {
	code, _, _ := bytes.Cut(lower, []byte(`"`))
	return 1 + len(conjunctions.FindAllIndex(code, -1)) + len(chains.FindAllIndex(code, -1))
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
