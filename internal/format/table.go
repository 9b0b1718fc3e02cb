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
		Name: "nunit", Title: "NUnit", Kind: "tests",
		Note:   "The results of NUnit 2 and 3; inconclusive and ignored tests are skipped with the reason.",
		Detect: report.DetectNUnit, Decode: report.DecodeNUnit,
	},
	{
		Name: "xunit", Title: "xUnit.net", Kind: "tests",
		Note:   "The results of xUnit.net v1 to v3; errors outside of tests are shown.",
		Detect: report.DetectXUnit, Decode: report.DecodeXUnit,
	},
	{
		Name: "trx", Title: "TRX", Kind: "tests",
		Note:   "MSTest and dotnet test --logger trx; the rows of a data-driven test are the cases; an aborted test is errored.",
		Detect: report.DetectTRX, Decode: report.DecodeTRX,
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
	{
		Name: "ctrf", Title: "CTRF", Kind: "tests",
		Note:   "Common Test Report Format 1.0, with retries and flaky tests.",
		Detect: report.DetectCTRF, Decode: report.DecodeCTRF,
	},
	{
		Name: "mocha", Title: "Mocha JSON", Kind: "tests",
		Note:   "The output of Mocha's JSON reporter; failed hooks are shown apart from tests.",
		Detect: report.DetectMocha, Decode: report.DecodeMocha,
	},
	{
		Name: "rspec", Title: "RSpec JSON", Kind: "tests",
		Note:   "rspec --format json; errors outside of examples are shown.",
		Detect: report.DetectRSpec, Decode: report.DecodeRSpec,
	},
	{
		Name: "dart", Title: "Dart test JSON", Kind: "tests",
		Note:   "dart test --reporter json and flutter test --machine.",
		Detect: report.DetectDart, Decode: report.DecodeDart,
	},
	{
		Name: "checkstyle", Title: "Checkstyle XML", Kind: "findings",
		Note:   "As Checkstyle, PHP_CodeSniffer, ktlint, detekt, golangci-lint and others write it.",
		Detect: report.DetectCheckstyle, Decode: report.DecodeCheckstyle,
	},
	{
		Name: "eslint", Title: "ESLint JSON", Kind: "findings",
		Note:   "The formatters json and json-with-metadata; suppressed messages are counted apart.",
		Detect: report.DetectESLint, Decode: report.DecodeESLint,
	},
	{
		Name: "cobertura", Title: "Cobertura XML", Kind: "coverage",
		Note:   "As coverage.py, gcovr, Coverlet, Istanbul and others write it; joined by file and line.",
		Detect: report.DetectCobertura, Decode: report.DecodeCobertura,
	},
	{
		Name: "clover", Title: "Clover XML", Kind: "coverage",
		Note:   "As OpenClover, PHPUnit and Istanbul write it; statements and conditions.",
		Detect: report.DetectClover, Decode: report.DecodeClover,
	},
	{
		Name: "jacoco", Title: "JaCoCo XML", Kind: "coverage",
		Note:   "A line was executed when one of its instructions was.",
		Detect: report.DetectJaCoCo, Decode: report.DecodeJaCoCo,
	},
	{
		Name: "lcov", Title: "LCOV tracefile", Kind: "coverage",
		Note:   "Sections of one file are joined; branches and functions are left aside.",
		Detect: report.DetectLCOV, Decode: report.DecodeLCOV,
	},
	{
		Name: "gocover", Title: "Go cover profile", Kind: "coverage",
		Note:   "go test -coverprofile; lines are counted, where the go command counts statements.",
		Detect: report.DetectGoCover, Decode: report.DecodeGoCover,
	},
	{
		Name: "cyclonedx", Title: "CycloneDX", Kind: "sbom",
		Note:   "JSON and XML; numbers of components and vulnerabilities only.",
		Detect: report.DetectCycloneDX, Decode: report.DecodeCycloneDX,
	},
	{
		Name: "spdx", Title: "SPDX", Kind: "sbom",
		Note:   "JSON, tag-value and JSON-LD; number of packages only.",
		Detect: report.DetectSPDX, Decode: report.DecodeSPDX,
	},
	{
		Name: "rdjson", Title: "Reviewdog Diagnostic Format", Kind: "findings",
		Note:   "rdjson and rdjsonl; a scan for each source.",
		Detect: report.DetectRDJSON, Decode: report.DecodeRDJSON,
	},
	{
		Name: "tap", Title: "TAP", Kind: "tests",
		Note:   "Test Anything Protocol 12 to 14; subtests are summed up by their parent; tests planned and not run are stated.",
		Detect: report.DetectTAP, Decode: report.DecodeTAP,
	},
}
