//go:build unix

package local

import (
	"io/fs"
	"os"
	"syscall"
)

// foreign reports whether a file belongs to another user: what it says would be
// their word.
func foreign(info fs.FileInfo) bool {
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(stat.Uid) != os.Getuid()
}
