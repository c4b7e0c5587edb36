package foreigntest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"runtime"
)

// Cached is the path where the binary of a program is kept, and whether it is there. module is the folder of the
// go.mod and go.sum that pin it: another version of them, of Go or of the machine is another binary.
func Cached(module, program string) (binary string, built bool, err error) {
	hash := sha256.New()
	for _, name := range []string{"go.mod", "go.sum"} {
		data, err := os.ReadFile(filepath.Join(module, name))
		if err != nil {
			return "", false, fmt.Errorf("read the module of %s: %w", program, err)
		}
		hash.Write(data)
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", false, err
	}
	name := fmt.Sprintf("%s-%s-%s-%s", path.Base(program), hex.EncodeToString(hash.Sum(nil)[:8]), runtime.Version(), runtime.GOARCH)
	binary = filepath.Join(cache, "puente", name)
	_, err = os.Stat(binary)
	return binary, err == nil, nil
}

// Build is [Cached], and builds the program where it is not there. It needs the module proxy, and minutes. Two who
// build at once both succeed.
func Build(ctx context.Context, module, program string) (binary string, err error) {
	binary, built, err := Cached(module, program)
	if err != nil || built {
		return binary, err
	}
	if err := os.MkdirAll(filepath.Dir(binary), 0o755); err != nil {
		return "", err
	}
	fresh, err := os.MkdirTemp(filepath.Dir(binary), "build-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(fresh)
	made := filepath.Join(fresh, "program")
	cmd := exec.CommandContext(ctx, "go", "build", "-o", made, program)
	cmd.Dir, cmd.Env = module, append(os.Environ(), "GOWORK=off", "GOFLAGS=-mod=readonly")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build %s: %w\n%s", program, err, out)
	}
	return binary, os.Rename(made, binary)
}
