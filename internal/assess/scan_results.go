package assess

import (
	"slices"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

var scanResults = Rule{
	ID: "scan-results", Level: evidence.LevelWarning,
	Sees:   "Results of linters and scanners. Those on added lines count with their own level. Those without a line in the repository, such as of an image or a whole build, are counted with the gravest, as a warning if that is an error. The others are counted and stay a note.",
	Why:    "What is old is not this change's business, and what is on its lines is. A result without a line may be either.",
	Accept: "Repair or suppress the result where the tool keeps its suppressions.",
	check:  results,
}

func results(f *facts) []found {
	var all []found
	elsewhere := 0
	var loose unplaced
	var facts []evidence.Ref
	var bases []evidence.Basis
	for i, s := range f.Scans {
		for k, r := range s.Results {
			place := []evidence.LineRange{{First: r.Line, Last: max(r.Line, r.EndLine)}}
			if r.Path == "" || r.Line <= 0 || r.Outside {
				loose.add(i, k, s, r)
				continue
			}
			if len(evidence.IntersectRanges(f.lines.added(r.Path), place)) == 0 {
				elsewhere++
				continue
			}
			all = append(all, found{
				about: s.Tool + "\x00" + r.Rule + "\x00" + r.Signature, says: resultText(s, r), level: r.Level, spans: spans(r.Path, place),
				facts: []evidence.Ref{evidence.RefTo(evidence.ListScans, i).In(evidence.ListResults, k)}, bases: []evidence.Basis{s.Origin.Basis},
			})
		}
		elsewhere += s.ResultsOmitted
		facts, bases = append(facts, evidence.RefTo(evidence.ListScans, i)), append(bases, s.Origin.Basis)
	}
	if loose.count > 0 {
		all = append(all, loose.found())
	}
	if elsewhere > 0 {
		all = append(all, found{
			about: "elsewhere", says: say("scan-results.elsewhere", asCount("results", elsewhere)), level: evidence.LevelNote,
			facts: facts, bases: bases,
		})
	}
	return all
}

// unplaced collects results that name no line, of which nobody can say whether
// the change brought them.
type unplaced struct {
	count int
	facts []evidence.Ref
	bases []evidence.Basis
	// The gravest of them, the first of several.
	worst evidence.Result
	scan  evidence.Scan
}

func (u *unplaced) add(scan, result int, s evidence.Scan, r evidence.Result) {
	if u.count++; u.count == 1 || graver(r, u.worst) {
		u.worst, u.scan = r, s
	}
	u.facts = append(u.facts, evidence.RefTo(evidence.ListScans, scan).In(evidence.ListResults, result))
	u.bases = append(u.bases, s.Origin.Basis)
}

func (u *unplaced) found() found {
	level := evidence.LevelNote
	if u.worst.Level == evidence.LevelError {
		level = evidence.LevelWarning
	}
	r := u.worst
	return found{
		about: "without a line", level: level, facts: u.facts, bases: u.bases,
		says: say("scan-results.unplaced", asCount("results", u.count), asProse("tool", u.scan.Tool), asProse("rule", r.Rule), asWord("severity", r.Severity), asProse("message", r.Message)),
	}
}

// graver orders results by level, then by severity.
func graver(a, b evidence.Result) bool {
	rank := func(r evidence.Result) int {
		levels := []evidence.Level{evidence.LevelError, evidence.LevelWarning, evidence.LevelNote}
		severities := []evidence.Severity{evidence.SeverityCritical, evidence.SeverityHigh, evidence.SeverityMedium, evidence.SeverityLow}
		place := func(i, n int) int {
			if i < 0 {
				return n
			}
			return i
		}
		return place(slices.Index(levels, r.Level), len(levels))*8 + place(slices.Index(severities, r.Severity), len(severities))
	}
	return rank(a) < rank(b)
}

func resultText(s evidence.Scan, r evidence.Result) []evidence.Text {
	return say("scan-results", asProse("tool", s.Tool), asProse("rule", r.Rule), asWord("severity", r.Severity), asProse("message", r.Message))
}
