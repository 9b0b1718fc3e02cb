package assess

import (
	"path"
	"slices"
	"strings"

	"github.com/mergebrief/mergebrief/internal/classify"
	"github.com/mergebrief/mergebrief/internal/evidence"
)

var dependenciesChanged = Rule{
	ID: "dependencies-changed", Level: evidence.LevelWarning,
	Sees:   "Dependencies by name and version, from both versions of manifests and lock files: new ones, other sources and registries, scripts that run when something is installed, versions that are no longer pinned, lower ones, previews, another first number. The rest, such as higher versions, is a note, and so are lock files that change without their manifest, manifests that change without their lock file, and manifests that were not read. Data of tests is left out, and of lock files all but other sources and scripts.",
	Why:    "New code comes in that is not in the diff.",
	Accept: "Accept the finding by its id once somebody looked.",
	check: func(f *facts) []found {
		grave, rest := dependencies{x: found{about: "manifests"}}, dependencies{x: found{about: "others", level: evidence.LevelNote}}
		for i := range f.Files {
			for _, d := range f.Files[i].Dependencies {
				to := &rest
				kind := kindOf(d, f.Files[i])
				if slices.Contains(graveKinds, kind) {
					to = &grave
				}
				to.add(kind, d, i, f.Files[i])
			}
		}
		var all []found
		for _, d := range []*dependencies{&grave, &rest} {
			if len(d.names) > 0 {
				all = append(all, d.found(f))
			}
		}
		return append(all, f.unexplained()...)
	},
}

// graveKinds are the kinds about which a reviewer is warned, in the order in which
// they are told; otherKinds follow them.
var (
	graveKinds = []string{"source", "script", "unpinned", "lower", "preview", "new", "major", "changed"}
	otherKinds = []string{"higher", "gone", "toolchain", "action"}
)

// kindOf says what is most worth knowing about a changed dependency; "" for those
// that a lock file only repeats.
func kindOf(d evidence.Dependency, file evidence.File) string {
	action := strings.HasPrefix(file.Path, ".github/") || strings.HasPrefix(path.Base(file.Path), "action.")
	switch {
	case d.Change == evidence.DependencyRemoved && !d.Has(evidence.SignIndirect):
		return "gone"
	case d.Change == evidence.DependencyRemoved:
		return ""
	case d.Has(evidence.SignOtherSource):
		return "source"
	case d.Has(evidence.SignInstallScript):
		return "script"
	case d.Has(evidence.SignIndirect):
		return ""
	case d.Has(evidence.SignUnpinned):
		return "unpinned"
	case d.Has(evidence.SignToolchain):
		return "toolchain"
	case d.Change == evidence.DependencyDowngraded:
		return "lower"
	case d.Has(evidence.SignPrerelease):
		return "preview"
	case action && (d.Change != evidence.DependencyAdded || strings.HasPrefix(d.Name, "actions/") || strings.HasPrefix(d.Name, "github/")):
		return "action"
	case d.Change == evidence.DependencyAdded:
		return "new"
	case d.Has(evidence.SignMajor):
		return "major"
	case d.Change == evidence.DependencyUpgraded, d.From == "" && d.To != "": // a bound where there was none
		return "higher"
	}
	return "changed"
}

// dependencies collects dependencies by kind, each once, whatever files name it.
type dependencies struct {
	x     found
	names map[string][]string // by kind
	files []string
}

func (all *dependencies) add(kind string, d evidence.Dependency, i int, file evidence.File) {
	if kind == "" {
		return
	}
	name := d.Words()
	if all.names == nil {
		all.names = map[string][]string{}
	}
	if !slices.Contains(all.names[kind], name) {
		all.names[kind] = append(all.names[kind], name)
		all.x.about += "\x00" + kind + " " + d.Name
	}
	if !slices.Contains(all.files, file.Path) {
		all.files = append(all.files, file.Path)
		all.x.facts, all.x.bases = append(all.x.facts, evidence.RefTo(evidence.ListFiles, i)), append(all.x.bases, file.Origin.Basis)
	}
}

func (all *dependencies) found(f *facts) found {
	for _, kind := range slices.Concat(graveKinds, otherKinds) {
		if names := all.names[kind]; len(names) > 0 {
			all.x.says = append(all.x.says, part("dependencies-changed."+kind, asNames("names", names)))
		}
	}
	all.x.spans = f.lines.changedIn(all.files)
	return all.x
}

// unexplained returns lock files without their manifest, manifests without their
// lock file, and manifests of which nobody read what changed.
func (f *facts) unexplained() []found {
	kinds := []struct {
		text string
		is   func(evidence.File) bool
	}{
		{"locks", func(file evidence.File) bool {
			return classify.IsLock(file.Path) && file.Status != evidence.FileDeleted && !f.locked(file.Path)
		}},
		{"left", func(file evidence.File) bool { return file.LockLeft != "" }},
		{"unread", func(file evidence.File) bool {
			return classify.IsManifest(file.Path) && !file.DependenciesRead && file.Status != evidence.FileDeleted
		}},
	}
	var all []found
	for _, kind := range kinds {
		x := found{about: kind.text, level: evidence.LevelNote}
		var names []string
		for i, file := range f.Files {
			if !classify.IsFixture(file.Path) && kind.is(file) {
				names = append(names, file.Path)
				x.name(i, file)
			}
		}
		if len(names) == 0 {
			continue
		}
		x.says = say("dependencies-changed."+kind.text, asNames("files", names))
		if kind.text == "locks" {
			x.says = say("dependencies-changed.locks", asNames("files", names), asNames("names", f.lockedIn(names)))
		}
		all = append(all, x)
	}
	return all
}

// lockedIn names what changes in lock files.
func (f *facts) lockedIn(paths []string) (names []string) {
	for _, p := range paths {
		for _, d := range f.Files[f.lines.changed[p]].Dependencies {
			if name := d.Words(); d.Change != evidence.DependencyRemoved && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return names
}

// name notes that a finding is about a file.
func (x *found) name(i int, file evidence.File) {
	x.about += "\x00" + file.Path
	x.facts, x.bases = append(x.facts, evidence.RefTo(evidence.ListFiles, i)), append(x.bases, file.Origin.Basis)
}

// locked reports whether the change has a manifest that explains a lock file: one
// of its kind, or of any kind where that is not known, in its folder or below.
func (f *facts) locked(lock string) bool {
	dir := path.Dir(lock)
	kinds := classify.ManifestsOf(lock)
	return slices.ContainsFunc(f.Files, func(file evidence.File) bool {
		if dir != "." && !strings.HasPrefix(file.Path, dir+"/") {
			return false
		}
		return classify.IsManifest(file.Path) && len(kinds) == 0 || slices.Contains(kinds, strings.ToLower(path.Base(file.Path)))
	})
}
