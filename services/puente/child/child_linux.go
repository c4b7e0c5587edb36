package child

import "syscall"

// attributes have a process die with this program, and leaves Ctrl-C to this program.
func attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
}
