package correlate

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

const (
	// maxUnmatched is how many files a gap names.
	maxUnmatched = 5
	// artifactSource is the source of files whose path begins with the name of their
	// artifact.
	artifactSource = "artifacts"
)

// places gives the files that reports speak about the paths that they have in the
// repository.
type places struct {
	paths   *Paths
	changed map[string]bool
	gaps    []evidence.Gap
}

// locate gives the files that reports speak about the paths that they have in
// the repository, and keeps the coverage of those that the change touches. The
// paths in reports are those of the machine or the package that was tested.
func locate(f *evidence.Fragment) {
	if len(f.Tree) == 0 {
		return
	}
	p := places{paths: NewPaths(f.Tree), changed: map[string]bool{}}
	for i := range f.Files {
		p.changed[f.Files[i].Path] = true
	}
	for i := range f.Coverage {
		p.coverage(&f.Coverage[i])
	}
	for i := range f.Scans {
		p.scan(&f.Scans[i])
	}
	for i := range f.Suites {
		p.suite(&f.Suites[i])
	}
	f.Gaps = append(f.Gaps, p.gaps...)
	failuresOfChange(f)
}

// report is where a report lies, below its artifact, if it is in one.
func (p *places) report(o evidence.Origin, roots []string) Report {
	uri := o.URI
	if o.Source == artifactSource {
		_, uri, _ = strings.Cut(uri, "/")
	}
	return Report{uri, roots}
}

// resolve returns what paths of a report mean, and notes a gap for those that are
// not clear.
func (p *places) resolve(o evidence.Origin, roots []string, what string, reported []string) map[string]string {
	found := p.paths.Resolve(p.report(o, roots), reported)
	p.unclear(o, what, reported, found)
	return found.Files
}

// unclear notes a gap for those paths of a report that may mean a file of the change
// and may mean another one. What they are paths of is said as in "coverage of
// files".
func (p *places) unclear(o evidence.Origin, what string, reported []string, found Resolved) {
	var names []string
	for _, path := range slices.Compact(slices.Sorted(slices.Values(reported))) {
		files := found.Unclear[path]
		if slices.ContainsFunc(files, func(file string) bool { return p.changed[file] }) {
			names = append(names, fmt.Sprintf("%s (%s)", path, someOf(files, " or ")))
		}
	}
	if len(names) == 0 {
		return
	}
	g := evidence.MissingGap(o.Source, what, evidence.NotFound, fmt.Sprintf("%s: %s may mean a changed file or another one: %s",
		o.URI, evidence.Plural(len(names), "path"), someOf(names, ", ")))
	g.Origin.URI = o.URI
	g.Hint = "let the tool write paths from the root of the repository, or leave the report in the folder that was tested"
	p.gaps = append(p.gaps, g)
}

// someOf joins the first of some texts.
func someOf(texts []string, by string) string {
	joined := strings.Join(texts[:min(len(texts), maxUnmatched)], by)
	if len(texts) > maxUnmatched {
		joined += by + "…"
	}
	return joined
}

// coverage keeps the files of the change, those that have become one joined. Lines
// of others stay in the numbers of the whole. Files that are not in the repository
// are of the system or generated, unless none is.
func (p *places) coverage(c *evidence.Coverage) {
	reported := make([]string, 0, len(c.Files))
	for _, f := range c.Files {
		reported = append(reported, f.Path)
	}
	gaps := len(p.gaps)
	found := p.resolve(c.Origin, c.Roots, "coverage of files", reported)
	byFile := map[string]evidence.FileCoverage{}
	for _, f := range c.Files {
		file, ok := found[f.Path]
		if !ok || !p.changed[file] {
			c.FilesOmitted++
			continue
		}
		f.Path = file
		if known, twice := byFile[file]; twice {
			f = joinFiles(known, f)
		}
		byFile[file] = f
	}
	c.Files = nil
	for _, file := range slices.Sorted(maps.Keys(byFile)) {
		c.Files = append(c.Files, byFile[file])
	}
	if len(found) == 0 && len(reported) > 0 && len(p.gaps) == gaps {
		slices.Sort(reported)
		g := evidence.MissingGap(c.Origin.Source, "coverage of files", evidence.NotFound,
			fmt.Sprintf("%s: none of the %s that it covers is in the repository: %s", c.Origin.URI, evidence.Plural(len(reported), "file"), someOf(reported, ", ")))
		g.Origin.URI = c.Origin.URI
		p.gaps = append(p.gaps, g)
	}
}

// joinFiles joins what two reports say about a file.
func joinFiles(a, b evidence.FileCoverage) evidence.FileCoverage {
	covered := evidence.UnionRanges(slices.Concat(a.Covered, b.Covered)...)
	return evidence.FileCoverage{
		Path: a.Path, Covered: covered, Missed: evidence.SubtractRanges(evidence.UnionRanges(slices.Concat(a.Missed, b.Missed)...), covered),
	}
}

// scan places the results of a scan. One of which no path is in the repository is of
// something else, such as an image.
func (p *places) scan(s *evidence.Scan) {
	full := func(r *evidence.Result) string {
		if r.Base != "" && r.Path != "" {
			return r.Base + r.Path
		}
		return r.Path
	}
	var reported []string
	for i := range s.Results {
		if r := &s.Results[i]; r.Path != "" {
			reported = append(reported, full(r))
		}
	}
	found := p.paths.Resolve(p.report(s.Origin, nil), reported)
	p.unclear(s.Origin, "places of findings", reported, found)
	outside := len(found.Files) == 0 && len(found.Unclear) == 0
	for i := range s.Results {
		r := &s.Results[i]
		r.Outside = outside && r.Path != ""
		p.place(&r.Path, found.Files[full(r)])
	}
}

// suite places the cases of a suite. A failure of which the report does not say
// where it is, is where the innermost place of its trace is that is in the
// repository.
func (p *places) suite(s *evidence.Suite) {
	var reported []string
	for i := range s.Cases {
		c := &s.Cases[i]
		if c.File != "" {
			reported = append(reported, c.File)
		}
		reported = appendFrames(reported, c.Frames)
	}
	for i := range s.Broken {
		reported = appendFrames(reported, s.Broken[i].Frames)
	}
	found := p.paths.Resolve(p.report(s.Origin, nil), reported)
	var asked []string
	for i := range s.Cases {
		c := &s.Cases[i]
		asked = append(asked, c.File)
		p.place(&c.File, found.Files[c.File])
		asked = append(asked, p.trace(&c.File, &c.Line, c.Frames, found)...)
	}
	for i := range s.Broken {
		b := &s.Broken[i]
		asked = append(asked, p.trace(&b.File, &b.Line, b.Frames, found)...)
	}
	p.unclear(s.Origin, "places of tests", asked, found)
}

func appendFrames(paths []string, frames []evidence.Frame) []string {
	for _, f := range frames {
		paths = append(paths, f.Path)
	}
	return paths
}

// trace completes a place by the frames of a trace: the line in a file that is
// known, else the first frame in a file of the repository. It returns the frames that
// it asked about in vain.
func (p *places) trace(file *string, line *int, frames []evidence.Frame, found Resolved) (vain []string) {
	known := *file != "" && p.paths.has(*file)
	if known && *line > 0 {
		return nil
	}
	for _, f := range frames {
		at := found.Files[f.Path]
		if at != "" && (!known || at == *file) {
			*file, *line = at, f.Line
			return nil
		}
		vain = append(vain, f.Path)
	}
	if known {
		return nil
	}
	return vain
}

// place gives a path that of the file that it means. A path that means no file, or
// nobody knows which, must not be taken for one that happens to have this path.
func (p *places) place(path *string, file string) {
	switch {
	case file != "":
		*path = file
	case p.paths.has(*path):
		*path = "./" + *path
	}
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
