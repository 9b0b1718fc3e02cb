package assess

import (
	"slices"

	"github.com/mergebrief/mergebrief/internal/commandline"
	"github.com/mergebrief/mergebrief/internal/evidence"
)

var boundaryExceeded = Rule{
	ID: "boundary-exceeded", Level: evidence.LevelWarning,
	Sees:   "Commands that an agent ran beside those that its manifest or the policy allows, and tools and commands that its transcript shows beside those that its settings allow.",
	Why:    "Allowed and used are two lists. Only the difference is interesting, and nobody sees it otherwise.",
	Accept: "Allow the command where the list is kept, or accept the finding by its id.",
	check: func(f *facts) []found {
		var all []found
		for i, s := range f.runs() {
			x := found{about: s.ID, bases: []evidence.Basis{s.Origin.Basis}}
			var beyond []string
			for k, c := range s.Commands {
				allowed := f.allowed(s, c)
				if len(allowed) == 0 || c.Outcome == evidence.CommandNotRun || coveredBy(allowed, c) {
					continue
				}
				x.facts = append(x.facts, evidence.RefTo(evidence.ListSessions, i).In(evidence.ListCommands, k))
				if !slices.Contains(beyond, c.Family) {
					beyond = append(beyond, c.Family)
				}
			}
			f.drifted(i, &x, &beyond)
			if len(beyond) > 0 {
				x.says = say("boundary-exceeded", asNames("used", beyond))
				all = append(all, x)
			}
		}
		return all
	},
}

// drifted adds what the transcript itself shows beyond its settings, unless the
// policy replaces those.
func (f *facts) drifted(i int, x *found, beyond *[]string) {
	for k, d := range f.Sessions[i].Drift {
		allowed := d.Kind != evidence.DriftTool && d.Kind != evidence.DriftCommand || d.Kind == evidence.DriftCommand && len(f.policy.AllowedCommands) > 0
		if allowed || slices.Contains(*beyond, d.Name) {
			continue
		}
		x.facts = append(x.facts, evidence.RefTo(evidence.ListSessions, i).In(evidence.ListDrift, k))
		*beyond = append(*beyond, d.Name)
	}
}

// allowed returns the commands allowed when c ran: the policy's, else those of
// the boundary in force. An empty list allows everything, since no list was
// kept.
func (f *facts) allowed(s *evidence.Session, c evidence.Command) []string {
	if len(f.policy.AllowedCommands) > 0 {
		return f.policy.AllowedCommands
	}
	var allowed []string
	for _, b := range s.Boundaries {
		if len(allowed) == 0 || c.Started.IsZero() || !b.From.After(c.Started) {
			allowed = b.AllowedCommands
		}
	}
	return allowed
}

func coveredBy(allowed []string, c evidence.Command) bool {
	return slices.ContainsFunc(allowed, func(p string) bool { return commandline.Allows(p, c.Family, c.Line) })
}
