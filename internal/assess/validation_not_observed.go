package assess

import (
	"github.com/mergebrief/mergebrief/internal/classify"
	"github.com/mergebrief/mergebrief/internal/evidence"
)

var validationNotObserved = Rule{
	ID: "validation-not-observed", Level: evidence.LevelError, Gap: true,
	Sees:   "Whether at least one check of the head passed that is required or whose name says that it tests or builds, or one result file was verified against such a check. A check of a workflow that the change adds or edits does not count.",
	Why:    "Result files and transcripts are reported, whoever uploaded them: a pull request can bring along any. Without an observed or verified pass nothing shows that the head works.",
	Accept: "Let mergebrief run after a job that tests the head, or mark the rule as not needed in the policy of a repository without checks.",
	check: func(f *facts) []found {
		if f.validated() || f.Run == nil && f.Target.PullRequest == 0 { // a local report is about no head of GitHub's
			return nil
		}
		x := found{says: say("validation-not-observed")}
		if len(f.Checks) == 0 && len(f.Suites) > 0 {
			x.says = say("validation-not-observed.reported")
		}
		for i, c := range f.Checks { // which says it all
			if c.Definition.OfChange() && c.Conclusion == evidence.ConclusionSuccess {
				x.says = say("validation-not-observed.of-change")
				x.facts, x.bases = append(x.facts, evidence.RefTo(evidence.ListChecks, i)), append(x.bases, c.Origin.Basis)
			}
			if c.Failed() && (classify.Validates(c, evidence.ClassTest) || classify.Validates(c, evidence.ClassBuild) || f.demanded(c)) {
				x.facts, x.bases = append(x.facts, evidence.RefTo(evidence.ListChecks, i)), append(x.bases, c.Origin.Basis)
			}
		}
		return []found{x}
	},
}
