package evidence

import (
	"slices"
	"strings"
	"unicode"
)

// Validates reports whether the name of the check says that it does the work of
// a class of commands. The words are those of the names of jobs in public
// workflows; a check called after none of them is of no class.
func (c Check) Validates(class CommandClass) bool {
	known := checkWords(class)
	return slices.ContainsFunc(Words(c.Name), func(w string) bool { return slices.Contains(known, w) })
}

func checkWords(class CommandClass) []string {
	switch class {
	case ClassTest:
		return []string{"test", "tests", "testing", "unit", "e2e", "integration", "spec", "specs", "pytest", "jest", "vitest", "junit"}
	case ClassBuild:
		return []string{"build", "builds", "ci", "compile", "verify"}
	case ClassLint:
		return []string{"lint", "linter", "linters", "linting", "golangci", "eslint", "ruff", "flake8", "pylint", "clippy", "staticcheck", "vet", "shellcheck", "rubocop"}
	case ClassTypecheck:
		return []string{"typecheck", "types", "typing", "mypy", "pyright", "tsc"}
	case ClassFormat:
		return []string{"format", "formatting", "fmt", "gofmt", "prettier", "rustfmt", "black"}
	}
	return nil
}

// Words splits a name at everything that is neither letter nor digit and where a
// capital follows a small letter, in lower case.
func Words(s string) []string {
	var all []string
	start, before := 0, ' '
	flush := func(end int) {
		if end > start {
			all = append(all, strings.ToLower(s[start:end]))
		}
	}
	for i, r := range s {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			flush(i)
			start = i + len(string(r))
		case unicode.IsUpper(r) && unicode.IsLower(before):
			flush(i)
			start = i
		}
		before = r
	}
	flush(len(s))
	return all
}
