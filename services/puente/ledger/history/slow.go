package history

import "time"

// How long a far end takes to answer on purpose, at most: so long a planned stop has to wait for it. VerySlow is for the
// channel SlowChannel: longer than a process is given to end what can be begun again, and shorter than a send may take.
const (
	Slowest     = 1500 * time.Millisecond
	VerySlow    = 11 * time.Second
	SlowChannel = "c1"
)
