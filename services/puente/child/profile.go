package child

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime/pprof"
)

// ProfileFolder names the environment variable with the folder where each process leaves a profile of its CPU, for whoever
// wants to know where the time goes.
const ProfileFolder = "PUENTE_CPUPROFILE"

// Profile begins a profile of this process, named after its command, where the environment asks for it; the function ends
// it.
func Profile(command string) (end func(), err error) {
	folder := os.Getenv(ProfileFolder)
	if folder == "" {
		return func() {}, nil
	}
	f, err := os.Create(filepath.Join(folder, fmt.Sprintf("%s-%d.pprof", command, os.Getpid())))
	if err != nil {
		return nil, fmt.Errorf("profile: %w", err)
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("profile: %w", err)
	}
	return func() {
		pprof.StopCPUProfile()
		_ = f.Close()
	}, nil
}
