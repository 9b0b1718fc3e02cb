package correlate

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// maxUnmatched is how many files a gap names.
const maxUnmatched = 5

// locate gives the files that reports speak about the paths that they have in
// the repository, and keeps the coverage of those that the change touches. The
// paths in reports are those of the machine or the package that was tested.
func locate(f *evidence.Fragment) {
	if len(f.Tree) == 0 {
		return
	}
	paths := NewPaths(f.Tree)
	for i := range f.Coverage {
		f.Gaps = append(f.Gaps, locateCoverage(paths, &f.Coverage[i], f.Files)...)
	}
	for i := range f.Scans {
		results := f.Scans[i].Results
		rename(paths, len(results), func(k int) *string { return &results[k].Path })
	}
	for i := range f.Suites {
		cases := f.Suites[i].Cases
		rename(paths, len(cases), func(k int) *string { return &cases[k].File })
	}
	failuresOfChange(f)
}

// failuresOfChange puts the failed tests on lines of the change before all others:
// lists are cut, and names are told, from the front.
func failuresOfChange(f *evidence.Fragment) {
	added := map[string][]evidence.LineRange{}
	for i := range f.Files {
		added[f.Files[i].Path] = f.Files[i].Spans
	}
	place := func(c evidence.Case) int {
		if c.Outcome != evidence.Failed && c.Outcome != evidence.Errored || c.Line == 0 ||
			len(evidence.IntersectRanges(added[c.File], []evidence.LineRange{{First: c.Line, Last: c.Line}})) == 0 {
			return 1
		}
		return 0
	}
	for i := range f.Suites {
		slices.SortStableFunc(f.Suites[i].Cases, func(a, b evidence.Case) int { return place(a) - place(b) })
	}
}

// rename replaces those of n paths that mean one file of the repository.
func rename(paths *Paths, n int, at func(int) *string) {
	var reported []string
	for k := range n {
		if p := *at(k); p != "" {
			reported = append(reported, p)
		}
	}
	found := paths.Find(reported)
	for k := range n {
		if file, ok := found[*at(k)]; ok {
			*at(k) = file
		}
	}
}

// locateCoverage keeps the files of the change and says which paths are not in
// the repository.
func locateCoverage(paths *Paths, c *evidence.Coverage, files []evidence.File) []evidence.Gap {
	changed := map[string]bool{}
	for _, f := range files {
		changed[f.Path] = true
	}
	located, unmatched := paths.Locate(*c)
	kept := located.Files[:0]
	for _, f := range located.Files {
		if changed[f.Path] {
			kept = append(kept, f)
		} else {
			located.FilesOmitted++
		}
	}
	located.Files = kept
	*c = located
	if len(unmatched) == 0 {
		return nil
	}
	names := strings.Join(unmatched[:min(len(unmatched), maxUnmatched)], ", ")
	if len(unmatched) > maxUnmatched {
		names += ", …"
	}
	g := evidence.MissingGap(c.Origin.Source, "coverage of files", evidence.NotFound,
		fmt.Sprintf("%s: %d of the files it covers are not in the repository, or mean several: %s", c.Origin.URI, len(unmatched), names))
	g.Origin.URI = c.Origin.URI
	return []evidence.Gap{g}
}
