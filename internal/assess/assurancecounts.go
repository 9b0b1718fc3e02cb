package assess

import (
	"slices"

	"github.com/mergebrief/mergebrief/internal/classify"
	"github.com/mergebrief/mergebrief/internal/evidence"
)

// weighCounts sets the numbers of an assurance that tests pass against the numbers
// on record: those of result files, and those that the runner printed in the runs
// behind the change. A number is supported when one of them is the same, and
// contradicted only where it is said of all tests, every run of tests on record
// has a number, and none of them is as large. Anything else is no evidence: a run
// of some tests is a run of tests. Where there are no numbers, the assurance
// stands as it is.
func (f *facts) weighCounts(s assurance, w weighed) weighed {
	if !w.supported || len(s.counts) == 0 {
		return w
	}
	seen, most, complete := f.testNumbers()
	for _, said := range s.counts {
		switch {
		case len(seen) == 0 || slices.Contains(seen, said.Count):
		case said.All && complete && said.Count > most:
			return weighed{contradicted: true, because: part("statement-not-supported.too-many", asCount("said", said.Count), asCount("largest", most)), facts: w.facts, bases: w.bases}
		default:
			w.supported, w.because = false, part("statement-not-supported.no-such-number", asCount("said", said.Count))
		}
	}
	return w
}

// testNumbers returns the numbers of tests on record, passed and in all, the
// largest one, and whether every run of tests has one.
func (f *facts) testNumbers() (seen []int, most int, complete bool) {
	complete = true
	add := func(n evidence.Counts) {
		seen = append(seen, n.Passed, n.Total)
		most = max(most, n.Total)
	}
	var all evidence.Counts
	for _, s := range f.Suites {
		add(s.Counts)
		all.Add(s.Counts)
		complete = complete && len(s.Broken) == 0
	}
	if len(f.Suites) > 0 {
		add(all)
	}
	for _, s := range f.runs() {
		complete = complete && s.CommandsOmitted == 0
		for _, c := range s.Commands {
			switch {
			case c.Class != evidence.ClassTest || c.Outcome == evidence.CommandNotRun:
			case c.Tests == nil:
				complete = false
			default:
				add(*c.Tests)
			}
		}
	}
	return seen, most, complete
}

// weighTestsAdded looks for test files that gained tests or at least lines. Tests
// can also stand in the files that they test, and one declaration can make many
// of them, so that neither absence nor a smaller number contradicts anything.
func (f *facts) weighTestsAdded(s assurance) weighed {
	if !slices.ContainsFunc(f.Files, func(file evidence.File) bool { return classify.IsTestPath(file.Path) && file.Added > 0 }) {
		return weighed{because: part("statement-not-supported.no-test-file")}
	}
	declared := 0
	for _, file := range f.Files {
		if file.Tests != nil {
			declared += file.Tests.TestsAdded
		}
	}
	for _, said := range s.counts {
		if declared > 0 && said.Count > declared {
			return weighed{because: part("statement-not-supported.fewer-declared", asCount("said", said.Count), asCount("declared", declared))}
		}
	}
	return weighed{supported: true}
}
