package assess

import (
	"slices"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

var agentRulesNotRead = Rule{
	ID: "agent-rules-not-read", Level: evidence.LevelNote,
	Sees:   "Instruction files at the base that are not among the files which a run is recorded to have read.",
	Why:    "Agents load some instruction files by themselves without recording it, so this is no more than a hint where to look when a convention was missed.",
	Accept: "There is nothing to accept: it is a note.",
	check: func(f *facts) []found {
		var all []found
		for i, s := range f.runs() {
			var unread []string
			for _, r := range f.Rules {
				if r.Blob != "" && len(s.FilesRead) > 0 && !slices.Contains(s.FilesRead, r.Path) {
					unread = append(unread, r.Path)
				}
			}
			if len(unread) > 0 {
				all = append(all, found{
					about: s.ID, says: say("agent-rules-not-read", asNames("files", unread)),
					facts: []evidence.Ref{evidence.RefTo(evidence.ListSessions, i).AllIn(evidence.ListFilesRead)}, bases: []evidence.Basis{s.Origin.Basis},
				})
			}
		}
		return all
	},
}
