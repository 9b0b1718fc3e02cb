package correlate

import (
	"cmp"
	"maps"
	pathpkg "path"
	"slices"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// Paths finds files of the repository by the paths that tools write: absolute
// ones of another machine, import paths of Go, packages of Java.
type Paths struct {
	// Paths of the repository by their last part.
	byName map[string][]string
	exact  map[string]bool
}

// NewPaths returns the paths of a tree, relative to its root, with slashes.
func NewPaths(tree []string) *Paths {
	p := &Paths{byName: map[string][]string{}, exact: make(map[string]bool, len(tree))}
	for _, file := range tree {
		p.exact[file] = true
		name := pathpkg.Base(file)
		p.byName[name] = append(p.byName[name], file)
	}
	return p
}

// match is a file that a reported path may mean: the number of parts in which
// both end alike, and what the reported path has in front of it.
type match struct {
	file   string
	parts  int
	prefix string
}

// Find returns the file that the reported paths of one report mean, those that
// mean exactly one. The longest common end decides; it must be the whole of
// either path. The last part alone is enough only when the same prefix was cut
// off another path of the report, or none was longer.
func (p *Paths) Find(reported []string) map[string]string {
	found := map[string]match{}
	prefixes := map[string]bool{}
	for _, path := range reported {
		m, ok := p.find(cleanPath(path))
		if !ok {
			continue
		}
		found[path] = m
		if m.parts > 1 {
			prefixes[m.prefix] = true
		}
	}
	files := make(map[string]string, len(found))
	for path, m := range found {
		if m.parts > 1 || m.prefix == "" || len(prefixes) == 0 || prefixes[m.prefix] {
			files[path] = m.file
		}
	}
	return files
}

func cleanPath(path string) string {
	path = strings.ReplaceAll(path, `\`, "/")
	return pathpkg.Clean(path)
}

func (p *Paths) find(path string) (match, bool) {
	if p.exact[path] {
		return match{path, strings.Count(path, "/") + 2, ""}, true
	}
	var best match
	ties := 0
	for _, file := range p.byName[pathpkg.Base(path)] {
		m, ok := suffix(path, file)
		switch c := cmp.Compare(m.parts, best.parts); {
		case !ok:
		case c > 0:
			best, ties = m, 0
		case c == 0:
			ties++
		}
	}
	return best, best.parts > 0 && ties == 0
}

// suffix reports whether one of the paths is the end of the other.
func suffix(path, file string) (match, bool) {
	parts := strings.Count(file, "/") + 1
	if prefix, ok := strings.CutSuffix(path, "/"+file); ok {
		return match{file, parts, prefix}, true
	}
	if strings.HasSuffix(file, "/"+path) {
		return match{file, strings.Count(path, "/") + 1, ""}, true
	}
	return match{}, false
}

// Locate returns the coverage with the paths of the repository, files that have
// become one joined, and the reported paths that mean none of its files,
// ascending. Their lines stay in the numbers of the whole and leave the list.
func (p *Paths) Locate(c evidence.Coverage) (located evidence.Coverage, unmatched []string) {
	reported := make([]string, 0, len(c.Files))
	for _, f := range c.Files {
		reported = append(reported, f.Path)
	}
	files := p.Find(reported)
	byFile := map[string]evidence.FileCoverage{}
	for _, f := range c.Files {
		file, ok := files[f.Path]
		if !ok {
			unmatched = append(unmatched, f.Path)
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
	c.FilesOmitted += len(unmatched)
	slices.Sort(unmatched)
	return c, unmatched
}

// joinFiles joins what two reports say about a file.
func joinFiles(a, b evidence.FileCoverage) evidence.FileCoverage {
	covered := evidence.UnionRanges(slices.Concat(a.Covered, b.Covered)...)
	return evidence.FileCoverage{
		Path: a.Path, Covered: covered, Missed: evidence.SubtractRanges(evidence.UnionRanges(slices.Concat(a.Missed, b.Missed)...), covered),
	}
}
