package provision

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/topology"
)

// RoomError means that the servers have less room than the limits of the streams need. Nothing was made. An operator has to lower
// [Storage].Bytes or give the servers more room; calling Apply again changes nothing.
type RoomError struct {
	// Needed is the sum of all limits, There the room that each server has for them, both in bytes. There is found by trying: the
	// servers have at least that, and at most 1/256 of what is missing more.
	Needed, There int64
}

func (e *RoomError) Error() string {
	return fmt.Sprintf("streams, buckets and attachments may take up to %s together, and NATS has room for %s: lower nats.store, or raise the server's max_file_store or the account's limit", topology.Size(e.Needed), topology.Size(e.There))
}

// inventory is what there is already of what is to be made, by the stream's name: buckets and stores are streams too.
type inventory map[string]*jetstream.StreamInfo

// inventoryOf asks for each stream that has a limit. One that is not there is left out; any other error ends it, since what is not
// known must not be taken for missing.
func inventoryOf(ctx context.Context, b *bus.Bus, limits map[string]int64) (inventory, error) {
	there := inventory{}
	for name := range limits {
		s, err := b.JetStream().Stream(ctx, name)
		if errors.Is(err, jetstream.ErrStreamNotFound) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("stream %s: %w", name, err)
		}
		there[name] = s.CachedInfo()
	}
	return there, nil
}

// chosen is a configuration with what somebody has chosen for the stream that is there, if it is.
func (i inventory) chosen(c jetstream.StreamConfig) jetstream.StreamConfig {
	if info := i[c.Name]; info != nil {
		return chosen(c, info.Config)
	}
	return c
}

// chosen is a configuration with what is an operator's to choose: on which servers the stream is, and metadata of names that neither
// Puente nor the server uses.
func chosen(c, have jetstream.StreamConfig) jetstream.StreamConfig {
	if have.Placement != nil {
		c.Placement = have.Placement
	}
	all := map[string]string{}
	for name, value := range have.Metadata {
		if !strings.HasPrefix(name, metadataPrefix) && !strings.HasPrefix(name, serverPrefix) {
			all[name] = value
		}
	}
	maps.Copy(all, c.Metadata)
	c.Metadata = all
	return c
}

// keepsAll refuses a limit that would throw away what a stream holds now: INDEX would forget what has been taken, and
// with it that a repeat is one. A stream that refuses what is new keeps what it has.
func (i inventory) keepsAll(limits map[string]int64) error {
	var errs []error
	for name, limit := range limits {
		info := i[name]
		// new, or it refuses what is new, or it fits
		if info == nil || info.Config.Discard != jetstream.DiscardOld || info.State.Bytes <= uint64(limit) {
			continue
		}
		errs = append(errs, fmt.Errorf("stream %s holds %s, and would have %s: raise nats.store, or it would drop its oldest", name, topology.Size(int64(info.State.Bytes)), topology.Size(limit)))
	}
	return errors.Join(errs...)
}

// room says whether the servers have room for these limits, before anything is made: else half of the streams would be
// made and the rest refused. What a server has is known to itself alone; it is asked by a stream that is to have all
// that is missing. Where a cluster may put each stream on another server, that says nothing, and is not asked. It costs one
// request to make that stream and one to delete it, ten times as many where there is too little room.
func room(ctx context.Context, b *bus.Bus, there inventory, limits map[string]int64, replicas int) error {
	var needed, have int64
	for name, limit := range limits {
		needed += limit
		if info := there[name]; info != nil {
			have += min(limit, max(0, info.Config.MaxBytes))
		}
	}
	// what a stream has already, the server has set aside for it
	missing := needed - have
	if missing <= 0 || b.Conn().ConnectedClusterName() != "" && replicas == 1 {
		return nil
	}
	if fits, err := fits(ctx, b, missing, replicas); fits || err != nil {
		return err
	}
	low, high := int64(0), missing // 8 requests find the room to a 256th: the operator is told a number, not a size to the byte
	for high-low > missing/256 {
		middle := low + (high-low)/2
		fits, err := fits(ctx, b, middle, replicas)
		if err != nil {
			return err
		}
		if fits {
			low = middle
		} else {
			high = middle
		}
	}
	return &RoomError{Needed: needed, There: have + low}
}

// roomStream is the stream that asks; it holds nothing and is deleted at once.
const roomStream = "PUENTE_ROOM"

// fits says whether a stream with this limit can be made. Only a want of room counts as no: what else is wrong is told
// by the streams themselves.
func fits(ctx context.Context, b *bus.Bus, bytes int64, replicas int) (bool, error) {
	_, err := b.JetStream().CreateOrUpdateStream(ctx, jetstream.StreamConfig{
		Name: roomStream, Subjects: []string{"puente.room"}, Storage: jetstream.FileStorage, Replicas: replicas, MaxBytes: bytes, Discard: jetstream.DiscardNew,
	})
	// refused for another reason, it says nothing of the room: what is wrong is told where the streams are made
	if api, refused := errors.AsType[*jetstream.APIError](err); refused {
		return !noStorage(api), nil
	}
	if err != nil {
		return false, fmt.Errorf("ask for room: %w", err)
	}
	// it holds room that what asked for it needs
	if err := b.JetStream().DeleteStream(ctx, roomStream); err != nil {
		return false, fmt.Errorf("ask for room: %w", err)
	}
	return true, nil
}

// The server's error codes for a stream that was not made because a server, or the account, has not the room:
// https://github.com/nats-io/nats-server/blob/main/server/errors.json
const (
	codeAccountExceeded = 10002
	codeNoPeers         = 10005
	codeNoStorage       = 10023
	codeStorageExceeded = 10047
)

// noStorage says that the server refused for want of room, and not for a mistake in what it was asked.
func noStorage(err *jetstream.APIError) bool {
	switch err.ErrorCode {
	case codeAccountExceeded, codeNoPeers, codeNoStorage, codeStorageExceeded:
		return true
	}
	return false
}

// SmallPayload says that the server takes smaller messages than Puente may send, and what to do about it; "" where it
// takes them all. It asks nobody: the server told when the connection was made. What is larger is refused with
// [bus.ErrTooLarge] and loses nothing, but never goes through.
func SmallPayload(b *bus.Bus) string {
	have := b.Conn().MaxPayload()
	if have >= topology.MaxPayload {
		return ""
	}
	return fmt.Sprintf("the NATS server takes messages of at most %s: set max_payload: %d in its configuration and load it again; until then what is larger is refused", topology.Size(have), topology.MaxPayload)
}
