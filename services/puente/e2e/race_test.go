//go:build race

package e2e_test

// The child processes look for data races too.
func init() { buildFlags = append(buildFlags, "-race") }
