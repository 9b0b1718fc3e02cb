package coverage

import (
	"io"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/format/lex"
)

// DetectCoveragePy knows the JSON report of coverage.py by the lists of a file.
func DetectCoveragePy(_ string, head []byte) bool {
	s := lex.ShapeOf(head, "meta", "files")
	return s.Any("files.*.executed_lines", "files.*.missing_lines") || s.Has("meta.branch_coverage", "meta.show_contexts")
}

// DecodeCoveragePy reads the report of "coverage json". Excluded lines do not
// count.
func DecodeCoveragePy(r io.Reader) (evidence.Fragment, error) {
	j, set, found := lex.NewJSON(r), newLineSet(), false
	for j.More() {
		j.Members(map[string]func(){"files": func() {
			found = j.Object(func(called string) {
				f := set.file(lex.Slashes(called))
				lines := func(executed bool) func() {
					return func() {
						j.Array(func() {
							n, _ := j.Integer()
							set.add(f, n, executed)
						})
					}
				}
				j.Members(map[string]func(){"executed_lines": lines(true), "missing_lines": lines(false)})
			}) || found
		}})
	}
	return coverageOf("coveragepy", set, found, j.Problem())
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
