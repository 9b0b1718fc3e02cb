package correlate

import (
	"slices"

	"github.com/mergebrief/mergebrief/internal/classify"
	"github.com/mergebrief/mergebrief/internal/evidence"
)

// confirmSuites verifies the test results with which the conclusion of the job that
// uploaded them agrees: the file says that all passed and the job succeeded, or both
// failed. GitHub does not tell which job of a run uploaded an artifact, so that all jobs
// of the run that test have to agree, and a failure has to be of the only one. A job
// that the change defines confirms nothing: it is the change's own word again.
func confirmSuites(rec *evidence.Record) {
	runs := artifactRuns(rec.Inputs)
	for i := range rec.Suites {
		s := &rec.Suites[i]
		run := runs[s.Origin.Digest]
		if s.Origin.Digest == "" || run == 0 {
			continue
		}
		jobs := testJobs(rec.Checks, run)
		failed := s.Counts.Bad() > 0 || len(s.Broken) > 0
		passed := !failed && s.Counts.Passed > 0
		switch {
		case passed && len(jobs) > 0 && !slices.ContainsFunc(jobs, func(c evidence.Check) bool { return c.Conclusion != evidence.ConclusionSuccess }):
			s.Origin = s.Origin.ConfirmedBy(jobs[0].Origin, "job "+jobs[0].Name+" succeeded")
		case failed && len(jobs) == 1 && jobs[0].Failed():
			s.Origin = s.Origin.ConfirmedBy(jobs[0].Origin, "job "+jobs[0].Name+" failed")
		}
	}
}

// artifactRuns returns the workflow run that uploaded a file, by its digest. Bytes that
// several runs uploaded are of none.
func artifactRuns(inputs []evidence.Input) map[string]int64 {
	runs := map[string]int64{}
	for _, in := range inputs {
		digest := in.Origin.Digest
		// What an earlier record says of a file, any job can have written.
		if in.RunID == 0 || digest == "" || in.Origin.RecordedBy != "" {
			continue
		}
		if have, known := runs[digest]; known && have != in.RunID {
			runs[digest] = 0
			continue
		}
		runs[digest] = in.RunID
	}
	return runs
}

// testJobs lists the jobs of a run that test, by what they are called, if none of them
// is of the change's own making.
func testJobs(checks []evidence.Check, run int64) []evidence.Check {
	var jobs []evidence.Check
	for _, c := range checks {
		switch {
		case c.RunID != run || !classify.Validates(c, evidence.ClassTest):
		case c.Definition == nil || !c.Definition.Independent() || c.Definition.Path == "":
			return nil
		default:
			jobs = append(jobs, c)
		}
	}
	return jobs
}
