package findings

import (
	"cmp"
	"io"
	"slices"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/format/lex"
)

const (
	// maxResults is the number of results that a scan lists beside those on lines of
	// the change; GitHub shows the top 5,000 of an upload, a reviewer reads tens.
	maxResults = 500
	// maxHeldResults is the number of results that are held until their rules
	// are known, which may stand after them.
	maxHeldResults = 5000
)

// scan builds a scan from the results of a linter.
type scan struct {
	evidence.Scan
	cut lex.Cut
	// All results that are given were chosen already.
	chosen bool
}

// newScan begins a scan. r is what the decoder was given: it may know what the
// change touches.
func newScan(format, tool string, r io.Reader) *scan {
	return &scan{Scan: evidence.Scan{Format: format, Tool: lex.Name(tool)}, cut: lex.NewCut(r)}
}

// add counts a result and keeps it while there is room. signed is the text that
// identifies it beside its rule and path.
func (s *scan) add(r evidence.Result, signed string) {
	count(&s.Counts, r.Level)
	if len(s.Results) >= maxHeldResults && !s.chosen && !s.cut.Room(r.Path, r.Line, r.EndLine) {
		s.ResultsOmitted++
		return
	}
	r.Rule, r.Path, r.Message = lex.Name(r.Rule), lex.Path(r.Path), lex.Message(r.Message)
	if r.Signature == "" {
		r.Signature = lex.Signature(s.Tool, r.Rule+"\x00"+r.Path, cmp.Or(signed, r.Message))
	}
	s.Results = append(s.Results, r)
}

// count adds a result of the level.
func count(c *evidence.LevelCounts, level evidence.Level) {
	c.Total++
	switch level {
	case evidence.LevelError:
		c.Error++
	case evidence.LevelWarning:
		c.Warning++
	case evidence.LevelNote:
		c.Note++
	}
}

// finish sorts the results, the gravest first, and cuts those at the limit that
// cannot be on lines of the change.
func (s *scan) finish() evidence.Scan {
	slices.SortStableFunc(s.Results, func(a, b evidence.Result) int {
		return cmp.Or(cmp.Compare(grade(a.Level), grade(b.Level)), cmp.Compare(severityGrade(a.Severity), severityGrade(b.Severity)))
	})
	kept, omitted := lex.Shorten(s.Results, maxResults, func(r *evidence.Result) bool {
		return r.Line > 0 && s.cut.Matters(r.Path, r.Line, r.EndLine)
	})
	s.Results = kept
	s.ResultsOmitted += omitted
	return s.Scan
}

// grade orders levels from the gravest.
func grade(l evidence.Level) int {
	switch l {
	case evidence.LevelError:
		return 0
	case evidence.LevelWarning:
		return 1
	case evidence.LevelNote:
		return 2
	}
	return 3
}

func severityGrade(s evidence.Severity) int {
	switch s {
	case evidence.SeverityCritical:
		return 0
	case evidence.SeverityHigh:
		return 1
	case evidence.SeverityMedium:
		return 2
	case evidence.SeverityLow:
		return 3
	}
	return 4
}

// levelOf reads the severity of Checkstyle, reviewdog and others. What is not
// known is a warning, as in SARIF: a result is there, and nothing says that it
// does not matter.
func levelOf(severity string) evidence.Level {
	switch strings.ToLower(strings.TrimSpace(severity)) {
	case "error", "err", "fatal", "critical", "blocker":
		return evidence.LevelError
	case "info", "information", "informational", "note", "hint", "notice", "style":
		return evidence.LevelNote
	}
	return evidence.LevelWarning
}
