package agentlog

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// TestSteps: each command of a line that checks something ends for itself, as far as
// the status of the line and what it printed tell.
func TestSteps(t *testing.T) {
	const (
		lintBanner = "\n> shop@1.0.0 lint\n> eslint .\n"
		testBanner = "\n> shop@1.0.0 test\n> jest\n"
		lintFailed = "✖ 1 problem (1 error, 0 warnings)\n"
		testPassed = "Tests:       2 passed, 2 total\n"
		testFailed = "Tests:       1 failed, 2 total\n"
	)
	for name, c := range map[string]struct {
		line   string
		exit   int
		output string
		want   []string
	}{
		"all passed":               {"npm run lint && npm test", 0, "", []string{"npm run lint ok explicit 0", "npm test ok explicit 0"}},
		"the first failed":         {"npm run lint && npm test", 1, lintBanner + lintFailed, []string{"npm run lint failed explicit 1", "npm test not-run unknown"}},
		"the second failed":        {"npm test && npm run lint", 1, testBanner + testPassed + lintBanner + lintFailed, []string{"npm test ok inferred", "npm run lint failed explicit 1"}},
		"without banners":          {"npx eslint . && npx jest", 1, testFailed, []string{"eslint ok inferred", "jest failed explicit 1"}},
		"without a word of a test": {"go vet ./... && go test ./...", 1, "x.go:1:1: no", []string{"go vet failed explicit 1", "go test not-run unknown"}},
		"nothing tells":            {"make lint && make docs", 2, "", []string{"make lint && make docs failed explicit 2"}},
		"nothing tells of three":   {"npx jest && make lint && make docs", 2, testPassed, []string{"jest ok inferred", "make lint && make docs failed explicit 2"}},
		"push refused":             {"npm test && git push", 128, testPassed + "fatal: could not read Username", []string{"npm test ok inferred", "git push failed explicit 128"}},
		"push refused, test mute":  {"make test && git push", 1, "! [rejected] main -> main (fetch first)", []string{"make test ok inferred", "git push failed explicit 1"}},
		"push or test":             {"make test && git push", 1, "", []string{"make test && git push failed explicit 1"}},
		"push passed":              {"npm test && git push", 0, "", []string{"npm test ok explicit 0"}},
		"what was built failed":    {"npm run build && ./smoke.sh", 1, "built in 2s\nno connection", []string{"npm run build ok inferred", "smoke.sh failed explicit 1"}},
		"printed status":           {"npm run build && ./smoke.sh; echo \"exit: $?\"", 0, "built in 2s\nno\nexit: 1", []string{"npm run build ok text hidden by sequence", "smoke.sh failed text hidden by sequence"}},
		"a bare printed status":    {"make lint; echo $?", 0, "x\n2", []string{"make lint failed text 0 hidden by sequence"}},
		"one after the other":      {"npm run lint; npm test", 1, lintBanner + testBanner + testFailed, []string{"npm run lint unknown unknown hidden by sequence", "npm test failed explicit 1"}},
		"the first tells itself":   {"npm run lint; npm test", 0, lintBanner + lintFailed + testBanner + testPassed, []string{"npm run lint failed text hidden by sequence", "npm test ok explicit 0"}},
		"stops at errors":          {"set -e; npx eslint .; npx jest", 1, lintFailed, []string{"eslint failed explicit 1", "jest not-run unknown"}},
		"one command":              {"cd sub && npm test", 1, testFailed, []string{"npm test failed explicit 1 in /sub"}},
		"a filter is none":         {"npm test | tail -3", 0, testPassed, []string{"npm test ok text 0 hidden by pipe"}},
		"or":                       {"npm test || npm run lint", 0, "", []string{"npm test unknown unknown hidden by or-true", "npm run lint ok explicit 0"}},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBuilder("")
			h := b.run(started{call: "c", line: c.line})
			b.end(h, result{exit: &c.exit, output: []byte(c.output)})
			s := b.build()
			var got []string
			for _, x := range s.Commands {
				got = append(got, fmt.Sprintf("%s %s %s%s", x.Family, x.Outcome, x.ExitBasis, commandDetails(x)))
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if failed := c.exit != 0; failed != (s.CommandCounts.Failed > 0) && !strings.Contains(c.line, ";") {
				t.Errorf("status %d, %d failed", c.exit, s.CommandCounts.Failed)
			}
		})
	}
}

// TestRefusedSteps: a line that was refused, or runs in the background, has no step
// that passed, and its end may be told later.
func TestRefusedSteps(t *testing.T) {
	zero := 0
	for name, c := range map[string]struct {
		results []result
		want    evidence.CommandOutcome
	}{
		"refused":       {[]result{{notRun: true}}, evidence.CommandNotRun},
		"in background": {[]result{{background: true}}, evidence.CommandBackground},
		"ended later":   {[]result{{background: true}, {exit: &zero}}, evidence.CommandOK},
	} {
		b := newBuilder("")
		h := b.run(started{line: "npm run lint && npm test && git push"})
		for _, r := range c.results {
			b.end(h, r)
		}
		s := b.build()
		for _, x := range s.Commands {
			if x.Outcome != c.want {
				t.Errorf("%s: %s is %s", name, x.Family, x.Outcome)
			}
		}
		if len(s.Commands) != 2 {
			t.Errorf("%s: %d commands", name, len(s.Commands))
		}
	}
}

// TestListRepair: a list of which one command failed is repaired when each of its
// checks passed.
func TestListRepair(t *testing.T) {
	one, zero := 1, 0
	for name, c := range map[string]struct {
		then string
		want evidence.CommandOutcome
	}{
		"all of it": {"make lint && make check", evidence.CommandOK},
		"half":      {"make lint", evidence.CommandFailed},
	} {
		b := newBuilder("")
		b.end(b.run(started{line: "make lint && make check"}), result{exit: &one})
		b.edit(evidence.Edit{Path: "a.go"})
		b.end(b.run(started{line: c.then}), result{exit: &zero})
		s := b.build()
		if len(s.Repairs) != 1 || s.Repairs[0].Outcome != c.want {
			t.Errorf("%s: %+v", name, s.Repairs)
		}
	}
}

// TestManySteps: commands beyond the limit are counted as those before it.
func TestManySteps(t *testing.T) {
	one := 1
	b := newBuilder("")
	for range maxHeldCommands {
		b.end(b.run(started{line: "make lint && make check && git push"}), result{exit: &one})
	}
	n := b.build().CommandCounts
	if n.Total != maxHeldCommands || n.Failed != maxHeldCommands || n.FailedValidations != maxHeldCommands {
		t.Errorf("%+v", n)
	}
}

// TestOtherCode: a check of other code is not the last one of the work, repairs
// nothing and is worth no failure.
func TestOtherCode(t *testing.T) {
	one, zero := 1, 0
	for name, c := range map[string]struct {
		lines []string
		want  bool
	}{
		"stashed before":  {[]string{"git stash", "go test ./..."}, true},
		"taken back":      {[]string{"git stash", "git stash pop", "go test ./..."}, false},
		"in the line":     {[]string{"git stash && go test ./...; git stash pop"}, true},
		"another folder":  {[]string{"cd /elsewhere && go test ./..."}, true},
		"the same folder": {[]string{"cd /r/sub && go test ./..."}, false},
	} {
		b := newBuilder("")
		b.root = "/r"
		b.end(b.run(started{line: "go test ./..."}), result{exit: &zero})
		b.edit(evidence.Edit{Path: "/r/a.go"})
		for i, line := range c.lines {
			exit := &zero
			if i == len(c.lines)-1 {
				exit = &one
			}
			b.end(b.run(started{line: line}), result{exit: exit})
		}
		s := b.build()
		for _, x := range s.Commands {
			if x.Validates() && x.Outcome == evidence.CommandFailed && x.OtherCode != c.want {
				t.Errorf("%s: %+v", name, x)
			}
		}
		if stale := s.Freshness == evidence.ValidatedStale; stale != c.want {
			t.Errorf("%s: %s", name, s.Freshness)
		}
	}
	b := newBuilder("")
	b.end(b.run(started{line: "git stash"}), result{exit: &zero, output: []byte("No local changes to save")})
	b.end(b.run(started{line: "go test ./..."}), result{exit: &zero})
	if b.build().Commands[1].OtherCode {
		t.Error("nothing was stashed")
	}
}

// TestWrittenByCommands: the text of a here document is an edit when the file was
// written, also when something behind it failed.
func TestWrittenByCommands(t *testing.T) {
	one, zero := 1, 0
	write := "cat > a.go <<'X'\npackage a\nX"
	for name, c := range map[string]struct {
		line, output string
		exit         *int
		want         []string
	}{
		"written":              {write, "", &zero, []string{"a.go +1 lines known"}},
		"not written":          {write, "sh: a.go: Read-only file system", &one, nil},
		"behind it failed":     {write + "\ngo test ./...", "FAIL", &one, []string{"a.go +1 lines known"}},
		"no such folder":       {write + "\ngo test ./...", "sh: a.go: No such file or directory\nFAIL", &one, nil},
		"status unknown":       {write, "", nil, []string{"a.go +1 lines known"}},
		"in place":             {"sed -i s/x/y/ a.go", "", &zero, []string{"a.go +0 lines unknown"}},
		"in place, not there":  {"sed -i s/x/y/ a.go", "sed: can't read a.go", &one, nil},
		"below another folder": {"cd sub && " + write, "", &zero, []string{"/r/sub/a.go +1 lines known"}},
	} {
		b := newBuilder("")
		h := b.run(started{line: c.line, dir: "/r"})
		b.end(h, result{exit: c.exit, output: []byte(c.output)})
		var got []string
		for _, e := range b.build().Edits {
			got = append(got, fmt.Sprintf("%s +%d lines %s", strings.TrimPrefix(e.Path, "/r/a.go"), e.Added, map[bool]string{true: "unknown", false: "known"}[e.LinesUnknown]))
		}
		for i := range got {
			if strings.HasPrefix(got[i], " +") {
				got[i] = "a.go" + got[i]
			}
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
