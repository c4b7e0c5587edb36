package ledger

import (
	"context"
	"net/http"
	"time"
)

// scene is what is played in a run.
type scene struct {
	play func(*ledger, context.Context) error
	// settle is how long it is waited for what has not arrived.
	settle time.Duration
	// between stands between the processes and the far ends; nil for nothing.
	between func(farEnds http.Handler) http.Handler
}
