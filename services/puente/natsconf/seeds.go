package natsconf

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/bonychat/puente/pkg/nkey"
)

// SeedFile is the name of the file that holds a service's seed.
func SeedFile(service string) string { return service + ".nk" }

// Seeds are the public keys of services whose seeds are files of a folder, each readable by its owner alone. The folder and
// the seeds that are missing are made; one that is there is kept, so that it can be called again. A file that holds no seed is an
// error, which does not quote it.
func Seeds(folder string, services []string) (map[string]string, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, fmt.Errorf("folder of seeds: %w", err)
	}
	keys := map[string]string{}
	for _, name := range services {
		path := filepath.Join(folder, SeedFile(name))
		seed, err := seedIn(path)
		if err != nil {
			return nil, err
		}
		if keys[name], err = nkey.Public(seed); err != nil {
			return nil, fmt.Errorf("seed of %s in %s: %w", name, path, err)
		}
	}
	return keys, nil
}

// seedIn is the seed in a file, which is made where there is none.
func seedIn(path string) (string, error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		data, err := os.ReadFile(path)
		return strings.TrimSpace(string(data)), err
	}
	if err != nil {
		return "", err
	}
	seed, err := nkey.New()
	if err == nil {
		_, err = f.WriteString(seed + "\n")
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return "", errors.Join(err, os.Remove(path)) // half a seed would be refused at every start from now on
	}
	return seed, nil
}
