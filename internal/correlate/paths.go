package correlate

import (
	"cmp"
	pathpkg "path"
	"slices"
	"strings"
)

// maxAlike is how many files of the repository that end alike are compared. A
// path that more of them may mean says nothing.
const maxAlike = 1000

// Paths finds files of the repository by the paths that tools write: relative to
// the folder in which a tool ran, absolute ones of another machine or container,
// import paths of Go, packages of Java.
type Paths struct {
	// All files, ascending.
	tree []string
	// The same by their last part; a group is sorted by its ends once it is asked for.
	byName map[string]*alike
	// Folders that are modules of Go.
	modules []string
	// Folders by their last part; made when it is asked for.
	byFolder map[string][]string
}

// alike are files of one name.
type alike struct {
	files  []string
	sorted bool
}

// NewPaths returns the paths of a tree, relative to its root, with slashes.
func NewPaths(tree []string) *Paths {
	p := &Paths{tree: tree, byName: map[string]*alike{}}
	if !slices.IsSorted(tree) {
		p.tree = slices.Sorted(slices.Values(tree))
	}
	for _, file := range p.tree {
		name := pathpkg.Base(file)
		a := p.byName[name]
		if a == nil {
			a = &alike{}
			p.byName[name] = a
		}
		a.files = append(a.files, file)
		if name == "go.mod" {
			p.modules = append(p.modules, folder(file))
		}
	}
	return p
}

// has reports whether the repository has the file.
func (p *Paths) has(file string) bool {
	_, found := slices.BinarySearch(p.tree, file)
	return found
}

// hasFolder reports whether the repository has files below the folder.
func (p *Paths) hasFolder(dir string) bool {
	if dir == "" {
		return true
	}
	i, _ := slices.BinarySearch(p.tree, dir+"/")
	return i < len(p.tree) && strings.HasPrefix(p.tree[i], dir+"/")
}

// ending returns the files that are the path or end with it behind a slash.
func (p *Paths) ending(path string) []string {
	a := p.byName[pathpkg.Base(path)]
	if a == nil {
		return nil
	}
	if !a.sorted {
		slices.SortFunc(a.files, compareEnds)
		a.sorted = true
	}
	from, _ := slices.BinarySearchFunc(a.files, path, compareEnds)
	to := from
	for to < len(a.files) && endsWith(a.files[to], path) {
		to++
	}
	return a.files[from:to]
}

// compareEnds orders paths by their parts, from the last one on.
func compareEnds(a, b string) int {
	for a != "" && b != "" {
		x, y := lastPart(a), lastPart(b)
		if c := cmp.Compare(x, y); c != 0 {
			return c
		}
		a, b = folder(a), folder(b)
	}
	return cmp.Compare(len(a), len(b))
}

func endsWith(file, path string) bool {
	return file == path || strings.HasSuffix(file, "/"+path)
}

func lastPart(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }

// folder is the folder of a path, "" for the root.
func folder(path string) string { return path[:max(0, strings.LastIndexByte(path, '/'))] }

// under joins a folder of the repository and a path.
func under(dir, path string) string {
	if dir == "" {
		return path
	}
	return dir + "/" + path
}

// parts is the number of parts of a path, 0 of none.
func parts(path string) int {
	if path == "" {
		return 0
	}
	return strings.Count(path, "/") + 1
}

// A vicinity is where a report lies, as far as that is in the repository.
type vicinity struct {
	// The folder of the report and those around it, the innermost first, the root of
	// the repository last.
	dirs []string
	// The innermost folder is a guess: another one of that name may be meant.
	guess bool
}

// around is the vicinity of a report. Folders into which results are built are not
// in the repository; those around them are. The first parts of the path may be of
// what holds the repository, as in a workspace or an artifact, or may be missing,
// as in an artifact of which all files are in one folder: then the rest is looked
// for, and a single part, which is met everywhere, is no more than a guess.
func (p *Paths) around(report string) vicinity {
	dir := folder(report)
	if dirs := p.enclosing(dir); len(dirs) > 1 || dir == "" {
		return vicinity{dirs: dirs}
	}
	for rest := dir; rest != ""; _, rest, _ = strings.Cut(rest, "/") {
		for part := rest; part != ""; part = folder(part) {
			if found := p.folderEnding(part); found != "" {
				return vicinity{p.enclosing(found), !strings.Contains(part, "/")}
			}
		}
	}
	return vicinity{dirs: []string{""}}
}

// enclosing are the folders of the repository around a path and that path.
func (p *Paths) enclosing(dir string) []string {
	var dirs []string
	for ; dir != ""; dir = folder(dir) {
		if p.hasFolder(dir) {
			dirs = append(dirs, dir)
		}
	}
	return append(dirs, "")
}

// folderEnding returns the folder that is the path or ends with it, "" where there
// is none or several.
func (p *Paths) folderEnding(path string) string {
	if p.hasFolder(path) {
		return path
	}
	if p.byFolder == nil {
		p.byFolder = map[string][]string{}
		last := ""
		for _, file := range p.tree {
			if dir := folder(file); dir != last {
				p.addFolder(dir, last)
				last = dir
			}
		}
	}
	only := ""
	for _, dir := range p.byFolder[lastPart(path)] {
		if endsWith(dir, path) && dir != only {
			if only != "" {
				return ""
			}
			only = dir
		}
	}
	return only
}

// addFolder notes a folder and those around it that the one before it is not in.
func (p *Paths) addFolder(dir, before string) {
	for ; dir != "" && dir != before && !strings.HasPrefix(before, dir+"/"); dir = folder(dir) {
		name := lastPart(dir)
		p.byFolder[name] = append(p.byFolder[name], dir)
	}
}

// of is how near a file is: the number of parts of the innermost of the folders in
// which it lies.
func (v vicinity) of(file string) int {
	for _, dir := range v.dirs {
		if dir == "" || strings.HasPrefix(file, dir+"/") {
			return parts(dir)
		}
	}
	return 0
}

// place is the place of a folder among those near the report; one that is not
// among them is behind all.
func (v vicinity) place(dir string) int {
	if i := slices.Index(v.dirs, dir); i >= 0 {
		return i
	}
	return len(v.dirs)
}
