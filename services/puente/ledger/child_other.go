//go:build !linux

package ledger

import "syscall"

// child leaves Ctrl-C to this program, which ends its processes itself.
func child() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }
