package findings

import (
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/format/lex"
)

// gravity is how grave a tool calls a result, in SARIF's words and, for a
// vulnerability, in those of GitHub.
type gravity struct {
	level    evidence.Level
	severity evidence.Severity
}

// gravities are the words of one tool, in lower case.
type gravities map[string]gravity

// of is the gravity that the word has. What is not known is a warning, as in
// SARIF: a result is there, and nothing says that it does not matter.
func (g gravities) of(word string) gravity {
	if known, ok := g[strings.ToLower(strings.TrimSpace(word))]; ok {
		return known
	}
	return gravity{level: evidence.LevelWarning}
}

// The words of each tool, with the levels that its own SARIF output gives them
// where it has one.
var (
	// Trivy, Grype, Semgrep's rules for dependencies, and the databases of OSV.
	vulnerabilityWords = gravities{
		"critical":   {evidence.LevelError, evidence.SeverityCritical},
		"high":       {evidence.LevelError, evidence.SeverityHigh},
		"medium":     {evidence.LevelWarning, evidence.SeverityMedium},
		"moderate":   {evidence.LevelWarning, evidence.SeverityMedium},
		"low":        {evidence.LevelNote, evidence.SeverityLow},
		"negligible": {evidence.LevelNote, ""},
		"info":       {evidence.LevelNote, ""},
	}
	// Code Climate and GitLab. Converters write ESLint's and others' errors as
	// "major" and their warnings as "minor".
	codeClimateWords = gravities{
		"blocker":  {evidence.LevelError, ""},
		"critical": {evidence.LevelError, ""},
		"major":    {evidence.LevelError, ""},
		"minor":    {evidence.LevelWarning, ""},
		"info":     {evidence.LevelNote, ""},
	}
	semgrepWords = gravities{
		"error":      {evidence.LevelError, ""},
		"warning":    {evidence.LevelWarning, ""},
		"info":       {evidence.LevelNote, ""},
		"inventory":  {evidence.LevelNote, ""},
		"experiment": {evidence.LevelNote, ""},
		"critical":   {evidence.LevelError, evidence.SeverityCritical},
		"high":       {evidence.LevelError, evidence.SeverityHigh},
		"medium":     {evidence.LevelWarning, evidence.SeverityMedium},
		"low":        {evidence.LevelNote, evidence.SeverityLow},
	}
	// Priorities: 1 is high.
	spotBugsPriorities = gravities{
		"1": {evidence.LevelError, ""}, "2": {evidence.LevelWarning, ""}, "3": {evidence.LevelNote, ""}, "4": {evidence.LevelNote, ""}, "5": {evidence.LevelNone, ""},
	}
	// Priorities: 1 is high, 5 is low.
	pmdPriorities = gravities{
		"1": {evidence.LevelError, ""}, "2": {evidence.LevelError, ""}, "3": {evidence.LevelWarning, ""}, "4": {evidence.LevelNote, ""}, "5": {evidence.LevelNote, ""},
	}
	// An issue without a severity is an error: it fails the run.
	golangciWords = gravities{
		"": {evidence.LevelError, ""}, "error": {evidence.LevelError, ""}, "high": {evidence.LevelError, ""}, "critical": {evidence.LevelError, ""},
		"warning": {evidence.LevelWarning, ""}, "medium": {evidence.LevelWarning, ""},
		"info": {evidence.LevelNote, ""}, "note": {evidence.LevelNote, ""}, "low": {evidence.LevelNote, ""},
	}
	// Compilers and type checkers.
	compilerWords = gravities{
		"error": {evidence.LevelError, ""}, "fatal error": {evidence.LevelError, ""}, "warning": {evidence.LevelWarning, ""},
		"note": {evidence.LevelNote, ""}, "info": {evidence.LevelNote, ""}, "remark": {evidence.LevelNote, ""},
	}
)

// gravityOfScore is the gravity of a CVSS score.
func gravityOfScore(score string) gravity {
	severity := severityOf(score)
	g := vulnerabilityWords.of(string(severity))
	g.severity = severity
	return g
}

// didNotRun notes that the zero of the scan is none. The first reason stays.
func (s *scan) didNotRun(said string) {
	s.DidNotRun = true
	if s.Message == "" {
		s.Message = lex.Message(said)
	}
}

// suppressed counts a result that somebody decided not to act upon.
func (s *scan) suppressed() {
	s.Counts.Total++
	s.Counts.Suppressed++
}

// findingsOf is the scan that was read from a file with a list of results.
func findingsOf(s *scan, found bool, err error) (evidence.Fragment, error) {
	if !found && s.Counts.Total == 0 && !s.DidNotRun {
		if err == nil {
			err = evidence.Errorf(evidence.Unreadable, "no list of results")
		}
		return evidence.Fragment{}, err
	}
	return evidence.Fragment{Scans: []evidence.Scan{s.finish()}}, err
}
