package node

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// DiskRoom is how many bytes the store in a folder can have on its disk: what is free, and what it takes already. The
// folder has to be there.
func DiskRoom(dir string) (int64, error) {
	var disk syscall.Statfs_t
	if err := syscall.Statfs(dir, &disk); err != nil {
		return 0, fmt.Errorf("disk of %s: %w", dir, err)
	}
	room := int64(disk.Bavail) * int64(disk.Bsize) // their types differ between systems
	err := filepath.WalkDir(dir, func(_ string, e fs.DirEntry, err error) error {
		if errors.Is(err, os.ErrNotExist) {
			return nil // the server removes files as it goes
		}
		if err != nil {
			return err
		}
		if info, err := e.Info(); err == nil && info.Mode().IsRegular() {
			room += info.Size()
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("disk of %s: %w", dir, err)
	}
	return room, nil
}
