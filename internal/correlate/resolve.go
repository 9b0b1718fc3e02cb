package correlate

import (
	"cmp"
	pathpkg "path"
	"slices"
	"strings"
)

const (
	// maxModules is how many modules of Go are looked into for a package that no
	// folder near the report has.
	maxModules = 20
	// maxCandidates is how many folders are asked whether they have all files of a
	// report. One is enough where a file has a name of its own.
	maxCandidates = 100
	// maxRoots is how many folders of sources of a report are looked at.
	maxRoots = 16
)

// Report is what a report says of where its files are.
type Report struct {
	// Path of the report, in the workspace or its artifact.
	URI string
	// Folders in which it says that sources are.
	Roots []string
}

// Resolved is what the paths of a report mean.
type Resolved struct {
	// The file of the repository, by the path in the report.
	Files map[string]string
	// Files of which the path may mean one, where nothing tells which.
	Unclear map[string][]string
}

// search looks for the files of one report, whose paths have one thing in common:
// where the tool ran that wrote them. What explains most of them explains each.
type search struct {
	paths *Paths
	near  vicinity
	out   Resolved
	// The reported paths by what is looked for; ones in several spellings are one.
	local, elsewhere map[string][]string
	known            map[string]reportedPath
	// A path stands as it is below the checkout of the machine that wrote it.
	inCheckout bool
	// Number of local paths that a folder has.
	has map[string]int
}

// Resolve returns what reported paths mean. A path is looked for in the folder of
// the report and those around it, then in the folders of sources that the report
// names, then by its end. Of files that end alike the one near the report is
// meant, else the one in the folder that has all other files of the report, too.
func (p *Paths) Resolve(r Report, reported []string) Resolved {
	s := search{
		paths: p, near: p.around(r.URI), out: Resolved{map[string]string{}, map[string][]string{}},
		local: map[string][]string{}, elsewhere: map[string][]string{}, known: map[string]reportedPath{}, has: map[string]int{},
	}
	inContainer := map[string]reportedPath{}
	for _, path := range reported {
		at := takeApart(path)
		switch {
		case at.from == fromFolder && s.inRoots(path, at, r.Roots):
		case at.from == fromContainer:
			inContainer[path] = at
		case at.from == fromFolder:
			s.note(s.local, at.rest, path, at)
		case at.from == fromCheckout && p.has(at.rest):
			s.out.Files[path], s.inCheckout = at.rest, true
		default:
			s.note(s.elsewhere, at.whole, path, at)
		}
	}
	s.containers(inContainer)
	s.byEnd(s.byFolder())
	s.byPrefix()
	return s.out
}

func (s *search) note(group map[string][]string, key, path string, at reportedPath) {
	group[key] = append(group[key], path)
	if _, known := s.known[key]; !known {
		s.known[key] = at
	}
}

// found notes what the paths mean.
func (s *search) found(paths []string, file string) {
	for _, path := range paths {
		s.out.Files[path] = file
	}
}

func (s *search) unclear(paths, files []string) {
	for _, path := range paths {
		s.out.Unclear[path] = files
	}
}

// inRoots looks for a relative path in the folders of sources that the report
// names, and reports whether that tells the file, or that there are several.
func (s *search) inRoots(path string, at reportedPath, roots []string) bool {
	var files []string
	for _, root := range roots[:min(len(roots), maxRoots)] {
		if file := s.inRoot(root, at.rest); file != "" && !slices.Contains(files, file) {
			files = append(files, file)
		}
	}
	switch len(files) {
	case 0:
		return false
	case 1:
		s.found([]string{path}, files[0])
	default:
		s.unclear([]string{path}, files)
	}
	return true
}

// inRoot is the file at a path in a folder of sources; "" unless a part of that
// folder is in the repository, too.
func (s *search) inRoot(root, rest string) string {
	full := takeApart(root + "/" + rest)
	if full.from == fromFolder {
		for _, dir := range s.near.dirs {
			if file := pathpkg.Join(dir, full.rest); s.paths.has(file) {
				return file
			}
		}
		return ""
	}
	if full.from == fromCheckout && s.paths.has(full.rest) {
		return full.rest
	}
	for tail := strings.TrimPrefix(full.whole, "/"); parts(tail) > parts(rest); _, tail, _ = strings.Cut(tail, "/") {
		if s.paths.has(tail) {
			return tail
		}
	}
	return ""
}

// containers decides for the paths of a container whether its folder has the
// repository, or is a folder of it.
func (s *search) containers(paths map[string]reportedPath) {
	below, whole := 0, 0
	for _, at := range paths {
		if s.inFolders(at.rest) {
			below++
		}
		if s.paths.has(at.whole[1:]) {
			whole++
		}
	}
	for path, at := range paths {
		if whole > 0 && whole >= below {
			at.rest = at.whole[1:]
		}
		s.note(s.local, at.rest, path, takeApart(at.rest))
	}
}

// inFolders reports whether a folder near the report has the path.
func (s *search) inFolders(path string) bool {
	return slices.ContainsFunc(s.near.dirs, func(dir string) bool { return s.paths.has(pathpkg.Join(dir, path)) })
}

// explains is the number of local paths that a folder has.
func (s *search) explains(dir string) int {
	n, known := s.has[dir]
	if !known {
		for key := range s.local {
			if s.paths.has(pathpkg.Join(dir, key)) {
				n++
			}
		}
		s.has[dir] = n
	}
	return n
}

// byFolder finds the local paths that the folders near the report have, and
// returns those that none has and the repository may have elsewhere, ascending.
func (s *search) byFolder() (left []string) {
	some := 0
	for key := range s.local {
		if s.inFolders(key) {
			some++
		} else if len(s.ending(key)) > 0 {
			left = append(left, key)
		}
	}
	slices.Sort(left)
	if dir, ok := s.allIn(left, some); ok {
		for key, names := range s.local {
			if file := under(dir, key); s.paths.has(file) {
				s.found(names, file)
			}
		}
		return nil
	}
	for key, names := range s.local {
		s.inFolder(key, names)
	}
	return left
}

// inFolder decides for a path that folders near the report have. The innermost is
// meant, unless another one has more of the files.
func (s *search) inFolder(key string, names []string) {
	var files []string
	sure, most := !s.near.guess, 0
	for _, dir := range s.near.dirs {
		file := pathpkg.Join(dir, key)
		if !s.paths.has(file) {
			continue
		}
		if files = append(files, file); len(files) == 1 {
			most = s.explains(dir)
		}
		sure = sure && s.explains(dir) <= most
	}
	switch {
	case len(files) == 1, len(files) > 1 && sure:
		s.found(names, files[0])
	case len(files) > 1:
		s.unclear(names, files)
	}
}

// home is the innermost folder near the report, beside the root, that has files of
// it: the tool ran there.
func (s *search) home() string {
	for _, dir := range s.near.dirs {
		if dir != "" && !s.near.guess && s.explains(dir) > 0 {
			return dir
		}
	}
	return ""
}

// ending returns the files that end with a local path; none where there are too
// many.
func (s *search) ending(key string) []string {
	files := s.paths.ending(strings.TrimPrefix(key, "../"))
	if len(files) > maxAlike || !s.known[key].mayMean(parts(key)) {
		return nil
	}
	return files
}

// allIn returns the one folder that has all files of the report which the
// repository has at all: those left, that no folder near the report has, and some
// others. Of several the one nearest to the report is meant.
func (s *search) allIn(left []string, some int) (string, bool) {
	if len(left) == 0 || s.home() != "" {
		return "", false
	}
	rarest := left[0]
	for _, key := range left[:min(len(left), maxCandidates)] {
		if len(s.ending(key)) < len(s.ending(rarest)) {
			rarest = key
		}
	}
	if len(s.ending(rarest)) > maxCandidates || strings.HasPrefix(rarest, "../") {
		return "", false
	}
	best, nearest, ties := "", -1, 0
	for _, file := range s.ending(rarest) {
		dir := strings.TrimSuffix(strings.TrimSuffix(file, rarest), "/")
		near := s.near.of(file)
		if near < nearest || s.explains(dir) < len(left)+some {
			continue
		}
		if near > nearest {
			best, nearest, ties = dir, near, 0
		}
		ties++
	}
	return best, ties == 1
}

// byEnd finds local paths that no folder near the report has by the files that end
// with them: the nearest to the report, if there is one.
func (s *search) byEnd(left []string) {
	home := s.home()
	for _, key := range left {
		files := s.ending(key)
		nearest := -1
		var best []string
		for _, file := range files {
			switch near := s.near.of(file); {
			case near > nearest:
				best, nearest = []string{file}, near
			case near == nearest:
				best = append(best, file)
			}
		}
		if len(best) == 1 && (home == "" || strings.HasPrefix(best[0], home+"/")) && !(s.near.guess && len(files) > 1) {
			s.found(s.local[key], best[0])
		} else {
			s.unclear(s.local[key], best)
		}
	}
}

// cut is what a path has in front of a file of the repository, and the folder in
// which that file is looked for: a package of Go is below the folder of its
// module.
type cut struct{ prefix, dir string }

// end is a file that a path may mean by its last parts.
type end struct {
	cut
	file string
	size int
}

// byPrefix finds paths of which the first parts are not of the repository. The
// prefix that most of the paths have is right for each; the last part alone is
// enough only where it is that of others, too, or no path has more.
func (s *search) byPrefix() {
	for key, names := range s.local {
		if _, left := s.out.Unclear[names[0]]; !left && s.out.Files[names[0]] == "" {
			s.elsewhere[key] = append(s.elsewhere[key], names...)
		}
	}
	ends := map[string][]end{}
	counts := map[cut]int{}
	longer := false
	for key := range s.elsewhere {
		ends[key] = s.ends(key)
		for _, e := range ends[key] {
			counts[e.cut]++
			longer = longer || e.size > 1
		}
	}
	for key, names := range s.elsewhere {
		var best []end
		for _, e := range ends[key] {
			if e.size == 1 && counts[e.cut] < 2 && (longer || e.dir != "" || s.inCheckout && s.known[key].from == fromCheckout) {
				continue
			}
			if len(best) > 0 {
				c := s.compare(e, best[0], counts)
				if c < 0 {
					continue
				}
				if c > 0 {
					best = best[:0]
				}
			}
			best = append(best, e)
		}
		switch {
		case len(best) == 1:
			s.found(names, best[0].file)
		case len(best) > 1:
			files := make([]string, len(best))
			for i, e := range best {
				files[i] = e.file
			}
			s.unclear(names, files)
		}
	}
}

// compare is positive when a is meant rather than b.
func (s *search) compare(a, b end, counts map[cut]int) int {
	return cmp.Or(
		cmp.Compare(counts[a.cut], counts[b.cut]), cmp.Compare(s.near.of(a.file), s.near.of(b.file)),
		cmp.Compare(s.near.place(b.dir), s.near.place(a.dir)), cmp.Compare(a.size, b.size),
	)
}

// ends are the files that a path may mean by its last parts.
func (s *search) ends(key string) []end {
	at := s.known[key]
	dirs := []string{""}
	if at.from == fromFolder && strings.HasSuffix(key, ".go") {
		dirs = s.modules()
	}
	var all []end
	whole := strings.TrimPrefix(at.whole, "/")
	for tail := whole; tail != ""; _, tail, _ = strings.Cut(tail, "/") {
		if !at.mayMean(parts(tail)) {
			break
		}
		for _, dir := range dirs {
			if file := under(dir, tail); s.paths.has(file) {
				all = append(all, end{cut{strings.TrimSuffix(whole, tail), dir}, file, parts(tail)})
			}
		}
	}
	return all
}

// modules are the folders in which a package of Go is looked for.
func (s *search) modules() []string {
	dirs := slices.Clone(s.near.dirs)
	if len(s.paths.modules) <= maxModules {
		dirs = append(dirs, s.paths.modules...)
	}
	slices.Sort(dirs)
	return slices.Compact(dirs)
}
