package yamlfile

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"syscall"
)

// ErrNotRegular means a folder, a pipe, a socket or a device: reading one may never end.
var ErrNotRegular = errors.New("it is no regular file")

// ReadFile reads a regular file, following links, up to a byte more than [MaxSize], which [Source.Read] refuses. It never
// waits for anybody, as reading a pipe does.
func ReadFile(path string) ([]byte, error) { return readFile(path, MaxSize+1) }

// readFile reads a regular file, following links, up to so many bytes; what is beyond them is left out. It never waits
// for anybody, as reading a pipe does.
func readFile(path string, most int64) ([]byte, error) {
	if err := Regular(path); err != nil { // before opening, which may do something to a device
		return nil, err
	}
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0) // the path may lead to a pipe by now
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil, &fs.PathError{Op: "read", Path: path, Err: ErrNotRegular}
	}
	return io.ReadAll(io.LimitReader(f, most))
}

// Regular is an error where a path leads to something else than a regular file. Opening tells whether there is one.
func Regular(path string) error {
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return &fs.PathError{Op: "read", Path: path, Err: ErrNotRegular}
	}
	return nil
}

// maxReferred is the largest file that file: reads, in bytes.
const maxReferred = 64 << 10

// ReadReferred is the content of a file that file: names. Its errors hold no path.
func ReadReferred(path string) ([]byte, error) {
	data, err := readFile(path, maxReferred+1)
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return nil, e.Err
	}
	if len(data) > maxReferred {
		return nil, errors.New("it is larger than 64 kB")
	}
	return data, err
}
