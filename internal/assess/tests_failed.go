package assess

import (
	"fmt"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

var testsFailed = Rule{
	ID: "tests-failed", Level: evidence.LevelError, Failure: true,
	Sees:   "Test cases that failed or could not run, in every result file.",
	Why:    "A failed test is a failed test, also when the job around it was told to go on, and also when only a tool or an agent reports it.",
	Accept: "Fix or skip the test where everybody sees it; a known failure can be accepted by its finding id with a day on which it ends.",
	check:  failedTests,
}

func failedTests(f *facts) []found {
	var all []found
	for i, s := range f.Suites {
		if s.Counts.Bad() == 0 {
			continue
		}
		x := found{
			about: s.Origin.URI + "\x00" + s.Name, facts: []evidence.Ref{evidence.RefTo(evidence.ListSuites, i)}, bases: []evidence.Basis{s.Origin.Basis},
		}
		names, unnamed := []string(nil), s.Counts.Bad()
		for _, c := range s.Cases {
			if c.Outcome != evidence.Failed && c.Outcome != evidence.Errored {
				continue
			}
			names, unnamed = append(names, c.Name), unnamed-1
			x.about += "\x00" + c.Class + "\x00" + c.Name
			if f.lines.inChange(c.File) && c.Line > 0 {
				x.spans = append(x.spans, evidence.Span{Path: c.File, First: c.Line, Last: c.Line})
			}
		}
		if unnamed > 0 {
			x.about += fmt.Sprintf("\x00and %d", unnamed)
		}
		x.says = say("tests-failed", asCount("failed", s.Counts.Bad()), asCount("total", s.Counts.Total), asName("suite", suiteName(s)), asNamesOf("names", names, s.Counts.Bad()))
		all = append(all, x)
	}
	return all
}

func suiteName(s evidence.Suite) string {
	if s.Origin.URI != "" {
		return s.Origin.URI
	}
	return s.Name
}
