package commandline

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

const (
	// maxVerdictBytes bounds the output that is searched for a verdict, at its
	// end, where runners put it. Agents cut outputs at 30,000 characters.
	maxVerdictBytes = 256 << 10
	// maxVerdictSummary bounds the line that stands for the output.
	maxVerdictSummary = 200
	// MaxOutputLine bounds a line that can be a verdict.
	MaxOutputLine = 1000
)

// Verdict is what the output of a runner says about its run.
type Verdict struct {
	Failed, Passed bool
	// Summary is made of the runner's numbers only: names and messages stay out.
	Summary string
}

// sign is a line by which a runner tells how it went.
type sign struct {
	// Families that print it, by first word; nil for those of any project task.
	families []string
	// A string that occurs in the line, to look before matching.
	mark    string
	pattern *regexp.Regexp
	// bad says whether the match is a failure; nil for a pure failure line.
	bad func(groups []string) bool
	// weak signs of success hold for a part only; they never pass alone when
	// the output was cut.
	say string
}

// nonzero reports a failure when one of the groups is a number above 0.
func nonzero(groups []string) bool {
	for _, g := range groups[1:] {
		if n, err := strconv.Atoi(g); err == nil && n > 0 {
			return true
		}
	}
	return false
}

func never([]string) bool { return false }

// pytestFailed reads the counts of pytest's closing line.
func pytestFailed(groups []string) bool {
	return strings.Contains(groups[1], " failed") || strings.Contains(groups[1], " error")
}

// signs are what runners print, each with the program that was seen to print it.
var signs = []sign{
	{[]string{"go", "gotestsum", "ginkgo"}, "FAIL", regexp.MustCompile(`^(?:FAIL$|FAIL\t|\s*--- FAIL: )`), nil, "FAIL"},
	{[]string{"go", "gotestsum"}, "ok", regexp.MustCompile(`^ok\s+\S+\s`), never, "ok"},
	{[]string{"go"}, "PASS", regexp.MustCompile(`^PASS$`), never, "PASS"},
	{[]string{"go"}, `"Action"`, regexp.MustCompile(`"Action":"(?:fail|build-fail)"`), nil, "fail"},
	{[]string{"go"}, `.go:`, regexp.MustCompile(`^(?:vet: )?\.{0,2}[\w./@-]+\.go:\d+:\d+: `), nil, "compiler or vet messages"},
	{[]string{"gotestsum"}, "DONE", regexp.MustCompile(`^DONE \d+ tests?(?:, \d+ skipped)?(?:, (\d+) failures?)?(?:, (\d+) errors?)? in `), nonzero, ""},
	{[]string{"ginkgo"}, "Passed", regexp.MustCompile(`\d+ Passed \| (\d+) Failed`), nonzero, ""},

	{[]string{"pytest", "py.test", "tox", "nox"}, " in ", regexp.MustCompile(`^=*\s?((?:\d+ \w+, )*\d+ (?:passed|failed|errors?)\b.*) in [\d.:]+s?\b`), pytestFailed, ""},
	{[]string{"pytest", "py.test"}, "FAILED", regexp.MustCompile(`^FAILED \S+::`), nil, "FAILED"},
	{[]string{"unittest", "python", "python3", "nose2"}, "FAILED", regexp.MustCompile(`^FAILED \((?:failures|errors)=\d+`), nil, "FAILED"},
	{[]string{"unittest", "python", "python3", "nose2"}, "OK", regexp.MustCompile(`^OK(?: \(.*\))?$`), never, "OK"},

	{[]string{"jest"}, "Tests:", regexp.MustCompile(`^\s*Tests:\s+(?:(\d+) failed, )?(?:\d+ \w+, )*\d+ total`), nonzero, ""},
	{[]string{"jest"}, "Test Suites:", regexp.MustCompile(`^\s*Test Suites:\s+(?:(\d+) failed, )?(?:\d+ \w+, )*\d+ (?:of \d+ )?total`), nonzero, ""},
	{[]string{"vitest"}, "Test", regexp.MustCompile(`^\s*Test(?: File)?s\s+(?:(\d+) failed)?(?: \| )?(?:\d+ (?:passed|skipped|todo)(?: \| )?)*\s*\(\d+\)`), nonzero, ""},
	{[]string{"mocha", "ava", "cypress"}, "passing", regexp.MustCompile(`^\s+\d+ passing\b`), never, "passing"},
	{[]string{"mocha", "cypress"}, "failing", regexp.MustCompile(`^\s+(\d+) failing\b`), nonzero, ""},
	{[]string{"playwright"}, "failed", regexp.MustCompile(`^\s+(\d+) failed$`), nonzero, ""},
	{[]string{"playwright"}, "passed", regexp.MustCompile(`^\s+\d+ passed \(`), never, "passed"},
	{[]string{"node", "tap"}, " fail ", regexp.MustCompile(`^(?:#|ℹ) fail (\d+)$`), nonzero, ""},
	{[]string{"bun"}, "fail", regexp.MustCompile(`^\s*(\d+) fail$`), nonzero, ""},
	{[]string{"deno"}, "passed", regexp.MustCompile(`^(?:ok|FAILED) \| \d+ passed.* \| (\d+) failed`), nonzero, ""},

	{[]string{"cargo"}, "test result:", regexp.MustCompile(`^test result: (?:ok|FAILED)\. \d+ passed; (\d+) failed`), nonzero, ""},
	{[]string{"cargo"}, "error", regexp.MustCompile(`^error(?:\[E\d+\])?: `), nil, "error"},
	{[]string{"cargo"}, "Finished", regexp.MustCompile("^\\s+Finished (?:`|dev|release|test)"), never, "Finished"},
	{[]string{"cargo"}, "Summary", regexp.MustCompile(`^\s+Summary \[.*\] \d+ tests? run: \d+ passed(?:.*?, (\d+) failed)?`), nonzero, ""},

	{[]string{"mvn"}, "BUILD", regexp.MustCompile(`BUILD FAILURE`), nil, "BUILD FAILURE"},
	{[]string{"mvn"}, "BUILD", regexp.MustCompile(`BUILD SUCCESS$`), never, "BUILD SUCCESS"},
	{[]string{"gradle"}, "BUILD", regexp.MustCompile(`^BUILD FAILED`), nil, "BUILD FAILED"},
	{[]string{"gradle"}, "BUILD", regexp.MustCompile(`^BUILD SUCCESSFUL`), never, "BUILD SUCCESSFUL"},
	{[]string{"dotnet"}, "Failed:", regexp.MustCompile(`(?:Failed|Passed)!\s+- Failed:\s+(\d+), Passed:`), nonzero, ""},
	{[]string{"dotnet"}, "Build ", regexp.MustCompile(`^Build FAILED`), nil, "Build FAILED"},
	{[]string{"dotnet"}, "Build ", regexp.MustCompile(`^Build succeeded`), never, "Build succeeded"},

	{[]string{"eslint", "next", "oxlint"}, "problem", regexp.MustCompile(`^✖ \d+ problems? \((\d+) errors?, \d+ warnings?\)`), nonzero, ""},
	{[]string{"tsc", "vue-tsc", "tsgo", "next"}, "error TS", regexp.MustCompile(`\berror TS\d+:`), nil, "error TS"},
	{[]string{"tsc", "vue-tsc", "pyright", "mypy", "ruff", "basedpyright"}, "Found ", regexp.MustCompile(`^Found (\d+) errors?\b`), nonzero, ""},
	{[]string{"pyright", "basedpyright", "svelte-check"}, "errors", regexp.MustCompile(`^(?:svelte-check found )?(\d+) errors?(?:,| and) \d+ warnings?`), nonzero, ""},
	{[]string{"mypy"}, "Success", regexp.MustCompile(`^Success: no issues found`), never, "no issues"},
	{[]string{"ruff"}, "All checks", regexp.MustCompile(`^All checks passed`), never, "all checks passed"},
	{[]string{"golangci-lint"}, "issues", regexp.MustCompile(`^(\d+) issues(?:[.:]|$)`), nonzero, ""},
	{[]string{"golangci-lint", "staticcheck", "revive"}, ".go:", regexp.MustCompile(`^[\w./@-]+\.go:\d+(?::\d+)?: .*\(\S+\)$`), nil, "issues"},
	{[]string{"golangci-lint"}, "level=error", regexp.MustCompile(`level=error`), nil, "error"},
	{[]string{"prettier"}, "Prettier", regexp.MustCompile(`^All matched files use Prettier code style`), never, "formatted"},
	{[]string{"prettier"}, "Code style", regexp.MustCompile(`^\[warn\] Code style issues`), nil, "code style issues"},
	{[]string{"black"}, "would", regexp.MustCompile(`(\d+) files? would be reformatted`), nonzero, ""},

	{[]string{"rspec", "rails"}, "examples", regexp.MustCompile(`^\d+ examples?, (\d+) failures?`), nonzero, ""},
	{[]string{"minitest", "rails", "rake"}, "runs", regexp.MustCompile(`^\d+ runs, \d+ assertions, (\d+) failures, (\d+) errors`), nonzero, ""},
	{[]string{"mix", "bats"}, "tests, ", regexp.MustCompile(`^\d+ (?:doctests?, \d+ )?tests?, (\d+) failures?`), nonzero, ""},
	{[]string{"phpunit", "pest"}, "FAILURES!", regexp.MustCompile(`^FAILURES!`), nil, "FAILURES"},
	{[]string{"phpunit"}, "OK (", regexp.MustCompile(`^OK \(\d+ tests?`), never, "OK"},
	{[]string{"ctest"}, "tests passed", regexp.MustCompile(`tests passed, (\d+) tests? failed out of`), nonzero, ""},
	{[]string{"swift", "xcodebuild"}, "Executed", regexp.MustCompile(`Executed \d+ tests?, with (\d+) failures?`), nonzero, ""},

	{[]string{"vite", "rollup", "esbuild", "tsup", "webpack"}, "built in", regexp.MustCompile(`^(?:✓ )?built in [\d.]+ ?m?s`), never, "built"},

	{nil, "***", regexp.MustCompile(`^g?make(?:\[\d+\])?: \*\*\* `), nil, "make: error"},
	{nil, "npm", regexp.MustCompile(`^npm (?:ERR!|error) (?:code|Lifecycle script|Test failed)`), nil, "npm: error"},
	{nil, "ELIFECYCLE", regexp.MustCompile(`\bELIFECYCLE\b`), nil, "ELIFECYCLE"},
	{nil, "error", regexp.MustCompile(`^error Command failed with exit code`), nil, "command failed"},
	{nil, "error", regexp.MustCompile("^error: (?:Recipe|script) "), nil, "recipe failed"},
	{nil, "ERROR", regexp.MustCompile(`^(?:\[\S+\] |mise )ERROR `), nil, "task failed"},
	{nil, "task:", regexp.MustCompile(`^task: Failed to run task`), nil, "task failed"},
}

// Judge reads the verdict of the runner of family out of its output. The output
// may be cut anywhere; a part that does not show the end must not be used to
// tell that all went well.
func Judge(family string, output []byte) Verdict {
	tool, _, _ := strings.Cut(family, " ")
	return judge(output, heard(tool))
}

func judge(output []byte, signs []*sign) Verdict {
	if len(output) > maxVerdictBytes {
		output = output[len(output)-maxVerdictBytes:]
	}
	var v Verdict
	bad := map[string]int{}
	for line := range bytes.Lines(output) {
		if len(line) <= MaxOutputLine {
			v.line(plain(line), signs, bad)
		}
	}
	if v.Failed {
		v.Passed = false
	}
	return v
}

// signed reports whether a program has signs of its own.
func signed(tool string) bool {
	return slices.ContainsFunc(signs, func(s sign) bool { return slices.Contains(s.families, tool) })
}

// heard returns the signs that a run of tool can show: all of them for a task of
// the project, which can run anything.
func heard(tool string) []*sign {
	task := taskRunners[tool] != nil && tool != "mvn" && tool != "gradle" || !signed(tool)
	var out []*sign
	for i := range signs {
		if task || signs[i].speaks(tool) {
			out = append(out, &signs[i])
		}
	}
	return out
}

func (v *Verdict) line(line []byte, heard []*sign, bad map[string]int) {
	for _, s := range heard {
		if !bytes.Contains(line, []byte(s.mark)) {
			continue
		}
		if groups := s.pattern.FindSubmatch(line); groups != nil {
			v.note(s, texts(groups), bad)
		}
	}
}

func (s *sign) speaks(tool string) bool {
	if s.families == nil {
		return true
	}
	return slices.Contains(s.families, tool)
}

func texts(groups [][]byte) []string {
	out := make([]string, len(groups))
	for i, g := range groups {
		out[i] = string(g)
	}
	return out
}

func (v *Verdict) note(s *sign, groups []string, bad map[string]int) {
	failed := s.bad == nil || s.bad(groups)
	say := s.say
	if say == "" {
		say = numbers(groups[0])
	} else if s.bad == nil {
		bad[say]++
		say = fmt.Sprintf("%s (%d lines)", say, bad[say])
	}
	if failed && (!v.Failed || s.bad != nil || bad[s.say] > 1) || !failed && !v.Failed {
		v.Summary = evidence.ClipValid(say, maxVerdictSummary)
	}
	v.Failed = v.Failed || failed
	v.Passed = v.Passed || !failed
}

// counted are the words that may stand in a summary beside numbers.
var counted = regexp.MustCompile(`(?i)\d+ (?:tests?|examples?|problems?|issues|errors?|failures?|failed|passed|failing|passing|fail|pass|skipped|todo|total|warnings?|runs|assertions|xfailed|xpassed|deselected|doctests?)\b|(?:failed|passed): +\d+|tests? failed`)

// numbers keeps the counts of a closing line.
func numbers(line string) string {
	return strings.Join(counted.FindAllString(line, 12), ", ")
}

// escapes are the terminal's colours.
var escapes = regexp.MustCompile("\x1b\\[[0-9;?]*[A-Za-z]")

// plain returns a line without colours and line end.
func plain(line []byte) []byte {
	line = bytes.TrimRight(line, "\r\n \t")
	if bytes.IndexByte(line, 0x1b) >= 0 {
		line = escapes.ReplaceAll(line, nil)
	}
	return line
}

// EchoedStatus reads the status that a line printed behind prefix.
func EchoedStatus(output []byte, prefix string) (int, bool) {
	lines := bytes.Split(bytes.TrimSpace(output), []byte("\n"))
	for i := len(lines) - 1; i >= 0 && i >= len(lines)-5; i-- {
		line := strings.TrimSpace(string(lines[i]))
		at := strings.LastIndex(line, strings.TrimLeft(prefix, " "))
		if strings.TrimSpace(prefix) == "" {
			if at = 0; i < len(lines)-1 {
				break // the number is all of the last line
			}
		}
		if at < 0 || prefix == "" && line == "" {
			continue
		}
		rest := strings.TrimSpace(line[at+len(strings.TrimLeft(prefix, " ")):])
		end := 0
		for end < len(rest) && rest[end] >= '0' && rest[end] <= '9' {
			end++
		}
		if end == 0 || end > 3 || strings.TrimSpace(prefix) == "" && end != len(rest) {
			continue
		}
		n, err := strconv.Atoi(rest[:end])
		return n, err == nil
	}
	return 0, false
}
