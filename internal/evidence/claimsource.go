package evidence

import "time"

// ClaimSource is a note, trace record or checkpoint that says which lines or
// files of a commit an agent wrote. It is what the tool says about itself.
type ClaimSource struct {
	Origin Origin `json:"origin"`
	// "git-ai-note", "agent-trace" or "entire-checkpoint".
	Format string `json:"format"`
	// Id of the record or the checkpoint, when it has one.
	ID string `json:"id,omitempty"`
	// Commit that the record names. A git-ai note is valid at the commit that it
	// annotates, which is not always the one it names.
	Commit  string    `json:"commit,omitempty" redact:"keep"`
	Created time.Time `json:"created,omitzero"`
	// Key of the agent, its session and version of the tool that wrote the record.
	Agent       string   `json:"agent,omitempty"`
	Sessions    []string `json:"sessions,omitempty"`
	ToolVersion string   `json:"toolVersion,omitempty"`
	// Schema that the record says it follows.
	Schema string `json:"schema,omitempty"`
	// Numbers of files with claims, of ranges as written, and of different lines,
	// each counted once for its file however often it is claimed.
	Files  int `json:"files"`
	Ranges int `json:"ranges"`
	Lines  int `json:"lines"`
	// Sum of the lengths of the ranges as written, overlaps counted twice.
	StatedLines int `json:"statedLines"`
	// Of the lines, those claimed for an agent and for a person; a line can be
	// claimed for both.
	AILines    int `json:"aiLines"`
	HumanLines int `json:"humanLines"`
	// Keys that the record uses and does not define, sorted: their lines are
	// nobody's.
	UndefinedKeys []string `json:"undefinedKeys,omitempty"`
	// Number of different undefined keys, also those not listed, and of the
	// entries that use one.
	UndefinedKeyCount int `json:"undefinedKeyCount,omitempty"`
	UndefinedEntries  int `json:"undefinedEntries,omitempty"`
	// Number of range entries that are none: reversed, 0, or no numbers.
	BadRanges int `json:"badRanges,omitempty"`
	// Number of entries left out: pseudo paths, ranges over the limit.
	Dropped int `json:"dropped,omitempty"`
	// The record carries text of the conversation, which was not kept.
	HoldsMessages bool `json:"holdsMessages,omitempty"`
	// Files that a checkpoint says were touched.
	FilesTouched []string `json:"filesTouched,omitempty"`
	// Usage as a checkpoint states it.
	Usage *Usage `json:"usage,omitempty"`
	// Numbers of lines as a checkpoint states them.
	AgentLines     *int `json:"agentLines,omitempty"`
	CommittedLines *int `json:"committedLines,omitempty"`
	// What is known to differ from what the record says it is, in words.
	Remarks []string `json:"remarks,omitempty"`
}
