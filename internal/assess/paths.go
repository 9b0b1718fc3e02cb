package assess

import (
	"path"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

func isTest(name string) bool { return evidence.IsTestPath(name) }

// isDoc reports whether a path is documentation, which nothing executes.
func isDoc(name string) bool {
	switch strings.ToLower(path.Ext(name)) {
	case ".md", ".markdown", ".rst", ".adoc", ".txt":
		return true
	}
	return false
}

// isManifest reports whether a file names dependencies.
func isManifest(name string) bool {
	base := strings.ToLower(path.Base(name))
	switch base {
	case "go.mod", "package.json", "pyproject.toml", "pipfile", "setup.py", "setup.cfg", "cargo.toml", "gemfile", "pom.xml", "build.gradle", "build.gradle.kts",
		"composer.json", "mix.exs", "pubspec.yaml", "podfile", "package.swift", "directory.packages.props", "environment.yml":
		return true
	}
	return strings.HasPrefix(base, "requirements") && strings.HasSuffix(base, ".txt") || strings.HasSuffix(base, ".csproj") || strings.HasSuffix(base, ".gemspec")
}

// isLock reports whether a file pins dependencies.
func isLock(name string) bool {
	switch strings.ToLower(path.Base(name)) {
	case "go.sum", "package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock", "bun.lockb", "poetry.lock", "uv.lock", "pipfile.lock",
		"cargo.lock", "gemfile.lock", "composer.lock", "mix.lock", "pubspec.lock", "podfile.lock", "package.resolved", "packages.lock.json", "gradle.lockfile":
		return true
	}
	return false
}

// isGenerated reports whether a file is written by a tool, by its name.
func isGenerated(name string) bool {
	lower := strings.ToLower(name)
	for _, suffix := range []string{".pb.go", "_pb2.py", ".pb.cc", ".pb.h", ".min.js", ".min.css", ".snap", "_generated.go", ".g.dart", ".designer.cs"} {
		if strings.HasSuffix(lower, suffix) {
			return true
		}
	}
	return strings.HasPrefix(lower, "vendor/") || strings.Contains(lower, "/node_modules/") || strings.Contains("/"+lower, "/generated/")
}

// area is a high-risk area that is recognised by words in a path.
type area struct {
	name  string
	words []string
}

// defaultAreas are the areas for policies that name none. The words are such
// that mean little else in names of files.
var defaultAreas = []area{
	{"authentication", []string{"auth", "authn", "authz", "authentication", "authorization", "oauth", "oauth2", "oidc", "saml", "sso", "login", "password", "passwords", "credential", "credentials", "permissions", "rbac", "acl", "jwt"}},
	{"cryptography", []string{"crypto", "cryptography", "cipher", "encryption", "tls", "x509", "keystore"}},
	{"payments", []string{"payment", "payments", "billing", "invoice", "invoices", "checkout"}},
	{"migrations", []string{"migration", "migrations", "migrate"}},
	{"infrastructure", []string{"terraform", "helm", "kubernetes", "k8s", "dockerfile", "iam"}},
}

// defaultArea returns the high-risk area that a path is in, or "".
func defaultArea(name string) string {
	if strings.HasSuffix(name, ".tf") {
		return "infrastructure"
	}
	in := evidence.Words(name)
	for _, a := range defaultAreas {
		if slices.ContainsFunc(in, func(w string) bool { return slices.Contains(a.words, w) }) {
			return a.name
		}
	}
	return ""
}

// matchesAny reports whether a path matches one of several patterns, in the
// language of doublestar: "**" stands for any number of folders. A pattern that
// is malformed matches nothing.
func matchesAny(patterns []string, name string) bool {
	for _, p := range patterns {
		if doublestar.MatchUnvalidated(p, name) {
			return true
		}
	}
	return false
}
