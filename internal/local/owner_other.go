//go:build !unix

package local

import "io/fs"

// foreign cannot be told here: files have no owner in Go's terms.
func foreign(fs.FileInfo) bool { return false }
