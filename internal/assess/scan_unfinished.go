package assess

import "github.com/mergebrief/mergebrief/internal/evidence"

var scanUnfinished = Rule{
	ID: "scan-unfinished", Level: evidence.LevelWarning, Failure: true,
	Sees:   "Linters and scanners that say that they did not run to their end. It is an error when they say that they failed.",
	Why:    "Their number of results is not a number: nothing found because nothing was looked at.",
	Accept: "Repair the tool's configuration, or switch the rule off for a team that does without the tool.",
	check: func(f *facts) []found {
		var all []found
		for i, s := range f.Scans {
			if s.DidNotRun {
				level := evidence.LevelWarning
				if s.Failed {
					level = evidence.LevelError
				}
				all = append(all, found{
					level: level, about: s.Tool, says: say("scan-unfinished", asName("tool", s.Tool)),
					facts: []evidence.Ref{evidence.RefTo(evidence.ListScans, i)}, bases: []evidence.Basis{s.Origin.Basis},
				})
			}
		}
		return all
	},
}
