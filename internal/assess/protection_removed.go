package assess

import (
	"slices"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

var protectionRemoved = Rule{
	ID: "protection-removed", Level: evidence.LevelWarning,
	Sees:   "Added lines in scripts, images, workflows, settings and code that run with more rights or without a protection: sudo, a download that is piped into a shell, certificates that are not verified, a sandbox that is switched off, privileged containers, a mounted Docker socket, hooks that are skipped. Tests, documentation and comments are left out, and so is sudo in a workflow, whose machine is thrown away.",
	Why:    "Each may be right. None should come in unseen.",
	Accept: "Accept the finding by its id once somebody looked.",
	check: func(f *facts) []found {
		kinds := []evidence.HazardKind{
			evidence.HazardPipedScript, evidence.HazardTLSOff, evidence.HazardSandboxOff, evidence.HazardPrivileged, evidence.HazardSocket, evidence.HazardSudo, evidence.HazardHooksOff,
		}
		var all []found
		for _, kind := range kinds {
			x := found{about: string(kind), says: say("protection-removed." + string(kind))}
			for i, file := range f.Files {
				if kind == evidence.HazardSudo && file.Workflow != nil {
					continue
				}
				lines := hazardsOf(file, kind)
				if len(lines) == 0 {
					continue
				}
				x.name(i, file)
				x.spans = append(x.spans, spans(file.Path, lines)...)
			}
			if len(x.spans) > 0 {
				all = append(all, x)
			}
		}
		return all
	},
}

// hazardsOf are the lines of a file with hazards of one kind, ascending.
func hazardsOf(file evidence.File, kind evidence.HazardKind) (lines []evidence.LineRange) {
	for _, h := range file.Hazards {
		if h.Kind == kind && !slices.ContainsFunc(lines, func(r evidence.LineRange) bool { return r.First == h.Line }) {
			lines = append(lines, evidence.LineRange{First: h.Line, Last: h.Line})
		}
	}
	return lines
}
