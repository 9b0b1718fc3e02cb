package assess

import (
	"fmt"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

var agreementLost = Rule{
	ID: "local-ci-disagreement", Level: evidence.LevelWarning,
	Sees:   "The last test run of an agent beside the checks of the head that run tests.",
	Why:    "Where they disagree, the agent worked in another environment, ran fewer tests, or the code changed afterwards.",
	Accept: "Find out which it was; the check counts.",
	check:  lostAgreement,
}

func lostAgreement(f *facts) []found {
	var failed []string
	var checks []string
	var bases []evidence.Basis
	for i, c := range f.Checks {
		if c.Failed() && certain(c.Origin) && c.Validates(evidence.ClassTest) {
			failed = append(failed, c.Name)
			checks, bases = append(checks, pointers("checks", i)...), append(bases, c.Origin.Basis)
		}
	}
	if len(failed) == 0 {
		return nil
	}
	var all []found
	for i, s := range f.runs() {
		for _, k := range lastRuns(s) {
			if c := s.Commands[k]; c.Class == evidence.ClassTest && c.Outcome == evidence.CommandOK {
				well := "the agent's last “" + c.Family + "” run ended well"
				all = append(all, found{
					about: s.ID + "\x00" + c.Family, message: well + ", " + few(failed) + " failed", beside: well,
					facts: append([]string{fmt.Sprintf("/sessions/%d/commands/%d", i, k)}, checks...), bases: append([]evidence.Basis{s.Origin.Basis}, bases...),
				})
			}
		}
	}
	return all
}
