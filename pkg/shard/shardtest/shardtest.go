// Package shardtest makes groups for tests that work on a broker.
package shardtest

import (
	"context"
	"testing"
	"time"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/kv"
	"github.com/bonychat/puente/pkg/shard"
	"github.com/bonychat/puente/pkg/topology"
)

// Sole is the group of a service's only process: it owns everything at once.
func Sole(b *bus.Bus) *shard.Group { return shard.New(kv.Open(b, topology.Leases), options(b, true)) }

// Join is the group of one process of several of a service: they share its shards. It is closed with the test, before the
// connection is.
func Join(t testing.TB, b *bus.Bus) *shard.Group { return JoinWith(t, b, 0) }

// JoinWith is [Join] with a lease of another length; all processes of a service need the same.
func JoinWith(t testing.TB, b *bus.Bus, lease time.Duration) *shard.Group {
	t.Helper()
	o := options(b, false)
	o.Lease = lease
	g := shard.New(kv.Open(b, topology.Leases), o)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 15*time.Second)
		defer cancel()
		g.Close(ctx)
	})
	return g
}

func options(b *bus.Bus, sole bool) shard.Options {
	return shard.Options{Service: b.Name(), Instance: b.Instance(), Sole: sole, Done: b.Done(), Log: b.Logger()}
}
