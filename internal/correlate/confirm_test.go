package correlate

import (
	"testing"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// A result file is verified by the job of its run that tests, where that agrees with
// it, and by nothing else.
func TestThreatResultsConfirmed(t *testing.T) {
	passed, failed := evidence.Counts{Total: 2, Passed: 2}, evidence.Counts{Total: 2, Passed: 1, Failed: 1}
	job := func(name string, c evidence.Conclusion) evidence.Check {
		return evidence.Check{
			Origin: evidence.Origin{Basis: evidence.Observed, Class: evidence.FromService}, Name: name, RunID: 5, Status: evidence.CheckCompleted, Conclusion: c,
			Definition: &evidence.Definition{State: evidence.DefinitionUnchanged, Path: ".github/workflows/ci.yml"},
		}
	}
	with := func(c evidence.Check, change func(*evidence.Check)) evidence.Check {
		d := *c.Definition
		c.Definition = &d
		change(&c)
		return c
	}
	success, failure := job("unit tests", evidence.ConclusionSuccess), job("unit tests", evidence.ConclusionFailure)
	tests := map[string]struct {
		counts evidence.Counts
		checks []evidence.Check
		want   string // what confirms it
	}{
		"both passed":            {passed, []evidence.Check{success, job("lint", evidence.ConclusionFailure)}, "job unit tests succeeded"},
		"both failed":            {failed, []evidence.Check{failure}, "job unit tests failed"},
		"they disagree":          {passed, []evidence.Check{failure}, ""},
		"they disagree, too":     {failed, []evidence.Check{success}, ""},
		"one of two jobs failed": {passed, []evidence.Check{success, job("e2e", evidence.ConclusionFailure)}, ""},
		"which of two failed":    {failed, []evidence.Check{failure, job("e2e", evidence.ConclusionSuccess)}, ""},
		"no job tests":           {passed, []evidence.Check{job("lint", evidence.ConclusionSuccess)}, ""},
		"nothing passed":         {evidence.Counts{}, []evidence.Check{success}, ""},
		"still running":          {passed, []evidence.Check{job("unit tests", "")}, ""},
		"of another run":         {passed, []evidence.Check{with(success, func(c *evidence.Check) { c.RunID = 6 })}, ""},
		"the change's own job":   {passed, []evidence.Check{with(success, func(c *evidence.Check) { c.Definition.State = evidence.DefinitionChanged })}, ""},
		"one job of two is":      {passed, []evidence.Check{success, with(success, func(c *evidence.Check) { c.Definition.State = evidence.DefinitionChanged })}, ""},
		"not known whose job":    {passed, []evidence.Check{with(success, func(c *evidence.Check) { c.Definition.State = evidence.DefinitionUnknown })}, ""},
		"a check of no workflow": {passed, []evidence.Check{with(success, func(c *evidence.Check) { c.Definition.Path = "" })}, ""},
		"only reported":          {passed, []evidence.Check{with(success, func(c *evidence.Check) { c.Origin.Basis = evidence.Reported })}, ""},
	}
	for name, tt := range tests {
		o := evidence.Origin{Basis: evidence.Reported, Class: evidence.FromArtifact, URI: "results/junit.xml", Digest: "sha256:1"}
		rec := &evidence.Record{}
		rec.Checks, rec.Suites, rec.Inputs = tt.checks, []evidence.Suite{{Origin: o, Counts: tt.counts}}, []evidence.Input{{Origin: o, RunID: 5}}
		confirmSuites(rec)
		got := rec.Suites[0].Origin
		if got.Confirmed != tt.want || (got.Basis == evidence.Verified) != (tt.want != "") {
			t.Errorf("%s: %+v, want %q", name, got, tt.want)
		}
		told := o
		told.RecordedBy = "https://github.com/o/r/actions/runs/1"
		rec.Suites[0].Origin, rec.Inputs = o, []evidence.Input{{Origin: told, RunID: 5}}
		if confirmSuites(rec); rec.Suites[0].Origin.Basis != evidence.Reported {
			t.Errorf("%s: an earlier record says who uploaded it: %+v", name, rec.Suites[0].Origin)
		}
		rec.Inputs = []evidence.Input{{Origin: o, RunID: 5}}
		rec.Suites[0].Origin, rec.Inputs = o, append(rec.Inputs, evidence.Input{Origin: o, RunID: 6})
		if confirmSuites(rec); rec.Suites[0].Origin.Basis != evidence.Reported {
			t.Errorf("%s: bytes of two runs: %+v", name, rec.Suites[0].Origin)
		}
	}
}
