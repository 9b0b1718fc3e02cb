package assess

import "github.com/mergebrief/mergebrief/internal/evidence"

var checksSilenced = Rule{
	ID: "checks-silenced", Level: evidence.LevelNote,
	Sees:   "Files with more comments than before that switch linters, type checkers, scanners or coverage off for a place, such as nolint, noqa, eslint-disable, type: ignore, nosec or istanbul ignore.",
	Why:    "What a tool would have said there is not said. Often it is wrong there; sometimes it is not.",
	Accept: "Give the comment its reason, and accept the finding by its id.",
	check: func(f *facts) []found {
		var w weaker
		for i, file := range f.Files {
			if file.Loosened != nil {
				w.add(f, i, file.Loosened.Silenced)
			}
		}
		if w.lines == 0 {
			return nil
		}
		return []found{w.found(f, "silenced", say("checks-silenced", asCount("comments", w.lines), w.files(f)))}
	},
}
