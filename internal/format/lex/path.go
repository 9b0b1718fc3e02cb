package lex

import (
	"net/url"
	"strings"
)

// Slashes turns a Windows path into one with slashes.
func Slashes(p string) string { return strings.ReplaceAll(strings.TrimSpace(p), `\`, "/") }

// Rooted reports whether a path with slashes does not depend on a folder.
func Rooted(p string) bool {
	return strings.HasPrefix(p, "/") || len(p) > 1 && p[1] == ':'
}

// JoinPath joins a folder and a name, either of which may be missing.
func JoinPath(dir, name string) string {
	if dir == "" || Rooted(name) {
		return name
	}
	return dir + "/" + name
}

// HasSuffix reports whether a path ends like one of the suffixes, in any case.
func HasSuffix(path string, suffixes ...string) bool {
	path = strings.ToLower(path)
	for _, suffix := range suffixes {
		if strings.HasSuffix(path, suffix) {
			return true
		}
	}
	return false
}

// URIPath is the path of a URI of a file, decoded, with slashes and without
// "./".
func URIPath(uri string) string {
	uri = strings.ReplaceAll(uri, `\`, "/")
	if rest, ok := strings.CutPrefix(uri, "file:"); ok {
		uri = rest
		if host, ok := strings.CutPrefix(rest, "//"); ok {
			uri = host
		}
		if len(uri) > 2 && uri[0] == '/' && uri[2] == ':' {
			uri = uri[1:]
		}
	}
	if plain, err := url.PathUnescape(uri); err == nil {
		uri = plain
	}
	return strings.TrimPrefix(uri, "./")
}
