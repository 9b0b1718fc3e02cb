//go:build unix

package local

import (
	"os/exec"
	"syscall"
)

// apart gives a command a session of its own: it has no terminal to ask for a
// passphrase on, and a cancelled one goes with all that it started, such as an
// ssh that waits for its server.
func apart(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}
