package evidence

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestLoosened(t *testing.T) {
	for name, c := range map[string]struct {
		path  string
		lines []string
		want  *Loosened
	}{
		"coverage lowered":      {"pyproject.toml", []string{"-fail_under = 90", "+fail_under = 80.5"}, &Loosened{Settings: []string{"fail_under from 90 to 80.5"}}},
		"coverage raised":       {"pyproject.toml", []string{"-fail_under = 80", "+fail_under = 90"}, nil},
		"coverage set":          {"pyproject.toml", []string{"+fail_under = 80"}, nil},
		"jest threshold":        {"jest.config.js", []string{"-      branches: 90,", "+      branches: 70,"}, &Loosened{Settings: []string{"branches from 90 to 70"}}},
		"more warnings":         {"package.json", []string{`-"lint": "eslint --max-warnings 0",`, `+"lint": "eslint --max-warnings 9",`}, &Loosened{Settings: []string{"max-warnings from 0 to 9"}}},
		"goes on after errors":  {".github/workflows/ci.yml", []string{"+        continue-on-error: true"}, &Loosened{Settings: []string{"continue-on-error: true"}}},
		"moved":                 {".github/workflows/ci.yml", []string{"-  continue-on-error: true", "+      continue-on-error: true"}, nil},
		"no failure":            {"Makefile", []string{"-\tgo test ./...", "+\tgo test ./... || true"}, &Loosened{Settings: []string{"|| true"}}},
		"rule off":              {".eslintrc.json", []string{`+    "no-unused-vars": "off",`}, &Loosened{Settings: []string{"no-unused-vars off"}}},
		"in a comment":          {".github/workflows/ci.yml", []string{"+  # continue-on-error: true"}, nil},
		"elsewhere":             {"config/app.yml", []string{"+threshold: 1", "-threshold: 9", "+continue-on-error: true"}, nil},
		"blank lines":           {"Makefile", []string{"+", "-  ", "+\t"}, nil},
		"not loose":             {"tsconfig.json", []string{`-  "strict": false`, `+  "strict": true`}, nil},
		"loose":                 {"tsconfig.json", []string{`-  "strict": true`, `+  "strict": false`}, &Loosened{Settings: []string{`"strict": false`}}},
		"Go":                    {"a.go", []string{"+\tx() //nolint:errcheck // best effort", "+\ty() // #nosec G104"}, &Loosened{Silenced: 2}},
		"Python":                {"a.py", []string{"+import x  # noqa: F401", "+y = z  # type: ignore[attr-defined]", "+if TYPE:  # pragma: no cover"}, &Loosened{Silenced: 3}},
		"TypeScript":            {"a.ts", []string{"+// @ts-expect-error wrong types", "+/* eslint-disable no-console */", "+/* istanbul ignore next */"}, &Loosened{Silenced: 3}},
		"Rust, Java, C#, Ruby":  {"a.rs", []string{"+#[allow(dead_code)]", `+@SuppressWarnings("unchecked")`, "+#pragma warning disable CS0618", "+x # rubocop:disable Style/For"}, &Loosened{Silenced: 4}},
		"taken out":             {"a.py", []string{"-import x  # noqa", "+import x"}, nil},
		"moved in the file":     {"a.py", []string{"-import x  # noqa", "+import x  # noqa"}, nil},
		"in words of a program": {"a.go", []string{`+	words := []string{"nolint", "noqa"}`, "+\tif ignoreNextCoverage() {"}, nil},
		"in documentation":      {"docs/a.md", []string{"+Write `//nolint` with a reason."}, nil},
	} {
		l := &Loosened{}
		for _, line := range c.lines {
			l.Count([]byte(line[1:]), line[0] == '+', IsCode(c.path), SetsLimits(c.path))
		}
		if !l.Settle() {
			l = nil
		}
		if diff := cmp.Diff(c.want, l); diff != "" {
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
		var tests TestLines
		var l Loosened
		for _, added := range []bool{true, false} {
			tests.Count(line, added)
			l.Count(line, added, true, true)
		}
		files := []File{{Tests: &tests}}
		if SettleTests(files); files[0].Tests != nil && files[0].Tests.AssertionsAdded+files[0].Tests.SkipsAdded+files[0].Tests.TestsAdded > 0 {
			t.Errorf("%q does not cancel itself: %+v", line, files[0].Tests)
		}
		if l.Settle() {
			t.Errorf("%q loosens when it is put back: %+v", line, l)
		}
	})
}
