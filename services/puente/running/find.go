package running

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
)

// mostPointers bounds how many bridges of a user are looked at.
const mostPointers = 1000

// All are the bridges of this user that run on this machine, the one that has run longest first.
func All() []Bridge {
	folder, err := userFolder()
	if err != nil {
		return nil
	}
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil
	}
	var all []Bridge
	for _, e := range entries[:min(len(entries), mostPointers)] {
		path := filepath.Join(folder, e.Name())
		if filepath.Ext(path) != ".path" {
			continue
		}
		data, err := readSmall(path)
		if err != nil {
			continue
		}
		b, err := At(strings.TrimSpace(string(data)))
		if errors.Is(err, ErrNotRunning) {
			_ = os.Remove(path) // of one that was killed
			continue
		}
		if err == nil {
			all = append(all, b)
		}
	}
	slices.SortFunc(all, func(a, b Bridge) int { return cmp.Or(a.Since.Compare(b.Since), cmp.Compare(a.Data, b.Data)) })
	return all
}

// userFolder is where bridges of this user leave a pointer to their data folders. It need not be there.
func userFolder() (string, error) {
	if runtime := os.Getenv("XDG_RUNTIME_DIR"); filepath.IsAbs(runtime) {
		return filepath.Join(runtime, "puente"), nil
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(cache, "puente", "running"), nil
}

// pointerName is one for each data folder.
func pointerName(data string) string {
	sum := sha256.Sum256([]byte(data))
	return hex.EncodeToString(sum[:8]) + ".path"
}

// hold takes a lock that ends with the process.
func hold(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, ErrAnnounced
		}
		return nil, err
	}
	return f, nil
}

// unlocked says whether nobody holds a lock.
func unlocked(path string) (bool, error) {
	f, err := os.Open(path)
	if err != nil {
		return false, err
	}
	defer f.Close()
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_SH|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return false, nil
	}
	return err == nil, err
}

// mostRead bounds what is read of a file that should be small.
const mostRead = 1 << 20

func readSmall(path string) ([]byte, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0) // a pipe is not waited for
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is no file", path)
	}
	text, err := io.ReadAll(io.LimitReader(f, mostRead+1))
	if err == nil && len(text) > mostRead {
		err = fmt.Errorf("%s is too large: %d bytes are allowed", path, mostRead)
	}
	return text, err
}

// ReadToken reads a token from a file of one line.
func ReadToken(path string) (string, error) {
	text, err := readSmall(path)
	if errors.Is(err, fs.ErrPermission) {
		return "", fmt.Errorf("the token %s can only be read by the user who runs the bridge: %w", path, err)
	}
	if err != nil {
		return "", fmt.Errorf("read the token: %w", err)
	}
	token := strings.TrimSpace(string(text))
	if token == "" || strings.ContainsAny(token, " \t\r\n") {
		return "", fmt.Errorf("%s holds no token: one line is expected", path)
	}
	return token, nil
}
