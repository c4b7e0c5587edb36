package config

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"syscall"
)

// errNotRegular means a folder, a pipe, a socket or a device: reading one may never end.
var errNotRegular = errors.New("it is no regular file")

// readFile reads a regular file, following links, up to so many bytes; what is beyond them is left out. It never waits
// for anybody, as reading a pipe does.
func readFile(path string, most int64) ([]byte, error) {
	if err := regular(path); err != nil { // before opening, which may do something to a device
		return nil, err
	}
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0) // the path may lead to a pipe by now
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil, &fs.PathError{Op: "read", Path: path, Err: errNotRegular}
	}
	return io.ReadAll(io.LimitReader(f, most))
}

// regular is an error where a path leads to something else than a regular file. Opening tells whether there is one.
func regular(path string) error {
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return &fs.PathError{Op: "read", Path: path, Err: errNotRegular}
	}
	return nil
}

// maxReferred is the largest file that file: reads, in bytes.
const maxReferred = 64 << 10

// readReferred is the content of a file that file: names. Its errors hold no path.
func readReferred(path string) ([]byte, error) {
	data, err := readFile(path, maxReferred+1)
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return nil, e.Err
	}
	if len(data) > maxReferred {
		return nil, errors.New("it is larger than 64 kB")
	}
	return data, err
}
