package commandline

import (
	"path"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
)

// MaxPathBytes bounds a path: PATH_MAX of Linux.
const MaxPathBytes = 4096

// CleanPath returns p in a form that can be compared: slashes, no "." and "..",
// bounded. It keeps "" as it is.
func CleanPath(p string) string {
	if p == "" || len(p) > MaxPathBytes {
		return evidence.ClipValid(p, MaxPathBytes)
	}
	if windows(p) {
		p = strings.ReplaceAll(p, `\`, "/")
	}
	return evidence.ClipValid(path.Clean(p), MaxPathBytes)
}

// windows reports whether p starts with a drive letter or is a UNC path.
func windows(p string) bool {
	if strings.HasPrefix(p, `\\`) {
		return true
	}
	letter := len(p) > 2 && (p[0]|0x20) >= 'a' && (p[0]|0x20) <= 'z'
	return letter && p[1] == ':' && (p[2] == '\\' || p[2] == '/')
}

// AbsolutePath reports whether the cleaned path p does not lie below the root.
func AbsolutePath(p string) bool {
	return strings.HasPrefix(p, "/") || strings.HasPrefix(p, "~") || p == ".." ||
		strings.HasPrefix(p, "../") || windows(p)
}
