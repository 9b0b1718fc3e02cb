package results

import (
	"io"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// DetectCoveragePy knows the JSON report of coverage.py by the lists of a file.
func DetectCoveragePy(_ string, head []byte) bool {
	s := shapeOf(head, "meta", "files")
	return s.any("files.*.executed_lines", "files.*.missing_lines") || s.has("meta.branch_coverage", "meta.show_contexts")
}

// DecodeCoveragePy reads the report of "coverage json". Excluded lines do not
// count.
func DecodeCoveragePy(r io.Reader) (evidence.Fragment, error) {
	j, set, found := newJSONReader(r), newLineSet(), false
	for j.more() {
		members(j, map[string]func(){"files": func() {
			found = j.object(func(called string) {
				f := set.file(uriSlashes(called))
				lines := func(executed bool) func() {
					return func() {
						j.array(func() {
							n, _ := j.integer()
							set.add(f, n, executed)
						})
					}
				}
				members(j, map[string]func(){"executed_lines": lines(true), "missing_lines": lines(false)})
			}) || found
		}})
	}
	return coverageOf("coveragepy", set, found, j.problem())
}

// coverageOf is the coverage that was read from a file with a list of files.
func coverageOf(format string, set *lineSet, found bool, err error) (evidence.Fragment, error) {
	err = set.problem(err)
	if !found {
		if err == nil {
			err = evidence.Errorf(evidence.Unreadable, "no list of files")
		}
		return evidence.Fragment{}, err
	}
	return evidence.Fragment{Coverage: []evidence.Coverage{set.finish(format)}}, err
}
