package assess

import "github.com/mergebrief/mergebrief/internal/evidence"

var agentRunMissing = Rule{
	ID: "agent-run-missing", Level: evidence.LevelNote, Gap: true,
	Sees:   "Whether any agent run is recorded that something joins with the change: a commit or pull request that it names, a record that names it, or lines that it wrote. A run that nothing joins may have been about something else: its commands, boundaries, context and usage count in no rule.",
	Why:    "Without one the record does not tell whether an agent took part. It does not tell that none did.",
	Accept: "Upload transcripts or a run manifest as evidence, or say in the policy that changes without agents need no record.",
	check: func(f *facts) []found {
		if f.traced() {
			return nil
		}
		return []found{{says: []evidence.Text{f.noRun()}}}
	},
}
