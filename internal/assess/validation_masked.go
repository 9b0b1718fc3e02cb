package assess

import (
	"fmt"

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
					x.message = fmt.Sprintf("how the agent's last “%s” run ended is not known: %s hides its exit status", c.Family, hider(c.Masked))
				}
			}
			if n := len(x.facts); n > 1 {
				x.message = fmt.Sprintf("how the last run of %d of the agent's validations ended is not known: their exit status is hidden", n)
			}
			if len(x.facts) > 0 {
				all = append(all, x)
			}
		}
		return all
	},
}

func hider(masked evidence.Mask) string {
	switch masked {
	case evidence.MaskPipe:
		return "a pipe"
	case evidence.MaskOr:
		return "“|| true”"
	case evidence.MaskSequence:
		return "a command after it"
	case evidence.MaskBackground:
		return "the background"
	}
	return string(masked)
}
