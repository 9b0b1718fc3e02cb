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
	Sees:   "Changed dependency manifests, and lock files that changed without a manifest of their kind beside or below them.",
	Why:    "New code comes in that is not in the diff. A lock file that changes alone changes what is installed without saying why.",
	Accept: "Accept the finding by its id once somebody looked.",
	check: func(f *facts) []found {
		manifests, locks := found{about: "manifests"}, found{about: "locks"}
		var named, alone []string
		for i, file := range f.Files {
			switch {
			case classify.IsManifest(file.Path):
				named = append(named, file.Path)
				manifests.name(i, file)
			case classify.IsLock(file.Path) && !f.locked(file.Path):
				alone = append(alone, file.Path)
				locks.name(i, file)
			}
		}
		var all []found
		if len(named) > 0 {
			manifests.says = say("dependencies-changed", asNames("files", named))
			all = append(all, manifests)
		}
		if len(alone) > 0 {
			locks.says = say("dependencies-changed.locks", asNames("files", alone))
			all = append(all, locks)
		}
		return all
	},
}

// name notes that a finding is about a file.
func (x *found) name(i int, file evidence.File) {
	x.about += "\x00" + file.Path
	x.facts, x.bases = append(x.facts, evidence.RefTo(evidence.ListFiles, i)), append(x.bases, file.Origin.Basis)
}

// manifestsOf are the manifests whose dependencies a lock file pins.
func manifestsOf(lock string) []string {
	switch strings.ToLower(path.Base(lock)) {
	case "go.sum":
		return []string{"go.mod", "go.work"}
	case "package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock", "bun.lockb":
		return []string{"package.json", "pnpm-workspace.yaml"}
	case "poetry.lock", "uv.lock":
		return []string{"pyproject.toml"}
	case "cargo.lock":
		return []string{"cargo.toml"}
	case "gemfile.lock":
		return []string{"gemfile"}
	}
	return nil
}

// locked reports whether the change has a manifest that explains a lock file: one
// of its kind, or of any kind where that is not known, in its folder or below.
func (f *facts) locked(lock string) bool {
	dir := path.Dir(lock)
	kinds := manifestsOf(lock)
	return slices.ContainsFunc(f.Files, func(file evidence.File) bool {
		if dir != "." && !strings.HasPrefix(file.Path, dir+"/") {
			return false
		}
		return classify.IsManifest(file.Path) && len(kinds) == 0 || slices.Contains(kinds, strings.ToLower(path.Base(file.Path)))
	})
}
