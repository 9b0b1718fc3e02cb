package classify

import (
	"bytes"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// loosened is what is known of a file while its lines are read.
type loosened struct {
	evidence.Loosened
	seen []setting
}

// setting is a line that sets something that validations ask for.
type setting struct {
	added bool
	key   string
	// A number, when the setting is one, and how it is written.
	number float64
	value  string
}

// maxLoosened bounds the settings that are told of one file.
const maxLoosened = 10

// silencers stand in comments and switch linters, type checkers, scanners or
// coverage off for a place, as their documentation writes them, white space aside;
// silencing attributes begin the line.
var (
	silencers = words("nolint noqa eslint-disable @ts-ignore @ts-nocheck @ts-expect-error pylint:disable rubocop:disable nosec nosemgrep coverage:ignore phpcs:ignore @phpstan-ignore swiftlint:disable " +
		"ktlint-disable stylelint-disable biome-ignore checkstyle:off noinspection nosonar type:ignore pyright:ignore mypy:ignore nocover istanbulignore c8ignore v8ignore")
	silencing = words("#[allow( #![allow( @suppresswarnings @suppress( #pragmawarningdisable")
)

var (
	// limits are numbers below which a validation fails, or with "max" above
	// which it does.
	limits = regexp.MustCompile(`(?i)(fail[_-]under|min(?:imum)?[_-]?coverage|coverage[_-]?threshold|threshold|branches|functions|statements|max[-_]warnings)["']?\s*[:= ]\s*["']?(\d+(?:\.\d+)?)`)
	// switches let a validation pass that would have failed.
	switches = regexp.MustCompile(`(?i)continue-on-error:\s*true|allow_failure:\s*true|fail_ci_if_error:\s*false|\|\| ?true\b|--passwithnotests|--exit-zero|--no-verify|-dskiptests|-x test\b|ignore_(?:errors|missing_imports)\s*=\s*true|disallow_\w+\s*=\s*false|<enablepackagevalidation>false|<treatwarningsaserrors>false|"?strict"?\s*[:=]\s*false|"?noimplicitany"?\s*:\s*false|^\s*if:\s*false\s*$`)
	// ruleOff is a rule of a linter that is switched off.
	ruleOff = regexp.MustCompile(`["']?([\w@/-]+)["']?\s*:\s*\[?\s*["']off["']`)
)

// count looks at a line that the change adds or removes in a file with code or
// settings.
func (l *loosened) count(line []byte, added bool, code, judge bool) {
	if len(line) > maxTestLine {
		return
	}
	if code && silences(line) {
		l.Silenced += map[bool]int{true: 1, false: -1}[added]
	}
	if !judge || comment(bytes.TrimSpace(line)) {
		return
	}
	if m := limits.FindSubmatch(line); m != nil {
		n, _ := strconv.ParseFloat(string(m[2]), 64)
		l.seen = append(l.seen, setting{added, strings.ToLower(string(m[1])), n, string(m[2])})
	} else if m := switches.Find(line); m != nil {
		l.seen = append(l.seen, setting{added: added, key: string(bytes.TrimSpace(m))})
	} else if m := ruleOff.FindSubmatch(line); m != nil {
		l.seen = append(l.seen, setting{added: added, key: string(m[1]) + " off"})
	}
}

// silences reports whether a line has a silencer.
func silences(line []byte) bool {
	opener := bytes.IndexAny(line, "/#@<")
	if opener < 0 {
		return false
	}
	lower := bytes.ReplaceAll(bytes.ToLower(line), []byte(" "), nil)
	lower = bytes.TrimLeft(lower, "\t")
	if slices.ContainsFunc(silencing, func(w []byte) bool { return bytes.HasPrefix(lower, w) }) {
		return true
	}
	for _, mark := range []string{"//", "#", "/*", "<!--"} {
		if i := bytes.Index(lower, []byte(mark)); i >= 0 && slices.ContainsFunc(silencers, func(w []byte) bool { return bytes.Contains(lower[i:], w) }) {
			return true
		}
	}
	return false
}

// settle turns the lines seen into settings, and reports whether anything became
// looser.
func (l *loosened) settle() bool {
	for i, s := range l.seen {
		if !s.added {
			continue
		}
		k := slices.IndexFunc(l.seen, func(x setting) bool { return !x.added && x.key == s.key })
		switch {
		case k < 0 && s.value == "":
			l.Settings = append(l.Settings, s.key)
		case k >= 0 && s.value != "" && looser(s.key, l.seen[k].number, s.number):
			l.Settings = append(l.Settings, fmt.Sprintf("%s from %s to %s", s.key, l.seen[k].value, s.value))
		}
		if k >= 0 { // each is set against one
			l.seen[k].key, l.seen[i].key = "", ""
		}
	}
	l.Settings = slices.Compact(l.Settings[:min(len(l.Settings), maxLoosened)])
	l.Silenced, l.seen = max(l.Silenced, 0), nil
	return l.Silenced > 0 || len(l.Settings) > 0
}

func looser(key string, before, after float64) bool {
	if strings.HasPrefix(key, "max") {
		return after > before
	}
	return after < before
}

// IsJudge reports whether a file takes part in judging changes: workflows, and
// the configuration of linters, type checkers, test runners and coverage.
func IsJudge(name string) bool {
	base := strings.ToLower(path.Base(name))
	if strings.HasPrefix(name, ".github/workflows/") || strings.HasPrefix(name, ".circleci/") || strings.HasPrefix(name, ".buildkite/") {
		return true
	}
	switch base {
	case ".gitlab-ci.yml", "jenkinsfile", "azure-pipelines.yml", ".travis.yml", ".pre-commit-config.yaml", "lefthook.yml",
		"codecov.yml", ".codecov.yml", ".coveragerc", ".nycrc", ".nycrc.json", "pytest.ini", "tox.ini", "noxfile.py", "mypy.ini", ".mypy.ini",
		"ruff.toml", ".ruff.toml", ".flake8", ".pylintrc", "pyrightconfig.json", "clippy.toml", ".rubocop.yml", ".rspec", "phpunit.xml", "phpstan.neon",
		"sonar-project.properties", "biome.json", ".editorconfig-checker.json", "checkstyle.xml", "detekt.yml", ".swiftlint.yml":
		return true
	}
	for _, prefix := range []string{".golangci.", ".eslintrc", "eslint.config.", "jest.config.", "vitest.config.", "playwright.config.", ".stylelintrc", ".semgrep"} {
		if strings.HasPrefix(base, prefix) {
			return true
		}
	}
	return false
}

// SetsLimits reports whether a file may set what validations ask for: those that
// judge, and others in which such settings stand beside more.
func SetsLimits(name string) bool {
	switch strings.ToLower(path.Base(name)) {
	case "pyproject.toml", "setup.cfg", "package.json", "tsconfig.json", "makefile", "justfile", "taskfile.yml", "cargo.toml", "pom.xml", "build.gradle", "build.gradle.kts", "action.yml", "action.yaml", "directory.build.props":
		return true
	}
	return IsJudge(name)
}
