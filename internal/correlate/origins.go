package correlate

import (
	pathpkg "path"
	"regexp"
	"strings"
)

// checkouts are folders in which machines of build services have the repository.
var checkouts = []*regexp.Regexp{
	regexp.MustCompile(`^/(?:home|Users)/runner/work/[^/]+/[^/]+/`), // GitHub Actions
	regexp.MustCompile(`^/__w/[^/]+/[^/]+/`),                        // the same in a container
	regexp.MustCompile(`(?i)^[A-Z]:/a/[^/]+/[^/]+/`),                // the same on Windows
	regexp.MustCompile(`^/github/workspace/`),
	regexp.MustCompile(`^/home/vsts/work/\d+/s/`), // Azure Pipelines
	regexp.MustCompile(`(?i)^[A-Z]:/agent/_work/\d+/s/`),
	regexp.MustCompile(`^/(?:home/circleci|root)/project/`), // CircleCI
	regexp.MustCompile(`^/builds/[^/]+/[^/]+/`),             // GitLab
	regexp.MustCompile(`^/drone/src/`),
	regexp.MustCompile(`^/bitbucket-pipelines/build/|^/opt/atlassian/pipelines/agent/build/`),
}

// containers are folders at which containers have the repository, or the package
// under test alone.
var containers = regexp.MustCompile(`^/(?:usr/src/(?:app|project)|opt/(?:app|project)|var/www(?:/html)?|var/task|home/(?:app|node/app)|workspaces/[^/]+|workspace|app|src|code|project|repo|source|work|build|mnt)/`)

// outside are folders of what is not of a repository: the system, toolchains,
// packages that were installed.
var outside = regexp.MustCompile(`(?i)^/(?:usr/(?:include|lib\d*|libexec|local/(?:include|lib|go|share)|share)|lib\d*|nix/store|opt/hostedtoolcache|Library|Applications|proc|snap)/|^[A-Z]:/(?:Program Files|Windows|hostedtoolcache)[^/]*/|(?:^|/)(?:node_modules|site-packages|dist-packages|\.cargo/registry|\.rustup|rustc/[0-9a-f]{40}|go/pkg/mod|\.gradle|\.m2|\.nuget|\.pyenv|\.rbenv|\.rvm|gems)/`)

// reportedPath is a path as a tool writes it, taken apart.
type reportedPath struct {
	// The whole, with slashes.
	whole string
	// What is left of it below the folder in which it is known to stand; the whole
	// without its first slash otherwise.
	rest string
	from pathOrigin
	// Number of the first parts of whole that are of a folder that is not of a
	// repository.
	foreign int
}

// pathOrigin says what a path depends on.
type pathOrigin int

const (
	fromFolder    pathOrigin = iota // a folder that the path does not name
	fromContainer                   // the folder at which a container has something
	fromCheckout                    // the root of the repository, or what holds it
	fromMachine                     // a machine of which nothing is known
)

// takeApart reads a path.
func takeApart(path string) reportedPath {
	path = strings.ReplaceAll(strings.TrimSpace(path), `\`, "/")
	if _, rest, ok := strings.Cut(path, "://"); ok && !strings.HasPrefix(path, "/") {
		path = strings.TrimLeft(rest, "/") // webpack://app/./src/a.ts
		if _, below, ok := strings.Cut(path, "/./"); ok {
			path = below
		}
	}
	path = pathpkg.Clean(path)
	r := reportedPath{whole: path, rest: strings.TrimPrefix(path, "/")}
	if m := outside.FindStringIndex(path); m != nil {
		r.foreign = parts(strings.Trim(path[:m[1]], "/"))
	}
	if !strings.HasPrefix(path, "/") && !(len(path) > 1 && path[1] == ':') {
		return r
	}
	r.from = fromMachine
	for _, c := range checkouts {
		if m := c.FindStringIndex(path); m != nil {
			r.from, r.rest = fromCheckout, path[m[1]:]
			return r
		}
	}
	if m := containers.FindStringIndex(path); m != nil {
		r.from, r.rest = fromContainer, path[m[1]:]
	}
	return r
}

// mayMean reports whether the path can mean a file that ends as its last n parts
// do: nothing below the folder of another's files is of the repository unless the
// repository has that folder.
func (r reportedPath) mayMean(n int) bool {
	return parts(strings.TrimPrefix(r.whole, "/"))-n < r.foreign || r.foreign == 0
}
