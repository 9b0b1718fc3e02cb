package assess

import (
	"fmt"
	"time"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

var validationStale = Rule{
	ID: "validation-stale", Level: evidence.LevelWarning,
	Sees:   "Files of the change that an agent edited after the last validation of its run, by the times in its transcript.",
	Why:    "The last validation looked at other code. Where checks of the head passed later this is a note.",
	Accept: "Let checks run on the head.",
	check:  staleValidations,
}

func staleValidations(f *facts) []found {
	var all []found
	for i := range f.Sessions {
		s := &f.Sessions[i]
		last, k, known := lastValidation(s)
		if !known {
			continue
		}
		for path, n := range editsAfter(f, s, last) {
			lines := f.bySession(path, s.ID)
			places := spans(path, lines)
			if len(lines) == 0 {
				places = f.whole(path)
			}
			all = append(all, found{
				about: s.ID, message: fmt.Sprintf("AI-written, edited after the agent's last “%s” run", s.Commands[k].Family), level: f.softened(), spans: places,
				facts: []string{fmt.Sprintf("/sessions/%d/commands/%d", i, k), fmt.Sprintf("/sessions/%d/edits/%d", i, n)}, bases: []evidence.Basis{s.Origin.Basis},
			})
		}
	}
	return all
}

// lastValidation returns when the last validation of a session ended that
// really ran, and its index. It is not known when times are missing, or when
// commands were left out of the record: the last one may be among those.
func lastValidation(s *evidence.Session) (time.Time, int, bool) {
	if s.CommandsOmitted > 0 {
		return time.Time{}, 0, false
	}
	for k := len(s.Commands) - 1; k >= 0; k-- {
		c := &s.Commands[k]
		if c.Validates() && c.Outcome != evidence.CommandNotRun {
			return c.Started.Add(time.Duration(c.DurationMs) * time.Millisecond), k, !c.Started.IsZero()
		}
	}
	return time.Time{}, 0, false
}

// editsAfter yields the files of the change, documentation aside, that a
// session edited after a time, each with the index of the first such edit.
func editsAfter(f *facts, s *evidence.Session, after time.Time) func(func(string, int) bool) {
	return func(yield func(string, int) bool) {
		seen := map[string]bool{}
		for n, e := range s.Edits {
			_, changed := f.files[e.Path]
			if !e.Time.After(after) || !changed || isDoc(e.Path) || seen[e.Path] {
				continue
			}
			seen[e.Path] = true
			if !yield(e.Path, n) {
				return
			}
		}
	}
}
