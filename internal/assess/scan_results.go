package assess

import (
	"github.com/mergebrief/mergebrief/internal/evidence"
)

var scanResults = Rule{
	ID: "scan-results", Level: evidence.LevelWarning,
	Sees:   "Results of linters and scanners. Those on added lines count with their own level; the others are counted and stay a note.",
	Why:    "What is old is not this change's business, and what is on its lines is.",
	Accept: "Repair or suppress the result where the tool keeps its suppressions.",
	check:  results,
}

func results(f *facts) []found {
	var all []found
	elsewhere := 0
	var facts []evidence.Ref
	var bases []evidence.Basis
	for i, s := range f.Scans {
		for k, r := range s.Results {
			place := []evidence.LineRange{{First: r.Line, Last: max(r.Line, r.EndLine)}}
			if r.Line <= 0 || len(evidence.IntersectRanges(f.lines.added(r.Path), place)) == 0 {
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
	if elsewhere > 0 {
		all = append(all, found{
			about: "elsewhere", says: say("scan-results.elsewhere", asCount("results", elsewhere)), level: evidence.LevelNote,
			facts: facts, bases: bases,
		})
	}
	return all
}

func resultText(s evidence.Scan, r evidence.Result) []evidence.Text {
	return say("scan-results", asProse("tool", s.Tool), asProse("rule", r.Rule), asWord("severity", r.Severity), asProse("message", r.Message))
}
