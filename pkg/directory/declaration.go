package directory

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"sync"
	"sync/atomic"
	"time"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/kv"
	"github.com/bonychat/puente/pkg/topology"
)

// declareWithin is how long [Declare] tries: a broker may be started again meanwhile.
const declareWithin = time.Minute

// Declare stores what a network declares, as JSON, in the bucket NETWORKS, where it stays when the service ends. While the broker is
// away it tries again, for at most a minute.
func Declare(ctx context.Context, b *bus.Bus, network string, description any) error {
	data, err := json.Marshal(description)
	if err != nil {
		return fmt.Errorf("describe %s: %w", network, err)
	}
	for began := time.Now(); ; {
		if err = kv.Open(b, topology.Networks).Put(ctx, network, data); err == nil || time.Since(began) > declareWithin {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(time.Second):
		}
	}
}

// ErrUndeclared means that the network has declared nothing: its service has never run.
var ErrUndeclared = errors.New("the network's service has not declared itself yet")

// Declaration reads what a network declares into a value, as json.Unmarshal does, or returns [ErrUndeclared].
func Declaration(ctx context.Context, b *bus.Bus, network string, into any) error {
	data, _, err := kv.Open(b, topology.Networks).Get(ctx, network)
	if errors.Is(err, bus.ErrNotFound) {
		return fmt.Errorf("%s: %w", network, ErrUndeclared)
	}
	if err != nil {
		return err
	}
	if err := json.Unmarshal(data, into); err != nil {
		return fmt.Errorf("declaration of %s: %w", network, err)
	}
	return nil
}

// Declarations holds what all networks declare, kept up to date by [Declarations.Follow]. The zero value is ready to use, and safe for
// concurrent use.
type Declarations[T any] struct {
	known  atomic.Pointer[map[string]T] // replaced, never changed: readers do not wait
	once   sync.Once
	synced chan struct{}
}

// Follow keeps the declarations up to date until the context ends. Call it once.
func (d *Declarations[T]) Follow(ctx context.Context, b *bus.Bus) error {
	return kv.Open(b, topology.Networks).Watch(ctx, "*", func(network string, value []byte) {
		if value == nil {
			return // the last known is better than none
		}
		var declared T
		if err := json.Unmarshal(value, &declared); err != nil {
			b.Logger().Error("declaration not read: the last one is used", "network", network, "err", err)
			return
		}
		next := map[string]T{}
		if known := d.known.Load(); known != nil {
			maps.Copy(next, *known)
		}
		next[network] = declared
		d.known.Store(&next)
	}, func() { close(d.begun()) })
}

// Synced is closed once [Declarations.Follow] has read every declaration that there was when it began.
func (d *Declarations[T]) Synced() <-chan struct{} { return d.begun() }

func (d *Declarations[T]) begun() chan struct{} {
	d.once.Do(func() { d.synced = make(chan struct{}) })
	return d.synced
}

// Of is what a network declares, or [ErrUndeclared].
func (d *Declarations[T]) Of(network string) (T, error) {
	if known := d.known.Load(); known != nil {
		if declared, ok := (*known)[network]; ok {
			return declared, nil
		}
	}
	var none T
	return none, fmt.Errorf("%s: %w", network, ErrUndeclared)
}
