package gather

import (
	"path"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/mergebrief/mergebrief/internal/agents"
)

// A Place is a kind of evidence and the names that its files usually have.
type Place struct {
	// What the files hold, for people: "Test results".
	Holds string
	// Patterns (doublestar) for their names in the workspace.
	Patterns []string
}

// UsualPlaces lists where results and transcripts usually are. A name only says
// that a file is worth a look: what it holds decides whether it is evidence.
func UsualPlaces() []Place {
	return append(slices.Clone(usualPlaces), Place{"Agent transcripts", slices.Concat(transcripts, agents.Known().Workspace())})
}

var usualPlaces = []Place{
	{"Test results", []string{
		"**/*junit*.xml", "**/TEST-*.xml", "**/TestResult*.xml", "**/*.trx", "**/*test-results*.xml", "**/*test_results*.xml",
		"**/test-results/**/*.xml", "**/test-reports/**/*.xml", "**/surefire-reports/*.xml", "**/failsafe-reports/*.xml",
		"**/report.xml", "**/*test-report*.xml", "**/results.xml", "**/*pytest*.xml", "**/*unit-tests*.xml", "**/*unittests*.xml",
		"**/*nunit*.xml", "**/*xunit*.xml",
		"**/go-test*.json", "**/gotest*.json", "**/*test-report*.json", "**/*test-results*.json", "**/test-results/**/*.json",
		"**/*ctrf*.json", "**/jest-results*.json", "**/playwright-report/*.json", "**/*.tap", "**/results.json",
		"**/jest.json", "**/jest-report*.json", "**/vitest.json", "**/vitest-report*.json", "**/playwright.json", "**/playwright-results*.json",
		"**/mocha.json", "**/mocha-report*.json", "**/rspec.json", "**/rspec_results*.json", "**/cucumber*.json", "**/*-result.json",
		"**/output.xml", "**/Test.xml", "**/testng-results.xml", "**/libtest.json", "**/reportlog*.jsonl", "**/pytest*report*.json",
		"**/k6-summary.json", "**/bep.json",
	}},
	{"Findings", []string{
		"**/*.sarif", "**/*.sarif.json", "**/checkstyle*.xml", "**/eslint*report*.json", "**/*.rdjson", "**/*.rdjsonl",
		"**/eslint.json", "**/*code-quality-report*.json", "**/codeclimate*.json", "**/golangci*.json", "**/semgrep*.json", "**/trivy*.json",
		"**/grype*.json", "**/osv*.json", "**/npm-audit*.json", "**/spotbugs*.xml", "**/pmd*.xml", "**/cpd*.xml", "**/mypy*.txt", "**/tsc*.txt",
		"**/ruff*.json", "**/pylint*.json", "**/phpstan.json", "**/phpstan*report*.json", "**/lint-results*.xml", "**/sonar-*.xml", "**/sonar-*.json",
	}},
	{"Coverage", []string{
		"**/coverage*.xml", "**/cobertura*.xml", "**/jacoco*.xml", "**/clover.xml", "**/lcov*.info", "**/*.lcov",
		"**/coverage.out", "**/coverage.txt", "**/cover.out", "**/c.out", "**/profile.cov", "**/*.coverprofile",
		"**/coverage.json", "**/coverage-final.json", "**/coverage-summary.json", "**/.resultset.json", "**/opencover*.xml", "**/llvm-cov*.json",
	}},
	{"Bills of materials", []string{
		"**/bom.json", "**/bom.xml", "**/*.cdx.json", "**/*.cdx.xml", "**/*.spdx", "**/*.spdx.json",
	}},
	{"Records of commands and lines", []string{
		"**/agent-run.json", "**/*.agent-run.json", ".mergebrief/**/*.json", ".mergebrief/**/*.jsonl",
		".agent-trace/**/*.json", ".agent-trace/**/*.jsonl",
	}},
}

// transcripts are names that several agents and wrappers of them use.
var transcripts = []string{"**/transcript*.jsonl", "**/*transcript*.json", "**/*session*.jsonl"}

// DefaultPatterns are the patterns of all usual places.
func DefaultPatterns() []string {
	var all []string
	for _, p := range UsualPlaces() {
		all = append(all, p.Patterns...)
	}
	return all
}

// glob is a pattern, prepared for a walk over very many names.
type glob struct {
	// Pattern of the whole path, and of its last part where that decides alone.
	path, name string
	// How the names end that can match; most files of a tree end otherwise.
	end string
}

func newGlob(pattern string) glob {
	end := pattern[strings.LastIndexAny(pattern, `*?[]{}\/`)+1:]
	if name, ok := strings.CutPrefix(pattern, "**/"); ok && !strings.Contains(name, "/") && !strings.Contains(name, "{") {
		return glob{pattern, name, end}
	}
	return glob{path: pattern, end: end}
}

func (g glob) match(file string) bool {
	if !strings.HasSuffix(file, g.end) {
		return false
	}
	if g.name != "" {
		return doublestar.MatchUnvalidated(g.name, path.Base(file))
	}
	return doublestar.MatchUnvalidated(g.path, file)
}

// literal reports whether a pattern names one file.
func literal(pattern string) bool { return !strings.ContainsAny(pattern, `*?[{\`) }
