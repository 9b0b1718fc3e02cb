package commandline

import (
	"bytes"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// counter is a line by which a runner counts its tests. The names of the groups are
// what they count: "total", "passed", "failed", "errored", "skipped", and "list" for
// words with numbers.
type counter struct {
	// Families that print it, by first word, as in [sign].
	families []string
	mark     string
	pattern  *regexp.Regexp
	// The line is about the whole run. Others are about a part of it, or one
	// outcome, and only all of them together are.
	whole bool
}

// counters are the lines of runners whose numbers are known to be of test cases.
// Runners that count nothing, such as go test without -v, have none.
var counters = []counter{
	{[]string{"go"}, "--- ", regexp.MustCompile(`^\s*--- (?:PASS|FAIL|SKIP): `), false},
	{[]string{"gotestsum"}, "DONE", regexp.MustCompile(`^DONE (?P<total>\d+) tests?(?:, (?P<skipped>\d+) skipped)?(?:, (?P<failed>\d+) failures?)?(?:, (?P<errored>\d+) errors?)? in `), true},
	{[]string{"pytest", "py.test", "tox", "nox"}, " in ", regexp.MustCompile(`^=*\s?(?P<list>(?:\d+ \w+, )*\d+ (?:passed|failed|errors?|skipped)\b.*) in [\d.:]+s?\b`), true},
	{[]string{"jest"}, "Tests:", regexp.MustCompile(`^\s*Tests:\s+(?P<list>.*\d+ total)`), true},
	{[]string{"vitest"}, "Tests", regexp.MustCompile(`^\s*Tests\s+(?P<list>\d+ .*)\(\d+\)`), true},
	{[]string{"mocha", "cypress"}, "passing", regexp.MustCompile(`^\s+(?P<passed>\d+) passing\b`), false},
	{[]string{"mocha", "cypress"}, "failing", regexp.MustCompile(`^\s+(?P<failed>\d+) failing\b`), false},
	{[]string{"mocha", "cypress"}, "pending", regexp.MustCompile(`^\s+(?P<skipped>\d+) pending\b`), false},
	{[]string{"playwright"}, "passed", regexp.MustCompile(`^\s+(?P<passed>\d+) passed \(`), false},
	{[]string{"playwright"}, "failed", regexp.MustCompile(`^\s+(?P<failed>\d+) failed$`), false},
	{[]string{"playwright"}, "skipped", regexp.MustCompile(`^\s+(?P<skipped>\d+) skipped$`), false},
	{[]string{"node", "tap"}, " pass ", regexp.MustCompile(`^(?:#|ℹ) pass (?P<passed>\d+)$`), false},
	{[]string{"node", "tap"}, " fail ", regexp.MustCompile(`^(?:#|ℹ) fail (?P<failed>\d+)$`), false},
	{[]string{"node", "tap"}, " skipped ", regexp.MustCompile(`^(?:#|ℹ) skipped (?P<skipped>\d+)$`), false},
	{[]string{"bun"}, "pass", regexp.MustCompile(`^\s*(?P<passed>\d+) pass$`), false},
	{[]string{"bun"}, "fail", regexp.MustCompile(`^\s*(?P<failed>\d+) fail$`), false},
	{[]string{"bun"}, "skip", regexp.MustCompile(`^\s*(?P<skipped>\d+) skip$`), false},
	{[]string{"deno"}, "passed", regexp.MustCompile(`^(?:ok|FAILED) \| (?P<passed>\d+) passed.* \| (?P<failed>\d+) failed(?: \| (?P<skipped>\d+) ignored)?`), true},
	{[]string{"cargo"}, "test result:", regexp.MustCompile(`^test result: (?:ok|FAILED)\. (?P<passed>\d+) passed; (?P<failed>\d+) failed; (?P<skipped>\d+) ignored`), false},
	{[]string{"cargo"}, "Summary", regexp.MustCompile(`^\s+Summary \[.*\] \d+ tests? run: (?P<passed>\d+) passed(?: \(.*?\))?(?:, (?P<failed>\d+) failed)?(?:, (?P<skipped>\d+) skipped)?`), true},
	{[]string{"mvn"}, "Tests run:", regexp.MustCompile(`^\[\w+\]\s+Tests run: (?P<total>\d+), Failures: (?P<failed>\d+), Errors: (?P<errored>\d+), Skipped: (?P<skipped>\d+)$`), false},
	{[]string{"dotnet"}, "Passed:", regexp.MustCompile(`(?:Failed|Passed)!\s+- Failed:\s+(?P<failed>\d+), Passed:\s+(?P<passed>\d+), Skipped:\s+(?P<skipped>\d+)`), false},
	{[]string{"rspec", "rails"}, "examples", regexp.MustCompile(`^(?P<total>\d+) examples?, (?P<failed>\d+) failures?(?:, (?P<skipped>\d+) pending)?`), true},
	{[]string{"minitest", "rails", "rake"}, "runs", regexp.MustCompile(`^(?P<total>\d+) runs, \d+ assertions, (?P<failed>\d+) failures, (?P<errored>\d+) errors, (?P<skipped>\d+) skips`), true},
	{[]string{"mix"}, "tests, ", regexp.MustCompile(`^(?P<total>\d+) tests?, (?P<failed>\d+) failures?(?:, \d+ excluded)?(?:, (?P<skipped>\d+) skipped)?$`), false},
	{[]string{"bats"}, "tests, ", regexp.MustCompile(`^(?P<total>\d+) tests?, (?P<failed>\d+) failures?(?:, (?P<skipped>\d+) skipped)?`), true},
	{[]string{"phpunit", "pest"}, "OK (", regexp.MustCompile(`^OK \((?P<total>\d+) tests?`), true},
	{[]string{"ctest"}, "tests passed", regexp.MustCompile(`tests passed, (?P<failed>\d+) tests? failed out of (?P<total>\d+)`), true},
}

// CountTests adds up the tests that a runner says it ran; nil where its output does
// not tell. An output that was cut, or that a filter took apart, tells only by a
// line about the whole run.
func CountTests(family string, output []byte, partial bool) *evidence.Counts {
	if len(output) > maxVerdictBytes {
		output, partial = output[len(output)-maxVerdictBytes:], true
	}
	tool, _, _ := strings.Cut(family, " ")
	known := slices.DeleteFunc(slices.Clone(counters), func(t counter) bool {
		return !slices.Contains(t.families, tool) && counting(tool) || partial && !t.whole
	})
	var sum evidence.Counts
	found, whole, each := false, false, false
	for line := range bytes.Lines(output) {
		if len(line) > MaxOutputLine {
			continue
		}
		line := string(plain(line))
		for _, t := range known {
			if m := t.pattern.FindStringSubmatch(line); strings.Contains(line, t.mark) && m != nil {
				// A second line about a whole run is of another run: together they
				// are neither.
				if found && (whole || t.whole) {
					return nil
				}
				found, whole, each = true, t.whole, t.each()
				sum.Add(t.read(m))
				break
			}
		}
	}
	if !found || sum.Total == 0 || each && sum.Passed == 0 {
		return nil // without -v, go names failed tests only
	}
	return &sum
}

// counting reports whether a program has counters of its own; a task of the
// project may run any.
func counting(tool string) bool {
	return slices.ContainsFunc(counters, func(t counter) bool { return slices.Contains(t.families, tool) })
}

// each reports whether a line is about one test.
func (t counter) each() bool { return t.families[0] == "go" }

// read returns the numbers of one line.
func (t counter) read(m []string) evidence.Counts {
	var c evidence.Counts
	for i, name := range t.pattern.SubexpNames() {
		n, err := strconv.Atoi(m[i])
		switch {
		case name == "list":
			c = listed(m[i])
		case err == nil:
			set(&c, name, n)
		}
	}
	if t.each() {
		word := strings.Fields(m[0])[1]
		set(&c, map[string]string{"PASS:": "passed", "FAIL:": "failed", "SKIP:": "skipped"}[word], 1)
	}
	return Balanced(c)
}

var numbered = regexp.MustCompile(`(\d+) (\w+)`)

// listed reads a list such as "1 failed, 213 passed, 214 total".
func listed(list string) evidence.Counts {
	var c evidence.Counts
	for _, m := range numbered.FindAllStringSubmatch(list, -1) {
		n, err := strconv.Atoi(m[1])
		if err != nil {
			continue
		}
		switch word := m[2]; word {
		case "error", "errors":
			set(&c, "errored", n)
		case "todo", "xfailed":
			c.Skipped += n
		case "xpassed":
			c.Passed += n
		default:
			set(&c, word, n)
		}
	}
	return c
}

func set(c *evidence.Counts, name string, n int) {
	switch name {
	case "total":
		c.Total = n
	case "passed":
		c.Passed += n
	case "failed":
		c.Failed = n
	case "errored":
		c.Errored = n
	case "skipped":
		c.Skipped += n
	}
}

// Balanced makes the total the sum of its parts: runners say one or the other.
func Balanced(c evidence.Counts) evidence.Counts {
	others := c.Failed + c.Errored + c.Skipped
	if c.Total > 0 && c.Passed == 0 {
		c.Passed = max(0, c.Total-others)
	}
	c.Total = c.Passed + others
	return c
}
