package assess

import (
	"slices"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

var validationMasked = Rule{
	ID: "validation-masked", Level: evidence.LevelWarning,
	Sees:   "Validations whose last run over all agent runs of the change has an exit status that is hidden by a pipe, “|| true”, a sequence or the background, and whose output does not tell how they ended, kind by kind. One that passed openly after the last edit is known.",
	Why:    "The recorded status is that of another command. It is unknown, not a pass. Where checks of the head passed later this is a note.",
	Accept: "Have the agent run validations without a pipe, or let checks run on the head.",
	check: func(f *facts) []found {
		var all []found
		for _, class := range validationClasses {
			hidden := f.open(class, func(c *evidence.Command) bool { return c.Masked != "" && c.Outcome == evidence.CommandUnknown })
			if len(hidden) == 0 || len(f.open(class, func(c *evidence.Command) bool { return c.Outcome == evidence.CommandFailed })) > 0 {
				continue
			}
			x := found{about: string(class), level: f.softenedIn(class)}
			masks := []evidence.Text{}
			for _, run := range hidden {
				if m := hider(run.Masked); !slices.ContainsFunc(masks, func(t evidence.Text) bool { return t.Key() == m.Key() }) {
					masks = append(masks, m)
				}
			}
			x.says = say("validation-masked", asParts("kind", kindOfValidation(class)), asParts("mask", masks...), asNames("commands", x.runs(hidden)))
			all = append(all, x)
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
