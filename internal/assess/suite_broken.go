package assess

import "github.com/mergebrief/mergebrief/internal/evidence"

var suiteBroken = Rule{
	ID: "suite-broken", Level: evidence.LevelError, Failure: true,
	Sees:   "Test runs that did not happen as planned: the build failed, the run was aborted, or planned cases never ran; and runs whose own report calls them failed while no test in it failed.",
	Why:    "Such a run has few or no failed cases. Its zero means that nobody looked.",
	Accept: "Run the suite to its end; there is seldom a reason to accept this.",
	check:  brokenSuites,
}

func brokenSuites(f *facts) []found {
	var all []found
	for i, s := range f.Suites {
		for _, b := range s.Broken {
			all = append(all, found{
				about: s.Origin.URI + "\x00" + string(b.Kind) + "\x00" + b.Subject, says: say("suite-broken", asParts("how", breakage(b.Kind)), asName("subject", b.Subject), asName("suite", suiteName(s))),
				facts: []evidence.Ref{evidence.RefTo(evidence.ListSuites, i)}, bases: []evidence.Basis{s.Origin.Basis},
			})
		}
	}
	return all
}

func breakage(k evidence.BreakageKind) evidence.Text {
	switch k {
	case evidence.BreakageBuildFailed:
		return part("breakage.build-failed")
	case evidence.BreakageAborted:
		return part("breakage.aborted")
	case evidence.BreakagePlannedNotRun:
		return part("breakage.planned-not-run")
	case evidence.BreakageUnlisted:
		return part("breakage.failure-not-listed")
	}
	return part("breakage.other", asWord("kind", k))
}
