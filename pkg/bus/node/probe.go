package node

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"

	"github.com/bonychat/puente/pkg/topology"
)

const (
	// roomNeeded is how many bytes have to be free before a server that ran out of them starts again: twice the largest
	// message, so that it does not stop at the next one.
	roomNeeded = 2 * topology.MaxPayload
	// filesNeeded is how many more files the process has to be able to open: several for each of some streams.
	filesNeeded = 32
	probeSize   = 64 << 10
)

// probe says why the folder of a store cannot be written to now: it needs room, files, and a write that reaches the disk.
func probe(dir string) error {
	var disk syscall.Statfs_t
	if err := syscall.Statfs(dir, &disk); err != nil {
		return fmt.Errorf("look at %s: %w", dir, err)
	}
	if free := uint64(disk.Bavail) * uint64(disk.Bsize); free < roomNeeded {
		return fmt.Errorf("%d MB are free in %s, %d are needed", free>>20, dir, roomNeeded>>20)
	}
	var files []*os.File
	defer func() {
		for _, f := range files {
			_ = f.Close()
		}
	}()
	for range filesNeeded {
		f, err := os.Open(os.DevNull)
		if err != nil {
			return fmt.Errorf("open %d files: %w", filesNeeded, err)
		}
		files = append(files, f)
	}
	path := filepath.Join(dir, "probe")
	defer func() { _ = os.Remove(path) }()
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	files = append(files, f)
	if _, err := f.Write(make([]byte, probeSize)); err != nil {
		return err
	}
	return f.Sync()
}
