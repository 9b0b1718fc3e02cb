package assess

import (
	"slices"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

var checkVanished = Rule{
	ID: "check-vanished", Level: evidence.LevelWarning,
	Sees:   "Checks that failed on an earlier head, and of which the head has no result that counts: none at all, skipped, neutral or cancelled.",
	Why:    "Nothing has cleared the failure. A head without it looks green because nobody looked again.",
	Accept: "Run the check on the head, or accept the finding by its id when the check was taken away on purpose.",
	check: func(f *facts) []found {
		var names []string
		var vanished []evidence.Check
		x := found{}
		for i, h := range f.Heads {
			for k, r := range h.Results {
				if !h.Current && r.Failed() && !f.ranAgain(i, r) && !slices.ContainsFunc(vanished, r.SameCheck) {
					vanished = append(vanished, r.Check)
					names = append(names, r.Name)
					x.about += r.App + "\x00" + r.Name + "\x00"
					x.facts, x.bases = append(x.facts, evidence.RefTo(evidence.ListHeads, i).In(evidence.ListResults, k)), append(x.bases, h.Origin.Basis)
				}
			}
		}
		if len(names) == 0 || len(f.Checks) == 0 { // without checks another finding says so
			return nil
		}
		x.says = say("check-vanished", asNames("checks", names))
		return []found{x}
	},
}

// ranAgain reports whether a check that failed on one head has a result that
// counts on the same or a later one.
func (f *facts) ranAgain(head int, failed evidence.CheckResult) bool {
	settled := func(c evidence.Check) bool {
		return c.SameCheck(failed.Check) && (c.Failed() || c.Conclusion == evidence.ConclusionSuccess || c.Status != evidence.CheckCompleted)
	}
	if slices.ContainsFunc(f.Checks, settled) {
		return true
	}
	return slices.ContainsFunc(f.Heads[head:], func(h evidence.Head) bool {
		return slices.ContainsFunc(h.Results, func(r evidence.CheckResult) bool {
			return r.Conclusion == evidence.ConclusionSuccess && settled(r.Check)
		})
	})
}
