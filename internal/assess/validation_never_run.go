package assess

import (
	"github.com/mergebrief/mergebrief/internal/classify"
	"github.com/mergebrief/mergebrief/internal/evidence"
)

var validationNeverRun = Rule{
	ID: "validation-never-run", Level: evidence.LevelWarning, Gap: true,
	Sees:   "Agent runs that edited code of the change and validated nothing.",
	Why:    "Nothing was tried before the change was handed over. Where checks of the head passed later this is a note.",
	Accept: "Let checks run on the head.",
	check: func(f *facts) []found {
		var all []found
		for i, s := range f.runs() {
			none := s.CommandCounts.Validations == 0 && len(lastRuns(s)) == 0
			if !none && s.Freshness != evidence.ValidatedNever || !f.editedCode(s) {
				continue
			}
			all = append(all, found{
				about: s.ID, says: say("validation-never-run"), level: f.softened(),
				facts: []evidence.Ref{evidence.RefTo(evidence.ListSessions, i)}, bases: []evidence.Basis{s.Origin.Basis},
			})
		}
		return all
	},
}

func (f *facts) editedCode(s *evidence.Session) bool {
	for _, e := range s.Edits {
		if f.lines.inChange(e.Path) && !classify.IsDoc(e.Path) {
			return true
		}
	}
	return false
}
