// Package homeserver builds and runs a real homeserver for tests: Dendrite of matrix-org, Apache-2.0, as its own process
// on loopback, with SQLite and without federation.
//
// The binary is built once for a version of module internal/dendrite and kept in the user's cache: it takes minutes.
package homeserver

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
)

const program = "github.com/matrix-org/dendrite/cmd/dendrite"

// Build returns the path of the binary; module is the folder of internal/dendrite.
func Build(ctx context.Context, module string) (string, error) {
	hash := sha256.New()
	for _, name := range []string{"go.mod", "go.sum"} {
		data, err := os.ReadFile(filepath.Join(module, name))
		if err != nil {
			return "", fmt.Errorf("read the homeserver's module: %w", err)
		}
		hash.Write(data)
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	name := fmt.Sprintf("dendrite-%s-%s-%s", hex.EncodeToString(hash.Sum(nil)[:8]), runtime.Version(), runtime.GOARCH)
	binary := filepath.Join(cache, "puente", name)
	if _, err := os.Stat(binary); err == nil {
		return binary, nil
	}
	if err := os.MkdirAll(filepath.Dir(binary), 0o755); err != nil {
		return "", err
	}
	fresh, err := os.MkdirTemp(filepath.Dir(binary), "build-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(fresh)
	made := filepath.Join(fresh, "dendrite")
	cmd := exec.CommandContext(ctx, "go", "build", "-o", made, program)
	cmd.Dir, cmd.Env = module, append(os.Environ(), "GOWORK=off", "GOFLAGS=-mod=readonly")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build %s: %w\n%s", program, err, out)
	}
	return binary, os.Rename(made, binary)
}
