package assess

import (
	"slices"
	"time"

	"github.com/mergebrief/mergebrief/internal/classify"
	"github.com/mergebrief/mergebrief/internal/evidence"
)

var validationStale = Rule{
	ID: "validation-stale", Level: evidence.LevelWarning,
	Sees:   "Files of the change, documentation aside, that an agent edited after the last validation of its run, by the order of the events in its transcript.",
	Why:    "The last validation looked at other code. Where checks of the head passed later this is a note.",
	Accept: "Let checks run on the head.",
	check:  staleValidations,
}

// staleValidations makes one finding of each file and kind of validation: many
// runs can have edited the same file.
func staleValidations(f *facts) []found {
	type about struct{ path, validation string }
	at := map[about]int{}
	var all []found
	level := f.softened()
	for i, s := range f.runs() {
		validation, facts := lastValidation(i, s)
		if s.Freshness == evidence.ValidatedStale && s.EditsOmitted > 0 { // which files is not known
			all = append(all, found{
				about: s.ID, says: say("validation-stale.count", asCount("edits", s.EditsAfterValidation), asParts("validation", validation)), level: level,
				facts: facts, bases: []evidence.Basis{s.Origin.Basis},
			})
		}
		for path, n := range f.editedSince(s) {
			k := about{path, validation.Key()}
			place, seen := at[k]
			if !seen {
				place, at[k] = len(all), len(all)
				all = append(all, found{says: say("validation-stale", asParts("validation", validation)), level: level, spans: f.lines.written(path, s.ID), facts: facts})
			}
			x := &all[place]
			x.about += s.ID
			if len(x.facts) < maxFacts {
				x.facts = append(slices.Clip(x.facts), evidence.RefTo(evidence.ListSessions, i).In(evidence.ListEdits, n))
			}
			x.bases = append(x.bases, s.Origin.Basis)
		}
	}
	return all
}

// lastValidation names the last validation of a session that ran, as far as it
// is among the commands that the record lists, and the place where it is.
func lastValidation(i int, s *evidence.Session) (evidence.Text, []evidence.Ref) {
	session := evidence.RefTo(evidence.ListSessions, i)
	if k, ok := lastRun(s); ok {
		return part("validation.command", asName("command", s.Commands[k].Family)), []evidence.Ref{session.In(evidence.ListCommands, k)}
	}
	return part("validation.unnamed"), []evidence.Ref{session.AllIn(evidence.ListFreshness)}
}

// lastRun returns the index of the last validation that really ran; none when
// commands were left out of the record, since it may be among those.
func lastRun(s *evidence.Session) (int, bool) {
	for k := len(s.Commands) - 1; k >= 0 && s.CommandsOmitted == 0; k-- {
		if c := &s.Commands[k]; c.Validates() && c.OfWork() {
			return k, true
		}
	}
	return 0, false
}

// validatedAfter reports whether some agent run of the change saw tests or a build
// pass after a moment: a later run overtakes the last one of an earlier session.
func (f *facts) validatedAfter(at time.Time) bool {
	for _, run := range f.finalRuns() {
		if (run.Class == evidence.ClassTest || run.Class == evidence.ClassBuild) && run.Outcome == evidence.CommandOK && !at.IsZero() && run.Started.After(at) {
			return true
		}
	}
	return false
}

// editedSince yields the files of the change, documentation aside, that a session
// edited after its last validation, each with the index of the first such edit.
// The edits are in the order of the transcript, so that these are the last ones.
func (f *facts) editedSince(s *evidence.Session) func(func(string, int) bool) {
	return func(yield func(string, int) bool) {
		n := s.EditsAfterValidation
		if s.Freshness != evidence.ValidatedStale || s.EditsOmitted > 0 || n > len(s.Edits) {
			return
		}
		seen := make(map[string]bool, n)
		for k := len(s.Edits) - n; k < len(s.Edits); k++ {
			path := s.Edits[k].Path
			if !f.lines.inChange(path) || classify.IsDoc(path) || seen[path] || f.validatedAfter(s.Edits[k].Time) {
				continue
			}
			seen[path] = true
			if !yield(path, k) {
				return
			}
		}
	}
}
