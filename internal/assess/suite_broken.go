package assess

import "github.com/mergebrief/mergebrief/internal/evidence"

var suiteBroken = Rule{
	ID: "suite-broken", Level: evidence.LevelError, Failure: true,
	Sees:   "Test runs that did not happen as planned: the build failed, the run was aborted, or planned cases never ran.",
	Why:    "Such a run has few or no failed cases. Its zero means that nobody looked.",
	Accept: "Run the suite to its end; there is seldom a reason to accept this.",
	check:  brokenSuites,
}

func brokenSuites(f *facts) []found {
	kinds := map[evidence.BreakageKind]string{evidence.BreakageBuildFailed: "build failed", evidence.BreakageAborted: "test run aborted", evidence.BreakagePlannedNotRun: "planned tests did not run"}
	var all []found
	for i, s := range f.Suites {
		for _, b := range s.Broken {
			message, known := kinds[b.Kind]
			if !known {
				message = string(b.Kind)
			}
			if b.Subject != "" {
				message += ": “" + b.Subject + "”"
			}
			all = append(all, found{
				about: s.Origin.URI + "\x00" + string(b.Kind) + "\x00" + b.Subject, message: message + " in “" + suiteName(s) + "”",
				facts: []evidence.Ref{evidence.RefTo(evidence.ListSuites, i)}, bases: []evidence.Basis{s.Origin.Basis},
			})
		}
	}
	return all
}
