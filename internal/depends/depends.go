// Package depends compares what two versions of a file say about dependencies.
//
// It hides how package managers write their manifests and lock files. It promises
// that nothing but a dependency is one: the version of the project itself, its
// description and its settings are none; and that a version is told as the file
// has it. It is pure, and reads no more than the two versions.
package depends

import (
	"bytes"
	"cmp"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// MaxBytes is the size of a file from which on it is not read: the lock files of
// the largest public monorepos have half of it.
const MaxBytes = 16 << 20

// maxChanges bounds the changes that are told of one file. A new lock file has
// thousands, about which their number says enough.
const maxChanges = 200

// entry is one dependency in one version of a file.
type entry struct {
	version string
	signs   []evidence.DependencySign
}

// list is what a file says: name → versions. Lock files may have several of one
// name.
type list map[string][]entry

func (l list) add(name, version string, signs ...evidence.DependencySign) {
	if name == "" || len(name) > 200 || len(version) > 200 {
		return
	}
	l[name] = append(l[name], entry{version, signs})
}

// reader reads one version of a file.
type reader func(data []byte, to list)

// readers is the table of files by their names, in lower case.
var readers = map[string]reader{
	"go.mod":                   goMod,
	"package.json":             packageJSON,
	"package-lock.json":        packageLock,
	"npm-shrinkwrap.json":      packageLock,
	"yarn.lock":                yarnLock,
	"pnpm-lock.yaml":           pnpmLock,
	"pyproject.toml":           pyproject,
	"pipfile":                  pipfile,
	"uv.lock":                  packageTables,
	"poetry.lock":              packageTables,
	"cargo.toml":               cargoManifest,
	"cargo.lock":               packageTables,
	"gemfile":                  gemfile,
	"gemfile.lock":             gemfileLock,
	"composer.json":            composerJSON,
	"composer.lock":            composerLock,
	"pom.xml":                  pom,
	"build.gradle":             gradle,
	"build.gradle.kts":         gradle,
	"libs.versions.toml":       versionCatalog,
	"directory.packages.props": msbuild,
	"directory.build.props":    msbuild,
	"dockerfile":               dockerfile,
	"containerfile":            dockerfile,
	"action.yml":               actionUses,
	"action.yaml":              actionUses,
	".pre-commit-config.yaml":  preCommit,
	"mise.toml":                mise,
	".mise.toml":               mise,
	".tool-versions":           toolVersions,
}

// readerOf returns what reads a file, or nil.
func readerOf(name string) reader {
	base := strings.ToLower(path.Base(name))
	if r := readers[base]; r != nil {
		return r
	}
	ext := path.Ext(base)
	switch {
	case strings.HasPrefix(name, ".github/workflows/") && (ext == ".yml" || ext == ".yaml"):
		return actionUses
	case strings.HasPrefix(base, "requirements") && (ext == ".txt" || ext == ".in"):
		return requirements
	case ext == ".csproj" || ext == ".fsproj" || ext == ".vbproj":
		return msbuild
	case ext == ".gemspec":
		return gemspec
	case ext == ".dockerfile" || strings.HasPrefix(base, "dockerfile."):
		return dockerfile
	}
	return nil
}

// Reads reports whether a file of this name is one that the package can read.
func Reads(name string) bool { return readerOf(name) != nil }

// Compare returns what a change does to the dependencies that a file names, by
// name, and how many more there are. Either version may be nil: the file did not
// exist.
func Compare(name string, before, after []byte) (all []evidence.Dependency, omitted int) {
	read := readerOf(name)
	if read == nil {
		return nil, 0
	}
	was, is := list{}, list{}
	read(bytes.TrimPrefix(before, []byte("\xef\xbb\xbf")), was)
	read(bytes.TrimPrefix(after, []byte("\xef\xbb\xbf")), is)
	names := maps.Clone(was)
	maps.Copy(names, is)
	for _, n := range slices.Sorted(maps.Keys(names)) {
		if d, changed := compare(n, was[n], is[n]); changed {
			all = append(all, d)
		}
	}
	slices.SortStableFunc(all, func(a, b evidence.Dependency) int { return cmp.Compare(len(b.Signs), len(a.Signs)) })
	if n := len(all) - maxChanges; n > 0 {
		all, omitted = all[:maxChanges], n
	}
	return all, omitted
}

// compare sets the versions of one name before against those after.
func compare(name string, was, is []entry) (evidence.Dependency, bool) {
	gone, come := without(was, is), without(is, was)
	d := evidence.Dependency{Name: ids.ReplaceAllStringFunc(name, func(id string) string { return id[:shortID] }), From: versions(gone), To: versions(come)}
	switch {
	case len(was) == 0:
		d.Change = evidence.DependencyAdded
	case len(is) == 0:
		d.Change = evidence.DependencyRemoved
	case len(gone) == 0 && len(come) == 0:
		return d, false
	case d.From == d.To:
		d.Change = evidence.DependencyChanged
	default:
		d.Change = direction(highest(gone), highest(come))
	}
	had := signsOf(was)
	for _, s := range signsOf(come) {
		if s == evidence.SignIndirect || s == evidence.SignToolchain || !slices.Contains(had, s) {
			d.Signs = append(d.Signs, s)
		}
	}
	if d.Change == evidence.DependencyRemoved && slices.Contains(had, evidence.SignIndirect) {
		d.Signs = append(d.Signs, evidence.SignIndirect)
	}
	d.Signs = append(d.Signs, versionSigns(d, gone, come)...)
	if d.Change == evidence.DependencyChanged && d.From == d.To && len(d.Signs) == 0 {
		return d, false // written another way
	}
	return d, true
}

// without returns the entries of a that b does not have.
func without(a, b []entry) (out []entry) {
	for _, x := range a {
		if !slices.ContainsFunc(b, func(y entry) bool { return x.version == y.version && slices.Equal(x.signs, y.signs) }) {
			out = append(out, x)
		}
	}
	return out
}

func versions(all []entry) string {
	var out []string
	for _, e := range all {
		if e.version != "" && !slices.Contains(out, e.version) {
			out = append(out, e.version)
		}
	}
	slices.SortFunc(out, compareVersions)
	for i := range out {
		out[i] = ids.ReplaceAllStringFunc(out[i], func(id string) string { return id[:shortID] })
	}
	const most = 3 // a lock file may have ten of one name
	if n := len(out); n > most {
		out = append(out[:1:1], "…", out[n-1])
	}
	return strings.Join(out, ", ")
}

func highest(all []entry) string {
	best := ""
	for _, e := range all {
		if best == "" || compareVersions(e.version, best) > 0 {
			best = e.version
		}
	}
	return best
}

func signsOf(all []entry) (out []evidence.DependencySign) {
	for _, e := range all {
		out = append(out, e.signs...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// versionSigns are what the versions themselves say.
func versionSigns(d evidence.Dependency, gone, come []entry) (signs []evidence.DependencySign) {
	if d.Change == evidence.DependencyRemoved {
		return nil
	}
	to, from := highest(come), highest(gone)
	if floating(to) && !floating(from) || len(gone) > 0 && len(come) > 0 && pinnable(to) && (exact(from) && !exact(to) || ids.MatchString(from) && !ids.MatchString(to)) {
		signs = append(signs, evidence.SignUnpinned)
	}
	if d.Change == evidence.DependencyDowngraded {
		return signs
	}
	if prerelease(to) && !prerelease(from) {
		signs = append(signs, evidence.SignPrerelease)
	}
	if d.Change == evidence.DependencyUpgraded && major(from) != major(to) {
		signs = append(signs, evidence.SignMajor)
	}
	return signs
}

// ids matches commit ids and digests in full; shortID is as much of one as people
// compare.
var ids = regexp.MustCompile(`[0-9a-f]{40,64}`)

const shortID = 12
