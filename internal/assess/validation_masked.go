package assess

import (
	"github.com/mergebrief/mergebrief/internal/evidence"
)

var validationMasked = Rule{
	ID: "validation-masked", Level: evidence.LevelWarning,
	Sees:   "Validations whose exit status is hidden by a pipe, “|| true”, a sequence or the background, and whose output does not tell how they ended.",
	Why:    "The recorded status is that of another command. It is unknown, not a pass. Where checks of the head passed later this is a note.",
	Accept: "Have the agent run validations without a pipe, or let checks run on the head.",
	check: func(f *facts) []found {
		var all []found
		for i, s := range f.runs() {
			x := found{about: s.ID, level: f.softened(), bases: []evidence.Basis{s.Origin.Basis}}
			for _, k := range lastRuns(s) {
				if c := s.Commands[k]; c.Masked != "" && c.Outcome == evidence.CommandUnknown {
					x.facts = append(x.facts, evidence.RefTo(evidence.ListSessions, i).In(evidence.ListCommands, k))
					x.says = say("validation-masked", asName("command", c.Family), asParts("mask", hider(c.Masked)))
				}
			}
			if n := len(x.facts); n > 1 {
				x.says = say("validation-masked.several", asCount("validations", n))
			}
			if len(x.facts) > 0 {
				all = append(all, x)
			}
		}
		return all
	},
}

func hider(masked evidence.Mask) evidence.Text {
	switch masked {
	case evidence.MaskPipe:
		return part("mask.pipe")
	case evidence.MaskOr:
		return part("mask.or-true")
	case evidence.MaskSequence:
		return part("mask.sequence")
	case evidence.MaskBackground:
		return part("mask.background")
	}
	return part("mask.other", asWord("mask", masked))
}
