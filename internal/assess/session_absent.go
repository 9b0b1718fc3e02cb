package assess

import "github.com/mergebrief/mergebrief/internal/evidence"

var sessionAbsent = Rule{
	ID: "agent-run-missing", Level: evidence.LevelNote, Gap: true,
	Sees:   "Whether any agent run is recorded.",
	Why:    "Without one the record does not tell whether an agent took part. It does not tell that none did.",
	Accept: "Upload transcripts or a run manifest as evidence, or say in the policy that changes without agents need no record.",
	check: func(f *facts) []found {
		if f.recorded() {
			return nil
		}
		return []found{{message: "no agent run is recorded"}}
	},
}
