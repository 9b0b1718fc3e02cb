package format

import (
	"slices"

	"github.com/mergebrief/mergebrief/internal/format/agentlog"
	"github.com/mergebrief/mergebrief/internal/format/coverage"
	"github.com/mergebrief/mergebrief/internal/format/findings"
	"github.com/mergebrief/mergebrief/internal/format/results"
	"github.com/mergebrief/mergebrief/internal/sessionnote"
)

// formats lists every format. Where two could take a file for theirs, the first
// has it. What an XML file is, its root element tells at once; all others are
// searched for names, transcripts before reports, which they may quote.
var formats = slices.Concat(xmlFormats, agentFormats, reportFormats)

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
		Name: sessionnote.Format, Title: "mergebrief record", Kind: "agent run",
		Note:   "What mergebrief record --out writes, one commit a line: sessions without text, and the lines that are theirs.",
		Detect: sessionnote.DetectFile, Decode: sessionnote.DecodeFile,
	},
	{
		Name: "opencode", Title: "OpenCode session", Kind: "agent run",
		Note:   "What opencode export and opencode run --format json print; real exit status, tokens and cost per answer.",
		Detect: agentlog.DetectOpenCode, Decode: agentlog.DecodeOpenCode,
	},
	{
		Name: "qwen-session", Title: "Qwen Code session", Kind: "agent run",
		Note:   "Real exit status; of the calls of a subagent only their number.",
		Detect: agentlog.DetectQwen, Decode: agentlog.DecodeQwen,
	},
	{
		Name: "qwen-stream", Title: "qwen -o stream-json", Kind: "agent run",
		Note:   "Real exit status; no times.",
		Detect: agentlog.DetectQwenStream, Decode: agentlog.DecodeQwenStream,
	},
	{
		Name: "pi", Title: "pi session", Kind: "agent run",
		Note:   "Session files and pi --mode json; pi raises an error for each status but 0, so a success is inferred; tokens and cost per answer.",
		Detect: agentlog.DetectPi, Decode: agentlog.DecodePi,
	},
	{
		Name: "droid", Title: "Factory droid session", Kind: "agent run",
		Note:   "Real exit status; tokens are in a file of settings that names no session.",
		Detect: agentlog.DetectDroid, Decode: agentlog.DecodeDroid,
	},
	{
		Name: "cline", Title: "Cline session", Kind: "agent run",
		Note:   "*.messages.json of the command line; real exit status of failures.",
		Detect: agentlog.DetectCline, Decode: agentlog.DecodeCline,
	},
	{
		Name: "continue", Title: "Continue session", Kind: "agent run",
		Note:   "Real exit status of failures; no times and no version.",
		Detect: agentlog.DetectContinue, Decode: agentlog.DecodeContinue,
	},
	{
		Name: "mini-swe-agent", Title: "mini-swe-agent trajectory", Kind: "agent run",
		Note:   "*.traj.json of versions 1 and 2; real exit status and cost; edits are those of the submitted patch.",
		Detect: agentlog.DetectMiniSWE, Decode: agentlog.DecodeMiniSWE,
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
	{
		Name: "codex-rollout", Title: "Codex session", Kind: "agent run",
		Note:   "rollout-*.jsonl, plain or zstd; exit status from the text of outputs; sandbox and network per turn.",
		Detect: agentlog.DetectCodexRollout, Decode: agentlog.DecodeCodexRollout,
	},
	{
		Name: "codex-exec", Title: "codex exec --json", Kind: "agent run",
		Note:   "Real exit status; no times, directory, model or sandbox.",
		Detect: agentlog.DetectCodexExec, Decode: agentlog.DecodeCodexExec,
	},
	{
		Name: "gemini-session", Title: "Gemini CLI session", Kind: "agent run",
		Note:   "One document or rows; an exit status is recorded only when it is not 0.",
		Detect: agentlog.DetectGemini, Decode: agentlog.DecodeGemini,
	},
	{
		Name: "gemini-stream", Title: "gemini -o stream-json", Kind: "agent run",
		Note:   "Also -o json; the status of tools, no exit status.",
		Detect: agentlog.DetectGeminiStream, Decode: agentlog.DecodeGeminiStream,
	},
	{
		Name: "copilot-events", Title: "GitHub Copilot events", Kind: "agent run",
		Note:   "events.jsonl of the command line, the cloud agent and VS Code; real exit status in newer versions.",
		Detect: agentlog.DetectCopilot, Decode: agentlog.DecodeCopilot,
	},
	{
		Name: "cursor-stream", Title: "Cursor stream-json", Kind: "agent run",
		Note:   "Output of cursor-agent -p --output-format stream-json; real exit status.",
		Detect: agentlog.DetectCursor, Decode: agentlog.DecodeCursor,
	},
	{
		Name: "cursor-transcript", Title: "Cursor transcript", Kind: "agent run",
		Note:   "Of the editor's agent and the command line: edits and commands without their results, and no times; --output-format stream-json has them.",
		Detect: agentlog.DetectCursorTranscript, Decode: agentlog.DecodeCursorTranscript,
	},
	{
		Name: "atif", Title: "Agent Trajectory Interchange Format", Kind: "agent run",
		Note:   "Versions 1.2 to 1.7, as Harbor writes it; exit status only where an agent adds it.",
		Detect: agentlog.DetectATIF, Decode: agentlog.DecodeATIF,
	},
	{
		Name: "openhands", Title: "OpenHands output", Kind: "agent run",
		Note:   "output.jsonl, a run to a line; edits are those of the final patch.",
		Detect: agentlog.DetectOpenHands, Decode: agentlog.DecodeOpenHands,
	},
	{
		Name: "swe-agent", Title: "SWE-agent trajectory", Kind: "agent run",
		Note:   "*.traj; no exit status of commands; edits are those of the submitted patch.",
		Detect: agentlog.DetectSWEAgent, Decode: agentlog.DecodeSWEAgent,
	},
	{
		Name: "windsurf", Title: "Windsurf transcript", Kind: "agent run",
		Note:   "Transcripts that Cascade hands to hooks; real exit status, no times and ids.",
		Detect: agentlog.DetectWindsurf, Decode: agentlog.DecodeWindsurf,
	},
	{
		Name: "amp-thread", Title: "Amp thread", Kind: "agent run",
		Note:   "Thread files; usage per answer.",
		Detect: agentlog.DetectAmp, Decode: agentlog.DecodeAmp,
	},
	{
		Name: "aider-history", Title: "Aider chat history", Kind: "agent run",
		Note:   ".aider.chat.history.md; edits by path, commits by id, rounded tokens.",
		Detect: agentlog.DetectAider, Decode: agentlog.DecodeAider,
	},
	{
		Name: "git-ai-note", Title: "git-ai note", Kind: "claims",
		Note:   "Authorship logs of refs/notes/ai; keys that nothing defines are counted and claim nothing; conversations are skipped.",
		Detect: agentlog.DetectNote, Decode: agentlog.DecodeNote,
	},
	{
		Name: "agent-trace", Title: "Agent Trace", Kind: "claims",
		Note:   "Records as cursor/agent-trace defines them; pseudo paths are dropped.",
		Detect: agentlog.DetectTrace, Decode: agentlog.DecodeTrace,
	},
	{
		Name: "entire-checkpoint", Title: "Entire checkpoint", Kind: "claims",
		Note:   "metadata.json of a checkpoint or one of its sessions; the transcript beside it is read as what it is.",
		Detect: agentlog.DetectEntire, Decode: agentlog.DecodeEntire,
	},
	{
		Name: "entire-context", Title: "Entire prompts", Kind: "agent run",
		Note:   "The prompts of a checkpoint: private, and the transcript has what is needed.",
		Detect: agentlog.DetectEntireContext,
	},
	{
		Name: "entire-hash", Title: "Entire content hash", Kind: "agent run",
		Note:   "Does not match redacted transcripts, so nothing follows from it.",
		Detect: agentlog.DetectEntireHash,
	},
	{
		Name: "copilot-chat", Title: "Copilot chat of VS Code", Kind: "agent run",
		Note:   "Holds no outcome of commands.",
		Detect: agentlog.DetectCopilotChat,
	},
	{
		Name: "gh-aw", Title: "GitHub Agentic Workflows", Kind: "agent run",
		Note:   "aw_info.json, safe outputs and token usage; the transcript beside them, agent-stdio.log, is read as what it is.",
		Detect: agentlog.DetectGHAW,
	},
	{
		Name: "cline-session", Title: "Cline session settings", Kind: "agent run",
		Note:   "The messages beside it have the run.",
		Detect: agentlog.DetectClineSession,
	},
	{
		Name: "droid-settings", Title: "Factory droid settings", Kind: "agent run",
		Note:   "Model and tokens of a session that it does not name.",
		Detect: agentlog.DetectDroidSettings,
	},
	{
		Name: "opencode-storage", Title: "OpenCode storage", Kind: "agent run",
		Note:   "Spread over many files, or a SQLite database: run opencode export with the id of the session.",
		Detect: agentlog.DetectOpenCodeStorage,
	},
	{
		Name: "aider-analytics", Title: "Aider analytics", Kind: "agent run",
		Note:   "Counts of features used; the chat history has the run.",
		Detect: agentlog.DetectAiderAnalytics,
	},
	{
		Name: "specstory", Title: "SpecStory history", Kind: "agent run",
		Note:   "Prose made from another tool's transcript.",
		Detect: agentlog.DetectSpecStory,
	},
	{
		Name: "otlp", Title: "OpenTelemetry data", Kind: "agent run",
		Note:   "The conventions for agents are still changing.",
		Detect: agentlog.DetectOTLP,
	},
}

// xmlFormats are the results of test runners, linters and coverage tools in XML.
var xmlFormats = []Format{
	{
		Name: "junit", Title: "JUnit XML", Kind: "tests",
		Note:   "As Surefire, Gradle, pytest, jest-junit, gotestsum, nextest, PHPUnit, Bazel and others write it; nested suites, reruns and flaky cases.",
		Detect: results.DetectJUnit, Decode: results.DecodeJUnit,
	},
	{
		Name: "nunit", Title: "NUnit", Kind: "tests",
		Note:   "The results of NUnit 2 and 3; inconclusive and ignored tests are skipped with the reason.",
		Detect: results.DetectNUnit, Decode: results.DecodeNUnit,
	},
	{
		Name: "xunit", Title: "xUnit.net", Kind: "tests",
		Note:   "The results of xUnit.net v1 to v3; errors outside of tests are shown.",
		Detect: results.DetectXUnit, Decode: results.DecodeXUnit,
	},
	{
		Name: "trx", Title: "TRX", Kind: "tests",
		Note:   "MSTest and dotnet test --logger trx; the rows of a data-driven test are the cases; an aborted test is errored.",
		Detect: results.DetectTRX, Decode: results.DecodeTRX,
	},
	{
		Name: "robot", Title: "Robot Framework", Kind: "tests",
		Note:   "output.xml; a teardown of a suite that failed is shown although the tests are written as passed.",
		Detect: results.DetectRobot, Decode: results.DecodeRobot,
	},
	{
		Name: "ctest", Title: "CTest", Kind: "tests",
		Note:   "Test.xml of ctest -T Test; what crashed, took too long or could not run is errored.",
		Detect: results.DetectCTest, Decode: results.DecodeCTest,
	},
	{
		Name: "checkstyle", Title: "Checkstyle XML", Kind: "findings",
		Note:   "As Checkstyle, PHP_CodeSniffer, ktlint, detekt, golangci-lint and others write it.",
		Detect: findings.DetectCheckstyle, Decode: findings.DecodeCheckstyle,
	},
	{
		Name: "spotbugs", Title: "SpotBugs XML", Kind: "findings",
		Note:   "Also FindBugs; the line is that of the bug, else of its method.",
		Detect: findings.DetectSpotBugs, Decode: findings.DecodeSpotBugs,
	},
	{
		Name: "pmd", Title: "PMD XML", Kind: "findings",
		Note:   "Suppressed violations are counted apart; a file that could not be read is not a clean scan.",
		Detect: findings.DetectPMD, Decode: findings.DecodePMD,
	},
	{
		Name: "cpd", Title: "CPD XML", Kind: "findings",
		Note:   "The duplications that PMD's copy and paste detector finds, each at the first of its places.",
		Detect: findings.DetectCPD, Decode: findings.DecodeCPD,
	},
	{
		Name: "cobertura", Title: "Cobertura XML", Kind: "coverage",
		Note:   "As coverage.py, gcovr, Coverlet, Istanbul and others write it; joined by file and line.",
		Detect: coverage.DetectCobertura, Decode: coverage.DecodeCobertura,
	},
	{
		Name: "clover", Title: "Clover XML", Kind: "coverage",
		Note:   "As OpenClover, PHPUnit and Istanbul write it; statements and conditions.",
		Detect: coverage.DetectClover, Decode: coverage.DecodeClover,
	},
	{
		Name: "jacoco", Title: "JaCoCo XML", Kind: "coverage",
		Note:   "A line was executed when one of its instructions was.",
		Detect: coverage.DetectJaCoCo, Decode: coverage.DecodeJaCoCo,
	},
	{
		Name: "opencover", Title: "OpenCover XML", Kind: "coverage",
		Note:   "As OpenCover, Coverlet and AltCover write it; a line was executed when a sequence point in it was.",
		Detect: coverage.DetectOpenCover, Decode: coverage.DecodeOpenCover,
	},
}

// reportFormats are all others.
var reportFormats = []Format{
	{
		Name: "gotest", Title: "go test -json", Kind: "tests",
		Note:   "Also gotestsum --jsonfile; tests are counted with their parents; failed builds, panics and reruns are told apart.",
		Detect: results.DetectGoTest, Decode: results.DecodeGoTest,
	},
	{
		Name: "sarif", Title: "SARIF 2.1.0", Kind: "findings",
		Note:   "Levels resolved through rules and extensions; suppressed results are counted apart; a failed invocation is not a clean scan.",
		Detect: findings.DetectSARIF, Decode: findings.DecodeSARIF,
	},
	{
		Name: "ctrf", Title: "CTRF", Kind: "tests",
		Note:   "Common Test Report Format 1.0, with retries and flaky tests.",
		Detect: results.DetectCTRF, Decode: results.DecodeCTRF,
	},
	{
		Name: "playwright", Title: "Playwright JSON", Kind: "tests",
		Note:   "The output of Playwright's JSON reporter; the results of a test are its attempts, flaky is what Playwright calls flaky; errors outside of tests are shown.",
		Detect: results.DetectPlaywright, Decode: results.DecodePlaywright,
	},
	{
		Name: "jest", Title: "Jest JSON", Kind: "tests",
		Note:   "jest --json and Vitest's JSON reporter; retried tests are flaky; files that could not be loaded are shown apart from tests.",
		Detect: results.DetectJest, Decode: results.DecodeJest,
	},
	{
		Name: "mocha", Title: "Mocha JSON", Kind: "tests",
		Note:   "The output of Mocha's JSON reporter; failed hooks are shown apart from tests.",
		Detect: results.DetectMocha, Decode: results.DecodeMocha,
	},
	{
		Name: "rspec", Title: "RSpec JSON", Kind: "tests",
		Note:   "rspec --format json; errors outside of examples are shown.",
		Detect: results.DetectRSpec, Decode: results.DecodeRSpec,
	},
	{
		Name: "dart", Title: "Dart test JSON", Kind: "tests",
		Note:   "dart test --reporter json and flutter test --machine.",
		Detect: results.DetectDart, Decode: results.DecodeDart,
	},
	{
		Name: "cucumber", Title: "Cucumber JSON", Kind: "tests",
		Note:   "Also Behave; a failed background or hook fails its scenario, undefined and pending steps are errors.",
		Detect: results.DetectCucumber, Decode: results.DecodeCucumber,
	},
	{
		Name: "allure", Title: "Allure result", Kind: "tests",
		Note:   "*-result.json of allure-results, a test to a file; broken tests and those of unknown status are errored.",
		Detect: results.DetectAllure, Decode: results.DecodeAllure,
	},
	{
		Name: "eslint", Title: "ESLint JSON", Kind: "findings",
		Note:   "The formatters json and json-with-metadata; suppressed messages are counted apart.",
		Detect: findings.DetectESLint, Decode: findings.DecodeESLint,
	},
	{
		Name: "codeclimate", Title: "Code Climate, GitLab Code Quality", Kind: "findings",
		Note:   "A list of issues, or one document after the other; major is an error, as converters write it.",
		Detect: findings.DetectCodeClimate, Decode: findings.DecodeCodeClimate,
	},
	{
		Name: "golangci", Title: "golangci-lint JSON", Kind: "findings",
		Note:   "An issue without a severity is an error; a run that failed is not a clean scan.",
		Detect: findings.DetectGolangci, Decode: findings.DecodeGolangci,
	},
	{
		Name: "semgrep", Title: "Semgrep JSON", Kind: "findings",
		Note:   "Ignored results are counted apart; an error of the scan is not a clean scan.",
		Detect: findings.DetectSemgrep, Decode: findings.DecodeSemgrep,
	},
	{
		Name: "trivy", Title: "Trivy JSON", Kind: "findings",
		Note:   "Vulnerabilities, misconfigurations, secrets and licences.",
		Detect: findings.DetectTrivy, Decode: findings.DecodeTrivy,
	},
	{
		Name: "grype", Title: "Grype JSON", Kind: "findings",
		Note:   "Ignored matches are counted apart.",
		Detect: findings.DetectGrype, Decode: findings.DecodeGrype,
	},
	{
		Name: "osv-scanner", Title: "OSV-Scanner JSON", Kind: "findings",
		Note:   "What several databases call the same counts once.",
		Detect: findings.DetectOSV, Decode: findings.DecodeOSV,
	},
	{
		Name: "npm-audit", Title: "npm audit JSON", Kind: "findings",
		Note:   "A package counts once, as npm counts; also npm 6 and pnpm; an error of the registry is not a clean audit.",
		Detect: findings.DetectNPMAudit, Decode: findings.DecodeNPMAudit,
	},
	{
		Name: "lcov", Title: "LCOV tracefile", Kind: "coverage",
		Note:   "Sections of one file are joined; branches and functions are left aside.",
		Detect: coverage.DetectLCOV, Decode: coverage.DecodeLCOV,
	},
	{
		Name: "gocover", Title: "Go cover profile", Kind: "coverage",
		Note:   "go test -coverprofile; the numbers are statements, as the go command counts, the lists are lines.",
		Detect: coverage.DetectGoCover, Decode: coverage.DecodeGoCover,
	},
	{
		Name: "istanbul", Title: "Istanbul JSON", Kind: "coverage",
		Note:   "coverage-final.json of Istanbul, nyc, c8, Jest and Vitest; a line was executed when a statement in it was.",
		Detect: coverage.DetectIstanbul, Decode: coverage.DecodeIstanbul,
	},
	{
		Name: "istanbul-summary", Title: "Istanbul summary", Kind: "coverage",
		Note:   "coverage-summary.json: numbers of lines only.",
		Detect: coverage.DetectIstanbulSummary, Decode: coverage.DecodeIstanbulSummary,
	},
	{
		Name: "coveragepy", Title: "coverage.py JSON", Kind: "coverage",
		Note:   "coverage json; excluded lines do not count.",
		Detect: coverage.DetectCoveragePy, Decode: coverage.DecodeCoveragePy,
	},
	{
		Name: "simplecov", Title: "SimpleCov JSON", Kind: "coverage",
		Note:   ".resultset.json and the report of simplecov_json_formatter.",
		Detect: coverage.DetectSimpleCov, Decode: coverage.DecodeSimpleCov,
	},
	{
		Name: "llvm-cov", Title: "llvm-cov JSON", Kind: "coverage",
		Note:   "llvm-cov export, as cargo-llvm-cov and Swift write it too; lines follow from the segments, as llvm-cov counts them.",
		Detect: coverage.DetectLLVMCov, Decode: coverage.DecodeLLVMCov,
	},
	{
		Name: "cyclonedx", Title: "CycloneDX", Kind: "sbom",
		Note:   "JSON and XML; numbers of components and vulnerabilities only.",
		Detect: findings.DetectCycloneDX, Decode: findings.DecodeCycloneDX,
	},
	{
		Name: "spdx", Title: "SPDX", Kind: "sbom",
		Note:   "JSON, tag-value and JSON-LD; number of packages only.",
		Detect: findings.DetectSPDX, Decode: findings.DecodeSPDX,
	},
	{
		Name: "rdjson", Title: "Reviewdog Diagnostic Format", Kind: "findings",
		Note:   "rdjson and rdjsonl; a scan for each source.",
		Detect: findings.DetectRDJSON, Decode: findings.DecodeRDJSON,
	},
	{
		Name: "tap", Title: "TAP", Kind: "tests",
		Note:   "Test Anything Protocol 12 to 14; subtests are summed up by their parent; tests planned and not run are stated.",
		Detect: results.DetectTAP, Decode: results.DecodeTAP,
	},
	{
		Name: "diagnostics", Title: "Output of compilers and checkers", Kind: "findings",
		Note:   "Lines as tsc, mypy, gcc, clang, ruff, flake8 and pylint print them; notes do not count.",
		Detect: findings.DetectDiagnostics, Decode: findings.DecodeDiagnostics,
	},
}
