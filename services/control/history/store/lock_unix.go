//go:build unix

package store

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
)

// errInUse means that another process uses the folder.
var errInUse = errors.New("the folder is in use by another process")

// lockFolder takes a folder for this process, until the file is closed or the process ends.
func lockFolder(dir string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = f.Close()
		return nil, errInUse
	}
	return f, nil
}
