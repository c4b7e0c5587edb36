//go:build !linux

package child

import "syscall"

// attributes leave Ctrl-C to this program, which ends its processes itself.
func attributes() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }
