package assess

import (
	"github.com/mergebrief/mergebrief/internal/commandline"
	"github.com/mergebrief/mergebrief/internal/evidence"
)

var requiredCommandNotRun = Rule{
	ID: "required-command-not-run", Level: evidence.LevelWarning, Gap: true,
	Sees:   "Commands that the policy asks for, and that no agent run is recorded to have run; also those that are reported to have run while no check of the head confirms that it works.",
	Why:    "Required and not run is a state of its own: neither passed nor failed.",
	Accept: "Have the agent run the command, or take it off the list in the policy.",
	check: func(f *facts) []found {
		var all []found
		confirmed := f.validated()
		for _, want := range f.policy.RequiredCommands {
			switch {
			case !f.ran(want):
				all = append(all, found{about: want, says: say("required-command-not-run", asName("command", want))})
			case !confirmed:
				all = append(all, found{about: want, says: say("required-command-not-run.unconfirmed", asName("command", want)), facts: []evidence.Ref{evidence.RefToAll(evidence.ListSessions)}, bases: []evidence.Basis{evidence.Reported}})
			}
		}
		return all
	},
}

// ran reports whether a command really ran in any run behind the change: not refused, not
// merely started.
func (f *facts) ran(want string) bool {
	for _, s := range f.runs() {
		for _, c := range s.Commands {
			if (c.Outcome == evidence.CommandOK || c.Outcome == evidence.CommandFailed) && commandline.Allows(want, c.Family, c.Line) {
				return true
			}
		}
	}
	return false
}
