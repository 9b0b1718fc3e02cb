//go:build !unix

package local

import "os/exec"

// apart can do nothing here: a command that is cancelled goes alone, and is not
// waited for.
func apart(*exec.Cmd) {}
