package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime/pprof"
)

// profileFolder names the environment's variable with the folder where each process leaves a profile of its CPU, for
// whoever wants to know where the time goes.
const profileFolder = "PUENTE_CPUPROFILE"

// profile begins one where it is asked for; the function ends it.
func profile(command string) (end func(), err error) {
	folder := os.Getenv(profileFolder)
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
