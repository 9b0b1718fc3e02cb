package commandline

import (
	"bytes"
	"regexp"
	"slices"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// Step is one command of a line. Steps with the same Segment are a list: each runs
// when the one before ended with status 0, and the last one that ran gives its
// status to the list.
type Step struct {
	Family   string
	Class    evidence.CommandClass
	Masked   evidence.Mask
	Dir      string
	Scope    scope
	KeepsEnd bool
	Segment  int
	// The line prints the status of the segment.
	Echoes bool
	// As in Analysis.
	Away bool
}

// Validates reports whether the step checks something.
func (s *Step) Validates() bool { return evidence.Command{Class: s.Class}.Validates() }

// steps returns the commands that matter, if there are several and one of them
// checks something.
func (w *lineWalk) steps() []Step {
	var all []Step
	checks := false
	for i := range w.found {
		s := &w.found[i]
		validates := evidence.Command{Class: s.class}.Validates()
		if s.trivial || !validates && s.piped {
			continue
		}
		checks = checks || validates
		all = append(all, Step{
			Family: s.family, Class: s.class, Masked: s.hidden, Dir: s.dir, Scope: scopeOf(*s), KeepsEnd: !s.cut, Segment: s.segment,
			Echoes: s.hidden != "" && w.echoed == s.hidden && s.segment == w.echoSegment,
			Away:   w.away(i),
		})
	}
	if !checks || len(all) < 2 {
		return nil
	}
	return all
}

// lone reports whether the line has one command that is not trivial: when the line
// fails, that one did.
func (w *lineWalk) lone() bool {
	n := 0
	for _, s := range w.found {
		if !s.trivial {
			n++
		}
	}
	return n < 2
}

// loud are families whose runners say how they ended, whatever it was: without a
// word of them in the output they did not run.
var loud = map[string]bool{
	"go test": true, "pytest": true, "unittest": true, "jest": true, "vitest": true, "mocha": true, "cargo test": true, "cargo nextest": true,
	"rspec": true, "mix test": true, "phpunit": true, "playwright": true, "deno test": true, "bun test": true,
}

// Blame is what the output of a failed list tells: the steps before Low passed, one
// from Low to High failed, and those behind High did not run. Verdicts are what the
// output says of each step.
type Blame struct {
	Low, High int
	Verdicts  []Verdict
}

// gitFailed matches what git prints when it fails.
var gitFailed = regexp.MustCompile(`(?m)^(?:fatal: |error: failed to push|error: pathspec|error: Your local changes|! \[(?:remote )?rejected\]| ! \[(?:remote )?rejected\]|remote: error|hint: Updates were rejected)`)

// FindFault reads in the output of a list of steps which of them failed. cut says
// that part of the output is missing.
func FindFault(list []Step, output []byte, cut bool) Blame {
	b := Blame{High: len(list) - 1, Verdicts: Verdicts(list, output)}
	_, reached := parts(list, output)
	for i, v := range b.Verdicts {
		switch {
		case v.Failed:
			b.Low, b.High = i, i
			return b
		case v.Passed:
			b.Low = i + 1
		case reached[i]:
			b.Low = max(b.Low, i)
		}
	}
	b.Low = min(b.Low, len(list)-1)
	for i := b.Low; i < len(list); i++ {
		if list[i].Class == evidence.ClassVCS && gitFailed.Match(output) {
			b.Low, b.High = i, i
			return b
		}
		if i > b.Low && !cut && list[i].KeepsEnd && loud[list[i].Family] && !b.Verdicts[i].Passed {
			b.High = i - 1
			break
		}
	}
	for i := b.High; i > b.Low; i-- {
		if _, named := scriptName(list[i].Family); named && !cut && list[i].KeepsEnd && !reached[i] && anyReached(reached) {
			b.High = i - 1
		}
	}
	return b
}

func anyReached(reached []bool) bool { return slices.Contains(reached, true) }

// Verdicts reads what the output that several steps share says of each. Of steps
// that print the same signs it says nothing, unless the output tells where each
// begins.
func Verdicts(list []Step, output []byte) []Verdict {
	out := make([]Verdict, len(list))
	text, _ := parts(list, output)
	for i := range list {
		s := &list[i]
		switch {
		case !s.Validates():
		case text[i] != nil:
			out[i] = Judge(s.Family, text[i])
		case alone(list, i):
			out[i] = judge(output, signsOf(s.Family, s.Class))
		}
	}
	return out
}

// alone reports whether no other step can print the signs of step i.
func alone(list []Step, i int) bool {
	for k := range list {
		if k != i && list[k].Class == list[i].Class {
			return false
		}
	}
	return true
}

// signsOf returns the signs of a step that cannot be those of steps of another class.
func signsOf(family string, class evidence.CommandClass) []*sign {
	tool, _, _ := strings.Cut(family, " ")
	var out []*sign
	for _, s := range heard(tool) {
		if s.class() == class {
			out = append(out, s)
		}
	}
	return out
}

// class is what the program that prints a sign is for; "" when it does several
// things and prints the same for them.
func (s *sign) class() evidence.CommandClass {
	if len(s.families) == 0 {
		return ""
	}
	if class, ok := tools[s.families[0]]; ok {
		return class
	}
	switch s.families[0] {
	case "node", "bun", "deno", "mix", "swift":
		return evidence.ClassTest
	case "go", "cargo":
		if s.mark == ".go:" || s.mark == "error" || s.mark == "Finished" {
			return ""
		}
		return evidence.ClassTest
	case "dotnet":
		if s.mark == "Build " {
			return evidence.ClassBuild
		}
		return evidence.ClassTest
	case "eslint", "golangci-lint":
		return evidence.ClassLint
	case "vite":
		return evidence.ClassBuild
	}
	return ""
}

// parts takes the output apart where package managers name the script that they
// run: "> shop@1.0.0 lint". A step has no part when the output does not name it.
func parts(list []Step, output []byte) (text [][]byte, reached []bool) {
	text, reached = make([][]byte, len(list)), make([]bool, len(list))
	begins := make([]int, len(list))
	last := -1
	for i := range list {
		begins[i] = -1
		name, ok := scriptName(list[i].Family)
		if !ok {
			continue
		}
		if at := banner(output, name, max(0, last)); at >= 0 {
			begins[i], last = at, at+1
			reached[i] = true
		}
	}
	for i := range list {
		if begins[i] < 0 {
			continue
		}
		end := len(output)
		for _, other := range begins[i+1:] {
			if other >= 0 {
				end = other
				break
			}
		}
		text[i] = output[begins[i]:end]
	}
	return text, reached
}

// scriptName returns the script of a package that a family runs.
func scriptName(family string) (string, bool) {
	manager, rest, _ := strings.Cut(family, " ")
	switch manager {
	case "npm", "pnpm", "yarn", "bun":
	default:
		return "", false
	}
	name := strings.TrimPrefix(rest, "run ")
	return name, name != ""
}

// banner returns where from a place on a package manager names a script; -1 when it
// does not.
func banner(output []byte, script string, from int) int {
	for at := from; at < len(output); {
		i := bytes.Index(output[at:], []byte("> "))
		if i < 0 {
			return -1
		}
		at += i
		line, _, _ := bytes.Cut(output[at:min(len(output), at+MaxOutputLine)], []byte("\n"))
		fields := strings.Fields(string(plain(line)))
		if (at == 0 || output[at-1] == '\n') && len(fields) >= 3 && strings.Contains(fields[1], "@") && fields[2] == script {
			return at
		}
		at += 2
	}
	return -1
}

// away reports whether command i looks at other code than that on which the agent
// works: its changes are stashed, or the line went to another commit and comes back.
func (w *lineWalk) away(i int) bool {
	if stashed, _ := w.stash(i); stashed {
		return true
	}
	left := false
	for _, s := range w.found[:i] {
		left = left || leaves(s)
	}
	if !left {
		return false
	}
	return slices.ContainsFunc(w.found[i:], comesBack)
}

// stash tells whether the commands before i put changes away without taking them
// back, and whether they took any back.
func (w *lineWalk) stash(i int) (stashed, restored bool) {
	for _, s := range w.found[:i] {
		if s.family != "git stash" {
			continue
		}
		switch verb(afterVerb(s.argv, "stash")) {
		case "", "push", "save":
			stashed = true
		case "pop", "apply":
			stashed, restored = false, true
		}
	}
	return stashed, restored
}

// leaves reports whether the command goes to another commit.
func leaves(s simple) bool {
	if s.family != "git checkout" && s.family != "git switch" {
		return false
	}
	for _, flag := range []string{"-b", "-B", "-c", "-C", "--orphan", "--", "-", "-p"} {
		if has(s.argv, flag) {
			return false
		}
	}
	return true
}

// comesBack reports whether the command goes back to the branch before.
func comesBack(s simple) bool {
	return (s.family == "git checkout" || s.family == "git switch") && (has(s.argv, "-") || leaves(s))
}

// afterVerb returns the words behind a verb.
func afterVerb(argv []string, verb string) []string {
	if at := slices.Index(argv, verb); at >= 0 {
		return argv[at+1:]
	}
	return nil
}
