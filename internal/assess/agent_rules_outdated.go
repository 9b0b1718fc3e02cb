package assess

import (
	"slices"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

var agentRulesOutdated = Rule{
	ID: "agent-rules-outdated", Level: evidence.LevelNote,
	Sees:   "Instruction files for agents of which the base has another version than the commit that the change started from. Where a run is recorded to have read one of them, it is a warning.",
	Why:    "The run followed instructions that do not hold any more.",
	Accept: "Bring the branch up to date, and look whether what changed matters here.",
	check: func(f *facts) []found {
		var unread, read found
		var names, followed []string
		for i, r := range f.Rules {
			switch {
			case !r.Outdated || len(f.joined) == 0:
			case f.wasRead(r.Path):
				followed = append(followed, r.Path)
				read.facts, read.bases = append(read.facts, evidence.RefTo(evidence.ListRules, i)), append(read.bases, r.Origin.Basis, evidence.Reported)
			default:
				names = append(names, r.Path)
				unread.facts, unread.bases = append(unread.facts, evidence.RefTo(evidence.ListRules, i)), append(unread.bases, r.Origin.Basis)
			}
		}
		var all []found
		if len(followed) > 0 {
			read.about, read.level = "read", evidence.LevelWarning
			read.says = say("agent-rules-outdated.read", asNames("files", followed))
			all = append(all, read)
		}
		if len(names) > 0 {
			unread.about, unread.says = "unread", say("agent-rules-outdated", asNames("files", names))
			all = append(all, unread)
		}
		return all
	},
}

// wasRead reports whether a run is recorded to have read a file.
func (f *facts) wasRead(path string) bool {
	for _, s := range f.runs() {
		if slices.Contains(s.FilesRead, path) {
			return true
		}
	}
	return false
}
