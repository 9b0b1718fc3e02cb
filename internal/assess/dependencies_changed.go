package assess

import (
	"github.com/mergebrief/mergebrief/internal/evidence"
)

var dependenciesChanged = Rule{
	ID: "dependencies-changed", Level: evidence.LevelWarning,
	Sees:   "Changed dependency manifests, and lock files that changed without their manifest.",
	Why:    "New code comes in that is not in the diff. A lock file that changes alone changes what is installed without saying why.",
	Accept: "Accept the finding by its id once somebody looked.",
	check: func(f *facts) []found {
		var manifests, locks []string
		x := found{}
		for i, file := range f.Files {
			manifest, lock := isManifest(file.Path), isLock(file.Path)
			if manifest {
				manifests = append(manifests, file.Path)
			}
			if lock {
				locks = append(locks, file.Path)
			}
			if manifest || lock {
				x.about += file.Path + "\x00"
				x.facts, x.bases = append(x.facts, pointers("files", i)...), append(x.bases, file.Origin.Basis)
			}
		}
		switch {
		case len(manifests) > 0:
			x.message = "dependencies may change: " + few(manifests)
		case len(locks) > 0:
			x.message = "lock files change without their manifest: " + few(locks)
		default:
			return nil
		}
		return []found{x}
	},
}
