package ledger

import "syscall"

// child has a process die with this program, and leaves Ctrl-C to this program.
func child() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
}
