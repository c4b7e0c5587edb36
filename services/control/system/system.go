// Package system says how the bridge as a whole stands: the SystemService of the control API.
package system

import (
	"context"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bonychat/puente/pkg/bus"
	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
	"github.com/bonychat/puente/proto/gen/puente/control/v1/controlv1connect"
	"github.com/bonychat/puente/services/control/audit"
)

// Service is the SystemService. Its fields are required.
type Service struct {
	Bus     *bus.Bus
	Audit   *audit.Log
	History History
	// Failures knows what failed.
	Failures Failures
}

// History is what is known of the past.
type History interface {
	// Behind is how many entries of the journal are not in it yet.
	Behind(ctx context.Context, b *bus.Bus) (uint64, error)
	// EndedUntil is the time before which everything that was accepted has ended; zero where that is not known.
	EndedUntil(ctx context.Context, b *bus.Bus) (time.Time, error)
	// Traffic is what went over a time that ends now: see [history.History.Traffic].
	Traffic(ctx context.Context, channel string, within time.Duration) (points []*controlv1.TrafficPoint, step time.Duration, err error)
}

// Failures knows what failed.
type Failures interface {
	// Setup are what failed in the last 24 hours by the fault of how something is set up, by reason.
	Setup(ctx context.Context) ([]*controlv1.FailureGroup, error)
}

var _ controlv1connect.SystemServiceHandler = (*Service)(nil)

// stamp is a time as the API writes it, nil for the zero time.
func stamp(t time.Time) *timestamppb.Timestamp {
	if t.IsZero() {
		return nil
	}
	return timestamppb.New(t)
}
