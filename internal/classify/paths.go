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

// area is a high-risk area that is recognised by words in a path.
type area struct {
	name  string
	words []string
}

// areas are the areas for policies that name none. The words are such
// that mean little else in names of files.
var areas = []area{
	{"authentication", []string{"auth", "authn", "authz", "authentication", "authorization", "oauth", "oauth2", "oidc", "saml", "sso", "login", "password", "passwords", "credential", "credentials", "permissions", "rbac", "acl", "jwt"}},
	{"cryptography", []string{"crypto", "cryptography", "cipher", "encryption", "tls", "x509", "keystore"}},
	{"payments", []string{"payment", "payments", "billing", "invoice", "invoices", "checkout"}},
	{"migrations", []string{"migration", "migrations", "migrate"}},
	{"infrastructure", []string{"terraform", "helm", "kubernetes", "k8s", "dockerfile", "iam"}},
}

// Area returns the high-risk area that a path is in, or "".
func Area(name string) string {
	if strings.HasSuffix(name, ".tf") {
		return "infrastructure"
	}
	in := Words(name)
	for _, a := range areas {
		if slices.ContainsFunc(in, func(w string) bool { return slices.Contains(a.words, w) }) {
			return a.name
		}
	}
	return ""
}
