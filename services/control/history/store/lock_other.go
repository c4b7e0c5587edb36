//go:build !unix

package store

import (
	"os"
	"path/filepath"
)

// lockFolder opens the file that marks a folder as used. Here nothing keeps a second process out.
func lockFolder(dir string) (*os.File, error) {
	return os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
}
