package assess

import (
	"github.com/mergebrief/mergebrief/internal/evidence"
)

var boundaryBypassed = Rule{
	ID: "boundary-bypassed", Level: evidence.LevelWarning,
	Sees:   "Agent runs during which approvals or the sandbox were switched off, for good or for single calls.",
	Why:    "Whatever the run was not allowed to do, nothing kept it from doing it.",
	Accept: "Run such agents where they can do no harm, and switch the rule to a note in the policy.",
	check: func(f *facts) []found {
		var all []found
		for i, s := range f.runs() {
			for k, b := range s.Boundaries {
				if !b.Bypass {
					continue
				}
				all = append(all, found{
					about: s.ID, says: say("boundary-bypassed", asProse("approval", b.Approval)),
					facts: []evidence.Ref{evidence.RefTo(evidence.ListSessions, i).In(evidence.ListBoundaries, k)}, bases: []evidence.Basis{s.Origin.Basis},
				})
				break
			}
			for k, d := range s.Drift {
				if d.Kind == evidence.DriftSandbox {
					all = append(all, found{
						about: s.ID + "\x00" + d.Name, says: say("boundary-bypassed.sandbox", asName("tool", d.Name)),
						facts: []evidence.Ref{evidence.RefTo(evidence.ListSessions, i).In(evidence.ListDrift, k)}, bases: []evidence.Basis{s.Origin.Basis},
					})
				}
			}
		}
		return all
	},
}
