package shard

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/bonychat/puente/pkg/bus"
)

// Record is a lease record: who owns a shard, and what the next owner has to know of it. A release keeps it, unless nothing but the owner
// is in it. During an upgrade processes of other versions read its JSON.
type Record struct {
	// Owner is the instance that owns the shard; "" is nobody.
	Owner string `json:"owner"`
	// Position is a sequence of the stream: all entries up to it are finished, except those that are set aside. 0 is the start.
	Position uint64 `json:"position,omitempty"`
	// Aside says that some entries up to the position are unfinished (set aside); they are still in the stream. Clean says that no
	// entry behind the position was begun: the next owner need not look up whether it was acted on.
	Aside bool `json:"aside,omitempty"`
	Clean bool `json:"clean,omitempty"`
	// Cursor is how far a channel was listened to, in a form that only its network understands.
	Cursor string `json:"cursor,omitempty"`
}

// needed says that the record holds more than who owns the shard.
func (r Record) needed() bool { return r.Position > 0 || r.Cursor != "" }

// leasePrefix begins the keys of all lease records, of whatever service.
const leasePrefix = "unit."

// Keys of the bucket. Processes of other versions share it.
func leaseKey(service, shard string) string        { return leasePrefix + service + "." + shard }
func heartbeatKey(service, instance string) string { return "alive." + service + "." + instance }

// serviceKeys are all keys of a service in one filter: a broker that lets a service see its own alone judges by the filter, and two
// would not stand in the subject of the request. Other packages may have keys among them.
func serviceKeys(service string) string { return "*." + service + ".>" }

// parseRecord reads a record. Fields that this version does not know are dropped by the next write: a new field has to be one
// that the earlier versions can do without.
func parseRecord(key string, data []byte) (r Record, err error) {
	if err = json.Unmarshal(data, &r); err != nil {
		return Record{}, fmt.Errorf("lease record %s: %w", key, err)
	}
	return r, nil
}

// readRecord reads a lease record and its revision; nothing and 0 where there is none.
func readRecord(ctx context.Context, kv KV, key string) (Record, uint64, error) {
	data, revision, err := kv.Get(ctx, key)
	if errors.Is(err, bus.ErrNotFound) {
		return Record{}, 0, nil
	}
	if err != nil {
		return Record{}, 0, err
	}
	r, err := parseRecord(key, data)
	return r, revision, err
}

// Position is how far a shard of a service has come, whoever owns it: [Record.Position] as it was last stored, 0 where
// there is no record.
func Position(ctx context.Context, kv KV, service, shard string) (uint64, error) {
	r, _, err := readRecord(ctx, kv, leaseKey(service, shard))
	return r.Position, err
}

// Owned is how many shards each instance owns, of all services, by what their lease records say. all is what the bucket of
// leases holds.
func Owned(all map[string][]byte) map[string]int {
	owned := map[string]int{}
	for key, data := range all {
		if !strings.HasPrefix(key, leasePrefix) {
			continue
		}
		if r, err := parseRecord(key, data); err == nil && r.Owner != "" {
			owned[r.Owner]++
		}
	}
	return owned
}
