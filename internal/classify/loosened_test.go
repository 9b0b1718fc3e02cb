package classify

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

func TestLoosened(t *testing.T) {
	for name, c := range map[string]struct {
		path  string
		lines []string
		want  *evidence.Loosened
	}{
		"coverage lowered":      {"pyproject.toml", []string{"-fail_under = 90", "+fail_under = 80.5"}, &evidence.Loosened{Settings: []string{"fail_under from 90 to 80.5"}}},
		"coverage raised":       {"pyproject.toml", []string{"-fail_under = 80", "+fail_under = 90"}, nil},
		"one lowered, two set":  {"jest.config.js", []string{"-branches: 90,", "+branches: 80,", "+branches: 70,"}, &evidence.Loosened{Settings: []string{"branches from 90 to 80"}}},
		"coverage kept":         {"pyproject.toml", []string{"-fail_under = 90", "+fail_under = 90.0"}, nil},
		"warnings kept":         {"package.json", []string{`-"lint": "eslint --max-warnings 0",`, `+"lint": "eslint . --max-warnings 0",`}, nil},
		"as long as a line is":  {"a.go", []string{"+x() //nolint" + strings.Repeat("x", maxTestLine-len("x() //nolint"))}, &evidence.Loosened{Silenced: 1}},
		"longer than a line is": {"a.go", []string{"+x() //nolint" + strings.Repeat("x", maxTestLine-len("x() //nolint")+1)}, nil},
		"coverage set":          {"pyproject.toml", []string{"+fail_under = 80"}, nil},
		"jest threshold":        {"jest.config.js", []string{"-      branches: 90,", "+      branches: 70,"}, &evidence.Loosened{Settings: []string{"branches from 90 to 70"}}},
		"more warnings":         {"package.json", []string{`-"lint": "eslint --max-warnings 0",`, `+"lint": "eslint --max-warnings 9",`}, &evidence.Loosened{Settings: []string{"max-warnings from 0 to 9"}}},
		"goes on after errors":  {".github/workflows/ci.yml", []string{"+        continue-on-error: true"}, &evidence.Loosened{Settings: []string{"continue-on-error: true"}}},
		"moved":                 {".github/workflows/ci.yml", []string{"-  continue-on-error: true", "+      continue-on-error: true"}, nil},
		"no failure":            {"Makefile", []string{"-\tgo test ./...", "+\tgo test ./... || true"}, &evidence.Loosened{Settings: []string{"|| true"}}},
		"rule off":              {".eslintrc.json", []string{`+    "no-unused-vars": "off",`}, &evidence.Loosened{Settings: []string{"no-unused-vars off"}}},
		"in a comment":          {".github/workflows/ci.yml", []string{"+  # continue-on-error: true"}, nil},
		"elsewhere":             {"config/app.yml", []string{"+threshold: 1", "-threshold: 9", "+continue-on-error: true"}, nil},
		"blank lines":           {"Makefile", []string{"+", "-  ", "+\t"}, nil},
		"not loose":             {"tsconfig.json", []string{`-  "strict": false`, `+  "strict": true`}, nil},
		"loose":                 {"tsconfig.json", []string{`-  "strict": true`, `+  "strict": false`}, &evidence.Loosened{Settings: []string{`"strict": false`}}},
		"Go":                    {"a.go", []string{"+\tx() //nolint:errcheck // best effort", "+\ty() // #nosec G104"}, &evidence.Loosened{Silenced: 2}},
		"Python":                {"a.py", []string{"+import x  # noqa: F401", "+y = z  # type: ignore[attr-defined]", "+if TYPE:  # pragma: no cover"}, &evidence.Loosened{Silenced: 3}},
		"TypeScript":            {"a.ts", []string{"+// @ts-expect-error wrong types", "+/* eslint-disable no-console */", "+/* istanbul ignore next */"}, &evidence.Loosened{Silenced: 3}},
		"Rust, Java, C#, Ruby":  {"a.rs", []string{"+#[allow(dead_code)]", `+@SuppressWarnings("unchecked")`, "+#pragma warning disable CS0618", "+x # rubocop:disable Style/For"}, &evidence.Loosened{Silenced: 4}},
		"taken out":             {"a.py", []string{"-import x  # noqa", "+import x"}, nil},
		"moved in the file":     {"a.py", []string{"-import x  # noqa", "+import x  # noqa"}, nil},
		"in words of a program": {"a.go", []string{`+	words := []string{"nolint", "noqa"}`, "+\tif ignoreNextCoverage() {"}, nil},
		"in documentation":      {"docs/a.md", []string{"+Write `//nolint` with a reason."}, nil},
	} {
		l := &loosened{}
		for _, line := range c.lines {
			l.count([]byte(line[1:]), line[0] == '+', IsCode(c.path), SetsLimits(c.path))
		}
		var got *evidence.Loosened
		if l.settle() {
			got = &l.Loosened
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// Whatever a line holds, looking at it does not panic.
func FuzzLines(f *testing.F) {
	for _, lines := range lineWords {
		for line := range lines {
			f.Add([]byte(line))
		}
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		var tests testLines
		var l loosened
		for _, added := range []bool{true, false} {
			tests.count(line, added)
			l.count(line, added, true, true)
		}
		if settleTests([]*testLines{&tests}); tests.AssertionsAdded+tests.SkipsAdded+tests.TestsAdded > 0 {
			t.Errorf("%q does not cancel itself: %+v", line, tests.TestLines)
		}
		if l.settle() {
			t.Errorf("%q loosens when it is put back: %+v", line, l)
		}
	})
}
