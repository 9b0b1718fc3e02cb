package assess

import (
	"github.com/mergebrief/mergebrief/internal/evidence"
)

var validationNarrower = Rule{
	ID: "validation-narrower", Level: evidence.LevelWarning,
	Sees:   "Repairs in an agent's run whose last run covered less than the run that failed, when nothing wider passed later.",
	Why:    "A narrower pass does not clear a wider failure. Where checks of the head passed later this is a note.",
	Accept: "Let the wider run happen in a check.",
	check: func(f *facts) []found {
		var all []found
		for i, s := range f.runs() {
			for k, r := range s.Repairs {
				if !r.Narrower || r.Outcome != evidence.CommandOK || r.LastRun == nil || *r.LastRun >= len(s.Commands) {
					continue
				}
				run := finalRun{&s.Commands[*r.LastRun], i, *r.LastRun, s.Origin.Basis}
				if f.widened(run) {
					continue
				}
				all = append(all, found{
					about: s.ID + "\x00" + r.Family, says: say("validation-narrower", asName("command", r.Family)), level: f.softenedIn(run.Class),
					facts: []evidence.Ref{evidence.RefTo(evidence.ListSessions, i).In(evidence.ListRepairs, k)}, bases: []evidence.Basis{s.Origin.Basis},
				})
			}
		}
		return all
	},
}

// widened reports whether after a narrow pass a task for all of its kind, or the
// same command without the narrower words, passed.
func (f *facts) widened(narrow finalRun) bool {
	for i, s := range f.runs() {
		for k := range s.Commands {
			c := &s.Commands[k]
			if c.Class != narrow.Class || c.Outcome != evidence.CommandOK || ofOtherCode(c) || !f.before(narrow, finalRun{c, i, k, s.Origin.Basis}) {
				continue
			}
			if task(c.Family) || c.Family == narrow.Family && len(c.Line) < len(narrow.Line) {
				return true
			}
		}
	}
	return false
}
