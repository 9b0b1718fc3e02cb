package lex

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

const (
	// maxFrames is the number of frames of a failure that are kept: those next to
	// where it happened. Behind so many of one's own nobody looks for the cause.
	maxFrames = 8
	// maxFrameLine is the length of a line in which a frame is looked for.
	maxFrameLine = 1 << 10
)

// A frameShape is how a language writes the place of a call in a trace.
type frameShape struct {
	// One of these stands in each line of the shape.
	marks []string
	// Groups: path, line; with a class, the class stands before them.
	pattern *regexp.Regexp
	class   bool
	// The innermost call stands at the end.
	innermostLast bool
}

// frameShapes has the shapes by language; a line is of the first that fits.
var frameShapes = []frameShape{
	// Java, Kotlin, Scala, Groovy: "at acme.WTest.msg(WTest.java:21)", with a loader or module before the class.
	{[]string{".java:", ".kt:", ".scala:", ".groovy:"}, regexp.MustCompile(`^(?:at )?(?:[^\s/()]*/+)*([\w$.]+)\.[^.\s()]+\(([\w$-]+\.\w+):(\d+)\)`), true, false},
	// .NET: "at Acme.Tests.Fails() in /src/Tests.cs:line 12".
	{[]string{":line "}, regexp.MustCompile(` in (.+\.\w+):line (\d+)`), false, false},
	// Python: `File "a.py", line 3, in f`, and pytest's "tests/test_a.py:14: AssertionError".
	{[]string{`", line `}, regexp.MustCompile(`^File "([^"]+)", line (\d+)`), false, true},
	{[]string{".py:"}, regexp.MustCompile(`^([^\s:]+(?: [^\s:]+)*\.py):(\d+):`), false, true},
	// PHP: "#0 /src/A.php(12): f()", and PHPUnit's "/src/ATest.php:12".
	{[]string{".php("}, regexp.MustCompile(`^(?:#\d+ )?(\S+\.php)\((\d+)\)`), false, false},
	{[]string{".php:"}, regexp.MustCompile(`(?:^|\s)(\S+\.php):(\d+)$`), false, false},
	// Ruby: "# ./spec/a_spec.rb:12:in 'f'".
	{[]string{".rb:"}, regexp.MustCompile(`^(?:# |from |\[)?(\S+\.rb):(\d+)(?::in\b|\]?:?$)`), false, false},
	// Rust: "at ./src/a.rs:10:5", "panicked at src/lib.rs:10:5:".
	{[]string{".rs:"}, regexp.MustCompile(`(?:^|\s)(\S+\.rs):(\d+):\d+`), false, false},
	// Go: "\t/src/a_test.go:4 +0x25", testify's "Error Trace:\t/src/a_test.go:12".
	{[]string{".go:"}, regexp.MustCompile(`(?:^|\s)(\S+\.go):(\d+)(?:\s|:|$)`), false, false},
	// JavaScript: "at f (src/a.test.ts:5:10)", "f@http://localhost/src/a.js:5:10", Vitest's "❯ src/a.test.ts:5:10".
	{[]string{".js:", ".ts:", ".jsx:", ".tsx:", ".mjs:", ".cjs:", ".mts:", ".cts:", ".vue:", ".svelte:"}, regexp.MustCompile(`(?:^|[\s(@])((?:file://|https?://[^\s()@/]+/|webpack:/+|[A-Za-z]:[/\\])?[^\s()@:]*[^\s()@:/]+\.(?:[cm]?[jt]sx?|vue|svelte)):(\d+):\d+`), false, false},
	// Dart: "test/a_test.dart 12:5  main.<fn>".
	{[]string{".dart "}, regexp.MustCompile(`(?:^|\s)(\S+\.dart) (\d+):\d+`), false, false},
	// C, C++, Swift: GoogleTest's "src/a_test.cc:12: Failure", XCTest's "ATests.swift:12: error:".
	{[]string{": Failure", ": error", ": FAILED"}, regexp.MustCompile(`^(\S+\.(?:c|cc|cpp|cxx|h|hh|hpp|m|mm|swift)):(\d+)(?::\d+)?: (?:Failure|error|FAILED)`), false, false},
	// Elixir: "(app 0.1.0) lib/a.ex:12: A.f/1", "test/a_test.exs:12".
	{[]string{".ex:", ".exs:"}, regexp.MustCompile(`(?:^|\s)(\S+\.exs?):(\d+)(?::|$)`), false, false},
}

// foreignFrames are parts of paths that are of toolchains and installed packages.
var foreignFrames = []string{
	"node_modules/", "node:", "/site-packages/", "/dist-packages/", "<frozen", "/usr/lib/", "/usr/local/lib/", "/usr/local/go/", "/go/pkg/mod/",
	"/rustc/", "/.cargo/registry/", "/gems/", "/vendor/phpunit/", "_testmain.go", "/hostedtoolcache/", "/_work/_tool/",
}

// foreignClasses are how classes of runtimes and test runners begin.
var foreignClasses = []string{
	"java.", "javax.", "jdk.", "sun.", "com.sun.", "kotlin.", "kotlinx.", "scala.", "groovy.", "org.codehaus.groovy.", "org.junit.", "junit.", "org.testng.",
	"org.assertj.", "org.hamcrest.", "org.mockito.", "org.gradle.", "org.apache.maven.", "worker.org.gradle.",
}

// Frames returns the places that a trace names, the innermost first. What is of
// toolchains and installed packages is left out. A trace of several languages, or
// of several failures, has the places of each.
func Frames(trace string) []evidence.Frame {
	var first, last []evidence.Frame
	for line := range strings.Lines(evidence.Clip(Clean(trace), MaxCapture)) {
		if len(line) > maxFrameLine {
			continue
		}
		line = strings.TrimSpace(line)
		f, innermostLast, ok := frame(line)
		switch {
		case !ok:
		case innermostLast:
			last = append(last, f)
		case len(first) < maxFrames && !slices.Contains(first, f):
			first = append(first, f)
		}
	}
	slices.Reverse(last)
	all := last
	for _, f := range first {
		if !slices.Contains(all, f) {
			all = append(all, f)
		}
	}
	return slices.Clip(all[:min(len(all), maxFrames)])
}

// frame reads a line of a trace.
func frame(line string) (f evidence.Frame, innermostLast, ok bool) {
	for i := range frameShapes {
		s := &frameShapes[i]
		if !slices.ContainsFunc(s.marks, func(mark string) bool { return strings.Contains(line, mark) }) {
			continue
		}
		m := s.pattern.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		path, number := m[len(m)-2], m[len(m)-1]
		if s.class {
			if hasAnyPrefix(m[1], foreignClasses) {
				return evidence.Frame{}, false, false
			}
			path = sourceOf(m[1], path)
		}
		path = Path(framePath(path))
		n, err := strconv.Atoi(number)
		if err != nil || n < 1 || path == "" || containsAny(path, foreignFrames) {
			return evidence.Frame{}, false, false
		}
		return evidence.Frame{Path: strings.Clone(path), Line: n}, s.innermostLast, true
	}
	return evidence.Frame{}, false, false
}

// sourceOf is the path of the source of a class below the folder of sources: in
// the folders of its package.
func sourceOf(class, file string) string {
	if i := strings.LastIndexByte(class, '.'); i >= 0 {
		return strings.ReplaceAll(class[:i], ".", "/") + "/" + file
	}
	return file
}

// framePath is the path of a place that may be an address.
func framePath(path string) string {
	if strings.HasPrefix(path, "file:") {
		return URIPath(path)
	}
	if _, rest, ok := strings.Cut(path, "://"); ok && strings.HasPrefix(path, "http") {
		_, rest, _ = strings.Cut(rest, "/") // of a server of tests
		return rest
	}
	return Slashes(path)
}

func hasAnyPrefix(s string, prefixes []string) bool {
	return slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(s, p) })
}

func containsAny(s string, parts []string) bool {
	return slices.ContainsFunc(parts, func(p string) bool { return strings.Contains(s, p) })
}
