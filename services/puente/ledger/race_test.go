//go:build race

package ledger

// The child processes look for data races too, and take their time for it.
const raceEnabled = true
