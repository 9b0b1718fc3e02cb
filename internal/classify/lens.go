// Package classify guesses what things are from how they are named and written:
// which work a check does, which path is a test, which line asserts, skips or
// silences, which setting asks for less.
//
// It hides the conventions of languages, runners and linters. It promises that a
// guess says where to look and never decides: what it finds is shown with the
// lines. It is pure.
package classify

import "github.com/mergebrief/mergebrief/internal/evidence"

// Lens looks at the lines that a change adds and removes, and finds where they
// weaken tests or loosen what validates the change. The zero value is ready.
type Lens struct {
	files map[string]*lensFile
}

// lensFile is what is looked for in one file; nil for what cannot be in it.
type lensFile struct {
	tests    *testLines
	loosened *loosened
	hazards  *hazards
}

// Look returns what is to see each line of a file that the change adds to it or
// removes from it, nil when nothing is looked for there.
func (l *Lens) Look(path string) func(content []byte, added bool) {
	test, code, judge := IsTestCode(path), IsCode(path), SetsLimits(path) && !IsFixture(path)
	kinds := ofHazards(path)
	if !test && !code && !judge && len(kinds) == 0 {
		return nil
	}
	f := &lensFile{}
	if len(kinds) > 0 {
		f.hazards = &hazards{kinds: kinds}
	}
	if test {
		f.tests = &testLines{}
	}
	if code || judge {
		f.loosened = &loosened{}
	}
	if l.files == nil {
		l.files = map[string]*lensFile{}
	}
	l.files[path] = f
	return func(content []byte, added bool) {
		if test {
			f.tests.count(content, added)
		}
		if f.loosened != nil {
			f.loosened.count(content, added, code, judge)
		}
		if f.hazards != nil {
			f.hazards.count(content, added)
		}
	}
}

// Settle compares the lines of all files and notes in the files what was found.
func (l *Lens) Settle(files []evidence.File) {
	tests := make([]*testLines, len(files))
	for i := range files {
		if f := l.files[files[i].Path]; f != nil {
			tests[i] = f.tests
		}
	}
	settleTests(tests)
	for i := range files {
		if t := tests[i]; t != nil && !t.empty() {
			files[i].Tests = &t.TestLines
		}
		if f := l.files[files[i].Path]; f != nil && f.loosened != nil && f.loosened.settle() {
			files[i].Loosened = &f.loosened.Loosened
		}
		if f := l.files[files[i].Path]; f != nil && f.hazards != nil {
			files[i].Hazards = f.hazards.settle(files[i].Spans)
		}
	}
}
