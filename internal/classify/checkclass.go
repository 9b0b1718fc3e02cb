package classify

import (
	"slices"
	"strings"
	"unicode"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// Validates reports whether the name of a check says that it does the work of
// a class of commands. The words are those of the names of jobs in public
// workflows. Where the name is no more than the platform of a job in a matrix,
// such as "ubuntu-latest (3.12)", that of the workflow tells. A check called after
// none of them is of no class.
func Validates(c evidence.Check, class evidence.CommandClass) bool {
	if onlyPlatform(c.Name) {
		return named(c.Workflow, class)
	}
	return named(c.Name, class)
}

// FailedAt reports whether the failure of a check was one of a class: by the
// steps that failed, where they tell, else by its name. A job that tests can also
// fail while it uploads a report.
func FailedAt(c evidence.Check, class evidence.CommandClass, steps []string) bool {
	if !c.Failed() {
		return false
	}
	other := len(steps) > 0
	for _, s := range steps {
		if named(s, class) {
			return true
		}
		other = other && (classified(s) || chore(s))
	}
	return !other && Validates(c, class)
}

// named reports whether a name has a word of a class.
func named(name string, class evidence.CommandClass) bool {
	known := checkWords(class)
	return slices.ContainsFunc(Words(name), func(w string) bool { return slices.Contains(known, w) })
}

func classified(name string) bool {
	return slices.ContainsFunc([]evidence.CommandClass{evidence.ClassTest, evidence.ClassBuild, evidence.ClassLint, evidence.ClassTypecheck, evidence.ClassFormat}, func(c evidence.CommandClass) bool { return named(name, c) })
}

// chore reports whether a step is about the job and not about the code.
func chore(step string) bool {
	return slices.ContainsFunc(Words(step), func(w string) bool {
		return slices.Contains([]string{"checkout", "setup", "upload", "download", "cache", "codecov", "coveralls", "artifact", "artifacts", "login", "publish", "deploy", "notify", "install"}, w)
	})
}

// onlyPlatform reports whether a name has no word but those of platforms, tools
// and versions.
func onlyPlatform(name string) bool {
	all := Words(name)
	return len(all) > 0 && !slices.ContainsFunc(all, func(w string) bool {
		return strings.Trim(w, "0123456789vx.") != "" && !slices.Contains([]string{
			"ubuntu", "linux", "debian", "alpine", "windows", "win", "macos", "mac", "darwin", "osx", "latest", "stable", "beta", "nightly", "lts", "oldstable", "amd64", "arm64", "arm", "arch", "large", "xlarge",
			"go", "python", "py", "pypy", "node", "nodejs", "java", "jdk", "temurin", "zulu", "ruby", "php", "rust", "msrv", "dotnet", "net", "swift", "xcode", "gcc", "clang", "os", "version", "matrix",
		}, strings.TrimRight(w, "0123456789"))
	})
}

func checkWords(class evidence.CommandClass) []string {
	switch class {
	case evidence.ClassTest:
		return []string{"test", "tests", "testing", "unit", "e2e", "integration", "spec", "specs", "pytest", "jest", "vitest", "junit"}
	case evidence.ClassBuild:
		return []string{"build", "builds", "ci", "compile", "verify"}
	case evidence.ClassLint:
		return []string{"lint", "linter", "linters", "linting", "golangci", "eslint", "ruff", "flake8", "pylint", "clippy", "staticcheck", "vet", "shellcheck", "rubocop"}
	case evidence.ClassTypecheck:
		return []string{"typecheck", "types", "typing", "mypy", "pyright", "tsc"}
	case evidence.ClassFormat:
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
