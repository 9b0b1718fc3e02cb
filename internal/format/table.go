package format

import (
	"slices"

	"github.com/mergebrief/mergebrief/internal/format/agentlog"
	"github.com/mergebrief/mergebrief/internal/format/report"
)

// formats lists every format. Where two could take a file for theirs, the first
// has it.
var formats = slices.Concat(agentFormats, reportFormats)

// All returns the formats in the order in which they are tried.
func All() []Format { return slices.Clone(formats) }

// agentFormats are what agents leave behind, and what says who wrote which
// lines.
var agentFormats = []Format{
	{
		Name: "agent-run", Title: "mergebrief run manifest", Kind: "agent run",
		Note:   "agent-run.json, for orchestrators that have no transcript: ticket, approval, context, boundaries, commands, usage, commits, claimed lines.",
		Detect: agentlog.DetectManifest, Decode: agentlog.DecodeManifest,
	},
	{
		Name: "commands", Title: "mergebrief exec log", Kind: "agent run",
		Note:   "commands.jsonl: commands with the exit status that mergebrief exec saw.",
		Detect: agentlog.DetectCommands, Decode: agentlog.DecodeCommands,
	},
	{
		Name: "claude-stream", Title: "Claude Code SDK messages", Kind: "agent run",
		Note:   "Output of claude -p --output-format stream-json and the execution file of claude-code-action; totals are those of the last result.",
		Detect: agentlog.DetectClaudeStream, Decode: agentlog.DecodeClaude,
	},
	{
		Name: "claude-session", Title: "Claude Code session", Kind: "agent run",
		Note:   "Session files and those of subagents; a number is recorded for failed commands only, so a success is inferred; usage is counted once per answer.",
		Detect: agentlog.DetectClaudeSession, Decode: agentlog.DecodeClaude,
	},
}

// reportFormats are what test runners, linters, coverage tools and inventories
// leave behind.
var reportFormats = []Format{
	{
		Name: "junit", Title: "JUnit XML", Kind: "tests",
		Note:   "As Surefire, Gradle, pytest, jest-junit, gotestsum, nextest, PHPUnit, Bazel and others write it; nested suites, reruns and flaky cases.",
		Detect: report.DetectJUnit, Decode: report.DecodeJUnit,
	},
	{
		Name: "gotest", Title: "go test -json", Kind: "tests",
		Note:   "Also gotestsum --jsonfile; tests are counted with their parents; failed builds, panics and reruns are told apart.",
		Detect: report.DetectGoTest, Decode: report.DecodeGoTest,
	},
	{
		Name: "sarif", Title: "SARIF 2.1.0", Kind: "findings",
		Note:   "Levels resolved through rules and extensions; suppressed results are counted apart; a failed invocation is not a clean scan.",
		Detect: report.DetectSARIF, Decode: report.DecodeSARIF,
	},
}
