package classify

import (
	"path"
	"slices"
	"strings"
)

// IsDoc reports whether a path is documentation, which nothing executes.
func IsDoc(name string) bool {
	switch strings.ToLower(path.Ext(name)) {
	case ".md", ".markdown", ".rst", ".adoc", ".txt":
		return true
	}
	return false
}

// IsManifest reports whether a file names dependencies.
func IsManifest(name string) bool {
	base := strings.ToLower(path.Base(name))
	switch base {
	case "go.mod", "package.json", "pyproject.toml", "pipfile", "setup.py", "setup.cfg", "cargo.toml", "gemfile", "pom.xml", "build.gradle", "build.gradle.kts",
		"composer.json", "mix.exs", "pubspec.yaml", "podfile", "package.swift", "directory.packages.props", "environment.yml":
		return true
	}
	return strings.HasPrefix(base, "requirements") && strings.HasSuffix(base, ".txt") || strings.HasSuffix(base, ".csproj") || strings.HasSuffix(base, ".gemspec")
}

// IsLock reports whether a file pins dependencies.
func IsLock(name string) bool {
	switch strings.ToLower(path.Base(name)) {
	case "go.sum", "package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock", "bun.lockb", "poetry.lock", "uv.lock", "pipfile.lock",
		"cargo.lock", "gemfile.lock", "composer.lock", "mix.lock", "pubspec.lock", "podfile.lock", "package.resolved", "packages.lock.json", "gradle.lockfile":
		return true
	}
	return false
}

// locks are the lock files with the manifests whose dependencies they pin.
var locks = []struct{ lock, manifests []string }{
	{[]string{"go.sum"}, []string{"go.mod", "go.work"}},
	{[]string{"package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock", "bun.lockb"}, []string{"package.json", "pnpm-workspace.yaml"}},
	{[]string{"poetry.lock", "uv.lock"}, []string{"pyproject.toml"}},
	{[]string{"cargo.lock"}, []string{"cargo.toml"}},
	{[]string{"gemfile.lock"}, []string{"gemfile"}},
	{[]string{"composer.lock"}, []string{"composer.json"}},
	{[]string{"pipfile.lock"}, []string{"pipfile"}},
}

// ManifestsOf returns the names, in lower case, of the manifests whose
// dependencies a lock file pins; none where that is not known.
func ManifestsOf(lock string) []string {
	for _, l := range locks {
		if slices.Contains(l.lock, strings.ToLower(path.Base(lock))) {
			return l.manifests
		}
	}
	return nil
}

// LocksOf returns the names, as tools write them, of the lock files that may pin
// the dependencies of a manifest.
func LocksOf(manifest string) []string {
	switch strings.ToLower(path.Base(manifest)) {
	case "cargo.toml":
		return []string{"Cargo.lock"}
	case "gemfile":
		return []string{"Gemfile.lock"}
	case "pipfile":
		return []string{"Pipfile.lock"}
	}
	for _, l := range locks {
		if slices.Contains(l.manifests, strings.ToLower(path.Base(manifest))) {
			return l.lock
		}
	}
	return nil
}

// IsGenerated reports whether a file is written by a tool, by its name.
func IsGenerated(name string) bool {
	lower := strings.ToLower(name)
	for _, suffix := range []string{".pb.go", "_pb2.py", ".pb.cc", ".pb.h", ".min.js", ".min.css", ".snap", "_generated.go", ".g.dart", ".designer.cs"} {
		if strings.HasSuffix(lower, suffix) {
			return true
		}
	}
	return strings.HasPrefix(lower, "vendor/") || strings.Contains(lower, "/node_modules/") || strings.Contains("/"+lower, "/generated/")
}

// IsFixture reports whether a file is data that tests read: a manifest or a setting
// there is of no project but the one that it imitates.
func IsFixture(name string) bool {
	dirs := strings.Split(strings.ToLower(path.Dir(name)), "/")
	for i, d := range dirs {
		switch d {
		case "testdata", "fixtures", "__fixtures__", "fixture", "golden", "__snapshots__", "test-data", "test_data", "specimens", "corpus":
			return true
		case "test", "tests", "spec", "__tests__":
			// A project below a folder of tests, such as test/ecosystem/flask. Projects
			// of .NET that hold tests stand one level below.
			if len(dirs) > i+1 && !projectFile(name) && (!IsCode(name) || IsManifest(name)) {
				return true
			}
		}
	}
	return false
}

func projectFile(name string) bool {
	ext := strings.ToLower(path.Ext(name))
	return ext == ".csproj" || ext == ".fsproj" || ext == ".vbproj" || ext == ".props"
}
