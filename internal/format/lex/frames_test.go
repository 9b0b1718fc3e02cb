package lex

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFrames(t *testing.T) {
	tests := map[string]struct{ trace, want string }{
		"Java": {
			"java.lang.E: boom\n\tat org.junit.Assert.fail(Assert.java:86)\n\tat acme.WTest$Inner.msg(WTest.java:21)\n\tat acme.Base.run(Base.java:3)\n\tat java.base/java.lang.reflect.Method.invoke(Method.java:580)",
			"acme/WTest.java:21 acme/Base.java:3",
		},
		"Java with a loader":  {"\tat app//com.x.ATest.f(ATest.java:5)", "com/x/ATest.java:5"},
		"Kotlin":              {"\tat com.x.ATest$f$1.invokeSuspend(ATest.kt:9)", "com/x/ATest.kt:9"},
		"class of no package": {"\tat ATest.f(ATest.java:5)", "ATest.java:5"},
		".NET":                {"   at Xunit.Assert.Equal(Object a, Object b)\n   at Acme.Tests.Fails() in /src/Acme Tests/T.cs:line 12\n   at Acme.Run() in C:\\r\\Run.cs:line 3", "/src/Acme Tests/T.cs:12 C:/r/Run.cs:3"},
		"Python":              {"Traceback (most recent call last):\n  File \"/r/tests/test_a.py\", line 3, in test\n    f()\n  File \"/r/app/a.py\", line 9, in f\n    raise X\n  File \"/usr/lib/python3/json.py\", line 1, in g\nX: no", "/r/app/a.py:9 /r/tests/test_a.py:3"},
		"pytest":              {"def test():\n>   f()\n\ntests/test_a.py:14: \n_ _ _\n\n>   assert 0\nE   AssertionError\n\napp/a.py:3: AssertionError", "app/a.py:3 tests/test_a.py:14"},
		"pytest, Windows":     {"tests\\test_a.py:14: AssertionError", "tests/test_a.py:14"},
		"JavaScript": {
			"Error: no\n    at Object.toBe (/r/node_modules/expect/index.js:1:2)\n    at f (src/a.ts:7:3)\n    at Object.<anonymous> (/r/src/a.test.ts:5:10)\n    at node:internal/process:1:1\n    at async file:///r/src/b.mjs:2:1",
			"src/a.ts:7 /r/src/a.test.ts:5 /r/src/b.mjs:2",
		},
		"JavaScript, Windows": {`    at f (C:\r\src\a.test.ts:5:10)`, "C:/r/src/a.test.ts:5"},
		"Vitest":              {" ❯ src/a.test.ts:5:10", "src/a.test.ts:5"},
		"browser":             {"f@http://localhost:9876/base/src/a.js:5:10", "base/src/a.js:5"},
		"Go panic":            {"panic: boom\n\ngoroutine 7 [running]:\nex.com/r.F()\n\t/home/dev/r/a_test.go:4 +0x25\n\t/usr/local/go/src/testing/testing.go:2036 +0xea", "/home/dev/r/a_test.go:4"},
		"testify":             {"\tError Trace:\t/r/a_test.go:12\n\tError: Not equal", "/r/a_test.go:12"},
		"Rust":                {"thread 'a' panicked at src/lib.rs:10:5:\nassertion failed\n   2: core::panicking\n             at /rustc/90b35a/library/core/panicking.rs:72:14\n   3: a::b\n             at ./src/b.rs:3:9", "src/lib.rs:10 ./src/b.rs:3"},
		"Ruby":                {"Failure/Error: x\n# ./spec/a_spec.rb:12:in 'block'\n# /usr/local/bundle/gems/rspec/a.rb:1:in 'f'", "./spec/a_spec.rb:12"},
		"Minitest":            {"test_a [test/a_test.rb:9]:\nExpected\n    lib/a.rb:3:in `f'", "lib/a.rb:3"},
		"PHP":                 {"Failed asserting\n\n/r/tests/ATest.php:12", "/r/tests/ATest.php:12"},
		"PHP trace":           {"#0 /r/src/A.php(12): A->f()\n#1 {main}", "/r/src/A.php:12"},
		"Dart":                {"Expected: 1\npackage:test_api expect\ntest/a_test.dart 12:5  main.<fn>", "test/a_test.dart:12"},
		"GoogleTest":          {"src/a_test.cc:12: Failure\nExpected", "src/a_test.cc:12"},
		"Elixir":              {"     test/a_test.exs:12\n     Assertion with == failed\n     (app 0.1.0) lib/a.ex:3: A.f/1", "test/a_test.exs:12 lib/a.ex:3"},
		"prose":               {"see https://example.com/a.go and a.py, line 3: nothing", ""},
		"colours":             {"\x1b[31m    at f (\x1b[36msrc/a.ts\x1b[39m:7:3)\x1b[0m", "src/a.ts:7"},
		"line 0":              {"src/lib.rs:0:0", ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, f := range Frames(tt.trace) {
				got = append(got, fmt.Sprintf("%s:%d", f.Path, f.Line))
			}
			if diff := cmp.Diff(tt.want, strings.Join(got, " ")); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// The innermost frames are kept, whichever end of the trace they stand at.
func TestFramesLimit(t *testing.T) {
	var python, rust strings.Builder
	for i := 1; i <= 3*maxFrames; i++ {
		fmt.Fprintf(&python, "  File \"a.py\", line %d, in f\n", i)
		fmt.Fprintf(&rust, "  at ./a.rs:%d:1\n", i)
	}
	for trace, want := range map[string]int{python.String(): 3 * maxFrames, rust.String(): 1} {
		if got := Frames(trace); len(got) != maxFrames || got[0].Line != want {
			t.Errorf("%d frames, the first %v; want line %d", len(got), got[0], want)
		}
	}
}
