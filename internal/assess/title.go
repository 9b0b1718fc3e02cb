package assess

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/mergebrief/mergebrief/internal/classify"
	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/wording"
)

// title is the verdict in words: the worst things by name. It scores nobody, and
// says that nothing was found only where something is known that could have shown
// it.
func title(f *facts, all []evidence.Finding) string {
	present, absent := worst(all, false), worst(all, true)
	switch {
	case len(present) > 0:
		return sentence(present, areasAlone(all))
	case len(f.torn) > 0:
		return "GitHub did not answer in full: " + f.tornNames()
	case len(absent) > 0:
		return sentence(absent, false)
	case f.untried():
		if len(f.joined) == 0 {
			return "An agent is named, and no test or check is on record"
		}
		return "Written by an agent, and no test or check is on record"
	case f.ciPassed():
		return "Nothing to add: CI passed on this commit"
	case f.validated():
		return "Nothing to add: the tests passed"
	case f.gapsFound() > 0:
		return "Nothing stands out in what could be read"
	case len(f.Files) == 0:
		return "No evidence found"
	}
	return "Nothing stands out in the change itself"
}

// maxWorst is how many things a title names: a third is not read.
const maxWorst = 2

// worst returns the headlines of warnings and errors in their order, each once.
func worst(all []evidence.Finding, gaps bool) (heads []string) {
	for i := range all {
		x := &all[i]
		if x.Accepted != nil || severity(x.Level) < severity(evidence.LevelWarning) || x.Gap != gaps {
			continue
		}
		h := headlineOf(x)
		if x.Rule == testsFailed.ID {
			h = wording.Headline(&evidence.Finding{Rule: x.Rule, Texts: failedTogether(all)})
		}
		if h != "" && !slices.Contains(heads, h) {
			heads = append(heads, h)
		}
	}
	return heads
}

// failedTogether counts the failed tests of all files: one failed test in each of
// two files is two, and their headlines alone would read as one.
func failedTogether(all []evidence.Finding) []evidence.Text {
	n := 0
	for i := range all {
		x := &all[i]
		if x.Rule != testsFailed.ID || x.Accepted != nil || severity(x.Level) < severity(evidence.LevelWarning) {
			continue
		}
		for _, t := range x.Texts {
			for _, a := range t.Arguments {
				if a.Name == "failed" {
					n += a.Count
				}
			}
		}
	}
	return say(testsFailed.ID, asCount("failed", n))
}

// headlineOf says what is worst about a finding: a failure that it speaks for comes
// before itself.
func headlineOf(x *evidence.Finding) string {
	if i := slices.IndexFunc(x.Also, failure); i >= 0 && !failure(x.Rule) {
		return wording.Headline(&evidence.Finding{Rule: x.Also[i]})
	}
	return wording.Headline(x)
}

// areasAlone reports whether nothing but high-risk areas was found, which is a
// matter of where to look first.
func areasAlone(all []evidence.Finding) bool {
	for i := range all {
		if x := &all[i]; x.Accepted == nil && !x.Gap && severity(x.Level) >= severity(evidence.LevelWarning) && x.Rule != areaTouched.ID && x.Rule != aiLinesHighRisk.ID {
			return false
		}
	}
	return true
}

// sentence joins headlines.
func sentence(heads []string, first bool) string {
	line := heads[0]
	if len(heads) > 1 {
		join := "; "
		if first && len(heads) == maxWorst {
			join = " and "
		}
		line += join + lowered(heads[1])
	}
	if n := len(heads) - maxWorst; n > 0 {
		line += ", and " + evidence.Count(n) + " more"
	}
	if first {
		line += ": read this first"
	}
	return line
}

// lowered returns a headline as it goes on after another.
func lowered(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	if strings.HasPrefix(s, "CI ") || strings.HasPrefix(s, "GitHub ") {
		return s
	}
	return string(unicode.ToLower(r)) + s[size:]
}

// ciPassed reports whether checks of the head are known and each of them passed or
// had nothing to do.
func (f *facts) ciPassed() bool {
	passed := false
	for _, c := range f.Checks {
		switch c.Conclusion {
		case evidence.ConclusionSuccess:
			passed = passed || c.Passed()
		case evidence.ConclusionSkipped, evidence.ConclusionNeutral:
		default:
			return false
		}
	}
	return passed && f.validated()
}

// untried reports whether an agent wrote code of the change, or is named by its
// commits, while nothing on record tested or checked it.
func (f *facts) untried() bool {
	if len(f.Checks)+len(f.Suites) > 0 {
		return false
	}
	for _, run := range f.finalRuns() {
		if run.Outcome == evidence.CommandOK {
			return false
		}
	}
	return slices.ContainsFunc(f.Files, func(file evidence.File) bool {
		return len(f.lines.ai[file.Path]) > 0 && classify.IsCode(file.Path) && !classify.IsTestPath(file.Path)
	})
}
