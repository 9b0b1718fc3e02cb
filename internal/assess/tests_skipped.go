package assess

import (
	"github.com/mergebrief/mergebrief/internal/evidence"
)

var testsSkipped = Rule{
	ID: "tests-skipped", Level: evidence.LevelWarning,
	Sees:   "Skipped tests whose line is among the added lines of the change.",
	Why:    "A test that is skipped from the start, or from now on, shows nothing.",
	Accept: "Give the skip a reason that names what it waits for, and accept the finding by its id.",
	check:  skippedTests,
}

func skippedTests(f *facts) []found {
	var all []found
	for i, s := range f.Suites {
		x := found{about: s.Origin.URI, facts: []evidence.Ref{evidence.RefTo(evidence.ListSuites, i)}, bases: []evidence.Basis{s.Origin.Basis}}
		var names []string
		for _, c := range s.Cases {
			place := []evidence.LineRange{{First: c.Line, Last: c.Line}}
			if c.Outcome == evidence.Skipped && c.Line > 0 && len(evidence.IntersectRanges(f.lines.added(c.File), place)) > 0 {
				names = append(names, c.Name)
				x.about += "\x00" + c.Class + "\x00" + c.Name
				x.spans = append(x.spans, spans(c.File, place)...)
			}
		}
		if len(names) > 0 {
			x.says = say("tests-skipped", asCount("tests", len(names)), asNames("names", names))
			all = append(all, x)
		}
	}
	return all
}
